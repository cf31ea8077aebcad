//! The pane ids, each in one line of one table.

/// A pane's id: `gpus`, `notebooks`. Used in `ls`, `--pane`, the palette, and the configuration.
pub type PaneId = &'static str;

/// The id of the first page.
pub const OVERVIEW: &str = "overview";
/// The id of the ranked findings of all panes, which are not a pane.
pub const FINDINGS: &str = "findings";
/// The word of `ls` for the calls that a read of all panes makes, which are not a pane.
pub const METER: &str = "meter";

macro_rules! ids {
    ($($name:ident $id:literal;)*) => {
        $(#[doc = concat!("`", $id, "`.")] pub const $name: PaneId = $id;)*

        /// All pane ids.
        pub const ALL: &[PaneId] = &[$($name,)*];
    };
}

ids! {
    GPUS "gpus";
    NOTEBOOKS "notebooks";
    ENDPOINTS "endpoints";
    JOBS "jobs";
    THROUGHPUT "throughput";
    MODELS "models";
    SPEND "spend";
    ANOMALIES "anomalies";
}
