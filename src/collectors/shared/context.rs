//! The context of a pane's collection: session, prices, clock and owner tags.

use crate::collectors::SpendSettings;
use crate::{
    aws::{Clock, Session},
    domain::{
        Arn, AvailableAction, CommonFields, Fault, FaultKind, Location, Measured, Operation,
        ResourceKey, ResourceKind, State, Tags, Timestamp, UNKNOWN_ACCOUNT, UsdPerHour,
        action::Capability, region, resource::tags,
    },
    pricing::Prices,
};
use std::{collections::HashMap, sync::Arc};

/// The most concurrent requests in one region: SageMaker's limits are not published.
pub(crate) const MAX_CONCURRENT: usize = 5;

/// The session, prices, clock and owner tags that a pane collects with.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) session: Session,
    pub(crate) prices: &'static Prices,
    pub(crate) clock: Clock,
    pub(crate) spending: Arc<SpendSettings>,
    owner_tags: Arc<[String]>,
    /// The burn of each item as of the last report.
    pub(crate) burns: Arc<HashMap<Arc<str>, UsdPerHour>>,
}

impl Context {
    /// A context; without `owner_tags` the usual ones are read.
    pub fn new(
        session: &Session,
        prices: &'static Prices,
        clock: &Clock,
        owner_tags: &[String],
    ) -> Self {
        let owner_tags = if owner_tags.is_empty() {
            tags::OWNER_KEYS
                .iter()
                .map(|key| (*key).to_owned())
                .collect()
        } else {
            owner_tags.into()
        };
        Self {
            session: session.clone(),
            prices,
            clock: clock.clone(),
            spending: Arc::default(),
            owner_tags,
            burns: Arc::default(),
        }
    }

    /// With the configured prices and discounts.
    #[must_use]
    pub(crate) fn spending(self, spending: &Arc<SpendSettings>) -> Self {
        Self {
            spending: spending.clone(),
            ..self
        }
    }

    /// The burn of the item `id` as last known; of one without a price a dollar an hour.
    pub(crate) fn burn(&self, id: &str) -> UsdPerHour {
        self.burns.get(id).copied().unwrap_or(UsdPerHour(1.0))
    }

    pub(crate) fn place(&self) -> &Location {
        &self.session.place
    }

    pub(crate) fn region(&self) -> &str {
        &self.session.place.region
    }

    /// The ARN of `resource` of `service` here, where AWS does not say it; `None` until the account
    /// is known.
    pub(crate) fn arn(&self, service: &str, account: Option<&str>, resource: &str) -> Option<Arn> {
        let region = self.region();
        let partition = region::partition(region);
        let account = account.unwrap_or(&self.place().account);
        if account == UNKNOWN_ACCOUNT {
            return None;
        }
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
            .parse()
            .ok()
    }

    /// The owner that `tags` name; `None` without an owner tag.
    pub(crate) fn owner(&self, tags: &Measured<Tags>) -> Option<Arc<str>> {
        tags.known()
            .and_then(|tags| tags::owner(tags, &self.owner_tags))
            .map(Arc::from)
    }

    /// A head with nothing but its identity, state and tags.
    pub(crate) fn head(
        &self,
        kind: ResourceKind,
        id: &Arc<str>,
        name: &Arc<str>,
        state: State,
        tags: &Measured<Tags>,
        read_at: Timestamp,
    ) -> CommonFields {
        CommonFields {
            key: ResourceKey::new(self.place(), kind, id.clone()),
            profile: self.place().profile.clone(),
            name: name.clone(),
            arn: None,
            parent: None,
            state,
            since: None,
            compute: None,
            burn: crate::domain::HourlyCost::Nothing(crate::domain::Reason::new(
                "not billed by the hour",
            )),
            price_estimate: None,
            history: crate::domain::CostHistory::default(),
            prepaid: None,
            service: None,
            discount: None,
            waste: Measured::unknown("not judged yet"),
            waste_estimate: None,
            owner: self.owner(tags),
            tags: tags.clone(),
            evidence: crate::domain::Evidence::None,
            as_of: None,
            measured_at: None,
            actions: Vec::new(),
            read_at,
        }
    }
}

/// An offer made.
pub(crate) fn available(operation: Operation, capability: Capability) -> AvailableAction {
    AvailableAction {
        operation,
        capability: Measured::Known(capability),
    }
}

/// An operation not offered, and why.
pub(crate) fn unavailable(
    operation: Operation,
    why: impl Into<std::borrow::Cow<'static, str>>,
) -> AvailableAction {
    AvailableAction {
        operation,
        capability: Measured::unknown(why),
    }
}

/// Runs `jobs`, at most [`MAX_CONCURRENT`] at a time; answers come in no order.
pub(crate) async fn run_bounded<T: Send, F: Future<Output = T> + Send>(jobs: Vec<F>) -> Vec<T> {
    use futures_util::StreamExt;
    futures_util::stream::iter(jobs)
        .buffer_unordered(MAX_CONCURRENT)
        .collect()
        .await
}

/// Adds `fault` unless the same operation failed in the same way already: one badge, however many
/// resources.
pub(crate) fn push_fault(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults
        .iter()
        .any(|seen| seen.kind == fault.kind && seen.operation == fault.operation)
    {
        faults.push(fault);
    }
}

/// The fault of a list beside the main rows of a pane: reservations, tracking servers, imported
/// models. A region or an emulator that does not have them has none to list, which is no fault.
pub(crate) fn side_list_fault(read: Result<(), Fault>) -> Option<Fault> {
    read.err()
        .filter(|fault| fault.kind != FaultKind::Unavailable)
}

/// How the lists of a pane ended, together.
#[derive(Debug, Default)]
pub(crate) struct ListOutcome {
    has_answer: bool,
    is_refused: bool,
    has_gap: bool,
}

impl ListOutcome {
    /// Adds a list that ended with `faults`; `seen`: it has been read before.
    pub(crate) fn add(&mut self, faults: &[Fault], seen: bool) {
        self.has_answer |= faults.is_empty();
        self.is_refused |= faults.iter().any(is_refusal);
        self.has_gap |= !is_complete(faults, seen);
    }

    /// Whether AWS answered any of them, with a refusal too.
    pub(crate) fn is_answered(&self) -> bool {
        self.has_answer || self.is_refused
    }

    /// Whether the rows are all there is. Where no list has an answer, nothing is known.
    pub(crate) fn is_complete(&self) -> bool {
        self.has_answer && !self.has_gap
    }
}

/// Whether a list that ended with `faults` says all there is of its kind. One that has always been
/// denied, or does not exist on the other side, has no rows that could be missed: it must not keep
/// rows of another kind from leaving the table.
pub(crate) fn is_complete(faults: &[Fault], seen: bool) -> bool {
    faults.is_empty() || (!seen && faults.iter().all(is_refusal))
}

/// Whether AWS answered a list that ended with `faults`, with a refusal too.
pub(crate) fn is_answered(faults: &[Fault]) -> bool {
    faults.is_empty() || faults.iter().any(is_refusal)
}

fn is_refusal(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Denied | FaultKind::Unavailable)
}
