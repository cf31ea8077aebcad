//! What the configuration says of later: whose hours are meant, and under which keys policy engines
//! look for theirs.

use super::TagKey;
use crate::domain::action::off_hours::OffHoursKeys;
use serde::Deserialize;

/// `[later]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SchedulingTags {
    /// Hours on the screen, and those typed, are UTC; else those of this machine.
    pub utc: bool,
    /// The tag that holds off-hours; none: `maid_offhours`.
    pub offhours_tag: Option<TagKey>,
    /// The tag that marks for one deed; none: `maid_status`.
    pub mark_tag: Option<TagKey>,
}

impl SchedulingTags {
    /// The keys to write and to read.
    pub fn keys(&self) -> OffHoursKeys {
        let usual = OffHoursKeys::default();
        let own =
            |key: &Option<TagKey>, usual: String| key.as_ref().map_or(usual, |key| key.0.clone());
        OffHoursKeys {
            offhours: own(&self.offhours_tag, usual.offhours),
            mark: own(&self.mark_tag, usual.mark),
        }
    }
}
