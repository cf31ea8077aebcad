//! The parts of SageMaker that run instances, in the price lists' words.

/// The part of SageMaker that runs an instance: each has its own price list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// Real-time endpoints.
    Hosting,
    /// Notebook instances.
    Notebook,
    /// Studio apps.
    Studio,
    /// Training jobs.
    Training,
    /// Processing jobs.
    Processing,
    /// Batch transform jobs.
    Transform,
    /// HyperPod clusters.
    Cluster,
}

impl Component {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Hosting,
        Self::Notebook,
        Self::Studio,
        Self::Training,
        Self::Processing,
        Self::Transform,
        Self::Cluster,
    ];

    /// The word in the rate card.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hosting => "hosting",
            Self::Notebook => "notebook",
            Self::Studio => "studio",
            Self::Training => "training",
            Self::Processing => "processing",
            Self::Transform => "transform",
            Self::Cluster => "cluster",
        }
    }
}
