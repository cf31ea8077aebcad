//! How AWS is asked: sessions, their clients, faults, metrics, fresh looks, and the one file that
//! changes an account.
//!
//! Must not know rows on a screen, nor what anything costs.

pub mod calls;
pub mod clock;
pub mod fault;
pub mod http;
pub mod meters;
pub mod price_list;
pub mod profiles;
pub mod reads;
pub mod session;
mod settings;
pub mod stamps;
pub mod states;
pub mod survey;
pub mod tagging;
pub mod writes;

pub use calls::CallMeter;
pub use clock::Clock;
pub use session::{Keys, Session, Settings, sessions};
