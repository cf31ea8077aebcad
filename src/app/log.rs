//! The log: a file in the state folder, never the terminal.
//!
//! What is logged must hold no credential.

use crate::engine::folders::Folders;
use std::fs;
use tracing_subscriber::EnvFilter;

/// How many days' files are kept.
const KEPT: usize = 5;
/// Ours in detail; the SDK only when it is in trouble: its debug lines may hold request bodies.
const USUAL: &str = "warn,spendtop=info";

/// Starts logging, by `SPENDTOP_LOG` (`debug`, `spendtop=trace`). Without a folder to write to
/// there is no log.
pub fn start(folders: &Folders) -> Option<tracing_appender::non_blocking::WorkerGuard> {
    let folder = folders.logs();
    fs::create_dir_all(folder).ok()?;
    let file = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("spendtop")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("SPENDTOP_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let subscriber = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_env_filter(filter)
        .finish();
    tracing::subscriber::set_global_default(subscriber).ok()?;
    Some(guard)
}
