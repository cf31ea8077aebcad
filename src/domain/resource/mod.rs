//! A resource: its identity, location, state, tags and the row that describes it.

pub mod arn;
pub mod columns;
pub mod component;
pub mod job;
pub mod key;
pub mod kind;
pub mod record;
pub mod state;
pub mod tags;
