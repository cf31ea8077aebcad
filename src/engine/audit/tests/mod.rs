//! The journal on disk: writing, reading, several sessions, crashes and tampering.

mod violations;

use super::super::test_doubles::{plan_to_stop, stamp};
use super::{simulated_disk::SimulatedDisk, *};
use std::fs;

#[tokio::test]
async fn entry_is_appended_with_owner_only_mode_and_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/journal.jsonl");
    let journal = Arc::new(Journal::at(&path, "ana"));
    let plan = plan_to_stop(&["i-1"]);
    for step in [
        ActionStatus::Recorded,
        ActionStatus::Drifted("state was running, is now stopped".into()),
    ] {
        journal
            .write(journal.new_entry(&plan, &plan.targets[0], &step, stamp()))
            .await
            .unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["event"], "intent");
    assert_eq!(lines[0]["os_user"], "ana");
    assert_eq!(
        (&lines[0]["version"], &lines[0]["seq"]),
        (&1.into(), &1.into())
    );
    assert_eq!(lines[0]["prev"], "");
    assert_eq!(
        lines[0]["requests"][0],
        "ec2:StopInstances InstanceIds=[i-1]"
    );
    assert_eq!(lines[0]["before"]["state"], "running");
    assert_eq!(lines[0]["change"]["call"]["stop"]["instance"], "i-1");
    assert_eq!(
        (&lines[1]["event"], &lines[1]["outcome"]),
        (&"drifted".into(), &"skipped".into())
    );
    assert_eq!(lines[1]["detail"], "state was running, is now stopped");
    assert_eq!(lines[1]["prev"], lines[0]["hash"]);
    let read = read(&path).unwrap();
    assert_eq!(
        serde_json::to_string(&read[0]).unwrap(),
        text.lines().next().unwrap()
    );
    assert_eq!(verify(&path).unwrap().violations, []);
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
async fn unwritable_journal_returns_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let journal = Arc::new(Journal::at(in_the_way.join("journal.jsonl"), "ana"));
    let plan = plan_to_stop(&["i-1"]);
    let fault = journal
        .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
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
            .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn two_sessions_keep_one_chain_over_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let journals = [Journal::at(&path, "ana"), Journal::at(&path, "ben")].map(|journal| {
        journal.writer().max_file_bytes = 3_000;
        Arc::new(journal)
    });
    for round in 0..6 {
        write(&journals[0], &[&format!("a-{round}")]).await;
        write(&journals[1], &[&format!("b-{round}"), "b"]).await;
    }
    let report = verify(&path).unwrap();
    assert_eq!(
        (
            report.entries,
            report.violations.as_slice(),
            report.interrupted_writes.as_slice()
        ),
        (18, [].as_slice(), [].as_slice())
    );
    assert!(report.files > 3, "{report:?}");
    let lines = read(&path).unwrap();
    assert_eq!(
        lines.iter().map(|line| line.seq).collect::<Vec<_>>(),
        (1..=18).collect::<Vec<_>>()
    );
    assert_eq!(latest(&path, 5).unwrap(), lines[13..]);
    assert_eq!(latest(&path, 100).unwrap(), lines);
    // A rotated file is a part of it.
    let away = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("journal-"))
        .unwrap();
    fs::remove_file(away).unwrap();
    assert!(
        verify(&path).unwrap().violations[0]
            .message
            .contains("missing")
    );
}

#[tokio::test]
async fn concurrent_sessions_keep_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let sessions = (0..4).map(|session| {
        let journal = Arc::new(Journal::at(&path, format!("user-{session}")));
        tokio::spawn(async move {
            for round in 0..10 {
                write(&journal, &[&format!("{session}-{round}")]).await;
            }
        })
    });
    for session in sessions.collect::<Vec<_>>() {
        session.await.unwrap();
    }
    let report = verify(&path).unwrap();
    assert_eq!(
        (report.entries, report.violations.as_slice()),
        (40, [].as_slice())
    );
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("session"))
        .collect();
    assert_eq!(
        left,
        Vec::<String>::new(),
        "an ended session leaves no lock file"
    );
}

/// The name of an edit, and the edit.
type Edit = (&'static str, fn(&SimulatedDisk));

mod tampered {
    //! Every edit of a valid journal is a violation.

    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const FILES: [&str; 4] = [
        "journal-5.jsonl",
        "journal-7.jsonl",
        "journal.jsonl",
        "journal.head",
    ];

    /// Three files, the first with an interrupted write, and the head.
    static SOUND: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let disk = SimulatedDisk::new();
            write(&disk.journal(), &["i-1", "i-2", "i-3"]).await;
            disk.power.set_budget(Some(60));
            let journal = disk.journal();
            let plan = plan_to_stop(&["i-4"]);
            journal
                .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
                .await
                .unwrap_err();
            drop(journal);
            disk.power.set_budget(None);
            write(&disk.journal(), &["i-5", "i-6"]).await;
            for ids in [["i-7", "i-8"], ["i-9", "i-10"]] {
                let journal = disk.journal();
                journal.writer().max_file_bytes = 1;
                write(&journal, &ids[..1]).await;
                journal.writer().max_file_bytes = u64::MAX;
                write(&journal, &ids[1..]).await;
            }
            assert_eq!(disk.verify().violations, []);
            FILES
                .map(|name| fs::read(disk.file(name)).unwrap())
                .to_vec()
        })
    });

    fn disk(files: &[Vec<u8>]) -> SimulatedDisk {
        let disk = SimulatedDisk::new();
        for (name, bytes) in FILES.iter().zip(files) {
            disk.set_file(name, bytes);
        }
        disk
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
        fn any_edit_is_a_violation(
            edit in 0_u8..8,
            file in 0_usize..4,
            one: prop::sample::Index,
            other: prop::sample::Index,
            bits in 1_u8..,
        ) {
            let files = edited(SOUND.clone(), edit, file, one, other, bits);
            // The one line of a head swapped with itself, say.
            prop_assume!(files != *SOUND);
            let disk = disk(&files);
            prop_assert!(!disk.verify().violations.is_empty());
            disk.lines();
        }
    }

    #[test]
    fn emptied_file_is_a_violation() {
        assert_eq!(disk(&SOUND).verify().violations, []);
        for file in 0..4 {
            let mut files = SOUND.clone();
            files[file].clear();
            assert_ne!(disk(&files).verify().violations, [], "{file}");
        }
    }
}
