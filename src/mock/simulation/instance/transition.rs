//! Starting, stopping and terminating instances.

use super::{Instance, InstanceState};
use crate::{
    domain::Timestamp,
    mock::simulation::{Market, ServiceError, Simulation, Timeline, Volume, after},
};

/// The effect of a change of state on an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceTransition {
    /// The id of the instance.
    pub id: String,
    /// The state before.
    pub previous: InstanceState,
    /// The state after.
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

fn wrong_state(id: &str, operation: &str) -> Result<(), ServiceError> {
    Err(ServiceError::new(
        "IncorrectInstanceState",
        format!("The instance '{id}' is not in a state from which it can be {operation}."),
    ))
}

fn may_stop(instance: &Instance, state: Option<InstanceState>) -> Result<(), ServiceError> {
    let id = &instance.id;
    let unsupported = |message: String| Err(ServiceError::new("UnsupportedOperation", message));
    match state {
        Some(InstanceState::ShuttingDown | InstanceState::Terminated) | None => {
            wrong_state(id, "stopped")
        }
        _ if !instance.ebs_root => unsupported(format!(
            "The instance '{id}' does not have an 'ebs' root device type and cannot be stopped."
        )),
        _ if instance.market.is_one_time_spot() => unsupported(format!(
            "You can't stop the Spot Instance '{id}' because it is associated with a one-time \
             Spot Instance request. You can only stop Spot Instances associated with persistent \
             Spot Instance requests."
        )),
        _ if instance.stop_protected => Err(ServiceError::new(
            "OperationNotPermitted",
            format!(
                "The instance '{id}' may not be stopped. Modify its 'disableApiStop' instance \
                 attribute and try again."
            ),
        )),
        Some(InstanceState::Pending) => wrong_state(id, "stopped"),
        _ => Ok(()),
    }
}

fn may_start(instance: &Instance, state: Option<InstanceState>) -> Result<(), ServiceError> {
    match state {
        Some(InstanceState::Stopping | InstanceState::ShuttingDown | InstanceState::Terminated)
        | None => wrong_state(&instance.id, "started"),
        Some(InstanceState::Stopped) if instance.no_capacity => Err(ServiceError::new(
            "InsufficientInstanceCapacity",
            format!(
                "We currently do not have sufficient {} capacity in the Availability Zone you \
                 requested ({}). Our system will be working on provisioning additional capacity.",
                instance.instance_type, instance.zone
            ),
        )
        .status(500)),
        _ => Ok(()),
    }
}

impl Simulation {
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
            .try_for_each(|place| Self::check_action(action, &self.instances[place], now))
    }

    pub(super) fn check_action(
        action: InstanceAction,
        instance: &Instance,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let state = instance.state(now);
        match action {
            InstanceAction::Stop => may_stop(instance, state),
            InstanceAction::Start => may_start(instance, state),
            InstanceAction::Terminate if instance.termination_protected => Err(ServiceError::new(
                "OperationNotPermitted",
                format!(
                    "The instance '{}' may not be terminated. Modify its \
                     'disableApiTermination' instance attribute and try again.",
                    instance.id
                ),
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
                    Self::check_action(action, &self.instances[*place], now).err()?,
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

    pub(super) fn move_instance(
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
        let id = instance.id.clone();
        if action != InstanceAction::Start {
            self.relaunch(place, now);
        }
        InstanceTransition {
            id,
            previous,
            current: through,
        }
    }

    /// The controller of the instance launches another in its place, later; an Auto Scaling group
    /// also terminates the stopped one.
    fn relaunch(&mut self, place: usize, now: Timestamp) {
        let Some(delay) = self.instances[place].relaunch else {
            return;
        };
        let at = after(now, delay * self.pace);
        let gone = self.instances[place].life.value(at);
        if self.instances[place].auto_scaling_group.is_some() && gone == InstanceState::Stopped {
            let life = &mut self.instances[place].life;
            life.change(at, InstanceState::ShuttingDown);
            life.change(after(at, 30.0 * self.pace), InstanceState::Terminated);
        }
        let old = &self.instances[place];
        let own = format!("{}/{}", old.id, at.as_second());
        let id = |prefix: &str| format!("{prefix}-0{:016x}", self.hash(&format!("{prefix}/{own}")));
        let mut life = Timeline::new(at, InstanceState::Pending);
        life.change(after(at, 30.0 * self.pace), InstanceState::Running);
        let market = match &old.market {
            Market::Spot { persistent, .. } => Market::Spot {
                request_id: format!("sir-{:08x}", self.hash(&own) as u32),
                persistent: *persistent,
            },
            other => other.clone(),
        };
        let volumes = old.volumes.iter().map(|volume| Volume {
            id: id("vol"),
            ..volume.clone()
        });
        let replacement = Instance {
            id: id("i"),
            interface_id: id("eni"),
            reservation_id: id("r"),
            volumes: volumes.collect(),
            launch_index: 0,
            key: self.hash(&own),
            life,
            market,
            ..old.clone()
        };
        let next = self.instances.len();
        self.catalog.instance(next, &replacement);
        self.instances.push(replacement);
    }
}
