//! Logs to a file in the state folder, never to the terminal. Log messages must not contain
//! credentials.

use crate::engine::{folders::Folders, private_file};
use tracing_subscriber::EnvFilter;

/// Number of daily log files on disk; the oldest is deleted.
const MAX_FILES: usize = 5;
/// Default filter. The AWS SDK logs warnings only: its debug lines may contain request bodies.
const DEFAULT_FILTER: &str = "warn,spendtop=info";

/// Starts logging with the filter in `SPENDTOP_LOG` (`debug`, `spendtop=trace`). `None` if the
/// folder cannot be written.
pub(crate) fn start(folders: &Folders) -> Option<tracing_appender::non_blocking::WorkerGuard> {
    let folder = folders.logs()?;
    private_file::make_folder(folder).ok()?;
    let file = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("spendtop")
        .filename_suffix("log")
        .max_log_files(MAX_FILES)
        .build(folder)
        .ok()?;
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
