//! Builds the clusters and the Bedrock jobs of a scenario.

use super::Builder;
use crate::mock::simulation::{
    Cluster, ClusterNode, Group, InstanceGroupSettings, ModelJob, ModelJobState, Timeline, Work,
    after, cluster::LEAD,
};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::{Facts, Tier},
        scenario::spec::{
            BatchSpec, ClusterSpec, CustomizationKind, CustomizationSpec, GroupSpec, Orchestrator,
        },
    },
};

/// Seconds from its creation until a customization job trains, and a batch job is at work.
const TRAINS: f64 = 600.0;
const WORKS: f64 = 300.0;

impl Builder<'_> {
    pub(super) fn clusters(&mut self) {
        for spec in &self.file.cluster {
            let cluster = self.cluster(spec);
            self.simulation.clusters.push(cluster);
        }
    }

    fn cluster(&self, spec: &ClusterSpec) -> Cluster {
        let region = self.region(spec.region.as_ref());
        let name = spec.name.get_ref().clone();
        let id = self.short_id(&format!("cluster/{region}/{name}"));
        let account = &self.simulation.account.id;
        let created = self.at(spec.created);
        let settings = InstanceGroupSettings {
            role: format!("arn:aws:iam::{account}:role/service-role/AmazonSageMaker-ExecutionRole"),
            lifecycle: (
                format!("s3://sagemaker-{region}-{account}/lifecycle/"),
                "on_create.sh".to_owned(),
            ),
            threads: 2,
        };
        let group = |one: &GroupSpec| {
            let node = |n| ClusterNode {
                id: self
                    .placeholder_id("i", &format!("{region}/{name}/{}/{n}", one.name.get_ref())),
                requested: created,
                runs: after(created, LEAD),
                end: None,
            };
            Group {
                name: one.name.get_ref().clone(),
                instance_type: one.r#type.get_ref().clone(),
                nodes: (0..one.count).map(node).collect(),
                target: one.target.unwrap_or(one.count),
                settings: settings.clone(),
            }
        };
        Cluster {
            arn: format!(
                "arn:aws:sagemaker:{region}:{}:cluster/{id}",
                self.simulation.account.id
            ),
            id,
            created,
            eks: spec.orchestrator == Orchestrator::Eks,
            groups: spec.groups.iter().map(group).collect(),
            tags: self.tags(&spec.tags),
            name,
            region,
        }
    }

    /// ARN of the custom model `name`: that of the customization that makes it, if there is one in
    /// the file.
    pub(super) fn custom_model(&self, region: &str, model: &str, name: &str) -> String {
        let makes = |spec: &&CustomizationSpec| {
            let output = spec
                .output_model
                .clone()
                .unwrap_or_else(|| format!("{}-model", spec.name.get_ref()));
            output == name && self.region(spec.region.as_ref()) == region
        };
        let made = self.file.customization.iter().find(makes);
        let id = made.map_or_else(
            || format!("custom/{region}/{name}"),
            |spec| format!("customization/{region}/{}", spec.name.get_ref()),
        );
        format!(
            "arn:aws:bedrock:{region}:{}:custom-model/{model}/{}",
            self.simulation.account.id,
            self.short_id(&id)
        )
    }

    /// Twelve small letters and digits.
    fn short_id(&self, name: &str) -> String {
        let key = self.key(name);
        (0..12)
            .map(|n| {
                char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(key >> (n * 5)) as usize % 36])
            })
            .collect()
    }

    pub(super) fn model_jobs(&mut self) {
        let file = self.file;
        for spec in &file.customization {
            let job = self.customization(spec);
            self.simulation.model_jobs.push(job);
        }
        for spec in &file.batch_inference {
            let job = self.batch(spec);
            self.simulation.model_jobs.push(job);
        }
    }

    fn customization(&mut self, spec: &CustomizationSpec) -> ModelJob {
        let (region, name, model) = (
            self.region(spec.region.as_ref()),
            spec.name.get_ref().clone(),
            spec.model.get_ref().clone(),
        );
        let created = self.at(spec.created);
        let start = after(created, TRAINS);
        let takes = spec
            .duration
            .as_ref()
            .map_or(4.0 * 3_600.0, |takes| takes.get_ref().0);
        let mut life = Timeline::new(created, ModelJobState::InProgress);
        match &spec.fails_after {
            Some(span) => life.change(after(start, span.get_ref().0), ModelJobState::Failed),
            None => life.change(after(start, takes), ModelJobState::Completed),
        }
        if let Some(stopped) = &spec.stopped {
            stop(&mut life, self.at(*stopped.get_ref()));
        }
        let id = self.short_id(&format!("customization/{region}/{name}"));
        ModelJob {
            arn: format!(
                "arn:aws:bedrock:{region}:{}:model-customization-job/{model}/{id}",
                self.simulation.account.id
            ),
            work: Work::Customization {
                kind: match spec.kind {
                    CustomizationKind::FineTuning => "FINE_TUNING",
                    CustomizationKind::ContinuedPreTraining => "CONTINUED_PRE_TRAINING",
                    CustomizationKind::Distillation => "DISTILLATION",
                },
                tokens: *spec.training_tokens.get_ref(),
                rate: Facts::get().training_tokens(&model, &region),
                output: spec
                    .output_model
                    .clone()
                    .unwrap_or_else(|| format!("{name}-model")),
            },
            failure: spec
                .failure
                .clone()
                .unwrap_or_else(|| "An unexpected error occurred during training.".to_owned()),
            tags: self.tags(&spec.tags),
            name,
            region,
            model,
            created,
            start,
            takes,
            life,
        }
    }

    fn batch(&mut self, spec: &BatchSpec) -> ModelJob {
        let (region, name, model) = (
            self.region(spec.region.as_ref()),
            spec.name.get_ref().clone(),
            spec.model.get_ref().clone(),
        );
        let created = self.at(spec.created);
        let start = after(created, WORKS);
        let takes = spec
            .duration
            .as_ref()
            .map_or(2.0 * 3_600.0, |takes| takes.get_ref().0);
        let mut life = Timeline::new(created, ModelJobState::Submitted);
        life.change(after(created, 60.0), ModelJobState::Validating);
        life.change(start, ModelJobState::InProgress);
        let expires = after(created, f64::from(spec.timeout_hours) * 3_600.0);
        let (end, state) = match &spec.fails_after {
            Some(span) => (after(start, span.get_ref().0), ModelJobState::Failed),
            None => (after(start, takes), ModelJobState::Completed),
        };
        life.change(
            end.min(expires),
            if end > expires {
                ModelJobState::Expired
            } else {
                state
            },
        );
        if let Some(stopped) = &spec.stopped {
            stop(&mut life, self.at(*stopped.get_ref()));
        }
        let id = self.short_id(&format!("batch/{region}/{name}"));
        ModelJob {
            arn: format!(
                "arn:aws:bedrock:{region}:{}:model-invocation-job/{id}",
                self.simulation.account.id
            ),
            work: Work::Batch {
                records: *spec.records.get_ref(),
                input: spec.input_tokens,
                output: spec.output_tokens,
                rates: Facts::get()
                    .token_rates(&model, &region, Tier::Batch)
                    .unwrap_or_default(),
                timeout_hours: spec.timeout_hours,
            },
            failure: spec
                .failure
                .clone()
                .unwrap_or_else(|| "The job failed while processing its records.".to_owned()),
            tags: self.tags(&spec.tags),
            name,
            region,
            model,
            created,
            start,
            takes,
            life,
        }
    }
}

/// Stops it at `at`, unless it has ended.
fn stop(life: &mut Timeline<ModelJobState>, at: Timestamp) {
    if !life.value(at).is_ended() {
        life.change(at, ModelJobState::Stopping);
        life.change(after(at, 60.0), ModelJobState::Stopped);
    }
}
