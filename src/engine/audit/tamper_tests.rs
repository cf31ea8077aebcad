//! Tampering with the files of a journal: what `verify` reports, at once and later.

use super::super::test_doubles::{plan_to_stop, stamp};
use super::{chain::ChainHead, *};
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

/// The name of an edit, the edit, and every violation of it.
const EDITS: &[Edit] = &[
    (
        "first",
        |journal| journal.edit(ROTATED, |lines| drop(lines.remove(0))),
        &["journal-5.jsonl:1: entry 1 is missing"],
    ),
    (
        "middle",
        |journal| journal.edit(LIVE, |lines| drop(lines.remove(1))),
        &["journal.jsonl:2: entry 7 is missing"],
    ),
    (
        "last",
        |journal| journal.edit(LIVE, |lines| drop(lines.pop())),
        &["journal.jsonl:3: entry 9 is missing"],
    ),
    (
        "swapped",
        |journal| journal.edit(LIVE, |lines| lines.swap(1, 2)),
        &[
            "journal.jsonl:2: entry 7 is missing",
            "journal.jsonl:3: entry 7 after entry 8: moved or duplicated",
        ],
    ),
    (
        "repeated",
        |journal| journal.edit(LIVE, |lines| lines.insert(2, lines[1].clone())),
        &["journal.jsonl:3: entry 7 after entry 7: moved or duplicated"],
    ),
    (
        "a byte",
        |journal| journal.edit(LIVE, |lines| lines[1][200] ^= 1),
        &["journal.jsonl:2: the entry was altered: its hash does not match"],
    ),
    (
        "a byte of the last",
        |journal| journal.edit(LIVE, |lines| lines[3][200] ^= 1),
        &["journal.jsonl:4: the entry was altered: its hash does not match"],
    ),
    (
        "all altered",
        |journal| {
            journal.edit(LIVE, |lines| {
                lines.iter_mut().for_each(|line| line[200] ^= 1)
            })
        },
        &[
            "journal.jsonl:1: the entry was altered: its hash does not match",
            "journal.jsonl:2: the entry was altered: its hash does not match",
            "journal.jsonl:3: the entry was altered: its hash does not match",
            "journal.jsonl:4: the entry was altered: its hash does not match",
        ],
    ),
    (
        "older copy",
        |journal| journal.edit(LIVE, |lines| lines.truncate(2)),
        &["journal.jsonl:2: entries 8 to 9 are missing"],
    ),
    (
        "older head",
        |journal| {
            fs::write(
                journal.path(HEAD),
                chain::link(&journal.lines(LIVE)[0][..journal.lines(LIVE)[0].len() - 1])
                    .unwrap()
                    .head()
                    .to_bytes()
                    .unwrap(),
            )
            .unwrap();
        },
        &["journal.head: points at entry 6, entry 9 is the last: an older copy"],
    ),
    (
        "cut in a line",
        |journal| journal.edit(LIVE, |lines| lines[3].truncate(300)),
        &["journal.jsonl:4: the entry was cut short, and not by a crash"],
    ),
    (
        "CR LF",
        |journal| {
            journal.edit(LIVE, |lines| {
                for line in lines {
                    line.pop();
                    line.extend(b"\r\n");
                }
            });
        },
        &[
            "journal.jsonl:1: the line ends with CR LF: a program has converted the file",
            "journal.jsonl:2: the line ends with CR LF: a program has converted the file",
            "journal.jsonl:3: the line ends with CR LF: a program has converted the file",
            "journal.jsonl:4: the line ends with CR LF: a program has converted the file",
        ],
    ),
    (
        "blank lines",
        |journal| {
            journal.edit(LIVE, |lines| {
                lines.insert(2, b"\n\n".to_vec());
            });
        },
        &[
            "journal.jsonl:3: not an entry: an empty line",
            "journal.jsonl:4: not an entry: an empty line",
        ],
    ),
    (
        "emptied",
        |journal| journal.set(LIVE, &[]),
        &["journal.jsonl: entries 6 to 9 are missing"],
    ),
    (
        "removed",
        |journal| fs::remove_file(journal.path(LIVE)).unwrap(),
        &["journal.jsonl: entries 6 to 9 are missing"],
    ),
    (
        "no head",
        |journal| fs::remove_file(journal.path(HEAD)).unwrap(),
        &["journal.head: missing: entries after entry 9 may be missing too"],
    ),
    (
        "no head, no last lines",
        |journal| {
            fs::remove_file(journal.path(HEAD)).unwrap();
            journal.edit(LIVE, |lines| lines.truncate(1));
        },
        &["journal.head: missing: entries after entry 6 may be missing too"],
    ),
    (
        "no head, one line",
        |journal| {
            for file in [HEAD, LIVE] {
                fs::remove_file(journal.path(file)).unwrap();
            }
            journal.edit(ROTATED, |lines| lines.truncate(1));
            fs::rename(journal.path(ROTATED), journal.path(LIVE)).unwrap();
        },
        &["journal.head: missing: entries after entry 1 may be missing too"],
    ),
    (
        "head spoilt",
        |journal| fs::write(journal.path(HEAD), "{}").unwrap(),
        &["journal.head: not a head: last entries may be missing"],
    ),
    (
        "older file removed",
        |journal| fs::remove_file(journal.path(ROTATED)).unwrap(),
        &["journal.jsonl:1: entries 1 to 5 are missing"],
    ),
    (
        "older file altered",
        |journal| journal.edit(ROTATED, |lines| lines[4][200] ^= 1),
        &["journal-5.jsonl:5: the entry was altered: its hash does not match"],
    ),
    (
        "older file renamed",
        |journal| fs::rename(journal.path(ROTATED), journal.path("journal-50.jsonl")).unwrap(),
        &["journal-50.jsonl: the file was renamed: it ends with entry 5"],
    ),
    (
        "older file named away",
        |journal| fs::rename(journal.path(ROTATED), journal.path("old")).unwrap(),
        &["journal.jsonl:1: entries 1 to 5 are missing"],
    ),
    (
        "a file repeated",
        |journal| _ = fs::copy(journal.path(ROTATED), journal.path("journal-6.jsonl")).unwrap(),
        &[
            "journal-6.jsonl:1: entry 1 after entry 5: moved or duplicated",
            "journal-6.jsonl:2: entry 2 after entry 5: moved or duplicated",
            "journal-6.jsonl:3: entry 3 after entry 5: moved or duplicated",
            "journal-6.jsonl:4: entry 4 after entry 5: moved or duplicated",
            "journal-6.jsonl:5: entry 5 after entry 5: moved or duplicated",
        ],
    ),
    (
        "a line without a hash",
        |journal| {
            journal.edit(LIVE, |lines| {
                lines.push(b"{\"version\":1,\"event\":\"settled\"}\n".to_vec())
            })
        },
        &["journal.jsonl:5: not an entry: no hash"],
    ),
    (
        "a line with a hash of its own",
        |journal| journal.edit(LIVE, |lines| lines[1] = forged(&lines[1])),
        &["journal.jsonl:2: entry 7 was replaced: the next hash differs"],
    ),
    (
        "the last line with a hash of its own",
        |journal| journal.edit(LIVE, |lines| lines[3] = forged(&lines[3])),
        &["journal.jsonl:4: the last entry was replaced: journal.head has another hash"],
    ),
    (
        "NUL bytes",
        |journal| journal.edit(LIVE, |lines| lines.push(vec![0; 40])),
        &["journal.jsonl:5: not an entry: NUL bytes"],
    ),
    (
        "no text",
        |journal| journal.edit(LIVE, |lines| lines.insert(1, b"\xff\xfe\n".to_vec())),
        &["journal.jsonl:2: not an entry: not UTF-8"],
    ),
    (
        "byte order mark",
        |journal| {
            journal.edit(ROTATED, |lines| {
                drop(lines[0].splice(..0, *b"\xef\xbb\xbf"))
            })
        },
        &["journal-5.jsonl:1: the entry was altered: its hash does not match"],
    ),
    (
        "newline at the end",
        |journal| journal.edit(LIVE, |lines| _ = lines[3].pop()),
        &["journal.jsonl:4: the newline after the last entry is missing"],
    ),
    (
        "all files emptied",
        |journal| {
            for file in [LIVE, ROTATED] {
                journal.set(file, &[]);
            }
        },
        &["journal.jsonl: entries 1 to 9 are missing"],
    ),
];

#[tokio::test]
async fn each_edit_is_a_violation_now_and_later() {
    for (name, edit, expected) in EDITS {
        let journal = TestJournal::new().await;
        edit(&journal);
        assert_eq!(journal.violations(), *expected, "{name}");
        located_entries(&journal.path(LIVE)).unwrap();
        latest(&journal.path(LIVE), 100).unwrap();
        // The next session reports it at once where the live file or the head shows it, and goes
        // on. It stays visible.
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
