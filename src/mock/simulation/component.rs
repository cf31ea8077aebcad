//! SageMaker inference components.

use super::{EndpointState, Fleet, ServiceError, Simulation, Timeline, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::load_shape::Load,
};

/// An inference component.
#[derive(Clone, Debug)]
pub struct InferenceComponent {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// The endpoint that hosts it.
    pub endpoint: String,
    /// The variant that hosts it.
    pub variant: String,
    /// Its model.
    pub model: String,
    /// Accelerators one copy needs.
    pub accelerators: f64,
    /// CPU cores one copy needs.
    pub cpus: f64,
    /// Memory one copy needs, MB.
    pub memory_mb: u32,
    /// When it was created.
    pub created: Timestamp,
    /// Its state over time.
    pub life: Timeline<EndpointState>,
    /// Its copies.
    pub fleet: Fleet,
    /// Requests per minute, all copies together.
    pub requests: Load,
    /// Requests per minute that fill one copy.
    pub capacity: f64,
    /// Mean model latency at low load, milliseconds.
    pub latency_ms: f64,
    /// Tags.
    pub tags: Tags,
}

impl InferenceComponent {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> EndpointState {
        let state = self.life.value(now);
        if state == EndpointState::InService && self.fleet.is_changing(now, &self.requests) {
            EndpointState::Updating
        } else {
            state
        }
    }
    /// Copies that run.
    pub fn current(&self, t: Timestamp) -> u32 {
        if self.life.at(t).is_some_and(EndpointState::serves) {
            self.fleet.current(t, &self.requests)
        } else {
            0
        }
    }
    /// Desired copies.
    pub fn desired(&self, t: Timestamp) -> u32 {
        self.fleet.desired(t, &self.requests)
    }
    /// `LastModifiedTime`
    pub fn modified(&self, now: Timestamp) -> Timestamp {
        self.life.since(now)
    }
    /// Whole requests in the minute of `t`; 0 without a copy.
    pub fn requests_at(&self, t: Timestamp) -> f64 {
        if self.current(t) > 0 {
            self.requests.at(t).round()
        } else {
            0.0
        }
    }
    /// Utilization of its copies, 0 to 1.
    pub fn utilization(&self, t: Timestamp) -> f64 {
        (self.requests_at(t) / (f64::from(self.current(t)).max(1.0) * self.capacity))
            .clamp(0.0, 1.0)
    }
}

impl Simulation {
    /// The inference components of a region.
    pub fn components(&self, region: &str, now: Timestamp) -> Vec<&InferenceComponent> {
        let listed = |one: &&InferenceComponent| {
            one.region == region && one.created <= now && one.life.value(now) != EndpointState::Gone
        };
        self.components.iter().filter(listed).collect()
    }

    /// One by name.
    pub fn component(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&InferenceComponent, ServiceError> {
        self.component_place(region, name, now)
            .map(|place| &self.components[place])
    }

    fn component_place(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let alive = |one: &InferenceComponent| {
            one.created <= now && one.life.value(now) != EndpointState::Gone
        };
        let found = self.components.iter().position(|one| {
            one.region == region && one.name.eq_ignore_ascii_case(name) && alive(one)
        });
        found.ok_or_else(|| {
            let arn = format!(
                "arn:aws:sagemaker:{region}:{}:inference-component/{name}",
                self.account.id
            );
            ServiceError::invalid(format!("Could not find inference component \"{arn}\"."))
        })
    }

    /// `UpdateInferenceComponentRuntimeConfig`; returns the ARN.
    pub fn update_component_copies(
        &mut self,
        region: &str,
        name: &str,
        copies: u32,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let place = self.component_place(region, name, now)?;
        let component = &self.components[place];
        if component.state(now) != EndpointState::InService {
            return Err(ServiceError::invalid(format!(
                "Cannot update inference component \"{}\" while it is in status {}.",
                component.arn,
                component.state(now).name()
            )));
        }
        let seconds = 30.0 * self.pace;
        let component = &mut self.components[place];
        component
            .fleet
            .scale(copies, now, seconds, &component.requests);
        component.life.change(now, EndpointState::Updating);
        component
            .life
            .change(after(now, seconds), EndpointState::InService);
        Ok(component.arn.clone())
    }
}
