//! CloudWatch in CBOR (smithy-rpc-v2-cbor): its lists of metrics, and points of constant value.

use super::{Answer, CBOR, Request};
use ciborium::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// A metric that the stub publishes.
pub(crate) struct StubMetric {
    pub namespace: &'static str,
    pub name: &'static str,
    pub dimensions: Vec<(&'static str, String)>,
    /// The value of each point.
    pub value: f64,
}

/// The metric `name` in `namespace` under `dimensions`, each point at `value`.
pub(crate) fn metric(
    (namespace, name): (&'static str, &'static str),
    dimensions: &[(&'static str, &str)],
    value: f64,
) -> StubMetric {
    let dimensions = dimensions
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    StubMetric {
        namespace,
        name,
        dimensions: dimensions.collect(),
        value,
    }
}

/// The answer of CloudWatch to `request`; `None` for requests to other services.
pub(crate) fn metric_answer(request: &Request, metrics: &[StubMetric]) -> Option<Answer> {
    if request.service != "monitoring" {
        return None;
    }
    let input: Value = ciborium::from_reader(request.bytes.as_slice()).unwrap();
    let output = match request.operation.as_str() {
        "ListMetrics" => list(&input, metrics),
        "GetMetricData" => data(&input, metrics),
        other => panic!("no {other} here"),
    };
    let mut bytes = Vec::new();
    ciborium::into_writer(&output, &mut bytes).unwrap();
    Some((200, CBOR, bytes))
}

fn map(members: Vec<(&str, Value)>) -> Value {
    let members = members.into_iter();
    Value::Map(members.map(|(name, value)| (name.into(), value)).collect())
}

fn member<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    let members = of.as_map()?;
    members
        .iter()
        .find(|(key, _)| key.as_text() == Some(name))
        .map(|(_, value)| value)
}

fn text<'a>(of: &'a Value, name: &str) -> Option<&'a str> {
    member(of, name)?.as_text()
}

fn items<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    member(of, name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn list(input: &Value, metrics: &[StubMetric]) -> Value {
    let fits = |metric: &&StubMetric| {
        let filters = items(input, "Dimensions").iter();
        text(input, "Namespace").is_none_or(|name| name == metric.namespace)
            && text(input, "MetricName").is_none_or(|name| name == metric.name)
            && filters
                .filter_map(|filter| Some((text(filter, "Name")?, text(filter, "Value"))))
                .all(|(name, value)| {
                    metric
                        .dimensions
                        .iter()
                        .any(|(known, of)| *known == name && value.is_none_or(|value| value == of))
                })
    };
    let dimension = |(name, value): &(&'static str, String)| {
        map(vec![
            ("Name", (*name).into()),
            ("Value", value.as_str().into()),
        ])
    };
    let listed = metrics.iter().filter(fits).map(|metric| {
        map(vec![
            ("Namespace", metric.namespace.into()),
            ("MetricName", metric.name.into()),
            (
                "Dimensions",
                Value::Array(metric.dimensions.iter().map(dimension).collect()),
            ),
        ])
    });
    map(vec![("Metrics", Value::Array(listed.collect()))])
}

fn data(input: &Value, metrics: &[StubMetric]) -> Value {
    let (start, end) = (seconds(input, "StartTime"), seconds(input, "EndTime"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let end = end.min(now.as_secs_f64());
    let result = |query: &Value| {
        let stat = member(query, "MetricStat").unwrap();
        let asked = member(stat, "Metric").unwrap();
        let period = member(stat, "Period").and_then(Value::as_integer).unwrap();
        let period = i128::from(period) as f64;
        let mut dimensions: Vec<(&str, &str)> = items(asked, "Dimensions")
            .iter()
            .filter_map(|one| Some((text(one, "Name")?, text(one, "Value")?)))
            .collect();
        dimensions.sort_unstable();
        let found = metrics.iter().find(|metric| {
            let mut own: Vec<(&str, &str)> = metric
                .dimensions
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            own.sort_unstable();
            text(asked, "Namespace") == Some(metric.namespace)
                && text(asked, "MetricName") == Some(metric.name)
                && own == dimensions
        });
        let (mut times, mut values) = (Vec::new(), Vec::new());
        if let Some(metric) = found {
            let mut at = (start / period).floor() * period;
            while at < end {
                times.push(Value::Tag(1, Box::new(Value::Float(at))));
                values.push(Value::Float(metric.value));
                at += period;
            }
        }
        map(vec![
            ("Id", text(query, "Id").unwrap().into()),
            ("Label", "stub".into()),
            ("Timestamps", Value::Array(times)),
            ("Values", Value::Array(values)),
            ("StatusCode", "Complete".into()),
        ])
    };
    let results = items(input, "MetricDataQueries").iter().map(result);
    map(vec![("MetricDataResults", Value::Array(results.collect()))])
}

fn seconds(input: &Value, name: &str) -> f64 {
    match member(input, name) {
        Some(Value::Tag(1, inner)) => match &**inner {
            Value::Float(seconds) => *seconds,
            Value::Integer(seconds) => i128::from(*seconds) as f64,
            other => panic!("{name} is {other:?}"),
        },
        other => panic!("{name} is {other:?}"),
    }
}
