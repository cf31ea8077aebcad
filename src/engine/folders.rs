//! The folders of this user's files: the XDG folders, on every system.

use super::private_file;
use etcetera::base_strategy::{BaseStrategy, Xdg};
use sha2::{Digest, Sha256};
use std::{
    env,
    fmt::Write as _,
    hash::{BuildHasher, RandomState},
    path::{Path, PathBuf},
    process,
};

/// The program's name in every folder.
const NAME: &str = "spendtop";

/// This user's folders. None is created before something is written to it.
///
/// Without a home folder, or if another user owns one of them, there is none: spendtop then keeps
/// no files and reads no configuration, because another user could have written it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    paths: Result<Paths, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Paths {
    /// Configuration, keymaps and themes: `~/.config/spendtop`.
    config: PathBuf,
    /// Journal, schedules, preferences and log: `~/.local/state/spendtop`.
    state: PathBuf,
    /// Data that can be read again: `~/.cache/spendtop`.
    cache: PathBuf,
}

impl Folders {
    /// The folders by `XDG_CONFIG_HOME`, `XDG_STATE_HOME`, `XDG_CACHE_HOME` and the home folder.
    pub fn of_user() -> Self {
        let Ok(xdg) = Xdg::new() else {
            return Self {
                paths: Err("there is no home folder: set HOME".to_owned()),
            };
        };
        Self::checked(Paths {
            config: xdg.config_dir().join(NAME),
            state: xdg.state_dir().unwrap_or_else(|| xdg.data_dir()).join(NAME),
            cache: xdg.cache_dir().join(NAME),
        })
    }

    /// The folders `config`, `state` and `cache` in `folder`.
    pub fn within(folder: &Path) -> Self {
        Self::checked(Paths {
            config: folder.join("config"),
            state: folder.join("state"),
            cache: folder.join("cache"),
        })
    }

    fn checked(paths: Paths) -> Self {
        let problem = [&paths.config, &paths.state, &paths.cache]
            .into_iter()
            .find_map(|folder| {
                // A missing folder will be created in its nearest ancestor that exists.
                let existing = folder.ancestors().find(|folder| folder.exists())?;
                private_file::folder_problem(existing)
            });
        Self {
            paths: problem.map_or(Ok(paths), Err),
        }
    }

    /// Why there are no folders; `None` if there are.
    pub fn problem(&self) -> Option<&str> {
        self.paths.as_ref().err().map(String::as_str)
    }

    fn config(&self) -> Option<&Path> {
        self.paths.as_ref().ok().map(|paths| &*paths.config)
    }

    fn state(&self, file: &str) -> Option<PathBuf> {
        self.paths.as_ref().ok().map(|paths| paths.state.join(file))
    }

    fn cache(&self, folder: &str) -> Option<PathBuf> {
        let paths = self.paths.as_ref().ok()?;
        Some(paths.cache.join(folder))
    }

    /// The configuration file.
    pub fn config_file(&self) -> Option<PathBuf> {
        self.config().map(|config| config.join("config.toml"))
    }

    /// The journal of actions on accounts.
    pub fn journal(&self) -> Option<PathBuf> {
        self.state("journal.jsonl")
    }

    /// The journal of actions on the mock: in a temporary folder of its own where the usual one
    /// cannot be written.
    pub fn demo_journal(&self) -> PathBuf {
        if let Some(path) = self.state("demo-journal.jsonl")
            && path
                .parent()
                .is_some_and(|folder| private_file::make_folder(folder).is_ok())
        {
            return path;
        }
        let random = RandomState::new().hash_one(process::id());
        env::temp_dir()
            .join(format!("{NAME}-{random:016x}"))
            .join("demo-journal.jsonl")
    }

    /// The user's own files of one kind (`keymaps`, `themes`).
    pub fn user_files(&self, kind: &str) -> Option<PathBuf> {
        self.config().map(|config| config.join(kind))
    }

    /// Rate cards read from the Price List at `endpoint`, AWS's own if it is `None`: the prices of
    /// another endpoint do not apply to accounts of AWS.
    pub fn prices(&self, endpoint: Option<&str>) -> Option<PathBuf> {
        let own = self.cache("prices")?;
        Some(match endpoint {
            None => own,
            Some(url) => own.join("by-endpoint").join(endpoint_folder(url)),
        })
    }

    /// The cached answers of Cost Explorer.
    pub fn bills(&self) -> Option<PathBuf> {
        self.cache("bills")
    }

    /// The readings of metrics from `endpoint`, AWS's own if it is `None`.
    pub fn metrics(&self, endpoint: Option<&str>) -> Option<PathBuf> {
        let own = self.cache("metrics")?;
        Some(match endpoint {
            None => own,
            Some(url) => own.join("by-endpoint").join(endpoint_folder(url)),
        })
    }

    /// The preferences that the screen keeps from one run to the next.
    pub fn prefs(&self) -> Option<PathBuf> {
        self.state("prefs.toml")
    }

    /// Scheduled actions and snoozes.
    pub fn schedules(&self) -> Option<PathBuf> {
        self.state("schedules.jsonl")
    }

    /// The folder of logs.
    pub fn logs(&self) -> Option<&Path> {
        self.paths.as_ref().ok().map(|paths| &*paths.state)
    }
}

/// A folder name for an endpoint: its host to recognise it, its hash to tell it from all others.
fn endpoint_folder(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let host: String = host.chars().take(40).map(plain).collect();
    let hash = Sha256::digest(url);
    let mut name = format!("{host}-");
    for byte in hash.iter().take(8) {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn cards_of_endpoints_have_folders_of_their_own() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::within(home.path());
        let own = folders.prices(None).unwrap();
        let mut seen = std::collections::BTreeSet::from([own.clone()]);
        for url in [
            "http://192.0.2.2:6507",
            "http://192.0.2.2:6507/",
            "http://192-0-2-2:6507",
            "https://user:secret@host/../../..",
            "..",
            "",
        ] {
            let folder = folders.prices(Some(url)).unwrap();
            assert_eq!(folder.parent(), Some(&*own.join("by-endpoint")), "{url}");
            assert!(!folder.to_string_lossy().contains("secret"), "{url}");
            assert!(seen.insert(folder), "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn folder_of_another_user_is_not_used() {
        // Only the super-user can give a folder away.
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        fs::create_dir(&state).unwrap();
        assert_eq!(Folders::within(home.path()).problem(), None);
        std::os::unix::fs::chown(&state, Some(65_534), None).unwrap();
        let folders = Folders::within(home.path());
        let problem = folders.problem().unwrap();
        assert!(
            problem.contains("state: it belongs to user id 65534"),
            "{problem}"
        );
        assert_eq!((folders.config_file(), folders.journal()), (None, None));
        assert!(!folders.demo_journal().starts_with(home.path()));
    }
}
