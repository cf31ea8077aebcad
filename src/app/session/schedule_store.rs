//! The file of scheduled actions and snoozes: JSON lines, readable by their owner only.
//!
//! Several consoles may share the file. Each change holds a lock while it reads and replaces the
//! file, so that exactly one console claims a due action. Lines that cannot be parsed are reported
//! with their number and moved to a file of their own. A file that others may write is not read;
//! the journal says which of its actions a person confirmed (`engine::audit`).

use crate::{
    domain::{
        ScheduledPlan,
        action::schedule::{ScheduleChange, ScheduleEntry, Schedules},
        text,
    },
    engine::private_file,
};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// A longer file is not read.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The storage of scheduled actions and snoozes.
#[derive(Clone, Debug)]
pub enum ScheduleFile {
    /// In a file.
    File(PathBuf),
    /// In memory, until the program ends.
    Memory(Arc<Mutex<Schedules>>),
}

/// The content of the file.
#[derive(Debug, Default)]
pub struct LoadOutcome {
    /// Scheduled actions and snoozes.
    pub schedules: Schedules,
    /// Unreadable lines that were skipped, as `file:line: reason`.
    pub problems: Vec<String>,
}

impl ScheduleFile {
    /// A store in memory.
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// Modification time and size; `None` if there is no file.
    pub fn version(&self) -> Option<(SystemTime, u64)> {
        match self {
            Self::File(path) => fs::metadata(path)
                .ok()
                .and_then(|meta| Some((meta.modified().ok()?, meta.len()))),
            Self::Memory(_) => None,
        }
    }

    /// Reads the file; a missing one is empty.
    pub fn load(&self) -> io::Result<LoadOutcome> {
        match self {
            Self::Memory(schedules) => Ok(LoadOutcome {
                schedules: lock(schedules).clone(),
                problems: Vec::new(),
            }),
            Self::File(path) => parse(path).map(|(outcome, _)| outcome),
        }
    }

    /// Applies `changes`.
    pub fn apply(&self, changes: &[ScheduleChange]) -> io::Result<LoadOutcome> {
        self.change(|schedules| schedules.apply(changes))
            .map(|(outcome, ())| outcome)
    }

    /// Removes `due` and returns the ones that were still there. After that no other console
    /// claims them.
    pub fn claim(&self, due: &[ScheduledPlan]) -> io::Result<(LoadOutcome, Vec<ScheduledPlan>)> {
        self.change(|schedules| schedules.claim(due))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Schedules) -> T) -> io::Result<(LoadOutcome, T)> {
        let path = match self {
            Self::Memory(schedules) => {
                let mut schedules = lock(schedules);
                let result = change(&mut schedules);
                return Ok((
                    LoadOutcome {
                        schedules: schedules.clone(),
                        problems: Vec::new(),
                    },
                    result,
                ));
            }
            Self::File(path) => path,
        };
        if let Some(folder) = path.parent() {
            private_file::make_folder(folder)?;
        }
        // The lock is a separate file, because the schedule file is replaced.
        let guard = private_file::open_private(
            &path.with_extension("lock"),
            File::options().create(true).write(true).truncate(false),
        )?;
        guard.lock()?;
        let (mut outcome, unreadable) = parse(path)?;
        let before = outcome.schedules.clone();
        let result = change(&mut outcome.schedules);
        if outcome.schedules != before || !unreadable.is_empty() {
            save_unreadable(path, &unreadable)?;
            write(path, &outcome.schedules)?;
        }
        drop(guard);
        Ok((outcome, result))
    }
}

fn lock(schedules: &Mutex<Schedules>) -> std::sync::MutexGuard<'_, Schedules> {
    schedules.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Parses the file; also returns the lines that cannot be parsed.
fn parse(path: &Path) -> io::Result<(LoadOutcome, Vec<String>)> {
    let Some(bytes) = private_file::read_trusted(path, MAX_BYTES)? else {
        return Ok((LoadOutcome::default(), Vec::new()));
    };
    let (mut outcome, mut unreadable) = (LoadOutcome::default(), Vec::new());
    for (index, line) in String::from_utf8_lossy(&bytes)
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match serde_json::from_str::<ScheduleEntry>(line) {
            Ok(entry) => outcome.schedules.entries.push(entry),
            Err(error) => {
                let excerpt = text::cut(&text::printable(line), 60).into_owned();
                outcome.problems.push(format!(
                    "{}:{}: {error}: {excerpt}",
                    path.display(),
                    index + 1
                ));
                unreadable.push(line.to_owned());
            }
        }
    }
    Ok((outcome, unreadable))
}

/// Replaces the file atomically: another console may be reading it.
fn write(path: &Path, schedules: &Schedules) -> io::Result<()> {
    let mut bytes = Vec::new();
    for entry in &schedules.entries {
        serde_json::to_writer(&mut bytes, entry)?;
        bytes.push(b'\n');
    }
    private_file::replace(path, &bytes)
}

/// Appends unreadable lines to the file `*.unread`.
fn save_unreadable(path: &Path, lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut file = private_file::open_private(
        &path.with_extension("unread"),
        File::options().create(true).append(true),
    )?;
    for line in lines {
        writeln!(file, "{line}")?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Operation, ResourceKey, ResourceKind, Timestamp, action::schedule::Snooze,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn snooze(id: &str) -> ScheduleEntry {
        let key = ResourceKey {
            account: "111122223333".into(),
            region: "us-east-1".into(),
            kind: ResourceKind("ec2-instance"),
            id: id.into(),
        };
        ScheduleEntry::Snooze(Snooze {
            key,
            name: id.into(),
            since: at("2026-11-23T16:02:00Z"),
            until: at("2026-11-23T18:02:00Z"),
        })
    }

    fn later(id: &str) -> ScheduledPlan {
        ScheduledPlan::sample(id, Operation::Stop, "2026-11-23T19:00:00Z")
    }

    #[test]
    fn entries_read_back_from_a_file_only_its_owner_can_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/schedules.jsonl");
        let store = ScheduleFile::File(path.clone());
        assert_eq!(store.load().unwrap().schedules, Schedules::default());
        let all = [
            ScheduleChange::Add(snooze("i-1")),
            ScheduleChange::Add(ScheduleEntry::Plan(later("i-2"))),
        ];
        store.apply(&all).unwrap();
        let outcome = ScheduleFile::File(path.clone()).load().unwrap();
        assert_eq!(
            outcome.schedules.entries,
            [snooze("i-1"), ScheduleEntry::Plan(later("i-2"))]
        );
        assert!(outcome.problems.is_empty());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        store
            .apply(&[ScheduleChange::Remove(snooze("i-1"))])
            .unwrap();
        assert_eq!(
            store.load().unwrap().schedules.entries,
            [ScheduleEntry::Plan(later("i-2"))]
        );
    }

    #[test]
    fn exactly_one_console_claims_each_action() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schedules.jsonl");
        let due: Vec<ScheduledPlan> = (0..20)
            .map(|number| later(&format!("i-{number}")))
            .collect();
        let add: Vec<ScheduleChange> = due
            .iter()
            .cloned()
            .map(|later| ScheduleChange::Add(ScheduleEntry::Plan(later)))
            .collect();
        ScheduleFile::File(path.clone()).apply(&add).unwrap();
        let consoles: Vec<_> = (0..4)
            .map(|_| {
                let (store, due) = (ScheduleFile::File(path.clone()), due.clone());
                std::thread::spawn(move || {
                    due.chunks(1)
                        .flat_map(|one| store.claim(one).unwrap().1)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let mut taken: Vec<ScheduledPlan> = consoles
            .into_iter()
            .flat_map(|console| console.join().unwrap())
            .collect();
        taken.sort_by(|a, b| a.key().cmp(b.key()));
        let mut all = due;
        all.sort_by(|a, b| a.key().cmp(b.key()));
        assert_eq!(taken, all, "each action exactly once");
        assert_eq!(
            ScheduleFile::File(path).load().unwrap().schedules,
            Schedules::default()
        );
    }

    #[test]
    fn replacing_a_claimed_action_does_not_restore_it() {
        let store = ScheduleFile::memory();
        store
            .apply(&[ScheduleChange::Add(ScheduleEntry::Plan(later("i-1")))])
            .unwrap();
        assert_eq!(
            store.claim(&[later("i-1").postpone(60.0)]).unwrap().1,
            [],
            "a postponed action is not due"
        );
        assert_eq!(store.claim(&[later("i-1")]).unwrap().1.len(), 1);
        let outcome = store
            .apply(&[ScheduleChange::Replace(ScheduleEntry::Plan(
                later("i-1").postpone(60.0),
            ))])
            .unwrap();
        assert_eq!(outcome.schedules, Schedules::default());
    }

    #[test]
    fn unreadable_line_is_reported_and_moved_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schedules.jsonl");
        let good = serde_json::to_string(&ScheduleEntry::Plan(later("i-1"))).unwrap();
        let scale = good.replace("\"stop\"", "\"scale\"");
        fs::write(&path, format!("{good}\nnot json\n\n{scale}\n")).unwrap();
        let store = ScheduleFile::File(path.clone());
        let outcome = store.load().unwrap();
        assert_eq!(outcome.schedules.entries.len(), 1);
        assert!(
            outcome.problems[0].starts_with(&format!("{}:2: ", path.display())),
            "{:?}",
            outcome.problems
        );
        assert!(
            outcome.problems[1].contains("`scale` cannot be scheduled"),
            "{:?}",
            outcome.problems
        );
        assert!(
            fs::read_to_string(&path).unwrap().contains("not json"),
            "loading does not change the file"
        );
        store.apply(&[ScheduleChange::Add(snooze("i-9"))]).unwrap();
        assert!(store.load().unwrap().problems.is_empty());
        assert_eq!(
            fs::read_to_string(path.with_extension("unread")).unwrap(),
            format!("not json\n{scale}\n")
        );
    }
}
