//! GetMetricStatistics.

use super::super::{Answer, Context};
use super::{
    dimensions,
    series::{PeriodRange, Statistic},
};
use crate::{
    domain::Timestamp,
    mock::{
        metrics::{Metric, Stats},
        protocol::{Failure, Value, error, value::fields},
    },
};

/// Most points of an answer.
const MAX_POINTS: i64 = 1_440;

/// `GetMetricStatistics`
pub(super) fn get(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let (namespace, name) = (
        input.need_text("Namespace")?,
        input.need_text("MetricName")?,
    );
    let start = input.need_timestamp("StartTime")?;
    let end = input.need_timestamp("EndTime")?;
    let seconds = input
        .int("Period")?
        .ok_or_else(|| Failure::Missing("Period".to_owned()))?;
    if seconds % 60 != 0 && ![1, 5, 10, 20, 30].contains(&seconds) {
        return Err(input.invalid(
            "Period",
            "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60",
        ));
    }
    if start >= end {
        return error::refuse(
            "InvalidParameterValue",
            "The parameter StartTime must be less than the parameter EndTime.",
        );
    }
    let (plain, extended) = (
        statistics(context, "Statistics")?,
        statistics(context, "ExtendedStatistics")?,
    );
    if plain.is_empty() && extended.is_empty() {
        return error::refuse(
            "InvalidParameterCombination",
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        );
    }
    let period = u32::try_from(seconds).unwrap_or(u32::MAX);
    let range = PeriodRange::new(start, end, period, context.now);
    if range.count() > MAX_POINTS {
        let message = format!(
            "You have requested up to {} datapoints, which exceeds the limit of {MAX_POINTS}. You \
             may reduce the datapoints requested by increasing Period, or decreasing the time \
             range.",
            range.count()
        );
        return error::refuse("InvalidParameterCombination", message);
    }
    let unit = input.text("Unit")?;
    let dimensions = dimensions(input)?;
    let simulation = context.simulation();
    let metric = simulation
        .metric(context.region, namespace, name, &dimensions)
        .filter(|metric| unit.is_none_or(|unit| metric.unit == unit));
    let points: Vec<Value> = metric.map_or_else(Vec::new, |metric| {
        range
            .of(&simulation, metric, context.now)
            .map(|(at, stats)| point(metric, at, &stats, &plain, &extended))
            .collect()
    });
    Ok(fields! { "Label": name.to_owned(), "Datapoints": points })
}

type NamedStatistics<'a> = Vec<(&'a str, Statistic)>;

fn statistics<'a>(context: &Context<'a>, member: &str) -> Result<NamedStatistics<'a>, Failure> {
    let read = |text: &'a str| match Statistic::parse(text) {
        Some(statistic)
            if matches!(statistic, Statistic::Percentile(_))
                == (member == "ExtendedStatistics") =>
        {
            Ok((text, statistic))
        }
        _ => Err(Failure::Invalid {
            path: member.to_owned(),
            value: text.to_owned(),
            constraint: "It is no statistic".to_owned(),
        }),
    };
    context.input.texts(member)?.into_iter().map(read).collect()
}

fn point(
    metric: &Metric,
    at: Timestamp,
    stats: &Stats,
    plain: &NamedStatistics<'_>,
    extended: &NamedStatistics<'_>,
) -> Value {
    let mut out = fields! { "Timestamp": at, "Unit": metric.unit };
    for (name, statistic) in plain {
        out.set((*name).to_owned(), statistic.of(stats));
    }
    if !extended.is_empty() {
        let entries = extended
            .iter()
            .map(|(name, statistic)| ((*name).to_owned().into(), statistic.of(stats).into()));
        out.set("ExtendedStatistics", Value::Entries(entries.collect()));
    }
    out
}
