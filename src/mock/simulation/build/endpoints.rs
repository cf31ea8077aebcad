//! Builds the endpoints and inference components of a scenario.

use super::Builder;
use crate::mock::simulation::{
    Autoscaling, Endpoint, EndpointState, Fleet, InferenceComponent, ScheduledAction, Timeline,
    Variant, after,
};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::Facts,
        scenario::{
            spec::{ComponentSpec, EndpointSpec, ScalingSpec, ScheduleSpec, VariantSpec},
            when::ScenarioTime,
        },
    },
};

fn image(region: &str) -> String {
    format!("763104351884.dkr.ecr.{region}.amazonaws.com/djl-inference:0.33.0-lmi15.0.0-cu128")
}

/// The fewest instances of a variant: asynchronous endpoints and hosts of components can have none.
fn min_instances(spec: &EndpointSpec) -> u32 {
    let managed = spec.managed_instance_scaling.as_ref();
    let may_be_zero = spec.r#async.unwrap_or(false) || managed.is_some_and(|one| one.min == 0);
    u32::from(!may_be_zero)
}

impl Builder<'_> {
    /// A target registered a quarter of an hour after its creation; with only a schedule its limits
    /// are its count.
    fn scaling(
        &self,
        spec: Option<&ScalingSpec>,
        schedule: &[ScheduleSpec],
        count: u32,
        created: Timestamp,
    ) -> Option<Autoscaling> {
        let created = after(created, 900.0);
        let mut scaling = match spec {
            Some(spec) => Autoscaling::new(created, spec.min, spec.max, spec.target),
            None if schedule.is_empty() => return None,
            None => Autoscaling::new(created, count, count, None),
        };
        for (n, one) in schedule.iter().enumerate() {
            let action = ScheduledAction {
                name: one
                    .name
                    .clone()
                    .unwrap_or_else(|| format!("schedule-{}", n + 1)),
                schedule: one.at.get_ref().clone(),
                timezone: one.timezone.as_ref().map(|zone| zone.get_ref().clone()),
                start: None,
                end: None,
                min: one.min,
                max: one.max,
                created,
            };
            scaling.put(action, created, self.at(ScenarioTime::Offset(0.0)));
        }
        Some(scaling)
    }

    fn lag(&self) -> f64 {
        60.0 * self.simulation.pace
    }

    pub(super) fn endpoints(&mut self) {
        for spec in &self.file.endpoint {
            let endpoint = self.endpoint(spec);
            self.simulation.endpoints.push(endpoint);
        }
        for spec in &self.file.component {
            self.component(spec);
        }
    }

    /// One of several variants of an endpoint.
    fn variant(
        &self,
        spec: &EndpointSpec,
        one: &VariantSpec,
        region: &str,
        created: Timestamp,
    ) -> Variant {
        let name = spec.name.get_ref();
        let ty = one.r#type.get_ref();
        let count = one.instances;
        let scaling = self.scaling(one.autoscaling.as_ref(), &one.schedule, count, created);
        let model = one.model.clone();
        Variant {
            name: one.name.clone(),
            model: Some(model.unwrap_or_else(|| format!("{name}-{}", one.name.to_lowercase()))),
            instance_type: Some(ty.clone()),
            facts: Facts::get().instance_type(ty),
            serverless: None,
            weight: Timeline::new(created, one.weight),
            fleet: Fleet::new(created, count, min_instances(spec), scaling, self.lag()),
            managed: None,
            capacity: one.capacity,
            image: image(region),
        }
    }

    /// The variant of an endpoint whose file lists none.
    fn only_variant(&self, spec: &EndpointSpec, region: &str, created: Timestamp) -> Variant {
        let name = spec.name.get_ref();
        let ty = spec.r#type.as_ref().map(|ty| ty.get_ref().clone());
        let managed = spec
            .managed_instance_scaling
            .as_ref()
            .map(|managed| (managed.min, managed.max));
        let model = spec.model.clone();
        let count = spec.instances.unwrap_or(0);
        let scaling = self.scaling(spec.autoscaling.as_ref(), &spec.schedule, count, created);
        let min = min_instances(spec).min(count);
        Variant {
            name: spec.variant.clone(),
            model: managed
                .is_none()
                .then(|| model.unwrap_or_else(|| format!("{name}-model"))),
            facts: ty.as_ref().and_then(|ty| Facts::get().instance_type(ty)),
            instance_type: ty,
            serverless: spec.serverless,
            weight: Timeline::new(created, 1.0),
            fleet: Fleet::new(created, count, min, scaling, self.lag()),
            managed,
            capacity: spec.capacity,
            image: image(region),
        }
    }

    fn endpoint(&self, spec: &EndpointSpec) -> Endpoint {
        let region = self.region(spec.region.as_ref());
        let account = &self.simulation.account.id;
        let name = spec.name.get_ref().clone();
        let created = self.at(spec.created);
        let mut variants: Vec<Variant> = spec
            .variants
            .iter()
            .map(|one| self.variant(spec, one, &region, created))
            .collect();
        if variants.is_empty() {
            variants.push(self.only_variant(spec, &region, created));
        }
        let mut life = Timeline::new(created, EndpointState::Creating);
        life.change(after(created, 300.0), EndpointState::InService);
        Endpoint {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:endpoint/{}",
                name.to_lowercase()
            ),
            config_name: format!("{name}-config-{}", created.strftime("%Y-%m-%d-%H-%M")),
            config_deleted: spec.config_deleted,
            created,
            training_plan: spec
                .training_plan
                .as_ref()
                .map(|plan| plan.get_ref().clone()),
            async_output: spec
                .r#async
                .unwrap_or(false)
                .then(|| format!("s3://ml-prod-{region}/async/{name}/")),
            life,
            variants,
            requests: self.load(&spec.requests, &format!("endpoint/{region}/{name}")),
            latency_ms: spec.latency_ms,
            errors: spec.error_rate,
            tags: self.tags(&spec.tags),
            name,
            region,
        }
    }

    fn component(&mut self, spec: &ComponentSpec) {
        let Some(host) = self
            .simulation
            .endpoints
            .iter()
            .find(|endpoint| endpoint.name == *spec.endpoint.get_ref())
        else {
            return;
        };
        let (region, account, name) = (
            host.region.clone(),
            &self.simulation.account.id,
            spec.name.get_ref().clone(),
        );
        let created = spec
            .created
            .map_or(after(host.created, 1_200.0), |created| self.at(created));
        let mut life = Timeline::new(created, EndpointState::Creating);
        life.change(after(created, 240.0), EndpointState::InService);
        let component = InferenceComponent {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:inference-component/{}",
                name.to_lowercase()
            ),
            endpoint: host.name.clone(),
            variant: host.variants[0].name.clone(),
            model: spec.model.clone(),
            accelerators: spec.accelerators,
            cpus: spec.cpus,
            memory_mb: spec.memory_mb,
            created,
            life,
            fleet: Fleet::new(
                created,
                spec.copies,
                0,
                self.scaling(spec.autoscaling.as_ref(), &[], spec.copies, created),
                self.lag(),
            ),
            requests: self.load(&spec.requests, &format!("component/{region}/{name}")),
            capacity: spec.capacity,
            latency_ms: spec.latency_ms,
            tags: self.tags(&spec.tags),
            name,
            region,
        };
        self.simulation.components.push(component);
    }
}
