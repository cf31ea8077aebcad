//! The parts that all panes share: the collector, its context, fields, the tag cache, and the
//! cache of paid answers.

pub mod answer_cache;
pub mod collector;
pub mod column;
pub mod context;
pub(crate) mod description_cache;
pub mod part;
pub(crate) mod poll_budget;
pub(crate) mod series;
pub(crate) mod side_lists;
pub mod tag_cache;
