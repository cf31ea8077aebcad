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
pub(super) enum DispatchOutcome {
    /// An answer.
    Reply(HttpReply),
    /// An answer, so much later.
    DelayedReply(HttpReply, Duration),
    /// The connection stays open and nothing comes.
    NoReply,
    /// The connection is closed.
    ConnectionClosed,
}

/// A body that is no answer in any protocol.
const UNPARSABLE_BODY: &[u8] = b"<<{[\xff not an answer";

/// Answers off the runtime's own threads: a week of metrics is real work. Once begun it is done,
/// whether or not somebody waits for it.
pub(super) async fn answer(call: RoutedCall, id: String, shared: &Arc<Shared>) -> DispatchOutcome {
    let (inside, spare, spare_id) = (shared.clone(), call.clone(), id.clone());
    let worked = tokio::task::spawn_blocking(move || decide(&call, &id, &inside));
    worked.await.unwrap_or_else(|_| {
        let error = fault_error(FaultEffect::Status500, &spare, shared);
        DispatchOutcome::Reply(response::failure(&spare, &error, &spare_id))
    })
}

fn decide(call: &RoutedCall, id: &str, shared: &Shared) -> DispatchOutcome {
    let now = shared.clock.now();
    let rows = match &call.input {
        Ok(input) => shared.simulation().resources_named_in(&call.region, input),
        Err(_) => Vec::new(),
    };
    let dry_run = call
        .input
        .as_ref()
        .is_ok_and(|input| Input::root(input).bool("DryRun") == Ok(Some(true)));
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
            let rest = shared.simulation().without(missing);
            (
                Some(services::answer(call, &RwLock::new(rest), now).0),
                false,
            )
        }
        Some((fault, _)) if !fault.still_executes() => (None, false),
        _ => {
            let (answered, effect) = services::answer(call, &shared.simulation, now);
            (Some(answered), effect)
        }
    };
    let ending = dispatch_outcome(call, id, fault, worked, shared);
    let status = match &ending {
        DispatchOutcome::Reply(reply) | DispatchOutcome::DelayedReply(reply, _) => reply.status,
        DispatchOutcome::NoReply | DispatchOutcome::ConnectionClosed => 0,
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

fn dispatch_outcome(
    call: &RoutedCall,
    id: &str,
    fault: Option<FaultEffect>,
    worked: Option<Result<Value, Error>>,
    shared: &Shared,
) -> DispatchOutcome {
    let said = |worked: Option<Result<Value, Error>>| match worked {
        Some(Ok(output)) => response::success(call, &output, id),
        Some(Err(error)) => response::failure(call, &error, id),
        None => response::failure(
            call,
            &fault_error(fault.unwrap_or(FaultEffect::Status500), call, shared),
            id,
        ),
    };
    match fault {
        Some(FaultEffect::Slow(delay)) => DispatchOutcome::DelayedReply(said(worked), delay),
        Some(FaultEffect::TimeoutBefore | FaultEffect::TimeoutAfter) => DispatchOutcome::NoReply,
        Some(FaultEffect::Reset | FaultEffect::ResetAfter) => DispatchOutcome::ConnectionClosed,
        Some(FaultEffect::BrokenBody | FaultEffect::BrokenBodyAfter) => {
            DispatchOutcome::Reply(HttpReply {
                body: UNPARSABLE_BODY.to_vec(),
                ..response::success(call, &Value::EMPTY, id)
            })
        }
        Some(FaultEffect::Status500After) => DispatchOutcome::Reply(said(None)),
        Some(
            FaultEffect::Deny
            | FaultEffect::Throttle
            | FaultEffect::ExpiredToken
            | FaultEffect::Gone
            | FaultEffect::Status500,
        )
        | None => DispatchOutcome::Reply(said(worked)),
    }
}

fn fault_error(fault: FaultEffect, call: &RoutedCall, shared: &Shared) -> Error {
    let caller = shared.simulation().account.caller_arn.clone();
    faults::error_for(fault, call.service, &call.operation, &caller)
        .unwrap_or_else(|| Error::new("InternalFailure", "").status(500))
}
