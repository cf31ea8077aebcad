//! `HyperPod` clusters and their nodes.

use super::{ServiceError, Simulation, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::load_shape::hash,
};

/// Seconds from the creation of a cluster until its nodes run and are billed.
pub(super) const LEAD: f64 = 300.0;
/// Seconds until an added node runs, and until a removed node is gone; multiplied by the pace.
const COMES: f64 = 240.0;
const GOES: f64 = 60.0;

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
    pub created: Timestamp,
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
    /// Its nodes, including those that are gone.
    pub nodes: Vec<ClusterNode>,
    /// Desired number of nodes.
    pub target: u32,
    /// Its settings.
    pub settings: InstanceGroupSettings,
}

/// A group's settings besides its count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceGroupSettings {
    /// ARN of its execution role.
    pub role: String,
    /// `SourceS3Uri` and `OnCreate` of its lifecycle configuration.
    pub lifecycle: (String, String),
    /// Threads of a core, 1 or 2.
    pub threads: u32,
}

/// A node.
#[derive(Clone, Debug)]
pub struct ClusterNode {
    /// Its id.
    pub id: String,
    /// When it was requested.
    pub requested: Timestamp,
    /// When it runs, and since when it is billed.
    pub runs: Timestamp,
    /// When its removal was requested, and when it is gone.
    pub end: Option<(Timestamp, Timestamp)>,
}

impl ClusterNode {
    /// Whether it is listed.
    pub fn exists(&self, now: Timestamp) -> bool {
        self.requested <= now && self.end.is_none_or(|(_, gone)| now < gone)
    }

    /// `InstanceStatus`
    pub fn status(&self, now: Timestamp) -> &'static str {
        match self.end {
            Some((told, _)) if told <= now => "ShuttingDown",
            _ if self.runs <= now => "Running",
            _ => "Pending",
        }
    }

    /// Seconds of `[from, to)` in which it is billed.
    pub fn seconds(&self, from: Timestamp, to: Timestamp) -> f64 {
        let end = self.end.map_or(to, |(_, gone)| gone.min(to));
        end.duration_since(from.max(self.runs))
            .as_secs_f64()
            .max(0.0)
    }
}

impl Group {
    /// Nodes that are there and run.
    pub fn current(&self, now: Timestamp) -> usize {
        self.nodes
            .iter()
            .filter(|node| node.exists(now) && node.runs <= now)
            .count()
    }

    /// Whether nodes are being added or removed.
    fn is_changing(&self, now: Timestamp) -> bool {
        self.nodes
            .iter()
            .any(|node| node.exists(now) && node.status(now) != "Running")
    }

    /// Seconds of `[from, to)` in which its nodes are billed, together.
    pub fn seconds(&self, from: Timestamp, to: Timestamp) -> f64 {
        self.nodes.iter().map(|node| node.seconds(from, to)).sum()
    }
}

/// The update of one group in an `UpdateCluster` request.
#[derive(Clone, Debug)]
pub struct GroupUpdate {
    /// Its name.
    pub name: String,
    /// `InstanceType`, where it was sent.
    pub instance_type: Option<String>,
    /// `InstanceCount`
    pub count: u32,
    /// Its other settings.
    pub settings: InstanceGroupSettings,
}

impl Cluster {
    /// When its first nodes run, and since when they are billed.
    pub fn launched(&self) -> Timestamp {
        after(self.created, LEAD)
    }

    /// Its nodes run.
    pub fn runs(&self, now: Timestamp) -> bool {
        now >= self.launched()
    }

    /// `ClusterStatus`
    pub fn state(&self, now: Timestamp) -> &'static str {
        if !self.runs(now) {
            "Creating"
        } else if self.groups.iter().any(|group| group.is_changing(now)) {
            "Updating"
        } else {
            "InService"
        }
    }

    /// Each node that is there, with its group.
    pub fn nodes(&self, now: Timestamp) -> impl Iterator<Item = (&Group, &ClusterNode)> {
        let all = self
            .groups
            .iter()
            .flat_map(|group| group.nodes.iter().map(move |node| (group, node)));
        all.filter(move |(_, node)| node.exists(now))
    }
}

impl Cluster {
    /// An update keeps the type of its group and names a role of the account.
    fn check_update(&self, update: &GroupUpdate, account: &str) -> Result<(), ServiceError> {
        let Some(group) = self.groups.iter().find(|group| group.name == update.name) else {
            return Err(ServiceError::invalid(format!(
                "Instance group {} is not part of cluster {}.",
                update.name, self.arn
            )));
        };
        if update.instance_type.as_ref() != Some(&group.instance_type) {
            return Err(ServiceError::invalid(format!(
                "The instance type of instance group {} cannot be changed.",
                update.name
            )));
        }
        if !update.settings.role.contains(account) {
            return Err(ServiceError::invalid(format!(
                "The execution role of instance group {} is not of account {account}.",
                update.name
            )));
        }
        Ok(())
    }
}

impl Simulation {
    /// The clusters of a region.
    pub fn clusters(&self, region: &str, now: Timestamp) -> Vec<&Cluster> {
        self.clusters
            .iter()
            .filter(|one| one.region == region && one.created <= now)
            .collect()
    }

    /// One by name or ARN.
    pub fn cluster(
        &self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<&Cluster, ServiceError> {
        let found = self
            .clusters(region, now)
            .into_iter()
            .find(|one| one.name == id || one.arn == id);
        found.ok_or_else(|| {
            let arn = format!(
                "arn:aws:sagemaker:{region}:{}:cluster/{id}",
                self.account.id
            );
            ServiceError::new(
                "ResourceNotFound",
                format!("Cluster with ARN {arn} not found."),
            )
        })
    }

    /// `UpdateCluster`: changes the counts of one or more groups, or of none when one update is
    /// refused.
    pub fn update_cluster(
        &mut self,
        region: &str,
        id: &str,
        updates: &[GroupUpdate],
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let arn = self.cluster(region, id, now)?.arn.clone();
        let pace = self.pace;
        let account = self.account.id.clone();
        let place = self.clusters.iter().position(|one| one.arn == arn);
        let Some(one) = place.and_then(|place| self.clusters.get_mut(place)) else {
            return Err(ServiceError::new(
                "ResourceNotFound",
                format!("Cluster with ARN {arn} not found."),
            ));
        };
        let state = one.state(now);
        if state != "InService" {
            return Err(ServiceError::new(
                "ConflictException",
                format!("Cluster {arn} is in {state} state and cannot be updated."),
            ));
        }
        for update in updates {
            one.check_update(update, &account)?;
        }
        let seed = self.seed;
        for update in updates {
            if let Some(group) = one
                .groups
                .iter_mut()
                .find(|group| group.name == update.name)
            {
                group.resize(update, now, pace, |n| {
                    node_id(seed, &arn, &update.name, n, now)
                });
            }
        }
        Ok(arn)
    }
}

/// The id of an added node.
fn node_id(seed: u64, arn: &str, group: &str, n: usize, now: Timestamp) -> String {
    let name = format!("{arn}/{group}/{n}/{}", now.as_millisecond());
    format!("i-0{:016x}", hash(seed, &name))
}

impl Group {
    /// Adds nodes, or removes the newest.
    fn resize(
        &mut self,
        update: &GroupUpdate,
        now: Timestamp,
        pace: f64,
        id: impl Fn(usize) -> String,
    ) {
        self.settings = update.settings.clone();
        self.target = update.count;
        let there: Vec<usize> = (0..self.nodes.len())
            .filter(|place| self.nodes[*place].exists(now))
            .collect();
        let wanted = update.count as usize;
        for place in there.iter().skip(wanted) {
            self.nodes[*place].end = Some((now, after(now, GOES * pace)));
        }
        for n in there.len()..wanted {
            self.nodes.push(ClusterNode {
                id: id(n),
                requested: now,
                runs: after(now, COMES * pace),
                end: None,
            });
        }
    }
}
