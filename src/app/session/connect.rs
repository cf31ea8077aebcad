//! From settings to a running engine: sessions, sources, hands. Runs after the first frame.

use super::{bootstrap::Bootstrap, event_loop::Connection};
use crate::app::cli_error::CliError;
use crate::{
    aws::{self, Clock, Session, SessionSettings},
    collectors::{self, Source},
    domain::{
        Fault, FaultKind, Location,
        text::{cut, printable},
    },
    engine::{
        Engine, EngineParts, Journal, WaiterConfig,
        action_backend::AwsBackend,
        config::{Config, EndpointUrl},
        refresh_override::RefreshOverride,
    },
    inventory::Store,
    pricing::Prices,
    screen::AccountAliases,
};
use std::{collections::BTreeSet, env, path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

/// What connecting needs to know.
#[derive(Clone)]
pub struct ConnectOptions {
    /// What to open.
    pub settings: SessionSettings,
    /// Owner tags and refresh intervals.
    pub config: Config,
    /// Build no hands.
    pub read_only: bool,
    /// Where actions are recorded.
    pub journal: Arc<Journal>,
    /// The time.
    pub clock: Clock,
    /// What things cost.
    pub prices: &'static Prices,
    /// How actions are followed.
    pub pace: WaiterConfig,
    /// The folder that Cost Explorer's answers are kept in; `None`: none are kept.
    pub bills: Option<PathBuf>,
    /// Stands before the account in the header.
    pub label: String,
}

/// What to open on AWS, by command line, then configuration, then environment.
pub fn settings(start: &Bootstrap) -> Result<SessionSettings, CliError> {
    let Bootstrap { global, config, .. } = start;
    let endpoint = match &global.endpoint_url {
        Some(url) => Some(
            EndpointUrl::try_from(url.clone())
                .map_err(CliError::unusable)?
                .0,
        ),
        None => config
            .endpoint_url
            .as_ref()
            .map(|endpoint| endpoint.0.clone()),
    };
    let profiles = if global.profile.is_empty() {
        &config.profiles
    } else {
        &global.profile
    };
    let regions = if global.region.is_empty() {
        config
            .regions
            .iter()
            .map(|region| region.0.clone())
            .collect()
    } else {
        global.region.clone()
    };
    Ok(SessionSettings {
        profiles: unique(profiles).into_iter().map(Some).collect(),
        regions: unique(&regions),
        endpoint_url: endpoint,
        ..SessionSettings::default()
    })
}

/// Whether Cost Explorer is somebody's own on this machine: that costs nothing to ask, and another
/// world may answer next time.
pub fn asks_here(settings: &SessionSettings) -> bool {
    let variable = |name: &str| env::var(name).ok().filter(|url| !url.is_empty());
    let named = settings.endpoint_url.clone();
    let named = named
        .or_else(|| variable("AWS_ENDPOINT_URL_COST_EXPLORER"))
        .or_else(|| variable("AWS_ENDPOINT_URL"));
    named.is_some_and(|url| is_here(&url))
}

fn is_here(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    host.starts_with("[::1]")
        || ["localhost", "127."]
            .iter()
            .any(|here| host.starts_with(here))
}

/// Each once, in order: twice the same place would be counted twice.
fn unique(words: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words
        .iter()
        .filter(|word| seen.insert(word.as_str()))
        .cloned()
        .collect()
}

impl ConnectOptions {
    /// An empty store with the thresholds and discounts of the configuration.
    pub fn store(&self) -> Arc<Store> {
        let store = Store::new(collectors::metas(), self.config.thresholds.clone());
        Arc::new(store.with_discounts(self.config.own_discounts()))
    }

    /// Opens sessions and gets everything ready to start.
    pub async fn connect(self) -> Result<Connection, Fault> {
        let sessions = aws::sessions(&self.settings).await?;
        let places: Vec<Location> = sessions
            .iter()
            .map(|session| session.place.clone())
            .collect();
        let aliases = aliases(&sessions);
        let title = title(&self.label, &places, &aliases);
        let start = Box::new(move |tx, cancel: &CancellationToken| {
            let sources = self.sources(&sessions);
            let store = self.store();
            let hands = (!self.read_only)
                .then(|| AwsBackend::new(sessions, self.clock.clone()).without(self.locked()));
            let Self {
                journal,
                clock,
                pace,
                ..
            } = self;
            Engine::start(
                EngineParts {
                    sources,
                    hands,
                    journal,
                    store,
                    clock,
                    pace,
                    tx,
                },
                cancel,
            )
        });
        Ok(Connection {
            title,
            places,
            aliases,
            start,
        })
    }

    /// The profiles that nothing is changed through.
    pub fn locked(&self) -> BTreeSet<Arc<str>> {
        let mut locked = self.config.locked();
        if self.settings.keys.is_none() && names_one_of(&locked, |name| env::var(name).ok()) {
            locked.insert("".into());
        }
        locked
    }

    /// The sources of `sessions`, at the configured cadence.
    pub fn sources(&self, sessions: &[Session]) -> Vec<Box<dyn Source>> {
        let owner_keys: Arc<[String]> = self.config.owner_keys.clone().into();
        let spending = self.config.spending(self.bills.clone());
        let sources =
            collectors::sources_with(sessions, self.prices, &self.clock, &owner_keys, spending);
        sources
            .into_iter()
            .map(|source| RefreshOverride::wrap(source, &self.config.refresh))
            .collect()
    }
}

/// Whether keys in the environment were put there for one of `profiles`, as those who put them
/// there say.
fn names_one_of(profiles: &BTreeSet<Arc<str>>, variable: impl Fn(&str) -> Option<String>) -> bool {
    ["AWS_PROFILE", "AWS_VAULT"]
        .iter()
        .any(|name| variable(name).is_some_and(|name| profiles.contains(name.as_str())))
}

/// What the accounts of `sessions` are called, where they have a name.
pub fn aliases(sessions: &[Session]) -> AccountAliases {
    let named = |session: &Session| Some((session.place.account.clone(), session.alias.clone()?));
    AccountAliases(sessions.iter().filter_map(named).collect())
}

/// Label, profile and account, for the header. An alias stands before the number, unless the
/// profile says it already.
pub fn title(label: &str, places: &[Location], aliases: &AccountAliases) -> String {
    let accounts: BTreeSet<&str> = places
        .iter()
        .map(|place| &*place.account)
        .filter(|account| *account != "-")
        .collect();
    let profiles: BTreeSet<&str> = places
        .iter()
        .map(|place| &*place.profile)
        .filter(|profile| !profile.is_empty())
        .collect();
    let mut words: Vec<String> = Vec::new();
    if !label.is_empty() {
        words.push(label.to_owned());
    }
    match profiles.len() {
        0 => {}
        1 => words.extend(profiles.iter().map(|profile| (*profile).to_owned())),
        many => words.push(format!("{many} profiles")),
    }
    match accounts.len() {
        0 => {}
        1 => words.extend(accounts.iter().map(|account| {
            let said = aliases
                .of(account)
                .is_some_and(|alias| words_say(&profiles, alias));
            if said {
                AccountAliases::grouped(account)
            } else {
                aliases.name(account)
            }
        })),
        many => words.push(format!("{many} accounts")),
    }
    words.join(" ")
}

fn words_say(profiles: &BTreeSet<&str>, alias: &str) -> bool {
    profiles.len() == 1 && profiles.contains(alias)
}

/// Columns of AWS's own words in that sentence.
const WORDS: usize = 160;

/// The sentence for a console that has nothing to connect with.
pub fn no_credentials(fault: &Fault, profiles: &[Option<String>]) -> CliError {
    tracing::warn!(%fault, "no credentials");
    let words = printable(&fault.message);
    // Where nothing is set up there is only a list of everything that was tried.
    let detail = if words.contains("chain") || words.contains("IMDS") {
        String::new()
    } else {
        format!(" ({})", cut(&words, WORDS))
    };
    let what = if fault.kind == FaultKind::NoCredentials {
        "no AWS credentials were found"
    } else {
        "AWS does not take these credentials"
    };
    let named: Vec<&str> = profiles.iter().flatten().map(String::as_str).collect();
    let of = if named.is_empty() {
        String::new()
    } else {
        format!(" for profile {}", printable(&named.join(", ")))
    };
    CliError::unusable(format!(
        "{what}{of}{detail}. Name a profile (--profile, AWS_PROFILE) or log in (aws sso login); to try it without an account: spendtop demo"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(profile: &str, account: &str) -> Location {
        Location {
            profile: profile.into(),
            account: account.into(),
            region: "us-east-1".into(),
        }
    }

    #[test]
    fn the_title_names_one_account_and_counts_more() {
        let (prod, dev, dark) = (
            place("ml-prod", "111122223333"),
            place("ml-dev", "444455556666"),
            place("", "-"),
        );
        let aliases = AccountAliases([("111122223333".into(), "ml-prod".into())].into());
        for (label, places, expected) in [
            (
                "",
                vec![prod.clone(), prod.clone()],
                "ml-prod 1111-2222-3333",
            ),
            (
                "",
                vec![place("p", "111122223333")],
                "p ml-prod 1111-2222-3333",
            ),
            ("", vec![prod.clone(), dev], "2 profiles 2 accounts"),
            ("", vec![dark], ""),
            (
                "demo",
                vec![place("", "111122223333")],
                "demo ml-prod 1111-2222-3333",
            ),
            (
                "demo",
                vec![place("", "444455556666")],
                "demo 4444-5555-6666",
            ),
        ] {
            assert_eq!(title(label, &places, &aliases), expected);
        }
    }

    #[test]
    fn keys_in_the_environment_are_locked_with_the_profile_they_are_said_to_be_of() {
        let locked: BTreeSet<Arc<str>> = ["ml-prod".into()].into();
        for (name, value, expected) in [
            ("AWS_PROFILE", "ml-prod", true),
            ("AWS_VAULT", "ml-prod", true),
            ("AWS_PROFILE", "ml-dev", false),
            ("AWS_REGION", "ml-prod", false),
        ] {
            assert_eq!(
                names_one_of(&locked, |asked| (asked == name).then(|| value.to_owned())),
                expected,
                "{name} {value}"
            );
        }
    }

    #[test]
    fn the_sentence_says_how_to_go_on() {
        let fault = Fault::new(
            FaultKind::NoCredentials,
            "sts:GetCallerIdentity",
            "no providers in chain provided credentials",
        );
        let failure = no_credentials(&fault, &[Some("nope".into())]);
        assert!(
            failure
                .message
                .starts_with("no AWS credentials were found for profile nope. "),
            "{failure}"
        );
        assert!(failure.message.ends_with("spendtop demo"));
        assert_eq!((failure.code, failure.message.lines().count()), (2, 1));
    }
}
