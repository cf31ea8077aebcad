//! Facts of instance types and list prices: the mock's own reading of the dated price lists.

mod custom_models;
mod load;
mod tokens;

pub use crate::domain::Component;
pub use tokens::Tier;

use load::number;
use std::{collections::HashMap, sync::OnceLock};

/// The accelerators of an instance type.
#[derive(Clone, Debug, PartialEq)]
pub struct Accelerators {
    /// `A100`, `Trainium`, ...
    pub name: String,
    /// `NVIDIA`, `AMD`, `AWS`, `Habana`, `Qualcomm`.
    pub maker: &'static str,
    /// Per instance; fractional sizes have less than one.
    pub count: f64,
    /// Memory of one, GiB.
    pub memory_gib: f64,
}

impl Accelerators {
    /// The number that an instance shows.
    pub fn visible(&self) -> u32 {
        (self.count.ceil() as u32).max(1)
    }

    /// Whether AWS reports it in `NeuronInfo` instead of `GpuInfo`.
    pub fn is_neuron(&self) -> bool {
        self.name.starts_with("Trainium") || self.name.starts_with("Inferentia2")
    }

    /// Whether AWS reports it in `InferenceAcceleratorInfo`.
    pub fn is_inference_only(&self) -> bool {
        self.name == "Inferentia" || self.name.starts_with("Qualcomm")
    }
}

/// An instance type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeFacts {
    /// `p4d.24xlarge`.
    pub name: String,
    /// `p4d`.
    pub family: String,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// Memory, GiB.
    pub memory_gib: f64,
    /// `None` on a type without accelerators.
    pub accelerators: Option<Accelerators>,
}

/// Dollars per 1,000 tokens of a Bedrock model.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TokenRates {
    /// Input tokens.
    pub input: f64,
    /// Output tokens.
    pub output: f64,
    /// Input tokens read from the prompt cache.
    pub cache_read: f64,
    /// Input tokens written to the prompt cache.
    pub cache_write: f64,
}

/// Instance types and list prices.
#[derive(Debug)]
pub struct Facts {
    types: HashMap<String, TypeFacts>,
    instance_store: HashMap<String, u32>,
    ec2: HashMap<(String, String), f64>,
    cpu_ratio: HashMap<(String, String), f64>,
    capacity_block: HashMap<(String, String), f64>,
    spot: HashMap<(String, String), f64>,
    spot_saving: HashMap<(String, String), f64>,
    sagemaker: HashMap<(String, String, String), f64>,
    storage: HashMap<(String, String), f64>,
    multipliers: Vec<Vec<String>>,
    model_units: Vec<(String, String, [Option<f64>; 3])>,
    /// Version of a custom model unit, where it has the price, and dollars per minute.
    model_copies: Vec<(String, String, f64)>,
    tokens: HashMap<String, TokenRates>,
    /// Customization: the model's name in the price list, its regions, and dollars per million
    /// training tokens.
    training: Vec<(String, String, f64)>,
    models: Vec<(String, String, String)>,
    token_lists: tokens::TokenLists,
}

impl Facts {
    /// The embedded facts.
    pub fn get() -> &'static Self {
        static FACTS: OnceLock<Facts> = OnceLock::new();
        FACTS.get_or_init(Self::read)
    }

    /// The facts of `ty`, with or without `ml.`.
    pub fn instance_type(&self, ty: &str) -> Option<&TypeFacts> {
        self.types.get(ty.strip_prefix("ml.").unwrap_or(ty))
    }

    /// Gigabytes of instance store of an EC2 type; `None` on one without.
    pub fn instance_store(&self, ty: &str) -> Option<u32> {
        self.instance_store.get(ty).copied()
    }

    /// Every type, by name.
    pub fn instance_types(&self) -> Vec<&TypeFacts> {
        let mut all: Vec<_> = self.types.values().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// The regions with any EC2 price, by name.
    pub fn regions(&self) -> Vec<&str> {
        let all: std::collections::BTreeSet<&str> = self
            .ec2
            .keys()
            .chain(self.cpu_ratio.keys())
            .map(|(_, region)| region.as_str())
            .collect();
        all.into_iter().collect()
    }

    /// Whether the price list offers the type in the region.
    pub fn offered(&self, ty: &str, region: &str) -> bool {
        self.on_demand(ty, region).is_some() || self.capacity_block.contains_key(&pair(ty, region))
    }

    /// On-demand dollars per hour of an EC2 instance.
    pub fn on_demand(&self, ty: &str, region: &str) -> Option<f64> {
        self.ec2.get(&pair(ty, region)).copied().or_else(|| {
            let family = ty.split('.').next()?;
            let base = self.ec2.get(&pair(ty, "us-east-1")).filter(|_| {
                self.types
                    .get(ty)
                    .is_some_and(|ty| ty.accelerators.is_none())
            })?;
            Some(base * self.cpu_ratio.get(&pair(family, region))?)
        })
    }

    /// Spot dollars per hour: the listed price, else on-demand less the advisor's saving, else 60 %
    /// off.
    pub fn spot(&self, ty: &str, region: &str) -> Option<f64> {
        self.spot.get(&pair(ty, region)).copied().or_else(|| {
            let saving = self
                .spot_saving
                .get(&pair(ty, region))
                .copied()
                .unwrap_or(60.0);
            Some(self.on_demand(ty, region)? * (1.0 - saving / 100.0))
        })
    }

    /// Dollars per hour of an instance in a capacity block, prepaid.
    pub fn capacity_block(&self, ty: &str, region: &str) -> Option<f64> {
        self.capacity_block.get(&pair(ty, region)).copied()
    }

    /// Dollars per hour of an `ml.` instance: listed, else EC2's price times the multiplier of its
    /// component or of any.
    pub fn sagemaker(&self, ml_type: &str, component: Component, region: &str) -> Option<f64> {
        let word = component.word();
        let exact = |word: &str| {
            let key = (ml_type.to_owned(), word.to_owned(), region.to_owned());
            self.sagemaker.get(&key).copied()
        };
        // An asynchronous endpoint is hosted at the price of any other.
        let asynchronous = || {
            (component == Component::Hosting)
                .then(|| exact("async"))
                .flatten()
        };
        exact(word).or_else(asynchronous).or_else(|| {
            let ty = ml_type.strip_prefix("ml.")?;
            let (family, size) = ty.split_once('.')?;
            let rule = |of: &str| {
                let fits = |rule: &&Vec<String>| {
                    rule[2] == of
                        && rule[0].split('|').any(|one| one == family)
                        && size_matches(&rule[1], size)
                };
                self.multipliers.iter().find(fits)
            };
            // A component's own rule precedes the family's.
            let rule = rule(word).or_else(|| rule("any"))?;
            Some(self.on_demand(ty, region)? * number(&rule[3])?)
        })
    }

    /// Dollars per GB-month of a notebook's or a Studio space's volume: listed, else that of
    /// us-east-1.
    pub fn ml_storage(&self, region: &str) -> f64 {
        let of = |region: &str| self.storage.get(&pair("notebook storage", region)).copied();
        of(region).or_else(|| of("us-east-1")).unwrap_or_default()
    }

    /// Dollars per hour of an MLflow tracking server of `size`: listed, else that of us-east-1.
    pub fn tracking_server(&self, size: &str, region: &str) -> Option<f64> {
        let item = format!("mlflow tracking server {size}");
        let of = |region: &str| self.storage.get(&pair(&item, region)).copied();
        of(region).or_else(|| of("us-east-1"))
    }

    /// Dollars per GB-second of serverless inference; `None` where it is not offered.
    pub fn gb_second(&self, region: &str) -> Option<f64> {
        let item = pair("serverless inference", region);
        self.storage.get(&item).copied()
    }

    /// Dollars per GB-second of provisioned concurrency, and of request time on it.
    pub fn warm_gb_second(&self, region: &str) -> Option<(f64, f64)> {
        let of = |item: &str| self.storage.get(&pair(item, region)).copied();
        let requests = of("serverless provisioned concurrency requests")?;
        Some((of("serverless provisioned concurrency")?, requests))
    }

    /// Dollars per hour of one Bedrock model unit; `months` of commitment 0, 1 or 6.
    pub fn model_unit(&self, model: &str, months: u8, region: &str) -> Option<f64> {
        let place = match months {
            0 => 0,
            1 => 1,
            _ => 2,
        };
        let base = model
            .split_once(":provisioned")
            .map_or(model, |(base, _)| base);
        self.model_units
            .iter()
            .filter(|(id, regions, _)| id == base && regions.split(' ').any(|one| one == region))
            .find_map(|(_, _, usd)| usd[place])
    }

    /// On-demand token prices of a model id or inference profile id.
    pub fn tokens(&self, model: &str) -> Option<TokenRates> {
        let plain = || {
            ["us.", "eu.", "apac.", "global."]
                .iter()
                .find_map(|geo| model.strip_prefix(geo))
        };
        self.tokens
            .get(model)
            .or_else(|| self.tokens.get(plain()?))
            .copied()
    }

    /// Every Bedrock model id with its provider and name, without geography profiles.
    pub fn models(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let geographies = ["us.", "eu.", "apac.", "global.", "jp.", "au.", "ca."];
        self.models
            .iter()
            .filter(move |(id, ..)| !geographies.iter().any(|geo| id.starts_with(geo)))
            .map(|(id, p, n)| (id.as_str(), p.as_str(), n.as_str()))
    }
}

fn pair(ty: &str, region: &str) -> (String, String) {
    (ty.to_owned(), region.to_owned())
}

/// `*`, `!xlarge`, `8xlarge|24xlarge`.
fn size_matches(pattern: &str, size: &str) -> bool {
    match pattern.strip_prefix('!') {
        Some(other) => other != size,
        None => pattern == "*" || pattern.split('|').any(|one| one == size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_prices_are_the_lists() {
        let facts = Facts::get();
        assert_eq!(
            facts.on_demand("p4d.24xlarge", "us-east-1"),
            Some(21.957_642)
        );
        assert_eq!(facts.on_demand("m5.large", "us-east-1"), Some(0.096));
        assert_eq!(
            facts.capacity_block("p4d.24xlarge", "us-east-1"),
            Some(11.8)
        );
        assert_eq!(
            facts.sagemaker("ml.g5.12xlarge", Component::Hosting, "us-east-1"),
            Some(7.09)
        );
        let ruled = facts
            .sagemaker("ml.g6.xlarge", Component::Hosting, "us-west-2")
            .unwrap();
        assert!((ruled - facts.on_demand("g6.xlarge", "us-west-2").unwrap() * 1.4).abs() < 0.01);
        assert!(
            facts.spot("g5.xlarge", "us-east-1").unwrap()
                < facts.on_demand("g5.xlarge", "us-east-1").unwrap()
        );
    }

    #[test]
    fn model_prices_are_the_lists() {
        let facts = Facts::get();
        assert_eq!(
            facts.model_unit("anthropic.claude-v2:1", 6, "us-east-1"),
            Some(35.0)
        );
        assert_eq!(
            facts.model_unit("anthropic.claude-v2:1", 0, "eu-west-9"),
            None
        );
        assert_eq!(
            facts
                .tokens("us.amazon.nova-pro-v1:0")
                .map(|rates| (rates.input, rates.output)),
            Some((0.0008, 0.0032))
        );
        assert_eq!(facts.tokens("no.such-model"), None);
    }

    #[test]
    fn cluster_and_storage_prices_are_the_lists() {
        let facts = Facts::get();
        assert_eq!(
            facts
                .sagemaker("ml.p4d.24xlarge", Component::Cluster, "us-east-1")
                .map(|usd| (usd * 1e6).round()),
            Some(25_910_018.0)
        );
        assert_eq!(
            (
                facts.ml_storage("us-east-1"),
                facts.ml_storage("eu-west-1"),
                facts.ml_storage("sa-east-1")
            ),
            (0.14, 0.154, 0.14)
        );
    }

    #[test]
    fn types_have_their_accelerators() {
        let facts = Facts::get();
        let p4d = facts.instance_type("ml.p4d.24xlarge").unwrap();
        assert_eq!((p4d.vcpus, p4d.memory_gib), (96, 1152.0));
        assert_eq!(
            p4d.accelerators
                .as_ref()
                .map(|a| (a.name.as_str(), a.count, a.maker)),
            Some(("A100", 8.0, "NVIDIA"))
        );
        assert_eq!(facts.instance_type("m5.large").unwrap().accelerators, None);
        assert!(
            facts
                .instance_type("trn1.32xlarge")
                .unwrap()
                .accelerators
                .as_ref()
                .unwrap()
                .is_neuron()
        );
    }
}
