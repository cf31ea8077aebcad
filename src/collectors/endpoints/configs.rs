//! The cache of endpoint configurations.

use crate::{
    aws::{Api, fault},
    collectors::{
        Context,
        shared::{
            context::{push_fault, run_bounded},
            poll_budget::PollBudget,
        },
    },
    domain::{Fault, FaultKind},
};
use aws_sdk_sagemaker::{
    operation::{
        describe_endpoint::DescribeEndpointOutput,
        describe_endpoint_config::DescribeEndpointConfigOutput,
    },
    types::ProductionVariant,
};
use std::{collections::HashMap, sync::Arc};

/// The endpoint configurations in use; a configuration never changes.
#[derive(Default)]
pub(super) struct ConfigCache {
    by_name: HashMap<Arc<str>, Config>,
    /// Whether inference components were listed at least once.
    pub components_listed: bool,
}

/// An endpoint configuration: the facts that a description of the endpoint lacks.
#[derive(Debug, Default)]
struct Config {
    variants: HashMap<String, VariantConfig>,
}

/// A variant in an endpoint configuration.
#[derive(Clone, Debug)]
pub(super) struct VariantConfig {
    pub ty: Option<Arc<str>>,
    pub volume_gb: Option<i32>,
    /// Instances that the endpoint starts with.
    pub initial: Option<u32>,
    /// It names no model: inference components are placed on it.
    pub hosts_components: bool,
}

impl ConfigCache {
    /// Describes the configurations that are not known yet, as far as `budget` allows. Returns why,
    /// for each that is not described.
    pub(super) async fn refresh(
        &mut self,
        cx: &Context,
        endpoints: &[Arc<DescribeEndpointOutput>],
        budget: &PollBudget,
        faults: &mut Vec<Fault>,
    ) -> HashMap<Arc<str>, String> {
        let mut wanted: Vec<Arc<str>> = endpoints
            .iter()
            .filter_map(|endpoint| endpoint.endpoint_config_name())
            .map(Arc::from)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        self.by_name.retain(|name, _| wanted.contains(name));
        wanted.retain(|name| !self.by_name.contains_key(name));
        let described = wanted.into_iter().map(|name| async move {
            let answer = budget.run(describe(cx, &name)).await;
            (name, answer)
        });
        let mut missing = HashMap::new();
        for (name, answer) in run_bounded(described.collect()).await {
            match answer {
                None => {
                    missing.insert(name, "its configuration is not read yet".to_owned());
                }
                Some(Ok(config)) => {
                    let variants = variants(&config);
                    self.by_name.insert(name, Config { variants });
                }
                Some(Err(fault)) if fault.kind == FaultKind::NotFound => {
                    let why = "its endpoint configuration was deleted: AWS no longer has its type";
                    missing.insert(name, why.to_owned());
                }
                Some(Err(fault)) => {
                    missing.insert(name, format!("{}: {}", fault.operation, fault.kind.word()));
                    push_fault(faults, fault);
                }
            }
        }
        missing
    }

    /// The variants of this configuration, by name; none if it is not known.
    pub(super) fn variants(&self, config: &str) -> Vec<(&str, &VariantConfig)> {
        let known = self.by_name.get(config);
        let mut all: Vec<_> = known
            .into_iter()
            .flat_map(|config| &config.variants)
            .map(|(name, variant)| (name.as_str(), variant))
            .collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }

    /// The variant of this name in this configuration, if it is known.
    pub(super) fn variant(&self, config: &str, variant: &str) -> Option<&VariantConfig> {
        self.by_name.get(config)?.variants.get(variant)
    }
}

impl From<&ProductionVariant> for VariantConfig {
    fn from(variant: &ProductionVariant) -> Self {
        Self {
            ty: variant.instance_type().map(|ty| ty.as_str().into()),
            hosts_components: variant.model_name().is_none(),
            volume_gb: variant.volume_size_in_gb(),
            initial: variant
                .initial_instance_count()
                .and_then(|count| u32::try_from(count).ok()),
        }
    }
}

async fn describe(cx: &Context, name: &str) -> Result<DescribeEndpointConfigOutput, Fault> {
    let request = cx
        .session
        .sagemaker
        .describe_endpoint_config()
        .endpoint_config_name(name);
    let answer = request.send().await;
    answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeEndpointConfig, &error))
}

fn variants(config: &DescribeEndpointConfigOutput) -> HashMap<String, VariantConfig> {
    config
        .production_variants()
        .iter()
        .chain(config.shadow_production_variants())
        .filter_map(|variant| Some((variant.variant_name()?.to_owned(), variant.into())))
        .collect()
}
