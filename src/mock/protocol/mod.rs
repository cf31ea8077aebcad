//! The server side of AWS's wire protocols, with its own encoders and decoders, never the SDK's.

pub mod cbor;
pub mod credential_scope;
pub mod error;
pub mod form;
pub mod json;
pub mod pagination;
pub mod request;
pub mod response;
pub mod rest;
pub mod route;
pub mod service_names;
pub mod value;
pub mod xml;

pub use error::{Error, Failure};
pub use request::Input;
pub use response::HttpReply;
pub use route::{Protocol, Request, RoutedCall};
pub use service_names::MockService;
pub use value::Value;

use crate::domain::Timestamp;

/// The timestamp `seconds` after 1970, to the millisecond; `None` out of range.
pub fn timestamp_from_seconds(seconds: f64) -> Option<Timestamp> {
    let millis = (seconds * 1_000.0).round();
    (millis.abs() < 2e14)
        .then(|| Timestamp::from_millisecond(millis as i64).ok())
        .flatten()
}
