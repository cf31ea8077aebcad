//! Changes of endpoints: weights, instance counts, deletion.

use super::{DesiredCapacity, Endpoint, EndpointState};
use crate::{
    domain::Timestamp,
    mock::simulation::{ServiceError, Simulation, after},
};

/// Instances of one type an account may have behind endpoints.
pub(super) const QUOTA: u32 = 20;

impl Simulation {
    /// `UpdateEndpointWeightsAndCapacities`; returns the ARN. All wishes or none.
    pub fn update_weights_and_capacities(
        &mut self,
        region: &str,
        name: &str,
        updates: &[DesiredCapacity],
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let place = self.endpoint_place(region, name, now)?;
        let endpoint = &self.endpoints[place];
        if endpoint.state(now) != EndpointState::InService {
            return Err(ServiceError::invalid(format!(
                "Cannot update in-progress endpoint \"{}\".",
                endpoint.arn
            )));
        }
        if updates.is_empty() {
            return Err(ServiceError::invalid(
                "DesiredWeightsAndCapacities must have at least one member.",
            ));
        }
        for update in updates {
            self.check_update(endpoint, update, now)?;
        }
        let seconds = 45.0 * self.pace;
        let endpoint = &mut self.endpoints[place];
        let Endpoint {
            requests, variants, ..
        } = endpoint;
        for update in updates {
            for variant in variants
                .iter_mut()
                .filter(|variant| variant.name == update.variant)
            {
                if let Some(weight) = update.weight {
                    variant.weight.change(now, weight);
                }
                if let Some(count) = update.count {
                    variant.fleet.scale(count, now, seconds, requests);
                }
            }
        }
        endpoint.life.change(now, EndpointState::Updating);
        endpoint
            .life
            .change(after(now, seconds), EndpointState::InService);
        Ok(endpoint.arn.clone())
    }

    pub(super) fn check_update(
        &self,
        endpoint: &Endpoint,
        update: &DesiredCapacity,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let Some(variant) = endpoint.variant(&update.variant) else {
            return Err(ServiceError::invalid(format!(
                "The variant name(s) \"{}\" is/are not present within endpoint configuration \
                 \"{}\".",
                update.variant,
                endpoint.config_arn()
            )));
        };
        if update
            .weight
            .is_some_and(|weight| !weight.is_finite() || weight < 0.0)
        {
            return Err(ServiceError::invalid(
                "DesiredWeight must be greater than or equal to 0.",
            ));
        }
        let Some(count) = update.count else {
            return Ok(());
        };
        let Some(instance_type) = variant.instance_type.as_deref() else {
            return Err(ServiceError::invalid(format!(
                "DesiredInstanceCount cannot be set for serverless variant \"{}\".",
                variant.name
            )));
        };
        let may_be_zero =
            endpoint.async_output.is_some() || variant.managed.is_some_and(|(min, _)| min == 0);
        if count == 0 && !may_be_zero {
            return Err(ServiceError::invalid(format!(
                "DesiredInstanceCount for variant \"{}\" must be greater than or equal to 1.",
                variant.name
            )));
        }
        let delta = count.saturating_sub(endpoint.current(variant, now));
        self.check_quota(&endpoint.region, instance_type, delta, now)
    }

    /// `delta` more instances of the type stay within the quota of the region.
    fn check_quota(
        &self,
        region: &str,
        instance_type: &str,
        delta: u32,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let used: u32 = self
            .endpoints
            .iter()
            .filter(|one| one.region == region)
            .flat_map(|one| one.variants.iter().map(move |variant| (one, variant)))
            .filter(|(_, variant)| variant.instance_type.as_deref() == Some(instance_type))
            .map(|(one, variant)| one.current(variant, now))
            .sum();
        if used + delta > QUOTA && delta > 0 {
            return Err(ServiceError::new(
                "ResourceLimitExceeded",
                format!(
                    "The account-level service limit '{instance_type} for endpoint usage' is \
                     {QUOTA} Instances, with current utilization of {used} Instances and a \
                     request delta of {delta} Instances. Please use AWS Service Quotas to request \
                     an increase for this quota. If AWS Service Quotas is not available, contact \
                     AWS support to request an increase for this quota."
                ),
            ));
        }
        Ok(())
    }

    /// `DeleteEndpoint`: its configuration stays.
    pub fn delete_endpoint(
        &mut self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let place = self.endpoint_place(region, name, now)?;
        let endpoint = &self.endpoints[place];
        if matches!(
            endpoint.state(now),
            EndpointState::Creating | EndpointState::Updating | EndpointState::Deleting
        ) {
            return Err(ServiceError::invalid(format!(
                "Cannot delete in-progress endpoint \"{}\".",
                endpoint.arn
            )));
        }
        if self
            .components(region, now)
            .iter()
            .any(|component| component.endpoint == endpoint.name)
        {
            return Err(ServiceError::invalid(format!(
                "Cannot delete endpoint \"{}\" with existing inference components.",
                endpoint.arn
            )));
        }
        let pace = self.pace;
        let endpoint = &mut self.endpoints[place];
        endpoint.life.change(now, EndpointState::Deleting);
        endpoint
            .life
            .change(after(now, 20.0 * pace), EndpointState::Gone);
        Ok(())
    }
}
