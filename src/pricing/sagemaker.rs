//! SageMaker instances: the list's row, else EC2 in the same region times the documented
//! multiplier.

use super::{
    Component, Quote,
    ec2::Ec2,
    rate_card::{self, RateCardReader},
};
use crate::domain::{Measured, UsdPerHour};
use std::{collections::HashMap, sync::Arc};

#[derive(Debug, Default)]
pub(super) struct SageMaker {
    /// `ml.` type, then component word and region.
    listed: HashMap<String, HashMap<(String, String), Quote>>,
    rules: Vec<Rule>,
}

#[derive(serde::Deserialize)]
struct HourlyRow {
    instance_type: String,
    component: String,
    region: String,
    #[serde(deserialize_with = "rate_card::price")]
    usd_hr: f64,
    source: String,
    as_of: String,
}

/// A multiplier of `ml.` types on their EC2 price.
#[derive(Debug, serde::Deserialize)]
struct Rule {
    families: String,
    sizes: String,
    component: String,
    #[serde(deserialize_with = "rate_card::price")]
    multiplier_on_ec2: f64,
    confidence: String,
}

impl Rule {
    /// Whether it is the rule of `component` (`any` or a part of SageMaker) for a type. `families`
    /// is `a|b`; `sizes` is `*`, `a|b` or `!a` (all but a).
    fn covers(&self, family: &str, size: &str, component: &str) -> bool {
        let sized = match self.sizes.as_str() {
            "*" => true,
            sizes => match sizes.strip_prefix('!') {
                Some(not) => not != size,
                None => sizes.split('|').any(|one| one == size),
            },
        };
        sized && self.component == component && self.families.split('|').any(|one| one == family)
    }
}

impl SageMaker {
    pub(super) fn read(reader: &mut RateCardReader) -> Self {
        let mut sagemaker = Self::default();
        for row in reader.rows::<HourlyRow>("sagemaker.csv", include_str!("cards/sagemaker.csv")) {
            let source = reader.share(format!(
                "SageMaker {} list {} ({})",
                row.component, row.as_of, row.source
            ));
            let quote = Quote {
                unit: UsdPerHour(row.usd_hr),
                source,
                estimate: false,
            };
            sagemaker
                .listed
                .entry(row.instance_type)
                .or_default()
                .insert((row.component, row.region), quote);
        }
        sagemaker.rules = reader.rows(
            "sagemaker_multipliers.csv",
            include_str!("cards/sagemaker_multipliers.csv"),
        );
        sagemaker
    }

    pub(super) fn quote(
        &self,
        ec2: &Ec2,
        ml_type: &str,
        component: Component,
        region: &str,
    ) -> Measured<Quote> {
        let plain = ml_type.strip_prefix("ml.").unwrap_or(ml_type);
        let listed = self.listed.get(&format!("ml.{plain}"));
        // An asynchronous endpoint has the price of any other.
        let words = [
            Some(component.word()),
            (component == Component::Hosting).then_some("async"),
        ];
        let found = words
            .into_iter()
            .flatten()
            .find_map(|word| listed?.get(&(word.to_owned(), region.to_owned())));
        if let Some(quote) = found {
            return Measured::Known(quote.clone());
        }
        let (family, size) = plain.split_once('.').unwrap_or((plain, ""));
        // A part's own rule precedes that of the family: a HyperPod type without one is estimated.
        let Some(rule) = [component.word(), "any"].into_iter().find_map(|word| {
            self.rules
                .iter()
                .find(|rule| rule.covers(family, size, word))
        }) else {
            return Measured::unknown(format!(
                "no {} price and no rule for ml.{plain}",
                component.word()
            ));
        };
        match ec2.on_demand(plain, region) {
            Measured::Known(base) => Measured::Known(derived(plain, &base, rule)),
            Measured::Unknown(_) => {
                Measured::unknown(format!("no price for ml.{plain} in {region}"))
            }
        }
    }
}

impl SageMaker {
    /// The multiplier of a type in any part, without `ml.`.
    pub(super) fn factor(&self, plain: &str) -> Option<f64> {
        let (family, size) = plain.split_once('.')?;
        let mut rules = self.rules.iter();
        let rule = rules.find(|rule| rule.covers(family, size, "any"))?;
        Some(rule.multiplier_on_ec2)
    }
}

fn derived(plain: &str, base: &Quote, rule: &Rule) -> Quote {
    let Rule {
        multiplier_on_ec2: factor,
        confidence,
        ..
    } = rule;
    let source: Arc<str> = format!(
        "rule: EC2 {plain} {:#} x {factor} ({confidence}); {}",
        base.unit, base.source
    )
    .into();
    Quote {
        unit: base.unit * *factor,
        source,
        estimate: true,
    }
}
