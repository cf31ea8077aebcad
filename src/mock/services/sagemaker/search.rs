//! `Search`: training jobs and endpoints with their tags, found by the members of their describe
//! answers.

use super::super::{Answer, Context};
use super::{endpoints, jobs, tags};
use crate::mock::{
    protocol::{Error, Failure, Input, Value, value::fields},
    simulation::JobKind,
};
use std::cmp::Ordering;

/// `Search` of training jobs and endpoints; other resources have no results.
pub(super) fn search(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let resource = input.need_text("Resource")?;
    let sort = input.text("SortBy")?.unwrap_or("LastModifiedTime");
    let descending = input.text("SortOrder")? != Some("Ascending");
    let mut found = bodies(context, resource);
    if let Some(expression) = input.child("SearchExpression")? {
        let mut kept = Vec::new();
        for body in found {
            if matches_expression(&expression, &body)? {
                kept.push(body);
            }
        }
        found = kept;
    }
    found.sort_by(|a, b| {
        let ordering = compare(a.get(sort), b.get(sort)).then_with(|| name(a).cmp(&name(b)));
        if descending {
            ordering.reverse()
        } else {
            ordering
        }
    });
    let total = found.len();
    let page = context.page(found, ("NextToken", "MaxResults"), 10, name)?;
    let results: Vec<Value> = page
        .items
        .into_iter()
        .map(|body| Value::Map(vec![(resource.to_owned().into(), body)]))
        .collect();
    Ok(fields! {
        "Results": results,
        "NextToken": page.next,
        "TotalHits": fields! { "Value": total, "Relation": "EqualTo" },
    })
}

fn name(body: &Value) -> String {
    body.get("TrainingJobArn")
        .or_else(|| body.get("EndpointArn"))
        .map_or_else(String::new, Value::show)
}

fn bodies(context: &Context<'_>, resource: &str) -> Vec<Value> {
    let (simulation, now) = (context.simulation(), context.now);
    let tagged = |mut body: Value, own: &crate::domain::Tags| {
        body.set("Tags", tags::pairs(own.clone()));
        body
    };
    match resource {
        "TrainingJob" => {
            let jobs = simulation.jobs(JobKind::Training, context.region, now);
            jobs.into_iter()
                .map(|one| tagged(jobs::training::body(&simulation, one, now), &one.tags))
                .collect()
        }
        "Endpoint" => {
            let endpoints = simulation.endpoints(context.region, now);
            endpoints
                .into_iter()
                .map(|one| tagged(endpoints::body(one, now), &one.tags))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a body matches the expression.
fn matches_expression(expression: &Input<'_>, body: &Value) -> Result<bool, Failure> {
    if expression.has("NestedFilters") {
        return Err(Error::new(
            "ValidationException",
            "NestedFilters are not supported for this resource.",
        )
        .into());
    }
    let any = expression.text("Operator")? == Some("Or");
    let mut answers = Vec::new();
    for filter in expression.children("Filters")? {
        answers.push(matches_filter(&filter, body)?);
    }
    for inner in expression.children("SubExpressions")? {
        answers.push(matches_expression(&inner, body)?);
    }
    Ok(if any {
        answers.contains(&true)
    } else {
        !answers.contains(&false)
    })
}

fn matches_filter(filter: &Input<'_>, body: &Value) -> Result<bool, Failure> {
    let property = filter.need_text("Name")?;
    let operator = filter.text("Operator")?.unwrap_or("Equals");
    let requested = filter.text("Value")?;
    let value = find(body, property);
    let Some(requested) = requested else {
        return match operator {
            "Exists" => Ok(value.is_some()),
            "NotExists" => Ok(value.is_none()),
            _ => Err(Failure::Missing(filter.path("Value"))),
        };
    };
    let Some(value) = value else {
        return Ok(operator == "NotEquals");
    };
    let against = match value {
        Value::Timestamp(_) => requested.parse().map_or(Value::Null, Value::Timestamp),
        Value::Int(_) | Value::Float(_) => requested.parse().map_or(Value::Null, Value::Float),
        _ => Value::from(requested.to_owned()),
    };
    let ordering = compare(Some(value), Some(&against));
    let text = value.show();
    Ok(match operator {
        "NotEquals" => text != requested && ordering != Ordering::Equal,
        "GreaterThan" => ordering == Ordering::Greater,
        "GreaterThanOrEqualTo" => ordering != Ordering::Less,
        "LessThan" => ordering == Ordering::Less,
        "LessThanOrEqualTo" => ordering != Ordering::Greater,
        "Contains" => text.to_lowercase().contains(&requested.to_lowercase()),
        "In" => requested.split(',').any(|one| one.trim() == text),
        _ => text == requested || ordering == Ordering::Equal,
    })
}

/// The value at a path such as `ResourceConfig.InstanceType` or `Tags.team`.
fn find<'n>(body: &'n Value, property: &str) -> Option<&'n Value> {
    if let (Some(key), Some(Value::List(tags))) = (property.strip_prefix("Tags."), body.get("Tags"))
    {
        return tags
            .iter()
            .find(|tag| tag.get("Key").is_some_and(|own| own.show() == key))?
            .get("Value");
    }
    property
        .split('.')
        .try_fold(body, |node, part| node.get(part))
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let real = |node: &Value| match node {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        _ => None,
    };
    match (a, b) {
        (Some(Value::Timestamp(a)), Some(Value::Timestamp(b))) => a.cmp(b),
        (Some(a), Some(b)) => match (real(a), real(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => a.show().cmp(&b.show()),
        },
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}
