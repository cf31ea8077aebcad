//! Actions: from a request to a plan, its confirmation, its API calls and their outcome.

pub mod api_call;
pub mod capability;
pub mod expected;
pub mod inverse;
pub mod off_hours;
pub mod operation;
pub mod plan;
pub mod preflight;
pub mod resolve;
pub mod schedule;
pub mod schedule_restore;
pub mod scope;
pub mod setting;
pub mod status;
pub mod warning;
