//! Time: timestamps, their parsing and formats, weekly schedules, and series of readings.

pub mod series;
pub mod timestamp;
pub mod weekly_schedule;
pub mod when;
