//! The calls that the mock received, which of them had an effect, and counters of both.

use super::{FaultEffect, simulation::ResourceName};
use crate::domain::Timestamp;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Most calls in the log; older ones are only counted.
const MAX_CALLS: usize = 10_000;

/// One received call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedCall {
    /// When the call arrived, on the mock's clock.
    pub at: Timestamp,
    /// The prefix of its IAM action: `ec2`, `sagemaker`, `cloudwatch`, `ce`.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The account of the caller.
    pub account: String,
    /// The region it was signed for.
    pub region: String,
    /// The resources it names; empty for metrics.
    pub resources: Vec<ResourceName>,
    /// Whether it was an EC2 dry run.
    pub dry_run: bool,
    /// HTTP status of the answer; 0 without an answer.
    pub status: u16,
    /// The planned fault that fired on it.
    pub fault: Option<FaultEffect>,
    /// Whether it changed the simulation or started an action, even if the caller got no answer.
    pub effect: bool,
}

/// Counts of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallCount {
    /// Calls.
    pub requests: u64,
    /// Calls that took effect.
    pub effects: u64,
}

/// The key of a counter: service, operation, account, region, resource (`None` if the call names
/// none), dry run, status.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterKey {
    /// The prefix of its IAM action.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The account of the caller.
    pub account: String,
    /// The region.
    pub region: String,
    /// The resource; a call that names several counts once for each.
    pub resource: Option<ResourceName>,
    /// Whether it was an EC2 dry run.
    pub dry_run: bool,
    /// HTTP status of the answer; 0 without an answer.
    pub status: u16,
}

#[derive(Debug, Default)]
struct LogState {
    calls: VecDeque<LoggedCall>,
    all: CallCount,
    lines: BTreeMap<CounterKey, CallCount>,
}

/// The calls so far.
#[derive(Debug, Default)]
pub struct RequestLog(Mutex<LogState>);

impl RequestLog {
    fn state(&self) -> MutexGuard<'_, LogState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a call.
    pub fn record(&self, call: LoggedCall) {
        let mut state = self.state();
        state.all.add(call.effect);
        let named = call.resources.iter().cloned().map(Some);
        let resources: Vec<Option<ResourceName>> = if call.resources.is_empty() {
            vec![None]
        } else {
            named.collect()
        };
        for resource in resources {
            let LoggedCall {
                service,
                operation,
                account,
                region,
                dry_run,
                status,
                ..
            } = &call;
            let line = CounterKey {
                service,
                operation: operation.clone(),
                account: account.clone(),
                region: region.clone(),
                resource,
                dry_run: *dry_run,
                status: *status,
            };
            state.lines.entry(line).or_default().add(call.effect);
        }
        if state.calls.len() == MAX_CALLS {
            state.calls.pop_front();
        }
        state.calls.push_back(call);
    }

    /// The latest calls, the oldest first.
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.state().calls.iter().cloned().collect()
    }

    /// All calls, and those by service, operation, region, resource and status.
    pub fn counts(&self) -> (CallCount, Vec<(CounterKey, CallCount)>) {
        let state = self.state();
        (
            state.all,
            state
                .lines
                .iter()
                .map(|(line, count)| (line.clone(), *count))
                .collect(),
        )
    }

    /// Clears the call log.
    pub fn clear(&self) {
        *self.state() = LogState::default();
    }
}

impl CallCount {
    fn add(&mut self, effect: bool) {
        self.requests += 1;
        self.effects += u64::from(effect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(operation: &str, resources: &[&str], status: u16, effect: bool) -> LoggedCall {
        let resource = |name: &&str| ResourceName {
            id: (*name).to_owned(),
            name: (*name).to_owned(),
            arn: String::new(),
        };
        LoggedCall {
            at: "2026-11-23T08:30:00Z".parse().unwrap(),
            service: "ec2",
            operation: operation.to_owned(),
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            resources: resources.iter().map(resource).collect(),
            dry_run: false,
            status,
            fault: None,
            effect,
        }
    }

    #[test]
    fn old_calls_leave_the_log_and_stay_counted() {
        let log = RequestLog::default();
        for n in 0..MAX_CALLS + 3 {
            log.record(call(&n.to_string(), &[], 200, false));
        }
        assert_eq!(log.calls().len(), MAX_CALLS);
        assert_eq!(log.calls().first().unwrap().operation, "3");
        assert_eq!(log.counts().0.requests, MAX_CALLS as u64 + 3);
        log.clear();
        assert_eq!(log.counts(), (CallCount::default(), Vec::new()));
    }

    #[test]
    fn effects_are_counted_separately_and_by_row() {
        let log = RequestLog::default();
        log.record(call("StopInstances", &["a", "b"], 200, true));
        log.record(call("StopInstances", &["a"], 403, false));
        log.record(call("StopInstances", &["a"], 0, true));
        let (all, lines) = log.counts();
        assert_eq!(
            all,
            CallCount {
                requests: 3,
                effects: 2
            }
        );
        let of = |id: &str, status| {
            let line = lines.iter().find(|(line, _)| {
                line.status == status
                    && line
                        .resource
                        .as_ref()
                        .is_some_and(|resource| resource.id == id)
            });
            line.map(|(_, count)| (count.requests, count.effects))
        };
        assert_eq!(
            (of("a", 200), of("b", 200), of("a", 403), of("a", 0)),
            (Some((1, 1)), Some((1, 1)), Some((1, 0)), Some((1, 1)))
        );
    }
}
