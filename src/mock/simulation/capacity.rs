//! Capacity that AWS bills beside instances: reservations, training plans, MLflow tracking servers,
//! partner apps, and Bedrock's deployed and imported models.

use super::{ServiceError, Simulation};
use crate::{
    domain::{Tags, Timestamp},
    mock::load_shape::Load,
};

/// A capacity reservation of EC2 that instances of the scenario do not use.
#[derive(Clone, Debug)]
pub struct ReservedCapacity {
    /// `cr-...`
    pub id: String,
    /// Region code.
    pub region: String,
    /// Availability zone.
    pub zone: String,
    /// `p5.48xlarge`
    pub instance_type: String,
    /// Instances reserved.
    pub total: u32,
    /// Instances in use.
    pub used: u32,
    /// When it was created.
    pub created: Timestamp,
    /// When a capacity block ends; a reservation on demand has no end.
    pub end: Option<Timestamp>,
    /// The account that pays for unused capacity, if it is another.
    pub billed_to: Option<String>,
    /// Tags, `Name` included.
    pub tags: Tags,
}

/// A SageMaker training plan.
#[derive(Clone, Debug)]
pub struct TrainingPlan {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `ml.p5.48xlarge`
    pub instance_type: String,
    /// Instances bought.
    pub total: u32,
    /// Instances in use.
    pub used: u32,
    /// When it starts.
    pub start: Timestamp,
    /// How long it lasts, seconds.
    pub seconds: f64,
    /// Dollars, paid in advance.
    pub fee: f64,
    /// Tags.
    pub tags: Tags,
}

impl TrainingPlan {
    /// When it ends.
    pub fn end(&self) -> Timestamp {
        super::after(self.start, self.seconds)
    }

    /// Its state.
    pub fn state(&self, now: Timestamp) -> &'static str {
        match () {
            () if now < self.start => "Scheduled",
            () if now < self.end() => "Active",
            () => "Expired",
        }
    }
}

/// An MLflow tracking server.
#[derive(Clone, Debug)]
pub struct TrackingServer {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `Small`, `Medium` or `Large`.
    pub size: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it was stopped.
    pub stopped: Option<Timestamp>,
    /// Tags.
    pub tags: Tags,
}

impl TrackingServer {
    /// Whether it runs.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.stopped.is_none_or(|at| now < at)
    }
}

/// A SageMaker partner app.
#[derive(Clone, Debug)]
pub struct PartnerApp {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `comet`, `fiddler`.
    pub kind: String,
    /// When it was created.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// A custom model of Bedrock that is deployed for on-demand use.
#[derive(Clone, Debug)]
pub struct ModelDeployment {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// ARN of the custom model.
    pub model_arn: String,
    /// When it was created.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// A model imported into Bedrock.
#[derive(Clone, Debug)]
pub struct ImportedModel {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `llama`.
    pub architecture: String,
    /// Custom model units of a copy.
    pub units: u32,
    /// `v1.0`
    pub units_version: String,
    /// When it was imported.
    pub created: Timestamp,
    /// Copies that are active.
    pub copies: Load,
    /// Tags.
    pub tags: Tags,
}

/// Those of `list` in `region` that exist at `now`.
macro_rules! listed {
    ($($(#[doc = $doc:literal])+ $name:ident $list:ident $kind:ident $since:ident;)*) => {
        impl Simulation {
            $($(#[doc = $doc])+
            pub fn $name(&self, region: &str, now: Timestamp) -> Vec<&$kind> {
                let is_listed = |one: &&$kind| one.region == region && one.$since <= now;
                self.$list.iter().filter(is_listed).collect()
            })*
        }
    };
}

listed! {
    /// The capacity reservations of a region.
    reserved_capacity reserved_capacity ReservedCapacity created;
    /// The tracking servers of a region.
    tracking_servers tracking_servers TrackingServer created;
    /// The partner apps of a region.
    partner_apps partner_apps PartnerApp created;
    /// The deployments of custom models in a region.
    model_deployments model_deployments ModelDeployment created;
    /// The imported models of a region.
    imported_models imported_models ImportedModel created;
}

impl Simulation {
    /// The training plans of a region, those to come included.
    pub fn training_plans(&self, region: &str) -> Vec<&TrainingPlan> {
        let plans = self.training_plans.iter();
        plans.filter(|plan| plan.region == region).collect()
    }

    /// One tracking server.
    pub fn tracking_server(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&TrackingServer, ServiceError> {
        let mut servers = self.tracking_servers(region, now).into_iter();
        servers.find(|one| one.name == name).ok_or_else(|| {
            let message = format!("Tracking server {name} does not exist.");
            ServiceError::new("ResourceNotFound", message)
        })
    }

    /// One imported model, by ARN, name or id.
    pub fn imported_model(
        &self,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<&ImportedModel, ServiceError> {
        let mut models = self.imported_models(region, now).into_iter();
        let is_named = |one: &&ImportedModel| {
            one.arn == id || one.name == id || one.arn.ends_with(&format!("/{id}"))
        };
        models.find(is_named).ok_or_else(|| {
            ServiceError::new("ResourceNotFoundException", "The model could not be found.")
                .status(404)
        })
    }
}
