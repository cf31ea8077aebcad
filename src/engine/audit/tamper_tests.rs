//! A journal in files that somebody puts a hand to: what the check says, and that it is one
//! sentence.

use super::super::test_doubles::{plan_to_stop, stamp};
use super::{chain::ChainHead, *};
use std::fs;

/// A journal of nine lines, five of them in a file that was put away.
struct Kept {
    folder: tempfile::TempDir,
}

const LIVE: &str = "journal.jsonl";
const AWAY: &str = "journal-5.jsonl";
const HEAD: &str = "journal.head";

async fn write(path: &Path, ids: std::ops::RangeInclusive<u32>, full: u64) {
    let journal = Arc::new(Journal::at(path, "ana"));
    for id in ids {
        let plan = plan_to_stop(&[&format!("i-{id}")]);
        journal.pen().full = full;
        journal
            .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
            .await
            .unwrap();
    }
}

impl Kept {
    async fn new() -> Self {
        let kept = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        write(&kept.path(LIVE), 1..=5, u64::MAX).await;
        write(&kept.path(LIVE), 6..=6, 1).await;
        write(&kept.path(LIVE), 7..=9, u64::MAX).await;
        assert_eq!(kept.said(), Vec::<String>::new());
        kept
    }
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
    fn said(&self) -> Vec<String> {
        verify(&self.path(LIVE))
            .unwrap()
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

/// A line in place of `line`, with a hash that fits it.
fn forged(line: &[u8]) -> Vec<u8> {
    let mut line: AuditEntry = serde_json::from_slice(line).unwrap();
    line.by = "mallory".into();
    let mut sealed = chain::seal(line).unwrap().0;
    sealed.push(b'\n');
    sealed
}

type Hand = (&'static str, fn(&Kept), &'static [&'static str]);

/// What is done, and all that is said of it.
const HANDS: &[Hand] = &[
    (
        "first",
        |kept| kept.edit(AWAY, |lines| drop(lines.remove(0))),
        &["journal-5.jsonl:1: line 1 is missing"],
    ),
    (
        "middle",
        |kept| kept.edit(LIVE, |lines| drop(lines.remove(1))),
        &["journal.jsonl:2: line 7 is missing"],
    ),
    (
        "last",
        |kept| kept.edit(LIVE, |lines| drop(lines.pop())),
        &["journal.jsonl:3: line 9 is missing"],
    ),
    (
        "swapped",
        |kept| kept.edit(LIVE, |lines| lines.swap(1, 2)),
        &["journal.jsonl:3: line 7 was put in here after line 8: moved or repeated"],
    ),
    (
        "repeated",
        |kept| kept.edit(LIVE, |lines| lines.insert(2, lines[1].clone())),
        &["journal.jsonl:3: line 7 was put in here after line 7: moved or repeated"],
    ),
    (
        "a byte",
        |kept| kept.edit(LIVE, |lines| lines[1][200] ^= 1),
        &["journal.jsonl:2: this line was altered: its hash does not fit"],
    ),
    (
        "a byte of the last",
        |kept| kept.edit(LIVE, |lines| lines[3][200] ^= 1),
        &["journal.jsonl:4: this line was altered: its hash does not fit"],
    ),
    (
        "all altered",
        |kept| {
            kept.edit(LIVE, |lines| {
                for line in &mut *lines {
                    line[200] ^= 1;
                }
            });
        },
        &["journal.jsonl:1: this line (and the 3 after it) was altered: its hash does not fit"],
    ),
    (
        "older copy",
        |kept| kept.edit(LIVE, |lines| lines.truncate(2)),
        &["journal.jsonl:2: lines 8 to 9 are missing"],
    ),
    (
        "older head",
        |kept| {
            fs::write(
                kept.path(HEAD),
                chain::link(&kept.lines(LIVE)[0][..kept.lines(LIVE)[0].len() - 1])
                    .unwrap()
                    .head()
                    .to_bytes()
                    .unwrap(),
            )
            .unwrap();
        },
        &["journal.head: it tells of line 6, but line 9 is the last: it was put back"],
    ),
    (
        "cut in a line",
        |kept| kept.edit(LIVE, |lines| lines[3].truncate(300)),
        &["journal.jsonl:4: this line is cut short, and no crash left it so"],
    ),
    (
        "CR LF",
        |kept| {
            kept.edit(LIVE, |lines| {
                for line in lines {
                    line.pop();
                    line.extend(b"\r\n");
                }
            });
        },
        &[
            "journal.jsonl:1: this line (and the 3 after it) ends with CR LF: an editor or a transfer converted it",
        ],
    ),
    (
        "blank lines",
        |kept| {
            kept.edit(LIVE, |lines| {
                lines.insert(2, b"\n\n".to_vec());
            });
        },
        &["journal.jsonl:3: an empty line (and the 1 after it): put in here, not of the journal"],
    ),
    (
        "emptied",
        |kept| kept.set(LIVE, &[]),
        &["journal.jsonl: lines 6 to 9 are missing"],
    ),
    (
        "removed",
        |kept| fs::remove_file(kept.path(LIVE)).unwrap(),
        &["journal.jsonl: lines 6 to 9 are missing"],
    ),
    (
        "no head",
        |kept| fs::remove_file(kept.path(HEAD)).unwrap(),
        &["journal.head: it is missing: lines after line 9 may be missing too"],
    ),
    (
        "no head, no last lines",
        |kept| {
            fs::remove_file(kept.path(HEAD)).unwrap();
            kept.edit(LIVE, |lines| lines.truncate(1));
        },
        &["journal.head: it is missing: lines after line 6 may be missing too"],
    ),
    (
        "no head, one line",
        |kept| {
            for file in [HEAD, LIVE] {
                fs::remove_file(kept.path(file)).unwrap();
            }
            kept.edit(AWAY, |lines| lines.truncate(1));
            fs::rename(kept.path(AWAY), kept.path(LIVE)).unwrap();
        },
        &["journal.head: it is missing: lines after line 1 may be missing too"],
    ),
    (
        "head spoilt",
        |kept| fs::write(kept.path(HEAD), "{}").unwrap(),
        &["journal.head: it was altered: lines at the end may be missing"],
    ),
    (
        "older file removed",
        |kept| fs::remove_file(kept.path(AWAY)).unwrap(),
        &["journal.jsonl:1: lines 1 to 5 are missing"],
    ),
    (
        "older file altered",
        |kept| kept.edit(AWAY, |lines| lines[4][200] ^= 1),
        &["journal-5.jsonl:5: this line was altered: its hash does not fit"],
    ),
    (
        "older file renamed",
        |kept| fs::rename(kept.path(AWAY), kept.path("journal-50.jsonl")).unwrap(),
        &["journal-50.jsonl: it was renamed: it ends with line 5, not with line 50"],
    ),
    (
        "older file named away",
        |kept| fs::rename(kept.path(AWAY), kept.path("old")).unwrap(),
        &["journal.jsonl:1: lines 1 to 5 are missing"],
    ),
    (
        "a file repeated",
        |kept| _ = fs::copy(kept.path(AWAY), kept.path("journal-6.jsonl")).unwrap(),
        &["journal-6.jsonl:1: lines 1 to 5 were put in here after line 5: moved or repeated"],
    ),
    (
        "a line without a hash",
        |kept| {
            kept.edit(LIVE, |lines| {
                lines.push(b"{\"version\":2,\"step\":\"settled\"}\n".to_vec());
            });
        },
        &["journal.jsonl:5: a line without a hash: put in here, not of the journal"],
    ),
    (
        "a line with a hash of its own",
        |kept| kept.edit(LIVE, |lines| lines[1] = forged(&lines[1])),
        &["journal.jsonl:2: line 7 was replaced: the line after it tells of another one"],
    ),
    (
        "the last line with a hash of its own",
        |kept| kept.edit(LIVE, |lines| lines[3] = forged(&lines[3])),
        &["journal.jsonl:4: this last line was replaced: journal.head tells of another one"],
    ),
    (
        "NUL bytes",
        |kept| kept.edit(LIVE, |lines| lines.push(vec![0; 40])),
        &["journal.jsonl:5: NUL bytes: put in here, not of the journal"],
    ),
    (
        "no text",
        |kept| kept.edit(LIVE, |lines| lines.insert(1, b"\xff\xfe\n".to_vec())),
        &["journal.jsonl:2: bytes that are no text: put in here, not of the journal"],
    ),
    (
        "byte order mark",
        |kept| kept.edit(AWAY, |lines| drop(lines[0].splice(..0, *b"\xef\xbb\xbf"))),
        &["journal-5.jsonl:1: this line was altered: its hash does not fit"],
    ),
    (
        "newline at the end",
        |kept| kept.edit(LIVE, |lines| _ = lines[3].pop()),
        &["journal.jsonl:4: the end of the last line is missing"],
    ),
    (
        "all files emptied",
        |kept| {
            for file in [LIVE, AWAY] {
                kept.set(file, &[]);
            }
        },
        &["journal.jsonl: lines 1 to 9 are missing"],
    ),
];

#[tokio::test]
async fn each_hand_is_told_in_one_sentence_then_and_later() {
    for (name, hand, said) in HANDS {
        let kept = Kept::new().await;
        hand(&kept);
        assert_eq!(kept.said(), *said, "{name}");
        entries(&kept.path(LIVE)).unwrap();
        latest(&kept.path(LIVE), 100).unwrap();
        // The next console says so at once, where the file that it writes shows it, and goes on; it
        // shows for good.
        let next = Arc::new(Journal::at(kept.path(LIVE), "ben"));
        let shows = (said[0].starts_with(LIVE) && *name != "older file removed")
            && *name != "older file named away"
            || said[0].starts_with(HEAD);
        assert!(
            !shows || !next.altered().await.unwrap().is_empty(),
            "{name}"
        );
        next.left_open().await.unwrap();
        write(&kept.path(LIVE), 10..=11, u64::MAX).await;
        // The next line puts that newline back: all is as it was.
        assert_eq!(
            kept.said().is_empty(),
            *name == "newline at the end",
            "{name}, later"
        );
        let lines = read(&kept.path(LIVE)).unwrap();
        assert_eq!(
            lines.last().map(|line| line.id.to_string()).as_deref(),
            Some("i-11"),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_are_none_are_refused_and_open_ones_are_told() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let kept = Kept::new().await;
    fs::set_permissions(kept.path(AWAY), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        kept.said(),
        ["journal-5.jsonl: others than its owner may open it (mode 0644): `chmod 600` it"]
    );
    fs::set_permissions(kept.path(AWAY), fs::Permissions::from_mode(0o600)).unwrap();
    for name in [LIVE, HEAD, "journal.lock"] {
        for link in [true, false] {
            let kept = Kept::new().await;
            let path = kept.path(name);
            fs::rename(&path, kept.path("elsewhere")).unwrap();
            if link {
                symlink(kept.path("elsewhere"), &path).unwrap();
            } else {
                fs::create_dir(&path).unwrap();
            }
            let what = format!(
                "{name}: {}",
                if link {
                    "it is a symbolic link, not a file of its own"
                } else {
                    "it is a folder, not a file"
                }
            );
            if name != "journal.lock" {
                assert_eq!(verdict(&kept.path(LIVE)).unwrap_err().to_string(), what);
            }
            let journal = Arc::new(Journal::at(kept.path(LIVE), "ana"));
            let plan = plan_to_stop(&["i-10"]);
            let fault = journal
                .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
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

/// A number by hand that no line follows.
#[tokio::test]
async fn a_head_of_the_last_number_is_no_panic() {
    let kept = Kept::new().await;
    let hash = "0".repeat(64);
    fs::write(
        kept.path(HEAD),
        ChainHead {
            seq: u64::MAX,
            hash,
        }
        .to_bytes()
        .unwrap(),
    )
    .unwrap();
    assert_eq!(
        kept.said(),
        [format!(
            "journal.jsonl:4: lines 10 to {} are missing",
            u64::MAX
        )]
    );
    let journal = Arc::new(Journal::at(kept.path(LIVE), "ana"));
    let plan = plan_to_stop(&["i-10"]);
    let fault = journal
        .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
        .await
        .unwrap_err();
    assert!(
        fault.message.contains("nothing is done unrecorded"),
        "{fault}"
    );
}

/// Of older files a start reads only those in which something was left open.
#[tokio::test]
async fn what_is_open_in_older_files_is_found() {
    let kept = Kept::new().await;
    let ids = |left: &unresolved::Left| {
        left.open
            .iter()
            .map(|line| line.id.to_string())
            .collect::<Vec<_>>()
    };
    let all: Vec<String> = (1..=9).map(|id| format!("i-{id}")).collect();
    let next = Arc::new(Journal::at(kept.path(LIVE), "ana"));
    assert_eq!(ids(&next.left_open().await.unwrap()), all);
    // Nothing open: the older file is not read.
    let plan = plan_to_stop(&all.iter().map(String::as_str).collect::<Vec<_>>());
    for target in &plan.targets {
        next.write(next.entry(&plan, target, &ActionStatus::Settled, stamp()))
            .await
            .unwrap();
    }
    next.pen().full = 1;
    next.write(next.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
        .await
        .unwrap();
    let first: AuditEntry = serde_json::from_slice(&kept.lines(LIVE)[0]).unwrap();
    assert_eq!(first.left_open, Some(Vec::new()));
    drop(next);
    fs::write(kept.path("journal-18.jsonl"), vec![b'x'; 10]).unwrap();
    assert_eq!(
        ids(&Arc::new(Journal::at(kept.path(LIVE), "ben"))
            .left_open()
            .await
            .unwrap()),
        ["i-1"]
    );
}
