//! Logs to a file in the state folder, never to the terminal. Log messages must not contain
//! credentials.

use crate::engine::{folders::Folders, private_file};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::PathBuf,
};
use tracing_subscriber::EnvFilter;

/// The names of the log and of the previous log, which was full.
const NAMES: (&str, &str) = ("spendtop.log", "spendtop.1.log");
/// The longest log.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// Default filter. The AWS SDK logs warnings only: its debug lines may contain request bodies.
const DEFAULT_FILTER: &str = "warn,spendtop=info";

/// Starts logging with the filter in `SPENDTOP_LOG` (`debug`, `spendtop=trace`). `None` if the
/// folder cannot be written.
pub(crate) fn start(folders: &Folders) -> Option<tracing_appender::non_blocking::WorkerGuard> {
    let folder = folders.logs()?;
    private_file::make_private_folder(folder).ok()?;
    let file = LogFile::open(folder.join(NAMES.0), MAX_BYTES).ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter =
        EnvFilter::try_from_env("SPENDTOP_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let subscriber = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_env_filter(filter)
        .finish();
    tracing::subscriber::set_global_default(subscriber).ok()?;
    Some(guard)
}

/// A log that only its owner can read. A full log is renamed, in place of the one that was renamed
/// before.
struct LogFile {
    path: PathBuf,
    file: File,
    bytes: u64,
    max: u64,
}

impl LogFile {
    fn open(path: PathBuf, max: u64) -> io::Result<Self> {
        let file = private_file::open_private(&path, OpenOptions::new().append(true).create(true))?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            path,
            file,
            bytes,
            max,
        })
    }

    fn put_aside(&mut self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_file_name(NAMES.1))?;
        *self = Self::open(self.path.clone(), self.max)?;
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = line.len() as u64;
        if self.bytes > 0 && self.bytes + length > self.max {
            self.put_aside()?;
        }
        self.file.write_all(line)?;
        self.bytes += length;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_log_is_put_aside_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAMES.0);
        let mut log = LogFile::open(path.clone(), 10).unwrap();
        for line in ["first\n", "second\n", "third\n", "4\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            (text(NAMES.0), text(NAMES.1)),
            ("third\n4\n".into(), "second\n".into())
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        #[cfg(unix)]
        for name in [NAMES.0, NAMES.1] {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions();
            assert_eq!(mode.mode() & 0o777, 0o600, "{name}");
        }
    }
}
