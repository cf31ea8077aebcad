//! The operations. Everything pure about one operation is in its own file; the list below is the
//! only place that names them all.
//!
//! The requests that an operation sends to AWS are in `aws::actions`, in a file of the same name.

pub mod autoscaling_limits;
pub mod delete;
pub mod feedback;
pub mod reboot;
pub mod scale;
pub mod scheduled_scaling;
pub mod start;
pub mod stop;
pub mod swap_model;
pub mod tag;
pub mod terminate;

use super::{
    capability::CallTemplate,
    definition::{Call, Definition, InverseRequest, Resolution, Subject, Undo},
    input::Input,
    prior_state::PriorState,
    scope::BlastRadius,
};
use crate::domain::Reason;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, sync::Arc};

/// Calls the macro `$callback` with every operation, its variant and its module, in the order of
/// help and menus.
macro_rules! for_each_operation {
    ($callback:ident) => {
        $callback! {
            Stop stop,
            Start start,
            Reboot reboot,
            Scale scale,
            Tag tag,
            Terminate terminate,
            Delete delete,
            AutoscalingLimits autoscaling_limits,
            ScheduledScaling scheduled_scaling,
            SwapModel swap_model,
            Feedback feedback,
        }
    };
}
pub(crate) use for_each_operation;

macro_rules! define {
    ($($variant:ident $module:ident,)*) => {
        /// An operation of the console on a resource.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $(#[doc = concat!("See [`", stringify!($module), "`].")] $variant,)*
        }

        /// One change to an account, complete with its parameters: the API calls of an operation.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ApiCall {
            $(#[doc = concat!("See [`", stringify!($module), "`].")] $variant($module::Call),)*
        }

        $(impl From<$module::Call> for ApiCall {
            fn from(call: $module::Call) -> Self {
                Self::$variant(call)
            }
        })*

        impl Operation {
            /// Every operation, in the order of help and menus.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The facts about it.
            pub fn definition(self) -> &'static Definition {
                match self { $(Self::$variant => &$module::Call::DEFINITION,)* }
            }

            /// Resolves `input` for a row, or returns the reason why the row cannot do it.
            pub(super) fn resolve(
                self,
                subject: Subject<'_>,
                capability: Result<&CallTemplate<ApiCall>, Reason>,
                input: &Input,
            ) -> Result<Resolution<ApiCall>, Reason> {
                match self { $(Self::$variant => {
                    let own = capability.and_then(|capability| {
                        own_capability::<$module::Call>(capability, |call| match call {
                            ApiCall::$variant(call) => Some(call.clone()),
                            _ => None,
                        })
                    });
                    <$module::Call as Call>::resolve(subject, own, input)
                        .map(|resolved| resolved.map(ApiCall::$variant))
                })* }
            }

            /// The operation and the input that undo `call` of this one (`None`: the journal does
            /// not have it in full) where the resource was in the state `before` it, or the reason
            /// why no operation does.
            pub fn inverse(
                self,
                call: Option<&ApiCall>,
                before: &PriorState,
            ) -> Result<(Self, Input), Reason> {
                let inverse = match self { $(Self::$variant => {
                    let own = call.and_then(|call| match call {
                        ApiCall::$variant(call) => Some(call),
                        _ => None,
                    });
                    <$module::Call as Call>::inverse(own, before)?
                })* };
                Ok(match inverse {
                    InverseRequest::Same(input) => (self, input),
                    InverseRequest::Opposite => (self.opposite().unwrap_or(self), Input::None),
                })
            }

            /// A capability of the resource `id`, for the tests that try every operation.
            #[cfg(test)]
            pub fn sample(self, id: &Arc<str>) -> CallTemplate<ApiCall> {
                match self { $(Self::$variant => {
                    let own = <$module::Call as Call>::sample(id.clone());
                    own.try_map(|call| Some(ApiCall::$variant(call.clone())))
                        .expect("the conversion succeeds")
                })* }
            }

            /// A representative call of `capability`: its blast radius does not depend on the
            /// input. `None` for kinds of input whose call changes no other row.
            pub fn example(self, capability: &CallTemplate<ApiCall>) -> Option<ApiCall> {
                match self { $(Self::$variant => {
                    let own = capability.try_map(|call| match call {
                        ApiCall::$variant(call) => Some(call.clone()),
                        _ => None,
                    })?;
                    <$module::Call as Call>::example(own).map(ApiCall::$variant)
                })* }
            }
        }

        impl ApiCall {
            /// The operation that makes it.
            pub fn operation(&self) -> Operation {
                match self { $(Self::$variant(_) => Operation::$variant,)* }
            }

            /// The requests in their order, as the confirm dialog and the journal print them:
            /// `ec2:StopInstances InstanceIds=[i-0ab]`.
            pub fn requests(&self) -> Vec<String> {
                match self { $(Self::$variant(call) => call.requests(),)* }
            }

            /// The resources it may change beyond the row that it was requested for:
            ///
            /// | call | changed with it |
            /// | --- | --- |
            /// | delete an endpoint | all of its variants, and the components placed on them |
            /// | count, limits or hours of a variant | the components placed on its instances |
            /// | count of an instance group | all nodes of the group: AWS chooses which end |
            /// | stop a tuning job | the training jobs it made that still run |
            /// | tags | all rows with the same tags: variants of one endpoint, nodes of one cluster |
            pub fn blast_radius(&self) -> Option<BlastRadius> {
                match self { $(Self::$variant(call) => call.blast_radius(),)* }
            }

            /// Name of the changed resource, where several rows share it: all its rows settle
            /// together.
            pub fn target_name(&self) -> Option<&Arc<str>> {
                match self { $(Self::$variant(call) => call.target_name(),)* }
            }

            /// The property that two rows with the same call share: `same endpoint`.
            pub fn shared_noun(&self) -> &'static str {
                match self { $(Self::$variant(call) => call.shared_noun(),)* }
            }

            /// Whether several rows represent the changed resource, any of which will do: the nodes
            /// of an instance group.
            pub fn is_shared(&self) -> bool {
                match self { $(Self::$variant(call) => call.is_shared(),)* }
            }

            /// Id of the EC2 instance that it changes.
            pub fn instance(&self) -> Option<&Arc<str>> {
                match self { $(Self::$variant(call) => call.instance(),)* }
            }

            /// How an undo is announced before the call is made.
            pub fn undo(&self) -> Undo {
                match self { $(Self::$variant(call) => call.undo(),)* }
            }

            /// Whether `other` is the same change: of two such calls only one is made.
            pub fn is_same_change(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$variant(one), Self::$variant(two)) => one.is_same_change(two),)*
                    _ => false,
                }
            }
        }
    };
}
for_each_operation!(define);

/// `capability` with the operation's own type of call.
fn own_capability<C: Call>(
    capability: &CallTemplate<ApiCall>,
    own: impl Fn(&ApiCall) -> Option<C>,
) -> Result<CallTemplate<C>, Reason> {
    capability
        .try_map(own)
        .ok_or_else(super::definition::mismatch::<C>)
}

impl Operation {
    /// The word in keymaps (`operation:stop`), guards, journal, palette and JSON.
    pub fn id(self) -> &'static str {
        self.definition().id
    }

    /// Its effect, for help.
    pub fn doc(self) -> &'static str {
        self.definition().doc
    }

    /// The operation with this id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.id() == id)
    }

    /// The operation that undoes it, where that is another one.
    pub fn opposite(self) -> Option<Self> {
        self.definition().opposite.and_then(Self::parse)
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
        Self::parse(&id).ok_or_else(|| D::Error::custom(format!("no operation is called `{id}`")))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
