//! The journal's files on disk: private to their owner, synced, locked.

#[cfg(test)]
use super::power::SimulatedPower;
use crate::engine::private_file::{
    add_name, check_plain_file, list_names, make_folder, open_private, permission_problem,
    read_file,
};
#[cfg(test)]
use std::sync::Arc;
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// How long another session may hold the lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
const LOCK_RETRY: Duration = Duration::from_millis(2);
/// The name of a session's lock begins with this.
pub(super) const SESSION: &str = "session-";

/// A lock on a file, held until dropped.
#[derive(Debug)]
pub(in crate::engine) struct LockGuard {
    file: File,
    /// The file is removed with the lock.
    removed: Option<PathBuf>,
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        // A file that cannot be removed is cleaned up by the next session.
        if let Some(path) = &self.removed {
            drop(fs::remove_file(path));
        }
        drop(self.file.unlock());
    }
}

/// The live file at `path` and the files beside it.
#[derive(Debug)]
pub(super) struct DiskStore {
    path: PathBuf,
    /// The file that was appended to and is not synced yet, and whether it is new.
    unsynced: Option<(File, bool)>,
    #[cfg(test)]
    power: Option<Arc<SimulatedPower>>,
}

impl DiskStore {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            unsynced: None,
            #[cfg(test)]
            power: None,
        }
    }

    #[cfg(test)]
    pub(super) fn with_power(path: PathBuf, power: Arc<SimulatedPower>) -> Self {
        Self {
            power: Some(power),
            ..Self::new(path)
        }
    }

    /// How many of `wanted` bytes can be written: all, except in tests of a power loss.
    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "tests lose power"))]
    fn writable(&self, wanted: usize) -> usize {
        #[cfg(test)]
        if let Some(power) = &self.power {
            return power.draw(wanted);
        }
        wanted
    }

    /// Whether fsync is left out: a simulated disk needs none.
    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "tests lose power"))]
    fn skips_sync(&self) -> bool {
        #[cfg(test)]
        if let Some(power) = &self.power {
            power.set_synced(self.length().unwrap_or_default());
            return true;
        }
        false
    }

    /// A file beside the journal: `journal.head`.
    fn sibling(&self, extension: &str) -> PathBuf {
        self.path.with_extension(extension)
    }

    fn folder(&self) -> &Path {
        self.path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    }

    /// The beginning of the name of a rotated file.
    fn rotated_prefix(&self) -> OsString {
        let mut prefix = self.path.file_stem().unwrap_or_default().to_owned();
        prefix.push("-");
        prefix
    }

    fn rotated_name(&self, seq: u64) -> OsString {
        let mut name = self.rotated_prefix();
        name.push(format!("{seq}.jsonl"));
        name
    }

    /// Renames are on disk once the folder is.
    fn sync_folder(&self) -> io::Result<()> {
        if cfg!(unix) && !self.skips_sync() {
            File::open(self.folder())?.sync_all()
        } else {
            Ok(())
        }
    }

    /// A shared lock for a read without concurrent writes. `None` if there is no lock file or the
    /// lock is not available.
    pub(super) fn lock_shared(&self) -> Option<LockGuard> {
        let path = self.sibling("lock");
        check_plain_file(&path).ok()?;
        let file = File::open(path).ok()?;
        retry_lock(|| file.try_lock_shared()).ok()?;
        Some(LockGuard {
            file,
            removed: None,
        })
    }

    /// The lock of a writer.
    pub(super) fn lock(&self) -> io::Result<LockGuard> {
        make_folder(self.folder())?;
        let file = open_lock_file(&self.sibling("lock"))?;
        retry_lock(|| file.try_lock())?;
        Ok(LockGuard {
            file,
            removed: None,
        })
    }

    /// The names of all files, oldest first. The live one is last, even where it does not exist.
    pub(super) fn files(&self) -> io::Result<Vec<String>> {
        let text = |name: OsString| name.to_string_lossy().into_owned();
        let mut numbers: Vec<u64> = list_names(self.folder())?
            .into_iter()
            .filter_map(|name| self.rotated_seq(name.to_str()?))
            .collect();
        numbers.sort_unstable();
        let mut files: Vec<String> = numbers
            .into_iter()
            .map(|seq| text(self.rotated_name(seq)))
            .collect();
        files.push(text(self.path.file_name().unwrap_or_default().to_owned()));
        Ok(files)
    }

    /// The contents of a file; empty where it does not exist.
    pub(super) fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        Ok(read_file(&self.folder().join(file))?.unwrap_or_default())
    }

    /// The length of the live file.
    pub(super) fn length(&self) -> io::Result<u64> {
        match fs::metadata(&self.path) {
            Ok(data) => Ok(data.len()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(add_name(&self.path, &error)),
        }
    }

    /// Appends to the live file in one write. It is on disk after [`DiskStore::sync`].
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let is_new = !self.path.exists();
        let mut file = open_private(&self.path, OpenOptions::new().append(true).create(true))?;
        let writable = self.writable(bytes.len());
        file.write_all(&bytes[..writable])
            .map_err(|error| add_name(&self.path, &error))?;
        if writable < bytes.len() {
            return Err(io::Error::other("the power is gone"));
        }
        self.unsynced = Some((file, is_new));
        Ok(())
    }

    /// Waits until everything appended is on disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let Some((file, is_new)) = self.unsynced.take() else {
            return Ok(());
        };
        if self.skips_sync() {
            return Ok(());
        }
        file.sync_data()?;
        if is_new { self.sync_folder() } else { Ok(()) }
    }

    /// The number in the name of a rotated file: that of its last entry.
    pub(super) fn rotated_seq(&self, file: &str) -> Option<u64> {
        file.strip_prefix(self.rotated_prefix().to_str()?)?
            .strip_suffix(".jsonl")?
            .parse()
            .ok()
    }

    pub(super) fn head_name(&self) -> String {
        self.sibling("head")
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Files that others than their owner may open: name and problem.
    pub(super) fn permission_problems(&self) -> io::Result<Vec<(String, String)>> {
        let files = self.files()?.into_iter().chain([self.head_name()]);
        Ok(files
            .filter_map(|name| {
                let problem = permission_problem(&self.folder().join(&name))?;
                Some((name, problem))
            })
            .collect())
    }

    /// The head; `None` where it does not exist.
    pub(super) fn head(&self) -> io::Result<Option<Vec<u8>>> {
        read_file(&self.sibling("head"))
    }

    /// Replaces the head, whole or not at all, and waits until it is on disk.
    pub(super) fn set_head(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.writable(1) == 0 {
            return Err(io::Error::other("the power is gone"));
        }
        let draft = self.sibling("head.new");
        let mut file = open_private(
            &draft,
            OpenOptions::new().write(true).create(true).truncate(true),
        )?;
        file.write_all(bytes)?;
        if !self.skips_sync() {
            file.sync_data()?;
        }
        fs::rename(&draft, self.sibling("head"))?;
        self.sync_folder()
    }

    /// Renames the live file by the number of its last entry.
    pub(super) fn rotate(&mut self, seq: u64) -> io::Result<()> {
        let rotated = self.folder().join(self.rotated_name(seq));
        if rotated.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} exists already", rotated.display()),
            ));
        }
        fs::rename(&self.path, rotated)?;
        self.sync_folder()
    }

    /// Claims `name` until the guard is dropped or the process ends, however it ends. `None` while
    /// another session has it. A session's own name needs the lock.
    pub(super) fn claim(&mut self, name: &str) -> io::Result<Option<LockGuard>> {
        make_folder(self.folder())?;
        let path = self.sibling(name);
        let file = open_lock_file(&path)?;
        match file.try_lock() {
            // A name that several sessions claim keeps its file: else two of them could lock two
            // files of that name.
            Ok(()) => Ok(Some(LockGuard {
                file,
                removed: name.starts_with(SESSION).then_some(path),
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether a running session has claimed `name`.
    pub(super) fn is_claimed(&self, name: &str) -> io::Result<bool> {
        is_locked(&self.sibling(name))
    }

    /// Removes the lock files of sessions that no longer run. Needs the lock.
    pub(super) fn remove_stale_claims(&mut self) -> io::Result<()> {
        let mut prefix = self.path.file_stem().unwrap_or_default().to_owned();
        prefix.push(format!(".{SESSION}"));
        let is_claim = |name: &OsString| {
            name.to_str()
                .zip(prefix.to_str())
                .is_some_and(|(name, prefix)| name.starts_with(prefix))
        };
        for name in list_names(self.folder())?.into_iter().filter(is_claim) {
            let path = self.folder().join(name);
            if !is_locked(&path)? {
                drop(fs::remove_file(path));
            }
        }
        Ok(())
    }
}

fn open_lock_file(path: &Path) -> io::Result<File> {
    open_private(
        path,
        OpenOptions::new().write(true).create(true).truncate(false),
    )
}

fn is_locked(path: &Path) -> io::Result<bool> {
    check_plain_file(path)?;
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

/// Tries `lock` until it succeeds or the timeout is over.
fn retry_lock(mut lock: impl FnMut() -> Result<(), TryLockError>) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if start.elapsed() > LOCK_TIMEOUT => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another session holds the lock",
                ));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_RETRY),
        }
    }
}
