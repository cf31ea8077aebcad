//! All rate cards together: read once, looked up by hash.
//!
//! Must not know who asks.

use super::{
    CardError, CardFacts, Component, Piece, Quote, ReservedRate, Spec, StorageKind, Term, Tier, TokenPrice,
    bedrock::{Reserved, Tokens, Units},
    card::Reader,
    ec2::Ec2,
    extras::{Change, Extras, Item},
    overrides::{Override, Overrides, Priced},
    sagemaker::SageMaker,
    storage::Other,
};
use crate::domain::{Reading, evidence::Neighbours};
use std::{path::Path, sync::LazyLock};

static EMBEDDED: LazyLock<Prices> = LazyLock::new(|| Prices::read(None, Vec::new()));

/// The list prices: USD, Linux, shared tenancy, before tax, discounts and credits.
#[derive(Debug)]
pub struct Prices {
    ec2: Ec2,
    sagemaker: SageMaker,
    tokens: Tokens,
    units: Units,
    reserved: Reserved,
    other: Other,
    extras: Extras,
    overrides: Overrides,
    cards: Vec<CardFacts>,
    errors: Vec<CardError>,
}

impl Prices {
    /// The cards built into the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The embedded cards, over them the user's own copies in `folder`, over them the rates in `overrides`. Meant for once a run: it
    /// lives as long as the program. A bad row of a copy is told by [`Prices::errors`], and the embedded row stands.
    pub fn load(folder: Option<&Path>, overrides: Vec<Override>) -> &'static Self {
        Box::leak(Box::new(Self::read(folder, overrides)))
    }

    fn read(folder: Option<&Path>, overrides: Vec<Override>) -> Self {
        let mut reader = Reader::over(folder.map(Path::to_owned));
        Self {
            ec2: Ec2::read(&mut reader),
            sagemaker: SageMaker::read(&mut reader),
            tokens: Tokens::read(&mut reader),
            units: Units::read(&mut reader),
            reserved: Reserved::read(&mut reader),
            other: Other::read(&mut reader),
            extras: Extras::read(&mut reader),
            overrides: Overrides::new(overrides),
            cards: reader.cards,
            errors: reader.errors,
        }
    }

    /// On-demand price of an instance of `ty` in `region`.
    pub fn ec2(&self, ty: &str, region: &str) -> Reading<Quote> {
        self.overrides.instance(Priced::Ec2, ty, region).map_or_else(|| self.ec2.on_demand(ty, region), Reading::Known)
    }

    /// Capacity-block price of an instance of `ty` in `region`; paid in advance.
    pub fn capacity_block(&self, ty: &str, region: &str) -> Reading<Quote> {
        self.overrides.instance(Priced::CapacityBlock, ty, region).map_or_else(|| self.ec2.capacity_block(ty, region), Reading::Known)
    }

    /// An indication of the spot price of an instance of `ty` in `region`; always an estimate.
    pub fn spot(&self, ty: &str, region: &str) -> Reading<Quote> {
        self.overrides.instance(Priced::Spot, ty, region).map_or_else(|| self.ec2.spot(ty, region), Reading::Known)
    }

    /// Price of `ml_type` (with or without `ml.`) in one part of SageMaker.
    pub fn sagemaker(&self, ml_type: &str, component: Component, region: &str) -> Reading<Quote> {
        let own = self.overrides.sagemaker(ml_type, component, region);
        own.map_or_else(|| self.sagemaker.quote(&self.ec2, ml_type, component, region), Reading::Known)
    }

    /// Price of one provisioned model unit for an hour. `model_id` may be an id or a foundation-model ARN.
    pub fn model_unit(&self, model_id: &str, term: Term, region: &str) -> Reading<Quote> {
        self.overrides.model_unit(model_id, term, region).map_or_else(|| self.units.quote(model_id, term, region), Reading::Known)
    }

    /// On-demand token price. `model_id` may be an id, an inference-profile id or the ARN of either.
    pub fn tokens(&self, model_id: &str, region: &str) -> Reading<TokenPrice> {
        self.token_tier(model_id, region, Tier::Standard)
    }

    /// Token price of `model_id` (as in [`Prices::tokens`]) in `region` when asked for at `tier`.
    pub fn token_tier(&self, model_id: &str, region: &str, tier: Tier) -> Reading<TokenPrice> {
        let listed = self.tokens.price(model_id, region, tier);
        let own = (tier == Tier::Standard).then(|| self.overrides.tokens(model_id, region, listed.known())).flatten();
        own.map_or(listed, Reading::Known)
    }

    /// What `model_id` asks by the piece: images, seconds of video, queries.
    pub fn pieces(&self, model_id: &str, region: &str) -> Reading<Vec<Piece>> {
        self.tokens.pieces(model_id, region)
    }

    /// The ids of the models that the bill calls `name` (`NovaPro`, `Claude Sonnet 4.5`).
    pub fn called(&self, name: &str) -> &[String] {
        self.tokens.called(name)
    }

    /// Price of 1,000 reserved tokens per minute for an hour.
    pub fn reserved(&self, model_id: &str, term: Term) -> Reading<ReservedRate> {
        self.reserved.rate(model_id, term)
    }

    /// Price of an hour of request time of a serverless endpoint with `memory_mb`.
    pub fn serverless(&self, memory_mb: u32, region: &str) -> Reading<Quote> {
        self.other.serverless(memory_mb, region)
    }

    /// Price of one GB of SageMaker's storage for a month (the figure in [`Quote::unit`] is per GB-month).
    pub fn storage(&self, kind: StorageKind, region: &str) -> Reading<Quote> {
        self.other.gb_month(kind, region)
    }

    /// Price of one GB of SageMaker's storage for an hour.
    pub fn storage_hour(&self, kind: StorageKind, region: &str) -> Reading<Quote> {
        self.other.gb_hour(kind, region)
    }

    /// The types next to EC2 type `ty` in its family, by accelerators and then vCPUs, that have an on-demand price in `region`.
    pub fn neighbours(&self, ty: &str, region: &str) -> Neighbours {
        self.ec2.neighbours(ty, |other| self.ec2(other, region))
    }

    /// As [`Prices::neighbours`], for `ml_type` in one part of SageMaker; the types are named with `ml.`.
    pub fn ml_neighbours(&self, ml_type: &str, component: Component, region: &str) -> Neighbours {
        let mut next = self.ec2.neighbours(ml_type.trim_start_matches("ml."), |other| self.sagemaker(other, component, region));
        for one in [&mut next.smaller, &mut next.larger].into_iter().flatten() {
            one.unit = format!("ml.{}", one.unit).into();
        }
        next
    }

    /// What a type (with or without `ml.`) is made of.
    pub fn spec(&self, ty: &str) -> Option<&Spec> {
        self.ec2.spec(ty.strip_prefix("ml.").unwrap_or(ty))
    }

    /// The newest date in the EC2 on-demand list, `YYYY-MM-DD`.
    pub fn as_of(&self) -> &str {
        &self.ec2.as_of
    }

    pub(super) fn ec2_types(&self) -> impl Iterator<Item = (&str, &Spec)> {
        self.ec2.types()
    }

    pub(super) fn model_ids(&self) -> impl Iterator<Item = &str> {
        self.tokens.ids().chain(self.units.ids())
    }

    pub(super) fn model_scopes(&self, plain: &str) -> Vec<&str> {
        self.tokens.scopes(plain)
    }

    pub(super) fn changes(&self) -> &[Change] {
        &self.extras.changes
    }

    pub(super) fn services(&self) -> &[Item] {
        &self.extras.services
    }

    /// How many rates the configuration sets.
    pub fn overridden(&self) -> usize {
        self.overrides.len()
    }

    /// What is in each card.
    pub fn cards(&self) -> &[CardFacts] {
        &self.cards
    }

    /// Rows of the cards that could not be read: what they would have priced is unknown.
    pub fn errors(&self) -> &[CardError] {
        &self.errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Burn, pricing::burn};

    fn prices() -> &'static Prices {
        Prices::embedded()
    }

    #[test]
    fn every_row_of_every_card_is_read() {
        assert_eq!(prices().errors(), []);
        assert_eq!(prices().as_of(), "2026-07-20");
    }

    #[test]
    fn ec2_is_as_listed() {
        for (ty, region, usd) in [
            ("p4d.24xlarge", "us-east-1", 21.957_642),
            ("p5.48xlarge", "us-east-1", 55.04),
            ("p5en.48xlarge", "us-east-2", 63.296),
            ("g5.48xlarge", "us-east-1", 16.288),
            ("g6.xlarge", "us-west-2", 0.8048),
            ("trn1.32xlarge", "us-east-1", 21.5),
            ("inf2.48xlarge", "us-east-1", 12.981_27),
            ("m5.large", "us-east-1", 0.096),
        ] {
            let quote = prices().ec2(ty, region).known().unwrap().clone();
            assert!((quote.unit.0 - usd).abs() < 5e-4, "{ty} {region} {quote:?}");
            assert!(!quote.estimate && quote.source.contains("20"), "{quote:?}");
        }
    }

    #[test]
    fn there_is_no_other_region_to_fall_back_to() {
        for (reading, why) in [
            (prices().ec2("p5.48xlarge", "eu-west-3"), "no price for p5.48xlarge in eu-west-3"),
            (prices().ec2("p5e.48xlarge", "us-east-2"), "no on-demand price for p5e.48xlarge, only Capacity Blocks"),
            (prices().ec2("x9.large", "us-east-1"), "no price for x9.large"),
            (prices().ec2("", ""), "no price for "),
            (prices().sagemaker("ml.p5.48xlarge", Component::Training, "eu-west-3"), "no price for ml.p5.48xlarge in eu-west-3"),
            (prices().sagemaker("ml.x9.large", Component::Hosting, "us-east-1"), "no hosting price and no rule for ml.x9.large"),
            (prices().sagemaker("system", Component::Studio, "us-east-1"), "no studio price and no rule for ml.system"),
            (prices().capacity_block("g5.xlarge", "us-east-1"), "no Capacity Block price for g5.xlarge in us-east-1"),
            (prices().spot("p5.48xlarge", "moon-1"), "no spot price for p5.48xlarge in moon-1"),
            (
                prices().model_unit("anthropic.claude-v2:1", Term::OneMonth, "eu-west-1"),
                "no model-unit price for anthropic.claude-v2:1 in eu-west-1 (1 month)",
            ),
        ] {
            assert_eq!(reading.why().map(ToString::to_string).as_deref(), Some(why));
        }
    }

    #[test]
    fn sagemaker_is_listed_or_ruled() {
        for (ty, component, region, usd, estimate) in [
            ("ml.p4d.24xlarge", Component::Training, "us-east-1", 25.251_286, true),
            ("ml.g5.12xlarge", Component::Hosting, "us-east-1", 7.09, false),
            ("g5.12xlarge", Component::Hosting, "us-east-1", 7.09, false),
            ("ml.m5.xlarge", Component::Hosting, "us-east-1", 0.23, false),
            ("ml.g5.12xlarge", Component::Hosting, "eu-central-1", 7.0896 * 1.25, true),
            ("ml.g5.xlarge", Component::Hosting, "ap-northeast-1", 1.4592 * 1.4, true),
            ("ml.p4d.24xlarge", Component::Cluster, "us-east-1", 21.957_642 * 1.18, true),
        ] {
            let quote = prices().sagemaker(ty, component, region).known().unwrap().clone();
            assert_eq!(quote.estimate, estimate, "{ty} {region} {quote:?}");
            assert!((quote.unit.0 / usd - 1.0).abs() < 0.02, "{ty} {region} {quote:?}");
        }
        let cpu = prices().sagemaker("ml.m5.large", Component::Notebook, "eu-central-1").known().unwrap().clone();
        let here = prices().ec2("m5.large", "eu-central-1").known().unwrap().clone();
        assert!(here.estimate && cpu.estimate && (cpu.unit.0 - here.unit.0 * 1.2).abs() < 1e-9, "{cpu:?}");
    }

    #[test]
    fn every_accelerated_type_has_its_twin_in_the_main_regions() {
        let mut missing = Vec::new();
        for region in ["us-east-1", "us-east-2", "us-west-2", "eu-west-1"] {
            for (ty, _) in prices().ec2.accelerated_in(region) {
                let base = prices().ec2(ty, region).known().unwrap().unit;
                match prices().sagemaker(ty, Component::Training, region) {
                    Reading::Known(twin) => assert!(twin.unit >= base, "{ty} {region}: {twin:?} under {base}"),
                    Reading::Unknown(_) => missing.push(ty),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        // Families that SageMaker does not sell, and no rule covers.
        assert!(
            missing.iter().all(|ty| ["dl1.", "dl2q.", "g4ad.", "g3", "p2.", "inf1.", "trn2", "vt1."].iter().any(|f| ty.starts_with(f))),
            "{missing:?}"
        );
    }

    #[test]
    fn model_units_are_as_listed_in_any_spelling() {
        for (id, term, usd) in [
            ("anthropic.claude-v2:1", Term::NoCommitment, 70.0),
            ("anthropic.claude-v2:1:200k", Term::OneMonth, 63.0),
            ("anthropic.claude-v2", Term::SixMonths, 35.0),
            ("anthropic.claude-instant-v1:2:100k", Term::SixMonths, 22.0),
            ("arn:aws:bedrock:us-east-1::foundation-model/cohere.command-text-v14:7:4k", Term::NoCommitment, 49.5),
            ("meta.llama3-1-70b-instruct-v1:0", Term::SixMonths, 13.08),
        ] {
            assert_eq!(prices().model_unit(id, term, "us-east-1").known().map(|quote| quote.unit.0), Some(usd), "{id}");
        }
    }

    #[test]
    fn tokens_are_priced_in_any_spelling() {
        for (id, region, input, output) in [
            ("anthropic.claude-3-haiku-20240307-v1:0", "us-east-1", 0.000_25, 0.001_25),
            ("anthropic.claude-3-haiku-20240307-v1:0:48k", "us-east-1", 0.000_25, 0.001_25),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1", 0.0033, 0.0165),
            ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-west-1", 0.0033, 0.0165),
            ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-west-1", 0.003, 0.015),
            ("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1", 0.0033, 0.0165),
            ("amazon.titan-text-express-v1:0:8k", "eu-west-1", 0.001, 0.0017),
        ] {
            let price = prices().tokens(id, region).known().unwrap_or_else(|| panic!("{id}")).clone();
            assert!((price.input.0 - input).abs() < 1e-9 && (price.output.unwrap().0 - output).abs() < 1e-9, "{id} {price:?}");
            assert!(!price.estimate);
        }
        assert!(prices().tokens("anthropic.claude-3-haiku-20240307-v1:0", "moon-1").known().is_none());
        assert!(prices().tokens("nobody.knows-v1", "us-east-1").known().is_none());
    }

    #[test]
    fn a_type_is_made_of() {
        let spec = prices().spec("ml.p4d.24xlarge").unwrap();
        assert_eq!((spec.accelerator.as_str(), spec.accelerators, spec.accelerator_mem_gib, spec.vcpus), ("A100", 8.0, 40.0, 96));
        assert_eq!(prices().spec("m5.large").unwrap().accelerators, 0.0);
        assert_eq!(prices().spec("x9.large"), None);
    }

    #[test]
    fn spot_and_blocks_are_under_on_demand() {
        let list = prices().ec2("p4d.24xlarge", "us-east-1").known().unwrap().unit;
        let block = prices().capacity_block("p4d.24xlarge", "us-east-1").known().unwrap().clone();
        let spot = prices().spot("p4d.24xlarge", "us-east-1").known().unwrap().clone();
        assert!(block.unit < list && !block.estimate && spot.unit < list && spot.estimate, "{block:?} {spot:?}");
    }

    #[test]
    fn burn_is_quantity_times_unit() {
        let quote = prices().sagemaker("ml.g5.12xlarge", Component::Hosting, "us-east-1");
        assert_eq!(burn(&quote, 8.0).rate().map(|rate| rate.0), Some(8.0 * 7.09));
        assert!(matches!(burn(&quote, 0.0), Burn::Nothing(_)));
        assert!(matches!(burn(&Reading::unknown("no price"), 1.0), Burn::Unpriced(_)));
        assert_eq!(burn(&Reading::unknown("no price"), 0.0).rate().map(|rate| rate.0), Some(0.0));
    }
}
