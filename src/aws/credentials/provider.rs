//! The credentials of one profile as the SDK asks for them at each request.

use super::{CredentialsFault, LoadMode, LoadSettings, load, origin};
use crate::aws::profiles;
use crate::domain::{Fault, FaultCause, FaultKind};
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError, future};
use aws_sdk_sts::config::Credentials;
use futures_util::future::BoxFuture;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::{sync::watch, time::Instant};

/// Shortest interval between two loads.
const LOAD_GAP: Duration = Duration::from_mins(1);
/// Credentials that expire within so long are not used for another request.
const EXPIRY_BUFFER: Duration = Duration::from_secs(10);
/// Credentials with which AWS answered within so long are good: one region that rejects them may be
/// one that is not enabled.
const ACCEPTED: Duration = Duration::from_mins(2);
/// Longest wait of a request for a load under way: less than its own time limit, so that it fails
/// with the reason.
const REQUEST_WAIT: Duration = Duration::from_secs(5);

type LoadResult = Result<Credentials, CredentialsFault>;

/// The credentials of one profile. Clones share them.
#[derive(Clone, Debug)]
pub struct ProfileCredentials(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: LoadSettings,
    state: Mutex<State>,
}

/// The current credentials and the last load.
#[derive(Debug, Default)]
struct State {
    current: Option<Credentials>,
    /// Why the last load brought none.
    failure: Option<CredentialsFault>,
    /// When the last load ended.
    loaded: Option<Instant>,
    /// When AWS's files were changed last, as of that load.
    modified: Vec<Option<SystemTime>>,
    /// AWS rejected the current ones, or the user wants others.
    is_renewal_due: bool,
    /// AWS reported that the current ones have expired: no request uses them.
    is_rejected: bool,
    /// When AWS answered last.
    accepted: Option<Instant>,
    load: Option<LoadUnderWay>,
}

#[derive(Clone, Debug)]
struct LoadUnderWay {
    since: Instant,
    result: watch::Receiver<Option<LoadResult>>,
}

/// The next step of a request for credentials.
enum Step {
    Use(Credentials),
    Fail(CredentialsFault),
    Wait(LoadUnderWay),
    Load,
}

impl State {
    fn step(&self, now: Instant, clock: SystemTime, modified: &[Option<SystemTime>]) -> Step {
        if let Some(load) = &self.load {
            return Step::Wait(load.clone());
        }
        let is_live = |credentials: &&Credentials| {
            credentials
                .expiry()
                .is_none_or(|expiry| expiry > clock + EXPIRY_BUFFER)
        };
        let live = self.current.as_ref().filter(is_live);
        let is_current = !self.is_renewal_due && self.modified == modified;
        if let Some(credentials) = live
            && is_current
        {
            return Step::Use(credentials.clone());
        }
        if self.loaded.is_none_or(|loaded| now - loaded >= LOAD_GAP) {
            return Step::Load;
        }
        match (live, &self.failure) {
            (Some(credentials), _) if !self.is_rejected => Step::Use(credentials.clone()),
            (_, Some(failure)) => Step::Fail(failure.clone()),
            (..) => Step::Fail(CredentialsFault::new(
                FaultKind::BadCredentials,
                FaultCause::CredentialsPending,
                "the credentials have expired; they are read again within a minute",
            )),
        }
    }

    fn finish(&mut self, loaded: &LoadResult, now: Instant, modified: Vec<Option<SystemTime>>) {
        self.load = None;
        self.loaded = Some(now);
        self.modified = modified;
        self.is_renewal_due = false;
        match loaded {
            Ok(credentials) => {
                self.current = Some(credentials.clone());
                self.failure = None;
                self.is_rejected = false;
            }
            // Those at hand are used as long as they are good.
            Err(fault) => self.failure = Some(fault.clone()),
        }
    }
}

impl ProfileCredentials {
    /// The credentials of `settings`, not loaded yet.
    pub fn new(settings: LoadSettings) -> Self {
        Self(Arc::new(Inner {
            settings,
            state: Mutex::default(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let state = self.0.state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads them if they are not at hand; waits as long as it takes.
    pub async fn resolve(&self, mode: LoadMode) -> Result<(), CredentialsFault> {
        let load = match self.next_step() {
            Step::Use(_) => return Ok(()),
            Step::Fail(fault) => return Err(fault),
            Step::Wait(load) => load,
            Step::Load => self.start_load(mode),
        };
        finished(load.result).await.map(drop)
    }

    /// Has them loaded anew at the next request because the user asked for fresh data. It keeps
    /// working credentials with an expiry: a helper would ask for another approval.
    pub fn refresh(&self) {
        let mut state = self.state();
        let is_temporary = state
            .current
            .as_ref()
            .is_some_and(|credentials| credentials.expiry().is_some());
        if !is_temporary || state.is_rejected || state.failure.is_some() {
            state.is_renewal_due = true;
        }
    }

    /// Records the result of a poll that began at `started`: the `faults`, and whether AWS
    /// answered. No request uses expired credentials before a new load; rejected ones are loaded
    /// anew, unless AWS accepts them elsewhere.
    pub fn judge(&self, faults: &[Fault], has_answered: bool, started: std::time::Instant) {
        let mut state = self.state();
        let started = Instant::from_std(started);
        if state.loaded.is_some_and(|loaded| loaded > started) {
            return;
        }
        if has_answered {
            state.accepted = Some(Instant::now());
        }
        for fault in faults {
            match fault.cause {
                FaultCause::SessionExpired => {
                    state.is_renewal_due = true;
                    state.is_rejected = true;
                }
                FaultCause::UnknownKey | FaultCause::Other
                    if fault.kind == FaultKind::BadCredentials =>
                {
                    let is_accepted = state.accepted.is_some_and(|at| at.elapsed() < ACCEPTED);
                    state.is_renewal_due |= !is_accepted;
                }
                _ => {}
            }
        }
    }

    /// The profile whose helper or MFA code the load asks for.
    pub fn asks(&self) -> Option<String> {
        load::asks(&self.0.settings)
    }

    /// The source that a load waits for: `credential_process of profile prod`.
    pub fn description(&self) -> String {
        origin::describe(&self.0.settings)
    }

    /// Where they come from: `keys of profile prod, role arn:aws:iam::111122223333:role/ops`.
    pub fn origin(&self) -> String {
        origin::origin(&self.0.settings)
    }

    /// When the current ones expire; `None` without an end, or if none are loaded.
    pub fn expiry(&self) -> Option<SystemTime> {
        self.state().current.as_ref()?.expiry()
    }

    fn next_step(&self) -> Step {
        // Without the lock: it reads the file system.
        let modified = profiles::modified();
        self.state()
            .step(Instant::now(), SystemTime::now(), &modified)
    }

    /// Starts a load in a task of its own: a request that no longer waits does not end it.
    fn start_load(&self, mode: LoadMode) -> LoadUnderWay {
        let (sender, result) = watch::channel(None);
        let load = LoadUnderWay {
            since: Instant::now(),
            result,
        };
        {
            let mut state = self.state();
            // Another request was faster.
            if let Some(load) = &state.load {
                return load.clone();
            }
            state.load = Some(load.clone());
        }
        let this = self.clone();
        tokio::spawn(async move {
            let modified = profiles::modified();
            let loaded = load::load(&this.0.settings, mode).await;
            if let Err(fault) = &loaded {
                tracing::warn!(%fault, "no credentials");
            }
            this.state().finish(&loaded, Instant::now(), modified);
            // Nobody may be waiting any more.
            drop(sender.send(Some(loaded)));
        });
        load
    }

    /// The credentials for a request of another load. On the heap: a load of a member account's
    /// role waits for one of its profile.
    pub(super) fn current(&self) -> BoxFuture<'_, LoadResult> {
        Box::pin(self.credentials())
    }

    async fn credentials(&self) -> LoadResult {
        let load = match self.next_step() {
            Step::Use(credentials) => return Ok(credentials),
            Step::Fail(fault) => return Err(self.named(fault)),
            Step::Wait(load) => load,
            Step::Load => self.start_load(LoadMode::Detached),
        };
        match tokio::time::timeout(REQUEST_WAIT, finished(load.result)).await {
            Ok(loaded) => loaded,
            Err(_) => Err(CredentialsFault::new(
                FaultKind::BadCredentials,
                FaultCause::CredentialsPending,
                format!(
                    "waiting for {} ({} s)",
                    origin::describe(&self.0.settings),
                    load.since.elapsed().as_secs()
                ),
            )),
        }
    }

    fn named(&self, fault: CredentialsFault) -> CredentialsFault {
        match &self.0.settings.profile {
            Some(profile) if !fault.message.contains(profile.as_str()) => CredentialsFault {
                message: format!("profile {profile}: {}", fault.message).into(),
                ..fault
            },
            _ => fault,
        }
    }
}

async fn finished(mut result: watch::Receiver<Option<LoadResult>>) -> LoadResult {
    let loaded = result.wait_for(Option::is_some).await;
    match loaded.as_deref() {
        Ok(Some(loaded)) => loaded.clone(),
        _ => Err(CredentialsFault::failed(
            "the credentials could not be read",
        )),
    }
}

impl ProvideCredentials for ProfileCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            self.credentials()
                .await
                .map_err(CredentialsError::provider_error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(id: &str, expiry: Option<SystemTime>) -> Credentials {
        Credentials::new(id, "s", None, expiry, "test")
    }

    fn used(step: Step) -> String {
        match step {
            Step::Use(credentials) => credentials.access_key_id().to_owned(),
            Step::Fail(fault) => format!("fail: {fault}"),
            Step::Wait(_) => "wait".to_owned(),
            Step::Load => "load".to_owned(),
        }
    }

    #[test]
    fn credentials_reload_at_most_once_a_minute() {
        let (start, clock) = (Instant::now(), SystemTime::UNIX_EPOCH);
        let old = vec![Some(clock)];
        let new = vec![Some(clock + Duration::from_secs(25))];
        let mut state = State::default();
        assert_eq!(used(state.step(start, clock, &old)), "load");
        state.finish(&Ok(keys("OLD", None)), start, old.clone());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(used(state.step(after(300), clock, &old)), "OLD");
        // A changed file: requests use the old ones until a minute has passed.
        assert_eq!(used(state.step(after(30), clock, &new)), "OLD");
        assert_eq!(used(state.step(after(60), clock, &new)), "load");
        // Rejected as expired: no request uses them.
        state.is_renewal_due = true;
        state.is_rejected = true;
        assert!(used(state.step(after(30), clock, &old)).starts_with("fail: "));
        assert_eq!(used(state.step(after(61), clock, &old)), "load");
        state.finish(&Ok(keys("NEW", None)), after(61), new.clone());
        assert_eq!(used(state.step(after(62), clock, &new)), "NEW");
    }

    #[test]
    fn failed_renewal_keeps_credentials_until_expiry() {
        let (start, clock) = (Instant::now(), SystemTime::UNIX_EPOCH);
        let expiry = clock + Duration::from_mins(10);
        let mut state = State::default();
        state.finish(&Ok(keys("A", Some(expiry))), start, Vec::new());
        state.is_renewal_due = true;
        let failure = CredentialsFault::failed("profile prod: log in");
        state.finish(&Err(failure), start + LOAD_GAP, Vec::new());
        let later = start + LOAD_GAP * 2;
        assert_eq!(used(state.step(later, clock, &[])), "A");
        let expired = expiry - Duration::from_secs(5);
        let soon = start + LOAD_GAP + Duration::from_secs(5);
        assert_eq!(
            used(state.step(soon, expired, &[])),
            "fail: profile prod: log in"
        );
        assert_eq!(used(state.step(later, expired, &[])), "load");
    }
}
