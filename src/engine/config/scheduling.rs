//! Configuration of scheduled actions: time zone and tag keys.

use super::TagKey;
use crate::domain::action::off_hours::OffHoursKeys;
use serde::Deserialize;

/// `[scheduling]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SchedulingConfig {
    /// Shows and reads times in UTC instead of the local time zone.
    pub utc: bool,
    /// Tag key of off-hours. Default: `maid_offhours`.
    pub off_hours_tag: Option<TagKey>,
    /// Tag key of a mark for one action. Default: `maid_status`.
    pub mark_tag: Option<TagKey>,
}

impl SchedulingConfig {
    /// The tag keys to read and write.
    pub fn keys(&self) -> OffHoursKeys {
        let default = OffHoursKeys::default();
        let key = |configured: &Option<TagKey>, default: String| {
            configured.as_ref().map_or(default, |key| key.0.clone())
        };
        OffHoursKeys {
            off_hours: key(&self.off_hours_tag, default.off_hours),
            mark: key(&self.mark_tag, default.mark),
        }
    }
}
