//! Leave, or cancel, although something is under way or agreed for later? Default No.

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuitTarget {
    /// The program.
    #[default]
    Program,
    /// What of the plans under way has not begun.
    Plans,
}

/// What is agreed for later and needs a console that runs then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpcomingActions {
    /// How many changes.
    pub many: usize,
    /// The next one, with its hour: `stop hpo-worker at 19:00`.
    pub next: String,
    /// A file keeps them for the next start.
    pub kept: bool,
}

/// Asked when a plan is not over, or one is to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuitDialog {
    /// What is left.
    pub what: QuitTarget,
    /// What is under way, a line a plan: `stop: 1 of 3 open`.
    pub open: Vec<String>,
    /// What is agreed for later.
    pub ahead: Option<UpcomingActions>,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
}
