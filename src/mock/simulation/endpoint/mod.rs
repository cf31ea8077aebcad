//! SageMaker endpoints and their configurations.

mod update;

use super::{Fleet, ServiceError, Simulation, Timeline};
use crate::{
    domain::{Tags, Timestamp},
    mock::{load_shape::Load, price_facts::TypeFacts},
};

/// An endpoint's or an inference component's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// Creating.
    Creating,
    /// Serving while it changes.
    Updating,
    /// Serving.
    InService,
    /// Deleting.
    Deleting,
    /// Deleted: not listed.
    Gone,
    /// Failed to be created.
    Failed,
}

impl EndpointState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Updating => "Updating",
            Self::InService => "InService",
            Self::Deleting => "Deleting",
            Self::Gone => "Deleted",
            Self::Failed => "Failed",
        }
    }

    /// Whether it answers requests and is billed.
    pub fn serves(self) -> bool {
        matches!(self, Self::InService | Self::Updating)
    }
}

/// A serverless variant's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Serverless {
    /// `MemorySizeInMB`
    pub memory_mb: u32,
    /// `MaxConcurrency`
    pub max_concurrency: u32,
    /// `ProvisionedConcurrency`
    pub provisioned_concurrency: Option<u32>,
}

/// A production variant.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name, often `AllTraffic`.
    pub name: String,
    /// Its model; `None` when it hosts inference components.
    pub model: Option<String>,
    /// `ml.g5.12xlarge`; `None` when serverless.
    pub instance_type: Option<String>,
    /// Facts of its instance type.
    pub facts: Option<&'static TypeFacts>,
    /// Its size when serverless.
    pub serverless: Option<Serverless>,
    /// Its share of the endpoint's traffic is its weight over the sum of weights.
    pub weight: Timeline<f64>,
    /// Its instances.
    pub fleet: Fleet,
    /// Managed instance scaling, fewest and most, when it hosts inference components.
    pub managed: Option<(u32, u32)>,
    /// Requests per minute that fill one instance's busiest resource.
    pub capacity: f64,
    /// Deployed image.
    pub image: String,
}

/// An endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// Its configuration's name.
    pub config_name: String,
    /// Whether the configuration has been deleted, so that AWS does not report its instance type.
    pub config_deleted: bool,
    /// When it was created.
    pub created: Timestamp,
    /// `AsyncInferenceConfig`'s S3 output path, when it is asynchronous.
    pub async_output: Option<String>,
    /// The training plan whose reservation holds all its instances.
    pub training_plan: Option<String>,
    /// Its state over time, scaling by its autoscaler left out (see [`Endpoint::state`]).
    pub life: Timeline<EndpointState>,
    /// Its variants.
    pub variants: Vec<Variant>,
    /// Requests per minute, all variants together.
    pub requests: Load,
    /// Mean model latency at low load, milliseconds.
    pub latency_ms: f64,
    /// Share of requests that fail in the model, 0 to 1.
    pub errors: f64,
    /// Tags.
    pub tags: Tags,
}

impl Endpoint {
    /// Its state: `Updating` also while its autoscaler moves it.
    pub fn state(&self, now: Timestamp) -> EndpointState {
        let state = self.life.value(now);
        let is_changing = || {
            self.variants
                .iter()
                .any(|variant| variant.fleet.is_changing(now, &self.requests))
        };
        if state == EndpointState::InService && is_changing() {
            EndpointState::Updating
        } else {
            state
        }
    }

    /// `LastModifiedTime`: the last change of its state.
    pub fn modified(&self, now: Timestamp) -> Timestamp {
        self.life.since(now)
    }

    /// Instances of a variant that run and are billed; 0 for serverless, before creation and after
    /// deletion.
    pub fn current(&self, variant: &Variant, t: Timestamp) -> u32 {
        if variant.serverless.is_some() || !self.life.at(t).is_some_and(EndpointState::serves) {
            return 0;
        }
        variant.fleet.current(t, &self.requests)
    }

    /// Desired instances of a variant.
    pub fn desired(&self, variant: &Variant, t: Timestamp) -> u32 {
        if variant.serverless.is_some() {
            0
        } else {
            variant.fleet.desired(t, &self.requests)
        }
    }

    /// A variant's share of the traffic.
    pub fn share(&self, variant: &Variant, t: Timestamp) -> f64 {
        let sum: f64 = self.variants.iter().map(|one| one.weight.value(t)).sum();
        if sum > 0.0 {
            variant.weight.value(t) / sum
        } else {
            0.0
        }
    }

    /// Whole requests that reach a variant in the minute of `t`; 0 while it does not serve.
    pub fn requests_at(&self, variant: &Variant, t: Timestamp) -> f64 {
        let serves = self.life.at(t).is_some_and(EndpointState::serves);
        if serves {
            (self.requests.at(t) * self.share(variant, t)).round()
        } else {
            0.0
        }
    }

    /// One variant by name.
    pub fn variant(&self, name: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// It hosts inference components.
    pub fn hosts_components(&self) -> bool {
        self.variants
            .iter()
            .any(|variant| variant.managed.is_some())
    }

    /// ARN of its configuration.
    pub fn config_arn(&self) -> String {
        self.arn.replace(":endpoint/", ":endpoint-config/").replace(
            &format!("/{}", self.name.to_lowercase()),
            &format!("/{}", self.config_name.to_lowercase()),
        )
    }
}

/// A wish of `UpdateEndpointWeightsAndCapacities` for one variant.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredCapacity {
    /// Which variant.
    pub variant: String,
    /// `DesiredWeight`
    pub weight: Option<f64>,
    /// `DesiredInstanceCount`
    pub count: Option<u32>,
}

impl Simulation {
    /// The endpoints of a region.
    pub fn endpoints(&self, region: &str, now: Timestamp) -> Vec<&Endpoint> {
        let listed = |one: &&Endpoint| {
            one.region == region && one.created <= now && one.state(now) != EndpointState::Gone
        };
        self.endpoints.iter().filter(listed).collect()
    }

    /// One by name.
    pub fn endpoint(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&Endpoint, ServiceError> {
        self.endpoint_place(region, name, now)
            .map(|place| &self.endpoints[place])
    }

    fn endpoint_place(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let alive =
            |one: &Endpoint| one.created <= now && one.life.value(now) != EndpointState::Gone;
        let found = self.endpoints.iter().position(|one| {
            one.region == region && one.name.eq_ignore_ascii_case(name) && alive(one)
        });
        found.ok_or_else(|| {
            let arn = format!(
                "arn:aws:sagemaker:{region}:{}:endpoint/{}",
                self.account.id,
                name.to_lowercase()
            );
            ServiceError::invalid(format!("Could not find endpoint \"{arn}\"."))
        })
    }

    /// The endpoint whose configuration has that name and still exists. It outlives its endpoint.
    pub fn endpoint_config(
        &self,
        region: &str,
        config: &str,
        now: Timestamp,
    ) -> Result<&Endpoint, ServiceError> {
        self.endpoint_configs(region, now)
            .into_iter()
            .find(|one| one.config_name == config)
            .ok_or_else(|| {
                let arn = format!(
                    "arn:aws:sagemaker:{region}:{}:endpoint-config/{}",
                    self.account.id,
                    config.to_lowercase()
                );
                ServiceError::invalid(format!("Could not find endpoint configuration \"{arn}\"."))
            })
    }

    /// The endpoint configurations that exist, each as the endpoint it was made for.
    pub fn endpoint_configs(&self, region: &str, now: Timestamp) -> Vec<&Endpoint> {
        self.endpoints
            .iter()
            .filter(|one| one.region == region && one.created <= now && !one.config_deleted)
            .collect()
    }
}
