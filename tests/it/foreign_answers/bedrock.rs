//! Bedrock as an account shows it: the mantle endpoint, forgotten throughput, tiers, the bill.

use super::{ago, answer, body, ls};
use crate::stub::{
    Answer, Request, Stub,
    metrics::{StubMetric, metric, metric_answer},
    refuse,
};
use serde_json::{Value, json};

/// A line of the bill: service, usage type, dollars and quantity of each day.
type BilledLine = (&'static str, &'static str, f64, f64);

/// GetCostAndUsage of an account without list prices, for each day of the requested period.
fn bill(request: &Request, lines: &[BilledLine]) -> Option<Answer> {
    if request.operation != "GetCostAndUsage" {
        return None;
    }
    let asked = body(request);
    let metrics: Vec<&str> = asked["Metrics"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if metrics.contains(&"ListCost") {
        return Some(refuse(request, "ValidationException", "Invalid metric"));
    }
    let keys: Vec<&str> = asked["GroupBy"]
        .as_array()?
        .iter()
        .filter_map(|group| group["Key"].as_str())
        .collect();
    let day = |text: &Value| text.as_str()?.parse::<jiff::civil::Date>().ok();
    let (start, end) = (
        day(&asked["TimePeriod"]["Start"])?,
        day(&asked["TimePeriod"]["End"])?,
    );
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let days = start
        .series(jiff::Span::new().days(1))
        .take_while(|day| *day < end && *day < today);
    let groups = || {
        let group = |(service, usage, usd, quantity): &BilledLine| {
            let key = |key: &&str| match *key {
                "SERVICE" => (*service).to_owned(),
                "USAGE_TYPE" => (*usage).to_owned(),
                _ => String::new(),
            };
            json!({
                "Keys": keys.iter().map(key).collect::<Vec<_>>(),
                "Metrics": {
                    "NetAmortizedCost": { "Amount": usd.to_string(), "Unit": "USD" },
                    "UsageQuantity": { "Amount": quantity.to_string(), "Unit": "N/A" },
                },
            })
        };
        lines.iter().map(group).collect::<Vec<_>>()
    };
    let steps: Vec<Value> = days
        .map(|day| {
            json!({
                "TimePeriod": {
                    "Start": day.to_string(),
                    "End": day.tomorrow().unwrap().to_string(),
                },
                "Groups": groups(),
                "Estimated": false,
            })
        })
        .collect();
    answer(&json!({ "ResultsByTime": steps, "DimensionValueAttributes": [] }))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

/// YACE#1912, hermes-agent#70382: the calls of the mantle endpoint are in no metric of AWS/Bedrock.
#[test]
fn calls_through_the_mantle_endpoint_are_rows() {
    let metrics = || {
        let (project, model) = (
            ("Project", "proj_default"),
            ("Model", "amazon.nova-pro-v1:0"),
        );
        let set = |name, dims: &[_], value| metric(("AWS/BedrockMantle", name), dims, value);
        vec![
            set("InputTokens", &[project, model], 900_000.0),
            set("InputTokens", &[project], 900_000.0),
            set("InputTokens", &[model], 900_000.0),
            set("OutputTokens", &[project, model], 50_000.0),
            set("Inferences", &[project, model], 60.0),
        ]
    };
    let stub = Stub::new(move |request| metric_answer(request, &metrics()));
    let run = ls(&stub, "models");
    assert_eq!(run.rows.len(), 1, "{:?}", run.rows);
    let row = &run.rows[0];
    assert_eq!(row["fields"]["via"], "mantle");
    assert!(number(&row["usd_per_hour_list"]) > 0.5, "{row}");
}

fn throughput(name: &str, model: &str, hours: f64) -> Value {
    let at = |hours: f64| {
        jiff::Timestamp::from_second(ago(hours) as i64)
            .unwrap()
            .to_string()
    };
    json!({
        "provisionedModelName": name,
        "provisionedModelArn":
            format!("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/{name}"),
        "modelArn": format!("arn:aws:bedrock:us-east-1::foundation-model/{model}"),
        "desiredModelArn": format!("arn:aws:bedrock:us-east-1::foundation-model/{model}"),
        "foundationModelArn": format!("arn:aws:bedrock:us-east-1::foundation-model/{model}"),
        "modelUnits": 1, "desiredModelUnits": 1, "status": "InService",
        "creationTime": at(hours), "lastModifiedTime": at(hours),
    })
}

/// text-to-sql-bedrock-workshop#8: nobody saw a custom model's units for days.
#[test]
fn throughput_without_a_token_is_unused_at_any_price() {
    let arn =
        |name: &str| format!("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/{name}");
    let metrics = move || {
        ["priced", "forgotten"]
            .iter()
            .flat_map(|name| {
                let id = arn(name);
                ["InputTokenCount", "OutputTokenCount"].map(|metric| (metric, id.clone()))
            })
            .map(|(name, id)| StubMetric {
                namespace: "AWS/Bedrock",
                name,
                dimensions: vec![("ModelId", id)],
                value: 0.0,
            })
            .collect::<Vec<_>>()
    };
    let list = json!({ "provisionedModelSummaries": [
        throughput("priced", "anthropic.claude-v2:1:18k", 200.0),
        throughput("forgotten", "amazon.titan-text-express-v1:0:8k", 200.0),
    ] });
    let stub = Stub::new(move |request| {
        if request.operation == "/provisioned-model-throughputs" {
            return Some((200, "application/json", list.to_string().into()));
        }
        metric_answer(request, &metrics())
    });
    let rows = ls(&stub, "throughput");
    let verdict = |name: &str| rows.row(name)["fields"]["verdict"].clone();
    assert!(verdict("forgotten").as_str().unwrap().starts_with("unused"));
    assert!(verdict("priced").as_str().unwrap().starts_with("unused"));
    let findings = ls(&stub, "findings");
    let found: Vec<&Value> = findings
        .rows
        .iter()
        .filter(|row| row["kind"] == "throughput-underused")
        .map(|row| &row["name"])
        .collect();
    assert_eq!(found.len(), 2, "{found:?}; {}", findings.errors);
}

/// dnvriend/aws-bedrock-cost-tool: the quantity of Marketplace `-Units` is in millions of tokens.
/// Billed at list, nothing is learnt: the rate of a row is its list price.
#[test]
fn marketplace_units_are_millions_of_tokens() {
    let per_hour = 2_000_000.0;
    let metrics = move || {
        let id = ("ModelId", "us.anthropic.claude-sonnet-4-5-20250929-v1:0");
        ["InputTokenCount", "OutputTokenCount", "Invocations"]
            .map(|name| {
                let value = if name == "InputTokenCount" {
                    per_hour
                } else {
                    0.0
                };
                metric(("AWS/Bedrock", name), &[id], value)
            })
            .into_iter()
            .collect::<Vec<_>>()
    };
    let millions = per_hour * 24.0 / 1e6;
    let lines = [(
        "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
        "USE1-MP:USE1_InputTokenCount-Units",
        millions * 3.3,
        millions,
    )];
    let stub = Stub::new(move |request| {
        bill(request, &lines).or_else(|| metric_answer(request, &metrics()))
    });
    let run = ls(&stub, "models");
    let row = &run.rows[0];
    let (list, effective) = (
        number(&row["usd_per_hour_list"]),
        number(&row["usd_per_hour"]),
    );
    assert!((list - 6.6).abs() < 0.7, "{row}");
    assert!(
        (effective - list).abs() < 0.01 * list,
        "{row}; {}",
        run.errors
    );
}

/// Bedrock User Guide, "Service tiers": the metrics of a tier are under ModelId, ServiceTier and
/// ResolvedServiceTier. Tokens of the reserved tier are prepaid.
#[test]
fn tokens_of_the_reserved_tier_are_not_billed_by_the_token() {
    let metrics = || {
        let id = ("ModelId", "anthropic.claude-sonnet-4-6");
        let tier = [
            id,
            ("ServiceTier", "reserved"),
            ("ResolvedServiceTier", "reserved"),
        ];
        let set = |name, dims: &[_], value| metric(("AWS/Bedrock", name), dims, value);
        vec![
            set("InputTokenCount", &[id], 1_000_000.0),
            set("OutputTokenCount", &[id], 0.0),
            set("Invocations", &[id], 10.0),
            set("InputTokenCount", &tier, 1_000_000.0),
            set("OutputTokenCount", &tier, 0.0),
        ]
    };
    let stub = Stub::new(move |request| metric_answer(request, &metrics()));
    let run = ls(&stub, "models");
    let rate = run.rows[0]["usd_per_hour_list"]
        .as_f64()
        .unwrap_or_default();
    assert!(rate.abs() < 1e-6, "{:?}", run.rows[0]);
}
