//! Violations that reading a journal reports.

use super::*;

/// Power loss after every possible number of bytes: the next entry covers the truncated line, and
/// nothing is a violation.
#[tokio::test]
async fn interrupted_write_is_not_a_violation() {
    let whole = SimulatedDisk::new();
    write(&whole.journal(), &["i-1"]).await;
    let first = whole.bytes().len();
    write(&whole.journal(), &["i-2"]).await;
    let lengths = [first, whole.bytes().len() - first];
    // Before the very first line a head is written.
    let cases = [(0, 1), (1, 0)].into_iter();
    for (before, power) in cases.flat_map(|(before, heads)| {
        (0..=lengths[before] + 1 + heads).map(move |power| (before, power))
    }) {
        let length = lengths[before];
        let heads = 1 - before;
        let disk = SimulatedDisk::new();
        write(&disk.journal(), &["i-1"][..before]).await;
        disk.power.set_budget(Some(power));
        let journal = disk.journal();
        let plan = plan_to_stop(&["i-2"]);
        let written = journal
            .write(journal.new_entry(&plan, &plan.targets[0], &ActionStatus::Recorded, stamp()))
            .await;
        assert_eq!(written.is_ok(), power > length + heads, "{power}");
        drop(journal);
        disk.power.set_budget(None);
        assert_eq!(disk.verify().violations, [], "{before} {power}");
        write(&disk.journal(), &["i-3"]).await;
        let report = disk.verify();
        assert_eq!(report.violations, [], "{before} {power}");
        let cut = (1 + heads..length - 1 + heads).contains(&power);
        assert_eq!(
            report.interrupted_writes.len(),
            usize::from(cut),
            "{before} {power}"
        );
        let unreadable = disk
            .lines()
            .iter()
            .filter(|line| line.entry().is_none())
            .count();
        assert_eq!(unreadable, usize::from(cut), "{before} {power}");
        write(&disk.journal(), &["i-4"]).await;
        assert_eq!(disk.verify().violations, []);
    }
}

#[test]
fn invalid_line_is_reported_with_its_line_number() {
    let disk = SimulatedDisk::new();
    disk.set_bytes(b"{\"version\":1,\"seq\nnothing\n\n{\"version\":9}\n\xff\xfe\n[]");
    let entries = disk.lines();
    assert_eq!(entries.len(), 6);
    for (entry, what) in entries.iter().zip([
        "cut short",
        "not an entry",
        "an empty line",
        "not an entry",
        "not an entry",
        "not an entry",
    ]) {
        assert!(
            matches!(&entry.parsed, ParsedLine::Unreadable(why) if why.starts_with(what)),
            "{entry:?}"
        );
    }
    assert_eq!(entries[5].line, 6);
}

/// A violation stays visible after more entries were written.
#[tokio::test]
async fn removed_last_entries_stay_visible() {
    let edits: [Edit; 5] = [
        ("cut", |disk| {
            let bytes = disk.bytes();
            let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            disk.set_bytes(lines[..lines.len() - 1].concat());
        }),
        ("head removed", |disk| {
            fs::remove_file(disk.file("journal.head")).unwrap();
        }),
        ("head altered", |disk| disk.set_file("journal.head", b"{}")),
        ("altered", |disk| {
            let mut bytes = disk.bytes();
            let place = bytes.len() - 100;
            bytes[place] ^= 1;
            disk.set_bytes(bytes);
        }),
        ("all altered", |disk| {
            fs::remove_file(disk.file("journal.head")).unwrap();
            let text = String::from_utf8(disk.bytes()).unwrap();
            disk.set_bytes(text.replace("running", "stopped"));
        }),
    ];
    for (name, edit) in edits {
        let disk = SimulatedDisk::new();
        write(&disk.journal(), &["i-1", "i-2", "i-3"]).await;
        edit(&disk);
        assert_ne!(disk.verify().violations, [], "{name}");
        write(&disk.journal(), &["i-4", "i-5"]).await;
        assert_ne!(disk.verify().violations, [], "{name}, later");
    }
}
