//! `HyperPod` clusters and their nodes.
//!
//! Must not know the wire.

use super::{Refusal, World, after};
use crate::domain::{Stamp, Tags};

/// Seconds from the creation of a cluster until its nodes run and are billed.
const LEAD: f64 = 300.0;

/// A cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// The end of its ARN.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// When it was created.
    pub created: Stamp,
    /// It runs on EKS, not on Slurm.
    pub eks: bool,
    /// Its instance groups.
    pub groups: Vec<Group>,
    /// Tags.
    pub tags: Tags,
}

/// Nodes of one type.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// `ml.p5.48xlarge`
    pub instance_type: String,
    /// The ids of its nodes.
    pub nodes: Vec<String>,
    /// Nodes it should have.
    pub target: u32,
}

impl Cluster {
    /// When its nodes run, and since when they are billed.
    pub fn launched(&self) -> Stamp {
        after(self.created, LEAD)
    }

    /// Its nodes run.
    pub fn runs(&self, now: Stamp) -> bool {
        now >= self.launched()
    }

    /// `ClusterStatus`
    pub fn state(&self, now: Stamp) -> &'static str {
        if self.runs(now) { "InService" } else { "Creating" }
    }

    /// Each node with its group.
    pub fn nodes(&self) -> impl Iterator<Item = (&Group, &str)> {
        self.groups.iter().flat_map(|group| group.nodes.iter().map(move |node| (group, node.as_str())))
    }
}

impl World {
    /// The clusters of a region.
    pub fn clusters(&self, region: &str, now: Stamp) -> Vec<&Cluster> {
        self.clusters.iter().filter(|one| one.region == region && one.created <= now).collect()
    }

    /// One by name or ARN.
    pub fn cluster(&self, region: &str, id: &str, now: Stamp) -> Result<&Cluster, Refusal> {
        let found = self.clusters(region, now).into_iter().find(|one| one.name == id || one.arn == id);
        found.ok_or_else(|| {
            let arn = format!("arn:aws:sagemaker:{region}:{}:cluster/{id}", self.account.id);
            Refusal::new("ResourceNotFound", format!("Cluster with ARN {arn} not found."))
        })
    }
}
