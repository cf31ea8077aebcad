//! The parts that all panes share: the collector, its context, fields and the tag cache.

pub mod collector;
pub mod context;
pub mod field;
pub mod tag_cache;
