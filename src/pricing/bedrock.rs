//! Bedrock: tokens on demand and provisioned model units, by model id in any of its spellings.
//!
//! Must not know how many tokens flow.

use super::{Quote, Term, TokenPrice, card::Reader};
use crate::domain::{Reading, Usd, UsdPerHour};
use std::{collections::HashMap, sync::Arc};

/// Prefixes of cross-region inference profiles.
const SCOPES: &[&str] = &["us", "eu", "apac", "jp", "au", "in", "ca", "us-gov", "global"];

/// Regions whose rate the token card's `in-region` rows give.
const HOME: &[&str] = &["us-east-1", "us-west-2"];

/// A model id, taken apart.
struct ModelId<'a> {
    /// `us`, `global`, ...; empty for the plain id.
    scope: &'a str,
    /// Without scope: `anthropic.claude-v2:1:200k`.
    plain: &'a str,
}

impl<'a> ModelId<'a> {
    /// Of an id, an inference-profile id, or the ARN of either.
    fn new(text: &'a str) -> Self {
        let id = text.rsplit('/').next().unwrap_or(text);
        match id.split_once('.') {
            Some((scope, plain)) if SCOPES.contains(&scope) => Self { scope, plain },
            _ => Self { scope: "", plain: id },
        }
    }

    /// The spellings to look up, most exact first: the id, without a context size (`:200k`), without its revision.
    fn spellings(&self) -> impl Iterator<Item = &'a str> {
        let cut = |id: &'a str| id.rsplit_once(':').map(|(left, _)| left);
        let once = cut(self.plain);
        [Some(self.plain), once, once.and_then(cut)].into_iter().flatten()
    }
}

/// Look-up by exact id, else by id without revision where that names one model.
#[derive(Debug)]
struct ByModel<T> {
    exact: HashMap<String, T>,
    /// Id without revision to full id; empty when several share it.
    bare: HashMap<String, String>,
}

impl<T> Default for ByModel<T> {
    fn default() -> Self {
        Self { exact: HashMap::new(), bare: HashMap::new() }
    }
}

impl<T: Default> ByModel<T> {
    fn entry(&mut self, id: &str) -> &mut T {
        if let Some((bare, _)) = id.split_once(':') {
            let full = self.bare.entry(bare.to_owned()).or_insert_with(|| id.to_owned());
            if full != id {
                full.clear();
            }
        }
        self.exact.entry(id.to_owned()).or_default()
    }

    fn find(&self, id: &ModelId) -> Option<&T> {
        id.spellings().find_map(|spelling| self.exact.get(spelling)).or_else(|| {
            let bare = id.plain.split(':').next().unwrap_or(id.plain);
            self.bare.get(bare).and_then(|full| self.exact.get(full))
        })
    }
}

/// Token prices on demand.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Price List: plain id, then region; `true` for global profiles.
    regional: ByModel<HashMap<(String, bool), TokenPrice>>,
    /// One rate a scope: plain id, then scope (`us`, `global`, a region, or empty for in-region).
    scoped: ByModel<HashMap<String, TokenPrice>>,
}

#[derive(serde::Deserialize)]
struct Regional {
    model_id: String,
    tier: String,
    input_usd_per_1k: Option<f64>,
    output_usd_per_1k: Option<f64>,
    regions: String,
    source: String,
    as_of: String,
}

#[derive(serde::Deserialize)]
struct Scoped {
    model_id: String,
    region_scope: String,
    endpoint: String,
    input_usd_per_1k: Option<f64>,
    output_usd_per_1k: Option<f64>,
    cache_read_per_1k: Option<f64>,
    cache_write_per_1k: Option<f64>,
    source: String,
    as_of: String,
}

impl Tokens {
    pub fn read(reader: &mut Reader) -> Self {
        let mut tokens = Self::default();
        for row in reader.rows::<Scoped>("bedrock_tokens.csv", include_str!("cards/bedrock_tokens.csv")) {
            let Some(input) = row.input_usd_per_1k else { continue };
            let id = ModelId::new(&row.model_id);
            let scope = match row.region_scope.as_str() {
                "in-region" => "",
                "latency-optimised" | "public-extended-access" => continue,
                scope if scope == "global" || scope.starts_with("geo-") => id.scope,
                region => region,
            };
            let source = reader.share(format!("Bedrock token list {} ({})", row.as_of, row.source));
            let price = TokenPrice {
                input: Usd(input),
                output: row.output_usd_per_1k.map(Usd),
                cache_read: row.cache_read_per_1k.map(Usd),
                cache_write: row.cache_write_per_1k.map(Usd),
                source,
                estimate: false,
            };
            let scopes = tokens.scoped.entry(id.plain);
            if row.endpoint == "runtime" || !scopes.contains_key(scope) {
                scopes.insert(scope.to_owned(), price);
            }
        }
        tokens.read_regional(reader);
        tokens
    }

    fn read_regional(&mut self, reader: &mut Reader) {
        for row in reader.rows::<Regional>("bedrock_tokens_regional.csv", include_str!("cards/bedrock_tokens_regional.csv")) {
            let Some(input) = row.input_usd_per_1k.filter(|_| row.tier != "batch") else { continue };
            let source = reader.share(format!("Bedrock token list {} ({})", row.as_of, row.source));
            for region in row.regions.split_whitespace() {
                let cached = self.scoped.find(&ModelId::new(&row.model_id)).and_then(|scopes| scopes.get(""));
                // The regional list has no cache prices: they follow the model's own share of its input price.
                let share = |of: fn(&TokenPrice) -> Option<Usd>| {
                    cached.and_then(|price| of(price).map(|usd| usd * (input / price.input.0))).filter(|usd| usd.0.is_finite())
                };
                let price = TokenPrice {
                    input: Usd(input),
                    output: row.output_usd_per_1k.map(Usd),
                    cache_read: share(|price| price.cache_read),
                    cache_write: share(|price| price.cache_write),
                    source: source.clone(),
                    estimate: false,
                };
                self.regional.entry(&row.model_id).insert((region.to_owned(), row.tier == "global-profile"), price);
            }
        }
    }

    pub fn price(&self, model_id: &str, region: &str) -> Reading<TokenPrice> {
        let id = ModelId::new(model_id);
        let scoped = self.scoped.find(&id);
        let regional = self.regional.find(&id);
        let of_scope = |scope: &str| scoped.and_then(|scopes| scopes.get(scope)).cloned();
        let of_region = |global: bool| regional.and_then(|regions| regions.get(&(region.to_owned(), global))).cloned();
        let found = match id.scope {
            "" => of_region(false).or_else(|| of_scope(region)).or_else(|| {
                // One rate for all regions: exact at home, an estimate elsewhere, and nothing where the regional list says otherwise.
                let price = of_scope("").filter(|_| regional.is_none() || HOME.contains(&region))?;
                Some(TokenPrice { estimate: !HOME.contains(&region), ..price })
            }),
            "global" => of_region(true).or_else(|| of_scope("global")),
            // A geographic profile costs what its source region costs.
            geo => of_scope(geo).or_else(|| of_region(false)),
        };
        Reading::or_why(found, format!("no token price for {model_id} in {region}"))
    }
}

/// Provisioned throughput: a model-unit hour by term.
#[derive(Debug, Default)]
pub(super) struct Units(ByModel<HashMap<(String, Term), Quote>>);

#[derive(serde::Deserialize)]
struct Unit {
    model_id: String,
    regions: String,
    no_commit_usd_mu_hr: Option<f64>,
    commit_1mo_usd_mu_hr: Option<f64>,
    commit_6mo_usd_mu_hr: Option<f64>,
    source: String,
    as_of: String,
}

impl Units {
    pub fn read(reader: &mut Reader) -> Self {
        let mut units = Self::default();
        for row in reader.rows::<Unit>("bedrock_provisioned.csv", include_str!("cards/bedrock_provisioned.csv")) {
            let terms = [
                (Term::NoCommitment, row.no_commit_usd_mu_hr),
                (Term::OneMonth, row.commit_1mo_usd_mu_hr),
                (Term::SixMonths, row.commit_6mo_usd_mu_hr),
            ];
            for (term, usd) in terms {
                let Some(usd) = usd else { continue };
                let source: Arc<str> =
                    reader.share(format!("Bedrock provisioned throughput, {}, list {} ({})", term.words(), row.as_of, row.source));
                let quote = Quote { unit: UsdPerHour(usd), source, estimate: false };
                for region in row.regions.split_whitespace() {
                    units.0.entry(&row.model_id).insert((region.to_owned(), term), quote.clone());
                }
            }
        }
        units
    }

    pub fn quote(&self, model_id: &str, term: Term, region: &str) -> Reading<Quote> {
        let found = self.0.find(&ModelId::new(model_id)).and_then(|terms| terms.get(&(region.to_owned(), term))).cloned();
        Reading::or_why(found, format!("no model-unit price for {model_id} in {region} ({})", term.words()))
    }
}
