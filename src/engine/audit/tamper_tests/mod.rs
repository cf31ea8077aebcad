//! Tampering with the files of a journal: what `verify` reports, at once and later.

mod edits;

use super::super::test_doubles::{plan_to_stop, stamp};
use super::{chain::ChainHead, *};
use edits::EDITS;
use std::fs;

/// A journal of nine entries, five of them in a rotated file.
struct TestJournal {
    folder: tempfile::TempDir,
}

const LIVE: &str = "journal.jsonl";
const ROTATED: &str = "journal-5.jsonl";
const HEAD: &str = "journal.head";

async fn write(path: &Path, ids: std::ops::RangeInclusive<u32>, max_file_bytes: u64) {
    let journal = Arc::new(Journal::at(path, "ana"));
    for id in ids {
        let plan = plan_to_stop(&[&format!("i-{id}")]);
        journal.writer().max_file_bytes = max_file_bytes;
        journal
            .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
            .await
            .unwrap();
    }
}

impl TestJournal {
    async fn new() -> Self {
        let journal = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        write(&journal.path(LIVE), 1..=5, u64::MAX).await;
        write(&journal.path(LIVE), 6..=6, 1).await;
        write(&journal.path(LIVE), 7..=9, u64::MAX).await;
        assert_eq!(journal.violations(), Vec::<String>::new());
        journal
    }
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
    fn violations(&self) -> Vec<String> {
        verify(&self.path(LIVE))
            .unwrap()
            .violations
            .iter()
            .map(ToString::to_string)
            .collect()
    }
    fn lines(&self, name: &str) -> Vec<Vec<u8>> {
        fs::read(self.path(name))
            .unwrap()
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }
    fn set(&self, name: &str, lines: &[Vec<u8>]) {
        fs::write(self.path(name), lines.concat()).unwrap();
    }
    fn edit(&self, name: &str, edit: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let mut lines = self.lines(name);
        edit(&mut lines);
        self.set(name, &lines);
    }
}

/// An entry in place of `line`, with a matching hash.
fn forged(line: &[u8]) -> Vec<u8> {
    let mut line: AuditEntry = serde_json::from_slice(line).unwrap();
    line.os_user = "mallory".into();
    let mut sealed = chain::seal(line).unwrap().0;
    sealed.push(b'\n');
    sealed
}

type Edit = (&'static str, fn(&TestJournal), &'static [&'static str]);

#[tokio::test]
async fn each_edit_is_a_violation_now_and_later() {
    for (name, edit, expected) in EDITS {
        let journal = TestJournal::new().await;
        edit(&journal);
        assert_eq!(journal.violations(), *expected, "{name}");
        journal_lines(&journal.path(LIVE)).unwrap();
        latest(&journal.path(LIVE), 100).unwrap();
        // The next session reports a violation that the live file or the head shows, and continues.
        // The violation stays visible.
        let next = Arc::new(Journal::at(journal.path(LIVE), "ben"));
        let shows = (expected[0].starts_with(LIVE) && *name != "older file removed")
            && *name != "older file named away"
            || expected[0].starts_with(HEAD);
        assert!(
            !shows || !next.live_violations().await.unwrap().is_empty(),
            "{name}"
        );
        next.unresolved_intents().await.unwrap();
        write(&journal.path(LIVE), 10..=11, u64::MAX).await;
        // The next entry restores that newline: the journal is valid again.
        assert_eq!(
            journal.violations().is_empty(),
            *name == "newline at the end",
            "{name}, later"
        );
        let lines = read(&journal.path(LIVE)).unwrap();
        assert_eq!(
            lines.last().map(|line| line.id.to_string()).as_deref(),
            Some("i-11"),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn irregular_files_are_refused_and_open_modes_are_violations() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let journal = TestJournal::new().await;
    fs::set_permissions(journal.path(ROTATED), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        journal.violations(),
        ["journal-5.jsonl: others may open it (mode 0644): run `chmod 600`"]
    );
    fs::set_permissions(journal.path(ROTATED), fs::Permissions::from_mode(0o600)).unwrap();
    for name in [LIVE, HEAD, "journal.lock"] {
        for link in [true, false] {
            let journal = TestJournal::new().await;
            let path = journal.path(name);
            fs::rename(&path, journal.path("elsewhere")).unwrap();
            if link {
                symlink(journal.path("elsewhere"), &path).unwrap();
            } else {
                fs::create_dir(&path).unwrap();
            }
            let what = format!(
                "{name}: {}",
                if link {
                    "it is a symbolic link, not a regular file"
                } else {
                    "it is a folder, not a regular file"
                }
            );
            if name != "journal.lock" {
                assert_eq!(verify(&journal.path(LIVE)).unwrap_err().to_string(), what);
            }
            let journal = Arc::new(Journal::at(journal.path(LIVE), "ana"));
            let plan = plan_to_stop(&["i-10"]);
            let fault = journal
                .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
                .await
                .unwrap_err();
            assert!(
                fault.message.contains(&what)
                    && fault.message.contains("nothing is done unrecorded"),
                "{fault}"
            );
        }
    }
}

/// A head whose number has no successor.
#[tokio::test]
async fn head_with_the_highest_number_does_not_panic() {
    let journal = TestJournal::new().await;
    let hash = "0".repeat(64);
    fs::write(
        journal.path(HEAD),
        ChainHead {
            seq: u64::MAX,
            hash,
        }
        .to_bytes()
        .unwrap(),
    )
    .unwrap();
    assert_eq!(
        journal.violations(),
        [format!(
            "journal.jsonl:4: entries 10 to {} are missing",
            u64::MAX
        )]
    );
    let journal = Arc::new(Journal::at(journal.path(LIVE), "ana"));
    let plan = plan_to_stop(&["i-10"]);
    let fault = journal
        .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
        .await
        .unwrap_err();
    assert!(
        fault.message.contains("nothing is done unrecorded"),
        "{fault}"
    );
}

/// A start reads only those rotated files that have unresolved intents.
#[tokio::test]
async fn unresolved_intents_in_rotated_files_are_found() {
    let journal = TestJournal::new().await;
    let ids = |found: &unresolved::UnresolvedIntents| {
        found
            .intents
            .iter()
            .map(|line| line.id.to_string())
            .collect::<Vec<_>>()
    };
    let all: Vec<String> = (1..=9).map(|id| format!("i-{id}")).collect();
    let next = Arc::new(Journal::at(journal.path(LIVE), "ana"));
    assert_eq!(ids(&next.unresolved_intents().await.unwrap()), all);
    // Nothing is unresolved: the rotated file is not read.
    let plan = plan_to_stop(&all.iter().map(String::as_str).collect::<Vec<_>>());
    for target in &plan.targets {
        next.write(next.new_entry(&plan, target, &ActionStatus::Succeeded, stamp()))
            .await
            .unwrap();
    }
    next.writer().max_file_bytes = 1;
    next.write(next.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
        .await
        .unwrap();
    let first: AuditEntry = serde_json::from_slice(&journal.lines(LIVE)[0]).unwrap();
    assert_eq!(first.unresolved, Some(Vec::new()));
    drop(next);
    fs::write(journal.path("journal-18.jsonl"), vec![b'x'; 10]).unwrap();
    assert_eq!(
        ids(&Arc::new(Journal::at(journal.path(LIVE), "ben"))
            .unresolved_intents()
            .await
            .unwrap()),
        ["i-1"]
    );
}
