//! Scheduled actions and undo end to end: keys, schedule file, journal and requests to the mock.

use super::harness::{Harness, count_succeeded, has_line};
use crossterm::event::KeyCode;
use spendtop::domain::Timestamp;

/// Opens the notebooks, filtered to vision-labeling.
async fn open_notebook(harness: &mut Harness) {
    harness
        .wait_for_line(&["vision-labeling", "InService"])
        .await;
    harness.enter("3/vision-labeling");
    harness
        .wait("the filtered row", |frame| {
            has_line(frame, &["1 of "]) || frame.contains("vision-labeling")
        })
        .await;
}

async fn schedule_stop(harness: &mut Harness, when: &str) {
    harness.enter(&format!(":scheduled stop {when}"));
    harness.wait_for("scheduled for").await;
    harness.confirm().await;
    harness.wait_for("1 scheduled").await;
}

fn schedule_file(harness: &Harness) -> String {
    std::fs::read_to_string(harness.path("schedules.jsonl")).unwrap_or_default()
}

/// A stop of vision-labeling, scheduled an hour ago and due in `due_in_seconds`.
fn scheduled_stop(now: Timestamp, due_in_seconds: i64) -> String {
    let (since, until) = (
        now - jiff::SignedDuration::from_hours(1),
        now + jiff::SignedDuration::from_secs(due_in_seconds),
    );
    let plan = serde_json::json!({
        "account": "111122223333",
        "region": "us-east-1",
        "kind": "notebook-instance",
        "id": "vision-labeling",
        "name": "vision-labeling",
        "plan": "p-1",
        "operation": "stop",
        "given": "yes",
        "since": since.to_string(),
        "until": until.to_string(),
    });
    format!("{}\n", serde_json::json!({ "plan": plan }))
}

#[tokio::test(flavor = "multi_thread")]
async fn scheduled_stop_runs_once_when_due() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    schedule_stop(&mut harness, "in 4s").await;
    assert_eq!(
        harness.mock.count("sagemaker", "StopNotebookInstance"),
        0,
        "not yet"
    );
    harness.wait_until_succeeded("vision-labeling").await;
    harness
        .wait("no scheduled action", |frame| {
            !frame.contains("1 scheduled")
        })
        .await;
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 1);
    assert_eq!(
        harness.journal_events(),
        [
            "vision-labeling scheduled",
            "vision-labeling unscheduled",
            "vision-labeling intent",
            "vision-labeling accepted",
            "vision-labeling succeeded"
        ]
    );
    assert!(
        std::fs::read_to_string(harness.path("journal.jsonl"))
            .unwrap()
            .contains("scheduled 2026-")
    );
    assert_eq!(schedule_file(&harness), "");
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_scheduled_action_does_not_run() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    schedule_stop(&mut harness, "in 3m").await;
    harness.wait("the entry in the file", |_| true).await;
    harness.enter(":scheduled");
    harness.wait_for("removes it").await;
    harness.type_text("x");
    harness.wait_for("nothing is scheduled").await;
    harness.press(KeyCode::Esc);
    harness
        .wait("no scheduled action", |frame| {
            !frame.contains("1 scheduled")
        })
        .await;
    let file = harness.path("schedules.jsonl");
    harness
        .wait("an empty file", |_| {
            std::fs::read_to_string(&file).is_ok_and(|text| text.is_empty())
        })
        .await;
    harness
        .wait_for_journal("that it is cancelled", |lines| {
            lines
                .last()
                .is_some_and(|line| line.ends_with(" unscheduled"))
        })
        .await;
    assert_eq!(
        harness.journal_events(),
        ["vision-labeling scheduled", "vision-labeling unscheduled"]
    );
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn line_planted_in_the_schedule_file_is_not_carried_out() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    let planted = scheduled_stop(harness.mock.now(), 1).replace("stop\"", "terminate\"");
    std::fs::write(harness.path("schedules.jsonl"), planted).unwrap();
    harness.wait_for("1 error").await;
    harness.type_text("!");
    harness.wait_for("was never confirmed").await;
    assert!(harness.journal_events().is_empty());
    harness.press(KeyCode::Esc);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quit_lists_scheduled_actions_and_the_file_keeps_them() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    schedule_stop(&mut harness, "in 3h").await;
    let file = harness.path("schedules.jsonl");
    harness
        .wait("the entry in the file", |_| {
            std::fs::read_to_string(&file).is_ok_and(|text| text.contains("vision-labeling"))
        })
        .await;
    harness.type_text("q");
    let frame = harness.wait_for("Quit with scheduled operations?").await;
    assert!(
        frame.contains("Scheduled: stop vision-labeling at")
            && frame.contains("only if spendtop is running then"),
        "{frame}"
    );
    assert!(frame.contains("Schedules are"), "{frame}");
    harness.press(KeyCode::Enter);
    harness
        .wait("the console again", |frame| !frame.contains("Quit with"))
        .await;
    let contents = schedule_file(&harness);
    let app = harness.quit().await;
    assert_eq!(app.schedules.scheduled_count(), 1);
    assert!(
        contents.contains("vision-labeling"),
        "the next start finds it: {contents}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn action_scheduled_by_an_earlier_console_runs() {
    let mut harness = Harness::with_schedules("weekend-spike", |now| scheduled_stop(now, 5));
    harness.wait_until_succeeded("vision-labeling").await;
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 1);
    assert_eq!(schedule_file(&harness), "");
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_action_asks_before_it_runs() {
    let mut harness = Harness::with_schedules("weekend-spike", |now| {
        format!("what is this?\n{}", scheduled_stop(now, -3_600))
    });
    harness.wait_for("missed operations").await;
    harness.wait_for_line(&["vision-labeling", "missed"]).await;
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 0);
    // The row must be loaded before the dialog opens.
    harness.press(KeyCode::Esc);
    open_notebook(&mut harness).await;
    harness.enter(":scheduled");
    harness.wait_for("confirms it now").await;
    harness.press(KeyCode::Enter);
    harness.wait_for("StopNotebookInstance").await;
    harness.confirm().await;
    harness.wait_until_succeeded("vision-labeling").await;
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 1);
    assert_eq!(
        std::fs::read_to_string(harness.path("schedules.unread")).unwrap(),
        "what is this?\n"
    );
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scheduled_stop_skips_a_stopped_notebook() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    schedule_stop(&mut harness, "in 25s").await;
    harness.type_text("S");
    harness.wait_for("StopNotebookInstance").await;
    harness.confirm().await;
    harness.wait_until_succeeded("vision-labeling").await;
    harness.wait_for("did not run").await;
    assert_eq!(harness.mock.count("sagemaker", "StopNotebookInstance"), 1);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_stop_starts_the_notebook() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    harness.type_text("S");
    harness.wait_for("StopNotebookInstance").await;
    harness.confirm().await;
    harness.wait_until_succeeded("vision-labeling").await;
    harness.wait_for_line(&["vision-labeling", "Stopped"]).await;
    harness.type_text("u");
    harness.wait_for("Undo stop of vision-labeling").await;
    harness.wait_for("StartNotebookInstance").await;
    harness.confirm().await;
    harness
        .wait_for_line(&["vision-labeling", "InService"])
        .await;
    assert_eq!(harness.mock.count("sagemaker", "StartNotebookInstance"), 1);
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_scale_restores_the_count() {
    let mut harness = Harness::new("weekend-spike");
    harness.wait_for("rec-endpoint").await;
    harness.enter("4/rec-endpoint");
    harness.enter(":scale 2");
    harness.wait_for("DesiredInstanceCount=2").await;
    harness.confirm().await;
    harness
        .wait_until_succeeded("rec-endpoint/AllTraffic")
        .await;
    harness.wait_for("2 x g5.12xlarge where 1 would do").await;
    harness.type_text("u");
    harness.wait_for("Undo scale of rec-endpoint").await;
    harness.wait_for("DesiredInstanceCount=8").await;
    harness.confirm().await;
    harness
        .wait_for_journal("two succeeded", |lines| count_succeeded(lines) == 2)
        .await;
    harness.wait_for_line(&["rec-endpoint", " 8 "]).await;
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_redo_of_tags_restore_values() {
    let mut harness = Harness::new("weekend-spike");
    open_notebook(&mut harness).await;
    harness.enter(":tag !cost-centre=7781");
    harness.wait_for("AddTags").await;
    harness.confirm().await;
    harness.wait_until_succeeded("vision-labeling").await;
    harness.type_text("dG");
    for (call, settled) in [("ai-4100", 2), ("7781", 3)] {
        // Undo plans with the last read row.
        harness
            .wait("its tags read", |frame| {
                frame.contains("7781") == (call == "ai-4100")
            })
            .await;
        harness.type_text("u");
        harness.wait_for("Undo tag of vision-labeling").await;
        harness.wait_for(call).await;
        harness.confirm().await;
        harness
            .wait_for_journal(call, |lines| count_succeeded(lines) == settled)
            .await;
    }
    // With open details, `q` would only close them.
    harness.press(KeyCode::Esc);
    harness.quit().await;
}
