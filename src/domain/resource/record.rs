//! One row of a pane: the common fields, typed, and the pane's own values, erased.

use crate::domain::{
    Arn, AvailableAction, BlastRadius, CostWindow, Discount, Evidence, Measured, Parent, Phase,
    Prepaid, PriceEstimate, Reason, ResourceKey, Service, State, Tags, Timestamp, Usd, UsdPerHour,
    Value,
    action::{Capability, ObservedState, Operation},
    money::accrual::CostHistory,
    time::timestamp::seconds_between,
};
use std::sync::Arc;

/// Instance type, or model unit, and counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Compute {
    /// Instance type, or model id for provisioned units.
    pub unit: Arc<str>,
    /// Count that is billed now.
    pub count: u32,
    /// Desired count.
    pub desired: u32,
}

/// Hourly cost at list price, with its derivation.
#[derive(Clone, Debug, PartialEq)]
pub enum HourlyCost {
    /// Not billed, with the reason (`stopped`).
    Nothing(Reason),
    /// quantity x unit price.
    Priced {
        /// List price per hour of one unit.
        unit: UsdPerHour,
        /// Units billed now.
        quantity: f64,
        /// Source of the unit price, with its date: `AWS price list, 2026-07-20`.
        source: Arc<str>,
        /// The price is derived by a documented rule instead of read from a list.
        estimate: bool,
    },
    /// Billed at an unknown price, with the reason.
    Unpriced(Reason),
}

impl HourlyCost {
    /// List rate; `None` when unpriced.
    pub fn rate(&self) -> Option<UsdPerHour> {
        match self {
            Self::Nothing(_) => Some(UsdPerHour::ZERO),
            Self::Priced { unit, quantity, .. } => Some(*unit * *quantity),
            Self::Unpriced(_) => None,
        }
    }

    /// The rate as a value.
    pub fn value(&self) -> Value {
        match self {
            Self::Unpriced(why) => Value::Unknown(why.clone()),
            other => Value::opt(other.rate(), Value::Rate),
        }
    }
}

/// The fields that every row has.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonFields {
    /// Identity.
    pub key: ResourceKey,
    /// AWS profile it was read with; empty for credentials from the environment.
    pub profile: Arc<str>,
    /// Name from AWS or the `Name` tag; pass it through `text::printable` before showing it.
    pub name: Arc<str>,
    /// ARN, if it has one.
    pub arn: Option<Arn>,
    /// Parent resource, where a change of the parent changes this row.
    pub parent: Option<Parent>,
    /// State.
    pub state: State,
    /// Last start; the creation where AWS reports no start.
    pub since: Option<Timestamp>,
    /// Instance type and counts.
    pub compute: Option<Compute>,
    /// Cost now, at list price.
    pub burn: HourlyCost,
    /// An estimate of the hourly cost where `burn` is unpriced; orders findings, in no sum. Set by
    /// `inventory`, unless the collector knows the parts of the row.
    pub price_estimate: Option<Arc<PriceEstimate>>,
    /// Its cost before the present burn began.
    pub history: CostHistory,
    /// Its prepaid capacity, besides its burn; `None`: none is known.
    pub prepaid: Option<Box<Prepaid>>,
    /// Service whose discount applies; `None` for rows that are not billed by the hour.
    pub service: Option<Service>,
    /// Discount on the list price; set by `inventory` from the configuration or Cost Explorer,
    /// `None` if neither has one.
    pub discount: Option<Discount>,
    /// Wasted part of the cost; set by `inventory` from the findings.
    pub waste: Measured<UsdPerHour>,
    /// Where `waste` is unknown because the price is: the waste that the findings report, at the
    /// nearest known price; zero if no price is near. In no sum. Set by `inventory`.
    pub waste_estimate: Option<UsdPerHour>,
    /// Owner, from the owner tags.
    pub owner: Option<Arc<str>>,
    /// Tags.
    pub tags: Measured<Tags>,
    /// Input of the rules.
    pub evidence: Evidence,
    /// When the metrics in `evidence` were read, if they could not be read again since; `None`:
    /// they are current, or there are none.
    pub as_of: Option<Timestamp>,
    /// When AWS was last asked for the metrics in `evidence`; `None`: there are none.
    pub measured_at: Option<Timestamp>,
    /// The operations on the row, or the reasons why it has none.
    pub actions: Vec<AvailableAction>,
    /// When AWS was read.
    pub read_at: Timestamp,
}

impl CommonFields {
    /// Effective cost per hour: list x (1 - discount), or list where no discount is known; `None`
    /// when unpriced.
    pub fn effective(&self) -> Option<UsdPerHour> {
        Some(self.burn.rate()? * self.paid_share())
    }

    /// The value that orders rows by waste: the known waste plus the estimated one.
    pub fn ranked_waste(&self) -> UsdPerHour {
        self.waste.known().copied().unwrap_or_default() + self.waste_estimate.unwrap_or_default()
    }

    /// Whether it wastes something, at a known price or not.
    pub fn is_wasting(&self) -> bool {
        self.waste_estimate.is_some() || self.waste.known().is_some_and(|waste| waste.0 > 0.0)
    }

    /// Whether all of it was paid for in advance.
    pub fn is_prepaid(&self) -> bool {
        self.prepaid.is_some() && matches!(self.burn, HourlyCost::Nothing(_))
    }

    /// The paid share of a list price: 1 - discount.
    pub fn paid_share(&self) -> f64 {
        self.discount
            .as_ref()
            .map_or(1.0, |discount| 1.0 - discount.share)
    }

    /// When its burn began: at its start, or at the end of the last span of its history.
    pub fn burning_since(&self) -> Option<Timestamp> {
        self.history.end().max(self.since)
    }

    /// The time of the metrics in `evidence`, where they are not current: they could not be read
    /// again since, or the budget of watching leaves them older than 25 minutes.
    pub fn metrics_as_of(&self) -> Option<Timestamp> {
        const OLD: f64 = 1_500.0;
        let slow = |at: &Timestamp| seconds_between(*at, self.read_at) > OLD;
        self.as_of.or_else(|| self.measured_at.filter(slow))
    }

    /// List dollars of `[from, to)`: its history, and its burn since. Unknown without a price or a
    /// start.
    ///
    /// The present burn counts up to `to`, but while readings are fresh only up to the last one: a
    /// machine that was stopped since would have cost less than shown.
    pub fn spent_at_list(&self, from: Timestamp, to: Timestamp) -> Measured<Usd> {
        const FRESH: f64 = 120.0;
        let past = self.history.within(from, to);
        if self.history.is_elsewhere {
            return Measured::Known(past);
        }
        let rate = match &self.burn {
            HourlyCost::Nothing(_) => return Measured::Known(past),
            HourlyCost::Unpriced(why) => return Measured::Unknown(why.clone()),
            HourlyCost::Priced { unit, quantity, .. } => *unit * *quantity,
        };
        let Some(since) = self.burning_since() else {
            return Measured::unknown("AWS does not report its start");
        };
        let is_fresh = (0.0..FRESH).contains(&seconds_between(self.read_at, to));
        let until = if is_fresh { self.read_at } else { to };
        let present = rate.over(seconds_between(since.max(from), until).max(0.0));
        Measured::Known(past + present)
    }

    /// Effective dollars of `window` up to `now`, with the fees of prepaid capacity that fell due;
    /// blank where it cost nothing.
    pub fn accrued(&self, window: CostWindow, now: Timestamp) -> Value {
        let is_billed = !matches!(self.burn, HourlyCost::Nothing(_)) && !self.history.is_elsewhere;
        let has_cost = is_billed || !self.history.spans.is_empty();
        if !has_cost && self.prepaid.is_none() {
            return Value::None;
        }
        let Some(from) = window.start(now).or(self.since) else {
            return Value::Unknown(Reason::new("AWS does not report its start"));
        };
        let due = self
            .prepaid
            .as_ref()
            .map(|prepaid| prepaid.within(from, now));
        let due = match due.unwrap_or(Measured::Known(Usd::ZERO)) {
            Measured::Known(due) => due,
            Measured::Unknown(why) => return Value::Unknown(why),
        };
        Value::read(&self.spent_at_list(from, now), |list| {
            Value::Usd(list * self.paid_share() + due)
        })
    }

    /// The origin of the cost figures: inventory x dated price list, less a discount; or Cost
    /// Explorer.
    pub(super) fn source(&self) -> String {
        match &self.burn {
            _ if self.key.kind.is_billing() => "Cost Explorer".to_owned(),
            HourlyCost::Priced { source, .. } => match &self.discount {
                Some(discount) if discount.share != 0.0 => format!(
                    "live x {source} x {:.4} ({})",
                    1.0 - discount.share,
                    discount.source
                ),
                _ => format!("live x {source}"),
            },
            HourlyCost::Nothing(_) | HourlyCost::Unpriced(_) => match &self.prepaid {
                Some(prepaid) => format!("live x {}", prepaid.source),
                None => "live".to_owned(),
            },
        }
    }

    /// The capability of `operation`, or the reason why the row has none.
    pub fn capability(&self, operation: Operation) -> Measured<&Capability> {
        self.actions
            .iter()
            .find(|offered| offered.operation == operation)
            .map_or_else(
                || Measured::unknown(format!("{} has no `{operation}`", self.key.kind)),
                |offered| offered.capability.as_ref(),
            )
    }

    /// The state that `operation` would change, as an action expects to find it: that of the row,
    /// or of the resource that it shares with other rows.
    pub fn observe(&self, operation: Operation) -> ObservedState {
        match self.capability(operation) {
            Measured::Known(Capability::Count {
                shared: Some(shared),
                ..
            }) => shared.observed.clone(),
            Measured::Known(capability) => ObservedState {
                setting: capability.setting(),
                ..self.observed()
            },
            Measured::Unknown(_) => self.observed(),
        }
    }

    /// Whether a change of `radius`, in its account and region, changes this row.
    pub fn is_covered_by(&self, radius: &BlastRadius) -> bool {
        match (radius, &self.parent) {
            (_, None) => false,
            (
                BlastRadius::Whole(Parent::Endpoint(name)),
                Some(Parent::Endpoint(endpoint) | Parent::Variant { endpoint, .. }),
            ) => name == endpoint,
            // A change of the tuning job does not affect its finished training jobs.
            (BlastRadius::Whole(Parent::Tuning(name)), Some(Parent::Tuning(tuning))) => {
                name == tuning && matches!(self.state.phase, Phase::Running | Phase::Changing)
            }
            (BlastRadius::Whole(whole), Some(parent)) => whole == parent,
            (BlastRadius::Tags(arn), Some(_)) => {
                self.arn.as_ref().is_some_and(|own| own.as_str() == &**arn)
            }
        }
    }

    /// State of the row that an action expects before it runs.
    pub fn observed(&self) -> ObservedState {
        ObservedState {
            state: self.state.clone(),
            count: self.compute.as_ref().map(|compute| compute.count),
            desired: self.compute.as_ref().map(|compute| compute.desired),
            tags: self.tags.known().cloned(),
            scheduled_actions: None,
            setting: None,
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Common fields.
    pub head: CommonFields,
    /// The pane's own values, in the order of its own fields.
    pub own: Vec<Value>,
}
