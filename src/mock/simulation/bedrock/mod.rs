//! Bedrock: provisioned throughput and on-demand models.

mod throughput;

use super::{ModelJobState, Simulation, Timeline, Work, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        load_shape::Load,
        price_facts::{Facts, Tier, TokenRates},
    },
};

/// The commitment of a provisioned throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Commitment {
    /// By the hour; it can be deleted at any time.
    None,
    /// 30 days, renewed until deleted.
    OneMonth,
    /// 180 days, renewed until deleted.
    SixMonths,
}

impl Commitment {
    /// `commitmentDuration`; absent without commitment.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::OneMonth => Some("OneMonth"),
            Self::SixMonths => Some("SixMonths"),
        }
    }
    /// Its length in months as the price list has it.
    pub fn months(self) -> u8 {
        match self {
            Self::None => 0,
            Self::OneMonth => 1,
            Self::SixMonths => 6,
        }
    }
}

/// A provisioned throughput's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThroughputState {
    /// Creating.
    Creating,
    /// Billed and serving.
    InService,
    /// Updating its model.
    Updating,
    /// Failed to be created.
    Failed,
    /// Deleted: not listed.
    Gone,
}

impl ThroughputState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::InService => "InService",
            Self::Updating => "Updating",
            Self::Failed => "Failed",
            Self::Gone => "Deleted",
        }
    }
}

/// A provisioned throughput.
#[derive(Clone, Debug)]
pub struct Throughput {
    /// Its name.
    pub name: String,
    /// `arn:aws:bedrock:...:provisioned-model/<id>`
    pub arn: String,
    /// The last part of the ARN.
    pub id: String,
    /// Region code.
    pub region: String,
    /// Model id: `anthropic.claude-v2:1`.
    pub model: String,
    /// ARN of the foundation model.
    pub base_arn: String,
    /// `modelArn` at purchase: the foundation model's, or that of a custom model.
    pub bought_for: String,
    /// Later models, and when each replaced the previous one.
    pub swaps: Vec<(Timestamp, String)>,
    /// The name of the custom model at purchase.
    pub custom: Option<String>,
    /// Model units.
    pub units: u32,
    /// Its commitment.
    pub commitment: Commitment,
    /// End of the running term; `None` without commitment.
    pub commitment_ends: Option<Timestamp>,
    /// When it was purchased.
    pub created: Timestamp,
    /// `lastModifiedTime`
    pub modified: Timestamp,
    /// Its state over time.
    pub life: Timeline<ThroughputState>,
    /// Share of its capacity used, percent.
    pub used: Load,
    /// Input tokens per minute that one model unit can take.
    pub tokens_per_minute: f64,
    /// Output tokens per input token.
    pub output_share: f64,
    /// Input tokens per request.
    pub request_tokens: f64,
    /// Tags.
    pub tags: Tags,
}

impl Throughput {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> ThroughputState {
        self.life.value(now)
    }

    /// `modelArn`: the model that serves at `now`.
    pub fn serves(&self, now: Timestamp) -> &str {
        self.swaps
            .iter()
            .rfind(|(at, _)| *at <= now)
            .map_or(&self.bought_for, |(_, arn)| arn)
    }

    /// `desiredModelArn`
    pub fn desired(&self) -> &str {
        self.swaps.last().map_or(&self.bought_for, |(_, arn)| arn)
    }
}

/// A model made by a customization.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomModel {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Id of its base model.
    pub base: String,
    /// When it was created.
    pub created: Timestamp,
}

/// Use of a model on demand, in one region, by one caller-given model id.
#[derive(Clone, Debug)]
pub struct ModelUse {
    /// The id in the calls: `us.anthropic.claude-sonnet-4-5-...`.
    pub model: String,
    /// Region code, where the calls are made.
    pub region: String,
    /// Requests per minute.
    pub requests: Load,
    /// Input tokens per request, cached ones not counted.
    pub input_tokens: f64,
    /// Factor on the input tokens over time (prompts that grow), 1 by default.
    pub growth: Load,
    /// Output tokens per request.
    pub output_tokens: f64,
    /// Cached input tokens read per request, beside the input tokens.
    pub cache_read_tokens: f64,
    /// Input tokens written to the cache per request, beside the input tokens.
    pub cache_write_tokens: f64,
    /// Shares of the input tokens that are read from the cache and written to it instead, 0 to 1.
    pub cached: (f64, f64),
    /// The service tier.
    pub tier: Tier,
    /// The application inference profile it is called through: an index into the profiles.
    pub profile: Option<usize>,
    /// `ModelId` of its metrics: the model's id, or that of the application profile.
    pub metric_id: String,
    /// Mean latency of a request, milliseconds.
    pub latency_ms: f64,
    /// Share of requests throttled when it peaks, 0 to 1.
    pub throttled: f64,
    /// Its prices; `None` when the list has none, so that its tokens are not in the bill.
    pub rates: Option<TokenRates>,
    /// The service line in Cost Explorer.
    pub service: String,
    /// The model's part of the usage type: `Claude4.5Sonnet`.
    pub usage_name: String,
}

impl ModelUse {
    /// Input, output, cache-read and cache-write tokens of a request at `t`.
    pub fn tokens_of_request(&self, t: Timestamp) -> [f64; 4] {
        let input = self.input_tokens * self.growth.at(t);
        let (read, write) = self.cached;
        [
            input * (1.0 - read - write),
            self.output_tokens,
            input * read + self.cache_read_tokens,
            input * write + self.cache_write_tokens,
        ]
    }
}

/// An application inference profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Twelve letters and digits.
    pub id: String,
    /// `arn:aws:bedrock:...:application-inference-profile/<id>`
    pub arn: String,
    /// Region code.
    pub region: String,
    /// The id of its source: a model, or a cross-region profile.
    pub model: String,
    /// When it was created.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// A foundation model of `ListFoundationModels`.
#[derive(Clone, Debug)]
pub struct FoundationModel {
    /// Model id.
    pub id: String,
    /// ARN in the requested region.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `Anthropic`, `Amazon`, ...
    pub provider: String,
    /// `inferenceTypesSupported`: `ON_DEMAND`, `PROVISIONED`.
    pub inference_types: Vec<&'static str>,
    /// Output modality: `TEXT`, `IMAGE`, `EMBEDDING`.
    pub output: &'static str,
    /// Superseded: lifecycle `LEGACY`.
    pub legacy: bool,
}

impl Simulation {
    /// The custom models of a region: those of provisioned throughputs, and those that
    /// customizations created.
    pub fn custom_models(&self, region: &str, now: Timestamp) -> Vec<CustomModel> {
        let mut models: Vec<CustomModel> = Vec::new();
        for one in self
            .throughputs
            .iter()
            .filter(|one| one.region == region && one.created <= now)
        {
            if let Some(name) = &one.custom {
                let arn = one.bought_for.clone();
                models.push(CustomModel {
                    name: name.clone(),
                    arn,
                    base: one.model.clone(),
                    created: after(one.created, -86_400.0),
                });
            }
        }
        for job in self
            .model_jobs
            .iter()
            .filter(|job| job.region == region && job.state(now) == ModelJobState::Completed)
        {
            if let Work::Customization { output, .. } = &job.work {
                let id = job.arn.rsplit('/').next().unwrap_or_default();
                let arn = format!(
                    "arn:aws:bedrock:{region}:{}:custom-model/{}/{id}",
                    self.account.id, job.model
                );
                models.push(CustomModel {
                    name: output.clone(),
                    arn,
                    base: job.model.clone(),
                    created: job.created,
                });
            }
        }
        models.sort_by(|a, b| a.arn.cmp(&b.arn));
        models.dedup_by(|a, b| a.arn == b.arn);
        models
    }

    /// The foundation models of a region.
    pub fn foundation_models(&self, region: &str) -> Vec<FoundationModel> {
        Facts::get()
            .models()
            .map(|(id, provider, name)| {
                let provisioned = [0, 1, 6]
                    .iter()
                    .any(|months| Facts::get().model_unit(id, *months, region).is_some());
                FoundationModel {
                    arn: format!("arn:aws:bedrock:{region}::foundation-model/{id}"),
                    id: id.to_owned(),
                    name: name.to_owned(),
                    provider: provider.to_owned(),
                    inference_types: if provisioned {
                        vec!["ON_DEMAND", "PROVISIONED"]
                    } else {
                        vec!["ON_DEMAND"]
                    },
                    output: match id {
                        id if id.contains("embed") => "EMBEDDING",
                        id if id.contains("image")
                            || id.contains("canvas")
                            || id.contains("stable-") =>
                        {
                            "IMAGE"
                        }
                        _ => "TEXT",
                    },
                    legacy: [
                        "claude-v2",
                        "claude-instant",
                        "titan-text",
                        ".j2-",
                        "llama2",
                        "command-text",
                    ]
                    .iter()
                    .any(|old| id.contains(old)),
                }
            })
            .collect()
    }
}

impl Commitment {
    /// The end of the term that runs at `now` for a purchase at `bought`: terms follow one another
    /// until it is deleted.
    pub fn term_end(self, bought: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::None => return None,
            Self::OneMonth => 30.0,
            Self::SixMonths => 180.0,
        };
        let term = days * 86_400.0;
        let terms = (now.duration_since(bought).as_secs_f64() / term)
            .floor()
            .max(0.0)
            + 1.0;
        Some(after(bought, terms * term))
    }
}
