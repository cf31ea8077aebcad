//! The journal as it stands in files.

use super::super::test_doubles::{plan_to_stop, stamp};
use super::{memory::MemoryStore, *};
use std::fs;

#[tokio::test]
async fn a_line_is_appended_for_its_owner_only_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/journal.jsonl");
    let journal = Arc::new(Journal::at(&path, "ana"));
    let plan = plan_to_stop(&["i-1"]);
    for step in [
        ActionStatus::Journalled,
        ActionStatus::Drifted("state was running, is now stopped".into()),
    ] {
        journal
            .write(journal.entry(&plan, &plan.targets[0], &step, stamp()))
            .await
            .unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["step"], "intent");
    assert_eq!(lines[0]["by"], "ana");
    assert_eq!(
        lines[0]["requests"][0],
        "ec2:StopInstances InstanceIds=[i-1]"
    );
    assert_eq!(lines[0]["before"]["state"], "running");
    assert_eq!(lines[0]["deed"]["call"]["stop_instance"], "i-1");
    assert_eq!(
        (&lines[1]["step"], &lines[1]["result"]),
        (&"drifted".into(), &"not_done".into())
    );
    assert_eq!(lines[1]["note"], "state was running, is now stopped");
    assert_eq!(lines[1]["prev"], lines[0]["hash"]);
    let read = read(&path).unwrap();
    assert_eq!(
        serde_json::to_string(&read[0]).unwrap(),
        text.lines().next().unwrap()
    );
    assert_eq!(verify(&path).unwrap(), []);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        for file in fs::read_dir(path.parent().unwrap()).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let journal = Arc::new(Journal::at(in_the_way.join("journal.jsonl"), "ana"));
    let plan = plan_to_stop(&["i-1"]);
    let fault = journal
        .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(
        fault.message.contains("nothing is done unrecorded"),
        "{fault}"
    );
}

/// Writes a line for each of `ids` with `journal`.
async fn write(journal: &Arc<Journal>, ids: &[&str]) {
    for id in ids {
        let plan = plan_to_stop(&[id]);
        journal
            .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
            .await
            .unwrap();
    }
}

/// A line as earlier versions wrote it.
const OLD: &str = r#"{"version":1,"at":"2026-11-20T08:30:00Z","plan":"20261120T083000Z-1","by":"ana","step":"intent","operation":"stop","profile":"","account":"111122223333","region":"us-east-1","kind":"ec2-instance","id":"i-0","name":"old","requests":["ec2:StopInstances InstanceIds=[i-0]"],"before":{"state":"running"},"expected":"stopped","saves_usd_per_hour":null}"#;

#[tokio::test]
async fn old_lines_stand_before_the_chain_and_are_read() {
    let memory = MemoryStore::default();
    memory.kept().file = format!("{OLD}\n{OLD}\n").into_bytes();
    write(&memory.journal(), &["i-1", "i-2"]).await;
    let verdict = memory.verdict();
    assert_eq!(
        (verdict.before, verdict.lines, verdict.breaches.as_slice()),
        (2, 2, [].as_slice())
    );
    let lines: Vec<AuditEntry> = memory
        .entries()
        .iter()
        .filter_map(|entry| entry.readable().cloned())
        .collect();
    assert_eq!(
        lines
            .iter()
            .map(|line| (line.version, line.seq))
            .collect::<Vec<_>>(),
        [(1, 0), (1, 0), (2, 1), (2, 2)]
    );
    memory.kept().file[0x40] ^= 1;
    assert_eq!(
        memory.verdict().breaches[0].what,
        "what stood before the chain was altered"
    );
}

#[tokio::test]
async fn two_consoles_keep_one_chain_over_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let journals = [Journal::at(&path, "ana"), Journal::at(&path, "ben")].map(|journal| {
        journal.pen().full = 3_000;
        Arc::new(journal)
    });
    for round in 0..6 {
        write(&journals[0], &[&format!("a-{round}")]).await;
        write(&journals[1], &[&format!("b-{round}"), "b"]).await;
    }
    let verdict = verdict(&path).unwrap();
    assert_eq!(
        (
            verdict.lines,
            verdict.breaches.as_slice(),
            verdict.torn.as_slice()
        ),
        (18, [].as_slice(), [].as_slice())
    );
    assert!(verdict.files > 3, "{verdict:?}");
    let lines = read(&path).unwrap();
    assert_eq!(
        lines.iter().map(|line| line.seq).collect::<Vec<_>>(),
        (1..=18).collect::<Vec<_>>()
    );
    assert_eq!(latest(&path, 5).unwrap(), lines[13..]);
    assert_eq!(latest(&path, 100).unwrap(), lines);
    // A file that was put away is a part of it.
    let away = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("journal-"))
        .unwrap();
    fs::remove_file(away).unwrap();
    assert!(verify(&path).unwrap()[0].what.contains("missing"));
}

#[tokio::test]
async fn consoles_that_write_at_once_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let consoles = (0..4).map(|console| {
        let journal = Arc::new(Journal::at(&path, format!("console-{console}")));
        tokio::spawn(async move {
            for round in 0..10 {
                write(&journal, &[&format!("{console}-{round}")]).await;
            }
        })
    });
    for console in consoles.collect::<Vec<_>>() {
        console.await.unwrap();
    }
    let verdict = verdict(&path).unwrap();
    assert_eq!(
        (verdict.lines, verdict.breaches.as_slice()),
        (40, [].as_slice())
    );
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("console"))
        .collect();
    assert_eq!(
        left,
        Vec::<String>::new(),
        "who has ended leaves nothing behind"
    );
}

/// Power that fails after every possible number of bytes: what was cut short is closed, told, and
/// breaks nothing.
#[tokio::test]
async fn a_write_that_is_cut_short_breaks_nothing() {
    let whole = MemoryStore::default();
    write(&whole.journal(), &["i-1"]).await;
    let length = whole.kept().file.len();
    // Before the very first line a head is written.
    for (before, power) in [(0, 1), (1, 0)]
        .into_iter()
        .flat_map(|(before, heads)| (0..=length + 1 + heads).map(move |power| (before, power)))
    {
        let heads = 1 - before;
        let memory = MemoryStore::default();
        write(&memory.journal(), &["i-1"][..before]).await;
        memory.kept().power = Some(power);
        let journal = memory.journal();
        let plan = plan_to_stop(&["i-2"]);
        let written = journal
            .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
            .await;
        assert_eq!(written.is_ok(), power > length + heads, "{power}");
        drop(journal);
        memory.kept().power = None;
        assert_eq!(memory.verdict().breaches, [], "{before} {power}");
        write(&memory.journal(), &["i-3"]).await;
        let verdict = memory.verdict();
        assert_eq!(verdict.breaches, [], "{before} {power}");
        let cut = (1 + heads..length - 1 + heads).contains(&power);
        assert_eq!(
            verdict.torn.len(),
            usize::from(cut && before > 0),
            "{before} {power}"
        );
        let unreadable = memory
            .entries()
            .iter()
            .filter(|entry| entry.readable().is_none())
            .count();
        assert_eq!(unreadable, usize::from(cut), "{before} {power}");
        write(&memory.journal(), &["i-4"]).await;
        assert_eq!(memory.verdict().breaches, []);
    }
}

#[test]
fn what_is_no_line_is_told_with_its_place() {
    let memory = MemoryStore::default();
    memory.kept().file = b"{\"version\":2,\"seq\nnothing\n\n{\"version\":9}\n\xff\xfe\n[]".to_vec();
    let entries = memory.entries();
    assert_eq!(entries.len(), 6);
    for (entry, what) in entries.iter().zip([
        "cut short",
        "not a line",
        "an empty line",
        "not a line",
        "not a line",
        "not a line",
    ]) {
        assert!(
            matches!(&entry.seen, LineAt::Unreadable(why) if why.starts_with(what)),
            "{entry:?}"
        );
    }
    assert_eq!(entries[5].line, 6);
}

/// What is done to a journal, and its name.
type Edit<'a> = (&'static str, &'a dyn Fn(&MemoryStore));

/// Breaches stay told after more lines were written.
#[tokio::test]
async fn what_was_removed_at_the_end_shows_for_good() {
    let cut = |memory: &MemoryStore| {
        let mut kept = memory.kept();
        let lines: Vec<&[u8]> = kept.file.split_inclusive(|byte| *byte == b'\n').collect();
        kept.file = lines[..lines.len() - 1].concat();
    };
    let lose_head = |memory: &MemoryStore| memory.kept().head = None;
    let spoil_head = |memory: &MemoryStore| memory.kept().head = Some(b"{}".to_vec());
    let alter = |memory: &MemoryStore| {
        let mut kept = memory.kept();
        let place = kept.file.len() - 100;
        kept.file[place] ^= 1;
    };
    let alter_all = |memory: &MemoryStore| {
        let mut kept = memory.kept();
        kept.head = None;
        kept.file = String::from_utf8(std::mem::take(&mut kept.file))
            .unwrap()
            .replace("running", "stopped")
            .into_bytes();
    };
    let edits: [Edit<'_>; 5] = [
        ("cut", &cut),
        ("head gone", &lose_head),
        ("head spoilt", &spoil_head),
        ("altered", &alter),
        ("all altered", &alter_all),
    ];
    for (name, edit) in edits {
        let memory = MemoryStore::default();
        write(&memory.journal(), &["i-1", "i-2", "i-3"]).await;
        edit(&memory);
        assert_ne!(memory.verdict().breaches, [], "{name}");
        write(&memory.journal(), &["i-4", "i-5"]).await;
        assert_ne!(memory.verdict().breaches, [], "{name}, later");
    }
}

mod tampered {
    //! Whatever is done to a journal by hand is told.

    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Three files with old lines, a torn one, and long ones.
    static SOUND: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let memory = MemoryStore::default();
            memory.kept().file = format!("{OLD}\n").into_bytes();
            write(&memory.journal(), &["i-1", "i-2", "i-3"]).await;
            memory.kept().power = Some(60);
            let journal = memory.journal();
            let plan = plan_to_stop(&["i-4"]);
            journal
                .write(journal.entry(&plan, &plan.targets[0], &ActionStatus::Journalled, stamp()))
                .await
                .unwrap_err();
            drop(journal);
            memory.kept().power = None;
            write(&memory.journal(), &["i-5", "i-6"]).await;
            for ids in [["i-7", "i-8"], ["i-9", "i-10"]] {
                let journal = memory.journal();
                journal.pen().full = 1;
                write(&journal, &ids[..1]).await;
                journal.pen().full = u64::MAX;
                write(&journal, &ids[1..]).await;
            }
            assert_eq!(memory.verdict().breaches, []);
            let kept = memory.kept();
            let files = kept
                .away
                .iter()
                .map(|(_, file)| file.clone())
                .chain([kept.file.clone(), kept.head.clone().unwrap()]);
            files.collect()
        })
    });

    fn memory(files: &[Vec<u8>]) -> MemoryStore {
        let memory = MemoryStore::default();
        let [first, second, last, head] = files else {
            panic!("{} files", files.len())
        };
        {
            let mut kept = memory.kept();
            kept.away = vec![(5, first.clone()), (7, second.clone())];
            kept.file = last.clone();
            kept.head = Some(head.clone());
        }
        memory
    }

    fn lines(file: &[u8]) -> Vec<Vec<u8>> {
        file.split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect()
    }

    fn edited(
        mut files: Vec<Vec<u8>>,
        edit: u8,
        file: usize,
        one: prop::sample::Index,
        other: prop::sample::Index,
        bits: u8,
    ) -> Vec<Vec<u8>> {
        match edit {
            0 => {
                let place = one.index(files[file].len());
                files[file][place] ^= bits;
            }
            1 => {
                let length = one.index(files[file].len());
                files[file].truncate(length);
            }
            2 => {
                let place = one.index(files[file].len() + 1);
                files[file].insert(place, bits);
            }
            3 => {
                let place = one.index(files[file].len());
                files[file].remove(place);
            }
            _ => {
                let mut all = lines(&files[file]);
                let (from, to) = (one.index(all.len()), other.index(all.len()));
                match edit {
                    4 => drop(all.remove(from)),
                    5 => all.swap(from, to),
                    6 => all.insert(to, all[from].clone()),
                    _ => {
                        let moved = all.remove(from);
                        all.insert(to, moved);
                    }
                }
                files[file] = all.concat();
            }
        }
        files
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]
        #[test]
        fn any_edit_is_told(edit in 0_u8..8, file in 0_usize..4, one: prop::sample::Index, other: prop::sample::Index, bits in 1_u8..) {
            let files = edited(SOUND.clone(), edit, file, one, other, bits);
            // The one line of a head swapped with itself, say.
            prop_assume!(files != *SOUND);
            let verdict = memory(&files).verdict();
            prop_assert!(!verdict.breaches.is_empty());
            memory(&files).entries();
        }
    }

    #[test]
    fn a_file_that_is_removed_is_told() {
        assert_eq!(memory(&SOUND).verdict().breaches, []);
        for file in 0..4 {
            let mut files = SOUND.clone();
            files[file].clear();
            assert_ne!(memory(&files).verdict().breaches, [], "{file}");
        }
    }
}
