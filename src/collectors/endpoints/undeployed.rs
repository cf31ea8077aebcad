//! Endpoints without running variants: SageMaker omits `ProductionVariants` while an endpoint is
//! created, and after its creation failed.

use super::{
    configs::{ConfigCache, VariantConfig},
    inventory::count,
    item::{EndpointItem, Shape, VariantDetails},
};
use crate::{
    aws::convert::{state, time::optional_timestamp},
    domain::{Arn, Measured},
};
use aws_sdk_sagemaker::{
    operation::describe_endpoint::DescribeEndpointOutput, types::PendingProductionVariantSummary,
};
use std::sync::Arc;

/// A variant that is not deployed.
struct Variant {
    name: Arc<str>,
    ty: Measured<Arc<str>>,
    desired: Option<u32>,
    hosts_components: bool,
}

/// The variants of `endpoint`: those of its pending deployment, else those of its configuration,
/// else one without a type.
pub(super) fn variants(
    endpoint: &DescribeEndpointOutput,
    configs: &ConfigCache,
) -> Vec<EndpointItem> {
    let pending = endpoint
        .pending_deployment_summary()
        .map_or(&[][..], |pending| pending.production_variants());
    let mut variants: Vec<Variant> = pending.iter().filter_map(Variant::pending).collect();
    if variants.is_empty() {
        let config = endpoint.endpoint_config_name().unwrap_or_default();
        let configured = configs.variants(config).into_iter();
        variants.extend(configured.map(|(name, config)| Variant::configured(name, config)));
    }
    if variants.is_empty() {
        variants.push(Variant {
            name: "AllTraffic".into(),
            ty: Measured::unknown("its endpoint configuration is not known"),
            desired: None,
            hosts_components: false,
        });
    }
    let has_one = variants.len() == 1;
    variants
        .into_iter()
        .map(|variant| variant.item(endpoint, has_one))
        .collect()
}

impl Variant {
    fn pending(summary: &PendingProductionVariantSummary) -> Option<Self> {
        Some(Self {
            name: summary.variant_name()?.into(),
            ty: Measured::or_why(
                summary.instance_type().map(|ty| Arc::from(ty.as_str())),
                "its pending deployment names no instance type",
            ),
            desired: count(summary.desired_instance_count()),
            hosts_components: false,
        })
    }

    fn configured(name: &str, config: &VariantConfig) -> Self {
        Self {
            name: name.into(),
            ty: Measured::or_why(
                config.ty.clone(),
                "its endpoint configuration names no instance type",
            ),
            desired: config.initial,
            hosts_components: config.hosts_components,
        }
    }

    fn item(self, endpoint: &DescribeEndpointOutput, has_one: bool) -> EndpointItem {
        let name = endpoint.endpoint_name().unwrap_or_default();
        let id: Arc<str> = format!("{name}/{}", self.name).into();
        let status = endpoint.endpoint_status();
        EndpointItem {
            name: if has_one { name.into() } else { id.clone() },
            id,
            arn: endpoint
                .endpoint_arn()
                .and_then(|arn| arn.parse::<Arn>().ok()),
            state: state::endpoint(status.map_or("unknown", |status| status.as_str())),
            created: optional_timestamp(endpoint.creation_time()),
            current: Some(0),
            desired: self.desired,
            scaling: Measured::Known(None),
            scheduled: Measured::Known(false),
            tags: Measured::unknown("tags not read yet"),
            fleet: Some(VariantDetails {
                endpoint: name.into(),
                variant: self.name,
                shadow: false,
                shape: Shape::Instances {
                    ty: self.ty,
                    pools: Vec::new(),
                    asynchronous: endpoint.async_inference_config().is_some(),
                },
                hosts_components: self.hosts_components,
                components: 0,
                volume_gb: None,
                managed: None,
                prepaid: 0,
                plan: None,
            }),
            component: None,
            host_min: None,
        }
    }
}
