//! One row, typed where code branches on it ([`CommonFields`]) and erased where it is only shown (`own`).

use crate::domain::{
    Arn, AvailableAction, CostWindow, Discount, Evidence, Measured, Parent, Reason, ResourceKey,
    Service, State, Tags, Timestamp, UsdPerHour, Value,
    action::operation::{Capability, Observed, Operation},
    money::accrual::accrued,
};
use std::sync::Arc;

/// What computes: a type and how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Compute {
    /// Instance type, or model id for provisioned units.
    pub unit: Arc<str>,
    /// How many are billed now.
    pub count: u32,
    /// How many were asked for.
    pub desired: u32,
}

/// What a row costs per hour, and how the figure came about.
#[derive(Clone, Debug, PartialEq)]
pub enum HourlyCost {
    /// Not billed, because (`stopped`).
    Nothing(Reason),
    /// quantity x unit = rate.
    Priced {
        /// List price per hour of one unit.
        unit: UsdPerHour,
        /// Units billed now.
        quantity: f64,
        /// Where the unit price comes from, with its date: `AWS price list, 2026-07-20`.
        source: Arc<str>,
        /// The price is derived by a documented rule and not read from a list.
        estimate: bool,
    },
    /// Billed, at a price that is not known, because.
    Unpriced(Reason),
}

impl HourlyCost {
    /// The list rate; `None` when unpriced.
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

/// What every row has, typed.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonFields {
    /// Who it is.
    pub key: ResourceKey,
    /// The profile that reaches it; empty for the environment's own credentials.
    pub profile: Arc<str>,
    /// Its name as AWS or its `Name` tag has it (clean it with `text::printable` before showing).
    pub name: Arc<str>,
    /// Its ARN, if it has one.
    pub arn: Option<Arn>,
    /// What it is a part of, where a change of that is a change of it.
    pub parent: Option<Parent>,
    /// Its state.
    pub state: State,
    /// Since when it runs (or was created, where AWS tells no more).
    pub since: Option<Timestamp>,
    /// What computes.
    pub compute: Option<Compute>,
    /// What it costs now, at list.
    pub burn: HourlyCost,
    /// Whose discount applies to it; `None` for what is not billed by the hour.
    pub service: Option<Service>,
    /// What is paid less than list; set by `world` from configuration or Cost Explorer, `None`
    /// where neither knows.
    pub discount: Option<Discount>,
    /// The part of the burn with nothing to show for it; set by `world` from the findings.
    pub waste: Measured<UsdPerHour>,
    /// Whose it is, by its tags.
    pub owner: Option<Arc<str>>,
    /// Its tags.
    pub tags: Measured<Tags>,
    /// The facts findings are judged on.
    pub evidence: Evidence,
    /// What can be done to it.
    pub actions: Vec<AvailableAction>,
    /// When it was read.
    pub seen: Timestamp,
}

impl CommonFields {
    /// What it really costs per hour: list x (1 - discount), or list where no discount is known;
    /// `None` when unpriced.
    pub fn effective(&self) -> Option<UsdPerHour> {
        let list = self.burn.rate()?;
        Some(
            self.discount
                .as_ref()
                .map_or(list, |discount| list * (1.0 - discount.share)),
        )
    }

    /// The effective dollars that accrued in `window`, as if it had run at today's rate since it
    /// started.
    pub fn accrued(&self, window: CostWindow, now: Timestamp) -> Value {
        match (&self.burn, self.effective()) {
            (HourlyCost::Nothing(_), _) => Value::None,
            (_, Some(rate)) => Value::read(&accrued(rate, self.since, window, now), Value::Usd),
            (burn, None) => burn.value(),
        }
    }

    /// The offer of `operation`, or why there is none.
    pub fn capability(&self, operation: Operation) -> Measured<&Capability> {
        self.actions
            .iter()
            .find(|offered| offered.operation == operation)
            .map_or_else(
                || Measured::unknown(format!("{} has no `{operation}`", self.key.kind)),
                |offered| offered.capability.as_ref(),
            )
    }

    /// What `operation` would change as an action expects to find it again: the row, or what it shares
    /// with other rows.
    pub fn observe(&self, operation: Operation) -> Observed {
        match self.capability(operation) {
            Measured::Known(Capability::Scale {
                shared: Some(shared),
                ..
            }) => shared.seen.clone(),
            Measured::Known(capability) => Observed {
                setting: capability.setting(),
                ..self.look()
            },
            Measured::Unknown(_) => self.look(),
        }
    }

    /// The row as an action expects to find it again.
    pub fn look(&self) -> Observed {
        Observed {
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
    /// What code branches on.
    pub head: CommonFields,
    /// The pane's own values, in the order of its own fields.
    pub own: Vec<Value>,
}
