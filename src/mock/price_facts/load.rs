//! Reads the dated price lists.

use super::{Accelerators, Facts, TokenRates, TypeFacts};
use std::collections::HashMap;

const ACCELERATED: &str = include_str!("../../pricing/cards/ec2_accelerated.csv");
const CAPACITY_BLOCKS: &str = include_str!("../../pricing/cards/ec2_capacity_blocks.csv");
const INSTANCE_STORE: &str = include_str!("../facts/instance_store.csv");
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
            .map_vec(),
            model_units: Vec::new(),
            tokens: HashMap::new(),
            training: Vec::new(),
            models: Vec::new(),
            token_lists: super::tokens::TokenLists::read(),
        };
        facts.read_types();
        for [ty, component, region, usd] in rows(
            SAGEMAKER,
            ["instance_type", "component", "region", "usd_hr"],
        ) {
            if let Some(usd) = number(&usd) {
                facts.sagemaker.insert((ty, component, region), usd);
            }
        }
        let terms = [
            "no_commit_usd_mu_hr",
            "commit_1mo_usd_mu_hr",
            "commit_6mo_usd_mu_hr",
        ];
        for [model, regions, a, b, c] in rows(
            PROVISIONED,
            ["model_id", "regions", terms[0], terms[1], terms[2]],
        ) {
            facts
                .model_units
                .push((model, regions, [number(&a), number(&b), number(&c)]));
        }
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
            if scope.contains("gov") || scope.contains("latency") || facts.tokens.contains_key(&id)
            {
                continue;
            }
            let input = number(&input).unwrap_or_default();
            let rates = TokenRates {
                input,
                output: number(&output).unwrap_or_default(),
                cache_read: number(&read).unwrap_or(input),
                cache_write: number(&write).unwrap_or(input),
            };
            facts.tokens.insert(id.clone(), rates);
            facts.models.push((id, provider, name));
        }
        facts.read_jobs();
        facts
    }

    /// What customization costs.
    fn read_jobs(&mut self) {
        for [item, unit, usd] in rows(OTHER, ["item", "unit", "usd"]) {
            if let (Some(name), "1M training tokens", Some(usd)) = (
                item.strip_prefix("fine-tuning "),
                unit.as_str(),
                number(&usd),
            ) {
                let name = name
                    .to_lowercase()
                    .replace("llama ", "llama")
                    .replace(['.', ' '], "-");
                self.training.push((name, usd));
            }
        }
    }

    fn read_types(&mut self) {
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
        for [
            name,
            family,
            accelerator,
            count,
            memory,
            vcpus,
            mem,
            region,
            usd,
        ] in rows(ACCELERATED, columns)
        {
            if let Some(usd) = number(&usd) {
                self.ec2.insert((name.clone(), region), usd);
            }
            let accelerators = Accelerators {
                maker: maker(&accelerator),
                name: accelerator,
                count: number(&count).unwrap_or(1.0),
                memory_gib: number(&memory).unwrap_or_default(),
            };
            self.add_type(name, family, &vcpus, &mem, Some(accelerators));
        }
        let columns = [
            "instance_type",
            "accelerator",
            "accelerator_count",
            "accel_mem_gib_each",
            "vcpus",
            "mem_gib",
        ];
        for [name, accelerator, count, memory, vcpus, mem] in rows(CAPACITY_BLOCKS, columns) {
            let accelerators = Accelerators {
                maker: maker(&accelerator),
                name: accelerator,
                count: number(&count).unwrap_or(1.0),
                memory_gib: number(&memory).unwrap_or_default(),
            };
            let family = name.split('.').next().unwrap_or_default().to_owned();
            self.add_type(name, family, &vcpus, &mem, Some(accelerators));
        }
        for [name, family, vcpus, mem, usd] in rows(
            CPU,
            [
                "instance_type",
                "family",
                "vcpus",
                "mem_gib",
                "on_demand_usd_hr",
            ],
        ) {
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

trait MapVec {
    fn map_vec(self) -> Vec<Vec<String>>;
}
impl<const N: usize> MapVec for Vec<[String; N]> {
    fn map_vec(self) -> Vec<Vec<String>> {
        self.into_iter().map(Vec::from).collect()
    }
}

fn map_by_pair(text: &str, columns: [&str; 3]) -> HashMap<(String, String), f64> {
    rows(text, columns)
        .into_iter()
        .filter_map(|[a, b, n]| Some(((a, b), number(&n)?)))
        .collect()
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
