//! GetMetricData.

use super::super::{Answer, Context};
use super::{
    dimensions,
    series::{self, PeriodRange, Statistic},
    validation_error,
};
use crate::{
    domain::Timestamp,
    mock::{
        metrics::Metric,
        protocol::{Failure, Input, Value, value::fields},
        simulation::Simulation,
    },
};

/// Most queries of a request.
const MAX_QUERIES: usize = 500;
/// Most points of a page.
const MAX_POINTS: usize = 100_800;

/// One series of the answer.
struct Query<'w> {
    id: String,
    label: String,
    metric: Option<&'w Metric>,
    statistic: Statistic,
    period: u32,
}

/// `GetMetricData`
pub(super) fn get(context: &Context<'_>) -> Answer {
    let (start, end) = (
        context.input.need_timestamp("StartTime")?,
        context.input.need_timestamp("EndTime")?,
    );
    if start >= end {
        return validation_error(
            "The parameter StartTime must be less than the parameter EndTime.",
        );
    }
    let descending = context.input.text("ScanBy")? != Some("TimestampAscending");
    let simulation = context.simulation();
    let lines = queries(context, &simulation)?;
    let mut points: Vec<(usize, Option<(Timestamp, f64)>)> = Vec::new();
    let mut ends: Vec<Option<Timestamp>> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let range = PeriodRange::new(start, end, line.period, context.now);
        let mut of_line: Vec<(Timestamp, f64)> = line.metric.map_or_else(Vec::new, |metric| {
            range
                .of(&simulation, metric, context.now)
                .map(|(at, stats)| (at, line.statistic.of(&stats)))
                .collect()
        });
        if descending {
            of_line.reverse();
        }
        ends.push(of_line.last().map(|(at, _)| *at));
        if of_line.is_empty() {
            points.push((place, None));
        }
        points.extend(of_line.into_iter().map(|point| (place, Some(point))));
    }
    let page = context.page(
        points,
        ("NextToken", "MaxDatapoints"),
        MAX_POINTS,
        |(place, point)| format!("{place}@{}", point.map_or(0, |(at, _)| at.as_second())),
    )?;
    let unfinished = page
        .items
        .last()
        .filter(|(place, point)| ends.get(*place) != Some(&point.map(|(at, _)| at)))
        .map(|(place, _)| *place);
    let results = results(&lines, page.items, unfinished);
    Ok(fields! {
        "MetricDataResults": results,
        "NextToken": page.next,
        "Messages": Value::List(Vec::new()),
    })
}

/// The results of one page: its points by query. `unfinished` is the query that the next page
/// continues.
fn results(
    lines: &[Query<'_>],
    points: Vec<(usize, Option<(Timestamp, f64)>)>,
    unfinished: Option<usize>,
) -> Vec<Value> {
    let mut results: Vec<(usize, Vec<Timestamp>, Vec<f64>)> = Vec::new();
    for (place, point) in points {
        if results.last().is_none_or(|(seen, ..)| *seen != place) {
            results.push((place, Vec::new(), Vec::new()));
        }
        if let (Some((_, stamps, values)), Some((at, value))) = (results.last_mut(), point) {
            stamps.push(at);
            values.push(value);
        }
    }
    results
        .into_iter()
        .filter_map(|(place, stamps, values)| {
            let line = lines.get(place)?;
            let status = if unfinished == Some(place) {
                "PartialData"
            } else {
                "Complete"
            };
            Some(fields! {
                "Id": &line.id,
                "Label": &line.label,
                "Timestamps": stamps,
                "Values": values,
                "StatusCode": status,
            })
        })
        .collect()
}

fn queries<'w>(
    context: &Context<'_>,
    simulation: &'w Simulation,
) -> Result<Vec<Query<'w>>, Failure> {
    if !context.input.has("MetricDataQueries") {
        return Err(Failure::Missing("MetricDataQueries".to_owned()));
    }
    let queries = context.input.children("MetricDataQueries")?;
    if queries.len() > MAX_QUERIES {
        return validation_error(format!(
            "The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}."
        ));
    }
    let mut wanted = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for query in &queries {
        let id = query.need_text("Id")?;
        let mut letters = id.chars();
        if !letters.next().is_some_and(|c| c.is_ascii_lowercase())
            || !letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            return validation_error(format!(
                "The value {id} for parameter MetricDataQueries.member.Id is not matching the \
                 expected pattern ^[a-z][a-zA-Z0-9_]*$."
            ));
        }
        if seen.contains(&id) {
            return validation_error(format!(
                "The values for parameter id in MetricDataQueries are not unique: {id}."
            ));
        }
        seen.push(id);
        let result = match (query.child("MetricStat")?, query.text("Expression")?) {
            (Some(stat), None) => metric_stat(context, simulation, query, &stat, id)?,
            (None, Some(_)) => {
                return validation_error(format!(
                    "Error in expression '{id}': the mock does not evaluate expressions."
                ));
            }
            _ => {
                return validation_error(format!(
                    "The MetricDataQuery {id} must have exactly one of MetricStat and Expression."
                ));
            }
        };
        if query.bool("ReturnData")? != Some(false) {
            wanted.push(result);
        }
    }
    Ok(wanted)
}

fn metric_stat<'w>(
    context: &Context<'_>,
    simulation: &'w Simulation,
    query: &Input<'_>,
    stat: &Input<'_>,
    id: &str,
) -> Result<Query<'w>, Failure> {
    let requested = stat.need_child("Metric")?;
    let (namespace, name) = (
        requested.need_text("Namespace")?,
        requested.need_text("MetricName")?,
    );
    let period = series::period(
        stat.int("Period")?
            .ok_or_else(|| Failure::Missing(stat.path("Period")))?,
    )?;
    let text = stat.need_text("Stat")?;
    let Some(statistic) = Statistic::parse(text) else {
        return validation_error(format!(
            "The value {text} for parameter Stat is not supported."
        ));
    };
    let unit = stat.text("Unit")?;
    let dimensions = dimensions(&requested)?;
    let metric = simulation
        .metric(context.region, namespace, name, &dimensions)
        .filter(|metric| unit.is_none_or(|unit| metric.unit == unit));
    let label = query.text("Label")?.map_or_else(
        || name.to_owned(),
        |label| expand_label(label, name, name, &dimensions),
    );
    Ok(Query {
        id: id.to_owned(),
        label,
        metric,
        statistic,
        period,
    })
}

/// Fills in `${LABEL}`, `${PROP('MetricName')}` and `${PROP('Dim.<name>')}`.
fn expand_label(label: &str, own: &str, metric: &str, dimensions: &[(String, String)]) -> String {
    let mut text = label
        .replace("${LABEL}", own)
        .replace("${PROP('MetricName')}", metric);
    for (name, value) in dimensions {
        text = text.replace(&format!("${{PROP('Dim.{name}')}}"), value);
    }
    text
}
