//! Edits of a journal, with the violations that `verify` reports for each.

use super::*;

/// The name of an edit, the edit, and every violation of it.
pub(super) const EDITS: &[Edit] = &[
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
                for line in lines {
                    line[200] ^= 1;
                }
            });
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
                lines.push(b"{\"version\":1,\"event\":\"settled\"}\n".to_vec());
            });
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
                drop(lines[0].splice(..0, *b"\xef\xbb\xbf"));
            });
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
