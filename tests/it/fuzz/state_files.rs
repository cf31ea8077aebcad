//! Files that the program keeps: journal, schedules, preferences and answers of Cost Explorer.

use super::{Mutator, seeds};
use crate::panes::start_mock;
use spendtop::{
    app::session::{file_tasks::read_prefs, schedule_store::ScheduleFile},
    collectors::{self, PollKind, SpendSettings},
    domain::{ScheduledPlan, Timestamp},
    engine::{Journal, audit},
    mock::Scenario,
    pricing::Prices,
};
use std::{fs, os::unix::fs::OpenOptionsExt, path::Path};

/// Scheduled actions, a line each, as the program writes them.
fn scheduled(ids: &[&str]) -> String {
    let line = |id: &&str| {
        format!(
            "{{\"plan\":{{\"account\":\"111122223333\",\"region\":\"us-east-1\",\
             \"kind\":\"notebook-instance\",\"id\":\"{id}\",\"name\":\"{id}\",\"plan\":\"p-1\",\
             \"operation\":\"stop\",\"given\":\"yes\",\"since\":\"2026-11-23T07:30:00Z\",\
             \"until\":\"2026-11-23T18:00:00Z\"}}}}\n"
        )
    };
    ids.iter().map(line).collect()
}

fn plans(lines: &str) -> Vec<ScheduledPlan> {
    let plan = |line: &str| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        serde_json::from_value(line["plan"].take()).unwrap()
    };
    lines.lines().map(plan).collect()
}

/// Writes a file that only its owner may read, as the program does.
fn write_private(path: &Path, bytes: &[u8]) {
    drop(fs::remove_file(path));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    std::io::Write::write_all(&mut options.open(path).unwrap(), bytes).unwrap();
}

#[test]
fn altered_journal_is_reported_and_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let at: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
    let plans = plans(&scheduled(&["one", "two", "three", "four"]));
    Journal::at(path.clone(), "ana")
        .record_scheduled(&plans, at)
        .unwrap();
    let valid = fs::read(&path).unwrap();
    let entries = audit::read(&path).unwrap();
    assert_eq!(entries.len(), 4);
    for seed in seeds(120) {
        let changed = Mutator::new(seed).bytes(&valid);
        write_private(&path, &changed);
        let read = audit::read(&path).unwrap_or_default();
        let report = audit::verify(&path);
        let is_noticed = !report
            .as_ref()
            .is_ok_and(|report| report.violations.is_empty());
        // An entry that was cut short is the trace of a crash: no entry is lost unnoticed.
        assert!(
            is_noticed || read == entries,
            "seed {seed}: {report:?}\n{}",
            String::from_utf8_lossy(&changed)
        );
    }
}

#[test]
fn changed_schedules_are_no_agreement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schedules.jsonl");
    let text = scheduled(&["one", "two", "three", "four"]);
    let agreed = plans(&text);
    let at: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
    let journal = Journal::at(folder.path().join("journal.jsonl"), "ana");
    journal.record_scheduled(&agreed, at).unwrap();
    for seed in seeds(80) {
        let changed = Mutator::new(seed).bytes(text.as_bytes());
        write_private(&path, &changed);
        let Ok(loaded) = ScheduleFile::File(path.clone()).load() else {
            continue;
        };
        let lines = changed.split(|byte| *byte == b'\n').count();
        assert!(loaded.problems.len() <= lines, "seed {seed}");
        let plans: Vec<ScheduledPlan> = loaded.schedules.plans().cloned().collect();
        let found = journal.find_scheduled(&plans).unwrap();
        for plan in &found {
            assert!(agreed.contains(plan), "seed {seed}: {plan:?}");
        }
    }
}

#[test]
fn changed_preferences_are_read_or_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prefs.toml");
    let valid = "theme = \"nord\"\n\n[sorts]\ngpus = [\"burn\", true]\n";
    for seed in seeds(80) {
        let changed = Mutator::new(seed).bytes(valid.as_bytes());
        write_private(&path, &changed);
        read_prefs(&path);
    }
}

#[tokio::test]
async fn changed_answers_of_cost_explorer_make_finite_bills() {
    let scenario = Scenario::find("weekend-spike").unwrap();
    let (mock, sessions, clock) = start_mock(scenario, 1.0, &["us-east-1"]).await;
    let folder = tempfile::tempdir().unwrap();
    let report = async || {
        let settings = SpendSettings {
            cache: Some(folder.path().to_owned()),
            ..SpendSettings::default()
        };
        let sources =
            collectors::sources_with(&sessions, Prices::embedded(), &clock, &[], settings);
        let mut sources = sources.into_iter();
        let mut bill = sources.find(|source| source.id().pane == "spend").unwrap();
        bill.poll(PollKind::Inventory).await
    };
    let rows = report().await.rows.len();
    assert!(rows > 0);
    let mut files = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path());
    let is_answer = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "json");
    let file = files.find(is_answer).unwrap();
    let valid = fs::read(&file).unwrap();
    for seed in seeds(8) {
        write_private(&file, &Mutator::new(seed).bytes(&valid));
        let bill = report().await;
        assert!(bill.complete, "seed {seed}: {:?}", bill.faults);
    }
    mock.stop().await;
}
