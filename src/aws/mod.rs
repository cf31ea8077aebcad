//! Access to AWS: sessions and their clients, faults, metrics, fresh reads of single resources,
//! preflight checks, and `actions`, the only module that changes an account.

pub mod actions;
pub mod api;
pub mod api_cost;
pub mod clock;
pub mod convert;
pub mod credentials;
pub mod describe;
mod endpoint;
pub mod fault;
pub mod http;
mod json;
pub mod metrics;
pub mod organization;
pub mod paging;
pub mod preflight;
pub mod price_list;
pub mod probe;
pub mod profiles;
mod region;
pub mod session;
pub mod tags;

pub use api::Api;
pub use api_cost::ApiCostMeter;
pub use clock::Clock;
pub use session::{
    ConfiguredEndpoints, Session, SessionSet, SessionSettings, StaticCredentials,
    is_any_identified, sessions,
};
