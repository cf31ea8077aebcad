//! Leave although something is under way? Default No.
//!
//! Must not know what is under way beyond its words.

/// Asked when a plan is not over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuitAsk {
    /// What is under way, a line a plan: `stop: 1 of 3 open`.
    pub open: Vec<String>,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
}
