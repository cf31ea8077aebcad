//! Budgets and commitments as rows, and for the header.

use super::{
    billing_data::{BillingData, BudgetData, CommitmentUse},
    columns::CostCells,
    cost_lines::SpendItem,
    scope::{self, EC2},
    settings::ConfiguredBudget,
};
use crate::collectors::{SpendSettings, shared::part::PartFault};
use crate::{
    domain::{
        Budget, BudgetScope, Coverage, Currency, DayCost, Evidence, Measured, Note, ResourceKind,
        Service, Timestamp, Usd, UsdPerHour, Value, time::timestamp::seconds_between,
    },
    pricing::{
        budget::{BudgetOutlook, assess, closed_days, exceeds_on, state},
        forecast::{self, SpendPace},
    },
};

const BUDGET: ResourceKind = ResourceKind::BUDGET;
const COVERAGE: ResourceKind = ResourceKind::COVERAGE;
const DAY: f64 = 86_400.0;
const AWS: &str = "AWS Budgets";
const PLANS: &str = "Savings Plans";
const RESERVATIONS: &str = "reservations";
/// All services together.
const ALL: &str = "all";

/// A budget with its forecast.
pub(super) struct BudgetStatus {
    pub budget: Budget,
    outlook: BudgetOutlook,
    /// The whole month: as AWS foresees it, or by the own days.
    forecast: Measured<Usd>,
    /// Its limit is too small to give information about the month: no finding.
    is_negligible: bool,
}

/// All budgets: AWS's, then the configuration's.
pub(super) fn budgets(
    answers: &BillingData,
    days: &[DayCost],
    through: Option<Timestamp>,
    spending: &SpendSettings,
    now: Timestamp,
) -> Vec<BudgetStatus> {
    let begin = forecast::month(now).0;
    let month = days.iter().filter(|day| day.day >= begin);
    let month = month.map(|day| day.billed).sum();
    let known = answers.budgets.known().map_or(&[][..], Vec::as_slice);
    let aws = known.iter().map(aws_budget);
    let own = spending.budgets.iter();
    let own = own.map(|own| configured_budget(own, days, answers, now));
    let all = aws.map(|budget| (budget.is_negligible(month), budget));
    all.chain(own.map(|budget| (false, budget)))
        .map(|(is_negligible, budget)| {
            let since = unbilled(&budget, days, through, now);
            let outlook = assess(&budget, days, since, now);
            BudgetStatus {
                forecast: match &budget.forecast {
                    Measured::Unknown(_) if budget.is_configured => {
                        outlook.month_end.clone().map(|end| end.mean)
                    }
                    known => known.clone(),
                },
                budget,
                outlook,
                is_negligible,
            }
        })
        .collect()
}

/// The estimated spend of `budget` since the bill, at the pace of the closed days.
fn unbilled(budget: &Budget, days: &[DayCost], through: Option<Timestamp>, now: Timestamp) -> Usd {
    let services = budget.ai_services();
    let (Some(through), Some(pace)) = (
        through,
        SpendPace::of(&closed_days(days, &services))
            .known()
            .copied(),
    ) else {
        return Usd::ZERO;
    };
    let from = through.max(forecast::month(now).0);
    let open = days
        .iter()
        .filter(|day| day.day >= from && services.contains(&day.service));
    let billed: Usd = open.map(DayCost::usage).sum();
    let due = pace.mean.0 * seconds_between(from, now) / DAY;
    Usd((due - billed.0).max(0.0))
}

fn aws_budget(data: &BudgetData) -> Budget {
    let why = "AWS Budgets foresees nothing for it yet";
    let services = data.services.iter();
    Budget {
        name: data.name.as_str().into(),
        limit: Usd(data.limit),
        spent: Usd(data.spent),
        forecast: Measured::or_why(data.forecast.map(Usd), why),
        source: AWS.into(),
        scope: scope_of(&data.services),
        services: services.filter_map(|name| service_named(name)).collect(),
        is_configured: false,
        currency: Currency::parse(&data.currency).unwrap_or_default(),
    }
}

/// The AI/ML service that a budget's filter names.
fn service_named(name: &str) -> Option<Service> {
    if name.starts_with(scope::EC2) {
        return Some(Service::Ec2);
    }
    Service::of_line(name, "")
}

/// The scope of a budget that filters by `services`; without a filter, the whole account.
fn scope_of(services: &[String]) -> BudgetScope {
    let is_ai = |name: &String| service_named(name).is_some();
    match services {
        [] => BudgetScope::Account,
        services if services.iter().any(is_ai) => BudgetScope::Ai,
        _ => BudgetScope::Other,
    }
}

/// A budget of the configuration, with the billed cost of its services so far.
fn configured_budget(
    own: &ConfiguredBudget,
    days: &[DayCost],
    answers: &BillingData,
    now: Timestamp,
) -> Budget {
    let begin = forecast::month(now).0;
    let budget = Budget {
        name: own.name.clone(),
        limit: own.monthly,
        spent: Usd::ZERO,
        forecast: Measured::unknown("the bill is not known"),
        source: "configuration".into(),
        scope: BudgetScope::Ai,
        services: own.services.clone(),
        is_configured: true,
        currency: answers.currency(),
    };
    let services = budget.ai_services();
    let mine = days
        .iter()
        .filter(|day| day.day >= begin && services.contains(&day.service));
    Budget {
        spent: mine.map(|day| day.billed).sum(),
        ..budget
    }
}

/// Notes about budgets that cover no AI/ML service.
pub(super) fn budget_notes(budgets: &[BudgetStatus]) -> Vec<Note> {
    let is_other = |status: &BudgetStatus| status.budget.scope == BudgetScope::Other;
    let any_cost = budgets
        .iter()
        .filter(|status| status.is_any_cost_alarm() && !is_other(status));
    let mut notes: Vec<Note> = any_cost
        .map(|status| Note::NegligibleBudget {
            name: status.budget.name.clone(),
            limit: status.budget.limit,
        })
        .collect();
    let follows = |status: &BudgetStatus| status.is_followed();
    if notes.is_empty() && !budgets.is_empty() && !budgets.iter().any(follows) {
        notes.push(Note::NoAiBudget {
            budgets: budgets.len(),
        });
    }
    notes
}

impl BudgetStatus {
    /// Whether spend over its limit concerns AI/ML.
    fn is_followed(&self) -> bool {
        !self.is_negligible && self.budget.scope != BudgetScope::Other
    }

    /// Whether it is a zero-spend budget, as the template of AWS Budgets makes it.
    fn is_any_cost_alarm(&self) -> bool {
        self.is_negligible && self.budget.limit <= Usd(1.0)
    }

    /// The row.
    pub(super) fn item(&self) -> SpendItem {
        let (budget, outlook) = (&self.budget, &self.outlook);
        let money = (budget.limit, outlook.spent);
        let exceeds_on = match () {
            () if self.is_any_cost_alarm() => Value::text("an alarm for any cost"),
            () if !self.is_followed() => Value::text("not followed"),
            () => exceeds_on(money, &outlook.crossing),
        };
        let cells = CostCells {
            month: Value::Usd(outlook.spent),
            share: if budget.limit.0 > 0.0 {
                Value::Percent(outlook.spent.0 / budget.limit.0)
            } else {
                Value::None
            },
            forecast: Value::read(&self.forecast, Value::Usd),
            limit: Value::Usd(budget.limit),
            exceeds_on,
            service: Value::text(budget.scope.words()),
            source: Value::Text(budget.source.clone()),
            ..CostCells::default()
        };
        let evidence = if self.is_followed() {
            Evidence::Budget {
                limit: budget.limit,
                spent: outlook.spent,
                crossing: outlook.crossing.clone(),
                month_end: outlook.month_end.clone(),
            }
        } else {
            Evidence::None
        };
        let id = format!("{}/{}", budget.source, budget.name);
        let state = if self.is_followed() {
            state(money, &outlook.crossing)
        } else {
            "not followed"
        };
        SpendItem {
            state,
            ..SpendItem::new(BUDGET, "budgets", &id, &budget.name, evidence, cells)
        }
    }
}

/// Savings Plans and reservations, as rows and as evidence for other modules.
pub(super) fn coverage(answers: &BillingData) -> Vec<(SpendItem, Coverage)> {
    let mut found = Vec::new();
    if let Some(Some(plans)) = answers.plan_use.known() {
        found.push(commitment(PLANS, ALL, Ok(None), Some(*plans)));
    }
    let services = answers.plan_coverage.known().into_iter().flatten();
    found.extend(services.map(|(service, share)| commitment(PLANS, service, Ok(*share), None)));
    if let Some(Some(reserved)) = answers.reservation_use.known() {
        let share = answers.reservation_coverage.answer.as_ref();
        let share = share.copied().map_err(PartFault::reason);
        found.push(commitment(RESERVATIONS, EC2, share, Some(*reserved)));
    }
    found
}

/// The row of a commitment `by` plans or reservations, `of` a service: the `covered` fraction of
/// its usage, or why it is not known, and the utilization of the commitment.
fn commitment(
    by: &'static str,
    of: &str,
    covered: Result<Option<f64>, String>,
    usage: Option<CommitmentUse>,
) -> (SpendItem, Coverage) {
    let service = match of {
        ALL => None,
        of if of.contains("SageMaker") => Some(Service::SageMaker),
        _ => Some(Service::Ec2),
    };
    let read = |number| Measured::or_why(number, "Cost Explorer does not say it for this");
    let coverage = Coverage {
        by,
        service,
        covered: covered.map_or_else(Measured::unknown, read),
        used: read(usage.and_then(|usage| usage.used)),
        unused: read(usage.and_then(|usage| usage.unused)).map(UsdPerHour),
    };
    let cells = CostCells {
        covered: Value::read(&coverage.covered, Value::Percent),
        used: Value::read(&coverage.used, Value::Percent),
        unused: Value::read(&coverage.unused, Value::Rate),
        service: Value::text(of),
        source: Value::text(by),
        ..CostCells::default()
    };
    let (id, name) = (format!("{by}/{of}"), format!("{by}, {of}"));
    let item = SpendItem {
        state: "bought",
        ..SpendItem::new(COVERAGE, "coverage", &id, &name, Evidence::None, cells)
    };
    (item, coverage)
}
