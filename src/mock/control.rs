//! The control endpoint `/_spendtop` (faults, calls, clock), only for clients on this machine, and
//! the page at `/` for people.

use super::{
    faults::{FaultEffect, FaultRule, parse},
    glob::matches,
    protocol::{form, route::HOME},
    reply_body::{self, BodyEnd},
    request_log::{CallCount, CounterKey, LoggedCall},
    scenario::when::ScenarioTime,
    server::{HttpResponse, Shared},
    simulation::ResourceName,
};
use hyper::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;

const ROOT: &str = "/_spendtop";

/// Whether the path belongs to the control endpoint.
pub(super) fn is_control_path(path: &str) -> bool {
    path.strip_prefix(ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a control request in JSON.
pub(super) fn answer(
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
    peer: SocketAddr,
    shared: &Shared,
) -> HttpResponse {
    if !peer.ip().to_canonical().is_loopback() {
        return json_response(
            StatusCode::FORBIDDEN,
            &json!({"error": "only from the machine that the mock runs on"}),
        );
    }
    let what = path
        .strip_prefix(ROOT)
        .unwrap_or_default()
        .trim_matches('/');
    let done = match (method.as_str(), what) {
        ("GET", "faults") => Ok(faults_json(shared)),
        ("POST", "faults") => add_faults(body, shared),
        ("DELETE", "faults") => {
            shared.faults.clear();
            Ok(faults_json(shared))
        }
        ("GET", "calls") => calls_json(query, shared),
        ("DELETE", "calls") => {
            shared.request_log.clear();
            calls_json("", shared)
        }
        ("GET", "clock") => Ok(clock_json(shared)),
        ("POST", "clock") => advance_clock(body, shared),
        (_, "faults" | "calls" | "clock") => {
            return json_response(
                StatusCode::METHOD_NOT_ALLOWED,
                &json!({"error": format!("no {method} of {path}")}),
            );
        }
        _ => {
            return json_response(
                StatusCode::NOT_FOUND,
                &json!({"error": format!("{path} is none of {ROOT}/faults, {ROOT}/calls, \
                                          {ROOT}/clock")}),
            );
        }
    };
    match done {
        Ok(value) => json_response(StatusCode::OK, &value),
        Err(error) => json_response(StatusCode::BAD_REQUEST, &json!({"error": error})),
    }
}

fn body_text(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())
}

fn faults_json(shared: &Shared) -> Value {
    let rules: Vec<Value> = shared.faults.list().iter().map(fault_json).collect();
    json!({"now": shared.clock.now().to_string(), "faults": rules})
}

fn fault_json(rule: &FaultRule) -> Value {
    let delay = if let FaultEffect::Slow(delay) = rule.fault {
        Some(format!("{}ms", delay.as_millis()))
    } else {
        None
    };
    json!({
        "kind": rule.fault.name(),
        "delay": delay,
        "service": rule.service,
        "operation": rule.operation,
        "account": rule.account,
        "region": rule.region,
        "resource": rule.resource,
        "from": rule.from.map(|at| at.to_string()),
        "until": rule.until.map(|at| at.to_string()),
        "times": (rule.times != usize::MAX).then_some(rule.times),
        "skip": rule.skip,
        "every-nth": rule.every_nth,
        "matched": rule.matched,
        "fired": rule.fired,
    })
}

fn add_faults(body: &[u8], shared: &Shared) -> Result<Value, String> {
    let regions = shared.simulation().regions.clone();
    let rules = parse::parse(body_text(body)?, &regions, shared.clock.now())?;
    shared.faults.add(rules);
    Ok(faults_json(shared))
}

/// The filter of a query string: patterns of service, operation, account, region and
/// resource.
#[derive(Default)]
struct CallFilter(Vec<(String, String)>);

impl CallFilter {
    fn read(query: &str) -> Result<Self, String> {
        let pairs = form::pairs(query)?
            .into_iter()
            .map(|(name, pattern)| match name.as_str() {
                "service" | "operation" | "account" | "region" | "resource" => Ok((name, pattern)),
                _ => Err(format!(
                    "`{name}` is none of service, operation, account, region, resource"
                )),
            });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    fn passes<'a>(
        &self,
        (service, operation): (&str, &str),
        (account, region): (&str, &str),
        mut resources: impl Iterator<Item = &'a ResourceName>,
    ) -> bool {
        self.0.iter().all(|(name, pattern)| match name.as_str() {
            "service" => matches(pattern, service),
            "operation" => matches(pattern, operation),
            "account" => matches(pattern, account),
            "region" => matches(pattern, region),
            _ => resources.any(|resource| resource.matches(pattern)),
        })
    }
}

fn calls_json(query: &str, shared: &Shared) -> Result<Value, String> {
    let filter = CallFilter::read(query)?;
    let (all, lines) = shared.request_log.counts();
    let left = |(line, _): &&(CounterKey, CallCount)| {
        filter.passes(
            (line.service, &line.operation),
            (&line.account, &line.region),
            line.resource.iter(),
        )
    };
    let counters: Vec<Value> = lines.iter().filter(left).map(counter_json).collect();
    let calls = shared.request_log.calls();
    let kept: Vec<&LoggedCall> = calls
        .iter()
        .filter(|logged| {
            filter.passes(
                (logged.service, &logged.operation),
                (&logged.account, &logged.region),
                logged.resources.iter(),
            )
        })
        .collect();
    let some = CallCount {
        requests: kept.len() as u64,
        effects: kept.iter().filter(|logged| logged.effect).count() as u64,
    };
    let count = if filter.0.is_empty() { all } else { some };
    Ok(json!({
        "now": shared.clock.now().to_string(),
        "requests": count.requests,
        "effects": count.effects,
        "mismatches": mismatches_json(shared, &filter),
        "counters": counters,
        "calls": kept.into_iter().map(call_json).collect::<Vec<_>>(),
    }))
}

/// The logged mismatches with AWS's contract, of the services and operations that `filter` passes.
fn mismatches_json(shared: &Shared, filter: &CallFilter) -> Vec<Value> {
    let entries = shared.mismatches.entries();
    let kept = entries.iter().filter(|entry| {
        let named = |(name, pattern): &(String, String)| match name.as_str() {
            "service" => matches(pattern, entry.service),
            "operation" => matches(pattern, &entry.operation),
            _ => true,
        };
        filter.0.iter().all(named)
    });
    kept.map(|entry| Value::from(entry.to_string())).collect()
}

fn resource_json(resource: &ResourceName) -> Value {
    json!({"id": resource.id, "name": resource.name, "arn": resource.arn})
}

fn counter_json((line, count): &(CounterKey, CallCount)) -> Value {
    json!({
        "service": line.service,
        "operation": line.operation,
        "account": line.account,
        "region": line.region,
        "resource": line.resource.as_ref().map(resource_json),
        "dry_run": line.dry_run,
        "status": line.status,
        "requests": count.requests,
        "effects": count.effects,
    })
}

fn call_json(logged: &LoggedCall) -> Value {
    json!({
        "at": logged.at.to_string(),
        "service": logged.service,
        "operation": logged.operation,
        "account": logged.account,
        "region": logged.region,
        "resources": logged.resources.iter().map(resource_json).collect::<Vec<_>>(),
        "dry_run": logged.dry_run,
        "status": logged.status,
        "fault": logged.fault.map(FaultEffect::name),
        "effect": logged.effect,
    })
}

fn clock_json(shared: &Shared) -> Value {
    json!({"now": shared.clock.now().to_string()})
}

/// `{"forward": "2h"}`
fn advance_clock(body: &[u8], shared: &Shared) -> Result<Value, String> {
    let logged: Value =
        serde_json::from_str(body_text(body)?).map_err(|error| error.to_string())?;
    let by = logged
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
        .try_advance(seconds.ok_or("write {\"forward\": \"2h\"}")?)
        .map_err(|error| error.to_string())?;
    Ok(clock_json(shared))
}

/// The reply to a request that the mock does not carry out: the reason in JSON. Closes the
/// connection.
pub(super) fn refused(status: StatusCode, why: &str) -> HttpResponse {
    let mut response = json_response(status, &json!({"error": why}));
    let close = hyper::header::HeaderValue::from_static("close");
    response
        .headers_mut()
        .insert(hyper::header::CONNECTION, close);
    response
}

fn json_response(status: StatusCode, value: &Value) -> HttpResponse {
    response(status, "application/json", format!("{value:#}\n"))
}

fn response(status: StatusCode, kind: &'static str, body: String) -> HttpResponse {
    let mut response = Response::new(reply_body::body(body.into_bytes(), BodyEnd::Whole));
    *response.status_mut() = status;
    response.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static(kind),
    );
    response
}

/// The page at `/`.
pub(super) fn index_page(shared: &Shared) -> HttpResponse {
    let simulation = shared.simulation();
    let linked = match shared.organization.members().len() {
        0 => String::new(),
        count => format!(" and {count} that it pays for"),
    };
    let text = format!(
        "spendtop mock: an AWS to practise on. Nothing here is real and nothing costs money.\n\n\
         account   {} ({}){linked}\nregions   {}\nnow       {}\n\n\
         It answers the requests of any AWS client to EC2, SageMaker, Bedrock, CloudWatch,\n\
         Cost Explorer, Application Auto Scaling and STS, with any access key:\n\n\
         \x20 AWS_ACCESS_KEY_ID=mock AWS_SECRET_ACCESS_KEY=mock aws \\\n\
         \x20   --endpoint-url http://<this address> --region {} ec2 describe-instances\n\n\
         Requests from this machine set faults, list the calls and move the clock:\n\n\
         \x20 curl http://<this address>{ROOT}/faults \\\n\
         \x20   -d '[{{\"kind\": \"throttle\", \"service\": \"ec2\", \"times\": 3}}]'\n\
         \x20 curl http://<this address>{ROOT}/calls\n\
         \x20 curl http://<this address>{ROOT}/clock -d '{{\"forward\": \"2h\"}}'\n",
        simulation.account.id,
        simulation.account.alias,
        simulation.regions.join(", "),
        shared.clock.now(),
        simulation.regions.first().map_or(HOME, String::as_str),
    );
    drop(simulation);
    response(StatusCode::OK, "text/plain; charset=utf-8", text)
}
