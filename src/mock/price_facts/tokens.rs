//! Token prices by region, scope and tier: the regional list first, then the list by scope.

use super::{
    Facts, TokenRates,
    load::{number, rows},
};
use std::collections::HashMap;

const SCOPED: &str = include_str!("../../pricing/cards/bedrock_tokens.csv");
const REGIONAL: &str = include_str!("../../pricing/cards/bedrock_tokens_regional.csv");

/// The service tier, which changes the price of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// The default tier.
    #[default]
    Standard,
    /// Batch inference, at a discount.
    Batch,
    /// Flexible latency, at a discount.
    Flex,
    /// Lower latency, at a surcharge.
    Priority,
}

impl Tier {
    /// The word in usage types, `ServiceTier` and scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
        }
    }
}

/// A row of the list by scope.
#[derive(Clone, Debug)]
struct Row {
    rates: TokenRates,
    batch: Option<(f64, f64)>,
    flex: Option<f64>,
    priority: Option<f64>,
}

/// Token prices: by id and scope, and by plain id, region and tier.
#[derive(Debug, Default)]
pub(super) struct TokenLists {
    scoped: HashMap<(String, String), Row>,
    regional: HashMap<(String, String, String), (f64, f64)>,
}

impl TokenLists {
    pub(super) fn read() -> Self {
        let mut lists = Self::default();
        lists.read_scoped();
        lists.read_regional();
        lists
    }

    fn read_scoped(&mut self) {
        let columns = [
            "model_id",
            "region_scope",
            "input_usd_per_1k",
            "output_usd_per_1k",
            "cache_read_per_1k",
            "cache_write_per_1k",
            "batch_input_per_1k",
            "batch_output_per_1k",
            "flex_multiplier",
            "priority_multiplier",
        ];
        for row in rows(SCOPED, columns) {
            let [
                id,
                scope,
                input,
                output,
                read,
                write,
                batch_input,
                batch_output,
                flex,
                priority,
            ] = row;
            let Some(input) = number(&input) else {
                continue;
            };
            let rates = TokenRates {
                input,
                output: number(&output).unwrap_or_default(),
                cache_read: number(&read).unwrap_or(input),
                cache_write: number(&write).unwrap_or(input),
            };
            // Embeddings have no output.
            let batch = number(&batch_input)
                .map(|input| (input, number(&batch_output).unwrap_or_default()));
            let row = Row {
                rates,
                batch,
                flex: number(&flex),
                priority: number(&priority),
            };
            self.scoped.entry((id, scope)).or_insert(row);
        }
    }

    fn read_regional(&mut self) {
        let columns = [
            "model_id",
            "tier",
            "input_usd_per_1k",
            "output_usd_per_1k",
            "regions",
        ];
        for [id, tier, input, output, regions] in rows(REGIONAL, columns) {
            let Some(input) = number(&input) else {
                continue;
            };
            for region in regions.split_whitespace() {
                self.regional.insert(
                    (id.clone(), region.to_owned(), tier.clone()),
                    (input, number(&output).unwrap_or_default()),
                );
            }
        }
    }

    /// The row of the list by scope that is most specific for `id` in `region`.
    fn row(&self, id: &str, region: &str) -> Option<&Row> {
        let (scope, plain) = parts(id);
        let own = |id: &str, scope: &str| self.scoped.get(&(id.to_owned(), scope.to_owned()));
        let profile = match scope {
            "" => None,
            "global" => own(id, "global"),
            geo => own(id, &format!("geo-{geo}")),
        };
        profile
            .or_else(|| own(plain, region))
            .or_else(|| own(plain, "in-region"))
            .or_else(|| own(id, "in-region"))
    }

    fn standard(&self, id: &str, region: &str) -> Option<TokenRates> {
        let (scope, plain) = parts(id);
        let row = self.row(id, region);
        let profiled = !scope.is_empty() && self.scoped.keys().any(|(own, _)| own == id);
        let tier = if scope == "global" {
            "global-profile"
        } else {
            "on-demand"
        };
        let listed = self
            .regional
            .get(&(plain.to_owned(), region.to_owned(), tier.to_owned()));
        // A profile's own row takes precedence; the regional list has no rows by geography.
        let Some((input, output)) = listed.filter(|_| scope == "global" || !profiled) else {
            return row.map(|row| row.rates);
        };
        // It has no cache prices either: they keep their share of the input price.
        let share = row.map_or(
            TokenRates {
                input: 1.0,
                cache_read: 1.0,
                cache_write: 1.0,
                ..TokenRates::default()
            },
            |row| row.rates,
        );
        let factor = if share.input > 0.0 {
            input / share.input
        } else {
            1.0
        };
        Some(TokenRates {
            input: *input,
            output: *output,
            cache_read: share.cache_read * factor,
            cache_write: share.cache_write * factor,
        })
    }
}

/// `us` and `amazon.nova-pro-v1:0`.
fn parts(id: &str) -> (&str, &str) {
    let scopes = [
        "us", "eu", "apac", "jp", "au", "in", "ca", "us-gov", "global",
    ];
    id.split_once('.')
        .filter(|(scope, _)| scopes.contains(scope))
        .unwrap_or(("", id))
}

impl Facts {
    /// Dollars per 1,000 tokens of a model or inference profile id, called in `region` at `tier`;
    /// `None` where no list has it.
    pub fn token_rates(&self, id: &str, region: &str, tier: Tier) -> Option<TokenRates> {
        let lists = &self.token_lists;
        let standard = lists.standard(id, region).or_else(|| self.tokens(id))?;
        let row = lists.row(id, region);
        let times = |factor: f64| TokenRates {
            input: standard.input * factor,
            output: standard.output * factor,
            cache_read: standard.cache_read * factor,
            cache_write: standard.cache_write * factor,
        };
        match tier {
            Tier::Standard => Some(standard),
            Tier::Flex => row?.flex.map(times),
            Tier::Priority => row?.priority.map(times),
            Tier::Batch => {
                let (scope, plain) = parts(id);
                let listed = lists
                    .regional
                    .get(&(plain.to_owned(), region.to_owned(), "batch".to_owned()))
                    .copied();
                let (input, output) = listed
                    .filter(|_| scope != "global")
                    .or_else(|| row?.batch)?;
                Some(TokenRates {
                    input,
                    output,
                    cache_read: input,
                    cache_write: input,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_rates_depend_on_region_scope_and_tier() {
        let facts = Facts::get();
        let sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
        let input = |id: &str, region: &str, tier| {
            facts.token_rates(id, region, tier).map(|rates| rates.input)
        };
        let global = input(&format!("global.{sonnet}"), "us-east-1", Tier::Standard).unwrap();
        let here = input(&format!("us.{sonnet}"), "us-east-1", Tier::Standard).unwrap();
        assert!(
            (global - 0.003).abs() < 1e-9 && (here - 0.003_3).abs() < 1e-9,
            "{global} {here}"
        );
        let nova = "amazon.nova-pro-v1:0";
        assert_eq!(input(nova, "us-east-1", Tier::Standard), Some(0.000_8));
        assert_eq!(input(nova, "us-east-1", Tier::Batch), Some(0.000_4));
        let priority = input(nova, "us-east-1", Tier::Priority).unwrap();
        let flex = input(nova, "us-east-1", Tier::Flex).unwrap();
        assert!(
            (priority - 0.001_4).abs() < 1e-9 && (flex - 0.000_4).abs() < 1e-9,
            "{priority} {flex}"
        );
        assert_eq!(input("no.such-model", "us-east-1", Tier::Standard), None);
    }
}
