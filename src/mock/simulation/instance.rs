//! EC2 instances: what they are, how their state moves, what AWS refuses.

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
        ends: Timestamp,
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
    /// What is known of its type.
    pub facts: Option<&'static TypeFacts>,
    /// GPU utilisation, percent of one accelerator; `None` without accelerators.
    pub gpu: Option<Load>,
    /// CPU utilisation, percent.
    pub cpu: Load,
    /// The CloudWatch agent reports its GPUs.
    pub agent: bool,
    pub(in crate::mock) key: u64,
}

impl Instance {
    /// Its state, or `None` before it was launched.
    pub fn state(&self, now: Timestamp) -> Option<InstanceState> {
        self.life.at(now)
    }

    /// `LaunchTime`: the most recent start.
    pub fn launched(&self, now: Timestamp) -> Timestamp {
        self.life
            .last_became(now, |state| state == InstanceState::Pending)
            .unwrap_or_else(|| self.life.begins())
    }

    /// The first launch, which its primary network interface's attach time tells.
    pub fn first_launched(&self) -> Timestamp {
        self.life.begins()
    }

    /// It answers and is billed.
    pub fn running(&self, t: Timestamp) -> bool {
        self.life.at(t) == Some(InstanceState::Running)
    }

    /// `StateTransitionReason`: empty while nothing was done to it.
    pub fn transition_reason(&self, now: Timestamp) -> String {
        let begun = self.life.last_became(now, |state| {
            matches!(state, InstanceState::Stopping | InstanceState::ShuttingDown)
        });
        match (self.state(now), begun) {
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

/// What a change of state did to an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceTransition {
    /// Which.
    pub id: String,
    /// Before.
    pub previous: InstanceState,
    /// After.
    pub current: InstanceState,
}

/// A change of an instance's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceAction {
    /// `StopInstances`
    Stop,
    /// `StartInstances`
    Start,
    /// `TerminateInstances`
    Terminate,
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

    /// Whether AWS would allow it, without doing it. Ids first, then the state of each.
    pub fn check_instances(
        &self,
        action: InstanceAction,
        region: &str,
        ids: &[String],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let places = ids
            .iter()
            .map(|id| self.instance_place(region, id, now))
            .collect::<Result<Vec<_>, _>>()?;
        places
            .into_iter()
            .try_for_each(|place| Self::allowed(action, &self.instances[place], now))
    }

    fn allowed(
        action: InstanceAction,
        instance: &Instance,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let id = &instance.id;
        let state = instance.state(now);
        let wrong_state = |operation: &str| {
            Err(ServiceError::new(
                "IncorrectInstanceState",
                format!("The instance '{id}' is not in a state from which it can be {operation}."),
            ))
        };
        match action {
            InstanceAction::Stop => match state {
                Some(InstanceState::ShuttingDown | InstanceState::Terminated) | None => wrong_state("stopped"),
                _ if !instance.ebs_root => Err(ServiceError::new(
                    "UnsupportedOperation",
                    format!("The instance '{id}' does not have an 'ebs' root device type and cannot be stopped."),
                )),
                _ if matches!(instance.market, Market::Spot { persistent: false, .. }) => Err(ServiceError::new(
                    "UnsupportedOperation",
                    format!(
                        "You can't stop the Spot Instance '{id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests."
                    ),
                )),
                _ if instance.stop_protected => Err(ServiceError::new(
                    "OperationNotPermitted",
                    format!("The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again."),
                )),
                Some(InstanceState::Pending) => wrong_state("stopped"),
                _ => Ok(()),
            },
            InstanceAction::Start => match state {
                Some(InstanceState::Stopping | InstanceState::ShuttingDown | InstanceState::Terminated) | None => wrong_state("started"),
                Some(InstanceState::Stopped) if instance.no_capacity => Err(ServiceError::new(
                    "InsufficientInstanceCapacity",
                    format!(
                        "We currently do not have sufficient {} capacity in the Availability Zone you requested ({}). Our system will be working on provisioning additional capacity.",
                        instance.instance_type, instance.zone
                    ),
                )
                .status(500)),
                _ => Ok(()),
            },
            InstanceAction::Terminate if instance.termination_protected => Err(ServiceError::new(
                "OperationNotPermitted",
                format!("The instance '{id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again."),
            )),
            InstanceAction::Terminate => Ok(()),
        }
    }

    /// Stops, starts or terminates. Nothing happens when one of `ids` is refused, except that a
    /// protected instance spares only its own zone from termination, as in life.
    pub fn move_instances(
        &mut self,
        action: InstanceAction,
        region: &str,
        ids: &[String],
        now: Timestamp,
    ) -> Result<Vec<InstanceTransition>, ServiceError> {
        let places = ids
            .iter()
            .map(|id| self.instance_place(region, id, now))
            .collect::<Result<Vec<_>, _>>()?;
        let refusals: Vec<(usize, ServiceError)> = places
            .iter()
            .filter_map(|place| {
                Some((
                    *place,
                    Self::allowed(action, &self.instances[*place], now).err()?,
                ))
            })
            .collect();
        if let Some((_, refusal)) = refusals.first() {
            if action == InstanceAction::Terminate {
                let zones: Vec<String> = refusals
                    .iter()
                    .map(|(place, _)| self.instances[*place].zone.clone())
                    .collect();
                for place in places {
                    if !zones.contains(&self.instances[place].zone) {
                        self.move_instance(action, place, now);
                    }
                }
            }
            return Err(refusal.clone());
        }
        Ok(places
            .into_iter()
            .map(|place| self.move_instance(action, place, now))
            .collect())
    }

    fn move_instance(
        &mut self,
        action: InstanceAction,
        place: usize,
        now: Timestamp,
    ) -> InstanceTransition {
        let pace = self.pace;
        let instance = &mut self.instances[place];
        let previous = instance.life.value(now);
        let (through, end, seconds) = match (action, previous) {
            (InstanceAction::Stop, InstanceState::Running) => (
                InstanceState::Stopping,
                InstanceState::Stopped,
                instance.delay(20.0, 40.0, now),
            ),
            (InstanceAction::Start, InstanceState::Stopped) => (
                InstanceState::Pending,
                InstanceState::Running,
                instance.delay(12.0, 25.0, now),
            ),
            (InstanceAction::Terminate, state)
                if !matches!(
                    state,
                    InstanceState::Terminated | InstanceState::ShuttingDown
                ) =>
            {
                (
                    InstanceState::ShuttingDown,
                    InstanceState::Terminated,
                    instance.delay(25.0, 50.0, now),
                )
            }
            _ => {
                return InstanceTransition {
                    id: instance.id.clone(),
                    previous,
                    current: previous,
                };
            }
        };
        instance.life.change(now, through);
        instance.life.change(after(now, seconds * pace), end);
        InstanceTransition {
            id: instance.id.clone(),
            previous,
            current: through,
        }
    }
}
