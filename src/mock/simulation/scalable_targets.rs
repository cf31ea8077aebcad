//! Changes of Application Auto Scaling: register, deregister, put and delete scheduled actions.

use super::{Autoscaling, Fleet, ScheduledAction, ServiceError, Simulation};
use crate::{domain::Timestamp, mock::load_shape::Load};

/// A `PutScheduledAction` request; absent members keep their values, except start and end.
#[derive(Clone, Debug)]
pub struct PutAction {
    /// Its name, unique within the target.
    pub name: String,
    /// A schedule expression.
    pub schedule: Option<String>,
    /// An IANA time zone.
    pub timezone: Option<String>,
    /// Active from then on.
    pub start: Option<Timestamp>,
    /// Not after.
    pub end: Option<Timestamp>,
    /// New limits; `None` if the request has no `ScalableTargetAction`.
    pub limits: Option<(Option<u32>, Option<u32>)>,
}

impl PutAction {
    /// The action to put; absent members come from the action of that name.
    fn resolve(
        self,
        known: Option<&ScheduledAction>,
        now: Timestamp,
    ) -> Result<ScheduledAction, ServiceError> {
        let Some(schedule) = self
            .schedule
            .or_else(|| known.map(|action| action.schedule.clone()))
        else {
            return Err(ServiceError::invalid(
                "Schedule is required when a scheduled action is created",
            ));
        };
        let Some((min, max)) = self
            .limits
            .or_else(|| known.map(|action| (action.min, action.max)))
        else {
            return Err(ServiceError::invalid(
                "ScalableTargetAction is required when a scheduled action is created",
            ));
        };
        if min.is_none() && max.is_none() {
            return Err(ServiceError::invalid(
                "MinCapacity or MaxCapacity is required",
            ));
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            return Err(ServiceError::invalid(
                "Maximum capacity cannot be less than minimum capacity",
            ));
        }
        if self
            .start
            .zip(self.end)
            .is_some_and(|(start, end)| start >= end)
        {
            return Err(ServiceError::invalid("StartTime must be before EndTime"));
        }
        let created = known.map_or(now, |action| action.created);
        let timezone = self
            .timezone
            .or_else(|| known.and_then(|action| action.timezone.clone()));
        Ok(ScheduledAction {
            name: self.name,
            schedule,
            timezone,
            start: self.start,
            end: self.end,
            min,
            max,
            created,
        })
    }
}

impl Simulation {
    /// The replicas that a scalable resource id names, and the demand they serve.
    fn fleet(&mut self, region: &str, resource: &str) -> Option<(&mut Fleet, &Load)> {
        let parts: Vec<&str> = resource.split('/').collect();
        match parts.as_slice() {
            ["endpoint", name, "variant", variant] => {
                let endpoint = self
                    .endpoints
                    .iter_mut()
                    .find(|one| one.region == region && one.name == *name)?;
                let demand = &endpoint.requests;
                let found = endpoint
                    .variants
                    .iter_mut()
                    .find(|one| one.name == *variant && one.serverless.is_none())?;
                Some((&mut found.fleet, demand))
            }
            ["inference-component", name] => {
                let found = self
                    .components
                    .iter_mut()
                    .find(|one| one.region == region && one.name == *name)?;
                Some((&mut found.fleet, &found.requests))
            }
            _ => None,
        }
    }

    fn registered(
        &self,
        region: &str,
        resource: &str,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let known = self
            .scalable_targets(region, now)
            .into_iter()
            .find(|one| one.resource_id == resource);
        known.map(|target| target.arn).ok_or_else(|| {
            let message = format!(
                "No scalable target found for service namespace: sagemaker, resource ID: {resource}"
            );
            ServiceError::new("ObjectNotFoundException", message)
        })
    }

    /// `RegisterScalableTarget`: changes the limits in the request, or registers a new target;
    /// returns its ARN.
    pub fn register_scalable_target(
        &mut self,
        region: &str,
        resource: &str,
        min: Option<u32>,
        max: Option<u32>,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let Some((fleet, _)) = self.fleet(region, resource) else {
            return Err(ServiceError::invalid(format!(
                "Could not find scalable resource: {resource}"
            )));
        };
        let before = fleet
            .autoscaling
            .as_ref()
            .map(|scaling| scaling.limits(now));
        let (Some(min), Some(max)) = (
            min.or(before.map(|(min, _)| min)),
            max.or(before.map(|(_, max)| max)),
        ) else {
            return Err(ServiceError::invalid(
                "MinCapacity and MaxCapacity are required when a scalable target is registered",
            ));
        };
        if min > max {
            return Err(ServiceError::invalid(
                "Maximum capacity cannot be less than minimum capacity",
            ));
        }
        match &mut fleet.autoscaling {
            Some(scaling) => scaling.register(min, max, now),
            None => fleet.autoscaling = Some(Autoscaling::new(now, min, max, None)),
        }
        fleet.plan(now);
        self.registered(region, resource, now)
    }

    /// `DeregisterScalableTarget`: removes its policy and scheduled actions; the count remains.
    pub fn deregister_scalable_target(
        &mut self,
        region: &str,
        resource: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.registered(region, resource, now)?;
        if let Some((fleet, demand)) = self.fleet(region, resource) {
            fleet.deregister(now, demand);
        }
        Ok(())
    }

    /// `PutScheduledAction`
    pub fn put_scheduled_action(
        &mut self,
        region: &str,
        resource: &str,
        put: PutAction,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.registered(region, resource, now)?;
        let Some((fleet, _)) = self.fleet(region, resource) else {
            return Ok(());
        };
        let Some(scaling) = &mut fleet.autoscaling else {
            return Ok(());
        };
        let known = scaling
            .actions
            .iter()
            .find(|action| action.name == put.name);
        let action = put.resolve(known, now)?;
        action.read()?;
        scaling.put(action, now, now);
        fleet.plan(now);
        Ok(())
    }

    /// `DeleteScheduledAction`
    pub fn delete_scheduled_action(
        &mut self,
        region: &str,
        resource: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.registered(region, resource, now)?;
        let Some((fleet, _)) = self.fleet(region, resource) else {
            return Ok(());
        };
        if !fleet
            .autoscaling
            .as_mut()
            .is_some_and(|scaling| scaling.delete(name, now))
        {
            let message = format!(
                "No scheduled action found for service namespace: sagemaker, resource ID: \
                 {resource}, scheduled action: {name}"
            );
            return Err(ServiceError::new("ObjectNotFoundException", message));
        }
        fleet.plan(now);
        Ok(())
    }
}
