//! Leave, or cancel, although something is under way? Default No.
//!
//! Must not know what is under way beyond its words.

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leave {
    /// The program.
    #[default]
    Program,
    /// What of the plans under way has not begun.
    Plans,
}

/// Asked when a plan is not over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuitAsk {
    /// What is left.
    pub what: Leave,
    /// What is under way, a line a plan: `stop: 1 of 3 open`.
    pub open: Vec<String>,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
}
