//! `office-hours`: an endpoint that runs all week and is used in some hours only.
//!
//! The rule fits the smallest schedule of days and hours that contains all busy hours of a week.
//! Outside it, as many instances stay as the traffic there needs, and never fewer than the minimum.
//! If none can be stopped, the endpoint can be deleted outside the schedule (only without calls
//! there). The finding names this remedy or serverless inference, whichever saves more.
//!
//! Message: `used 50 of 168 h a week, all in Mon-Fri 08-18 UTC: 3 of 4 could be off for the other
//! 118 h; over 168 h (168 h of data)`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_hours, pass, pass_with_note, require,
        require_hours, verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, HourlyCost, Measured, Operation, Reason, Series, Timestamp, UsdPerHour, Value,
    WeeklySchedule, time::weekly_schedule::WEEK,
};
use std::sync::Arc;

const RULE: &str = "office-hours";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Invocations of an hour over those of the busiest hour up to which it is unused, in percent.
    pub quiet_percent: f64,
    /// Minimum share of the week without use, in percent.
    pub min_unused_percent: f64,
    /// Minimum hours of data: a week.
    pub min_data_hours: f64,
    /// Hours of data from which confidence is high: two weeks.
    pub high_confidence_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            quiet_percent: 10.0,
            min_unused_percent: 30.0,
            min_data_hours: 168.0,
            high_confidence_hours: 336.0,
        }
    }
}

/// The smallest weekly schedule that contains the busy hours of `hourly`, by the default
/// thresholds. Of `running` instances, as many stay outside it as the traffic there needs, at least
/// `minimum`. `None` without a week of data, or if none could be stopped.
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
    let needed = (f64::from(running) * OutsideUse::of(hourly, &schedule).peak - 1e-9)
        .ceil()
        .clamp(0.0, f64::from(running)) as u32;
    Some(WeeklySchedule {
        outside: needed.max(minimum),
        ..schedule
    })
}

/// The use outside a schedule.
struct OutsideUse {
    /// The busiest hour outside over the busiest hour of all, a fraction.
    peak: f64,
    /// The invocations outside over all, a fraction.
    share: f64,
}

impl OutsideUse {
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
        let max = |counts: &mut dyn Iterator<Item = (Timestamp, f64)>| {
            counts.map(|(_, n)| n).fold(0.0, f64::max)
        };
        let sum = |counts: &mut dyn Iterator<Item = (Timestamp, f64)>| {
            counts.map(|(_, n)| n).sum::<f64>()
        };
        let (peak, all) = (max(&mut counts()), sum(&mut counts()));
        let part = |of: f64, whole: f64| if whole > 0.0 { of / whole } else { 0.0 };
        Self {
            peak: part(max(&mut outside()), peak),
            share: part(sum(&mut outside()), all),
        }
    }
}

/// One remedy with its saving.
struct Remedy {
    waste: UsdPerHour,
    summary: String,
    description: String,
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
        verdict_or_unknown(
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

/// The hourly use of a resource.
struct WeeklyUse {
    /// Hours with data, and hours of the window.
    data: f64,
    window: f64,
    /// Hours of a week with more than quiet use.
    used: f64,
}

impl WeeklyUse {
    /// The use, and whether there is any. `quiet`: the fraction of the busiest hour up to which an
    /// hour counts as unused.
    fn new(series: &Series, quiet: f64) -> (Self, bool) {
        let hours = f64::from(series.step) / 3600.0;
        let data = series.points.iter().flatten().count() as f64 * hours;
        let busiest = series.points.iter().flatten().copied().fold(0.0, f64::max);
        let is_used = |n: &&f64| **n > quiet * busiest && **n > 0.0;
        let used = series.points.iter().flatten().filter(is_used).count();
        let weekly = Self {
            data,
            window: series.points.len() as f64 * hours,
            used: used as f64 / data * WEEK,
        };
        (weekly, busiest > 0.0)
    }
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
        return Ok(pass_with_note(RULE, "a scheduled action already scales it"));
    }
    let series = require(hourly)?;
    let quiet = limits.quiet_percent / 100.0;
    let (weekly, is_used) = WeeklyUse::new(series, quiet);
    let data = weekly.data;
    let hours = case.age_hours().map_or(data, |age| age.min(data));
    require_hours(RULE, hours, limits.min_data_hours)?;
    if !is_used || (1.0 - weekly.used / WEEK) * 100.0 < limits.min_unused_percent {
        return Ok(pass(RULE));
    }
    let HourlyCost::Priced { unit, quantity, .. } = case.head.burn else {
        return Err(Reason::new("its price is unknown"));
    };
    let schedule = fit(series, quiet, running, minimum);
    let outside = schedule
        .as_ref()
        .map(|schedule| OutsideUse::of(series, schedule));
    let plan = schedule.as_ref().zip(outside.as_ref());
    let active_hours = format!("used {:.0} of {WEEK:.0} h a week", weekly.used);
    let Some(remedy) = best_remedy(plan, running, unit, quantity, serverless) else {
        return Ok(pass_with_note(
            RULE,
            format!("{active_hours}, but all {running} are needed outside of them"),
        ));
    };
    let mut evidence = evidence(&weekly, plan);
    evidence.extend([
        ("running", Value::Count(running.into())),
        ("serverless_cost", Value::read(serverless, Value::Rate)),
        ("scheduled", Value::read(scheduled, Value::Flag)),
        ("data", Value::Span(data * 3600.0)),
        ("window", Value::Span(weekly.window * 3600.0)),
    ]);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: message(&active_hours, schedule, &remedy, serverless, &weekly),
        confidence: match (scheduled, data >= limits.high_confidence_hours * 0.95) {
            (Measured::Unknown(_), _) => Confidence::Low,
            (_, true) => Confidence::High,
            (_, false) => Confidence::Medium,
        },
        fix: case
            .available(Operation::ScheduledScaling)
            .filter(|_| remedy.scheduled),
        waste: Waste::Amount(remedy.waste, remedy.arithmetic),
        remedy: remedy.description,
        evidence,
    }))
}

fn message(
    active_hours: &str,
    schedule: Option<WeeklySchedule>,
    remedy: &Remedy,
    serverless: &Measured<UsdPerHour>,
    weekly: &WeeklyUse,
) -> String {
    let when = schedule.map_or(String::new(), |schedule| {
        format!(", all in {} UTC", schedule.when())
    });
    let alternative = serverless
        .known()
        .filter(|_| remedy.scheduled)
        .map_or(String::new(), |rate| format!("; serverless {rate:#}"));
    format!(
        "{active_hours}{when}: {}{alternative}; over {} ({} of data)",
        remedy.summary,
        format_hours(weekly.window),
        format_hours(weekly.data)
    )
}

fn evidence(
    weekly: &WeeklyUse,
    plan: Option<(&WeeklySchedule, &OutsideUse)>,
) -> Vec<(&'static str, Value)> {
    let schedule = plan.map(|(schedule, _)| schedule);
    let outside = plan.map(|(_, outside)| outside);
    vec![
        ("active_hours", Value::Span(weekly.used * 3600.0)),
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
            Value::opt(outside, |outside| Value::Percent(outside.share)),
        ),
        (
            "busiest_outside",
            Value::opt(outside, |outside| Value::Percent(outside.peak)),
        ),
    ]
}

/// The remedy that saves most: fewer instances outside the schedule, none outside it, or
/// serverless. `None` if no remedy saves.
fn best_remedy(
    schedule: Option<(&WeeklySchedule, &OutsideUse)>,
    running: u32,
    unit: UsdPerHour,
    quantity: f64,
    serverless: &Measured<UsdPerHour>,
) -> Option<Remedy> {
    let burn = unit * quantity;
    let scheduled = schedule.and_then(|(schedule, outside)| {
        scheduled_remedy((schedule, outside), running, unit, quantity)
    });
    let cheaper = serverless
        .known()
        .filter(|rate| rate.0 < burn.0 * 0.9)
        .map(|rate| {
            let waste = burn - *rate;
            let summary = format!("serverless would cost {rate:#} instead of {burn:#}");
            let arithmetic = format!("{burn:#} - {rate:#} serverless = {waste:#}");
            Remedy {
                waste,
                summary,
                description: "make it serverless".to_owned(),
                arithmetic,
                scheduled: false,
            }
        });
    match (cheaper, scheduled) {
        (Some(a), Some(b)) => Some(if a.waste > b.waste { a } else { b }),
        (a, b) => a.or(b),
    }
}

/// Fewer instances outside the schedule, or none where it has no use there.
fn scheduled_remedy(
    (schedule, outside): (&WeeklySchedule, &OutsideUse),
    running: u32,
    unit: UsdPerHour,
    quantity: f64,
) -> Option<Remedy> {
    let unused = WEEK - schedule.hours();
    let fewer = running.saturating_sub(schedule.outside);
    if fewer == 0 && outside.peak > 0.0 {
        return None;
    }
    let off = if fewer > 0 {
        f64::from(fewer).min(quantity)
    } else {
        quantity
    };
    let waste = unit * off * (unused / WEEK);
    let when = schedule.when();
    let (summary, description) = match fewer {
        0 => (
            format!("paid and not called for the other {unused:.0} h"),
            format!("delete it outside {when} UTC and create it again"),
        ),
        fewer => (
            format!("{fewer} of {running} could be off for the other {unused:.0} h"),
            format!("schedule {} outside {when} UTC", schedule.outside),
        ),
    };
    Some(Remedy {
        waste,
        summary,
        description,
        arithmetic: format!("{off} x {unit:#} x {unused:.0} of {WEEK:.0} h unused = {waste:#}"),
        scheduled: fewer > 0,
    })
}
