//! What AWS allows: the requests that each pane declares, and operations on EC2 instances.

use super::{Check, State, accounts::Account};
use crate::app::session::ConsoleSession;
use crate::{
    aws::{
        Api, Session, actions,
        probe::{self, Permission, TIMEOUT},
    },
    collectors,
    domain::{Fault, FaultKind, Operation, PaneMeta, SourceScope, text::printable},
    screen::notices::fault_remedies::remedy,
};
use futures_util::{StreamExt, future::join_all, stream};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

/// Requests of one service in one region at the same time.
const AT_ONCE: usize = 5;
/// Regions that are asked at the same time.
const REGIONS_AT_ONCE: usize = 6;
/// Each request for tags, and the one that a pane sends where AWS denies it.
const TAGS: [Api; 2] = [Api::BedrockListTagsForResource, Api::SageMakerListTags];

/// The permission for each request in one region.
type Permissions = BTreeMap<Api, Permission>;

/// The requests that `pane` declares.
fn needs(pane: &PaneMeta) -> impl Iterator<Item = Api> {
    let known = |need: &&'static str| {
        let mut all = Api::ALL.iter().copied();
        all.find(|api| api.iam_action() == *need)
    };
    pane.needs.iter().filter_map(known)
}

/// A line for each pane, or for each group of regions where they differ.
pub(super) async fn panes(account: &Account, sessions: &[Session], until: Instant) -> Vec<Check> {
    let panes = collectors::metas();
    let of = |scope| {
        let panes = panes.iter().filter(move |pane| pane.scope == scope);
        panes.flat_map(needs).collect::<BTreeSet<Api>>()
    };
    let (regional, account_wide) = (of(SourceScope::Region), of(SourceScope::Account));
    let answers = sessions.iter().zip(0..).map(|(session, place)| {
        // Panes of a whole account have one source.
        let more = (place == 0).then_some(&account_wide).into_iter().flatten();
        let apis = regional.iter().chain(more).copied().collect();
        ask_all(session, apis, until)
    });
    let answers = stream::iter(answers.collect::<Vec<_>>());
    let answers: Vec<Permissions> = answers.buffered(REGIONS_AT_ONCE).collect().await;
    let places: Vec<(&Session, &Permissions)> = sessions.iter().zip(&answers).collect();
    panes
        .iter()
        .flat_map(|pane| {
            let places = match pane.scope {
                SourceScope::Account => &places[..places.len().min(1)],
                SourceScope::Region => &places,
            };
            of_pane(account, pane, places)
        })
        .collect()
}

/// Sends the requests of `apis` that have a probe. A service that cannot be reached gets one
/// request.
async fn ask_all(session: &Session, apis: BTreeSet<Api>, until: Instant) -> Permissions {
    let mut services: BTreeMap<&str, Vec<Api>> = BTreeMap::new();
    for api in apis {
        let service = api.iam_action().split(':').next().unwrap_or_default();
        services.entry(service).or_default().push(api);
    }
    let asked = services
        .into_values()
        .map(|apis| ask_service(session, apis, until));
    join_all(asked).await.into_iter().flatten().collect()
}

async fn ask_service(session: &Session, apis: Vec<Api>, until: Instant) -> Vec<(Api, Permission)> {
    let ask = async |api| {
        let answer = tokio::time::timeout_at(until, probe::probe(session, api)).await;
        let late = |_| {
            let message = "not asked: the time for all requests is over";
            Some(Permission::Unknown(Fault::new(
                FaultKind::Timeout,
                api,
                message,
            )))
        };
        Some((api, answer.unwrap_or_else(late)?))
    };
    let mut apis = apis.into_iter();
    let mut answers = Vec::new();
    for api in apis.by_ref() {
        if let Some(first) = ask(api).await {
            answers.push(first);
            break;
        }
    }
    let broken = answers.first().map(|(_, answer)| answer.clone());
    if let Some(answer) = broken.filter(Permission::is_unreachable) {
        answers.extend(apis.map(|api| (api, answer.clone())));
        return answers;
    }
    let rest = stream::iter(apis).map(ask).buffer_unordered(AT_ONCE);
    answers.extend(
        rest.filter_map(async |answer| answer)
            .collect::<Vec<_>>()
            .await,
    );
    answers
}

/// The lines of `pane`: regions with the same outcome share one.
fn of_pane(account: &Account, pane: &PaneMeta, places: &[(&Session, &Permissions)]) -> Vec<Check> {
    let mut outcomes: Vec<(Outcome, Vec<&str>)> = Vec::new();
    for (session, permissions) in places {
        let outcome = Outcome::of(pane, permissions);
        let region = &*session.place.region;
        match outcomes.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, regions)) => regions.push(region),
            None => outcomes.push((outcome, vec![region])),
        }
    }
    let line = |(outcome, regions): (Outcome, Vec<&str>)| {
        let place = match pane.scope {
            SourceScope::Account => account.label(),
            SourceScope::Region => format!("{}, {}", account.label(), regions.join(", ")),
        };
        outcome.check(format!("{} ({place})", pane.id), account.name())
    };
    outcomes.into_iter().map(line).collect()
}

/// The permissions of a pane in a region.
#[derive(Clone, Debug, Default, PartialEq)]
struct Outcome {
    allowed: usize,
    /// Requests that cost money.
    billed: usize,
    denied: Vec<Api>,
    /// Operations that the region does not have.
    missing: Vec<Api>,
    /// The first failure that tells nothing of a permission.
    unknown: Option<Fault>,
}

impl Outcome {
    fn of(pane: &PaneMeta, permissions: &Permissions) -> Self {
        let is_allowed = |api: Api| permissions.get(&api) == Some(&Permission::Allowed);
        let own_tags = || {
            TAGS.into_iter()
                .filter(|api| needs(pane).any(|need| need == *api))
        };
        // The pane reads tags by the one request or by the other.
        let is_spare = |api: Api| match api {
            Api::TagGetResources => own_tags().all(is_allowed),
            api => TAGS.contains(&api) && is_allowed(Api::TagGetResources),
        };
        let mut outcome = Self::default();
        for api in needs(pane) {
            match permissions.get(&api) {
                None => outcome.billed += 1,
                Some(Permission::Allowed) => outcome.allowed += 1,
                Some(Permission::Denied(_)) if is_spare(api) => outcome.allowed += 1,
                Some(Permission::Denied(_)) => outcome.denied.push(api),
                Some(Permission::NotOffered(_)) => outcome.missing.push(api),
                Some(Permission::Unknown(fault)) => {
                    outcome.unknown.get_or_insert_with(|| fault.clone());
                }
            }
        }
        outcome
    }

    fn check(self, subject: String, profile: &str) -> Check {
        let list = |apis: &[Api]| {
            let names: Vec<&str> = apis.iter().map(|api| api.iam_action()).collect();
            names.join(", ")
        };
        let mut parts = Vec::new();
        match self.allowed {
            0 => {}
            1 => parts.push("1 request allowed".to_owned()),
            more => parts.push(format!("{more} requests allowed")),
        }
        if !self.denied.is_empty() {
            parts.push(format!("denied: {}", list(&self.denied)));
        }
        if !self.missing.is_empty() {
            parts.push(format!("not offered here: {}", list(&self.missing)));
        }
        parts.extend(self.unknown.as_ref().map(ToString::to_string));
        if self.billed > 0 {
            parts.push(format!("{} of Cost Explorer, see costs", self.billed));
        }
        let state = if !self.denied.is_empty() || self.unknown.is_some() {
            State::Limited
        } else if self.allowed > 0 {
            State::Ok
        } else if self.missing.is_empty() {
            State::NotAsked
        } else {
            State::Note
        };
        let check = Check::new("permissions", subject, state, parts.join("; "));
        if !self.denied.is_empty() {
            let denied = list(&self.denied);
            return check.with_remedy(format!(
                "Allow {denied}: `spendtop iam-policy` prints the policy."
            ));
        }
        match self.unknown.and_then(|fault| remedy(&fault, profile, &[])) {
            Some(remedy) => check.with_remedy(remedy),
            None => check,
        }
    }
}

/// A line for the operations on EC2 instances, by dry runs on an instance of the first region that
/// has one.
pub(super) async fn operations(
    console: &ConsoleSession,
    account: &Account,
    sessions: &[Session],
    until: Instant,
) -> Vec<Check> {
    let line = |state, detail| vec![Check::new("actions", account.label(), state, detail)];
    let is_locked = console
        .options
        .read_only_profiles()
        .contains(account.name());
    if console.options.read_only || is_locked {
        return line(
            State::Note,
            "read-only: every action is disabled".to_owned(),
        );
    }
    let answers = join_all(sessions.iter().map(probe::find_instance)).await;
    let found = sessions.iter().zip(&answers).find_map(|(session, found)| {
        let id = found.as_ref().ok()?.as_ref()?;
        Some((session, id))
    });
    let Some((session, id)) = found else {
        let fault = answers.iter().find_map(|answer| answer.as_ref().err());
        let why = fault.map_or_else(
            || "no EC2 instance to ask about: a dry run needs one".to_owned(),
            |fault| format!("a dry run needs an instance: {fault}"),
        );
        return line(State::NotAsked, why);
    };
    let until = until.min(Instant::now() + TIMEOUT * 2);
    let runs = actions::dry_run_instance(session, id);
    match tokio::time::timeout_at(until, runs).await {
        Ok(answers) => vec![of_operations(account, &answers)],
        Err(_) => line(State::Limited, "EC2 does not answer dry runs".to_owned()),
    }
}

fn of_operations(account: &Account, answers: &[(Operation, Result<(), Fault>)]) -> Check {
    let (mut allowed, mut denied, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (operation, answer) in answers {
        match Permission::of(answer.clone()) {
            Permission::Allowed => allowed.push(operation.id()),
            Permission::Denied(fault) => denied.push(format!("{operation} ({})", fault.operation)),
            Permission::NotOffered(fault) | Permission::Unknown(fault) => {
                unknown.push(format!("{operation} ({})", fault.kind.word()));
            }
        }
    }
    let parts = [
        ("allowed", allowed.join(", ")),
        ("denied", denied.join(", ")),
        ("no answer", unknown.join(", ")),
    ];
    let parts = parts.iter().filter(|(_, list)| !list.is_empty());
    let parts: Vec<String> = parts
        .map(|(word, list)| format!("{word}: {list}"))
        .collect();
    let detail = format!(
        "dry runs on an EC2 instance: {}; SageMaker and Bedrock have none",
        printable(&parts.join("; "))
    );
    if denied.is_empty() && unknown.is_empty() {
        return Check::new("actions", account.label(), State::Ok, detail);
    }
    let check = Check::new("actions", account.label(), State::Limited, detail);
    if denied.is_empty() {
        return check;
    }
    check.with_remedy(
        "`spendtop iam-policy --actions` prints the policy; --read-only disables actions.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pane_id;

    fn outcome(pane: &str, changed: &[(Api, Permission)]) -> Outcome {
        let panes = collectors::metas();
        let pane = panes.iter().find(|meta| meta.id == pane).unwrap();
        let mut permissions: Permissions =
            needs(pane).map(|api| (api, Permission::Allowed)).collect();
        permissions.extend(changed.iter().cloned());
        Outcome::of(pane, &permissions)
    }

    fn denied(api: Api) -> (Api, Permission) {
        let fault = Fault::new(FaultKind::Denied, api, "AccessDenied");
        (api, Permission::Denied(fault))
    }

    #[test]
    fn one_way_to_read_tags_suffices() {
        let own = denied(Api::BedrockListTagsForResource);
        let many = denied(Api::TagGetResources);
        let check = |changed: &[_]| outcome(pane_id::MODELS, changed).check(String::new(), "");
        assert_eq!(check(std::slice::from_ref(&own)).state, State::Ok);
        assert_eq!(check(std::slice::from_ref(&many)).state, State::Ok);
        let both = check(&[own, many]);
        assert_eq!(both.state, State::Limited);
        assert!(both.remedy.unwrap().contains("bedrock:ListTagsForResource"));
    }

    #[test]
    fn operation_that_a_region_lacks_limits_nothing() {
        let api = Api::BedrockListInferenceProfiles;
        let fault = Fault::new(FaultKind::Unavailable, api, "UnknownOperationException");
        let check = outcome(pane_id::MODELS, &[(api, Permission::NotOffered(fault))]);
        let check = check.check(String::new(), "");
        assert_eq!(check.state, State::Ok);
        assert!(
            check
                .detail
                .contains("not offered here: bedrock:ListInferenceProfiles")
        );
    }
}
