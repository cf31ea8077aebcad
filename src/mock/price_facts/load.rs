//! Loads the facts from the embedded price lists.

use super::{Accelerators, Facts, TokenRates, TypeFacts};
use std::collections::HashMap;

const ACCELERATED: &str = include_str!("../../pricing/cards/ec2_accelerated.csv");
const CAPACITY_BLOCKS: &str = include_str!("../../pricing/cards/ec2_capacity_blocks.csv");
const INSTANCE_STORE: &str = include_str!("instance_store.csv");
const CPU: &str = include_str!("../../pricing/cards/ec2_cpu_us_east_1.csv");
const CPU_RATIO: &str = include_str!("../../pricing/cards/ec2_cpu_region_ratio.csv");
const SPOT: &str = include_str!("../../pricing/cards/ec2_spot.csv");
const SAGEMAKER: &str = include_str!("../../pricing/cards/sagemaker.csv");
const MULTIPLIERS: &str = include_str!("../../pricing/cards/sagemaker_multipliers.csv");
const STORAGE: &str = include_str!("../../pricing/cards/sagemaker_other.csv");
const PROVISIONED: &str = include_str!("../../pricing/cards/bedrock_provisioned.csv");
const OTHER: &str = include_str!("../../pricing/cards/bedrock_other.csv");
const TOKENS: &str = include_str!("../../pricing/cards/bedrock_tokens.csv");

/// The rows of `text` as the columns named, in that order; a missing column reads as empty.
pub(super) fn rows<const N: usize>(text: &str, columns: [&str; N]) -> Vec<[String; N]> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let places: Vec<Option<usize>> = {
        let headers = reader.headers().cloned().unwrap_or_default();
        columns
            .iter()
            .map(|column| headers.iter().position(|header| header == *column))
            .collect()
    };
    let cell = |record: &csv::StringRecord, n: usize| {
        places[n]
            .and_then(|place| record.get(place))
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    reader
        .records()
        .flatten()
        .map(|record| std::array::from_fn(|n| cell(&record, n)))
        .collect()
}

pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|n: &f64| n.is_finite())
}

impl Facts {
    pub(super) fn read() -> Self {
        let mut facts = Self {
            types: HashMap::new(),
            instance_store: rows(INSTANCE_STORE, ["instance_type", "total_gb"])
                .into_iter()
                .filter_map(|[ty, size]| Some((ty, size.parse().ok()?)))
                .collect(),
            ec2: HashMap::new(),
            cpu_ratio: map_by_pair(CPU_RATIO, ["family", "region", "ratio_to_us_east_1"]),
            capacity_block: map_by_pair(CAPACITY_BLOCKS, ["instance_type", "region", "usd_hr"]),
            spot: map_by_pair(SPOT, ["instance_type", "region", "spot_usd_hr"]),
            spot_saving: map_by_pair(SPOT, ["instance_type", "region", "saving_pct"]),
            sagemaker: HashMap::new(),
            storage: map_by_pair(STORAGE, ["item", "region", "usd"]),
            multipliers: rows(
                MULTIPLIERS,
                ["families", "sizes", "component", "multiplier_on_ec2"],
            )
            .into_iter()
            .map(Vec::from)
            .collect(),
            model_units: Vec::new(),
            model_copies: rows(OTHER, ["item", "scope", "usd"])
                .into_iter()
                .filter_map(|[item, scope, usd]| {
                    let version = item.strip_prefix("custom model import ")?;
                    Some((version.to_owned(), scope, number(&usd)?))
                })
                .collect(),
            tokens: HashMap::new(),
            training: Vec::new(),
            models: Vec::new(),
            token_lists: super::tokens::TokenLists::read(),
        };
        facts.read_accelerated_types();
        facts.read_capacity_block_types();
        facts.read_cpu_types();
        facts.read_sagemaker();
        facts.read_provisioned();
        facts.read_tokens();
        facts.read_jobs();
        facts
    }

    fn read_sagemaker(&mut self) {
        let columns = ["instance_type", "component", "region", "usd_hr"];
        for [ty, component, region, usd] in rows(SAGEMAKER, columns) {
            if let Some(usd) = number(&usd) {
                self.sagemaker.insert((ty, component, region), usd);
            }
        }
    }

    fn read_provisioned(&mut self) {
        let columns = [
            "model_id",
            "regions",
            "no_commit_usd_mu_hr",
            "commit_1mo_usd_mu_hr",
            "commit_6mo_usd_mu_hr",
        ];
        for [model, regions, none, month, half_year] in rows(PROVISIONED, columns) {
            let prices = [number(&none), number(&month), number(&half_year)];
            self.model_units.push((model, regions, prices));
        }
    }

    /// The tokens of standard models in commercial regions; the first row of a model counts.
    fn read_tokens(&mut self) {
        let columns = [
            "model_id",
            "provider",
            "name",
            "input_usd_per_1k",
            "output_usd_per_1k",
            "cache_read_per_1k",
            "cache_write_per_1k",
            "region_scope",
        ];
        for [id, provider, name, input, output, read, write, scope] in rows(TOKENS, columns) {
            if scope.contains("gov") || scope.contains("latency") || self.tokens.contains_key(&id) {
                continue;
            }
            let input = number(&input).unwrap_or_default();
            let rates = TokenRates {
                input,
                output: number(&output).unwrap_or_default(),
                cache_read: number(&read).unwrap_or(input),
                cache_write: number(&write).unwrap_or(input),
            };
            self.tokens.insert(id.clone(), rates);
            self.models.push((id, provider, name));
        }
    }

    /// Prices of customization.
    fn read_jobs(&mut self) {
        for [item, unit, usd, scope] in rows(OTHER, ["item", "unit", "usd", "scope"]) {
            if let (Some(name), "1M training tokens", Some(usd)) = (
                item.strip_prefix("fine-tuning "),
                unit.as_str(),
                number(&usd),
            ) {
                let name = name
                    .to_lowercase()
                    .replace("llama ", "llama")
                    .replace("text g1 ", "text ")
                    .replace(['.', ' '], "-");
                self.training.push((name, scope, usd));
            }
        }
    }

    fn read_accelerated_types(&mut self) {
        let columns = [
            "instance_type",
            "family",
            "accelerator",
            "accelerator_count",
            "accel_mem_gib_each",
            "vcpus",
            "mem_gib",
            "region",
            "on_demand_usd_hr",
        ];
        for row in rows(ACCELERATED, columns) {
            let [name, family, device, count, memory, vcpus, mem, region, usd] = row;
            if let Some(usd) = number(&usd) {
                self.ec2.insert((name.clone(), region), usd);
            }
            let accelerators = accelerators(device, &count, &memory);
            self.add_type(name, family, &vcpus, &mem, Some(accelerators));
        }
    }

    fn read_capacity_block_types(&mut self) {
        let columns = [
            "instance_type",
            "accelerator",
            "accelerator_count",
            "accel_mem_gib_each",
            "vcpus",
            "mem_gib",
        ];
        for [name, device, count, memory, vcpus, mem] in rows(CAPACITY_BLOCKS, columns) {
            let family = name.split('.').next().unwrap_or_default().to_owned();
            let accelerators = accelerators(device, &count, &memory);
            self.add_type(name, family, &vcpus, &mem, Some(accelerators));
        }
    }

    fn read_cpu_types(&mut self) {
        let columns = [
            "instance_type",
            "family",
            "vcpus",
            "mem_gib",
            "on_demand_usd_hr",
        ];
        for [name, family, vcpus, mem, usd] in rows(CPU, columns) {
            if let Some(usd) = number(&usd) {
                self.ec2.insert((name.clone(), "us-east-1".to_owned()), usd);
            }
            self.add_type(name, family, &vcpus, &mem, None);
        }
    }

    fn add_type(
        &mut self,
        name: String,
        family: String,
        vcpus: &str,
        mem: &str,
        accelerators: Option<Accelerators>,
    ) {
        let facts = TypeFacts {
            name: name.clone(),
            family,
            vcpus: number(vcpus).unwrap_or_default() as u32,
            memory_gib: number(mem).unwrap_or_default(),
            accelerators,
        };
        self.types.entry(name).or_insert(facts);
    }
}

fn map_by_pair(text: &str, columns: [&str; 3]) -> HashMap<(String, String), f64> {
    rows(text, columns)
        .into_iter()
        .filter_map(|[a, b, n]| Some(((a, b), number(&n)?)))
        .collect()
}

fn accelerators(name: String, count: &str, memory_gib: &str) -> Accelerators {
    Accelerators {
        maker: maker(&name),
        name,
        count: number(count).unwrap_or(1.0),
        memory_gib: number(memory_gib).unwrap_or_default(),
    }
}

fn maker(accelerator: &str) -> &'static str {
    match accelerator {
        name if name.starts_with("Radeon") => "AMD",
        name if name.starts_with("Gaudi") => "Habana",
        name if name.starts_with("Qualcomm") => "Qualcomm",
        name if name.starts_with("Trainium") || name.starts_with("Inferentia") => "AWS",
        _ => "NVIDIA",
    }
}
