//! Answers of Cost Explorer kept on disk: a page costs $0.01, and the figures change three times a
//! day at most. All runs of this user share them, and only one sends requests at a time.
//!
//! One file an account and endpoint, readable by this user only. A file that cannot be read or
//! written counts as absent.

use crate::{aws::Session, domain::Location};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, TryLockError},
    io,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// The form of the file; another number is as good as no file.
const VERSION: u32 = 2;
/// Longest wait of one run for another that sends requests.
const WAIT: Duration = Duration::from_mins(2);
const STEP: Duration = Duration::from_millis(250);

/// The file of one sort of answers about an account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AnswerCache {
    folder: PathBuf,
    name: String,
    owner: CacheOwner,
    /// The caller: AWS may allow this identity a request that it denied to another.
    identity: Option<String>,
}

/// The account and endpoint of the answers in a file, and the version of the format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct CacheOwner {
    version: u32,
    account: String,
    endpoint: String,
}

#[derive(Serialize, Deserialize)]
struct CacheFile<T> {
    owner: CacheOwner,
    identity: Option<String>,
    data: T,
}

/// The content of a file.
pub(crate) struct CachedAnswer<T> {
    pub data: T,
    /// The same identity sent the requests, so its denials still hold.
    pub same_identity: bool,
}

/// Held during requests to AWS: another run waits, and then reads the stored answers.
pub(crate) struct AskLock(#[expect(dead_code, reason = "unlocked when it is dropped")] File);

impl AnswerCache {
    /// The file of `sort` in `folder` about the account of `session`; `None` while the account is
    /// not known.
    pub(crate) fn new(folder: &Path, sort: &str, session: &Session) -> Option<Self> {
        let who = session.who.as_deref();
        let endpoint = session.cost_endpoint.as_deref();
        Self::at(folder, sort, &session.place, endpoint, who)
    }

    fn at(
        folder: &Path,
        sort: &str,
        place: &Location,
        endpoint: Option<&str>,
        identity: Option<&str>,
    ) -> Option<Self> {
        let account = place.account.to_string();
        let is_known = !account.is_empty() && account.chars().all(|c| c.is_ascii_digit());
        let owner = CacheOwner {
            version: VERSION,
            account,
            endpoint: endpoint.unwrap_or_default().to_owned(),
        };
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let suffix: String = owner.endpoint.chars().map(plain).collect();
        let dash = if suffix.is_empty() { "" } else { "-" };
        is_known.then(|| Self {
            folder: folder.to_owned(),
            name: format!("{sort}-{}{dash}{suffix}", owner.account),
            owner,
            identity: identity.map(ToOwned::to_owned),
        })
    }

    fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    /// The stored answers; `None` if the file is unreadable or of another account.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<CachedAnswer<T>> {
        let file = self.file();
        // A pipe would block.
        fs::metadata(&file).ok().filter(fs::Metadata::is_file)?;
        let text = fs::read_to_string(file).ok()?;
        let kept: CacheFile<T> = serde_json::from_str(&text)
            .map_err(|error| tracing::info!(%error, "the kept answers are not read"))
            .ok()?;
        (kept.owner == self.owner).then(|| CachedAnswer {
            data: kept.data,
            same_identity: kept.identity == self.identity,
        })
    }

    /// Keeps `data`.
    pub(crate) fn write<T: Serialize>(&self, data: &T) {
        let kept = CacheFile {
            owner: self.owner.clone(),
            identity: self.identity.clone(),
            data,
        };
        let written = serde_json::to_vec(&kept)
            .map_err(io::Error::other)
            .and_then(|text| self.replace(&text));
        if let Err(error) = written {
            tracing::warn!(file = %self.file().display(), %error, "the answers are not kept");
        }
    }

    /// Replaces the file atomically: writes a new file beside it and renames that.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        self.make_folder()?;
        let new = self
            .folder
            .join(format!("{}.{}.new", self.name, std::process::id()));
        let mut options = fs::OpenOptions::new();
        own(options.write(true).create(true).truncate(true))
            .open(&new)?
            .write_all(text)?;
        fs::rename(&new, self.file())
    }

    /// Makes the folder for this user only.
    fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(&self.folder)
    }

    /// Waits until no other run sends requests. `None` where files cannot be locked, or another
    /// run takes too long.
    pub(crate) async fn lock(&self) -> Option<AskLock> {
        let path = self.folder.join(format!("{}.lock", self.name));
        let mut options = fs::OpenOptions::new();
        let file = self
            .make_folder()
            .and_then(|()| own(options.write(true).create(true).truncate(false)).open(path))
            .map_err(|error| tracing::info!(%error, "asked without a lock"))
            .ok()?;
        let end = tokio::time::Instant::now() + WAIT;
        loop {
            match file.try_lock() {
                Ok(()) => return Some(AskLock(file)),
                Err(TryLockError::WouldBlock) if tokio::time::Instant::now() < end => {
                    tokio::time::sleep(STEP).await;
                }
                Err(error) => {
                    tracing::info!(%error, "asked without a lock");
                    return None;
                }
            }
        }
    }
}

/// Readable by this user only.
fn own(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(folder: &Path, account: &str, identity: &str) -> Option<AnswerCache> {
        let place = Location {
            profile: "".into(),
            account: account.into(),
            region: "us-east-1".into(),
        };
        AnswerCache::at(
            folder,
            "bill",
            &place,
            Some("http://127.0.0.1:1"),
            Some(identity),
        )
    }

    #[test]
    fn answers_are_of_one_account_and_say_whose_question_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), "111122223333", "ana").unwrap();
        assert!(own.read::<Vec<u8>>().is_none());
        own.write(&vec![7_u8]);
        let kept = own.read::<Vec<u8>>().unwrap();
        assert_eq!((kept.data, kept.same_identity), (vec![7], true));
        let other = cache(folder.path(), "111122223333", "ben").unwrap();
        assert!(!other.read::<Vec<u8>>().unwrap().same_identity);
        assert!(
            cache(folder.path(), "222233334444", "ana")
                .unwrap()
                .read::<Vec<u8>>()
                .is_none()
        );
        assert!(own.read::<String>().is_none(), "another form");
        assert!(cache(folder.path(), "-", "ana").is_none());
    }

    #[tokio::test]
    async fn one_asks_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let own = cache(folder.path(), "111122223333", "ana").unwrap();
        let first = own.lock().await.expect("free");
        let waits = tokio::time::timeout(STEP, own.lock()).await;
        assert!(waits.is_err(), "another asks");
        drop(first);
        assert!(own.lock().await.is_some());
    }
}
