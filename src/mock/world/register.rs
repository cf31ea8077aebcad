//! `RegisterScalableTarget`: new bounds for a target that is there.
//!
//! Must not know the wire.

use super::{Refusal, World};
use crate::domain::Stamp;

impl World {
    /// Changes the bounds that are given; returns the target's ARN. A target the scenario does not have is refused:
    /// this world's autoscalers come with their policy.
    pub fn register_scalable_target(
        &mut self,
        region: &str,
        resource: &str,
        least: Option<u32>,
        most: Option<u32>,
        now: Stamp,
    ) -> Result<String, Refusal> {
        let known = self.scalable_targets(region, now).into_iter().find(|one| one.resource_id == resource);
        let target = known.ok_or_else(|| Refusal::invalid(format!("No scalable target is registered here for resource ID: {resource}")))?;
        let (least, most) = (least.unwrap_or(target.min), most.unwrap_or(target.max));
        if least > most {
            return Err(Refusal::invalid("Maximum capacity cannot be less than minimum capacity"));
        }
        let parts: Vec<&str> = resource.split('/').collect();
        let scaling = match parts.as_slice() {
            ["endpoint", name, "variant", variant] => self
                .endpoints
                .iter_mut()
                .filter(|one| one.region == region && one.name == *name)
                .flat_map(|one| one.variants.iter_mut())
                .find(|one| one.name == *variant)
                .and_then(|one| one.fleet.autoscaling.as_mut()),
            ["inference-component", name] => self
                .components
                .iter_mut()
                .find(|one| one.region == region && one.name == *name)
                .and_then(|one| one.fleet.autoscaling.as_mut()),
            _ => None,
        };
        if let Some(scaling) = scaling {
            (scaling.min, scaling.max) = (least, most);
        }
        Ok(target.arn)
    }
}
