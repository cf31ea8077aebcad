//! All rate cards together: read once, with hash lookups.

use super::{
    CardError, CardFacts, Component, Quote, ReservedRate, StorageKind, Term, Tier, TokenPrice,
    TypeSpec, UnitItem,
    addons::{Addons, BedrockAddon, PriceChange, TrainingPrice},
    bedrock::{Reserved, Tokens, Units},
    ec2::Ec2,
    overrides::{Override, OverrideTarget, Overrides},
    rate_card::RateCardReader,
    sagemaker::SageMaker,
    serverless_use::ServerlessUse,
    storage::StoragePrices,
};
use crate::domain::{
    Measured, UsdPerHour,
    evidence::{AdjacentType, AdjacentTypes},
};
use std::{collections::BTreeSet, path::Path, sync::LazyLock};

static EMBEDDED: LazyLock<Prices> = LazyLock::new(|| Prices::read(None, Vec::new()));

/// The list prices: USD, Linux, shared tenancy, before tax, discounts and credits.
#[derive(Debug)]
pub struct Prices {
    ec2: Ec2,
    sagemaker: SageMaker,
    tokens: Tokens,
    units: Units,
    reserved: Reserved,
    other: StoragePrices,
    extras: Addons,
    overrides: Overrides,
    cards: Vec<CardFacts>,
    errors: Vec<CardError>,
}

impl Prices {
    /// The cards built into the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The embedded cards, overridden by the user's copies in `folder`, overridden by `overrides`.
    /// Called once a run: it lives as long as the program. [`Prices::errors`] reports a bad row of
    /// a copy, and the embedded row applies.
    pub fn load(folder: Option<&Path>, overrides: Vec<Override>) -> &'static Self {
        Box::leak(Box::new(Self::read(folder, overrides)))
    }

    fn read(folder: Option<&Path>, overrides: Vec<Override>) -> Self {
        let mut reader = RateCardReader::with_override_folder(folder.map(Path::to_owned));
        Self {
            ec2: Ec2::read(&mut reader),
            sagemaker: SageMaker::read(&mut reader),
            tokens: Tokens::read(&mut reader),
            units: Units::read(&mut reader),
            reserved: Reserved::read(&mut reader),
            other: StoragePrices::read(&mut reader),
            extras: Addons::read(&mut reader),
            overrides: Overrides::new(overrides),
            cards: reader.cards,
            errors: reader.errors,
        }
    }

    /// On-demand price of an instance of `ty` in `region`.
    pub fn ec2(&self, ty: &str, region: &str) -> Measured<Quote> {
        self.overrides
            .instance(OverrideTarget::Ec2, ty, region)
            .map_or_else(|| self.ec2.on_demand(ty, region), Measured::Known)
    }

    /// The families of the EC2 types with accelerators that the cards have: `p5en`.
    pub fn accelerated_families(&self) -> BTreeSet<&str> {
        self.ec2.accelerated_families()
    }

    /// Capacity-block price of an instance of `ty` in `region`; paid in advance.
    pub fn capacity_block(&self, ty: &str, region: &str) -> Measured<Quote> {
        self.overrides
            .instance(OverrideTarget::CapacityBlock, ty, region)
            .map_or_else(|| self.ec2.capacity_block(ty, region), Measured::Known)
    }

    /// An indication of the spot price of an instance of `ty` in `region`; always an estimate.
    pub fn spot(&self, ty: &str, region: &str) -> Measured<Quote> {
        self.overrides
            .instance(OverrideTarget::Spot, ty, region)
            .map_or_else(|| self.ec2.spot(ty, region), Measured::Known)
    }

    /// Price of `ml_type` (with or without `ml.`) in one part of SageMaker.
    pub fn sagemaker(&self, ml_type: &str, component: Component, region: &str) -> Measured<Quote> {
        let own = self.overrides.sagemaker(ml_type, component, region);
        own.map_or_else(
            || self.sagemaker.quote(&self.ec2, ml_type, component, region),
            Measured::Known,
        )
    }

    /// Price of one provisioned model unit for an hour. `model_id` may be an id or a
    /// foundation-model ARN.
    pub fn model_unit(&self, model_id: &str, term: Term, region: &str) -> Measured<Quote> {
        self.overrides
            .model_unit(model_id, term, region)
            .map_or_else(|| self.units.quote(model_id, term, region), Measured::Known)
    }

    /// The lowest price of any model unit for an hour of `term`: the minimum of an unknown price.
    pub fn lowest_model_unit(&self, term: Term) -> Option<UsdPerHour> {
        self.units.lowest(term)
    }

    /// On-demand token price. `model_id` may be an id, an inference-profile id or the ARN of
    /// either.
    pub fn tokens(&self, model_id: &str, region: &str) -> Measured<TokenPrice> {
        self.token_tier(model_id, region, Tier::Standard)
    }

    /// Token price of `model_id` (as in [`Prices::tokens`]) in `region` at `tier`.
    pub fn token_tier(&self, model_id: &str, region: &str, tier: Tier) -> Measured<TokenPrice> {
        let listed = self.tokens.price(model_id, region, tier);
        let own = (tier == Tier::Standard)
            .then(|| self.overrides.tokens(model_id, region, listed.known()))
            .flatten();
        own.map_or(listed, Measured::Known)
    }

    /// The prices of `model_id` per image, second of video or query.
    pub fn pieces(&self, model_id: &str, region: &str) -> Measured<Vec<UnitItem>> {
        self.tokens.pieces(model_id, region)
    }

    /// The ids of the models that the bill calls `name` (`NovaPro`, `Claude Sonnet 4.5`).
    pub fn called(&self, name: &str) -> &[String] {
        self.tokens.called(name)
    }

    /// As [`Prices::called`], for the `mantle` endpoint, which sells some models at rates of its
    /// own.
    pub fn mantle_model_ids(&self, name: &str) -> &[String] {
        self.tokens.mantle_model_ids(name)
    }

    /// Price of 1,000 reserved tokens per minute for an hour.
    pub fn reserved(&self, model_id: &str, term: Term) -> Measured<ReservedRate> {
        self.reserved.rate(model_id, term)
    }

    /// Price of an hour of request time of a serverless endpoint with `memory_mb`.
    pub fn serverless(&self, memory_mb: u32, region: &str) -> Measured<Quote> {
        self.serverless_use(ServerlessUse::Requests, memory_mb, region)
    }

    /// Price of an hour of one unit of a serverless endpoint's provisioned concurrency with
    /// `memory_mb`, called or not.
    pub fn provisioned_concurrency(&self, memory_mb: u32, region: &str) -> Measured<Quote> {
        self.serverless_use(ServerlessUse::Warm, memory_mb, region)
    }

    /// Price of an hour of request time on provisioned concurrency with `memory_mb`, billed in
    /// addition to the concurrency.
    pub fn provisioned_requests(&self, memory_mb: u32, region: &str) -> Measured<Quote> {
        self.serverless_use(ServerlessUse::WarmRequests, memory_mb, region)
    }

    pub(super) fn serverless_use(
        &self,
        of: ServerlessUse,
        memory_mb: u32,
        region: &str,
    ) -> Measured<Quote> {
        self.other.serverless(of, memory_mb, region)
    }

    /// Price of one GB of SageMaker's storage for a month (the figure in [`Quote::unit`] is per
    /// GB-month).
    pub fn storage(&self, kind: StorageKind, region: &str) -> Measured<Quote> {
        self.other.gb_month(kind, region)
    }

    /// Price of an hour of a SageMaker Canvas session, in use or not.
    pub fn canvas_session(&self, region: &str) -> Measured<Quote> {
        self.other.canvas_session(region)
    }

    /// Price of an hour of an MLflow tracking server of `size` (`Small`).
    pub fn tracking_server(&self, size: &str, region: &str) -> Measured<Quote> {
        self.other.tracking_server(size, region)
    }

    /// Price of training a custom model of `base` (an id, with or without a context size) in
    /// `region` by `customization`, a `CustomizationType` of Bedrock.
    pub fn training(&self, base: &str, customization: &str, region: &str) -> Option<TrainingPrice> {
        let is_base = |name: &str| {
            let ids = self.called(name).iter();
            ids.filter_map(|id| super::bedrock::plain(base).strip_prefix(id.as_str()))
                .any(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        self.extras.training_of(customization, region, is_base)
    }

    pub(super) fn addons(&self) -> &Addons {
        &self.extras
    }

    /// Price of an hour of a custom model unit of `version` (`v1.0`), which runs an active copy of
    /// an imported model.
    pub fn custom_model_unit(&self, version: &str, region: &str) -> Measured<Quote> {
        self.extras.custom_model_unit(version, region)
    }

    /// Price of one GB of SageMaker's storage for an hour.
    pub fn storage_hour(&self, kind: StorageKind, region: &str) -> Measured<Quote> {
        self.other.gb_hour(kind, region)
    }

    /// The types of the family of EC2 type `ty` that have a price in `region`: an on-demand price,
    /// or a spot price where `ty` is compared as a spot instance.
    pub fn adjacent_types(&self, ty: &str, region: &str, is_spot: bool) -> AdjacentTypes {
        self.ec2.adjacent_types(ty, |other| {
            if is_spot {
                self.ec2.spot(other, region)
            } else {
                self.ec2(other, region)
            }
        })
    }

    /// As [`Prices::adjacent_types`], for `ml_type` in one part of SageMaker; the types are named
    /// with `ml.`.
    pub fn adjacent_ml_types(
        &self,
        ml_type: &str,
        component: Component,
        region: &str,
    ) -> AdjacentTypes {
        let ty = ml_type.trim_start_matches("ml.");
        let mut next = self
            .ec2
            .adjacent_types(ty, |other| self.sagemaker(other, component, region));
        for one in next.smaller.iter_mut().chain(&mut next.larger) {
            one.unit = format!("ml.{}", one.unit).into();
        }
        next
    }

    /// The cheapest type without accelerators in one part of SageMaker that has at least the vCPUs
    /// of `ml_type`, and its memory where such a type is priced: the used part of the memory is
    /// unknown.
    pub fn ml_cpu_type(
        &self,
        ml_type: &str,
        component: Component,
        region: &str,
    ) -> Option<AdjacentType> {
        let ty = ml_type.trim_start_matches("ml.");
        let found = self
            .ec2
            .cpu_type(ty, |other| self.sagemaker(other, component, region))?;
        Some(AdjacentType {
            unit: format!("ml.{}", found.unit).into(),
            ..found
        })
    }

    /// The hardware of a type (with or without `ml.`).
    pub fn spec(&self, ty: &str) -> Option<&TypeSpec> {
        self.ec2.spec(ty.strip_prefix("ml.").unwrap_or(ty))
    }

    /// The newest date in the EC2 on-demand list, `YYYY-MM-DD`.
    pub fn as_of(&self) -> &str {
        &self.ec2.as_of
    }

    pub(super) fn ec2_prices(&self) -> &Ec2 {
        &self.ec2
    }

    /// SageMaker's price over EC2's for a type, without `ml.`; `None`: no rule has its family.
    pub(super) fn ml_factor(&self, plain: &str) -> Option<f64> {
        self.sagemaker.factor(plain)
    }

    pub(super) fn ec2_types(&self) -> impl Iterator<Item = (&str, &TypeSpec)> {
        self.ec2.types()
    }

    pub(super) fn model_ids(&self) -> impl Iterator<Item = &str> {
        self.tokens.ids().chain(self.units.ids())
    }

    pub(super) fn model_scopes(&self, plain: &str) -> Vec<&str> {
        self.tokens.scopes(plain)
    }

    pub(super) fn changes(&self) -> &[PriceChange] {
        &self.extras.changes
    }

    pub(super) fn services(&self) -> &[BedrockAddon] {
        &self.extras.services
    }

    /// How many rates the configuration sets.
    pub fn overridden(&self) -> usize {
        self.overrides.len()
    }

    /// The facts of each card.
    pub fn cards(&self) -> &[CardFacts] {
        &self.cards
    }

    /// Rows of the cards that could not be read: their prices are unknown.
    pub fn errors(&self) -> &[CardError] {
        &self.errors
    }
}
