//! One call: the fault planned for it, the work, the answer, and its line in the ledger.

use super::{
    faults::{self, FaultEffect, IncomingCall},
    protocol::{Error, HttpReply, Input, MockService, RoutedCall, Value, response},
    request_log::LoggedCall,
    server::Shared,
    services,
    simulation::ResourceName,
};
use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum RequestEnd {
    /// An answer.
    Answered(HttpReply),
    /// An answer, so much later.
    Late(HttpReply, Duration),
    /// The connection stays open and nothing comes.
    Never,
    /// The connection is closed.
    Closed,
}

/// A body that is no answer in any protocol.
const GARBAGE: &[u8] = b"<<{[\xff not an answer";

/// Answers off the runtime's own threads: a week of metrics is real work. Once begun it is done,
/// whether or not somebody waits for it.
pub(super) async fn answer(call: RoutedCall, id: String, shared: &Arc<Shared>) -> RequestEnd {
    let (inside, spare, spare_id) = (shared.clone(), call.clone(), id.clone());
    let worked = tokio::task::spawn_blocking(move || decide(&call, &id, &inside));
    worked.await.unwrap_or_else(|_| {
        let error = refusal(FaultEffect::Status500, &spare, shared);
        RequestEnd::Answered(response::failure(&spare, &error, &spare_id))
    })
}

fn decide(call: &RoutedCall, id: &str, shared: &Shared) -> RequestEnd {
    let now = shared.clock.now();
    let rows = match &call.input {
        Ok(input) => shared.world().named_in(&call.region, input),
        Err(_) => Vec::new(),
    };
    let dry_run = call
        .input
        .as_ref()
        .is_ok_and(|input| Input::root(input).flag("DryRun") == Ok(Some(true)));
    let asking = IncomingCall {
        service: call.service,
        operation: &call.operation,
        region: &call.region,
        rows: &rows,
        dry_run,
        now,
    };
    let hit = if call.input.is_ok() {
        shared.faults.take(&asking)
    } else {
        None
    };
    let fault = hit.as_ref().map(|(fault, _)| *fault);
    let (worked, effect) = match &hit {
        Some((FaultEffect::Gone, missing)) => {
            let rest = shared.world().without(missing);
            (
                Some(services::answer(call, &RwLock::new(rest), now).0),
                false,
            )
        }
        Some((fault, _)) if !fault.is_done() => (None, false),
        _ => {
            let (answered, effect) = services::answer(call, &shared.world, now);
            (Some(answered), effect)
        }
    };
    let ending = ending(call, id, fault, worked, shared);
    let status = match &ending {
        RequestEnd::Answered(reply) | RequestEnd::Late(reply, _) => reply.status,
        RequestEnd::Never | RequestEnd::Closed => 0,
    };
    let rows: Vec<ResourceName> = if call.service == MockService::CloudWatch {
        Vec::new()
    } else {
        rows
    };
    let (service, operation, region) = (
        call.service.prefix(),
        call.operation.clone(),
        call.region.clone(),
    );
    shared.ledger.note(LoggedCall {
        at: now,
        service,
        operation,
        region,
        rows,
        dry_run,
        status,
        fault,
        effect,
    });
    ending
}

fn ending(
    call: &RoutedCall,
    id: &str,
    fault: Option<FaultEffect>,
    worked: Option<Result<Value, Error>>,
    shared: &Shared,
) -> RequestEnd {
    let said = |worked: Option<Result<Value, Error>>| match worked {
        Some(Ok(output)) => response::success(call, &output, id),
        Some(Err(error)) => response::failure(call, &error, id),
        None => response::failure(
            call,
            &refusal(fault.unwrap_or(FaultEffect::Status500), call, shared),
            id,
        ),
    };
    match fault {
        Some(FaultEffect::Slow(delay)) => RequestEnd::Late(said(worked), delay),
        Some(FaultEffect::Hang | FaultEffect::HangAfter) => RequestEnd::Never,
        Some(FaultEffect::Reset | FaultEffect::ResetAfter) => RequestEnd::Closed,
        Some(FaultEffect::Garbage | FaultEffect::GarbageAfter) => RequestEnd::Answered(HttpReply {
            body: GARBAGE.to_vec(),
            ..response::success(call, &Value::EMPTY, id)
        }),
        Some(FaultEffect::Status500After) => RequestEnd::Answered(said(None)),
        Some(
            FaultEffect::Deny
            | FaultEffect::Throttle
            | FaultEffect::ExpiredToken
            | FaultEffect::Gone
            | FaultEffect::Status500,
        )
        | None => RequestEnd::Answered(said(worked)),
    }
}

fn refusal(fault: FaultEffect, call: &RoutedCall, shared: &Shared) -> Error {
    let caller = shared.world().account.caller_arn.clone();
    faults::refusal(fault, call.service, &call.operation, &caller)
        .unwrap_or_else(|| Error::new("InternalFailure", "").status(500))
}
