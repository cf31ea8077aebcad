//! GetMetricData.

use super::super::{Answer, Context};
use super::{
    dimensions, identity,
    search::Search,
    series::{self, Range, Statistic},
    wrong,
};
use crate::{
    domain::Timestamp,
    mock::{
        metrics::Metric,
        protocol::{Failure, Input, Value, value::fields},
        simulation::Simulation,
    },
};

/// Queries of one request.
const MOST_QUERIES: usize = 500;
/// Points of one page.
const MOST_POINTS: i64 = 100_800;
/// Series one SEARCH finds at most.
const MOST_FOUND: usize = 500;

/// One series to answer with.
struct Line<'w> {
    id: String,
    label: String,
    metric: Option<&'w Metric>,
    statistic: Statistic,
    period: u32,
}

/// `GetMetricData`
pub fn get(context: &Context<'_>) -> Answer {
    let (start, end) = (
        context.input.need_moment("StartTime")?,
        context.input.need_moment("EndTime")?,
    );
    if start >= end {
        return wrong("The parameter StartTime must be less than the parameter EndTime.");
    }
    let descending = context
        .input
        .one_of("ScanBy", &["TimestampDescending", "TimestampAscending"])?
        != Some("TimestampAscending");
    let world = context.world();
    let lines = lines(context, &world)?;
    let mut points: Vec<(usize, Option<(Timestamp, f64)>)> = Vec::new();
    let mut ends: Vec<Option<Timestamp>> = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let range = Range::new(start, end, line.period, context.now);
        let mut of_line: Vec<(Timestamp, f64)> = line.metric.map_or_else(Vec::new, |metric| {
            range
                .of(&world, metric, context.now)
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
        1..=MOST_POINTS,
        MOST_POINTS as usize,
        |(place, point)| format!("{place}@{}", point.map_or(0, |(at, _)| at.as_second())),
    )?;
    let unfinished = page
        .items
        .last()
        .filter(|(place, point)| ends.get(*place) != Some(&point.map(|(at, _)| at)))
        .map(|(place, _)| *place);
    let mut results: Vec<(usize, Vec<Timestamp>, Vec<f64>)> = Vec::new();
    for (place, point) in page.items {
        if results.last().is_none_or(|(seen, ..)| *seen != place) {
            results.push((place, Vec::new(), Vec::new()));
        }
        if let (Some((_, stamps, values)), Some((at, value))) = (results.last_mut(), point) {
            stamps.push(at);
            values.push(value);
        }
    }
    let results: Vec<Value> = results
        .into_iter()
        .filter_map(|(place, stamps, values)| {
            let line = lines.get(place)?;
            let status = if unfinished == Some(place) { "PartialData" } else { "Complete" };
            Some(fields! { "Id": &line.id, "Label": &line.label, "Timestamps": stamps, "Values": values, "StatusCode": status })
        })
        .collect();
    Ok(
        fields! { "MetricDataResults": results, "NextToken": page.next, "Messages": Value::List(Vec::new()) },
    )
}

fn lines<'w>(context: &Context<'_>, world: &'w Simulation) -> Result<Vec<Line<'w>>, Failure> {
    if !context.input.has("MetricDataQueries") {
        return Err(Failure::Missing("MetricDataQueries".to_owned()));
    }
    let queries = context.input.children("MetricDataQueries")?;
    if queries.len() > MOST_QUERIES {
        return wrong(format!(
            "The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}."
        ));
    }
    let mut lines = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for query in &queries {
        let id = query.need_text("Id")?;
        let mut letters = id.chars();
        if !letters.next().is_some_and(|c| c.is_ascii_lowercase())
            || !letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            return wrong(format!(
                "The value {id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$."
            ));
        }
        if seen.contains(&id) {
            return wrong(format!(
                "The values for parameter id in MetricDataQueries are not unique: {id}."
            ));
        }
        seen.push(id);
        let asked = match (query.child("MetricStat")?, query.text("Expression")?) {
            (Some(stat), None) => vec![metric_stat(context, world, query, &stat, id)?],
            (None, Some(expression)) => found(context, world, query, expression, id)?,
            _ => {
                return wrong(format!(
                    "The MetricDataQuery {id} must have exactly one of MetricStat and Expression."
                ));
            }
        };
        if query.flag("ReturnData")? != Some(false) {
            lines.extend(asked);
        }
    }
    Ok(lines)
}

fn metric_stat<'w>(
    context: &Context<'_>,
    world: &'w Simulation,
    query: &Input<'_>,
    stat: &Input<'_>,
    id: &str,
) -> Result<Line<'w>, Failure> {
    let asked = stat.need_child("Metric")?;
    let (namespace, name) = (
        asked.need_text("Namespace")?,
        asked.need_text("MetricName")?,
    );
    let period = series::period(
        stat.whole("Period")?
            .ok_or_else(|| Failure::Missing(stat.path("Period")))?,
    )?;
    let text = stat.need_text("Stat")?;
    let Some(statistic) = Statistic::parse(text) else {
        return wrong(format!(
            "The value {text} for parameter Stat is not supported."
        ));
    };
    let unit = stat.text("Unit")?;
    let dimensions = dimensions(&asked)?;
    let metric = world
        .metric(context.region, namespace, name, &dimensions)
        .filter(|metric| unit.is_none_or(|unit| metric.unit == unit));
    let label = query.text("Label")?.map_or_else(
        || name.to_owned(),
        |label| expanded(label, name, name, &dimensions),
    );
    Ok(Line {
        id: id.to_owned(),
        label,
        metric,
        statistic,
        period,
    })
}

fn found<'w>(
    context: &Context<'_>,
    world: &'w Simulation,
    query: &Input<'_>,
    expression: &str,
    id: &str,
) -> Result<Vec<Line<'w>>, Failure> {
    let fallback = query.whole("Period")?.map(series::period).transpose()?;
    let search = match Search::parse(expression, fallback) {
        Ok(search) => search,
        Err(reason) => return wrong(format!("Error in expression '{id}': {reason}")),
    };
    let mut metrics: Vec<&Metric> = world.metrics(context.region, context.now);
    metrics.retain(|metric| search.finds(metric));
    metrics.sort_by_cached_key(|metric| identity(metric));
    metrics.truncate(MOST_FOUND);
    let several = metrics.iter().any(|metric| metric.name != metrics[0].name);
    let given = query.text("Label")?;
    let lines = metrics.into_iter().map(|metric| {
        let mut words: Vec<&str> = metric
            .dimensions
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        if several || words.is_empty() {
            words.push(metric.name);
        }
        let own = words.join(" ");
        let dimensions: Vec<(String, String)> = metric
            .dimensions
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let label = given.map_or_else(
            || own.clone(),
            |label| expanded(label, &own, metric.name, &dimensions),
        );
        Line {
            id: id.to_owned(),
            label,
            metric: Some(metric),
            statistic: search.statistic,
            period: search.period,
        }
    });
    Ok(lines.collect())
}

/// Fills in `${LABEL}`, `${PROP('MetricName')}` and `${PROP('Dim.<name>')}`.
fn expanded(label: &str, own: &str, metric: &str, dimensions: &[(String, String)]) -> String {
    let mut text = label
        .replace("${LABEL}", own)
        .replace("${PROP('MetricName')}", metric);
    for (name, value) in dimensions {
        text = text.replace(&format!("${{PROP('Dim.{name}')}}"), value);
    }
    text
}
