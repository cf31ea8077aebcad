//! All rate cards together: read once, looked up by hash.
//!
//! Must not know who asks.

use super::{
    CardError, Component, Quote, Spec, Term, TokenPrice,
    bedrock::{Tokens, Units},
    card::Reader,
    ec2::Ec2,
    sagemaker::SageMaker,
};
use crate::domain::Reading;
use std::sync::LazyLock;

static EMBEDDED: LazyLock<Prices> = LazyLock::new(Prices::read_embedded);

/// The list prices: USD, Linux, shared tenancy, before tax, discounts and credits.
#[derive(Debug)]
pub struct Prices {
    ec2: Ec2,
    sagemaker: SageMaker,
    tokens: Tokens,
    units: Units,
    errors: Vec<CardError>,
}

impl Prices {
    /// The cards built into the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    fn read_embedded() -> Self {
        let mut reader = Reader::default();
        Self {
            ec2: Ec2::read(&mut reader),
            sagemaker: SageMaker::read(&mut reader),
            tokens: Tokens::read(&mut reader),
            units: Units::read(&mut reader),
            errors: reader.errors,
        }
    }

    /// On-demand price of an instance of `ty` in `region`.
    pub fn ec2(&self, ty: &str, region: &str) -> Reading<Quote> {
        self.ec2.on_demand(ty, region)
    }

    /// Capacity-block price of an instance of `ty` in `region`; paid in advance.
    pub fn capacity_block(&self, ty: &str, region: &str) -> Reading<Quote> {
        self.ec2.capacity_block(ty, region)
    }

    /// An indication of the spot price of an instance of `ty` in `region`; always an estimate.
    pub fn spot(&self, ty: &str, region: &str) -> Reading<Quote> {
        self.ec2.spot(ty, region)
    }

    /// Price of `ml_type` (with or without `ml.`) in one part of SageMaker.
    pub fn sagemaker(&self, ml_type: &str, component: Component, region: &str) -> Reading<Quote> {
        self.sagemaker.quote(&self.ec2, ml_type, component, region)
    }

    /// Price of one provisioned model unit for an hour. `model_id` may be an id or a foundation-model ARN.
    pub fn model_unit(&self, model_id: &str, term: Term, region: &str) -> Reading<Quote> {
        self.units.quote(model_id, term, region)
    }

    /// On-demand token price. `model_id` may be an id, an inference-profile id or the ARN of either.
    pub fn tokens(&self, model_id: &str, region: &str) -> Reading<TokenPrice> {
        self.tokens.price(model_id, region)
    }

    /// What a type (with or without `ml.`) is made of.
    pub fn spec(&self, ty: &str) -> Option<&Spec> {
        self.ec2.spec(ty.strip_prefix("ml.").unwrap_or(ty))
    }

    /// The newest date in the EC2 on-demand list, `YYYY-MM-DD`.
    pub fn as_of(&self) -> &str {
        &self.ec2.as_of
    }

    /// Rows of the cards that could not be read: what they would have priced is unknown.
    pub fn errors(&self) -> &[CardError] {
        &self.errors
    }
}
