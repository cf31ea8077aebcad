//! Rates that the user set by hand: `[[price]]` of the configuration. They override every card.

use super::{Component, Quote, Term, TokenPrice, bedrock::plain, rate_card::price_problem};
use crate::domain::{Usd, UsdPerHour};
use serde::Deserialize;

/// The subject of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverrideTarget {
    /// An EC2 instance on demand, by the hour.
    Ec2,
    /// An EC2 instance on the spot market, by the hour.
    Spot,
    /// An EC2 instance in a Capacity Block, by the hour.
    CapacityBlock,
    /// Any part of SageMaker, by the hour.
    Sagemaker,
    /// Real-time endpoints of SageMaker.
    Hosting,
    /// Notebook instances.
    Notebook,
    /// Studio apps.
    Studio,
    /// Training jobs.
    Training,
    /// Processing jobs.
    Processing,
    /// Batch transform jobs.
    Transform,
    /// HyperPod clusters.
    Cluster,
    /// Tokens of a Bedrock model on demand, per 1,000.
    Tokens,
    /// A provisioned model unit, by the hour.
    ModelUnit,
}

impl OverrideTarget {
    fn covers(self, component: Component) -> bool {
        match self {
            Self::Sagemaker => true,
            Self::Hosting => component == Component::Hosting,
            Self::Notebook => component == Component::Notebook,
            Self::Studio => component == Component::Studio,
            Self::Training => component == Component::Training,
            Self::Processing => component == Component::Processing,
            Self::Transform => component == Component::Transform,
            Self::Cluster => component == Component::Cluster,
            Self::Ec2 | Self::Spot | Self::CapacityBlock | Self::Tokens | Self::ModelUnit => false,
        }
    }
}

/// The commitment of a model unit, in the configuration's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TermWord {
    None,
    #[serde(rename = "1-month")]
    OneMonth,
    #[serde(rename = "6-months")]
    SixMonths,
}

/// One rate, set by hand.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Entry")]
pub struct Override {
    of: OverrideTarget,
    name: String,
    region: Option<String>,
    term: Option<Term>,
    rate: Rate,
}

#[derive(Clone, Debug, PartialEq)]
enum Rate {
    Hour(f64),
    Tokens {
        input: f64,
        output: Option<f64>,
        cache_read: Option<f64>,
        cache_write: Option<f64>,
    },
}

/// An entry as the configuration file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// What the price is for.
    #[serde(rename = "for")]
    of: OverrideTarget,
    /// Instance type or model id.
    name: String,
    /// Region of the price. Default: every region.
    region: Option<String>,
    /// Commitment of a model unit.
    term: Option<TermWord>,
    /// US dollars per hour.
    usd_per_hour: Option<f64>,
    /// US dollars per 1,000 input tokens.
    input: Option<f64>,
    /// US dollars per 1,000 output tokens.
    output: Option<f64>,
    /// US dollars per 1,000 tokens read from the prompt cache.
    cache_read: Option<f64>,
    /// US dollars per 1,000 tokens written to the prompt cache.
    cache_write: Option<f64>,
}

impl From<TermWord> for Term {
    fn from(word: TermWord) -> Self {
        match word {
            TermWord::None => Self::NoCommitment,
            TermWord::OneMonth => Self::OneMonth,
            TermWord::SixMonths => Self::SixMonths,
        }
    }
}

fn check_region(region: Option<&str>) -> Result<(), String> {
    match region.filter(|region| !super::usage_type_region::exists(region)) {
        Some(region) => Err(format!(
            "`{region}` is not a region: expected one like `us-east-1`, or no `region` for all"
        )),
        None => Ok(()),
    }
}

impl TryFrom<Entry> for Override {
    type Error = String;
    fn try_from(entry: Entry) -> Result<Self, String> {
        let Entry {
            of,
            name,
            region,
            term,
            usd_per_hour,
            input,
            output,
            cache_read,
            cache_write,
        } = entry;
        let by_token = [
            ("input", input),
            ("output", output),
            ("cache_read", cache_read),
            ("cache_write", cache_write),
        ];
        let mut prices = by_token.into_iter().chain([("usd_per_hour", usd_per_hour)]);
        // Zero is the price of usage that a contract includes.
        let problem = |usd: f64| (usd != 0.0).then(|| price_problem(usd)).flatten();
        if let Some((key, problem)) = prices.find_map(|(key, usd)| Some((key, problem(usd?)?))) {
            return Err(format!("{key} of `{name}`: {problem}, or 0"));
        }
        check_region(region.as_deref())?;
        if term.is_some() && of != OverrideTarget::ModelUnit {
            let target = "expected one only for = \"model-unit\"";
            return Err(format!("`{name}` has a `term`: {target}"));
        }
        let rate = match (of, usd_per_hour, input) {
            (OverrideTarget::Tokens, None, Some(input)) => Ok(Rate::Tokens {
                input,
                output,
                cache_read,
                cache_write,
            }),
            (OverrideTarget::Tokens, ..) => Err(format!(
                "tokens of `{name}` need `input` (and `output`), US dollars per 1,000 tokens, and \
                 no `usd_per_hour`"
            )),
            (_, Some(usd), _) if by_token.iter().all(|(_, usd)| usd.is_none()) => {
                Ok(Rate::Hour(usd))
            }
            _ => Err(format!(
                "`{name}` needs `usd_per_hour` and no price of tokens"
            )),
        }?;
        Ok(Self {
            of,
            name,
            region,
            term: term.map(Term::from),
            rate,
        })
    }
}

/// All overrides. The later one wins.
#[derive(Clone, Debug, Default)]
pub(super) struct Overrides(Vec<Override>);

impl Overrides {
    pub(super) fn new(all: Vec<Override>) -> Self {
        Self(all)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn hour(&self, region: &str, wanted: impl Fn(&Override) -> bool) -> Option<Quote> {
        let in_place = |one: &&Override| one.region.as_deref().is_none_or(|at| at == region);
        let found = self
            .0
            .iter()
            .rev()
            .filter(in_place)
            .find(|one| wanted(one))?;
        match found.rate {
            Rate::Hour(usd) => Some(Quote {
                unit: UsdPerHour(usd),
                source: SOURCE.into(),
                estimate: false,
            }),
            Rate::Tokens { .. } => None,
        }
    }

    pub(super) fn instance(&self, of: OverrideTarget, ty: &str, region: &str) -> Option<Quote> {
        self.hour(region, |one| one.of == of && one.name == ty)
    }

    pub(super) fn sagemaker(
        &self,
        ml_type: &str,
        component: Component,
        region: &str,
    ) -> Option<Quote> {
        let bare = |name: &str| name.strip_prefix("ml.").unwrap_or(name).to_owned();
        let ty = bare(ml_type);
        self.hour(region, |one| {
            one.of.covers(component) && bare(&one.name) == ty
        })
    }

    pub(super) fn model_unit(&self, model: &str, term: Term, region: &str) -> Option<Quote> {
        let model = model.rsplit('/').next().unwrap_or(model);
        self.hour(region, |one| {
            one.of == OverrideTarget::ModelUnit
                && one.name == model
                && one.term.is_none_or(|at| at == term)
        })
    }

    /// The token price of `model` with the configured rates in place of the `listed` ones. A plain
    /// id also sets the geographic profiles of the model, which share its rate, and not the global
    /// one.
    pub(super) fn tokens(
        &self,
        model: &str,
        region: &str,
        listed: Option<&TokenPrice>,
    ) -> Option<TokenPrice> {
        let model = model.rsplit('/').next().unwrap_or(model);
        let meant = |one: &&Override| {
            one.of == OverrideTarget::Tokens
                && one.region.as_deref().is_none_or(|at| at == region)
                && (one.name == model || !model.starts_with("global.") && one.name == plain(model))
        };
        let Rate::Tokens {
            input,
            output,
            cache_read,
            cache_write,
        } = self.0.iter().rev().find(meant)?.rate
        else {
            return None;
        };
        Some(TokenPrice {
            input: Usd(input),
            output: output.map(Usd).or_else(|| listed?.output),
            cache_read: cache_read.map(Usd).or_else(|| listed?.cache_read),
            cache_write: cache_write.map(Usd).or_else(|| listed?.cache_write),
            cache_write_1h: listed.and_then(|listed| listed.cache_write_1h),
            source: SOURCE.into(),
            estimate: false,
        })
    }
}

const SOURCE: &str = "set in the configuration";
