//! What is agreed for later, and what is taken back, end to end: keys, the file, the journal, and
//! what the mock was asked.

use super::rig::Rig;
use crossterm::event::KeyCode;
use spendtop::domain::Timestamp;

fn line(frame: &str, words: &[&str]) -> bool {
    frame
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)))
}

/// The notebooks, with vision-labeling alone.
async fn at_the_notebook(rig: &mut Rig) {
    rig.wait("vision-labeling at work", |frame| {
        line(frame, &["vision-labeling", "InService"])
    })
    .await;
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.wait("only it", |frame| {
        line(frame, &["1 of "]) || frame.contains("vision-labeling")
    })
    .await;
}

async fn agree(rig: &mut Rig, when: &str) {
    rig.type_text(&format!(":scheduled stop {when}"));
    rig.press(KeyCode::Enter);
    rig.wait_for("not now").await;
    rig.yes().await;
    rig.wait_for("1 later").await;
}

fn kept(rig: &Rig) -> String {
    std::fs::read_to_string(rig.path("schedules.jsonl")).unwrap_or_default()
}

/// A stop of vision-labeling that was agreed an hour before `due`.
fn stop_at(now: Timestamp, due: i64) -> String {
    let (since, until) = (
        now - jiff::SignedDuration::from_hours(1),
        now + jiff::SignedDuration::from_secs(due),
    );
    format!(
        "{{\"later\":{{\"account\":\"111122223333\",\"region\":\"us-east-1\",\"kind\":\"notebook-instance\",\"id\":\"vision-labeling\",\
         \"name\":\"vision-labeling\",\"plan\":\"p-1\",\"operation\":\"stop\",\"given\":\"yes\",\"since\":\"{since}\",\"until\":\"{until}\"}}}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn scheduled_stop_runs_once_when_due() {
    let mut rig = Rig::new("weekend-spike");
    at_the_notebook(&mut rig).await;
    agree(&mut rig, "in 4s").await;
    assert_eq!(
        rig.mock.count("sagemaker", "StopNotebookInstance"),
        0,
        "not yet"
    );
    rig.settled("vision-labeling").await;
    rig.wait("nothing ahead", |frame| !frame.contains("1 later"))
        .await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 1);
    assert_eq!(
        rig.journal(),
        [
            "vision-labeling intent",
            "vision-labeling accepted",
            "vision-labeling succeeded"
        ]
    );
    assert!(
        std::fs::read_to_string(rig.path("journal.jsonl"))
            .unwrap()
            .contains("scheduled 2026-")
    );
    assert_eq!(kept(&rig), "");
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_scheduled_action_does_not_run() {
    let mut rig = Rig::new("weekend-spike");
    at_the_notebook(&mut rig).await;
    agree(&mut rig, "in 3m").await;
    rig.wait("it in the file", |_| true).await;
    rig.type_text(":scheduled");
    rig.press(KeyCode::Enter);
    rig.wait_for("takes it back").await;
    rig.type_text("x");
    rig.wait_for("nothing is agreed for later").await;
    rig.press(KeyCode::Esc);
    rig.wait("nothing ahead", |frame| !frame.contains("1 later"))
        .await;
    let folder = rig.path("schedules.jsonl");
    rig.wait("nothing in the file", |_| {
        std::fs::read_to_string(&folder).is_ok_and(|text| text.is_empty())
    })
    .await;
    assert!(rig.journal().is_empty());
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quit_lists_scheduled_actions_and_the_file_keeps_them() {
    let mut rig = Rig::new("weekend-spike");
    at_the_notebook(&mut rig).await;
    agree(&mut rig, "in 3h").await;
    let file = rig.path("schedules.jsonl");
    rig.wait("it in the file", |_| {
        std::fs::read_to_string(&file).is_ok_and(|text| text.contains("vision-labeling"))
    })
    .await;
    rig.type_text("q");
    let frame = rig.wait_for("Quit with something agreed for later?").await;
    assert!(
        frame.contains("Agreed for later: stop vision-labeling at")
            && frame.contains("only if a console runs then"),
        "{frame}"
    );
    assert!(frame.contains("file keeps"), "{frame}");
    rig.press(KeyCode::Enter);
    rig.wait("the console again", |frame| !frame.contains("Quit with"))
        .await;
    let folder = kept(&rig);
    let app = rig.quit().await;
    assert_eq!(app.schedules.scheduled_count(), 1);
    assert!(
        folder.contains("vision-labeling"),
        "the next start finds it: {folder}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn action_scheduled_by_an_earlier_console_runs() {
    let mut rig = Rig::with_later("weekend-spike", |now| stop_at(now, 5));
    rig.settled("vision-labeling").await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 1);
    assert_eq!(kept(&rig), "");
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_action_asks_before_it_runs() {
    let mut rig = Rig::with_later("weekend-spike", |now| {
        format!("what is this?\n{}", stop_at(now, -3_600))
    });
    rig.wait_for("something was missed").await;
    rig.wait("vision-labeling missed", |frame| {
        line(frame, &["vision-labeling", "missed"])
    })
    .await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 0);
    // The rows must be known before it can be asked for.
    rig.press(KeyCode::Esc);
    at_the_notebook(&mut rig).await;
    rig.type_text(":scheduled");
    rig.press(KeyCode::Enter);
    rig.wait_for("asks for it now").await;
    rig.press(KeyCode::Enter);
    rig.wait_for("StopNotebookInstance").await;
    rig.yes().await;
    rig.settled("vision-labeling").await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 1);
    assert_eq!(
        std::fs::read_to_string(rig.path("schedules.unread")).unwrap(),
        "what is this?\n"
    );
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scheduled_stop_skips_a_stopped_notebook() {
    let mut rig = Rig::new("weekend-spike");
    at_the_notebook(&mut rig).await;
    agree(&mut rig, "in 25s").await;
    rig.type_text("S");
    rig.wait_for("StopNotebookInstance").await;
    rig.yes().await;
    rig.settled("vision-labeling").await;
    rig.wait_for("did not run").await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 1);
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_stop_starts_the_notebook() {
    let mut rig = Rig::new("weekend-spike");
    at_the_notebook(&mut rig).await;
    rig.type_text("S");
    rig.wait_for("StopNotebookInstance").await;
    rig.yes().await;
    rig.settled("vision-labeling").await;
    rig.wait("it stopped", |frame| {
        line(frame, &["vision-labeling", "Stopped"])
    })
    .await;
    rig.type_text("u");
    rig.wait_for("Undo stop of vision-labeling").await;
    rig.wait_for("StartNotebookInstance").await;
    rig.yes().await;
    rig.wait("it at work", |frame| {
        line(frame, &["vision-labeling", "InService"])
    })
    .await;
    assert_eq!(rig.mock.count("sagemaker", "StartNotebookInstance"), 1);
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_of_a_scale_restores_the_count() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("rec-endpoint").await;
    rig.type_text("4/rec-endpoint");
    rig.press(KeyCode::Enter);
    rig.type_text(":scale 2");
    rig.press(KeyCode::Enter);
    rig.wait_for("DesiredInstanceCount=2").await;
    rig.yes().await;
    rig.settled("rec-endpoint/AllTraffic").await;
    rig.wait_for("2 x g5.12xlarge where 1 would do").await;
    rig.type_text("u");
    rig.wait_for("Undo scale of rec-endpoint").await;
    rig.wait_for("DesiredInstanceCount=8").await;
    rig.yes().await;
    rig.wait_in_journal("two succeeded", |lines| {
        lines
            .iter()
            .filter(|line| line.ends_with(" succeeded"))
            .count()
            == 2
    })
    .await;
    rig.wait("eight instances", |frame| {
        line(frame, &["rec-endpoint", " 8 "])
    })
    .await;
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_and_redo_of_tags_restore_values() {
    let mut rig = Rig::new("weekend-spike");
    at_the_notebook(&mut rig).await;
    rig.type_text(":tag cost-centre=7781");
    rig.press(KeyCode::Enter);
    rig.wait_for("AddTags").await;
    rig.yes().await;
    rig.settled("vision-labeling").await;
    rig.type_text("dG");
    for (call, settled) in [("ai-4100", 2), ("7781", 3)] {
        // What is taken back is planned on the row as it was read last.
        rig.wait("its tags read", |frame| {
            frame.contains("7781") == (call == "ai-4100")
        })
        .await;
        rig.type_text("u");
        rig.wait_for("Undo tag of vision-labeling").await;
        rig.wait_for(call).await;
        rig.yes().await;
        rig.wait_in_journal(call, |lines| {
            lines
                .iter()
                .filter(|line| line.ends_with(" succeeded"))
                .count()
                == settled
        })
        .await;
    }
    // With the details open, leaving would only close them.
    rig.press(KeyCode::Esc);
    rig.quit().await;
}
