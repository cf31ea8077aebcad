//! Operations: what can be done to a row. What they come to is beside it: [`ApiCall`], [`Capability`], [`Expected`].

pub use super::{
    api_call::{ApiCall, AppOwner, TagRoute, VARIANT_COUNT, scalable},
    capability::{AvailableAction, Capability, SharedCount},
    expected::{Expected, Observed, ScheduledAction},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;

macro_rules! operations {
    ($($name:ident $id:literal $doc:literal,)*) => {
        /// Something a person can do to a resource.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation { $(#[doc = $doc] $name,)* }
        impl Operation {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The word in keymaps (`operation:stop`), journal and JSON.
            pub fn id(self) -> &'static str { match self { $(Self::$name => $id,)* } }
            /// What it does, for help.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
        }
    };
}

operations! {
    Stop "stop" "stop the compute, so that its bill stops",
    Start "start" "start it again, and its bill with it",
    Reboot "reboot" "restart its operating system; it keeps its place and its bill",
    Scale "scale" "change how many instances or copies run",
    Tag "tag" "add, change or remove tags",
    Terminate "terminate" "end the instance for good, with what its own disks hold",
    Delete "delete" "end the resource for good",
    AutoscalingLimits "autoscaling-limits" "set the minimum and maximum capacity of autoscaling",
    ScheduledScaling "scheduled-scaling" "scale by the clock: fewer outside of the hours in use",
    SwapModel "swap-model" "put another custom model on provisioned units",
    Feedback "feedback" "tell AWS whether an anomaly is one",
}

impl Operation {
    /// Whether what may go wrong is read before it is confirmed: it changes what runs, not only
    /// what is written about it.
    pub fn is_surveyed(self) -> bool {
        !matches!(self, Self::Tag | Self::Feedback)
    }

    /// Whether nothing takes it back: what is gone is gone.
    pub fn has_no_way_back(self) -> bool {
        match self {
            Self::Terminate | Self::Delete => true,
            Self::Stop
            | Self::Start
            | Self::Reboot
            | Self::Scale
            | Self::Tag
            | Self::AutoscalingLimits
            | Self::ScheduledScaling
            | Self::SwapModel
            | Self::Feedback => false,
        }
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let id = String::deserialize(from)?;
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.id() == id)
            .ok_or_else(|| D::Error::custom(format!("no operation is called `{id}`")))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
