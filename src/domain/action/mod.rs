//! Actions: from a request to a plan, its confirmation, its API calls and their outcome.

pub mod available_action;
pub mod capability;
pub mod definition;
pub mod expected;
pub mod input;
pub mod inverse;
pub mod off_hours;
pub mod ops;
pub mod plan;
pub mod preflight;
pub mod prior_state;
pub mod request;
pub mod schedule;
pub mod schedule_restore;
pub mod scope;
pub mod setting;
pub mod status;
pub mod warning;

pub use available_action::{AvailableAction, Capability};
pub use capability::SharedCount;
pub use expected::{ExpectedState, ObservedState, ScheduledAction};
pub use ops::{ApiCall, Operation, stop::AppOwner};
pub use setting::{TagRoute, VARIANT_COUNT, scalable};
