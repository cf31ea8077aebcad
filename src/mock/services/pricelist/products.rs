//! Products of the Price List, built from the mock's own reading of the price lists; a scenario's
//! `[[list-price]]` takes precedence.

use super::{
    product::{Product, place},
    token_products::bedrock,
};
use crate::mock::{
    billing::{
        Agreements,
        agreements::ServiceFamily,
        names::{ec2_prefix, prefix},
    },
    price_facts::{Component, Facts, TypeFacts},
};
use std::collections::HashSet;

/// The filters that limit which products are built.
pub(super) struct ProductFilter<'a> {
    pub(super) region: Option<&'a str>,
    pub(super) instance: Option<&'a str>,
}

/// The products of a service that can match the query.
pub(super) fn of(code: &str, wanted: &ProductFilter<'_>, agreements: &Agreements) -> Vec<Product> {
    let facts = Facts::get();
    let mut regions = facts.regions();
    regions.retain(|region| wanted.region.is_none_or(|requested| requested == *region));
    let mut all = Vec::new();
    for region in regions {
        match code {
            "AmazonEC2" => types(wanted).for_each(|ty| ec2(ty, region, agreements, &mut all)),
            "AmazonSageMaker" => {
                types(wanted).for_each(|ty| sagemaker(ty, region, agreements, &mut all));
            }
            "AmazonBedrock" => bedrock(region, false, agreements, &mut all),
            "AmazonBedrockFoundationModels" => bedrock(region, true, agreements, &mut all),
            _ => {}
        }
    }
    // Two versions of a model can have one name.
    let mut seen = HashSet::new();
    all.retain(|product| seen.insert(product.sku.clone()));
    all
}

fn types<'a>(wanted: &'a ProductFilter<'_>) -> impl Iterator<Item = &'static TypeFacts> + 'a {
    // `ml.g5.xlarge-Hosting` is of the type `g5.xlarge`.
    let requested = wanted
        .instance
        .map(|requested| requested.strip_prefix("ml.").unwrap_or(requested));
    let same = move |ty: &&TypeFacts| {
        requested.is_none_or(|requested| {
            requested == ty.name || requested.starts_with(&format!("{}-", ty.name))
        })
    };
    Facts::get().instance_types().into_iter().filter(same)
}

fn hardware(ty: &TypeFacts, cpus: &'static str) -> Vec<(&'static str, String)> {
    let mut all = vec![
        (cpus, ty.vcpus.to_string()),
        ("memory", format!("{} GiB", ty.memory_gib)),
    ];
    if let Some(accelerators) = &ty.accelerators {
        all.push(("gpu", accelerators.visible().to_string()));
    }
    all
}

/// Linux on shared tenancy: used, in an unused reservation at the same price, and in a used
/// reservation at no further cost.
fn ec2(ty: &TypeFacts, region: &str, agreements: &Agreements, all: &mut Vec<Product>) {
    let own = agreements.list_price(ServiceFamily::Ec2, &ty.name, None, region);
    let Some(usd) = own.or_else(|| Facts::get().on_demand(&ty.name, region)) else {
        return;
    };
    let name = ec2_prefix(region);
    for (status, usage, usd) in [
        ("Used", "BoxUsage", usd),
        ("UnusedCapacityReservation", "UnusedBox", usd),
        ("AllocatedCapacityReservation", "Reservation", 0.0),
    ] {
        let mut attributes = vec![
            ("instanceType", ty.name.clone()),
            ("operatingSystem", "Linux".to_owned()),
            ("tenancy", "Shared".to_owned()),
            ("preInstalledSw", "NA".to_owned()),
            ("capacitystatus", status.to_owned()),
            ("marketoption", "OnDemand".to_owned()),
            ("licenseModel", "No License required".to_owned()),
            (
                "instanceFamily",
                if ty.accelerators.is_some() {
                    "GPU instance"
                } else {
                    "General purpose"
                }
                .to_owned(),
            ),
            ("usagetype", format!("{name}{usage}:{}", ty.name)),
            ("operation", "RunInstances".to_owned()),
            ("servicename", "Amazon Elastic Compute Cloud".to_owned()),
        ];
        attributes.extend(place(region));
        attributes.extend(hardware(ty, "vcpu"));
        let description = format!("${usd} per On Demand Linux {} Instance Hour", ty.name);
        all.push(
            Product::new("AmazonEC2", "Compute Instance", "Hrs", usd, attributes)
                .with_description(description),
        );
    }
}

/// The component's name in the Price List, and the prefix of its usage types.
fn names(component: Component) -> &'static [(&'static str, &'static str)] {
    match component {
        Component::Hosting => &[("Hosting", "Host:")],
        Component::Notebook => &[("Notebook", "Notebk:")],
        Component::Studio => &[
            ("Studio-JupyterLab", "Studio:JupyterLab-"),
            ("Studio-CodeEditor", "Studio:CodeEditor-"),
            ("Studio-Notebook", "Studio:KernelGateway-"),
        ],
        Component::Training => &[("Training", "Train:")],
        Component::Processing => &[("Processing", "Processing:")],
        Component::Transform => &[("Batch Transform", "Tsform:")],
        Component::Cluster => &[("Cluster", "Cluster:")],
    }
}

fn sagemaker(ty: &TypeFacts, region: &str, agreements: &Agreements, all: &mut Vec<Product>) {
    let name = format!("ml.{}", ty.name);
    for component in Component::ALL {
        let own = agreements.list_price(
            ServiceFamily::SageMaker,
            &name,
            Some(component.word()),
            region,
        );
        let Some(usd) = own.or_else(|| Facts::get().sagemaker(&name, component, region)) else {
            continue;
        };
        for (word, usage) in names(component) {
            let mut attributes = vec![
                ("instanceName", name.clone()),
                ("instanceType", format!("{name}-{}", word.replace(' ', ""))),
                ("component", (*word).to_owned()),
                ("platoinstancename", ty.name.clone()),
                ("usagetype", format!("{}{usage}{name}", prefix(region))),
                ("operation", "RunInstance".to_owned()),
                ("servicename", "Amazon SageMaker".to_owned()),
            ];
            attributes.extend(place(region));
            attributes.extend(hardware(ty, "vCpu"));
            let description = format!("${usd} per {word} {name} hour in {region}");
            all.push(
                Product::new("AmazonSageMaker", "ML Instance", "Hrs", usd, attributes)
                    .with_description(description),
            );
        }
    }
}
