//! Follows a change until it is as wanted: looks at growing intervals, and has the row's source
//! read again meanwhile.
//!
//! Only looks; must not call anything that changes an account.

use super::{
    Hands,
    executor::{Deed, Doubt, gone_is_fine},
};
use crate::domain::{Fault, FaultKind, Phase, Step, Want, verb::Look};
use std::time::Duration;
use tokio::time::Instant;

/// How long leaving may wait for a last look.
const LAST_LOOK: Duration = Duration::from_secs(3);

/// Watches an accepted change for at most `patience`. `None` when the console leaves first.
pub(super) async fn until_settled<H: Hands>(deed: &Deed<H>, patience: Duration) -> Option<Step> {
    let mut looks = Looks::new(deed, patience);
    let mut seen = None;
    let mut last = Instant::now();
    loop {
        match looks.next().await? {
            Some(Ok(look)) if deed.target().want.holds(&look) => return Some(Step::Settled),
            Some(Ok(look))
                if look.state.phase == Phase::Failed
                    && deed.target().seen.state.phase != Phase::Failed =>
            {
                return Some(Step::Unsettled(
                    format!("is now {}", look.state.name).into(),
                ));
            }
            Some(Ok(look)) if fell_back(deed, seen.as_ref(), &look) => {
                return Some(Step::Unsettled(
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
                return Some(Step::Unsettled(
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
/// to be seen of it for a while, it is [`Step::Refused`] after a slight doubt, and otherwise
/// [`Step::Unknown`]. It is never called again.
pub(super) async fn after_doubt<H: Hands>(
    deed: &Deed<H>,
    before: &Look,
    fault: Fault,
    doubt: Doubt,
) -> Result<(), Step> {
    let target = deed.target();
    // What was so before the call is no sign of it: a reboot without an answer stays unknown.
    let tells = !target.want.holds(before);
    let shows = |look: &Look| (tells && target.want.holds(look)) || moved(before, look);
    let long = deed.shared.pace.doubt;
    let mut looks = Looks::new(
        deed,
        if doubt == Doubt::Slight {
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
                if at_look.kind == FaultKind::NotFound && gone_is_fine(&target.want) =>
            {
                return Ok(());
            }
            Some(Some(look)) => seen = look.ok(),
            Some(None) if doubt == Doubt::Slight && tells && seen.is_some() => {
                let message = format!(
                    "{}: looked at, it is as before: not carried out",
                    fault.message
                );
                return Err(Step::Refused(Fault {
                    message: message.into(),
                    ..fault
                }));
            }
            Some(None) => return Err(Step::Unknown(fault)),
            // The console leaves: one look more, for the journal.
            None => {
                let look = tokio::time::timeout(LAST_LOOK, deed.shared.hands.look(target)).await;
                return if matches!(&look, Ok(Ok(look)) if shows(look)) {
                    Ok(())
                } else {
                    Err(Step::Unknown(fault))
                };
            }
        }
    }
}

/// It had begun to start, and is off again: AWS had no capacity for it after all.
fn fell_back<H: Hands>(deed: &Deed<H>, seen: Option<&Look>, now: &Look) -> bool {
    deed.target().want == Want::Running
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

fn was(seen: Option<&Look>) -> &str {
    seen.map_or("unknown", |look| &look.state.name)
}

/// It was as planned right before the call, so a difference is the call's doing.
fn moved(before: &Look, now: &Look) -> bool {
    before.state.name != now.state.name || before.desired != now.desired
}

fn gone<H: Hands>(deed: &Deed<H>) -> Step {
    if gone_is_fine(&deed.target().want) {
        Step::Settled
    } else {
        Step::Unsettled("it is not there any more".into())
    }
}

fn unsettled(seen: Option<&Look>, patience: Duration) -> Step {
    let state = seen.map_or("could not be described", |look| &look.state.name);
    Step::Unsettled(
        format!(
            "{state} after {}",
            crate::domain::time::short(patience.as_secs_f64())
        )
        .into(),
    )
}

/// Looks at growing intervals, once at least.
struct Looks<'a, H> {
    deed: &'a Deed<H>,
    looked: bool,
    wait: Duration,
    end: Instant,
}

impl<'a, H: Hands> Looks<'a, H> {
    fn new(deed: &'a Deed<H>, patience: Duration) -> Self {
        Self {
            deed,
            looked: false,
            wait: deed.shared.pace.first,
            end: Instant::now() + patience,
        }
    }

    /// The next look; `Some(None)` when patience is over, `None` when the console leaves.
    async fn next(&mut self) -> Option<Option<Result<Look, Fault>>> {
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
