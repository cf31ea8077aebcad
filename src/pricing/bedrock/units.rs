//! Capacity of Bedrock bought by the hour: provisioned model units, and tokens per minute of the
//! Reserved tier.

use super::ids::{ByModel, ModelId};
use crate::{
    domain::{Measured, UsdPerHour},
    pricing::{
        Quote, Term,
        rate_card::{self, Basis, RateCardReader},
    },
};
use std::{collections::HashMap, sync::Arc};

/// Provisioned throughput: a model-unit hour by region and term.
#[derive(Debug, Default)]
pub(crate) struct Units(ByModel<HashMap<(String, Term), Quote>>);

#[derive(serde::Deserialize)]
struct Unit {
    model_id: String,
    regions: String,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    no_commit_usd_mu_hr: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    commit_1mo_usd_mu_hr: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    commit_6mo_usd_mu_hr: Option<f64>,
    source: String,
    as_of: String,
    #[serde(default)]
    basis: Basis,
}

impl Units {
    pub(crate) fn read(reader: &mut RateCardReader) -> Self {
        let mut units = Self::default();
        for row in reader.rows::<Unit>(
            "bedrock_provisioned.csv",
            include_str!("../cards/bedrock_provisioned.csv"),
        ) {
            let terms = [
                (Term::NoCommitment, row.no_commit_usd_mu_hr),
                (Term::OneMonth, row.commit_1mo_usd_mu_hr),
                (Term::SixMonths, row.commit_6mo_usd_mu_hr),
            ];
            for (term, usd) in terms {
                let Some(usd) = usd else { continue };
                let source: Arc<str> = reader.share(format!(
                    "Bedrock provisioned throughput, {}, list {} ({})",
                    term.words(),
                    row.as_of,
                    row.source
                ));
                let quote = Quote {
                    unit: UsdPerHour(usd),
                    source,
                    estimate: row.basis.is_estimate(),
                };
                for region in row.regions.split_whitespace() {
                    units
                        .0
                        .entry(&row.model_id)
                        .insert((region.to_owned(), term), quote.clone());
                }
            }
        }
        units
    }

    pub(crate) fn quote(&self, model_id: &str, term: Term, region: &str) -> Measured<Quote> {
        let id = match ModelId::read(model_id) {
            Measured::Known(id) => id,
            Measured::Unknown(why) => return Measured::Unknown(why),
        };
        let found = self
            .0
            .find(&id)
            .and_then(|terms| terms.get(&(region.to_owned(), term)))
            .cloned();
        Measured::or_why(
            found,
            format!(
                "no model-unit price for {model_id} in {region} ({})",
                term.words()
            ),
        )
    }

    /// The lowest price of a unit-hour for `term`, of any model and region.
    pub(crate) fn lowest(&self, term: Term) -> Option<UsdPerHour> {
        let quotes = self.0.values().flatten();
        let prices = quotes
            .filter(|((_, of), _)| *of == term)
            .map(|(_, quote)| quote.unit);
        prices.min_by(|a, b| a.0.total_cmp(&b.0))
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.ids()
    }
}

/// The Reserved tier: dollars an hour for 1,000 tokens per minute.
#[derive(Clone, Debug, PartialEq)]
pub struct ReservedRate {
    /// The rate of 1,000 input tokens per minute.
    pub input: UsdPerHour,
    /// The rate of 1,000 output tokens per minute.
    pub output: UsdPerHour,
    /// The list and its date.
    pub source: Arc<str>,
}

/// Reserved tokens per minute: by scope (`global`, or empty) and term.
#[derive(Debug, Default)]
pub(crate) struct Reserved(ByModel<HashMap<(bool, Term), ReservedRate>>);

#[derive(serde::Deserialize)]
struct ReservedRow {
    model_id: String,
    region_scope: String,
    #[serde(deserialize_with = "rate_card::price")]
    input_1k_tpm_usd_hr_1mo: f64,
    #[serde(deserialize_with = "rate_card::price")]
    input_1k_tpm_usd_hr_3mo: f64,
    #[serde(deserialize_with = "rate_card::price")]
    output_1k_tpm_usd_hr_1mo: f64,
    #[serde(deserialize_with = "rate_card::price")]
    output_1k_tpm_usd_hr_3mo: f64,
    source: String,
    as_of: String,
}

impl Reserved {
    pub(crate) fn read(reader: &mut RateCardReader) -> Self {
        let mut reserved = Self::default();
        for row in reader.rows::<ReservedRow>(
            "bedrock_reserved_tpm.csv",
            include_str!("../cards/bedrock_reserved_tpm.csv"),
        ) {
            let source = reader.share(format!(
                "Bedrock Reserved tier list {} ({})",
                row.as_of, row.source
            ));
            let rate = |input, output| ReservedRate {
                input: UsdPerHour(input),
                output: UsdPerHour(output),
                source: source.clone(),
            };
            let terms = reserved.0.entry(&row.model_id);
            let global = row.region_scope == "global";
            terms.insert(
                (global, Term::OneMonth),
                rate(row.input_1k_tpm_usd_hr_1mo, row.output_1k_tpm_usd_hr_1mo),
            );
            terms.insert(
                (global, Term::ThreeMonths),
                rate(row.input_1k_tpm_usd_hr_3mo, row.output_1k_tpm_usd_hr_3mo),
            );
        }
        reserved
    }

    pub(crate) fn rate(&self, model_id: &str, term: Term) -> Measured<ReservedRate> {
        let id = match ModelId::read(model_id) {
            Measured::Known(id) => id,
            Measured::Unknown(why) => return Measured::Unknown(why),
        };
        let found = self
            .0
            .find(&id)
            .and_then(|terms| terms.get(&(id.scope == "global", term)))
            .cloned();
        Measured::or_why(
            found,
            format!("no Reserved tier price for {model_id} ({})", term.words()),
        )
    }
}
