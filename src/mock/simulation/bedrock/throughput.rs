//! Bedrock's provisioned throughput and its changes.

use super::{CustomModel, Throughput, ThroughputState};
use crate::{
    domain::Timestamp,
    mock::simulation::{ServiceError, Simulation, after},
};

/// Seconds until another custom model serves.
pub(super) const SWAP: f64 = 90.0;

impl Simulation {
    /// The provisioned throughputs of a region.
    pub fn throughputs(&self, region: &str, now: Timestamp) -> Vec<&Throughput> {
        let listed = |one: &&Throughput| {
            one.region == region && one.created <= now && one.state(now) != ThroughputState::Gone
        };
        self.throughputs.iter().filter(listed).collect()
    }

    /// One by id, name or ARN.
    pub fn throughput(
        &self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<&Throughput, ServiceError> {
        self.throughput_place(region, id, now)
            .map(|place| &self.throughputs[place])
    }

    pub(super) fn throughput_place(
        &self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let same = |one: &Throughput| {
            one.region == region && (one.id == id || one.arn == id || one.name == id)
        };
        let alive =
            |one: &Throughput| one.created <= now && one.state(now) != ThroughputState::Gone;
        self.throughputs
            .iter()
            .position(|one| same(one) && alive(one))
            .ok_or_else(|| {
                ServiceError::new(
                "ResourceNotFoundException",
                "The provisioned model throughput could not be found. Check the ID or ARN and try \
                 again.",
            )
            .status(404)
            })
    }

    /// `UpdateProvisionedModelThroughput`: renames, and after a while swaps in another custom model
    /// of the same base.
    pub fn update_throughput(
        &mut self,
        region: &str,
        id: &str,
        name: Option<&str>,
        model: Option<&str>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let place = self.throughput_place(region, id, now)?;
        let one = &self.throughputs[place];
        if one.state(now) != ThroughputState::InService {
            return Err(ServiceError::new(
                "ConflictException",
                format!(
                    "Provisioned Throughput is in state {}.",
                    one.state(now).name()
                ),
            ));
        }
        let serves = one.serves(now);
        let wanted = match model.filter(|model| *model != one.model && *model != serves) {
            None => None,
            Some(model) => Some(self.swap(one, model, now)?),
        };
        if let Some(name) = name {
            let taken = self
                .throughputs
                .iter()
                .any(|other| other.region == region && other.name == name && other.id != one.id);
            if taken {
                return Err(ServiceError::new(
                    "ConflictException",
                    format!("The provisioned model name {name} is already in use."),
                ));
            }
            let one = &mut self.throughputs[place];
            name.clone_into(&mut one.name);
            one.modified = now;
        }
        if let Some(arn) = wanted {
            let done = after(now, SWAP * self.pace);
            let one = &mut self.throughputs[place];
            one.life.change(now, ThroughputState::Updating);
            one.life.change(done, ThroughputState::InService);
            one.swaps.push((done, arn));
            one.modified = now;
        }
        Ok(())
    }

    /// ARN of the custom model `wanted`, if it may serve on `one`.
    pub(super) fn swap(
        &self,
        one: &Throughput,
        wanted: &str,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let other = "The desired model must be a custom model that shares the base model of this \
                     Provisioned Throughput.";
        if one.custom.is_none() || wanted.contains(":foundation-model/") {
            return Err(ServiceError::invalid(other));
        }
        let models = self.custom_models(&one.region, now);
        let known = |model: &&CustomModel| {
            model.arn == wanted
                || model.name == wanted
                || model.arn.ends_with(&format!("/{wanted}"))
        };
        let Some(model) = models.iter().find(known) else {
            return Err(ServiceError::new(
                "ResourceNotFoundException",
                format!("Could not find the custom model {wanted}."),
            )
            .status(404));
        };
        if model.base == one.model {
            Ok(model.arn.clone())
        } else {
            Err(ServiceError::invalid(other))
        }
    }

    /// `DeleteProvisionedModelThroughput`: refused before the commitment ends.
    pub fn delete_throughput(
        &mut self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let place = self.throughput_place(region, id, now)?;
        let one = &mut self.throughputs[place];
        if let Some(end) = one.commitment_ends.filter(|end| *end > now) {
            return Err(ServiceError::new(
                "ConflictException",
                format!(
                    "You cannot delete a Provisioned Throughput before its commitment term ends \
                     ({}).",
                    end.strftime("%Y-%m-%dT%H:%M:%SZ")
                ),
            ));
        }
        if matches!(
            one.state(now),
            ThroughputState::Creating | ThroughputState::Updating
        ) {
            return Err(ServiceError::new(
                "ConflictException",
                format!(
                    "Provisioned Throughput is in state {}.",
                    one.state(now).name()
                ),
            ));
        }
        one.life.change(now, ThroughputState::Gone);
        Ok(())
    }
}
