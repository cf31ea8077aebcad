//! Reads and writes files for the screen: exports, journal, schedules, preferences.
//!
//! Every task runs on a blocking thread; its result reaches the event loop as a [`Message`].

use super::{
    confirmed_schedules::ConfirmedSchedules,
    schedule_store::{LoadOutcome, ScheduleFile},
};
use crate::{
    aws::Clock,
    domain::{
        Fault, FaultKind, PlanId, ResourceKey, ScheduledPlan, action::schedule::ScheduleChange,
    },
    engine::{
        audit::{self, Journal, UndoScope},
        private_file,
    },
    inventory::Event,
    screen::{
        Message, Prefs,
        notices::{Notice, reasons},
        state::journal::JournalContents,
    },
};
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};
use tokio::sync::mpsc;

/// Number of journal entries that the journal sheet shows.
const JOURNAL_ENTRIES: usize = 500;
/// A longer file of preferences is not read.
const MAX_PREFS_BYTES: u64 = 1024 * 1024;
/// Capacity of the channel of results.
const RESULTS: usize = 16;

/// Starts file tasks and holds the channel of their results.
#[derive(Debug)]
pub struct FileTasks {
    journal: Arc<Journal>,
    clock: Clock,
    /// The OS user whose actions `undo` considers; `None`: every user.
    user: Option<Arc<str>>,
    prefs: Option<PathBuf>,
    export_folder: PathBuf,
    schedules: ConfirmedSchedules,
    /// Version of the schedule file at the last read.
    schedules_version: Arc<Mutex<Option<(SystemTime, u64)>>>,
    tx: mpsc::Sender<Message>,
    rx: Option<mpsc::Receiver<Message>>,
}

impl FileTasks {
    /// Tasks on the journal, whose entries `clock` dates, the preferences file (`None`: preferences
    /// are not saved) and the folder of exports.
    pub fn new(
        journal: Arc<Journal>,
        clock: Clock,
        prefs: Option<PathBuf>,
        export_folder: PathBuf,
    ) -> Self {
        let (tx, rx) = mpsc::channel(RESULTS);
        let memory = ScheduleFile::memory();
        Self {
            schedules: ConfirmedSchedules::new(memory, journal.clone(), clock.clone()),
            journal,
            clock,
            user: None,
            prefs,
            export_folder,
            schedules_version: Arc::default(),
            tx,
            rx: Some(rx),
        }
    }

    /// Restricts `undo` to the actions of `user`.
    #[must_use]
    pub fn for_user(self, user: impl Into<Arc<str>>) -> Self {
        Self {
            user: Some(user.into()),
            ..self
        }
    }

    /// Saves scheduled actions and snoozes in `schedules`.
    #[must_use]
    pub fn with_schedule_file(self, file: ScheduleFile) -> Self {
        let (journal, clock) = (self.journal.clone(), self.clock.clone());
        Self {
            schedules: ConfirmedSchedules::new(file, journal, clock),
            ..self
        }
    }

    /// Whether scheduled actions outlive the program.
    pub(super) fn persists_schedules(&self) -> bool {
        matches!(self.schedules.file, ScheduleFile::File(_))
    }

    /// The channel of results; a closed one at the second call.
    pub(super) fn take_results(&mut self) -> mpsc::Receiver<Message> {
        self.rx.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Writes a new file; the result names its path.
    pub(super) fn export(&self, name: String, content: String) {
        let folder = self.export_folder.clone();
        self.spawn(move || {
            Some(match write_new(&folder, &name, &content) {
                Ok(path) => Message::Notice(Notice::Saved {
                    path: path.display().to_string(),
                }),
                Err(error) => Message::Notice(Notice::SaveFailed {
                    path: name,
                    error: error.to_string(),
                }),
            })
        });
    }

    /// Reads the latest journal entries and verifies the hash chain.
    pub(super) fn load_journal(&self) {
        let path = self.journal.path().to_owned();
        self.spawn(move || {
            Some(match read_journal(&path) {
                Ok(journal) => Message::Journal(Box::new(journal)),
                Err(error) => Message::Notice(Notice::ReadFailed {
                    path: path.display().to_string(),
                    error: error.to_string(),
                }),
            })
        });
    }

    /// Saves preferences for the next run.
    pub(super) fn save_prefs(&self, prefs: Prefs) {
        let Some(path) = self.prefs.clone() else {
            return;
        };
        self.spawn(move || {
            write_prefs(&path, &prefs).err().map(|error| {
                Message::Notice(Notice::SaveFailed {
                    path: path.display().to_string(),
                    error: error.to_string(),
                })
            })
        });
    }

    /// Loads scheduled actions and snoozes.
    pub(super) fn load_schedules(&self) {
        let (schedules, version) = (self.schedules.clone(), self.schedules_version.clone());
        self.spawn_many(move || {
            record_version(&schedules.file, &version);
            schedules
                .load()
                .map_or_else(|error| vec![schedule_fault("read", &error)], loaded)
        });
    }

    /// Loads them again if another console has changed the file.
    pub(super) fn reload_schedules(&self) {
        let (schedules, version) = (self.schedules.clone(), self.schedules_version.clone());
        self.spawn_many(move || {
            let before = *version.lock().unwrap_or_else(PoisonError::into_inner);
            if schedules.file.version() == before {
                return Vec::new();
            }
            record_version(&schedules.file, &version);
            schedules
                .load()
                .map_or_else(|error| vec![schedule_fault("read", &error)], loaded)
        });
    }

    /// Applies `changes` to the schedule file.
    pub(super) fn save_schedules(&self, changes: Vec<ScheduleChange>) {
        let schedules = self.schedules.clone();
        self.spawn_many(move || match schedules.apply(&changes) {
            Ok(outcome) => loaded(outcome),
            // The screen must not show a schedule that the next start would not load.
            Err(error) => std::iter::once(schedule_fault("written", &error))
                .chain(schedules.load().into_iter().flat_map(loaded))
                .collect(),
        });
    }

    /// Removes due actions from the file, so that only this console executes them.
    pub(super) fn claim_schedules(&self, due: Vec<ScheduledPlan>) {
        let schedules = self.schedules.clone();
        self.spawn_many(move || {
            let (mut messages, claimed) = match schedules.claim(&due) {
                Ok((outcome, claimed)) => (loaded(outcome), claimed),
                Err(error) => (
                    vec![schedule_fault("written; nothing was executed", &error)],
                    Vec::new(),
                ),
            };
            messages.push(Message::Claimed {
                requested: due,
                claimed,
            });
            messages
        });
    }

    /// Finds the inverse of the latest action, or of the latest action on `key`.
    pub(super) fn undo(&self, key: Option<ResourceKey>) {
        let (path, user) = (self.journal.path().to_owned(), self.user.clone());
        self.spawn(move || {
            let lines = match audit::read(&path) {
                Ok(lines) => lines,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                Err(error) => {
                    return Some(Message::Inverse(Err(reasons::unreadable(&path, &error))));
                }
            };
            let scope = key
                .as_ref()
                .map_or(UndoScope::Newest(user.as_deref()), UndoScope::Resource);
            Some(Message::Inverse(audit::inverse(&lines, scope)))
        });
    }

    /// Finds the inverse of `plan`.
    pub(super) fn undo_plan(&self, plan: PlanId) {
        let path = self.journal.path().to_owned();
        self.spawn(move || {
            let lines = audit::read(&path).map_err(|error| reasons::unreadable(&path, &error));
            Some(Message::Inverse(lines.and_then(|lines| {
                audit::inverse(&lines, UndoScope::Plan(&plan))
            })))
        });
    }

    fn spawn(&self, task: impl FnOnce() -> Option<Message> + Send + 'static) {
        self.spawn_many(move || task().into_iter().collect());
    }

    fn spawn_many(&self, task: impl FnOnce() -> Vec<Message> + Send + 'static) {
        let tx = self.tx.clone();
        tokio::task::spawn_blocking(move || {
            for message in task() {
                // Sending fails only after the console has ended.
                drop(tx.blocking_send(message));
            }
        });
    }
}

fn record_version(file: &ScheduleFile, version: &Mutex<Option<(SystemTime, u64)>>) {
    *version.lock().unwrap_or_else(PoisonError::into_inner) = file.version();
}

/// The messages for a loaded file: the schedules, then a note per unreadable line.
fn loaded(outcome: LoadOutcome) -> Vec<Message> {
    let problems = outcome
        .problems
        .into_iter()
        .map(|problem| schedule_note(FaultKind::Broken, problem));
    std::iter::once(Message::Schedules(outcome.schedules))
        .chain(problems)
        .collect()
}

fn schedule_fault(operation: &str, error: &io::Error) -> Message {
    let text = format!("scheduled actions cannot be {operation}: {error}");
    schedule_note(FaultKind::Refused, text)
}

fn schedule_note(kind: FaultKind, text: String) -> Message {
    Message::Engine(Event::Fault(Fault::new(kind, "spendtop:schedules", text)))
}

/// Preferences saved by an earlier run; the defaults if the file is missing or invalid.
pub fn read_prefs(path: &Path) -> Prefs {
    let bytes = private_file::read_trusted(path, MAX_PREFS_BYTES);
    let bytes = bytes.inspect_err(|error| tracing::warn!(%error, "preferences are not read"));
    bytes
        .ok()
        .flatten()
        .and_then(|bytes| toml::from_slice(&bytes).ok())
        .unwrap_or_default()
}

fn write_prefs(path: &Path, prefs: &Prefs) -> io::Result<()> {
    let text = toml::to_string(prefs).map_err(io::Error::other)?;
    private_file::replace(path, text.as_bytes())
}

/// Writes `gpus.csv`, or `gpus-2.csv` if that exists.
fn write_new(folder: &Path, name: &str, content: &str) -> io::Result<PathBuf> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let mut number = 1;
    loop {
        let path = folder.join(if number == 1 {
            name.to_owned()
        } else {
            format!("{stem}-{number}.{ending}")
        });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(content.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1_000 => {
                number += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn read_journal(path: &Path) -> io::Result<JournalContents> {
    let entries = audit::latest(path, JOURNAL_ENTRIES)?;
    let report = audit::verify(path)?;
    let violations = report.violations.iter().map(ToString::to_string).collect();
    Ok(JournalContents {
        entries,
        total: report.entries,
        violations,
        interrupted_writes: report.interrupted_writes.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn export_never_overwrites_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..3)
            .map(|_| write_new(folder.path(), "gpus.csv", "a,b\n").unwrap())
            .collect();
        let names: Vec<_> = paths
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["gpus.csv", "gpus-2.csv", "gpus-3.csv"]);
        assert_eq!(fs::read_to_string(&paths[2]).unwrap(), "a,b\n");
    }

    #[test]
    fn missing_journal_is_empty_and_altered_one_has_violations() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        assert_eq!(read_journal(&path).unwrap(), JournalContents::default());
        fs::write(&path, "{\"version\":1,\"seq\":7}\n").unwrap();
        let read = read_journal(&path).unwrap();
        assert!(!read.violations.is_empty(), "{read:?}");
    }

    #[tokio::test]
    async fn schedule_that_cannot_be_written_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schedules.jsonl");
        // A folder in place of the lock file makes locking fail.
        fs::create_dir(path.with_extension("lock")).unwrap();
        let mut file_tasks = FileTasks::new(
            Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana")),
            Clock::system(),
            None,
            folder.path().to_owned(),
        )
        .with_schedule_file(ScheduleFile::File(path));
        assert!(file_tasks.persists_schedules());
        let mut results = file_tasks.take_results();
        file_tasks.save_schedules(Vec::new());
        assert!(
            matches!(results.recv().await, Some(Message::Engine(Event::Fault(fault)))
                if fault.message.contains("cannot be written"))
        );
        assert!(
            matches!(results.recv().await, Some(Message::Schedules(schedules))
                if schedules.entries.is_empty())
        );
    }

    #[test]
    fn preferences_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/prefs.toml");
        let mut prefs = Prefs {
            theme: Some("nord".into()),
            ..Prefs::default()
        };
        prefs.sorts.insert("gpus".into(), ("burn".into(), true));
        write_prefs(&path, &prefs).unwrap();
        assert_eq!(read_prefs(&path), prefs);
        assert_eq!(read_prefs(Path::new("/nowhere")), Prefs::default());
    }
}
