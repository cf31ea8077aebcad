//! GetCostAndUsage.

use super::super::{Answer, Context};
use super::{
    amount, attributes, charges, dimension, invalid, known_dimension,
    period::{self, Period, format_time},
};
use crate::{
    domain::Timestamp,
    mock::{
        billing::{BillingPeriod, Charge},
        protocol::{Failure, Value, value::fields},
        simulation::Simulation,
    },
};
use std::collections::{BTreeMap, BTreeSet};

const METRICS: &[&str] = &[
    "AmortizedCost",
    "BlendedCost",
    "NetAmortizedCost",
    "NetUnblendedCost",
    "NormalizedUsageAmount",
    "UnblendedCost",
    "UsageQuantity",
];
/// Most groups of a page, over all periods.
const PAGE: usize = 1_000;

/// A dimension or tag that results are grouped by.
#[derive(Clone, Debug)]
enum GroupBy {
    Dimension(String),
    Tag(String),
    ProductAttribute(String),
    Nothing,
}

#[derive(Clone, Debug, Default)]
struct Sum {
    usd: f64,
    amortized: f64,
    net: f64,
    net_amortized: f64,
    quantity: f64,
    unit: Option<String>,
    mixed: bool,
}

impl Sum {
    fn add(&mut self, charge: &Charge) {
        self.usd += charge.usd;
        self.amortized += charge.amortized;
        self.net += charge.net;
        self.net_amortized += charge.net_amortized;
        self.quantity += charge.quantity;
        if charge.quantity > 0.0 {
            let unit = self.unit.get_or_insert_with(|| charge.unit.clone());
            self.mixed |= *unit != charge.unit;
        }
    }

    fn node(&self, metrics: &[&'static str]) -> Value {
        let mut out = Value::EMPTY;
        for metric in metrics {
            let (value, unit) = match *metric {
                "UsageQuantity" => (
                    self.quantity,
                    self.unit
                        .as_deref()
                        .filter(|_| !self.mixed)
                        .unwrap_or("N/A"),
                ),
                "NormalizedUsageAmount" => (0.0, "N/A"),
                "AmortizedCost" => (self.amortized, "USD"),
                "NetUnblendedCost" => (self.net, "USD"),
                "NetAmortizedCost" => (self.net_amortized, "USD"),
                _ => (self.usd, "USD"),
            };
            out.set(
                *metric,
                fields! { "Amount": amount(value), "Unit": unit.to_owned() },
            );
        }
        out
    }
}

/// `GetCostAndUsage`
pub(super) fn get(context: &Context<'_>) -> Answer {
    let requested = period::period(context)?;
    let step = period::granularity(context)?;
    period::check_range(context, &requested, step)?;
    let metrics = metrics(context)?;
    let groups = groups(context)?;
    let simulation = context.simulation();
    let account = simulation.account.id.clone();
    let charges = charges(context, &simulation, requested.start, requested.end, step)?;
    let mut sums: BTreeMap<(Timestamp, Vec<String>), Sum> = BTreeMap::new();
    for charge in &charges {
        let keys = groups.iter().map(|by| key(by, charge, &account)).collect();
        sums.entry((charge.at, keys)).or_default().add(charge);
    }
    let page = context.page(
        rows(&sums, step.parts(requested.start, requested.end), step),
        ("NextPageToken", "-"),
        PAGE,
        |(start, _, group)| {
            format!(
                "{start}/{}",
                group
                    .as_ref()
                    .map_or_else(String::new, |(keys, _)| keys.join("\u{0}"))
            )
        },
    )?;
    let results = results(
        page.items,
        !groups.is_empty(),
        &metrics,
        step,
        month(context.now),
    );
    let defined = groups.iter().map(definition).collect::<Vec<_>>();
    let by_account = groups
        .iter()
        .any(|by| matches!(by, GroupBy::Dimension(key) if key == "LINKED_ACCOUNT"));
    let accounts = if by_account {
        account_attributes(&charges, &simulation)
    } else {
        Vec::new()
    };
    Ok(fields! {
        "NextPageToken": page.next,
        "GroupDefinitions": (!defined.is_empty()).then_some(defined),
        "ResultsByTime": results,
        "DimensionValueAttributes": accounts,
    })
}

/// One row for each step and group, and an empty one for a step without costs.
fn rows(
    sums: &BTreeMap<(Timestamp, Vec<String>), Sum>,
    parts: Vec<(Timestamp, Timestamp)>,
    step: BillingPeriod,
) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (start, end) in parts {
        let step_start = step.start_of(start);
        let inside = sums
            .range((step_start, Vec::new())..)
            .take_while(|((at, _), _)| *at == step_start);
        let before = rows.len();
        rows.extend(inside.map(|((_, keys), sum)| (start, end, Some((keys.clone(), sum.clone())))));
        if rows.len() == before {
            rows.push((start, end, None));
        }
    }
    rows
}

fn account_attributes(charges: &[Charge], simulation: &Simulation) -> Vec<Value> {
    let accounts: BTreeSet<&str> = charges
        .iter()
        .map(|charge| charge.account.as_str())
        .collect();
    let attributes_of = |id: &str| {
        fields! {
            "Value": id.to_owned(),
            "Attributes": attributes("LINKED_ACCOUNT", id, simulation),
        }
    };
    accounts.into_iter().map(attributes_of).collect()
}

fn month(now: Timestamp) -> Timestamp {
    BillingPeriod::Month.start_of(now)
}

type Row = (Timestamp, Timestamp, Option<(Vec<String>, Sum)>);

/// Costs of the current month are estimated, because AWS has not billed them.
fn results(
    rows: Vec<Row>,
    grouped: bool,
    metrics: &[&'static str],
    step: BillingPeriod,
    month: Timestamp,
) -> Vec<Value> {
    let mut out: Vec<(Timestamp, Timestamp, Sum, Vec<Value>)> = Vec::new();
    for (start, end, group) in rows {
        if out.last().is_none_or(|(seen, ..)| *seen != start) {
            out.push((start, end, Sum::default(), Vec::new()));
        }
        let (Some((_, _, total, groups)), Some((keys, sum))) = (out.last_mut(), group) else {
            continue;
        };
        groups.push(fields! { "Keys": keys, "Metrics": sum.node(metrics) });
        *total = sum;
    }
    out.into_iter()
        .map(|(start, end, total, groups)| {
            fields! {
                "TimePeriod": fields! {
                    "Start": format_time(start, step),
                    "End": format_time(end, step),
                },
                "Total": if grouped { Value::EMPTY } else { total.node(metrics) },
                "Groups": if grouped { groups } else { Vec::new() },
                "Estimated": end > month,
            }
        })
        .collect()
}

fn metrics(context: &Context<'_>) -> Result<Vec<&'static str>, Failure> {
    let mut metrics = Vec::new();
    for text in context.input.need_texts("Metrics")? {
        // Both spellings are accepted: UnblendedCost and UNBLENDED_COST.
        let plain = text.replace('_', "");
        match METRICS
            .iter()
            .find(|metric| metric.eq_ignore_ascii_case(&plain))
        {
            Some(metric) if !metrics.contains(metric) => metrics.push(*metric),
            Some(_) => {}
            None => {
                return invalid(format!(
                    "Invalid metric: {text}. Valid metrics are {}",
                    METRICS.join(", ")
                ));
            }
        }
    }
    Ok(metrics)
}

fn groups(context: &Context<'_>) -> Result<Vec<GroupBy>, Failure> {
    let mut groups = Vec::new();
    for group in context.input.children("GroupBy")? {
        let kind = group.need_text("Type")?;
        let key = group.need_text("Key")?.to_owned();
        groups.push(match kind {
            "DIMENSION" if !known_dimension(&key) || key == "RESOURCE_ID" => {
                return invalid(format!("Group Definition dimension is invalid: {key}"));
            }
            "DIMENSION" => GroupBy::Dimension(key),
            "TAG" => GroupBy::Tag(key),
            "PRODUCT_ATTRIBUTE" => GroupBy::ProductAttribute(key),
            _ => GroupBy::Nothing,
        });
    }
    if groups.len() > 2 {
        return invalid("A maximum of 2 group definitions is supported");
    }
    Ok(groups)
}

fn key(by: &GroupBy, charge: &Charge, account: &str) -> String {
    match by {
        GroupBy::Dimension(name) => dimension(name, charge, account).unwrap_or_default(),
        GroupBy::Tag(name) => format!(
            "{name}${}",
            charge.tags.get(name).map_or("", String::as_str)
        ),
        GroupBy::ProductAttribute(name) => format!("{name}${}", attribute(name, charge)),
        GroupBy::Nothing => "$".to_owned(),
    }
}

/// The product attribute `name` of a charge; only Bedrock's charges have one, here only `model`.
fn attribute<'a>(name: &str, charge: &'a Charge) -> &'a str {
    if name != "model" || !charge.service.contains("Bedrock") {
        return "";
    }
    match charge.service.strip_suffix(" (Amazon Bedrock Edition)") {
        Some(model) => model,
        None => charge.usage_type.split('-').nth(1).unwrap_or_default(),
    }
}

fn definition(by: &GroupBy) -> Value {
    match by {
        GroupBy::Dimension(key) => fields! { "Type": "DIMENSION", "Key": key },
        GroupBy::Tag(key) => fields! { "Type": "TAG", "Key": key },
        GroupBy::ProductAttribute(key) => {
            fields! { "Type": "PRODUCT_ATTRIBUTE", "Key": key }
        }
        GroupBy::Nothing => fields! { "Type": "COST_CATEGORY", "Key": "" },
    }
}

/// The dollars of a period in a metric of forecasts, step by step.
pub(super) fn total(
    context: &Context<'_>,
    requested: Period,
    step: BillingPeriod,
    metric: &str,
) -> Result<BTreeMap<Timestamp, f64>, Failure> {
    let simulation = context.simulation();
    let mut days = BTreeMap::new();
    for charge in charges(context, &simulation, requested.start, requested.end, step)? {
        *days.entry(charge.at).or_default() += match metric {
            "AMORTIZED_COST" => charge.amortized,
            "NET_UNBLENDED_COST" => charge.net,
            "NET_AMORTIZED_COST" => charge.net_amortized,
            _ => charge.usd,
        };
    }
    Ok(days)
}
