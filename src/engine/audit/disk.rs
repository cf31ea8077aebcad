//! The journal's files on disk: private to their owner, synced, locked.

use super::{
    files::{make_folder, named, names, open, open_to_others, plain, read},
    store::{Guard, Store},
};
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// How long another console may take to write its line.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(2);

/// The files beside and including `path`.
#[derive(Debug)]
pub(super) struct DiskStore {
    path: PathBuf,
    /// What was written to and is not synced yet, and whether the file is new.
    written: Option<(File, bool)>,
}

impl DiskStore {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            written: None,
        }
    }

    /// Beside the journal: `journal.head`.
    fn beside(&self, ending: &str) -> PathBuf {
        self.path.with_extension(ending)
    }

    fn folder(&self) -> &Path {
        self.path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }

    /// The name's part before the number of a file that was put away.
    fn stem(&self) -> OsString {
        let mut stem = self.path.file_stem().unwrap_or_default().to_owned();
        stem.push("-");
        stem
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Numbers of the files that were put away.
    fn put_away(&self) -> io::Result<Vec<u64>> {
        let mut numbers: Vec<u64> = names(self.folder())?
            .into_iter()
            .filter_map(|name| self.number(name.to_str()?))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn numbered(&self, seq: u64) -> OsString {
        let mut name = self.stem();
        name.push(format!("{seq}.jsonl"));
        name
    }

    /// Renames are on disk once the folder is.
    fn sync_folder(&self) -> io::Result<()> {
        if cfg!(unix) {
            File::open(self.folder())?.sync_all()
        } else {
            Ok(())
        }
    }

    /// The lock, to read while nobody writes. `None` where there is none yet, or none to be had.
    pub(super) fn quiet(&self) -> Option<Guard> {
        let path = self.beside("lock");
        plain(&path).ok()?;
        let file = File::open(path).ok()?;
        within(PATIENCE, || file.try_lock_shared()).ok()?;
        Some(Guard(Box::new(file)))
    }
}

impl Store for DiskStore {
    fn lock(&self) -> io::Result<Guard> {
        make_folder(self.folder())?;
        let file = open(
            &self.beside("lock"),
            OpenOptions::new().write(true).create(true).truncate(false),
        )?;
        within(PATIENCE, || file.try_lock())?;
        Ok(Guard(Box::new(file)))
    }

    fn files(&self) -> io::Result<Vec<String>> {
        let text = |name: OsString| name.to_string_lossy().into_owned();
        let mut files: Vec<String> = self
            .put_away()?
            .into_iter()
            .map(|seq| text(self.numbered(seq)))
            .collect();
        files.push(text(self.path.file_name().unwrap_or_default().to_owned()));
        Ok(files)
    }

    fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        Ok(read(&self.file(file))?.unwrap_or_default())
    }

    fn length(&self) -> io::Result<u64> {
        match fs::metadata(&self.path) {
            Ok(data) => Ok(data.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(named(&self.path, &error)),
        }
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let new = !self.path.exists();
        let mut file = open(&self.path, OpenOptions::new().append(true).create(true))?;
        file.write_all(bytes)
            .map_err(|error| named(&self.path, &error))?;
        self.written = Some((file, new));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let Some((file, new)) = self.written.take() else {
            return Ok(());
        };
        file.sync_data()?;
        if new { self.sync_folder() } else { Ok(()) }
    }

    fn number(&self, file: &str) -> Option<u64> {
        file.strip_prefix(self.stem().to_str()?)?
            .strip_suffix(".jsonl")?
            .parse()
            .ok()
    }

    fn head_name(&self) -> String {
        self.beside("head")
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    fn oddities(&self) -> io::Result<Vec<(String, String)>> {
        let files = self.files()?.into_iter().chain([self.head_name()]);
        Ok(files
            .filter_map(|name| Some((open_to_others(&self.file(&name))?, name)))
            .map(|(what, name)| (name, what))
            .collect())
    }

    fn head(&self) -> io::Result<Option<Vec<u8>>> {
        read(&self.beside("head"))
    }

    fn set_head(&mut self, bytes: &[u8]) -> io::Result<()> {
        let draft = self.beside("head.new");
        let mut file = open(
            &draft,
            OpenOptions::new().write(true).create(true).truncate(true),
        )?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&draft, self.beside("head"))?;
        self.sync_folder()
    }

    fn rotate(&mut self, seq: u64) -> io::Result<()> {
        let away = self.folder().join(self.numbered(seq));
        if away.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} is in the way", away.display()),
            ));
        }
        fs::rename(&self.path, away)?;
        self.sync_folder()
    }

    fn claim(&mut self, name: &str) -> io::Result<Option<Guard>> {
        make_folder(self.folder())?;
        let path = self.beside(name);
        let file = open(
            &path,
            OpenOptions::new().write(true).create(true).truncate(false),
        )?;
        match file.try_lock() {
            // A name that several ask for keeps its file: else two could lock two files of that
            // name.
            Ok(()) if name.starts_with(super::writer::CONSOLE) => {
                Ok(Some(Guard(Box::new(FileLock { file, path }))))
            }
            Ok(()) => Ok(Some(Guard(Box::new(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn is_claimed(&self, name: &str) -> io::Result<bool> {
        is_locked(&self.beside(name))
    }

    fn tidy(&mut self) -> io::Result<()> {
        let mut stem = self.path.file_stem().unwrap_or_default().to_owned();
        stem.push(".console-");
        let ours = |name: &OsString| {
            name.to_str()
                .zip(stem.to_str())
                .is_some_and(|(name, stem)| name.starts_with(stem))
        };
        for name in names(self.folder())?.into_iter().filter(ours) {
            let path = self.folder().join(name);
            if !is_locked(&path)? {
                drop(fs::remove_file(path));
            }
        }
        Ok(())
    }
}

/// A lock that shows who is alive. Its file goes with it: nobody but a reader of its name asks for
/// it.
#[derive(Debug)]
struct FileLock {
    file: File,
    path: PathBuf,
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // A file that stays is cleared away by the next console.
        drop(fs::remove_file(&self.path));
        drop(self.file.unlock());
    }
}

fn is_locked(path: &Path) -> io::Result<bool> {
    plain(path)?;
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn within(
    patience: Duration,
    mut lock: impl FnMut() -> Result<(), TryLockError>,
) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        match lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if begun.elapsed() > patience => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another console holds it locked",
                ));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}
