//! Each story, as data.

use super::{Story, ledger};

const EAST: &str = "us-east-1";

#[tokio::test(flavor = "multi_thread")]
async fn eight_where_two_would_do() {
    let unit = ledger::ml("ml.g5.12xlarge", "hosting", EAST);
    let story = Story {
        scenario: "eight-where-two",
        rule: "oversized-endpoint",
        on: "rec-endpoint",
        findings: 1,
        place: 0,
        waste: 6.0 * unit,
        says: &["8 x g5.12xlarge where 2 would do", "of data"],
        fix: &[("C", "shows the plan"), ("enter", "DesiredInstanceCount=2"), ("y", "")],
        settles: 1,
        falls: 6.0 * unit,
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebooks_idle_since_friday() {
    let dearest = ledger::ml_by_rule("ml.g5.12xlarge", 1.25, EAST);
    let story = Story {
        scenario: "notebook-weekend",
        rule: "idle-notebook",
        on: "credit-features",
        findings: 1,
        place: 0,
        waste: dearest,
        says: &["no sign of work for 62 h", "since Fri 17:45 UTC", "CPU under 5 %"],
        fix: &[("S", "StopNotebookInstance"), ("y", "")],
        settles: 1,
        falls: dearest,
    };
    story.plays().await;
}
