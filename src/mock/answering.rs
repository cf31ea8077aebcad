//! One call: the fault planned for it, the work, the answer, and its line in the ledger.
//!
//! Must not know HTTP or what operations do.

use super::{
    faults::{self, Asking, Fault},
    ledger::Asked,
    server::Shared,
    service,
    wire::{Call, Error, Input, Node, Reply, Service, reply},
    world::Called,
};
use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum Ending {
    /// An answer.
    Answered(Reply),
    /// An answer, so much later.
    Late(Reply, Duration),
    /// The connection stays open and nothing comes.
    Never,
    /// The connection is closed.
    Closed,
}

/// A body that is no answer in any protocol.
const GARBAGE: &[u8] = b"<<{[\xff not an answer";

/// Answers off the runtime's own threads: a week of metrics is real work. Once begun it is done,
/// whether or not somebody waits for it.
pub(super) async fn answer(call: Call, id: String, shared: &Arc<Shared>) -> Ending {
    let (inside, spare, spare_id) = (shared.clone(), call.clone(), id.clone());
    let worked = tokio::task::spawn_blocking(move || decide(&call, &id, &inside));
    worked.await.unwrap_or_else(|_| {
        let error = refusal(Fault::Status500, &spare, shared);
        Ending::Answered(reply::failure(&spare, &error, &spare_id))
    })
}

fn decide(call: &Call, id: &str, shared: &Shared) -> Ending {
    let now = shared.clock.now();
    let rows = match &call.input {
        Ok(input) => shared.world().named_in(&call.region, input),
        Err(_) => Vec::new(),
    };
    let dry_run = call
        .input
        .as_ref()
        .is_ok_and(|input| Input::root(input).flag("DryRun") == Ok(Some(true)));
    let asking = Asking {
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
        Some((Fault::Gone, missing)) => {
            let rest = shared.world().without(missing);
            (
                Some(service::answer(call, &RwLock::new(rest), now).0),
                false,
            )
        }
        Some((fault, _)) if !fault.is_done() => (None, false),
        _ => {
            let (answered, effect) = service::answer(call, &shared.world, now);
            (Some(answered), effect)
        }
    };
    let ending = ending(call, id, fault, worked, shared);
    let status = match &ending {
        Ending::Answered(reply) | Ending::Late(reply, _) => reply.status,
        Ending::Never | Ending::Closed => 0,
    };
    let rows: Vec<Called> = if call.service == Service::CloudWatch {
        Vec::new()
    } else {
        rows
    };
    let (service, operation, region) = (
        call.service.prefix(),
        call.operation.clone(),
        call.region.clone(),
    );
    shared.ledger.note(Asked {
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
    call: &Call,
    id: &str,
    fault: Option<Fault>,
    worked: Option<Result<Node, Error>>,
    shared: &Shared,
) -> Ending {
    let said = |worked: Option<Result<Node, Error>>| match worked {
        Some(Ok(output)) => reply::success(call, &output, id),
        Some(Err(error)) => reply::failure(call, &error, id),
        None => reply::failure(
            call,
            &refusal(fault.unwrap_or(Fault::Status500), call, shared),
            id,
        ),
    };
    match fault {
        Some(Fault::Slow(delay)) => Ending::Late(said(worked), delay),
        Some(Fault::Hang | Fault::HangAfter) => Ending::Never,
        Some(Fault::Reset | Fault::ResetAfter) => Ending::Closed,
        Some(Fault::Garbage | Fault::GarbageAfter) => Ending::Answered(Reply {
            body: GARBAGE.to_vec(),
            ..reply::success(call, &Node::EMPTY, id)
        }),
        Some(Fault::Status500After) => Ending::Answered(said(None)),
        Some(
            Fault::Deny | Fault::Throttle | Fault::ExpiredToken | Fault::Gone | Fault::Status500,
        )
        | None => Ending::Answered(said(worked)),
    }
}

fn refusal(fault: Fault, call: &Call, shared: &Shared) -> Error {
    let caller = shared.world().account.caller_arn.clone();
    faults::refusal(fault, call.service, &call.operation, &caller)
        .unwrap_or_else(|| Error::new("InternalFailure", "").status(500))
}
