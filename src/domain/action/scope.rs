//! The parent of a row, and the rows that a change covers beyond the one it was requested for.
//!
//! Names are AWS's own, unique in one account and region.

use std::sync::Arc;

/// The resource that a row is part of. A change of the parent changes the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// Of a variant: its endpoint, by name.
    Endpoint(Arc<str>),
    /// Of an inference component: the variant whose instances it is placed on.
    Variant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
    },
    /// Of a `HyperPod` node: its instance group.
    Group {
        /// ARN of the cluster.
        cluster: Arc<str>,
        /// Name of the instance group.
        group: Arc<str>,
    },
    /// Of a training job: the tuning job that made it, by name.
    Tuning(Arc<str>),
}

/// The resources that a call changes beyond the row that it was requested for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlastRadius {
    /// All parts of this parent.
    Whole(Parent),
    /// All rows that share the tags of this ARN.
    Tags(Arc<str>),
}
