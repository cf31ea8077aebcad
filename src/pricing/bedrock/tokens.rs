//! Tokens on demand: by model, region or profile, and tier.
//!
//! Two lists: AWS's own by region (`bedrock_tokens_regional.csv`) and one by scope
//! (`bedrock_tokens.csv`), which also has cache, batch, flex, priority, long-context and image
//! prices.

use super::{
    ids::{ByModel, ModelId},
    names::Names,
    scoped_rates::{Piece, ScopedRate, ScopedRateCsvRow},
    tier::Tier,
};
use crate::{
    domain::{Measured, Usd, region},
    pricing::{
        TokenPrice,
        rate_card::{self, RateCardReader},
    },
};
use std::{collections::HashMap, sync::Arc};

/// A price of a model per image, second or query, not per token.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitItem {
    /// The price of one.
    pub usd: Usd,
    /// The unit: `image`, `video-second-out`, `query`.
    pub unit: Arc<str>,
    /// The list and its date.
    pub source: Arc<str>,
    /// The list has one rate for all regions and none for this one.
    pub estimate: bool,
}

/// Token prices on demand.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Price List: plain id, then region; `true` for global profiles.
    regional: ByModel<HashMap<(String, bool), TokenPrice>>,
    /// Price List, batch: plain id, then region.
    batch: ByModel<HashMap<String, TokenPrice>>,
    /// Custom models on demand: plain id of the base model, then region.
    custom: ByModel<HashMap<String, TokenPrice>>,
    /// One rate a scope: plain id, then scope (`us`, `global`, a region, a tier's word, or empty
    /// for in-region).
    scoped: ByModel<HashMap<String, ScopedRate>>,
    names: Names,
}

#[derive(serde::Deserialize)]
struct Regional {
    model_id: String,
    name: String,
    tier: String,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    input_usd_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    output_usd_per_1k: Option<f64>,
    regions: String,
    source: String,
    as_of: String,
}

impl Tokens {
    pub(crate) fn read(reader: &mut RateCardReader) -> Self {
        let mut tokens = Self::default();
        let mut mantle = Vec::new();
        for row in reader.rows::<ScopedRateCsvRow>(
            "bedrock_tokens.csv",
            include_str!("../cards/bedrock_tokens.csv"),
        ) {
            let id = ModelId::of(&row.model_id);
            let scope = match row.region_scope.as_str() {
                "in-region" => "",
                "latency-optimised" => Tier::LatencyOptimised.words(),
                "public-extended-access" => Tier::ExtendedAccess.words(),
                scope if scope == "global" || scope.starts_with("geo-") => id.scope,
                region => region,
            };
            let rates = row.rates(reader);
            let scopes = tokens.scoped.entry(id.plain);
            match scopes.get_mut(scope) {
                // A row without tokens has further units of the model.
                Some(known) if rates.standard.is_none() => known.add_pieces(rates.pieces),
                Some(_) if row.endpoint != "runtime" => {}
                _ => {
                    scopes.insert(scope.to_owned(), rates);
                }
            }
            if row.endpoint == "mantle" {
                mantle.push((row.name.clone(), id.plain.to_owned()));
            } else {
                tokens.names.learn(&row.name, id.plain);
            }
        }
        tokens.read_regional(reader);
        for (name, id) in &mantle {
            tokens.names.learn_mantle(name, id);
        }
        tokens
    }

    fn read_regional(&mut self, reader: &mut RateCardReader) {
        for row in reader.rows::<Regional>(
            "bedrock_tokens_regional.csv",
            include_str!("../cards/bedrock_tokens_regional.csv"),
        ) {
            self.names.learn(&row.name, &row.model_id);
            let Some(input) = row.input_usd_per_1k else {
                continue;
            };
            let source = reader.share(format!("Bedrock token list {} ({})", row.as_of, row.source));
            let price = self.in_region(&row, input, source);
            for region in row.regions.split_whitespace() {
                let (region, price) = (region.to_owned(), price.clone());
                match row.tier.as_str() {
                    "batch" => self.batch.entry(&row.model_id).insert(region, price),
                    "custom-model" => self.custom.entry(&row.model_id).insert(region, price),
                    tier => self
                        .regional
                        .entry(&row.model_id)
                        .insert((region, tier == "global-profile"), price),
                };
            }
        }
    }

    /// The regional list has no cache prices: each is the same share of the input price as in the
    /// model's in-region row of the scoped list.
    fn in_region(&self, row: &Regional, input: f64, source: Arc<str>) -> TokenPrice {
        let known = self
            .scoped
            .find(&ModelId::of(&row.model_id))
            .and_then(|scopes| scopes.get("")?.standard.as_ref());
        let share = |of: fn(&TokenPrice) -> Option<Usd>| {
            let known = known.filter(|price| row.tier != "batch" && price.input.0 > 0.0)?;
            of(known).map(|usd| usd * (input / known.input.0))
        };
        TokenPrice {
            input: Usd(input),
            output: row.output_usd_per_1k.map(Usd),
            cache_read: share(|price| price.cache_read),
            cache_write: share(|price| price.cache_write),
            cache_write_1h: share(|price| price.cache_write_1h),
            source,
            estimate: false,
        }
    }

    /// The price of `model_id` in `region` at `tier`.
    pub(crate) fn price(&self, model_id: &str, region: &str, tier: Tier) -> Measured<TokenPrice> {
        let id = match ModelId::read(model_id) {
            Measured::Known(id) => id,
            Measured::Unknown(why) => return Measured::Unknown(why),
        };
        let Some(standard) = self.standard(&id, region) else {
            return Measured::unknown(format!("no token price for {model_id} in {region}"));
        };
        let found = match tier {
            Tier::Standard => return Measured::Known(standard),
            Tier::CustomModel => {
                let regions = self.custom.find(&id);
                regions.and_then(|regions| regions.get(region)).cloned()
            }
            Tier::Batch => self.batched(&id, region, &standard),
            Tier::Flex => self
                .row(&id, region, |rates| rates.flex)
                .map(|factor| scaled(&standard, factor, tier)),
            Tier::Priority => self
                .row(&id, region, |rates| rates.priority)
                .map(|factor| scaled(&standard, factor, tier)),
            Tier::LongContext => {
                self.row(&id, region, |rates| rates.long.clone())
                    .map(|(above, input, output)| TokenPrice {
                        source: format!("{}, requests above {above} tokens", standard.source)
                            .into(),
                        // The row of all regions is exact in home regions only.
                        estimate: standard.estimate
                            || !(is_home(region) || self.has_row(&id, region)),
                        ..only(&standard, input, Some(output))
                    })
            }
            Tier::LatencyOptimised | Tier::ExtendedAccess => self
                .scoped
                .find(&id)
                .and_then(|scopes| scopes.get(tier.words())?.standard.clone())
                .map(|price| TokenPrice {
                    estimate: !is_home(region),
                    ..price
                }),
        };
        Measured::or_why(
            found,
            format!("no {} price for {model_id} in {region}", tier.words()),
        )
    }

    fn standard(&self, id: &ModelId, region: &str) -> Option<TokenPrice> {
        let scoped = self.scoped.find(id);
        let regional = self.regional.find(id);
        let of_scope = |scope: &str| scoped.and_then(|scopes| scopes.get(scope)?.standard.clone());
        let of_region = |global: bool| {
            regional
                .and_then(|regions| regions.get(&(region.to_owned(), global)))
                .cloned()
        };
        // One rate for all regions: exact in home regions, an estimate elsewhere, and unused where
        // the regional list has the model.
        let everywhere = || {
            let price = of_scope("").filter(|_| regional.is_none() && is_commercial(region))?;
            if is_home(region) {
                return Some(price);
            }
            let source = format!(
                "{}; one rate for all regions, {region} is not listed by itself",
                price.source
            )
            .into();
            Some(TokenPrice {
                estimate: true,
                source,
                ..price
            })
        };
        match id.scope {
            "" => of_region(false)
                .or_else(|| of_scope(region))
                .or_else(everywhere),
            "global" => {
                of_region(true).or_else(|| of_scope("global").filter(|_| is_commercial(region)))
            }
            // A geographic profile has the price of its source region.
            geo => of_scope(geo)
                .filter(|_| in_scope(geo, region))
                .or_else(|| of_region(false))
                .or_else(|| of_scope(region)),
        }
    }

    /// The scopes whose rows apply to `id` in `region`, most exact first.
    fn order<'a>(id: &ModelId<'a>, region: &'a str) -> impl Iterator<Item = &'a str> {
        let own = (!id.scope.is_empty()).then_some(id.scope);
        own.into_iter().chain([region, ""])
    }

    /// Whether there is a row of exactly this scope or region.
    fn has_row(&self, id: &ModelId, region: &str) -> bool {
        self.scoped.find(id).is_some_and(|scopes| {
            Self::order(id, region).any(|scope| !scope.is_empty() && scopes.contains_key(scope))
        })
    }

    /// The value that `of` reads from the row that applies to `id` in `region`.
    fn row<T>(
        &self,
        id: &ModelId,
        region: &str,
        of: impl Fn(&ScopedRate) -> Option<T>,
    ) -> Option<T> {
        let scopes = self.scoped.find(id)?;
        Self::order(id, region)
            .find_map(|scope| scopes.get(scope))
            .and_then(of)
    }

    fn batched(&self, id: &ModelId, region: &str, standard: &TokenPrice) -> Option<TokenPrice> {
        let listed = self
            .batch
            .find(id)
            .filter(|_| id.scope != "global")
            .and_then(|regions| regions.get(region))
            .cloned();
        listed.or_else(|| {
            let scope = if id.scope.is_empty() && !is_home(region) {
                region
            } else {
                id.scope
            };
            let (input, output) = self.scoped.find(id)?.get(scope)?.batch?;
            Some(only(standard, input, output))
        })
    }

    /// The prices of `model_id` per image, second or query.
    pub(crate) fn pieces(&self, model_id: &str, region: &str) -> Measured<Vec<UnitItem>> {
        let id = match ModelId::read(model_id) {
            Measured::Known(id) => id,
            Measured::Unknown(why) => return Measured::Unknown(why),
        };
        let found = self.scoped.find(&id).and_then(|scopes| {
            Self::order(&id, region).find_map(|scope| {
                let rates = scopes.get(scope)?;
                let piece = |piece: &Piece| UnitItem {
                    usd: piece.usd,
                    unit: piece.unit.clone(),
                    source: piece.source.clone(),
                    estimate: !is_home(region),
                };
                (!rates.pieces.is_empty() && (is_commercial(region) || !scope.is_empty()))
                    .then(|| rates.pieces.iter().map(piece).collect())
            })
        });
        Measured::or_why(
            found,
            format!("no price by the piece for {model_id} in {region}"),
        )
    }

    /// The ids of the models that the bill calls `name`.
    pub(crate) fn called(&self, name: &str) -> &[String] {
        self.names.ids(name)
    }

    /// As [`Tokens::called`], at the `mantle` endpoint.
    pub(crate) fn mantle_model_ids(&self, name: &str) -> &[String] {
        self.names.mantle_ids(name)
    }

    /// The plain ids of all models.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.scoped.ids().chain(self.regional.ids())
    }

    /// The geographic scopes that have a price of their own, `global` included.
    pub(crate) fn scopes(&self, plain: &str) -> Vec<&str> {
        let scopes = self
            .scoped
            .find(&ModelId::of(plain))
            .into_iter()
            .flat_map(HashMap::keys);
        scopes
            .map(String::as_str)
            .filter(|scope| super::ids::is_scope(scope))
            .collect()
    }
}

/// Whether the `in-region` rows of the scoped list give the rates of `region`.
fn is_home(code: &str) -> bool {
    region::find(code).is_some_and(|region| region.is_home)
}

/// Whether `region` belongs to the commercial partition: GovCloud has prices of its own.
fn is_commercial(code: &str) -> bool {
    region::find(code).is_some_and(|region| region.opt_in != region::OptIn::GovCloud)
}

/// Whether requests from `region` may use the geographic profile `scope`.
fn in_scope(scope: &str, code: &str) -> bool {
    region::find(code).is_some_and(|region| region.scopes.contains(&scope))
}

/// `price` with other rates and no cache.
fn only(price: &TokenPrice, input: f64, output: Option<f64>) -> TokenPrice {
    let output = output.filter(|_| price.output.is_some()).map(Usd);
    TokenPrice {
        input: Usd(input),
        output,
        cache_read: None,
        cache_write: None,
        cache_write_1h: None,
        ..price.clone()
    }
}

fn scaled(price: &TokenPrice, factor: f64, tier: Tier) -> TokenPrice {
    let by = |usd: Option<Usd>| usd.map(|usd| usd * factor);
    TokenPrice {
        input: price.input * factor,
        output: by(price.output),
        cache_read: by(price.cache_read),
        cache_write: by(price.cache_write),
        cache_write_1h: by(price.cache_write_1h),
        source: format!("{}, {} x {factor}", price.source, tier.words()).into(),
        estimate: price.estimate,
    }
}
