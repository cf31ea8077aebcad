//! What the configuration says of later: whose hours are meant, and under which keys policy engines
//! look for theirs.
//!
//! Must not know how they are used.

use super::TagKey;
use crate::domain::offhours::Keys;
use serde::Deserialize;

/// `[later]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LaterTags {
    /// Hours on the screen, and those typed, are UTC; else those of this machine.
    pub utc: bool,
    /// The tag that holds off-hours; none: `maid_offhours`.
    pub offhours_tag: Option<TagKey>,
    /// The tag that marks for one deed; none: `maid_status`.
    pub mark_tag: Option<TagKey>,
}

impl LaterTags {
    /// The keys to write and to read.
    pub fn keys(&self) -> Keys {
        let usual = Keys::default();
        let own =
            |key: &Option<TagKey>, usual: String| key.as_ref().map_or(usual, |key| key.0.clone());
        Keys {
            offhours: own(&self.offhours_tag, usual.offhours),
            mark: own(&self.mark_tag, usual.mark),
        }
    }
}
