//! Products of the Price List, made of the mock's own reading of the price lists; what a scenario's
//! `[[list-price]]` says wins.

use crate::domain::region;
use crate::mock::{
    billing::{
        Agreements,
        agreements::ServiceFamily,
        names::{ec2_prefix, marketplace_name, prefix, usage_name},
    },
    load_shape::hash,
    price_facts::{Component, Facts, TypeFacts},
    protocol::{Value, json, value::fields},
};

use std::collections::HashSet;

/// The filters that limit which products are built.
pub(super) struct ProductQuery<'a> {
    pub(super) region: Option<&'a str>,
    pub(super) instance: Option<&'a str>,
}

/// A product and its price.
pub(super) struct Product {
    pub(super) sku: String,
    code: &'static str,
    family: &'static str,
    attributes: Vec<(&'static str, String)>,
    unit: &'static str,
    usd: f64,
    description: String,
}

impl Product {
    fn new(
        code: &'static str,
        family: &'static str,
        unit: &'static str,
        usd: f64,
        attributes: Vec<(&'static str, String)>,
    ) -> Self {
        let text = attributes
            .iter()
            .fold(String::new(), |text, (name, value)| {
                text + name + "=" + value + "\n"
            });
        let (a, b) = (hash(1, &text), hash(2, &text));
        let digit = |place: u32| {
            let n = if place < 8 {
                a >> (place * 8)
            } else {
                b >> ((place - 8) * 8)
            };
            char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"[(n % 34) as usize])
        };
        Self {
            sku: (0..16).map(digit).collect(),
            code,
            family,
            attributes,
            unit,
            usd,
            description: String::new(),
        }
    }

    fn with_description(mut self, description: String) -> Self {
        self.description = description;
        self
    }

    /// An attribute's value; the family is one, too.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        match name {
            "productFamily" => Some(self.family),
            "servicecode" | "ServiceCode" => Some(self.code),
            _ => self
                .attributes
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, value)| value.as_str()),
        }
    }

    /// The text that `GetProducts` gives out.
    pub(super) fn json(&self) -> String {
        let term = format!("{}.JRTCKXETXF", self.sku);
        let rate = format!("{term}.6YS6EN2CT7");
        let price = fields! {
            "unit": self.unit,
            "endRange": "Inf",
            "description": &self.description,
            "appliesTo": Value::List(Vec::new()),
            "rateCode": &rate,
            "beginRange": "0",
            "pricePerUnit": fields! { "USD": format!("{:.10}", self.usd) },
        };
        let on_demand = fields! {
            "priceDimensions": Value::Entries(vec![(rate.clone().into(), price)]),
            "sku": &self.sku,
            "effectiveDate": "2026-11-01T00:00:00Z",
            "offerTermCode": "JRTCKXETXF",
            "termAttributes": Value::EMPTY,
        };
        let mut attributes: Vec<_> = self
            .attributes
            .iter()
            .map(|(name, value)| ((*name).into(), Value::from(value)))
            .collect();
        attributes.push(("servicecode".into(), Value::from(self.code)));
        let node = fields! {
            "product": fields! {
                "productFamily": self.family,
                "attributes": Value::Entries(attributes),
                "sku": &self.sku,
            },
            "serviceCode": self.code,
            "terms": fields! { "OnDemand": Value::Entries(vec![(term.into(), on_demand)]) },
            "version": "20261101000000",
            "publicationDate": "2026-11-01T00:00:00Z",
        };
        String::from_utf8(json::write(&node, json::TimestampFormat::Text)).unwrap_or_default()
    }
}

/// The products of a service, those that cannot pass left out.
pub(super) fn of(code: &str, wanted: &ProductQuery<'_>, agreements: &Agreements) -> Vec<Product> {
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

fn types<'a>(wanted: &'a ProductQuery<'_>) -> impl Iterator<Item = &'static TypeFacts> + 'a {
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

fn place(region: &str) -> [(&'static str, String); 3] {
    let name = region::find(region).map_or(region, |region| region.location);
    [
        ("regionCode", region.to_owned()),
        ("location", name.to_owned()),
        ("locationType", "AWS Region".to_owned()),
    ]
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

/// Linux on shared tenancy: in use, in an unused reservation at the same price, in a used
/// reservation for nothing more.
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

/// On-demand tokens: of Marketplace's models for a million, of the others for a thousand.
fn bedrock(region: &str, market: bool, agreements: &Agreements, all: &mut Vec<Product>) {
    let facts = Facts::get();
    for (id, provider, name) in facts
        .models()
        .filter(|(_, provider, _)| (*provider == "Anthropic") == market)
    {
        let Some(rates) = facts.tokens(id) else {
            continue;
        };
        let short = usage_name(id);
        for (kind, word, inference, units, usd) in [
            (
                "input",
                "input-tokens",
                "Input tokens",
                "InputTokenCount",
                rates.input,
            ),
            (
                "output",
                "output-tokens",
                "Output tokens",
                "OutputTokenCount",
                rates.output,
            ),
            (
                "cache-read",
                "cache-read-input-token-count",
                "Prompt cache read input tokens",
                "CacheReadInputTokenCount",
                rates.cache_read,
            ),
            (
                "cache-write",
                "cache-write-input-token-count",
                "Prompt cache write input tokens",
                "CacheWriteInputTokenCount",
                rates.cache_write,
            ),
        ] {
            let usd = agreements
                .list_price(ServiceFamily::Bedrock, id, Some(kind), region)
                .unwrap_or(usd);
            if usd <= 0.0 {
                continue;
            }
            let area = prefix(region);
            let mut attributes: Vec<(&'static str, String)> = place(region).into();
            if market {
                attributes.push((
                    "servicename",
                    format!("{} (Amazon Bedrock Edition)", marketplace_name(id)),
                ));
                attributes.push((
                    "usagetype",
                    format!("{area}MP:{}_{units}-Units", area.trim_end_matches('-')),
                ));
                let description =
                    format!("AWS Marketplace software usage|{region}|Million {inference}");
                let product = Product::new(
                    "AmazonBedrockFoundationModels",
                    "Amazon Bedrock",
                    "1M tokens",
                    usd * 1_000.0,
                    attributes,
                );
                all.push(product.with_description(description));
            } else {
                attributes.extend([
                    ("model", name.to_owned()),
                    ("provider", provider.to_owned()),
                    ("inferenceType", inference.to_owned()),
                    ("feature", "On-demand Inference".to_owned()),
                    ("usagetype", format!("{area}{short}-{word}")),
                    ("servicename", "Amazon Bedrock".to_owned()),
                ]);
                let description = format!("${usd} per 1K {inference} for {name} in {region}");
                all.push(
                    Product::new(
                        "AmazonBedrock",
                        "Amazon Bedrock",
                        "1K tokens",
                        usd,
                        attributes,
                    )
                    .with_description(description),
                );
            }
        }
    }
}
