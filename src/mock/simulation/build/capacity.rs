//! Builds the capacity that AWS bills beside instances.

use super::Builder;
use crate::mock::simulation::{
    ImportedModel, ModelDeployment, PartnerApp, ReservedCapacity, TrackingServer, TrainingPlan,
};

impl Builder<'_> {
    pub(super) fn capacity(&mut self) {
        for spec in &self.file.capacity_reservation {
            let region = self.region(spec.region.as_ref());
            let name = spec.name.get_ref();
            let mut tags = self.tags(&spec.tags);
            tags.insert("Name".to_owned(), name.clone());
            let one = ReservedCapacity {
                id: self.placeholder_id("cr", &format!("reserved/{region}/{name}")),
                zone: format!("{region}a"),
                instance_type: spec.r#type.get_ref().clone(),
                total: *spec.instances.get_ref(),
                used: spec.used,
                created: self.at(spec.created),
                end: spec.block_end.as_ref().map(|end| self.at(*end.get_ref())),
                billed_to: spec
                    .billed_to
                    .as_ref()
                    .map(|account| account.get_ref().clone()),
                tags,
                region,
            };
            self.simulation.reserved_capacity.push(one);
        }
        for spec in &self.file.training_plan {
            let region = self.region(spec.region.as_ref());
            let name = spec.name.get_ref().clone();
            let one = TrainingPlan {
                arn: self.sagemaker_arn(&region, "training-plan", &name),
                instance_type: spec.r#type.get_ref().clone(),
                total: *spec.instances.get_ref(),
                used: spec.used,
                start: self.at(spec.start),
                seconds: spec.duration.get_ref().0,
                fee: spec.upfront_fee,
                tags: self.tags(&spec.tags),
                name,
                region,
            };
            self.simulation.training_plans.push(one);
        }
        self.applications();
        self.deployed_models();
    }

    fn sagemaker_arn(&self, region: &str, kind: &str, name: &str) -> String {
        let account = &self.simulation.account.id;
        format!("arn:aws:sagemaker:{region}:{account}:{kind}/{name}")
    }

    fn applications(&mut self) {
        for spec in &self.file.tracking_server {
            let region = self.region(spec.region.as_ref());
            let name = spec.name.get_ref().clone();
            let one = TrackingServer {
                arn: self.sagemaker_arn(&region, "mlflow-tracking-server", &name),
                size: spec.size.get_ref().clone(),
                created: self.at(spec.created),
                stopped: spec.stopped.as_ref().map(|at| self.at(*at.get_ref())),
                tags: self.tags(&spec.tags),
                name,
                region,
            };
            self.simulation.tracking_servers.push(one);
        }
        for spec in &self.file.partner_app {
            let region = self.region(spec.region.as_ref());
            let name = spec.name.get_ref().clone();
            let id = format!(
                "{:012X}",
                self.key(&format!("partner/{region}/{name}")) >> 16
            );
            let one = PartnerApp {
                arn: self.sagemaker_arn(&region, "partner-app", &format!("app-{id}")),
                kind: spec.kind.get_ref().clone(),
                created: self.at(spec.created),
                tags: self.tags(&spec.tags),
                name,
                region,
            };
            self.simulation.partner_apps.push(one);
        }
    }

    fn deployed_models(&mut self) {
        let account = self.simulation.account.id.clone();
        for spec in &self.file.model_deployment {
            let region = self.region(spec.region.as_ref());
            let name = spec.name.get_ref().clone();
            let id = super::studio::random_id(self.key(&format!("deployment/{region}/{name}")));
            let one = ModelDeployment {
                arn: format!("arn:aws:bedrock:{region}:{account}:custom-model-deployment/{id}"),
                model_arn: self.custom_model(&region, spec.model.get_ref(), &spec.custom_model),
                created: self.at(spec.created),
                tags: self.tags(&spec.tags),
                name,
                region,
            };
            self.simulation.model_deployments.push(one);
        }
        for spec in &self.file.imported_model {
            let region = self.region(spec.region.as_ref());
            let name = spec.name.get_ref().clone();
            let own = format!("imported/{region}/{name}");
            let id = super::studio::random_id(self.key(&own));
            let one = ImportedModel {
                arn: format!("arn:aws:bedrock:{region}:{account}:imported-model/{id}"),
                architecture: spec.architecture.clone(),
                units: spec.units,
                units_version: spec.units_version.clone(),
                created: self.at(spec.created),
                copies: self.load(&spec.copies, &own),
                tags: self.tags(&spec.tags),
                name,
                region,
            };
            self.simulation.imported_models.push(one);
        }
    }
}
