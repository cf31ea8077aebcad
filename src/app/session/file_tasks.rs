//! Files the screen asks for: exports, the journal's last lines, remembered choices. Never on the
//! loop's own time.

use super::schedule_store::{LoadOutcome, ScheduleFile};
use crate::inventory::Event;
use crate::{
    domain::{
        Fault, FaultKind, PlanId, Reason, ResourceKey, ScheduledPlan,
        action::schedule::ScheduleChange,
    },
    engine::audit::{self, UndoScope},
    screen::{Message, Prefs, state::journal::JournalLines},
};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};
use tokio::sync::mpsc;

/// How many lines of the journal are shown.
const LINES: usize = 500;
/// How many answers may wait for the screen.
const REPLIES: usize = 16;

/// Where things are, and where answers go.
#[derive(Debug)]
pub struct FileTasks {
    journal: PathBuf,
    /// Whose deeds are taken back.
    user: Option<Arc<str>>,
    prefs: Option<PathBuf>,
    folder: PathBuf,
    shelf: ScheduleFile,
    /// The shelf's file as it was read last.
    seen: Arc<Mutex<Option<(SystemTime, u64)>>>,
    tx: mpsc::Sender<Message>,
    rx: Option<mpsc::Receiver<Message>>,
}

impl FileTasks {
    /// The journal's file, the file choices are kept in (none: they are forgotten), and the folder
    /// exports go to.
    pub fn new(journal: PathBuf, prefs: Option<PathBuf>, folder: PathBuf) -> Self {
        let (tx, rx) = mpsc::channel(REPLIES);
        Self {
            journal,
            user: None,
            prefs,
            folder,
            shelf: ScheduleFile::memory(),
            seen: Arc::default(),
            tx,
            rx: Some(rx),
        }
    }

    /// With `user`'s own deeds alone to take back.
    #[must_use]
    pub fn of_user(self, user: impl Into<Arc<str>>) -> Self {
        Self {
            user: Some(user.into()),
            ..self
        }
    }

    /// With what is agreed for later kept in `store`.
    #[must_use]
    pub fn with_shelf(self, store: ScheduleFile) -> Self {
        Self {
            shelf: store,
            ..self
        }
    }

    /// Whether what is agreed for later outlives the program.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self.shelf, ScheduleFile::File(_))
    }

    /// Where answers come from; the second time, from nowhere.
    pub(super) fn replies(&mut self) -> mpsc::Receiver<Message> {
        self.rx.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Writes a new file; the answer names it.
    pub(super) fn export(&self, name: String, content: String) {
        let folder = self.folder.clone();
        self.go(move || {
            Some(match write_new(&folder, &name, &content) {
                Ok(path) => Message::Done(format!("saved {}", path.display())),
                Err(error) => Message::Failed(format!("{name} was not saved: {error}")),
            })
        });
    }

    /// Reads the journal's last lines, and checks its chain.
    pub(super) fn journal(&self) {
        let path = self.journal.clone();
        self.go(move || {
            Some(match read_journal(&path) {
                Ok(journal) => Message::Journal(Box::new(journal)),
                Err(error) => {
                    Message::Failed(format!("{} cannot be read: {error}", path.display()))
                }
            })
        });
    }

    /// Keeps choices for the next run.
    pub(super) fn save(&self, prefs: Prefs) {
        let Some(path) = self.prefs.clone() else {
            return;
        };
        self.go(move || {
            keep(&path, &prefs).err().map(|error| {
                Message::Failed(format!("{} was not written: {error}", path.display()))
            })
        });
    }

    /// Reads what is agreed for later and what rests.
    pub(super) fn shelf(&self) {
        let (store, seen) = (self.shelf.clone(), self.seen.clone());
        self.go_on(move || {
            remember(&store, &seen);
            store
                .read()
                .map_or_else(|error| vec![unkept("read", &error)], told)
        });
    }

    /// Reads it if another console has changed it.
    pub(super) fn shelf_anew(&self) {
        let (store, seen) = (self.shelf.clone(), self.seen.clone());
        self.go_on(move || {
            let before = *seen.lock().unwrap_or_else(PoisonError::into_inner);
            if store.mark() == before {
                return Vec::new();
            }
            remember(&store, &seen);
            store
                .read()
                .map_or_else(|error| vec![unkept("read", &error)], told)
        });
    }

    /// Changes it.
    pub(super) fn keep(&self, changes: Vec<ScheduleChange>) {
        let store = self.shelf.clone();
        self.go_on(move || match store.keep(&changes) {
            Ok(read) => told(read),
            // What the file holds is what there is: nothing is shown as agreed that no start would
            // bring back.
            Err(error) => std::iter::once(unkept("written", &error))
                .chain(store.read().into_iter().flat_map(told))
                .collect(),
        });
    }

    /// Takes what is due out of it, for this console to do.
    pub(super) fn take(&self, wanted: Vec<ScheduledPlan>) {
        let store = self.shelf.clone();
        self.go_on(move || {
            let (mut messages, taken) = match store.take(&wanted) {
                Ok((read, taken)) => (told(read), taken),
                Err(error) => (
                    vec![unkept("written, so nothing of it is done", &error)],
                    Vec::new(),
                ),
            };
            messages.push(Message::Taken { wanted, taken });
            messages
        });
    }

    /// Looks for what takes back the last deed.
    pub(super) fn undo(&self, key: Option<ResourceKey>) {
        let (path, user) = (self.journal.clone(), self.user.clone());
        self.go(move || {
            let lines = match audit::read(&path) {
                Ok(lines) => lines,
                Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                Err(error) => {
                    return Some(Message::Inverse(Err(Reason::new(format!(
                        "{} cannot be read: {error}",
                        path.display()
                    )))));
                }
            };
            let which = key
                .as_ref()
                .map_or(UndoScope::Newest(user.as_deref()), UndoScope::Resource);
            Some(Message::Inverse(audit::inverse(&lines, which)))
        });
    }

    /// Looks for what takes `plan` back.
    pub(super) fn undo_plan(&self, plan: PlanId) {
        let path = self.journal.clone();
        self.go(move || {
            let lines = audit::read(&path).map_err(|error| {
                Reason::new(format!("{} cannot be read: {error}", path.display()))
            });
            Some(Message::Inverse(lines.and_then(|lines| {
                audit::inverse(&lines, UndoScope::Plan(&plan))
            })))
        });
    }

    fn go(&self, errand: impl FnOnce() -> Option<Message> + Send + 'static) {
        self.go_on(move || errand().into_iter().collect());
    }

    fn go_on(&self, errand: impl FnOnce() -> Vec<Message> + Send + 'static) {
        let tx = self.tx.clone();
        tokio::task::spawn_blocking(move || {
            for msg in errand() {
                // Nobody listens any more: the console has ended.
                drop(tx.blocking_send(msg));
            }
        });
    }
}

fn remember(store: &ScheduleFile, seen: &Mutex<Option<(SystemTime, u64)>>) {
    *seen.lock().unwrap_or_else(PoisonError::into_inner) = store.mark();
}

fn told(read: LoadOutcome) -> Vec<Message> {
    let wrong = read.wrong.into_iter().map(|wrong| {
        Message::Engine(Event::Fault(Fault::new(
            FaultKind::Broken,
            "spendtop:later",
            wrong,
        )))
    });
    std::iter::once(Message::Kept(read.shelf))
        .chain(wrong)
        .collect()
}

fn unkept(what: &str, error: &io::Error) -> Message {
    let text = format!("what is agreed for later cannot be {what}: {error}");
    Message::Engine(Event::Fault(Fault::new(
        FaultKind::Refused,
        "spendtop:later",
        text,
    )))
}

/// What an earlier run kept; nothing, if it cannot be read.
pub fn remembered(path: &Path) -> Prefs {
    fs::read_to_string(path)
        .ok()
        .and_then(|text| toml::from_str(&text).ok())
        .unwrap_or_default()
}

fn keep(path: &Path, prefs: &Prefs) -> io::Result<()> {
    let text = toml::to_string(prefs).map_err(io::Error::other)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // Whole or not at all: another console may read it now.
    let draft = path.with_extension("new");
    fs::write(&draft, text)?;
    fs::rename(&draft, path)
}

/// `gpus.csv`, or `gpus-2.csv` if that is taken.
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
                number += 1
            }
            Err(error) => return Err(error),
        }
    }
}

fn read_journal(path: &Path) -> io::Result<JournalLines> {
    let lines = audit::latest(path, LINES)?;
    let verdict = audit::verdict(path)?;
    let breaches = verdict.breaches.iter().map(ToString::to_string).collect();
    Ok(JournalLines {
        lines,
        chained: verdict.lines,
        breaches,
        torn: verdict.torn.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_never_overwrites() {
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
    fn a_journal_that_is_not_there_is_empty_and_one_altered_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        assert_eq!(read_journal(&path).unwrap(), JournalLines::default());
        fs::write(&path, "{\"version\":2,\"seq\":7}\n").unwrap();
        let read = read_journal(&path).unwrap();
        assert!(!read.breaches.is_empty(), "{read:?}");
    }

    #[tokio::test]
    async fn what_cannot_be_kept_is_not_shown_as_agreed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later.jsonl");
        // Where the lock should be, a folder is.
        fs::create_dir(path.with_extension("lock")).unwrap();
        let mut errands = FileTasks::new(
            folder.path().join("journal.jsonl"),
            None,
            folder.path().to_owned(),
        )
        .with_shelf(ScheduleFile::File(path));
        assert!(errands.is_lasting());
        let mut replies = errands.replies();
        errands.keep(Vec::new());
        assert!(
            matches!(replies.recv().await, Some(Message::Engine(Event::Fault(fault))) if fault.message.contains("cannot be written"))
        );
        assert!(
            matches!(replies.recv().await, Some(Message::Kept(shelf)) if shelf.kept.is_empty())
        );
    }

    #[test]
    fn choices_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/prefs.toml");
        let mut prefs = Prefs {
            theme: Some("nord".into()),
            ..Prefs::default()
        };
        prefs.sorts.insert("gpus".into(), ("burn".into(), true));
        keep(&path, &prefs).unwrap();
        assert_eq!(remembered(&path), prefs);
        assert_eq!(remembered(Path::new("/nowhere")), Prefs::default());
    }
}
