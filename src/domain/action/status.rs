//! The status of an action on one target: one table for executor, journal, screen and docs.

use super::super::{Fault, FaultKind, Operation, PlanId, ResourceKey, Timestamp, text::printable};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// The progress that the executor reports on one target, with the reason where there is one.
///
/// A target passes `Recorded`, `Calling`, `Accepted` and, where a controller may start a
/// replacement, `Watching` in this order and ends in exactly one final status.
/// [`ActionStatus::kind`] is its row in the table that executor, journal and screen share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionStatus {
    /// The intent is in the journal, on disk. The resource is described again next.
    Recorded,
    /// The API call is in progress. The executor makes it once.
    Calling,
    /// AWS accepted the call; the change is under way. The waiter follows it.
    Accepted,
    /// The expected state was observed; a controller that may undo it is watched. Holds the
    /// controller and the length of the watch.
    Watching(Arc<str>),
    /// A describe after the call shows the expected state, and no replacement started during the
    /// watch. Final.
    Succeeded,
    /// The expected state was observed, and then a controller started another machine in its place,
    /// or the same one again: nothing is saved. Holds the controller and the machine. Final.
    Replaced(Arc<str>),
    /// The resource is not as the plan observed it: no call was made. Holds the difference. Final.
    Drifted(Arc<str>),
    /// Cancelled before its call: no call was made. Final.
    Cancelled,
    /// A previous session ended before the call, and AWS shows no effect of it. Only recovery
    /// reports it. Final.
    Interrupted,
    /// AWS refused the call, or the journal could not record the intent: nothing was changed. The
    /// kind of the fault separates `denied`, `throttled` and `expired` from `refused`. Final.
    Refused(Fault),
    /// The call got no answer and nothing shows its effect: AWS may have carried it out. The
    /// resource is described again; the call is never repeated. Final.
    Unknown(Fault),
    /// AWS carried out some requests of the call; the one that the fault names was not carried out,
    /// or its result is unknown. Final.
    Partial(Fault),
    /// AWS accepted the call, but the resource reached another state than the expected one. Final.
    Failed(Arc<str>),
    /// AWS accepted the call, but the expected state was not observed in time. Final.
    TimedOut(Arc<str>),
}

/// The emphasis of a status on the screen; each tone has a theme role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusTone {
    /// Nothing happens yet.
    Idle,
    /// Under way.
    Changing,
    /// As expected.
    Good,
    /// Skipped at the user's request.
    Off,
    /// The user should look: nothing failed at AWS.
    Warn,
    /// Failed, refused or unknown.
    Bad,
}

/// The outcome that the journal counts: whether AWS carried out the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No call was made.
    Skipped,
    /// AWS accepted the call. The event tells whether the expected state followed.
    Succeeded,
    /// AWS carried out a part of the requests; the rest was refused, or its result is unknown.
    Partial,
    /// AWS refused the call.
    Refused,
    /// This identity lacks the permission.
    Denied,
    /// AWS rejected the call for its rate, after all retries.
    Throttled,
    /// The credentials are missing, expired or not valid.
    Expired,
    /// Nothing shows whether the call had an effect.
    Unknown,
}

impl Outcome {
    /// Its word in the journal.
    pub fn id(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Succeeded => "succeeded",
            Self::Partial => "partial",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// A row of the status table.
#[derive(Clone, Copy, Debug)]
struct StatusRow {
    kind: StatusKind,
    id: &'static str,
    short: &'static str,
    long: &'static str,
    symbol: &'static str,
    tone: StatusTone,
    is_final: bool,
    counts_as: Option<Outcome>,
}

macro_rules! outcome {
    () => {
        None
    };
    ($outcome:ident) => {
        Some(Outcome::$outcome)
    };
}

/// Columns: kind, id, short, long, symbol, tone, is_final, counts_as.
macro_rules! statuses {
    ($($kind:ident $id:literal $short:literal $long:literal $symbol:literal $tone:ident
        $final:literal [$($counts_as:ident)?];)*) => {
        /// A status without its reason, in the order of display: under way, then what went wrong,
        /// then what went well. The journal writes its id as `event`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum StatusKind { $(#[doc = concat!("`", $id, "`: ", $long, ".")] $kind,)* }

        /// The table.
        const TABLE: &[StatusRow] = &[$(StatusRow {
            kind: StatusKind::$kind, id: $id, short: $short, long: $long, symbol: $symbol,
            tone: StatusTone::$tone, is_final: $final, counts_as: outcome!($($counts_as)?),
        },)*];

        impl StatusKind {
            /// Every kind, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];
        }
    };
}

statuses! {
    Waiting "waiting" "waiting" "waiting" "·" Idle false [];
    Scheduled "scheduled" "scheduled" "scheduled for its time" "·" Idle false [];
    Unscheduled "unscheduled" "unscheduled" "no longer scheduled" "·" Off false [];
    Recorded "intent" "checking" "recorded, checking the resource" "→" Changing false [];
    Calling "calling" "calling" "calling AWS" "→" Changing false [];
    Accepted "accepted" "in progress" "accepted, in progress" "→" Changing false [Succeeded];
    Watching "watching" "watching" "done, watched for a replacement" "→" Changing false [Succeeded];
    Denied "denied" "denied" "denied" "✗" Bad true [Denied];
    Throttled "throttled" "throttled" "throttled by AWS" "✗" Bad true [Throttled];
    Expired "expired" "expired" "credentials expired or not valid" "✗" Bad true [Expired];
    Refused "refused" "refused" "refused" "✗" Bad true [Refused];
    Unknown "unknown" "unknown" "no answer, it may have happened" "?" Bad true [Unknown];
    Partial "partial" "partial" "partly done" "!" Bad true [Partial];
    Failed "failed" "failed" "accepted, but it failed" "✗" Bad true [Succeeded];
    TimedOut "timed_out" "timed out" "accepted, but not finished in time" "!" Warn true [Succeeded];
    Replaced "replaced" "came back" "done, but it came back" "!" Warn true [Succeeded];
    Drifted "drifted" "changed" "skipped, the resource has changed" "!" Warn true [Skipped];
    Cancelled "cancelled" "cancelled" "cancelled before the call" "·" Off true [Skipped];
    Interrupted "interrupted" "not done" "the session ended before the call" "·" Off true [Skipped];
    Succeeded "succeeded" "done" "done" "✓" Good true [Succeeded];
}

impl StatusKind {
    fn row(self) -> &'static StatusRow {
        &TABLE[self as usize]
    }

    /// The kind of the newest status of a target; `None`: the target has not started.
    pub fn of(status: Option<&ActionStatus>) -> Self {
        status.map_or(Self::Waiting, ActionStatus::kind)
    }

    /// Its word in the journal, snake_case.
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// One or two words for a cell, or after a number.
    pub fn short(self) -> &'static str {
        self.row().short
    }

    /// A phrase for a sentence about the target: `stop dev-box: accepted, under way`.
    pub fn long(self) -> &'static str {
        self.row().long
    }

    /// One column.
    pub fn symbol(self) -> &'static str {
        self.row().symbol
    }

    /// Its tone.
    pub fn tone(self) -> StatusTone {
        self.row().tone
    }

    /// No further status of this target follows.
    pub fn is_final(self) -> bool {
        self.row().is_final
    }

    /// The change itself is over: nothing more is requested of AWS or waited for.
    pub fn is_settled(self) -> bool {
        self.is_final() || self == Self::Watching
    }

    /// The outcome that the journal writes with it; `None` while no call has an answer.
    pub fn counts_as(self) -> Option<Outcome> {
        self.row().counts_as
    }

    /// Whether it ended in a state that nobody requested.
    pub fn is_trouble(self) -> bool {
        self.is_final() && matches!(self.tone(), StatusTone::Warn | StatusTone::Bad)
    }

    /// The kind it is counted under in a summary: every started and unfinished action is under way.
    #[must_use]
    pub fn summary(self) -> Self {
        match self {
            Self::Recorded | Self::Calling => Self::Accepted,
            kind => kind,
        }
    }
}

impl Serialize for StatusKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for StatusKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let id = std::borrow::Cow::<'de, str>::deserialize(from)?;
        let found = TABLE.iter().find(|row| row.id == id).map(|row| row.kind);
        found.ok_or_else(|| serde::de::Error::custom(format!("no event is called `{id}`")))
    }
}

impl ActionStatus {
    /// Its row of the table.
    pub fn kind(&self) -> StatusKind {
        match self {
            Self::Recorded => StatusKind::Recorded,
            Self::Calling => StatusKind::Calling,
            Self::Accepted => StatusKind::Accepted,
            Self::Watching(_) => StatusKind::Watching,
            Self::Succeeded => StatusKind::Succeeded,
            Self::Replaced(_) => StatusKind::Replaced,
            Self::Drifted(_) => StatusKind::Drifted,
            Self::Cancelled => StatusKind::Cancelled,
            Self::Interrupted => StatusKind::Interrupted,
            Self::Refused(fault) => match fault.kind {
                FaultKind::Denied => StatusKind::Denied,
                FaultKind::Throttled => StatusKind::Throttled,
                FaultKind::BadCredentials | FaultKind::NoCredentials => StatusKind::Expired,
                _ => StatusKind::Refused,
            },
            Self::Unknown(_) => StatusKind::Unknown,
            Self::Partial(_) => StatusKind::Partial,
            Self::Failed(_) => StatusKind::Failed,
            Self::TimedOut(_) => StatusKind::TimedOut,
        }
    }

    /// No further status of this target follows.
    pub fn is_final(&self) -> bool {
        self.kind().is_final()
    }

    /// The fault that caused it, if AWS or the journal did.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Refused(fault) | Self::Unknown(fault) | Self::Partial(fault) => Some(fault),
            _ => None,
        }
    }

    /// The reason, with the operation and the kind of a fault; `None` where the kind says
    /// everything. For the journal: not cleaned for a terminal.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Drifted(reason)
            | Self::Failed(reason)
            | Self::TimedOut(reason)
            | Self::Watching(reason)
            | Self::Replaced(reason) => Some(reason.to_string()),
            status => status.fault().map(ToString::to_string),
        }
    }

    /// The reason for a person: the message of AWS or of this program; printable, and empty where
    /// the kind says everything.
    pub fn reason(&self) -> String {
        match self {
            Self::Drifted(reason)
            | Self::Failed(reason)
            | Self::TimedOut(reason)
            | Self::Watching(reason)
            | Self::Replaced(reason) => printable(reason).into_owned(),
            status => status
                .fault()
                .map_or_else(String::new, |fault| printable(&fault.message).into_owned()),
        }
    }

    /// The status as a phrase with its reason: `refused: not authorized`.
    pub fn describe(&self) -> String {
        let (long, reason) = (self.kind().long(), self.reason());
        if reason.is_empty() {
            long.to_owned()
        } else {
            format!("{long}: {reason}")
        }
    }
}

/// A new status of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusUpdate {
    /// The plan.
    pub plan: PlanId,
    /// The resource.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// The operation.
    pub operation: Operation,
    /// When the status was reached.
    pub at: Timestamp,
    /// The status.
    pub status: ActionStatus,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_kind_has_its_own_row_and_id() {
        for (place, kind) in StatusKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, place);
            assert_eq!(TABLE[place].kind, *kind);
            let same = TABLE.iter().filter(|row| row.id == kind.id()).count();
            assert_eq!(same, 1, "{}", kind.id());
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(serde_json::from_str::<StatusKind>(&json).unwrap(), *kind);
        }
        assert!(serde_json::from_str::<StatusKind>("\"done\"").is_err());
    }

    #[test]
    fn every_final_status_counts_as_an_outcome() {
        for row in TABLE {
            assert!(!row.is_final || row.counts_as.is_some(), "{}", row.id);
            assert_eq!(row.symbol.chars().count(), 1, "{}", row.id);
        }
    }

    #[test]
    fn fault_kind_decides_the_refusal_status() {
        for (fault, kind) in [
            (FaultKind::Denied, StatusKind::Denied),
            (FaultKind::Throttled, StatusKind::Throttled),
            (FaultKind::BadCredentials, StatusKind::Expired),
            (FaultKind::NoCredentials, StatusKind::Expired),
            (FaultKind::NotFound, StatusKind::Refused),
        ] {
            let status = ActionStatus::Refused(Fault::new(fault, "ec2:StopInstances", "no"));
            assert_eq!(status.kind(), kind);
            assert_eq!(status.describe(), format!("{}: no", kind.long()));
        }
    }
}
