//! The types of spendtop's domain: money, time, identity, values, records, operations, plans,
//! faults.
//!
//! Pure data and arithmetic.

pub mod action;
pub mod audit;
mod controller;
pub mod evidence;
pub mod fault;
mod fault_cause;
pub mod glob;
pub mod measured;
pub mod money;
pub mod note;
pub mod pane;
pub mod pane_id;
pub mod region;
pub mod report;
pub mod resource;
mod sort_key;
pub mod text;
pub mod time;
pub mod value;
mod watch;

pub use action::input::{Input, Prompt};
pub use action::inverse::Inverse;
pub use action::ops;
pub use action::plan::{
    ConfirmError, ConfirmLevel, ConfirmationAnswer, ConfirmedPlan, Plan, PlanId, SkippedTarget,
    Target,
};
pub use action::preflight::{Preflight, Severity};
pub use action::request::ActionRequest;
pub use action::schedule::ScheduledPlan;
pub use action::schedule_restore::ScheduleRestore;
pub use action::scope::{BlastRadius, Parent};
pub use action::setting::{AnomalyFeedback, ScalableResource, Setting};
pub use action::status::{ActionStatus, Outcome, StatusKind, StatusTone, StatusUpdate};
pub use action::warning::Warning;
pub use action::{ApiCall, AvailableAction, Capability, ExpectedState, ObservedState, Operation};
pub use controller::{Controller, Replacement};
pub use evidence::Evidence;
pub use fault::{Fault, FaultCause, FaultKind, HelperOutput};
pub use glob::Glob;
pub use measured::{Measured, Reason};
pub use money::accrual::{CostGap, CostHistory, CostSpan, CostWindow};
pub use money::costs::{
    BilledRate, Budget, BudgetScope, Costs, Coverage, DayCost, Discount, Forecast, HourCosts,
    RegionCost, UnlistedCost,
};
pub use money::currency::Currency;
pub use money::prepaid::Prepaid;
pub use money::price_estimate::PriceEstimate;
pub use money::saving::{Saving, StillBilled};
pub use money::service::Service;
pub use money::usd::{Usd, UsdPerHour};
pub use note::Note;
pub use pane::{Align, Cadence, FieldMeta, PaneMeta, SourceScope, Visibility, Width};
pub use pane_id::PaneId;
pub use report::{Freshness, PollOutcome, Report, SourceId};
pub use resource::arn::Arn;
pub use resource::columns::CommonField;
pub use resource::component::Component;
pub use resource::job::JobKind;
pub use resource::key::{Location, ResourceKey, UNKNOWN_ACCOUNT};
pub use resource::kind::ResourceKind;
pub use resource::record::{CommonFields, Compute, HourlyCost, Record};
pub use resource::state::{Phase, State};
pub use resource::tags::Tags;
pub use sort_key::SortKey;
pub use time::series::Series;
pub use time::timestamp::Timestamp;
pub use time::weekly_schedule::WeeklySchedule;
pub use value::Value;
pub use watch::{ApiUse, WatchPlan, WatchUse};
