//! `/_spendtop`: faults, calls and the clock, for tests in any language and whoever holds the mock;
//! and the page at `/` for people.
//!
//! Only for who asks from this machine.

use super::{
    faults::{FaultEffect, FaultRule, parse},
    glob::wild,
    protocol::{form, route::HOME},
    request_log::{Count, Line, LoggedCall},
    scenario::when::ScenarioTime,
    server::{Answer, Shared},
    simulation::ResourceName,
};
use http_body_util::Full;
use hyper::{Method, Response, StatusCode, body::Bytes};
use serde_json::{Value, json};
use std::net::SocketAddr;

const ROOT: &str = "/_spendtop";

/// Whether a request is for the mock itself and not for an AWS.
pub(super) fn is_meant(path: &str) -> bool {
    path.strip_prefix(ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers it, in JSON.
pub(super) fn answer(
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
    peer: SocketAddr,
    shared: &Shared,
) -> Answer {
    if !peer.ip().to_canonical().is_loopback() {
        return told(
            StatusCode::FORBIDDEN,
            &json!({"error": "only from the machine that the mock runs on"}),
        );
    }
    let what = path
        .strip_prefix(ROOT)
        .unwrap_or_default()
        .trim_matches('/');
    let done = match (method.as_str(), what) {
        ("GET", "faults") => Ok(faults(shared)),
        ("POST", "faults") => add(body, shared),
        ("DELETE", "faults") => {
            shared.faults.clear();
            Ok(faults(shared))
        }
        ("GET", "calls") => calls(query, shared),
        ("DELETE", "calls") => {
            shared.ledger.forget();
            calls("", shared)
        }
        ("GET", "clock") => Ok(clock(shared)),
        ("POST", "clock") => forward(body, shared),
        (_, "faults" | "calls" | "clock") => {
            return told(
                StatusCode::METHOD_NOT_ALLOWED,
                &json!({"error": format!("no {method} of {path}")}),
            );
        }
        _ => {
            return told(
                StatusCode::NOT_FOUND,
                &json!({"error": format!("{path} is none of {ROOT}/faults, {ROOT}/calls, {ROOT}/clock")}),
            );
        }
    };
    match done {
        Ok(value) => told(StatusCode::OK, &value),
        Err(error) => told(StatusCode::BAD_REQUEST, &json!({"error": error})),
    }
}

fn text(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())
}

fn faults(shared: &Shared) -> Value {
    json!({"now": shared.clock.now().to_string(), "faults": shared.faults.list().iter().map(fault).collect::<Vec<_>>()})
}

fn fault(rule: &FaultRule) -> Value {
    let delay = if let FaultEffect::Slow(delay) = rule.fault {
        Some(format!("{}ms", delay.as_millis()))
    } else {
        None
    };
    json!({
        "kind": rule.fault.word(),
        "delay": delay,
        "service": rule.service,
        "operation": rule.operation,
        "region": rule.region,
        "row": rule.row,
        "from": rule.from.map(|at| at.to_string()),
        "until": rule.until.map(|at| at.to_string()),
        "times": (rule.times != usize::MAX).then_some(rule.times),
        "after": rule.after,
        "every": rule.every,
        "met": rule.met,
        "hits": rule.hits,
    })
}

fn add(body: &[u8], shared: &Shared) -> Result<Value, String> {
    let regions = shared.world().regions.clone();
    let rules = parse::parse(text(body)?, &regions, shared.clock.now())?;
    shared.faults.add(rules);
    Ok(faults(shared))
}

/// What a query string leaves: patterns of service, operation, region, row.
#[derive(Default)]
struct CallFilter(Vec<(String, String)>);

impl CallFilter {
    fn read(query: &str) -> Result<Self, String> {
        let pairs = form::pairs(query)?
            .into_iter()
            .map(|(name, pattern)| match name.as_str() {
                "service" | "operation" | "region" | "row" => Ok((name, pattern)),
                _ => Err(format!(
                    "`{name}` is none of service, operation, region, row"
                )),
            });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    fn leaves<'a>(
        &self,
        service: &str,
        operation: &str,
        region: &str,
        mut rows: impl Iterator<Item = &'a ResourceName>,
    ) -> bool {
        self.0.iter().all(|(name, pattern)| match name.as_str() {
            "service" => wild(pattern, service),
            "operation" => wild(pattern, operation),
            "region" => wild(pattern, region),
            _ => rows.any(|row| row.fits(pattern)),
        })
    }
}

fn calls(query: &str, shared: &Shared) -> Result<Value, String> {
    let sieve = CallFilter::read(query)?;
    let (all, lines) = shared.ledger.counts();
    let left = |(line, _): &&(Line, Count)| {
        sieve.leaves(line.service, &line.operation, &line.region, line.row.iter())
    };
    let counters: Vec<Value> = lines.iter().filter(left).map(counter).collect();
    let calls = shared.ledger.calls();
    let kept: Vec<&LoggedCall> = calls
        .iter()
        .filter(|asked| {
            sieve.leaves(
                asked.service,
                &asked.operation,
                &asked.region,
                asked.rows.iter(),
            )
        })
        .collect();
    let some = Count {
        requests: kept.len() as u64,
        effects: kept.iter().filter(|asked| asked.effect).count() as u64,
    };
    let count = if sieve.0.is_empty() { all } else { some };
    Ok(json!({
        "now": shared.clock.now().to_string(),
        "requests": count.requests,
        "effects": count.effects,
        "counters": counters,
        "calls": kept.into_iter().map(call).collect::<Vec<_>>(),
    }))
}

fn named(row: &ResourceName) -> Value {
    json!({"id": row.id, "name": row.name, "arn": row.arn})
}

fn counter((line, count): &(Line, Count)) -> Value {
    json!({
        "service": line.service,
        "operation": line.operation,
        "region": line.region,
        "row": line.row.as_ref().map(named),
        "dry_run": line.dry_run,
        "status": line.status,
        "requests": count.requests,
        "effects": count.effects,
    })
}

fn call(asked: &LoggedCall) -> Value {
    json!({
        "at": asked.at.to_string(),
        "service": asked.service,
        "operation": asked.operation,
        "region": asked.region,
        "rows": asked.rows.iter().map(named).collect::<Vec<_>>(),
        "dry_run": asked.dry_run,
        "status": asked.status,
        "fault": asked.fault.map(FaultEffect::word),
        "effect": asked.effect,
    })
}

fn clock(shared: &Shared) -> Value {
    json!({"now": shared.clock.now().to_string()})
}

/// `{"forward": "2h"}`
fn forward(body: &[u8], shared: &Shared) -> Result<Value, String> {
    let asked: Value = serde_json::from_str(text(body)?).map_err(|error| error.to_string())?;
    let by = asked
        .get("forward")
        .and_then(Value::as_str)
        .map(|span| span.trim_start_matches('+'));
    let seconds = by
        .and_then(|span| format!("+{span}").parse::<ScenarioTime>().ok())
        .and_then(|when| match when {
            ScenarioTime::Offset(seconds) => Some(seconds),
            ScenarioTime::Last(..) | ScenarioTime::At(_) => None,
        });
    shared
        .clock
        .advance(seconds.ok_or("write {\"forward\": \"2h\"}")?);
    Ok(clock(shared))
}

fn told(status: StatusCode, value: &Value) -> Answer {
    written(status, "application/json", format!("{value:#}\n"))
}

fn written(status: StatusCode, kind: &'static str, body: String) -> Answer {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static(kind),
    );
    response
}

/// The page for people.
pub(super) fn page(shared: &Shared) -> Answer {
    let world = shared.world();
    let text = format!(
        "spendtop mock: an AWS to practise on. Nothing here is real and nothing costs money.\n\n\
         account   {} ({})\nregions   {}\nnow       {}\n\n\
         It speaks EC2, SageMaker, Bedrock, CloudWatch, Cost Explorer, Application Auto Scaling and STS to any AWS client.\n\
         Any access key will do:\n\n\
         \x20 AWS_ACCESS_KEY_ID=mock AWS_SECRET_ACCESS_KEY=mock aws --endpoint-url http://<this address> --region {} ec2 describe-instances\n\n\
         What goes wrong, what was asked, and what time it is, from this machine:\n\n\
         \x20 curl http://<this address>{ROOT}/faults -d '[{{\"kind\": \"throttle\", \"service\": \"ec2\", \"times\": 3}}]'\n\
         \x20 curl http://<this address>{ROOT}/calls\n\
         \x20 curl http://<this address>{ROOT}/clock -d '{{\"forward\": \"2h\"}}'\n",
        world.account.id,
        world.account.alias,
        world.regions.join(", "),
        shared.clock.now(),
        world.regions.first().map_or(HOME, String::as_str),
    );
    drop(world);
    written(StatusCode::OK, "text/plain; charset=utf-8", text)
}
