//! Follows a change until it is as wanted: looks at growing intervals, and has the row's source
//! read again meanwhile.
//!
//! Only looks; must not call anything that changes an account.

use super::{
    ActionBackend,
    executor::{Ambiguity, TargetRun, gone_is_fine},
};
use crate::domain::{ActionStatus, Expected, Fault, FaultKind, Phase, action::operation::Observed};
use std::time::Duration;
use tokio::time::Instant;

/// How long leaving may wait for a last look.
const LAST_LOOK: Duration = Duration::from_secs(3);

/// Watches an accepted change for at most `patience`. `None` when the console leaves first.
pub(super) async fn until_settled<H: ActionBackend>(
    deed: &TargetRun<H>,
    patience: Duration,
) -> Option<ActionStatus> {
    let mut looks = LookIntervals::new(deed, patience);
    let mut seen = None;
    let mut last = Instant::now();
    loop {
        match looks.next().await? {
            Some(Ok(look)) if deed.target().expected.is_met_by(&look) => {
                return Some(ActionStatus::Settled);
            }
            Some(Ok(look))
                if look.state.phase == Phase::Failed
                    && deed.target().seen.state.phase != Phase::Failed =>
            {
                return Some(ActionStatus::Unsettled(
                    format!("is now {}", look.state.name).into(),
                ));
            }
            Some(Ok(look)) if fell_back(deed, seen.as_ref(), &look) => {
                return Some(ActionStatus::Unsettled(
                    format!(
                        "was {}, and is {} again",
                        was(seen.as_ref()),
                        look.state.name
                    )
                    .into(),
                ));
            }
            Some(Ok(look)) => (seen, last) = (Some(look), Instant::now()),
            Some(Err(fault)) if fault.kind == FaultKind::NotFound => return Some(gone(deed)),
            Some(Err(fault)) if is_blind(fault.kind, last.elapsed(), deed.shared.pace.doubt) => {
                return Some(ActionStatus::Unsettled(
                    format!("cannot be watched: {fault}").into(),
                ));
            }
            Some(Err(fault)) => tracing::warn!(%fault, "a watched resource could not be described"),
            None => return Some(unsettled(seen.as_ref(), patience)),
        }
    }
}

/// How much sooner a slight doubt is given up than an open one.
const SLIGHT: u32 = 3;

/// After a call that may have happened: `Ok` when the resource shows that it did. When nothing is
/// to be seen of it for a while, it is [`ActionStatus::Refused`] after a slight doubt, and otherwise
/// [`ActionStatus::Unknown`]. It is never called again.
pub(super) async fn after_doubt<H: ActionBackend>(
    deed: &TargetRun<H>,
    before: &Observed,
    fault: Fault,
    doubt: Ambiguity,
) -> Result<(), ActionStatus> {
    let target = deed.target();
    // What was so before the call is no sign of it: a reboot without an answer stays unknown.
    let tells = !target.expected.is_met_by(before);
    let shows = |look: &Observed| (tells && target.expected.is_met_by(look)) || moved(before, look);
    let long = deed.shared.pace.doubt;
    let mut looks = LookIntervals::new(
        deed,
        if doubt == Ambiguity::Slight {
            long / SLIGHT
        } else {
            long
        },
    );
    let mut seen = None;
    loop {
        match looks.next().await {
            Some(Some(Ok(look))) if shows(&look) => return Ok(()),
            Some(Some(Err(at_look)))
                if at_look.kind == FaultKind::NotFound && gone_is_fine(&target.expected) =>
            {
                return Ok(());
            }
            Some(Some(look)) => seen = look.ok(),
            Some(None) if doubt == Ambiguity::Slight && tells && seen.is_some() => {
                let message = format!(
                    "{}: looked at, it is as before: not carried out",
                    fault.message
                );
                return Err(ActionStatus::Refused(Fault {
                    message: message.into(),
                    ..fault
                }));
            }
            Some(None) => return Err(ActionStatus::Unknown(fault)),
            // The console leaves: one look more, for the journal.
            None => {
                let look = tokio::time::timeout(LAST_LOOK, deed.shared.hands.look(target)).await;
                return if matches!(&look, Ok(Ok(look)) if shows(look)) {
                    Ok(())
                } else {
                    Err(ActionStatus::Unknown(fault))
                };
            }
        }
    }
}

/// It had begun to start, and is off again: AWS had no capacity for it after all.
fn fell_back<H: ActionBackend>(
    deed: &TargetRun<H>,
    seen: Option<&Observed>,
    now: &Observed,
) -> bool {
    deed.target().expected == Expected::Running
        && seen.is_some_and(|look| look.state.phase == Phase::Changing)
        && matches!(now.state.phase, Phase::Stopped | Phase::Gone)
}

/// Whether looking on is in vain: it is denied, or the credentials are gone and did not come back
/// for a while.
fn is_blind(kind: FaultKind, since: Duration, patience: Duration) -> bool {
    match kind {
        FaultKind::Denied => true,
        FaultKind::BadCredentials | FaultKind::NoCredentials => since >= patience,
        _ => false,
    }
}

fn was(seen: Option<&Observed>) -> &str {
    seen.map_or("unknown", |look| &look.state.name)
}

/// It was as planned right before the call, so a difference is the call's doing.
fn moved(before: &Observed, now: &Observed) -> bool {
    before.state.name != now.state.name || before.desired != now.desired
}

fn gone<H: ActionBackend>(deed: &TargetRun<H>) -> ActionStatus {
    if gone_is_fine(&deed.target().expected) {
        ActionStatus::Settled
    } else {
        ActionStatus::Unsettled("it is not there any more".into())
    }
}

fn unsettled(seen: Option<&Observed>, patience: Duration) -> ActionStatus {
    let state = seen.map_or("could not be described", |look| &look.state.name);
    ActionStatus::Unsettled(
        format!(
            "{state} after {}",
            crate::domain::time::timestamp::short(patience.as_secs_f64())
        )
        .into(),
    )
}

/// Looks at growing intervals, once at least.
struct LookIntervals<'a, H> {
    deed: &'a TargetRun<H>,
    looked: bool,
    wait: Duration,
    end: Instant,
}

impl<'a, H: ActionBackend> LookIntervals<'a, H> {
    fn new(deed: &'a TargetRun<H>, patience: Duration) -> Self {
        Self {
            deed,
            looked: false,
            wait: deed.shared.pace.first,
            end: Instant::now() + patience,
        }
    }

    /// The next look; `Some(None)` when patience is over, `None` when the console leaves.
    async fn next(&mut self) -> Option<Option<Result<Observed, Fault>>> {
        if self.looked && Instant::now() + self.wait > self.end {
            return Some(None);
        }
        self.looked = true;
        let shared = &self.deed.shared;
        let look = async {
            tokio::time::sleep(self.wait).await;
            shared.knobs.burst(&self.deed.target().key);
            shared.hands.look(self.deed.target()).await
        };
        let look = tokio::select! {
            biased;
            () = shared.leaving.cancelled() => return None,
            look = look => look,
        };
        self.wait = (self.wait + self.wait / 2).min(shared.pace.longest);
        Some(Some(look))
    }
}
