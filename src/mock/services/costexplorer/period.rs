//! `TimePeriod` and `Granularity`.

use super::{invalid, refuse};
use crate::{
    domain::Timestamp,
    mock::{
        billing::BillingPeriod,
        protocol::{Failure, Input},
        services::Context,
        simulation::after,
    },
};

const DAY: f64 = 86_400.0;
/// Days of history that Cost Explorer keeps.
const HISTORY: f64 = 14.0 * 31.0;
/// Days of hourly history that Cost Explorer keeps.
const HOURLY: f64 = 14.0;

/// Start inclusive, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// Beginning.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// Whether the request's dates have hours.
    pub hours: bool,
}

/// Parses `yyyy-MM-dd`, or `yyyy-MM-ddTHH:mm:ssZ` with `true`.
pub(super) fn moment(text: &str) -> Option<(Timestamp, bool)> {
    match text.len() {
        10 => format!("{text}T00:00:00Z")
            .parse()
            .ok()
            .map(|at| (at, false)),
        20 if text.ends_with('Z') => text.parse().ok().map(|at| (at, true)),
        _ => None,
    }
}

/// A time of `input`, or the pattern it does not match.
pub(super) fn need_time(input: &Input<'_>, name: &str) -> Result<(Timestamp, bool), Failure> {
    let text = input.need_text(name)?;
    let pattern = concat!(
        "Member must satisfy regular expression pattern: ",
        r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}Z)?",
    );
    moment(text).ok_or_else(|| input.invalid(name, pattern))
}

/// The request's `TimePeriod`.
pub(super) fn period(context: &Context<'_>) -> Result<Period, Failure> {
    let input = context.input.need_child("TimePeriod")?;
    let ((start, hours), (end, also)) = (need_time(&input, "Start")?, need_time(&input, "End")?);
    if start >= end {
        return invalid("Start date (and hour) should be before end date (and hour)");
    }
    Ok(Period {
        start,
        end,
        hours: hours || also,
    })
}

/// The request's `Granularity`, which is required.
pub(super) fn granularity(context: &Context<'_>) -> Result<BillingPeriod, Failure> {
    match context.input.text("Granularity")? {
        Some("MONTHLY") => Ok(BillingPeriod::Month),
        Some("HOURLY") => Ok(BillingPeriod::Hour),
        Some(_) => Ok(BillingPeriod::Day),
        None => Err(Failure::Missing("Granularity".to_owned())),
    }
}

/// Refuses a period too far back, in the future, or too long for its granularity.
pub(super) fn check_range(
    context: &Context<'_>,
    period: &Period,
    step: BillingPeriod,
) -> Result<(), Failure> {
    if period.start > context.now {
        return invalid("start date must be before the current date");
    }
    if period.start < after(context.now, -HISTORY * DAY) {
        return invalid("You haven't enabled historical data beyond 14 months");
    }
    if step == BillingPeriod::Hour {
        if !context.simulation().agreements.hourly {
            return refuse(
                "DataUnavailableException",
                "Hourly granularity is not enabled for this account.",
            );
        }
        if !period.hours {
            return invalid("Hourly granularity needs dates of the form yyyy-MM-ddTHH:mm:ssZ");
        }
        if period.start < after(context.now, -HOURLY * DAY) {
            return invalid(
                "start date is too old for hourly, the max supported days for hourly granularity \
                 is 14 days.",
            );
        }
    } else if period.hours {
        return invalid("Daily and monthly granularities need dates of the form yyyy-MM-dd");
    }
    Ok(())
}

/// Formats a time of a result.
pub(super) fn format_time(at: Timestamp, step: BillingPeriod) -> String {
    let format = if step == BillingPeriod::Hour {
        "%Y-%m-%dT%H:%M:%SZ"
    } else {
        "%Y-%m-%d"
    };
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_parse_strictly() {
        assert_eq!(
            moment("2026-11-23").map(|(at, hours)| (at.to_string(), hours)),
            Some(("2026-11-23T00:00:00Z".into(), false))
        );
        assert_eq!(
            moment("2026-11-23T08:00:00Z").map(|(_, hours)| hours),
            Some(true)
        );
        for bad in [
            "2026-13-01",
            "2026-11-3",
            "today",
            "2026-11-23T08:00:00+0",
            "",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
