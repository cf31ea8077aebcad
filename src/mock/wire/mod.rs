//! AWS's wire protocols, the server's half, with encoders and decoders of its own: never the SDK's.
//!
//! Must not know the world or what operations do.

pub mod cbor;
pub mod failure;
pub mod form;
pub mod input;
pub mod json;
pub mod node;
pub mod page;
pub mod reply;
pub mod rest;
pub mod route;
pub mod scope;
pub mod services;
pub mod xml;

pub use failure::{Error, Failure};
pub use input::Input;
pub use node::Node;
pub use reply::Reply;
pub use route::{Call, Protocol, Request};
pub use services::Service;

use crate::domain::Stamp;

/// The moment `seconds` after 1970, to the millisecond; `None` far outside of calendars.
pub fn moment_from_seconds(seconds: f64) -> Option<Stamp> {
    let millis = (seconds * 1_000.0).round();
    (millis.abs() < 2e14)
        .then(|| Stamp::from_millisecond(millis as i64).ok())
        .flatten()
}
