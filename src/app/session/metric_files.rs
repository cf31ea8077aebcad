//! Keeps the readings of metrics from one run to the next, in a file for each account: a run asks
//! CloudWatch, which bills each question, only for what is new.

use crate::{
    aws::{
        Session,
        metrics::{MAX_BYTES, MetricStore},
    },
    domain::{Timestamp, UNKNOWN_ACCOUNT},
    engine::private_file,
};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// The time between two saves. A run that ends without one asks for that much again.
const INTERVAL: Duration = Duration::from_mins(5);

/// The files of a folder; clones share the open stores.
#[derive(Clone, Debug)]
pub struct MetricFiles {
    folder: PathBuf,
    open: Arc<Mutex<Vec<(PathBuf, MetricStore)>>>,
}

impl MetricFiles {
    /// The files in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            open: Arc::default(),
        }
    }

    /// Gives the stores of `sessions` what earlier runs read. A file that cannot be used is left
    /// out: it is only a cache.
    pub fn restore(&self, sessions: &[Session], now: Timestamp) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for session in sessions {
            let account = &session.place.account;
            let is_name = account.chars().all(|c| c.is_ascii_alphanumeric());
            if **account == *UNKNOWN_ACCOUNT || !is_name {
                continue;
            }
            let file = self.folder.join(format!("{account}.bin"));
            if open.iter().any(|(known, _)| *known == file) {
                continue;
            }
            let max = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1024;
            match private_file::read_trusted(&file, max) {
                Ok(Some(bytes)) => {
                    if let Err(why) = session.metrics.restore(&bytes, now) {
                        tracing::warn!(file = %file.display(), why, "not used");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "metrics of earlier runs are not used"),
            }
            open.push((file, session.metrics.clone()));
        }
    }

    /// Saves what was read. Blocks for the time of writing.
    pub fn save(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, store) in open.iter() {
            let written = store
                .to_bytes()
                .map(|bytes| private_file::replace(file, &bytes));
            if let Some(Err(error)) = written {
                tracing::warn!(file = %file.display(), %error, "metrics are not kept");
            }
        }
    }

    /// Saves every few minutes until `cancel`.
    pub async fn keep(self, cancel: CancellationToken) {
        while cancel
            .run_until_cancelled(tokio::time::sleep(INTERVAL))
            .await
            .is_some()
        {
            let files = self.clone();
            if tokio::task::spawn_blocking(move || files.save())
                .await
                .is_err()
            {
                return;
            }
        }
    }
}
