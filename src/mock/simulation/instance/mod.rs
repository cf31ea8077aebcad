//! EC2 instances and their states.

mod transition;

pub use self::transition::{InstanceAction, InstanceTransition};

use super::{ServiceError, Simulation, Timeline, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        load_shape::{Load, unit},
        price_facts::TypeFacts,
    },
};

/// EC2's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceState {
    /// Starting; not billed.
    Pending,
    /// Billed.
    Running,
    /// Being terminated.
    ShuttingDown,
    /// Gone; listed for about an hour.
    Terminated,
    /// On its way to stopped; not billed.
    Stopping,
    /// Off; its volumes are billed.
    Stopped,
}

impl InstanceState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::ShuttingDown => "shutting-down",
            Self::Terminated => "terminated",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
        }
    }

    /// The code in the API.
    pub fn code(self) -> u16 {
        match self {
            Self::Pending => 0,
            Self::Running => 16,
            Self::ShuttingDown => 32,
            Self::Terminated => 48,
            Self::Stopping => 64,
            Self::Stopped => 80,
        }
    }
}

/// How an instance is paid for.
#[derive(Clone, Debug, PartialEq)]
pub enum Market {
    /// `InstanceLifecycle` absent.
    OnDemand,
    /// `spot`; a one-time request cannot be stopped.
    Spot {
        /// `sir-...`
        request_id: String,
        /// The request is persistent.
        persistent: bool,
    },
    /// `capacity-block`: prepaid until it ends.
    CapacityBlock {
        /// `cr-...`
        reservation_id: String,
        /// When the block ends.
        end: Timestamp,
    },
}

impl Market {
    /// `InstanceLifecycle`; absent on demand.
    pub fn lifecycle(&self) -> Option<&'static str> {
        match self {
            Self::OnDemand => None,
            Self::Spot { .. } => Some("spot"),
            Self::CapacityBlock { .. } => Some("capacity-block"),
        }
    }

    /// Whether a stop would end the Spot request, so that EC2 refuses it.
    pub fn is_one_time_spot(&self) -> bool {
        matches!(
            self,
            Self::Spot {
                persistent: false,
                ..
            }
        )
    }
}

/// A volume attached to an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// `vol-...`
    pub id: String,
    /// `/dev/xvda`
    pub device: String,
    /// GiB.
    pub size_gib: u32,
    /// `gp3`
    pub kind: &'static str,
}

/// An EC2 instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// `i-0...`
    pub id: String,
    /// Region code.
    pub region: String,
    /// `us-east-1a`
    pub zone: String,
    /// `p4d.24xlarge`
    pub instance_type: String,
    /// `ami-...`
    pub image_id: String,
    /// Key pair.
    pub key_name: Option<String>,
    /// `vpc-...`
    pub vpc_id: String,
    /// `subnet-...`
    pub subnet_id: String,
    /// `eni-...`, the primary one.
    pub interface_id: String,
    /// Private IPv4 address.
    pub private_ip: String,
    /// Id and name of its security groups.
    pub security_groups: Vec<(String, String)>,
    /// `r-...`; instances launched together share it.
    pub reservation_id: String,
    /// Place in the launch, `AmiLaunchIndex`.
    pub launch_index: usize,
    /// How it is paid for.
    pub market: Market,
    /// Its Auto Scaling group (also in its `aws:autoscaling:groupName` tag).
    pub auto_scaling_group: Option<String>,
    /// Seconds after a stop or termination at which its controller launches another.
    pub relaunch: Option<f64>,
    /// ARN of its instance profile.
    pub profile_arn: Option<String>,
    /// Root volume first.
    pub volumes: Vec<Volume>,
    /// The root device is an EBS volume; an instance-store root cannot stop.
    pub ebs_root: bool,
    /// `disableApiStop`.
    pub stop_protected: bool,
    /// The on-demand capacity reservation it runs in, `cr-...`: paid for whether it runs or not.
    pub capacity_reservation: Option<String>,
    /// AWS has no capacity for it: it does not start.
    pub no_capacity: bool,
    /// `disableApiTermination`.
    pub termination_protected: bool,
    /// One-minute metrics instead of five-minute ones.
    pub detailed_monitoring: bool,
    /// Tags, `aws:` ones included.
    pub tags: Tags,
    /// Its state over time.
    pub life: Timeline<InstanceState>,
    /// The facts of its type; `None` for an unknown type.
    pub facts: Option<&'static TypeFacts>,
    /// GPU utilisation, percent of one accelerator; `None` without accelerators.
    pub gpu: Option<Load>,
    /// CPU utilisation, percent.
    pub cpu: Load,
    /// The CloudWatch agent reports its GPUs.
    pub agent: bool,
    /// The EKS cluster in which Container Insights reports its GPUs.
    pub insights_cluster: Option<String>,
    pub(in crate::mock) key: u64,
}

impl Instance {
    /// `ip-10-0-1-2.ec2.internal`
    pub fn private_dns_name(&self) -> String {
        let domain = if self.region == "us-east-1" {
            "ec2.internal".to_owned()
        } else {
            format!("{}.compute.internal", self.region)
        };
        format!("ip-{}.{domain}", self.private_ip.replace('.', "-"))
    }

    /// Its state, or `None` before it was launched.
    pub fn state(&self, now: Timestamp) -> Option<InstanceState> {
        self.life.at(now)
    }

    /// `LaunchTime`: the most recent start.
    pub fn launched(&self, now: Timestamp) -> Timestamp {
        self.life
            .last_became(now, |state| state == InstanceState::Pending)
            .unwrap_or_else(|| self.life.start())
    }

    /// The first launch: the attach time of its primary network interface.
    pub fn first_launched(&self) -> Timestamp {
        self.life.start()
    }

    /// It answers and is billed.
    pub fn running(&self, t: Timestamp) -> bool {
        self.life.at(t) == Some(InstanceState::Running)
    }

    /// `StateTransitionReason`: empty while nothing was done to it.
    pub fn transition_reason(&self, now: Timestamp) -> String {
        let started_at = self.life.last_became(now, |state| {
            matches!(state, InstanceState::Stopping | InstanceState::ShuttingDown)
        });
        match (self.state(now), started_at) {
            (Some(InstanceState::Pending | InstanceState::Running) | None, _) | (_, None) => {
                String::new()
            }
            (_, Some(at)) => format!("User initiated ({} GMT)", at.strftime("%Y-%m-%d %H:%M:%S")),
        }
    }

    /// `StateReason`, code and message, of an instance that was stopped or terminated.
    pub fn state_reason(&self, now: Timestamp) -> Option<(&'static str, &'static str)> {
        (!self.transition_reason(now).is_empty()).then_some((
            "Client.UserInitiatedShutdown",
            "Client.UserInitiatedShutdown: User initiated shutdown",
        ))
    }

    fn delay(&self, low: f64, high: f64, now: Timestamp) -> f64 {
        low + (high - low) * unit(self.key, now.as_second())
    }
}

impl Simulation {
    /// The instances that AWS would list: launched, and not terminated for more than an hour.
    pub fn instances(&self, region: &str, now: Timestamp) -> Vec<&Instance> {
        let listed = |instance: &&Instance| {
            instance.region == region
                && match instance.state(now) {
                    None => false,
                    Some(InstanceState::Terminated) => {
                        instance.life.since(now) > after(now, -3_600.0)
                    }
                    Some(_) => true,
                }
        };
        self.instances.iter().filter(listed).collect()
    }

    /// The instance, or `InvalidInstanceID.NotFound` / `.Malformed`.
    pub fn instance(
        &self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<&Instance, ServiceError> {
        self.instance_place(region, id, now)
            .map(|place| &self.instances[place])
    }

    fn instance_place(
        &self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let hex = id.strip_prefix("i-").filter(|hex| {
            matches!(hex.len(), 8 | 17) && hex.bytes().all(|b| b.is_ascii_hexdigit())
        });
        if hex.is_none() {
            return Err(ServiceError::new(
                "InvalidInstanceID.Malformed",
                format!("Invalid id: \"{id}\""),
            ));
        }
        let found = self
            .instances
            .iter()
            .position(|instance| instance.id == id && instance.region == region);
        found
            .filter(|place| self.instances[*place].state(now).is_some())
            .ok_or_else(|| {
                ServiceError::new(
                    "InvalidInstanceID.NotFound",
                    format!("The instance ID '{id}' does not exist"),
                )
            })
    }
}
