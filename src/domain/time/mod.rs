//! Time: timestamps, how people write them, weekly schedules, and series of readings.

pub mod series;
pub mod timestamp;
pub mod weekly_schedule;
pub mod when;
