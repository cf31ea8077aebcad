//! Dispatches one call: applies a planned fault, executes it, encodes the answer, logs it.

use super::{
    contract,
    faults::{self, FaultEffect, IncomingCall},
    organization::{Account, Caller},
    protocol::{Error, HttpReply, Input, MockService, RoutedCall, Value, response},
    reply_body::BodyEnd,
    request_log::LoggedCall,
    server::Shared,
    services,
    simulation::{ResourceName, Simulation},
};
use crate::domain::Timestamp;
use std::{
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

/// How a request ends.
#[derive(Debug)]
pub(super) enum DispatchOutcome {
    /// A reply.
    Reply(HttpReply),
    /// A reply after a delay.
    DelayedReply(HttpReply, Duration),
    /// A reply whose body does not end as it should.
    UnfinishedReply(HttpReply, BodyEnd),
    /// The connection stays open without a reply.
    NoReply,
    /// The connection is closed without a reply.
    ConnectionClosed,
}

impl DispatchOutcome {
    /// The same reply, if there is one, `delay` later.
    fn delayed(self, delay: Duration) -> Self {
        match self {
            Self::Reply(reply) => Self::DelayedReply(reply, delay),
            Self::DelayedReply(reply, own) => Self::DelayedReply(reply, own + delay),
            other => other,
        }
    }
}

/// A body that no protocol can parse.
const UNPARSABLE_BODY: &[u8] = b"<<{[\xff not an answer";

const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Guest network</title></head>\
    <body><form action=\"/login\"><input name=\"user\"></form></body></html>\n";
const PROXY_ERROR: &str = "<html><head><title>502 Bad Gateway</title></head>\
    <body><h1>502 Bad Gateway</h1></body></html>\n";

/// Executes the call on a blocking thread, because a week of metrics takes long. A started call
/// completes even if the client disconnects.
pub(super) async fn answer(call: RoutedCall, id: String, shared: &Arc<Shared>) -> DispatchOutcome {
    let (inside, spare_call, spare_id) = (shared.clone(), call.clone(), id.clone());
    let answer_result = tokio::task::spawn_blocking(move || decide(&call, &id, &inside));
    answer_result.await.unwrap_or_else(|_| {
        let caller = shared.organization.caller(&spare_call.access_key);
        let error = fault_error(FaultEffect::Status500, &spare_call, &caller);
        DispatchOutcome::Reply(response::failure(&spare_call, &error, &spare_id))
    })
}

fn decide(call: &RoutedCall, id: &str, shared: &Shared) -> DispatchOutcome {
    let now = shared.clock.now();
    let caller = shared.organization.caller(&call.access_key);
    let account = shared.organization.account_of(&caller);
    let resources = match &call.input {
        Ok(input) => account.simulation().resources_named_in(&call.region, input),
        Err(_) => Vec::new(),
    };
    let dry_run = call
        .input
        .as_ref()
        .is_ok_and(|input| Input::root(input).bool("DryRun") == Ok(Some(true)));
    let incoming = IncomingCall {
        service: call.service,
        operation: &call.operation,
        account: (&account.id, &account.name),
        region: &call.region,
        resources: &resources,
        dry_run,
        now,
    };
    let fired = call
        .input
        .is_ok()
        .then(|| shared.faults.take(&incoming))
        .flatten();
    let fired = fired.or_else(|| refusal(&incoming, account, shared));
    let fault = fired.as_ref().map(|(fault, _)| *fault);
    let (answer_result, effect) = execute(call, &caller, fired.as_ref(), now, shared);
    let ending = dispatch_outcome(call, id, (fault, &caller), answer_result);
    let ending = match shared.latencies.take(&incoming) {
        Some((FaultEffect::Slow(delay), _)) => ending.delayed(delay),
        _ => ending,
    };
    let status = match &ending {
        DispatchOutcome::Reply(reply)
        | DispatchOutcome::DelayedReply(reply, _)
        | DispatchOutcome::UnfinishedReply(reply, _) => reply.status,
        DispatchOutcome::NoReply | DispatchOutcome::ConnectionClosed => 0,
    };
    let resources: Vec<ResourceName> = if call.service == MockService::CloudWatch {
        Vec::new()
    } else {
        resources
    };
    shared.request_log.record(LoggedCall {
        at: now,
        service: call.service.prefix(),
        operation: call.operation.clone(),
        account: account.id.clone(),
        region: call.region.clone(),
        resources,
        dry_run,
        status,
        fault,
        effect,
    });
    ending
}

/// Why AWS refuses the call without a planned fault: the caller's role, or AWS's request limits,
/// where the scenario has them.
fn refusal(
    incoming: &IncomingCall<'_>,
    account: &Account,
    shared: &Shared,
) -> Option<(FaultEffect, Vec<ResourceName>)> {
    let role = account.simulation().account.role;
    if role.is_some_and(|role| !role.allows(incoming.service, incoming.operation)) {
        return Some((FaultEffect::Deny, Vec::new()));
    }
    let limits = shared.limits.as_ref()?;
    let is_admitted = limits.admit(incoming, Instant::now());
    (!is_admitted).then(|| (FaultEffect::Throttle, Vec::new()))
}

/// Executes the call unless the fault prevents it: the answer, and whether the call changed the
/// simulation.
fn execute(
    call: &RoutedCall,
    caller: &Caller,
    fired: Option<&(FaultEffect, Vec<ResourceName>)>,
    now: Timestamp,
    shared: &Shared,
) -> (Option<Result<Value, Error>>, bool) {
    let account = shared.organization.account_of(caller);
    let (mismatches, refusal) = contract::check_request(call);
    shared.mismatches.record(mismatches);
    let answer = |simulation: &RwLock<Simulation>| match &refusal {
        Some(refusal) => (Err(refusal.clone().into_error(call.service)), false),
        None => services::answer(call, (&shared.organization, caller), simulation, now),
    };
    let (answer_result, effect) = match fired {
        Some((FaultEffect::Gone, missing)) => {
            let rest = account.simulation().without(missing);
            (answer(&RwLock::new(rest)).0, false)
        }
        Some((fault, _)) if !fault.still_executes() => return (None, false),
        _ => answer(account.lock()),
    };
    let mismatches = contract::check_answer(call, &answer_result);
    shared.mismatches.record(mismatches);
    (Some(answer_result), effect)
}

fn dispatch_outcome(
    call: &RoutedCall,
    id: &str,
    (fault, caller): (Option<FaultEffect>, &Caller),
    answer_result: Option<Result<Value, Error>>,
) -> DispatchOutcome {
    let reply_with = |answer_result: Option<Result<Value, Error>>| match answer_result {
        Some(Ok(output)) => response::success(call, &output, id),
        Some(Err(error)) => response::failure(call, &error, id),
        None => response::failure(
            call,
            &fault_error(fault.unwrap_or(FaultEffect::Status500), call, caller),
            id,
        ),
    };
    let with_body = |body: &[u8], end| {
        let reply = HttpReply {
            body: body.to_vec(),
            ..response::success(call, &Value::EMPTY, id)
        };
        match end {
            BodyEnd::Whole => DispatchOutcome::Reply(reply),
            _ => DispatchOutcome::UnfinishedReply(reply, end),
        }
    };
    match fault {
        Some(FaultEffect::Slow(delay)) => {
            DispatchOutcome::DelayedReply(reply_with(answer_result), delay)
        }
        Some(FaultEffect::TimeoutBefore | FaultEffect::TimeoutAfter) => DispatchOutcome::NoReply,
        Some(FaultEffect::Reset | FaultEffect::ResetAfter) => DispatchOutcome::ConnectionClosed,
        Some(FaultEffect::BrokenBody | FaultEffect::BrokenBodyAfter) => {
            with_body(UNPARSABLE_BODY, BodyEnd::Whole)
        }
        Some(FaultEffect::EmptyBody) => with_body(b"", BodyEnd::Whole),
        Some(FaultEffect::CutBody) => with_body(b" ", BodyEnd::Cut),
        Some(FaultEffect::EndlessBody) => with_body(b" ", BodyEnd::Endless),
        Some(FaultEffect::DrippingBody) => with_body(b" ", BodyEnd::Dripping),
        Some(FaultEffect::LoginPage) => DispatchOutcome::Reply(html(200, LOGIN_PAGE)),
        Some(FaultEffect::ProxyError) => DispatchOutcome::Reply(html(502, PROXY_ERROR)),
        Some(FaultEffect::Status500After) => DispatchOutcome::Reply(reply_with(None)),
        Some(
            FaultEffect::Deny
            | FaultEffect::Throttle
            | FaultEffect::ExpiredToken
            | FaultEffect::Gone
            | FaultEffect::Status500,
        )
        | None => DispatchOutcome::Reply(reply_with(answer_result)),
    }
}

/// A page that is not AWS's.
fn html(status: u16, page: &str) -> HttpReply {
    HttpReply {
        status,
        headers: vec![("content-type", "text/html".to_owned())],
        body: page.as_bytes().to_vec(),
    }
}

fn fault_error(fault: FaultEffect, call: &RoutedCall, caller: &Caller) -> Error {
    faults::error_for(fault, call.service, &call.operation, &caller.arn)
        .unwrap_or_else(|| Error::new("InternalFailure", "").status(500))
}
