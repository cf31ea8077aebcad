//! A [`Plan`] freezes the changes that a request makes on some rows; its confirmation makes it a
//! [`ConfirmedPlan`], which is valid for a short time.

use super::schedule::{ScheduleMismatch, ScheduledPlan};
use crate::domain::{
    ActionRequest, ApiCall, CommonFields, Controller, ExpectedState, HourlyCost, Input,
    ObservedState, Operation, Reason, Record, Replacement, ResourceKey, Timestamp, UsdPerHour,
    time::timestamp::seconds_between,
};
use std::{fmt, sync::Arc};

/// Seconds for which a plan can be confirmed; after that it must be made again.
pub const PLAN_LIFE: f64 = 120.0;

/// A plan's name in journal and toasts: the second it was made in and a sequence number.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct PlanId(pub Arc<str>);

impl PlanId {
    /// Plan `number`, made at `made`. A run starts at a random number, so that no two runs share a
    /// plan name.
    pub fn new(made: Timestamp, number: u64) -> Self {
        Self(format!("{}-{number:x}", made.strftime("%Y%m%dT%H%M%SZ")).into())
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One resource of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The resource.
    pub key: ResourceKey,
    /// The profile that reaches it.
    pub profile: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// Owner by tags.
    pub owner: Option<Arc<str>>,
    /// Its hourly cost when the plan was made.
    pub burn: HourlyCost,
    /// List dollars per hour saved (negative: added); `None` when unpriced.
    pub saves: Option<UsdPerHour>,
    /// Hours until the resource ends by itself; `None`: it does not.
    pub hours_left: Option<f64>,
    /// The request.
    pub request: ActionRequest,
    /// The API call.
    pub call: ApiCall,
    /// The state of the resource when the plan was made.
    pub observed: ObservedState,
    /// The state expected after the call.
    pub expected: ExpectedState,
    /// Warnings for the confirm dialog.
    pub warnings: Vec<Reason>,
}

impl Target {
    /// The controller that may replace the machine if the call stops or terminates it: the waiter
    /// watches it after the call, and no saving is claimed before.
    pub fn controller(&self) -> Option<Controller> {
        let ends = matches!(self.call, ApiCall::Stop(_) | ApiCall::Terminate(_));
        self.call.instance().filter(|_| ends)?;
        Controller::find(self.observed.tags.as_ref()?)
            .filter(|controller| controller.replacement != Replacement::Never)
    }

    /// Its name in one printable line, or its id where it has none.
    pub fn display_name(&self) -> Arc<str> {
        let name = crate::domain::text::line(&self.name);
        let name = name.trim();
        if name.is_empty() {
            self.key.id.clone()
        } else {
            name.into()
        }
    }
}

/// A resource that the user requested and the plan leaves out.
#[derive(Clone, Debug, PartialEq)]
pub struct SkippedTarget {
    /// The resource.
    pub key: ResourceKey,
    /// Name.
    pub name: Arc<str>,
    /// The reason.
    pub why: Reason,
}

/// All changes of an operation, complete before the user is asked to confirm.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// The operation.
    pub operation: Operation,
    /// When it was made.
    pub made: Timestamp,
    /// The changes, one per resource.
    pub targets: Vec<Target>,
    /// The resources left out, with the reasons.
    pub skipped: Vec<SkippedTarget>,
    /// The confirmation that the plan requires.
    pub confirm_level: ConfirmLevel,
    /// Why the plan requires it: the guards' reasons, for the dialog.
    pub confirm_reasons: Vec<Reason>,
    /// The finding that led to the request.
    pub reason: Option<Arc<str>>,
    /// The plan that this one undoes.
    pub undoes: Option<PlanId>,
}

/// The required confirmation, the mildest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfirmLevel {
    /// A yes.
    Yes,
    /// Exactly this text, typed.
    Type(Arc<str>),
    /// The account of the targets, typed.
    Account {
        /// Twelve digits; dashes between them are ignored.
        id: Arc<str>,
        /// Its alias, which is accepted too.
        alias: Option<Arc<str>>,
    },
}

/// The answer of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationAnswer<'a> {
    /// A key that means yes.
    Yes,
    /// A typed text.
    Typed(&'a str),
}

impl ConfirmLevel {
    /// Whether `answer` satisfies the level.
    pub fn is_met_by(&self, answer: ConfirmationAnswer<'_>) -> bool {
        match (self, answer) {
            (Self::Yes, _) => true,
            (Self::Type(wanted), ConfirmationAnswer::Typed(typed)) => typed.trim() == &**wanted,
            (Self::Account { id, alias }, ConfirmationAnswer::Typed(typed)) => {
                let typed = typed.trim();
                let digits = || typed.chars().filter(|c| *c != '-').eq(id.chars());
                !typed.is_empty() && (digits() || alias.as_deref() == Some(typed))
            }
            (Self::Type(_) | Self::Account { .. }, ConfirmationAnswer::Yes) => false,
        }
    }

    /// The text to type, as a prompt shows it: `ranker-v3`, `111122223333 or acme-prod`; `None` if
    /// a key suffices.
    pub fn text_to_type(&self) -> Option<Arc<str>> {
        match self {
            Self::Yes => None,
            Self::Type(text)
            | Self::Account {
                id: text,
                alias: None,
            } => Some(text.clone()),
            Self::Account {
                id,
                alias: Some(alias),
            } => Some(format!("{id} or {alias}").into()),
        }
    }

    /// The rank of the level.
    fn weight(&self) -> u8 {
        match self {
            Self::Yes => 0,
            Self::Type(_) => 1,
            Self::Account { .. } => 2,
        }
    }
}

/// A plan that was confirmed in time. Only [`Plan::confirm`] and
/// [`Plan::confirm_as_scheduled`] make one.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfirmedPlan {
    plan: Plan,
    /// When it was confirmed.
    at: Timestamp,
}

/// Why a plan was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// The plan has expired.
    #[error("The plan expired after {PLAN_LIFE} seconds.")]
    Expired,
    /// The typed text differs.
    #[error("The typed text does not match.")]
    NotTyped,
}

impl Plan {
    /// The plan of `request` on `records`, as of `now`. Rows that do not support it, or are already
    /// in the requested state, are skipped with the reason.
    pub fn new(id: PlanId, request: &ActionRequest, records: &[&Record], now: Timestamp) -> Self {
        let requests: Vec<(&Record, &ActionRequest)> =
            records.iter().map(|record| (*record, request)).collect();
        Self::each(id, request.operation, &requests, now)
    }

    /// As [`Plan::new`], with a request for each record. A request of another operation is skipped.
    pub fn each(
        id: PlanId,
        operation: Operation,
        requests: &[(&Record, &ActionRequest)],
        now: Timestamp,
    ) -> Self {
        let mut plan = Self {
            id,
            operation,
            made: now,
            targets: Vec::new(),
            skipped: Vec::new(),
            confirm_level: ConfirmLevel::Yes,
            confirm_reasons: Vec::new(),
            reason: None,
            undoes: None,
        };
        for (record, request) in requests {
            if let Err(why) = plan.add(&record.head, request) {
                plan.skipped.push(SkippedTarget {
                    key: record.head.key.clone(),
                    name: record.head.name.clone(),
                    why,
                });
            }
        }
        if plan.operation.definition().is_irreversible {
            plan.confirm_level = ConfirmLevel::Type(plan.name());
        }
        plan
    }

    /// Adds a target; the error says why it is skipped.
    fn add(&mut self, head: &CommonFields, request: &ActionRequest) -> Result<(), Reason> {
        let operation = self.operation;
        if request.operation != operation {
            let why = format!("{} is not {operation}", request.operation);
            return Err(Reason::new(why));
        }
        let action = request.resolve(head)?;
        if let Some(why) = self.same_change(head, &action.call, action.saves) {
            return Err(why);
        }
        self.targets.push(Target {
            key: head.key.clone(),
            profile: head.profile.clone(),
            name: action.call.target_name().unwrap_or(&head.name).clone(),
            owner: head.owner.clone(),
            burn: head.burn.clone(),
            saves: action.saves,
            hours_left: head.evidence.hours_left(),
            request: request.clone(),
            call: action.call,
            observed: match &request.input {
                Input::Restore(restore) => restore.left(head.observe(operation)),
                _ => head.observe(operation),
            },
            expected: action.expected,
            warnings: action.warnings,
        });
        Ok(())
    }

    /// Why `call` is skipped for `head`: the call of another target makes the same change. That
    /// target then saves what this row would.
    fn same_change(
        &mut self,
        head: &CommonFields,
        call: &ApiCall,
        saves: Option<UsdPerHour>,
    ) -> Option<Reason> {
        let here = |target: &&mut Target| {
            target.key.account == head.key.account && target.key.region == head.key.region
        };
        let first = self
            .targets
            .iter_mut()
            .filter(here)
            .find(|target| target.call.is_same_change(call))?;
        if call.target_name().is_some() {
            first.saves = first.saves.zip(saves).map(|(here, there)| here + there);
        }
        Some(Reason::new(format!(
            "{} as {}",
            call.shared_noun(),
            first.key.id
        )))
    }

    /// Skips each target for which `why` returns a reason.
    pub fn skip(&mut self, mut why: impl FnMut(&Target) -> Option<Reason>) {
        let (skipped, before) = (&mut self.skipped, self.targets.len());
        self.targets.retain(|target| {
            let why = why(target);
            let stays = why.is_none();
            skipped.extend(why.map(|why| SkippedTarget {
                key: target.key.clone(),
                name: target.name.clone(),
                why,
            }));
            stays
        });
        if before != self.targets.len() && matches!(self.confirm_level, ConfirmLevel::Type(_)) {
            self.confirm_level = ConfirmLevel::Type(self.name());
        }
    }

    /// Raises the confirm level to at least `demand`, because of `why`; never lowers it.
    pub fn escalate(&mut self, confirm_level: ConfirmLevel, why: Reason) {
        if confirm_level.weight() > self.confirm_level.weight() {
            self.confirm_level = confirm_level;
            self.confirm_reasons.clear();
        } else if confirm_level.weight() < self.confirm_level.weight() {
            return;
        }
        if !self.confirm_reasons.contains(&why) {
            self.confirm_reasons.push(why);
        }
    }

    /// The text that a person types to confirm exactly this plan: the name of its one target, or
    /// `stop 14 resources`.
    pub fn name(&self) -> Arc<str> {
        match self.targets.as_slice() {
            [one] => one.display_name(),
            many => format!("{} {} resources", self.operation, many.len()).into(),
        }
    }

    /// Confirms the plan with the answer given at `now`.
    pub fn confirm(
        self,
        answer: ConfirmationAnswer<'_>,
        now: Timestamp,
    ) -> Result<ConfirmedPlan, ConfirmError> {
        if seconds_between(self.made, now) > PLAN_LIFE {
            Err(ConfirmError::Expired)
        } else if !self.confirm_level.is_met_by(answer) {
            Err(ConfirmError::NotTyped)
        } else {
            Ok(ConfirmedPlan {
                plan: self,
                at: now,
            })
        }
    }

    /// Confirms this plan, made when it is due, if it is the scheduled one: without a dialog.
    pub fn confirm_as_scheduled(
        self,
        agreed: &[ScheduledPlan],
        now: Timestamp,
    ) -> Result<ConfirmedPlan, ScheduleMismatch> {
        self.check_scheduled(agreed, now)?;
        Ok(ConfirmedPlan {
            plan: self,
            at: now,
        })
    }
}

impl ConfirmedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
    /// When it was answered.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}
