//! Where this user's files are: the XDG folders, on every system.

use etcetera::base_strategy::{BaseStrategy, Xdg};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The program's name in every folder.
const NAME: &str = "spendtop";

/// This user's folders. None is created before something is written to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Configuration, keymaps and themes: `~/.config/spendtop`.
    pub config: PathBuf,
    /// Journal and log: `~/.local/state/spendtop`.
    pub state: PathBuf,
    /// What can be asked for again: `~/.cache/spendtop`.
    pub cache: PathBuf,
}

impl Folders {
    /// The folders by `XDG_CONFIG_HOME`, `XDG_STATE_HOME` and the home folder. Without a home
    /// folder, the temporary one.
    pub fn of_user() -> Self {
        Xdg::new().map_or_else(
            |_| {
                let base = std::env::temp_dir().join(NAME);
                Self {
                    config: base.clone(),
                    state: base.clone(),
                    cache: base,
                }
            },
            |xdg| Self {
                config: xdg.config_dir().join(NAME),
                state: xdg.state_dir().unwrap_or_else(|| xdg.data_dir()).join(NAME),
                cache: xdg.cache_dir().join(NAME),
            },
        )
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The journal of actions on accounts.
    pub fn journal(&self) -> PathBuf {
        self.state.join("journal.jsonl")
    }

    /// The journal of actions on the mock: in the temporary folder where the usual one cannot be
    /// written.
    pub fn demo_journal(&self) -> PathBuf {
        if fs::create_dir_all(&self.state).is_ok() {
            self.state.join("demo-journal.jsonl")
        } else {
            std::env::temp_dir().join(format!("{NAME}-{}-journal.jsonl", std::process::id()))
        }
    }

    /// The user's own files of one kind (`keymaps`, `themes`).
    pub fn user_files(&self, kind: &str) -> PathBuf {
        self.config.join(kind)
    }

    /// Rate cards read from AWS.
    pub fn prices(&self) -> PathBuf {
        self.cache.join("prices")
    }

    /// What Cost Explorer answered.
    pub fn bills(&self) -> PathBuf {
        self.cache.join("bills")
    }

    /// What the screen remembers from one run to the next.
    pub fn prefs(&self) -> PathBuf {
        self.state.join("prefs.toml")
    }

    /// Scheduled actions and snoozes.
    pub fn schedules(&self) -> PathBuf {
        self.state.join("schedules.jsonl")
    }

    /// Where logs are kept.
    pub fn logs(&self) -> &Path {
        &self.state
    }
}
