//! Budgets and commitments as rows, and for the header.

use super::{
    billing_data::{BillingData, BudgetData, CommitmentUse, UsageLine},
    calendar::{Calendar, Daily},
    columns::CostCells,
    cost_lines::SpendItem,
    scope::{self, EC2, service},
    settings::ConfiguredBudget,
};
use crate::collectors::{SpendSettings, shared::part::PartFault};
use crate::{
    domain::{
        Budget, BudgetScope, Coverage, Currency, Evidence, Forecast, Measured, Note, ResourceKind,
        Service, Timestamp, Usd, UsdPerHour, Value, evidence::BudgetCrossing,
        time::timestamp::seconds_between,
    },
    pricing::forecast::{self, SpendPace},
};

const BUDGET: ResourceKind = ResourceKind::BUDGET;
const COVERAGE: ResourceKind = ResourceKind::COVERAGE;
const DAY: f64 = 86_400.0;
const AWS: &str = "AWS Budgets";
const PLANS: &str = "Savings Plans";
const RESERVATIONS: &str = "reservations";
/// All services together.
const ALL: &str = "all";

/// A budget, worked out.
pub(super) struct BudgetStatus {
    pub budget: Budget,
    crossing: Measured<Option<BudgetCrossing>>,
    month_end: Measured<Forecast>,
    /// Its limit is too small to say anything of the month: no finding.
    is_negligible: bool,
}

/// All budgets: AWS's, then the configuration's.
pub(super) fn budgets(
    answers: &BillingData,
    lines: &[UsageLine],
    calendar: Option<&Calendar>,
    spending: &SpendSettings,
    now: Timestamp,
) -> Vec<BudgetStatus> {
    let all =
        calendar.map(|calendar| Daily::of(calendar, lines.iter().map(|line| (line.day, line.usd))));
    let pace = all
        .as_ref()
        .map_or_else(nothing, |all| SpendPace::of(&all.closed()));
    let month = all.as_ref().map_or(Usd::ZERO, Daily::month);
    let known = answers.budgets.known().map_or(&[][..], Vec::as_slice);
    let aws = known.iter().map(|data| {
        let status = aws_budget(data, &pace, now);
        BudgetStatus {
            is_negligible: status.budget.is_negligible(month),
            ..status
        }
    });
    let own = spending.budgets.iter().map(|own| {
        let mut status = configured_budget(own, lines, calendar, now);
        status.budget.currency = answers.currency();
        status
    });
    aws.chain(own).collect()
}

fn nothing<T>() -> Measured<T> {
    Measured::unknown("the bill is not known")
}

/// AWS says what it foresees: the pace is what is left of that, spread as the AI/ML days are.
fn aws_budget(data: &BudgetData, days: &Measured<SpendPace>, now: Timestamp) -> BudgetStatus {
    let (limit, spent) = (Usd(data.limit), Usd(data.spent));
    let left = seconds_between(now, forecast::month(now).1) / DAY;
    let steady = SpendPace {
        mean: Usd::ZERO,
        sd: Usd::ZERO,
        days: forecast::MAX_DAYS,
    };
    let pace = data.forecast.filter(|_| left > 0.0).map(|whole| {
        let mean = Usd(((whole - data.spent) / left).max(0.0));
        days.known()
            .map_or(SpendPace { mean, ..steady }, |days| days.at(mean))
    });
    let why = "AWS Budgets foresees nothing for it yet";
    let over = (spent >= limit).then_some(steady);
    let crossing = Measured::or_why(pace.or(over), why)
        .map(|pace| forecast::crossing(limit, spent, now, &pace, now));
    let end = |pace: SpendPace| Forecast {
        source: "AWS Budgets; interval by the spread of the AI/ML days".into(),
        ..forecast::month_end(spent, now, &pace, UsdPerHour::ZERO, now)
    };
    let forecast = Measured::or_why(data.forecast.map(Usd), why);
    let budget = Budget {
        name: data.name.as_str().into(),
        limit,
        spent,
        forecast,
        source: AWS.into(),
        scope: scope_of(&data.services),
        currency: Currency::parse(&data.currency).unwrap_or_default(),
    };
    BudgetStatus {
        budget,
        crossing,
        month_end: Measured::or_why(pace.map(end), why),
        is_negligible: false,
    }
}

/// What a budget with a filter on `services` is about; without one it is about all.
fn scope_of(services: &[String]) -> BudgetScope {
    let is_ai =
        |name: &String| name.starts_with(scope::EC2) || Service::of_line(name, "").is_some();
    match services {
        [] => BudgetScope::Account,
        services if services.iter().any(is_ai) => BudgetScope::Ai,
        _ => BudgetScope::Other,
    }
}

/// A budget of the configuration: by the days of its services.
fn configured_budget(
    own: &ConfiguredBudget,
    lines: &[UsageLine],
    calendar: Option<&Calendar>,
    now: Timestamp,
) -> BudgetStatus {
    let mine = |line: &&UsageLine| {
        own.services.is_empty()
            || service(line).is_some_and(|service| own.services.contains(&service))
    };
    let daily = calendar.map(|calendar| {
        Daily::of(
            calendar,
            lines.iter().filter(mine).map(|line| (line.day, line.usd)),
        )
    });
    let pace = daily
        .as_ref()
        .map_or_else(nothing, |daily| SpendPace::of(&daily.closed()));
    let from = calendar
        .and_then(Calendar::through)
        .map_or(now, |through| through.max(forecast::month(now).0));
    let closed = daily.as_ref().map_or(Usd::ZERO, Daily::month_closed);
    let spent = daily.as_ref().map_or(Usd::ZERO, Daily::month);
    // Open days may already have passed it.
    let over = (calendar.is_some() && spent >= own.monthly).then_some(BudgetCrossing {
        at: now,
        earliest: from,
        latest: Some(now),
    });
    let crossing = match &pace {
        _ if over.is_some() && closed < own.monthly => Measured::Known(over),
        pace => pace
            .clone()
            .map(|pace| forecast::crossing(own.monthly, closed, from, &pace, now)),
    };
    let month_end =
        pace.map(|pace| forecast::month_end(closed, from, &pace, UsdPerHour::ZERO, now));
    let forecast = month_end.clone().map(|end| end.mean);
    let budget = Budget {
        name: own.name.clone(),
        limit: own.monthly,
        spent,
        forecast,
        source: "configuration".into(),
        scope: BudgetScope::Ai,
        currency: Currency::USD,
    };
    BudgetStatus {
        budget,
        crossing,
        month_end,
        is_negligible: false,
    }
}

/// What is worth knowing of budgets that follow nothing of AI/ML.
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
    /// Whether a crossing of it says something of AI/ML.
    fn is_followed(&self) -> bool {
        !self.is_negligible && self.budget.scope != BudgetScope::Other
    }

    /// Whether it is a zero-spend budget, as the template of AWS Budgets makes it.
    fn is_any_cost_alarm(&self) -> bool {
        self.is_negligible && self.budget.limit <= Usd(1.0)
    }

    /// The row.
    pub(super) fn item(&self) -> SpendItem {
        let (budget, crossing) = (&self.budget, &self.crossing);
        let date = |at: Timestamp| at.strftime("%b %-d").to_string();
        let exceeds_on = match crossing {
            _ if self.is_any_cost_alarm() => Value::text("an alarm for any cost"),
            _ if !self.is_followed() => Value::text("not followed"),
            Measured::Unknown(why) => Value::Unknown(why.clone()),
            Measured::Known(None) => Value::text("not this month"),
            Measured::Known(Some(_)) if budget.spent >= budget.limit => Value::text("exceeded"),
            Measured::Known(Some(BudgetCrossing {
                at,
                earliest,
                latest,
            })) => {
                let latest = latest.map_or_else(|| "later".to_owned(), date);
                Value::text(format!("{} ({} to {latest})", date(*at), date(*earliest)))
            }
        };
        let cells = CostCells {
            month: Value::Usd(budget.spent),
            share: if budget.limit.0 > 0.0 {
                Value::Percent(budget.spent.0 / budget.limit.0)
            } else {
                Value::None
            },
            forecast: Value::read(&budget.forecast, Value::Usd),
            limit: Value::Usd(budget.limit),
            exceeds_on,
            service: Value::text(budget.scope.words()),
            source: Value::Text(budget.source.clone()),
            ..CostCells::default()
        };
        let (limit, spent) = (budget.limit, budget.spent);
        let evidence = if self.is_followed() {
            Evidence::Budget {
                limit,
                spent,
                crossing: crossing.clone(),
                month_end: self.month_end.clone(),
            }
        } else {
            Evidence::None
        };
        let id = format!("{}/{}", budget.source, budget.name);
        let state = match crossing {
            _ if !self.is_followed() => "not followed",
            _ if spent >= limit => "over",
            Measured::Known(Some(_)) => "breach",
            Measured::Known(None) => "within",
            Measured::Unknown(_) => "unknown",
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

/// The row of what was committed to `by` plans or reservations, `of` a service: the `covered`
/// fraction of its usage, or why it is not known, and how far the commitment is used.
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
