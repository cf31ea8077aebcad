//! Answers of Cost Explorer kept on disk: a page costs $0.01, and the figures change three times a
//! day at most.
//!
//! One file an account and endpoint, readable by this user only. What cannot be read or written is
//! as if there were none.

use super::billing_data::BillingData;
use crate::domain::{Location, Timestamp, time::timestamp::seconds_between};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

/// How long answers hold, in seconds.
pub(super) const VALID: f64 = 6.0 * 3_600.0;
/// The form of the file; another number is as good as no file.
const VERSION: u32 = 1;

/// The account, endpoint and tag keys that a cache file belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CacheKey {
    version: u32,
    account: String,
    endpoint: String,
    /// Tag keys that were asked for.
    showback: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct CacheFile {
    owner: CacheKey,
    answers: BillingData,
}

impl CacheKey {
    pub fn new(place: &Location, endpoint: Option<&str>, showback: &[String]) -> Self {
        let endpoint = endpoint.unwrap_or_default().to_owned();
        Self {
            version: VERSION,
            account: place.account.to_string(),
            endpoint,
            showback: showback.to_vec(),
        }
    }

    /// Its file in `folder`; `None` while the account is not known.
    fn file(&self, folder: &Path) -> Option<PathBuf> {
        let known = !self.account.is_empty() && self.account.chars().all(|c| c.is_ascii_digit());
        let place: String = self
            .endpoint
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        known.then(|| {
            folder.join(format!(
                "bill-{}{}{place}.json",
                self.account,
                if place.is_empty() { "" } else { "-" }
            ))
        })
    }
}

/// What is kept of `owner` and still holds at `now`.
pub(super) fn read(folder: &Path, owner: &CacheKey, now: Timestamp) -> Option<BillingData> {
    let text = fs::read_to_string(owner.file(folder)?).ok()?;
    let kept: CacheFile = serde_json::from_str(&text)
        .map_err(|error| tracing::info!(%error, "kept answers are not read"))
        .ok()?;
    let age = seconds_between(kept.answers.at(), now);
    (kept.owner == *owner && (0.0..VALID).contains(&age)).then_some(kept.answers)
}

/// Keeps `answers` of `owner`, if they are worth it.
pub(super) fn write(folder: &Path, owner: &CacheKey, answers: &BillingData) {
    let Some(file) = owner.file(folder).filter(|_| answers.is_lasting()) else {
        return;
    };
    let kept = CacheFile {
        owner: owner.clone(),
        answers: answers.clone(),
    };
    let written = serde_json::to_vec(&kept)
        .map_err(io::Error::other)
        .and_then(|text| replace(folder, &file, &text));
    if let Err(error) = written {
        tracing::warn!(file = %file.display(), %error, "answers are not kept");
    }
}

/// Whole or not at all: a new file beside it takes its place.
fn replace(folder: &Path, file: &Path, text: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&new)?.write_all(text)?;
    fs::rename(&new, file)
}
