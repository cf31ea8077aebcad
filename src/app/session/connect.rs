//! Connects to AWS after the first frame: sessions, sources and the action backend.

use super::{
    bootstrap::Bootstrap,
    event_loop::{ConnectFuture, Connection},
    metric_files::MetricFiles,
    organization,
};
use crate::app::cli_error::CliError;
use crate::{
    aws::{self, Clock, Session, SessionSet, SessionSettings},
    collectors::{self, Source},
    domain::{Fault, FaultCause, FaultKind, Location, PaneMeta, UNKNOWN_ACCOUNT, text::printable},
    engine::{
        Engine, EngineParts, Journal, WaiterConfig,
        action_backend::AwsBackend,
        config::{Config, EndpointUrl, OrganizationConfig},
        refresh_override::{self, RefreshOverride},
    },
    inventory::Store,
    pricing::Prices,
    screen::{AccountAliases, notices::fault_remedies::remedy},
};
use futures_util::FutureExt;
use std::{collections::BTreeSet, env, path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Options of a connection.
#[derive(Clone)]
pub struct ConnectOptions {
    /// Profiles, regions, endpoint and credentials.
    pub settings: SessionSettings,
    /// The configuration.
    pub config: Config,
    /// Starts the engine without an action backend, so that nothing can be changed.
    pub read_only: bool,
    /// The journal of actions.
    pub journal: Arc<Journal>,
    /// The clock.
    pub clock: Clock,
    /// The prices.
    pub prices: &'static Prices,
    /// Timeouts and intervals of the waiter.
    pub waiter: WaiterConfig,
    /// Cache folder of Cost Explorer answers; `None` disables the cache.
    pub bills: Option<PathBuf>,
    /// The readings of metrics of earlier runs; `None` keeps none.
    pub metrics: Option<MetricFiles>,
    /// Header text in front of the account.
    pub label: String,
    /// Time between two requests to STS for an unknown account.
    pub identity_retry: Duration,
}

/// The usual [`ConnectOptions::identity_retry`].
pub const IDENTITY_RETRY: Duration = Duration::from_mins(1);

/// The options of a console or command, without caches of bills and metrics.
pub(super) fn options(
    bootstrap: &Bootstrap,
    prices: &'static Prices,
    settings: SessionSettings,
    journal: Arc<Journal>,
    clock: Clock,
    label: String,
) -> ConnectOptions {
    let (config, read_only) = (bootstrap.config.clone(), bootstrap.read_only());
    ConnectOptions {
        settings,
        config,
        read_only,
        journal,
        clock,
        prices,
        waiter: WaiterConfig::default(),
        bills: None,
        metrics: None,
        label,
        identity_retry: IDENTITY_RETRY,
    }
}

/// The OS user, recorded in the journal.
pub(super) fn os_user() -> String {
    env::var("USER")
        .or_else(|_| env::var("USERNAME"))
        .unwrap_or_else(|_| "unknown".to_owned())
}

/// Session settings from the command line, then the configuration, then the environment.
pub fn session_settings(bootstrap: &Bootstrap) -> Result<SessionSettings, CliError> {
    let Bootstrap { global, config, .. } = bootstrap;
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
    let mut profiles = deduplicate(profiles);
    let organization = config.organization.as_ref().filter(|organization| {
        let own = organization.management_profile();
        // Other profiles on the command line are the whole run.
        global.profile.is_empty() || profiles.iter().any(|profile| profile == own)
    });
    if let Some(organization) = organization {
        let own = organization.management_profile();
        if profiles.iter().all(|profile| profile != own) {
            profiles.push(own.to_owned());
        }
    }
    Ok(SessionSettings {
        profiles: profiles.into_iter().map(Some).collect(),
        organization: organization.map(OrganizationConfig::settings),
        regions: deduplicate(&regions),
        endpoint_url: endpoint,
        watch: config.watch.budget.0,
        ..SessionSettings::default()
    })
}

/// Removes duplicates, which would count resources twice; keeps the order.
fn deduplicate(words: &[String]) -> Vec<String> {
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
        let panes = collectors::metas();
        let panes = panes.iter().cloned().map(|pane| PaneMeta {
            cadence: refresh_override::cadence(pane.id, pane.cadence, &self.config.refresh),
            ..pane
        });
        let store = Store::new(panes.collect(), self.config.thresholds.clone());
        Arc::new(store.with_discounts(self.config.configured_discounts()))
    }

    /// Opens the sessions and prepares the engine.
    pub fn connect(self) -> ConnectFuture {
        self.open().boxed()
    }

    async fn open(self) -> Result<Connection, Fault> {
        let bills = self.bills.as_deref();
        let opened = organization::open(&self.settings, self.clock.now(), bills).await?;
        let SessionSet { sessions, notes } = opened;
        let reconnect = self.reconnect(&sessions);
        let places: Vec<Location> = sessions
            .iter()
            .map(|session| session.place.clone())
            .collect();
        let aliases = account_aliases(&sessions);
        let title = header_title(&self.label, &places, &aliases);
        let (guards, known_aliases) = (self.config.guards(), aliases.0.clone());
        let store = self.store();
        let empty = store.clone();
        let start = Box::new(move |tx, cancel: &CancellationToken| {
            let sources = self.sources(&sessions);
            if let Some(files) = &self.metrics {
                tokio::spawn(files.clone().keep(cancel.clone()));
            }
            let backend = (!self.read_only).then(|| {
                AwsBackend::new(sessions, self.clock.clone()).without(self.read_only_profiles())
            });
            let Self {
                journal,
                clock,
                waiter,
                ..
            } = self;
            Engine::start(
                EngineParts {
                    sources,
                    backend,
                    journal,
                    store,
                    guards,
                    aliases: known_aliases,
                    clock,
                    waiter,
                    events: tx,
                },
                cancel,
            )
        });
        Ok(Connection {
            title,
            places,
            aliases,
            notes: notes.into_iter().map(|(_, fault)| fault).collect(),
            store: empty,
            start,
            reconnect,
        })
    }

    /// A new connection once STS tells the unknown account of a profile: the keys of its rows have
    /// the account. Asks STS once per `identity_retry`.
    fn reconnect(&self, sessions: &[Session]) -> Option<ConnectFuture> {
        let unknown: BTreeSet<Arc<str>> = sessions
            .iter()
            .filter(|session| session.unidentified.is_some())
            .map(|session| session.place.profile.clone())
            .collect();
        if unknown.is_empty() {
            return None;
        }
        let options = self.clone();
        let retry = async move {
            loop {
                tokio::time::sleep(options.identity_retry).await;
                if !aws::is_any_identified(&options.settings, &unknown).await {
                    continue;
                }
                match options.clone().connect().await {
                    Ok(connection) => return Ok(connection),
                    Err(fault) => tracing::info!(%fault, "not connected again"),
                }
            }
        };
        Some(retry.boxed())
    }

    /// Profiles that no action may use. Includes the unnamed profile if the credentials of the
    /// environment belong to a read-only one.
    pub fn read_only_profiles(&self) -> BTreeSet<Arc<str>> {
        let mut profiles = self.config.read_only_profiles();
        if self.settings.keys.is_none()
            && environment_names_one_of(&profiles, |name| env::var(name).ok())
        {
            profiles.insert("".into());
        }
        profiles
    }

    /// The sources of `sessions`, with the configured refresh intervals.
    pub fn sources(&self, sessions: &[Session]) -> Vec<Box<dyn Source>> {
        if let Some(files) = &self.metrics {
            files.restore(sessions, self.clock.now());
        }
        let owner_tags: Arc<[String]> = self.config.owner_tags.clone().into();
        let spend_settings = self.config.spend_settings(self.bills.clone());
        let mut sources = collectors::sources_with(
            sessions,
            self.prices,
            &self.clock,
            &owner_tags,
            spend_settings,
        );
        if self.settings.organization.is_some() {
            let places: Vec<Location> = sessions.iter().map(|one| one.place.clone()).collect();
            collectors::dearest_first(&mut sources, &places);
        }
        sources
            .into_iter()
            .map(|source| RefreshOverride::wrap(source, &self.config.refresh))
            .collect()
    }
}

/// Whether `AWS_PROFILE`, `AWS_DEFAULT_PROFILE` or `AWS_VAULT` attribute the credentials of the
/// environment to one of `profiles`.
fn environment_names_one_of(
    profiles: &BTreeSet<Arc<str>>,
    variable: impl Fn(&str) -> Option<String>,
) -> bool {
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_VAULT"]
        .iter()
        .any(|name| variable(name).is_some_and(|name| profiles.contains(name.as_str())))
}

/// The aliases of the accounts of `sessions`; accounts without an alias are missing.
pub fn account_aliases(sessions: &[Session]) -> AccountAliases {
    let alias = |session: &Session| Some((session.place.account.clone(), session.alias.clone()?));
    AccountAliases(sessions.iter().filter_map(alias).collect())
}

/// The header text: label, profile and account. The alias precedes the account number unless it
/// equals the profile.
pub fn header_title(label: &str, places: &[Location], aliases: &AccountAliases) -> String {
    let accounts: BTreeSet<&str> = places
        .iter()
        .map(|place| &*place.account)
        .filter(|account| *account != UNKNOWN_ACCOUNT)
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
            let is_profile = aliases
                .of(account)
                .is_some_and(|alias| is_only_profile(&profiles, alias));
            if is_profile {
                AccountAliases::grouped(account)
            } else {
                aliases.name(account)
            }
        })),
        many => words.push(format!("{many} accounts")),
    }
    words.join(" ")
}

fn is_only_profile(profiles: &BTreeSet<&str>, alias: &str) -> bool {
    profiles.len() == 1 && profiles.contains(alias)
}

/// The error for a run that no profile can start; `profiles` are the requested ones.
pub fn credentials_error(fault: &Fault, profiles: &[Option<String>]) -> CliError {
    const ACCOUNT: &str = "Without an account: spendtop demo";
    tracing::warn!(%fault, "cannot start");
    let shown = fault.shown();
    let message = printable(&shown);
    let names: Vec<&str> = profiles.iter().flatten().map(String::as_str).collect();
    let profile = match names.as_slice() {
        [profile] => *profile,
        _ => "",
    };
    let log_in = match profile {
        "" => "aws sso login".to_owned(),
        profile => format!("aws sso login --profile {}", printable(profile)),
    };
    let problem = match fault.cause {
        // The message is a sentence of its own.
        FaultCause::Configuration | FaultCause::MfaRequired => {
            return CliError::unusable(message);
        }
        FaultCause::Other | FaultCause::SessionExpired | FaultCause::UnknownKey => {
            match fault.kind {
                FaultKind::NoCredentials => "no AWS credentials were found",
                FaultKind::BadCredentials => "AWS rejected the credentials",
                _ => return CliError::unusable(format!("{}: {message}", fault.operation)),
            }
        }
        _ => {
            let advice = remedy(fault, profile, &[]).unwrap_or_default();
            return CliError::unusable(format!("{message}. {advice}"));
        }
    };
    // Without any configuration the message only lists the providers that were tried.
    let detail = if message.contains("chain") || message.contains("IMDS") {
        String::new()
    } else {
        format!(" ({message})")
    };
    let scope = if names.is_empty() || names.iter().any(|name| message.contains(name)) {
        String::new()
    } else {
        format!(" for profile {}", printable(&names.join(", ")))
    };
    CliError::unusable(format!(
        "{problem}{scope}{detail}. Name a profile (--profile, AWS_PROFILE) or log in ({log_in}). \
         {ACCOUNT}"
    ))
}

#[cfg(test)]
mod tests;
