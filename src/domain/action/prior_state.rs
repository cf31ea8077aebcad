//! The state of a resource right before a call, as the journal keeps it.

use super::{
    expected::{ExpectedState, ObservedState, ScheduledAction},
    setting::Setting,
};
use crate::domain::Tags;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The resource before the call, as far as the action changes it: an undo needs no more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PriorState {
    /// State, in AWS's word.
    pub state: String,
    /// Instances or copies that ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Desired instances or copies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
    /// The changed tags; null where a tag was absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, Option<String>>>,
    /// Its scheduled actions, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_actions: Option<Vec<ScheduledAction>>,
    /// The changed setting, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
}

impl PriorState {
    /// The part of `observed` that a change to `expected` touches.
    pub fn new(observed: &ObservedState, expected: &ExpectedState) -> Self {
        let counts = matches!(expected, ExpectedState::Count(_));
        let tags = match (expected, &observed.tags) {
            (ExpectedState::Tags { set, remove }, Some(tags)) => {
                Some(changed_tags(tags, set, remove))
            }
            _ => None,
        };
        Self {
            state: observed.state.name.to_string(),
            count: observed.count.filter(|_| counts),
            desired: observed.desired.filter(|_| counts),
            tags,
            scheduled_actions: observed.scheduled_actions.clone(),
            setting: observed.setting.clone(),
        }
    }
}

fn changed_tags(tags: &Tags, set: &Tags, remove: &[String]) -> BTreeMap<String, Option<String>> {
    set.keys()
        .chain(remove)
        .map(|key| (key.clone(), tags.get(key).cloned()))
        .collect()
}
