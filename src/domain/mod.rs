//! The words of the trade: money, time, identity, values, records, verbs, plans, faults.
//!
//! Pure data and arithmetic. It must not know I/O, any clock (`now` is always an argument), the SDK or the terminal.

pub mod accrual;
mod aim;
pub mod arn;
pub mod call;
pub mod component;
pub mod costs;
pub mod deed;
pub mod evidence;
pub mod fault;
pub mod job;
pub mod key;
pub mod later;
pub mod money;
pub mod offer;
pub mod pane;
pub mod plan;
pub mod reading;
pub mod record;
pub mod report;
pub mod schedule;
pub mod series;
pub mod service;
pub mod state;
pub mod tags;
pub mod text;
pub mod time;
pub mod value;
pub mod verb;
pub mod want;
pub mod when;

pub use accrual::Window;
pub use arn::Arn;
pub use component::Component;
pub use costs::{Budget, Costs, Coverage, DayCost, Discount, Forecast};
pub use deed::Inverse;
pub use evidence::Evidence;
pub use fault::{Fault, FaultKind};
pub use job::JobKind;
pub use key::{Key, Kind, Place};
pub use later::Later;
pub use money::{Usd, UsdPerHour};
pub use pane::{Align, Cadence, FieldMeta, PaneId, PaneMeta, Scope, Show, Width};
pub use plan::{Answer, Ask, Confirmed, Demand, NotConfirmed, Plan, PlanId, Skipped, Target};
pub use reading::{Reading, Why};
pub use record::{Burn, Compute, Head, HeadField, Record};
pub use report::{Outcome, Report, SourceId, Step};
pub use schedule::Schedule;
pub use series::Series;
pub use service::Service;
pub use state::{Phase, State};
pub use tags::Tags;
pub use time::Stamp;
pub use value::Value;
pub use verb::{Call, Look, Offer, Offered, Verb, Want};
