//! The answers of Cost Explorer and Budgets, as plain data: the content of the file on disk, and
//! the source of the lines.

use crate::{
    collectors::shared::part::{Part, PartFault},
    domain::{Currency, Fault, Service, Timestamp},
};
use serde::{Deserialize, Serialize};

/// Everything that is known of an account's bill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct BillingData {
    /// AI/ML lines: the last that were read.
    pub lines: Part<BillLines>,
    /// Why the last look brought no lines.
    pub stale: Option<PartFault>,
    /// Dollars by value of a tag, a day each; by tag key.
    pub tags: Vec<(String, Part<Vec<GroupSlice>>)>,
    /// Dollars by linked account, a day each, and the accounts' names.
    pub accounts: Part<AccountCosts>,
    /// Dollars of Bedrock by model, a day each.
    pub models: Part<Vec<GroupSlice>>,
    /// When the next request for models is due, which Cost Explorer did not have; 0: it has them.
    pub models_refused_until: i64,
    /// Dollars by service, an hour each.
    pub hours: Part<Vec<GroupSlice>>,
    /// From today to the end of the month.
    pub forecast: Part<CostForecast>,
    /// How far all Savings Plans together are used; `None` inside where there is none.
    pub plan_use: Part<Option<CommitmentUse>>,
    /// Fraction of each service's usage that Savings Plans cover.
    pub plan_coverage: Part<Vec<(String, Option<f64>)>>,
    /// How far the reserved instances are used; `None` inside where there is none.
    pub reservation_use: Part<Option<CommitmentUse>>,
    /// Fraction of the instance hours that reservations cover.
    pub reservation_coverage: Part<Option<f64>>,
    /// Monthly cost budgets of AWS Budgets.
    pub budgets: Part<Vec<BudgetData>>,
    /// Until when Cost Explorer is not asked for list prices again, which it refused; 0: it has not
    /// refused.
    pub list_refused_until: i64,
}

/// Dollars by service and usage type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct BillLines {
    /// One usage type on one day each.
    pub lines: Vec<UsageLine>,
    /// Instances by usage type and operation, the last days only: which of them run Linux. `None`
    /// where Cost Explorer did not say.
    pub operations: Option<Vec<UsageLine>>,
    /// Lines beside AI/ML that belong to it in part.
    #[serde(default)]
    pub related: Vec<UsageLine>,
    /// Currency of the amounts; empty for dollars.
    pub currency: String,
    /// Pages read and the end of the last whole day of them, where there were more.
    pub cut: Option<(usize, i64)>,
}

/// Dollars by linked account, a day each, and the accounts' names.
pub(super) type AccountCosts = (Vec<GroupSlice>, Vec<(String, String)>);

impl BillLines {
    /// The currency of the amounts.
    pub(super) fn currency(&self) -> Currency {
        Currency::parse(&self.currency).unwrap_or_default()
    }
}

/// One usage type on one day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct UsageLine {
    /// Beginning of the day, in seconds since the epoch.
    pub day: i64,
    /// Cost Explorer's `SERVICE`.
    pub service: String,
    /// Cost Explorer's `USAGE_TYPE`; empty for all that was not read by usage type.
    pub usage: String,
    /// Cost Explorer's `OPERATION`; empty where it was not a group.
    pub operation: String,
    /// Net amortized.
    pub usd: f64,
    /// Net unblended; `None` where it was not read.
    #[serde(default)]
    pub billed: Option<f64>,
    /// `UsageQuantity`, in the usage type's own unit.
    pub quantity: f64,
    /// At list, as Cost Explorer has it.
    pub list: Option<f64>,
}

/// One value of a group in one step of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct GroupSlice {
    /// Beginning of the step, in seconds since the epoch.
    pub at: i64,
    /// The group's value.
    pub key: String,
    /// Net amortized.
    pub usd: f64,
}

/// Cost Explorer's forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CostForecast {
    /// Mean.
    pub mean: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Utilization of Savings Plans or reservations over the last seven days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CommitmentUse {
    /// Fraction of the commitment that is used.
    pub used: Option<f64>,
    /// Dollars an hour committed to and not used.
    pub unused: Option<f64>,
}

/// A budget of AWS Budgets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BudgetData {
    /// Its name.
    pub name: String,
    /// The limit of this month.
    pub limit: f64,
    /// The actual spend.
    pub spent: f64,
    /// The spend that AWS forecasts for the whole month.
    pub forecast: Option<f64>,
    /// Services it is filtered by; empty for all.
    pub services: Vec<String>,
    /// Currency of the amounts; empty for dollars.
    pub currency: String,
}

impl BillingData {
    /// The time of the request for the lines.
    pub(super) fn at(&self) -> Timestamp {
        Timestamp::from_second(self.lines.asked).unwrap_or_default()
    }

    /// The lines; empty if there are none.
    pub(super) fn lines(&self) -> &[UsageLine] {
        self.lines.known().map_or(&[], |known| &known.lines)
    }

    /// The currency of the bill.
    pub(super) fn currency(&self) -> Currency {
        self.lines
            .known()
            .map_or(Currency::USD, BillLines::currency)
    }

    /// Dollars by value of the tag `key`.
    pub(super) fn tag(&self, key: &str) -> Option<&Part<Vec<GroupSlice>>> {
        self.tags
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, part)| part)
    }

    /// Whether anything may be asked at `now`; shares by the tag keys of `showback`.
    pub(super) fn is_due(&self, now: Timestamp, showback: &[String]) -> bool {
        let tag = |key: &String| self.tag(key).is_none_or(|part| part.is_due(now));
        self.lines.is_due(now)
            || self.budgets.is_due(now)
            || !self.lines().is_empty()
                && (showback.iter().any(tag)
                    || self.accounts.is_due(now)
                    || self.are_models_due(now)
                    || self.hours.is_due(now)
                    || self.forecast.is_due(now)
                    || self.plan_use.is_due(now)
                    || self.reservation_use.is_due(now)
                    || self.has_plans() && self.plan_coverage.is_due(now)
                    || self.has_reservations() && self.reservation_coverage.is_due(now))
    }

    /// Whether the bill has Bedrock, and Cost Explorer may tell its models.
    pub(super) fn are_models_due(&self, now: Timestamp) -> bool {
        let is_bedrock = |line: &UsageLine| {
            Service::of_line(&line.service, &line.usage) == Some(Service::Bedrock)
        };
        self.models_refused_until <= now.as_second()
            && self.models.is_due(now)
            && self.lines().iter().any(is_bedrock)
    }

    /// Whether the account uses Savings Plans, its own or shared ones.
    pub(super) fn has_plans(&self) -> bool {
        matches!(self.plan_use.known(), Some(Some(_)))
    }

    /// Whether the account has reserved instances.
    pub(super) fn has_reservations(&self) -> bool {
        matches!(self.reservation_use.known(), Some(Some(_)))
    }

    /// For each part the answer to the later request.
    #[must_use]
    pub(super) fn merge(self, other: Self) -> Self {
        let mut tags = self.tags;
        for (key, part) in other.tags {
            match tags.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = std::mem::take(known).newer(part),
                None => tags.push((key, part)),
            }
        }
        Self {
            stale: if other.lines.until > self.lines.until {
                other.stale
            } else {
                self.stale
            },
            lines: self.lines.newer(other.lines),
            tags,
            accounts: self.accounts.newer(other.accounts),
            models: self.models.newer(other.models),
            models_refused_until: self.models_refused_until.max(other.models_refused_until),
            hours: self.hours.newer(other.hours),
            forecast: self.forecast.newer(other.forecast),
            plan_use: self.plan_use.newer(other.plan_use),
            plan_coverage: self.plan_coverage.newer(other.plan_coverage),
            reservation_use: self.reservation_use.newer(other.reservation_use),
            reservation_coverage: self.reservation_coverage.newer(other.reservation_coverage),
            budgets: self.budgets.newer(other.budgets),
            list_refused_until: self.list_refused_until.max(other.list_refused_until),
        }
    }

    /// Forgets the denials of another identity.
    pub(super) fn forget_denials(&mut self) {
        self.lines.forget_denial();
        self.accounts.forget_denial();
        self.models.forget_denial();
        self.hours.forget_denial();
        self.forecast.forget_denial();
        self.plan_use.forget_denial();
        self.plan_coverage.forget_denial();
        self.reservation_use.forget_denial();
        self.reservation_coverage.forget_denial();
        self.budgets.forget_denial();
        self.tags
            .iter_mut()
            .for_each(|(_, part)| part.forget_denial());
    }

    /// The faults as badges show them, one an operation and kind.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let tags = self.tags.iter().map(|(_, part)| part.fault());
        let others = [
            self.stale.as_ref().and_then(PartFault::fault),
            self.budgets.fault(),
            self.accounts.fault(),
            self.hours.fault(),
            self.forecast.fault(),
            self.plan_use.fault(),
            self.plan_coverage.fault(),
            self.reservation_use.fault(),
            self.reservation_coverage.fault(),
        ];
        let mut faults = Vec::new();
        for fault in others.into_iter().chain(tags).flatten() {
            crate::collectors::shared::context::push_fault(&mut faults, fault);
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FaultKind;

    #[test]
    fn of_two_runs_the_later_answer_counts_and_no_tag_is_lost() {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        let mut first = BillingData {
            budgets: Part::of(Ok(Vec::new()), at(10), |_| false),
            ..BillingData::default()
        };
        first
            .tags
            .push(("team".into(), Part::of(Ok(Vec::new()), at(10), |_| false)));
        let mut second = BillingData {
            budgets: Part::of(
                Err(Fault::new(FaultKind::Denied, "budgets:ViewBudget", "no")),
                at(20),
                |_| false,
            ),
            ..BillingData::default()
        };
        second
            .tags
            .push(("env".into(), Part::of(Ok(Vec::new()), at(20), |_| false)));
        for mut merged in [first.clone().merge(second.clone()), second.merge(first)] {
            assert_eq!((merged.budgets.asked, merged.tags.len()), (1200, 2));
            assert_eq!(merged.faults().len(), 1);
            merged.forget_denials();
            assert!(merged.budgets.is_due(at(21)));
        }
    }
}
