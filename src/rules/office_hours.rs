//! `office-hours`: instances that are paid day and night and used in a part of it.
//!
//! The busy hours of a week give the smallest schedule of days and hours that holds them all.
//! Outside it as many instances stay as the traffic there needs, and at least as many as must;
//! where not one can go, it is priced as if deleted outside (only if nobody calls then) or as
//! serverless.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, fine, hours, known, over, verdict},
};
use crate::domain::{
    Evidence, HourlyCost, Measured, Reason, Series, Timestamp, UsdPerHour, Value, Operation,
    WeeklySchedule, time::weekly_schedule::WEEK,
};
use std::sync::Arc;

const RULE: &str = "office-hours";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Invocations of an hour, over those of the busiest, up to which it is not used, in percent.
    pub quiet_percent: f64,
    /// Share of the week without use that is worth a word, in percent.
    pub unused_percent: f64,
    /// Hours of data it needs: a week.
    pub hours: f64,
    /// Hours after which it is sure: two weeks.
    pub sure_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            quiet_percent: 10.0,
            unused_percent: 30.0,
            hours: 168.0,
            sure_hours: 336.0,
        }
    }
}

/// The smallest schedule that holds the hours `hourly` is used in, by the default limits, and how
/// many of `running` its traffic outside needs, at least `minimum`. `None` without a week of data,
/// or where not one could go.
pub fn schedule(hourly: &Series, running: u32, minimum: u32) -> Option<WeeklySchedule> {
    fit(
        hourly,
        Thresholds::default().quiet_percent / 100.0,
        running,
        minimum,
    )
    .filter(|schedule| schedule.outside < running)
}

fn fit(hourly: &Series, quiet: f64, running: u32, minimum: u32) -> Option<WeeklySchedule> {
    let schedule = WeeklySchedule::observed(hourly, quiet, running, minimum)?;
    let needed = (f64::from(running) * Outside::of(hourly, &schedule).peak - 1e-9)
        .ceil()
        .clamp(0.0, f64::from(running)) as u32;
    Some(WeeklySchedule {
        outside: needed.max(minimum),
        ..schedule
    })
}

/// What goes on outside a schedule.
struct Outside {
    /// The busiest hour outside over the busiest of all.
    peak: f64,
    /// Share of all that was counted.
    share: f64,
}

impl Outside {
    fn of(hourly: &Series, schedule: &WeeklySchedule) -> Self {
        let counts = || {
            hourly
                .points
                .iter()
                .enumerate()
                .filter_map(|(place, point)| {
                    Some((hourly.at(place), point.filter(|n| n.is_finite())?))
                })
        };
        let outside = || counts().filter(|(at, _)| !schedule.holds(*at));
        let most = |counts: &mut dyn Iterator<Item = (Timestamp, f64)>| {
            counts.map(|(_, n)| n).fold(0.0, f64::max)
        };
        let sum = |counts: &mut dyn Iterator<Item = (Timestamp, f64)>| {
            counts.map(|(_, n)| n).sum::<f64>()
        };
        let (peak, all) = (most(&mut counts()), sum(&mut counts()));
        let part = |of: f64, whole: f64| if whole > 0.0 { of / whole } else { 0.0 };
        Self {
            peak: part(most(&mut outside()), peak),
            share: part(sum(&mut outside()), all),
        }
    }
}

/// What to do about it, and what it saves.
struct Plan {
    waste: UsdPerHour,
    told: String,
    remedy: String,
    arithmetic: String,
    scheduled: bool,
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Replicas {
        running,
        minimum,
        hourly,
        serverless,
        scheduled,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    (*running > 0).then(|| {
        verdict(
            RULE,
            judge(
                case,
                limits,
                (*running, *minimum),
                hourly,
                serverless,
                scheduled,
            ),
        )
    })
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    (running, minimum): (u32, u32),
    hourly: &Measured<Arc<Series>>,
    serverless: &Measured<UsdPerHour>,
    scheduled: &Measured<bool>,
) -> Result<Verdict, Reason> {
    if scheduled.known() == Some(&true) {
        return Ok(fine(RULE, "autoscaling already follows its hours"));
    }
    let series = known(hourly)?;
    let data = series.points.iter().flatten().count() as f64 * f64::from(series.step) / 3600.0;
    let window = series.points.len() as f64 * f64::from(series.step) / 3600.0;
    over(
        RULE,
        case.age_hours().map_or(data, |age| age.min(data)),
        limits.hours,
    )?;
    let quiet = limits.quiet_percent / 100.0;
    let busiest = series.points.iter().flatten().copied().fold(0.0, f64::max);
    let used = series
        .points
        .iter()
        .flatten()
        .filter(|n| **n > quiet * busiest && **n > 0.0)
        .count() as f64
        / data
        * WEEK;
    if busiest <= 0.0 || (1.0 - used / WEEK) * 100.0 < limits.unused_percent {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let HourlyCost::Priced { unit, quantity, .. } = case.head.burn else {
        return Err(Reason::new("its price is not known"));
    };
    let hours_used = format!("used {used:.0} of {WEEK:.0} h a week");
    let schedule = fit(series, quiet, running, minimum);
    let outside = schedule
        .as_ref()
        .map(|schedule| Outside::of(series, schedule));
    let plan = plan(
        schedule.as_ref().zip(outside.as_ref()),
        running,
        unit,
        quantity,
        serverless,
    );
    let Some(plan) = plan else {
        return Ok(fine(
            RULE,
            format!("{hours_used}, but all {running} are needed outside of them"),
        ));
    };
    let when = schedule.map_or(String::new(), |schedule| {
        format!(", all in {} UTC", schedule.when())
    });
    let alternative = serverless
        .known()
        .filter(|_| plan.scheduled)
        .map_or(String::new(), |rate| format!("; serverless {rate:#}"));
    let fix = case
        .offered(Operation::ScheduledScaling)
        .filter(|_| plan.scheduled)
        .or_else(|| case.offered(Operation::Scale).filter(|_| running > minimum));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{hours_used}{when}: {}{alternative}; over {} ({} of data)",
            plan.told,
            hours(window),
            hours(data)
        ),
        waste: Waste::Amount(plan.waste, plan.arithmetic),
        confidence: match (scheduled, data >= limits.sure_hours * 0.95) {
            (Measured::Unknown(_), _) => Confidence::Low,
            (_, true) => Confidence::High,
            (_, false) => Confidence::Medium,
        },
        fix,
        remedy: plan.remedy,
        evidence: vec![
            ("hours_used", Value::Span(used * 3600.0)),
            ("hours_paid", Value::Span(WEEK * 3600.0)),
            (
                "schedule",
                Value::opt(schedule, |schedule| {
                    Value::text(format!("{} UTC", schedule.when()))
                }),
            ),
            (
                "hours_scheduled",
                Value::opt(schedule, |schedule| Value::Span(schedule.hours() * 3600.0)),
            ),
            (
                "calls_outside",
                Value::opt(outside.as_ref(), |outside| Value::Percent(outside.share)),
            ),
            (
                "busiest_outside",
                Value::opt(outside.as_ref(), |outside| Value::Percent(outside.peak)),
            ),
            ("running", Value::Count(running.into())),
            ("serverless", Value::read(serverless, Value::Rate)),
            ("scheduled", Value::read(scheduled, Value::Flag)),
            ("data", Value::Span(data * 3600.0)),
            ("window", Value::Span(window * 3600.0)),
        ],
    }))
}

/// Fewer instances outside the hours where some can go; else none at all where nobody calls; or
/// serverless where it costs less.
fn plan(
    schedule: Option<(&WeeklySchedule, &Outside)>,
    running: u32,
    unit: UsdPerHour,
    quantity: f64,
    serverless: &Measured<UsdPerHour>,
) -> Option<Plan> {
    let burn = unit * quantity;
    let scheduled = schedule.and_then(|(schedule, outside)| {
        let unused = WEEK - schedule.hours();
        let fewer = running.saturating_sub(schedule.outside);
        let off = if fewer > 0 {
            f64::from(fewer).min(quantity)
        } else {
            quantity
        };
        let waste = unit * off * (unused / WEEK);
        let arithmetic =
            format!("{off} x {unit:#} x {unused:.0} of {WEEK:.0} h unused = {waste:#}");
        let (told, remedy) = match fewer {
            0 => (
                format!("paid and not called for the other {unused:.0} h"),
                format!(
                    "delete it outside {} UTC and create it again",
                    schedule.when()
                ),
            ),
            fewer => (
                format!("{fewer} of {running} could be off for the other {unused:.0} h"),
                format!(
                    "schedule {} outside {} UTC",
                    schedule.outside,
                    schedule.when()
                ),
            ),
        };
        (fewer > 0 || outside.peak <= 0.0).then_some(Plan {
            waste,
            told,
            remedy,
            arithmetic,
            scheduled: fewer > 0,
        })
    });
    if scheduled.as_ref().is_some_and(|plan| plan.scheduled) {
        return scheduled;
    }
    let cheaper = serverless
        .known()
        .filter(|rate| rate.0 < burn.0 * 0.9)
        .map(|rate| {
            let waste = burn - *rate;
            let told = format!("serverless would cost {rate:#} instead of {burn:#}");
            let arithmetic = format!("{burn:#} - {rate:#} serverless = {waste:#}");
            Plan {
                waste,
                told,
                remedy: "make it serverless".to_owned(),
                arithmetic,
                scheduled: false,
            }
        });
    match (cheaper, scheduled) {
        (Some(a), Some(b)) => Some(if a.waste >= b.waste { a } else { b }),
        (a, b) => a.or(b),
    }
}
