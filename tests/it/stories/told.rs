//! Each story, as data.

use super::{Story, ledger, usage};

const EAST: &str = "us-east-1";

#[tokio::test(flavor = "multi_thread")]
async fn runaway_jobs_of_a_long_weekend_are_found_and_stopped() {
    let fleet = 12.0 * ledger::ml_by_rule("ml.p4d.24xlarge", 1.15, EAST);
    let story = Story {
        scenario: "long-weekend",
        rule: "runaway-job",
        on: "llm-sweep",
        findings: 12,
        waste: fleet,
        says: &[
            "running 63 h",
            "so far",
            "by Tue 09:00 UTC",
            "at its limit of 120 h",
        ],
        fix: &[("S", "StopTrainingJob"), ("y", "")],
        settles: 12,
        falls: fleet,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_loop_is_found_and_stopped() {
    // 36 minutes of each hour are paid for, in vain.
    let machine = ledger::ml_by_rule("ml.p4d.24xlarge", 1.15, EAST);
    let failing = 0.6 * machine;
    let story = Story {
        scenario: "retry-loop",
        rule: "retry-loop",
        on: "churn-hpo",
        findings: 1,
        waste: failing,
        says: &["FileNotFoundError", "24 h", "next"],
        fix: &[("S", "StopHyperParameterTuningJob"), ("y", "")],
        settles: 1,
        // The try that is under way ends with it.
        falls: machine,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_sized_for_the_yearly_peak_is_found_and_scaled() {
    // 1,050 requests a minute over 600 and 0.7 need 2.5 instances.
    let surplus = 9.0 * ledger::ml("ml.g5.2xlarge", "hosting", EAST);
    let story = Story {
        scenario: "black-friday",
        rule: "oversized-endpoint",
        on: "search-ranker",
        findings: 1,
        waste: surplus,
        says: &["12 x g5.2xlarge where 3 would do", "of data"],
        fix: &[
            ("C", "shows the plan"),
            ("enter", "DesiredInstanceCount=3"),
            ("y", ""),
        ],
        settles: 1,
        falls: surplus,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_unused_since_friday_is_found_and_stopped() {
    let dearest = ledger::ml_by_rule("ml.g5.12xlarge", 1.25, EAST);
    let story = Story {
        scenario: "notebook-weekend",
        rule: "idle-notebook",
        on: "credit-features",
        findings: 1,
        waste: dearest,
        says: &[
            "no sign of work for 62 h",
            "since Fri 17:45 UTC",
            "CPU under 5 %",
        ],
        fix: &[("S", "StopNotebookInstance"), ("y", "")],
        settles: 1,
        falls: dearest,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processing_job_without_gpu_use_is_found_and_stopped() {
    let job = 2.0 * ledger::ml_by_rule("ml.g4dn.12xlarge", 1.25, EAST);
    let story = Story {
        scenario: "two-peak-hours",
        rule: "gpu-unused",
        on: "archive-dedupe",
        findings: 1,
        waste: job,
        says: &["GPU"],
        fix: &[("S", "StopProcessingJob"), ("y", "")],
        settles: 1,
        falls: job,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_used_two_hours_a_day_is_found() {
    // Every day from 11 to 21 o'clock all four are needed; for the other 98 hours of a week one
    // will do.
    let off = 98.0 / 168.0 * 3.0 * ledger::cpu("ml.m5.2xlarge");
    let story = Story {
        scenario: "two-peak-hours",
        rule: "office-hours",
        on: "headline-ranker",
        findings: 1,
        place: 1,
        waste: off,
        says: &[
            "used 14 of 168 h a week",
            "11-21 UTC",
            "serverless $",
            "of data",
        ],
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicate_jobs_of_three_teams_are_found_and_stopped() {
    // The oldest of the three stays.
    let two = 2.0 * ledger::ml("ml.p3.16xlarge", "training", EAST);
    let story = Story {
        scenario: "three-teams",
        rule: "duplicate-jobs",
        on: "",
        findings: 2,
        waste: two,
        says: &["fraud-detection-cards"],
        fix: &[(" ", ""), (" ", ""), ("S", "StopTrainingJob"), ("y", "")],
        settles: 2,
        falls: two,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_endpoint_is_found_and_scaled() {
    let unit = ledger::ml("ml.g5.12xlarge", "hosting", EAST);
    let story = Story {
        scenario: "eight-where-two",
        rule: "oversized-endpoint",
        on: "rec-endpoint",
        findings: 1,
        waste: 6.0 * unit,
        says: &["8 x g5.12xlarge where 2 would do", "of data"],
        fix: &[
            ("C", "shows the plan"),
            ("enter", "DesiredInstanceCount=2"),
            ("y", ""),
        ],
        settles: 1,
        falls: 6.0 * unit,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unused_throughput_is_found_and_deleted() {
    let mock = usage::again("early-commitment");
    let arn = usage::throughput(&mock, EAST, "embed-batch-pt").await;
    let tokens = usage::tokens(&mock, EAST, &arn, "InputTokenCount", 168).await;
    mock.stop().await;
    let model = "cohere.embed-multilingual-v3";
    let rate = 2.0 * ledger::unit(model, 4);
    let on_demand = tokens / 168.0 / 1000.0 * ledger::tokens(model).0;
    let story = Story {
        scenario: "early-commitment",
        rule: "throughput-underused",
        on: "embed-batch-pt",
        findings: 1,
        place: 1,
        waste: rate - on_demand,
        near: 0.01,
        says: &["no commitment"],
        fix: &[
            ("j", ""),
            ("D", "type embed-batch-pt"),
            ("type:embed-batch-pt", "enter deletes"),
            ("enter", ""),
        ],
        settles: 1,
        falls: rate,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn underused_gpu_is_found_and_stopped() {
    let large = ledger::ec2("p3.8xlarge", EAST);
    let story = Story {
        scenario: "half-idle-gpu",
        rule: "right-size",
        on: "nlp-serve",
        findings: 1,
        waste: large - ledger::ec2("p3.2xlarge", EAST),
        says: &["p3.2xlarge", "12 %"],
        fix: &[("S", "StopInstances"), ("y", "")],
        settles: 1,
        falls: large,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn untagged_resources_are_found_and_tagged() {
    let story = Story {
        scenario: "untagged",
        rule: "untagged",
        findings: 8,
        fix: &[
            ("T", "Tags of"),
            ("type:team=x", "team=x"),
            ("enter", "→ x"),
            ("enter", "Tag 8 "),
            ("y", ""),
        ],
        settles: 8,
        gone: "team",
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_used_in_office_hours_is_found_and_scheduled() {
    // Workdays from 7 to 19 o'clock are 60 of 168 hours; one of four instances stays.
    let off = 108.0 / 168.0 * 3.0 * ledger::ml("ml.g5.2xlarge", "hosting", EAST);
    let story = Story {
        scenario: "office-hours",
        rule: "office-hours",
        on: "credit-risk",
        findings: 1,
        waste: off,
        says: &["mon-fri 07-19 UTC", "of data"],
        fix: &[
            ("H", "suggested mon-fri 07-19"),
            ("enter", "PutScheduledAction"),
            ("y", ""),
        ],
        settles: 1,
        // The next evening it does: nothing is scaled by the schedule itself.
        falls: 0.0,
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cache_opportunity_of_a_chatbot_is_found() {
    let mock = usage::again("chatbot-growth");
    let model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let input = usage::tokens(&mock, EAST, model, "InputTokenCount", 168).await / 168.0;
    mock.stop().await;
    // Of the input 80 % repeats; a tenth of that is written at 125 % of the price, the rest read at
    // a tenth of it.
    let price = ledger::tokens(model).0;
    let saves = input / 1000.0 * 0.8 * price * (1.0 - 0.1 * 1.25 - 0.9 * 0.1);
    let story = Story {
        scenario: "chatbot-growth",
        rule: "cache-opportunity",
        on: "US Claude Sonnet 4.5",
        findings: 1,
        exposure: saves,
        near: 0.01,
        says: &["0 % of its input is read from the cache", "of data"],
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn budget_breach_is_found() {
    let story = Story {
        scenario: "budget-breach",
        rule: "budget-breach",
        on: "ml-platform",
        findings: 1,
        says: &["passed in 9 days", "of $34,500", "foreseen"],
        ..Story::default()
    };
    story.plays().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_scenario_has_no_findings() {
    super::is_quiet("quiet").await;
}
