//! Quit or cancel while operations are in progress or scheduled. Default No.

/// Whether the dialog quits the program or cancels plans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuitTarget {
    /// The program.
    #[default]
    Program,
    /// The targets of running plans that have not started.
    Plans,
}

/// Scheduled operations, which run only if a console runs at their time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpcomingActions {
    /// The number of operations.
    pub count: usize,
    /// The next one with its time: `stop hpo-worker at 19:00`.
    pub next: String,
    /// A file holds them for the next start.
    pub saved: bool,
}

/// Asks before the user leaves operations in progress or scheduled operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuitDialog {
    /// Quit or cancel.
    pub target: QuitTarget,
    /// Operations in progress, a line a plan: `stop: 1 of 3 in progress`.
    pub open: Vec<String>,
    /// The scheduled operations.
    pub upcoming: Option<UpcomingActions>,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
}
