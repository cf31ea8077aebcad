//! The file of what is agreed for later and what rests: one JSON line a thing, for its owner only,
//! replaced whole.
//!
//! Several consoles may use it: each change holds a lock from reading to replacing, so that what
//! one takes no other finds. A line that cannot be read is told with its number and kept aside.

use crate::domain::{
    ScheduledPlan,
    action::schedule::{ScheduleChange, ScheduleEntry, Schedules},
    text,
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// Where it is kept.
#[derive(Clone, Debug)]
pub enum ScheduleFile {
    /// In this file.
    File(PathBuf),
    /// Only for as long as the program runs.
    Memory(Arc<Mutex<Schedules>>),
}

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub struct LoadOutcome {
    /// What is kept.
    pub shelf: Schedules,
    /// What is wrong with lines that were left out, `file:line: why`.
    pub wrong: Vec<String>,
}

impl ScheduleFile {
    /// A store that forgets.
    pub fn memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// When it was changed last, and how long it is; `None` if there is no file.
    pub fn mark(&self) -> Option<(SystemTime, u64)> {
        match self {
            Self::File(path) => fs::metadata(path)
                .ok()
                .and_then(|meta| Some((meta.modified().ok()?, meta.len()))),
            Self::Memory(_) => None,
        }
    }

    /// What is kept now.
    pub fn read(&self) -> io::Result<LoadOutcome> {
        match self {
            Self::Memory(shelf) => Ok(LoadOutcome {
                shelf: lock(shelf).clone(),
                wrong: Vec::new(),
            }),
            Self::File(path) => read(path).map(|(read, _)| read),
        }
    }

    /// Makes `changes`.
    pub fn keep(&self, changes: &[ScheduleChange]) -> io::Result<LoadOutcome> {
        self.change(|shelf| shelf.apply(changes))
            .map(|(read, ())| read)
    }

    /// Takes `wanted` out; gives what was there. Once this returns, nobody else takes them.
    pub fn take(&self, wanted: &[ScheduledPlan]) -> io::Result<(LoadOutcome, Vec<ScheduledPlan>)> {
        self.change(|shelf| shelf.take(wanted))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Schedules) -> T) -> io::Result<(LoadOutcome, T)> {
        let path = match self {
            Self::Memory(shelf) => {
                let mut shelf = lock(shelf);
                let done = change(&mut shelf);
                return Ok((
                    LoadOutcome {
                        shelf: shelf.clone(),
                        wrong: Vec::new(),
                    },
                    done,
                ));
            }
            Self::File(path) => path,
        };
        folder(path)?;
        // The lock is a file of its own: the other one is replaced.
        let guard = private()
            .create(true)
            .write(true)
            .truncate(false)
            .open(path.with_extension("lock"))?;
        guard.lock()?;
        let (mut read, aside) = read(path)?;
        let before = read.shelf.clone();
        let done = change(&mut read.shelf);
        if read.shelf != before || !aside.is_empty() {
            set_aside(path, &aside)?;
            write(path, &read.shelf)?;
        }
        drop(guard);
        Ok((read, done))
    }
}

fn lock(shelf: &Mutex<Schedules>) -> std::sync::MutexGuard<'_, Schedules> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lines of the file, and those that cannot be read.
fn read(path: &Path) -> io::Result<(LoadOutcome, Vec<String>)> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok((LoadOutcome::default(), Vec::new()));
        }
        Err(error) => return Err(error),
    };
    let (mut read, mut aside) = (LoadOutcome::default(), Vec::new());
    for (place, line) in String::from_utf8_lossy(&bytes)
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match serde_json::from_str::<ScheduleEntry>(line) {
            Ok(kept) => read.shelf.kept.push(kept),
            Err(error) => {
                let shown = text::cut(&text::printable(line), 60).into_owned();
                read.wrong.push(format!(
                    "{}:{}: {error}: {shown}",
                    path.display(),
                    place + 1
                ));
                aside.push(line.to_owned());
            }
        }
    }
    Ok((read, aside))
}

/// Whole or not at all: another console may read it now.
fn write(path: &Path, shelf: &Schedules) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = private()
        .create(true)
        .write(true)
        .truncate(true)
        .open(&draft)?;
    for kept in &shelf.kept {
        let mut line = serde_json::to_vec(kept)?;
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// Appends lines that cannot be read to a file of their own: nothing is lost.
fn set_aside(path: &Path, lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut file = private()
        .create(true)
        .append(true)
        .open(path.with_extension("unread"))?;
    for line in lines {
        writeln!(file, "{line}")?;
    }
    file.sync_all()
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = File::options();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    File::options()
}

fn folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
    }
    #[cfg(not(unix))]
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ResourceKey, ResourceKind, Timestamp, action::schedule::Snooze};

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
        let line = format!(
            r#"{{"account":"111122223333","region":"us-east-1","kind":"ec2-instance","id":"{id}","name":"{id}","plan":"p-1","operation":"stop","given":"yes","since":"2026-11-23T16:02:00Z","until":"2026-11-23T19:00:00Z"}}"#
        );
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn what_is_kept_reads_back_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/later.jsonl");
        let store = ScheduleFile::File(path.clone());
        assert_eq!(store.read().unwrap().shelf, Schedules::default());
        let all = [
            ScheduleChange::Add(snooze("i-1")),
            ScheduleChange::Add(ScheduleEntry::Later(later("i-2"))),
        ];
        store.keep(&all).unwrap();
        let read = ScheduleFile::File(path.clone()).read().unwrap();
        assert_eq!(
            read.shelf.kept,
            [snooze("i-1"), ScheduleEntry::Later(later("i-2"))]
        );
        assert!(read.wrong.is_empty());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        store
            .keep(&[ScheduleChange::Remove(snooze("i-1"))])
            .unwrap();
        assert_eq!(
            store.read().unwrap().shelf.kept,
            [ScheduleEntry::Later(later("i-2"))]
        );
    }

    #[test]
    fn what_one_takes_no_other_finds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later.jsonl");
        let wanted: Vec<ScheduledPlan> = (0..20)
            .map(|number| later(&format!("i-{number}")))
            .collect();
        let add: Vec<ScheduleChange> = wanted
            .iter()
            .cloned()
            .map(|later| ScheduleChange::Add(ScheduleEntry::Later(later)))
            .collect();
        ScheduleFile::File(path.clone()).keep(&add).unwrap();
        let consoles: Vec<_> = (0..4)
            .map(|_| {
                let (store, wanted) = (ScheduleFile::File(path.clone()), wanted.clone());
                std::thread::spawn(move || {
                    wanted
                        .chunks(1)
                        .flat_map(|one| store.take(one).unwrap().1)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let mut taken: Vec<ScheduledPlan> = consoles
            .into_iter()
            .flat_map(|console| console.join().unwrap())
            .collect();
        taken.sort_by(|a, b| a.key().cmp(b.key()));
        let mut all = wanted;
        all.sort_by(|a, b| a.key().cmp(b.key()));
        assert_eq!(taken, all, "each once");
        assert_eq!(
            ScheduleFile::File(path).read().unwrap().shelf,
            Schedules::default()
        );
    }

    #[test]
    fn a_change_of_what_was_taken_brings_nothing_back() {
        let store = ScheduleFile::memory();
        store
            .keep(&[ScheduleChange::Add(ScheduleEntry::Later(later("i-1")))])
            .unwrap();
        assert_eq!(
            store.take(&[later("i-1").put_off(60.0)]).unwrap().1,
            [],
            "put off is not due"
        );
        assert_eq!(store.take(&[later("i-1")]).unwrap().1.len(), 1);
        let read = store
            .keep(&[ScheduleChange::Replace(ScheduleEntry::Later(
                later("i-1").put_off(60.0),
            ))])
            .unwrap();
        assert_eq!(read.shelf, Schedules::default());
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_and_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later.jsonl");
        let good = serde_json::to_string(&ScheduleEntry::Later(later("i-1"))).unwrap();
        let scale = good.replace("\"stop\"", "\"scale\"");
        fs::write(&path, format!("{good}\nnot json\n\n{scale}\n")).unwrap();
        let store = ScheduleFile::File(path.clone());
        let read = store.read().unwrap();
        assert_eq!(read.shelf.kept.len(), 1);
        assert!(
            read.wrong[0].starts_with(&format!("{}:2: ", path.display())),
            "{:?}",
            read.wrong
        );
        assert!(
            read.wrong[1].contains("`scale` cannot be agreed for later"),
            "{:?}",
            read.wrong
        );
        assert!(
            fs::read_to_string(&path).unwrap().contains("not json"),
            "reading changes nothing"
        );
        store.keep(&[ScheduleChange::Add(snooze("i-9"))]).unwrap();
        assert!(store.read().unwrap().wrong.is_empty());
        assert_eq!(
            fs::read_to_string(path.with_extension("unread")).unwrap(),
            format!("not json\n{scale}\n")
        );
    }
}
