//! Drawing. Reads the state, never changes it; only what is visible costs anything.

pub mod boxes;
pub mod glyphs;
pub mod pen;
pub mod spark;
