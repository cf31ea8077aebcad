//! All prices of a type or model in the cards, line by line, for people.

use super::{
    Component, Prices, Quote, StorageKind, Term, Tier, TokenPrice, serverless_use::ServerlessUse,
    usage_type_region,
};
use crate::domain::{Measured, Usd};
use std::{collections::BTreeSet, sync::Arc};

/// One price.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceLine {
    /// Type, model id or service.
    pub name: String,
    /// `EC2 on demand`, `SageMaker training`, `tokens, batch: output`.
    pub what: String,
    /// US dollars.
    pub usd: f64,
    /// The unit: `hour`, `1K tokens`.
    pub per: String,
    /// The regions.
    pub regions: Vec<String>,
    /// Derived by a documented rule and not read from a list.
    pub estimate: bool,
    /// The list and its date, or the rule.
    pub source: Arc<str>,
}

/// Maximum number of models that are listed with their profiles.
const FEW: usize = 3;
/// Memory of the serverless endpoint in the list, as an example of all sizes.
const GB: u32 = 1024;

impl Prices {
    /// All prices of `word`: an instance type (with or without `ml.`), a family, a model id or a
    /// part of one, or a service besides (`guardrail`, `storage`, `serverless`). In the regions of
    /// `only`, or everywhere. Lines that differ only in the region are merged.
    pub fn listing(&self, word: &str, only: &[String]) -> Vec<PriceLine> {
        let everywhere = usage_type_region::all();
        let places: Vec<&str> = if only.is_empty() {
            everywhere
        } else {
            only.iter().map(String::as_str).collect()
        };
        let mut lines = Lines {
            only,
            lines: Vec::new(),
        };
        for ty in self.types(word) {
            self.list_type(&ty, word.starts_with("ml."), &places, &mut lines);
        }
        for model in self.models(word) {
            self.list_model(&model, &places, &mut lines);
        }
        self.list_services(word, &places, &mut lines);
        lines.lines
    }

    /// The types with this name, or those of the family with this name.
    fn types(&self, word: &str) -> Vec<String> {
        let plain = word.strip_prefix("ml.").unwrap_or(word);
        if self.spec(plain).is_some() {
            return vec![plain.to_owned()];
        }
        let mut kin: Vec<_> = self
            .ec2_types()
            .filter(|(ty, _)| ty.split('.').next() == Some(plain))
            .collect();
        kin.sort_by(|(_, a), (_, b)| {
            a.accelerators
                .total_cmp(&b.accelerators)
                .then(a.vcpus.cmp(&b.vcpus))
        });
        kin.into_iter().map(|(ty, _)| ty.to_owned()).collect()
    }

    /// The model ids that match `word`: itself and its profiles, or the ids and names that contain
    /// it.
    fn models(&self, word: &str) -> Vec<String> {
        let word = word.rsplit('/').next().unwrap_or(word).to_lowercase();
        let known: BTreeSet<&str> = self.model_ids().collect();
        if word.len() < 3 {
            return Vec::new();
        }
        let plain = super::bedrock::plain(&word);
        if plain != word || known.contains(plain) {
            let scopes = if plain == word {
                self.model_scopes(plain)
            } else {
                Vec::new()
            };
            return std::iter::once(word.clone())
                .chain(scopes.into_iter().map(|scope| format!("{scope}.{plain}")))
                .collect();
        }
        let named = self.called(&word).iter().map(String::as_str);
        let mut found: BTreeSet<&str> = known
            .iter()
            .copied()
            .filter(|id| id.contains(&word))
            .collect();
        found.extend(named);
        let with_scopes = |id: &&str| {
            self.model_scopes(id)
                .into_iter()
                .map(|scope| format!("{scope}.{id}"))
                .collect::<Vec<_>>()
        };
        let profiles: Vec<String> = if found.len() > FEW {
            Vec::new()
        } else {
            found.iter().flat_map(with_scopes).collect()
        };
        found
            .into_iter()
            .map(str::to_owned)
            .chain(profiles)
            .collect()
    }

    fn list_type(&self, ty: &str, only_ml: bool, places: &[&str], lines: &mut Lines) {
        type LookUp = fn(&Prices, &str, &str) -> Measured<Quote>;
        let ec2: [(&str, LookUp); 3] = [
            ("EC2 on demand", Self::ec2),
            ("EC2 Capacity Block", Self::capacity_block),
            ("EC2 spot", Self::spot),
        ];
        for (what, price) in ec2.into_iter().filter(|_| !only_ml) {
            for region in places {
                lines.quote(ty, what, "hour", region, &price(self, ty, region));
            }
        }
        for component in Component::ALL {
            let (ml, what) = (
                format!("ml.{ty}"),
                format!("SageMaker {}", component.word()),
            );
            for region in places {
                lines.quote(
                    &ml,
                    &what,
                    "hour",
                    region,
                    &self.sagemaker(ty, component, region),
                );
            }
        }
        for change in self
            .changes()
            .iter()
            .filter(|change| change.instance_type == ty && !only_ml)
        {
            let what = format!(
                "EC2 {}, last seen {} (changed by {})",
                change.kind, change.last_seen_old, change.first_seen_new
            );
            lines.add(
                ty,
                &what,
                change.old_usd_hr,
                "hour",
                &change.region,
                false,
                change.source.as_str().into(),
            );
        }
    }

    fn list_model(&self, model: &str, places: &[&str], lines: &mut Lines) {
        for tier in Tier::ALL {
            let priced = places
                .iter()
                .map(|region| (*region, self.token_tier(model, region, tier)));
            for (region, price) in priced.collect::<Vec<_>>() {
                if let Some(price) = price.known() {
                    lines.tokens(model, tier, region, price);
                }
            }
        }
        for region in places {
            for piece in self.pieces(model, region).known().into_iter().flatten() {
                lines.add(
                    model,
                    "by the piece",
                    piece.usd.0,
                    &piece.unit,
                    region,
                    piece.estimate,
                    piece.source.clone(),
                );
            }
            for term in [Term::NoCommitment, Term::OneMonth, Term::SixMonths] {
                let what = format!("provisioned model unit, {}", term.words());
                lines.quote(
                    model,
                    &what,
                    "hour",
                    region,
                    &self.model_unit(model, term, region),
                );
            }
        }
        for term in [Term::OneMonth, Term::ThreeMonths] {
            let Some(rate) = self.reserved(model, term).known().cloned() else {
                continue;
            };
            for (word, usd) in [("input", rate.input), ("output", rate.output)] {
                let what = format!("Reserved tier, {}: {word}", term.words());
                lines.add(
                    model,
                    &what,
                    usd.0,
                    "hour of 1K tokens per minute",
                    "any",
                    false,
                    rate.source.clone(),
                );
            }
        }
    }

    fn list_services(&self, word: &str, places: &[&str], lines: &mut Lines) {
        let word = word.to_lowercase();
        if word.len() < 3 {
            return;
        }
        for item in self
            .services()
            .iter()
            .filter(|item| item.name.to_lowercase().contains(&word))
        {
            let source = format!("Bedrock list {} ({})", item.as_of, item.source).into();
            lines.add(
                &item.name,
                "Bedrock",
                item.usd,
                &item.unit,
                &item.scope,
                item.basis.is_estimate(),
                source,
            );
        }
        for region in places {
            for kind in StorageKind::ALL
                .into_iter()
                .filter(|kind| kind.word().contains(&word))
            {
                lines.quote(
                    kind.word(),
                    "SageMaker",
                    "GB-month",
                    region,
                    &self.storage(kind, region),
                );
            }
            for of in ServerlessUse::ALL
                .into_iter()
                .filter(|of| of.item().contains(&word))
            {
                let quote = self.serverless_use(of, GB, region);
                lines.quote(of.item(), "SageMaker", "GB-hour", region, &quote);
            }
            if "canvas session".contains(&word) {
                let quote = self.canvas_session(region);
                lines.quote("canvas session", "SageMaker", "hour", region, &quote);
            }
        }
    }
}

struct Lines<'a> {
    only: &'a [String],
    lines: Vec<PriceLine>,
}

impl Lines<'_> {
    fn quote(&mut self, name: &str, what: &str, per: &str, region: &str, quote: &Measured<Quote>) {
        if let Some(quote) = quote.known() {
            self.add(
                name,
                what,
                quote.unit.0,
                per,
                region,
                quote.estimate,
                quote.source.clone(),
            );
        }
    }

    fn tokens(&mut self, name: &str, tier: Tier, region: &str, price: &TokenPrice) {
        let rates: [(&str, Option<Usd>); 5] = [
            ("input", Some(price.input)),
            ("output", price.output),
            ("cache read", price.cache_read),
            ("cache write, 5 min", price.cache_write),
            ("cache write, 1 h", price.cache_write_1h),
        ];
        for (word, usd) in rates {
            let what = format!("tokens, {}: {word}", tier.words());
            if let Some(usd) = usd {
                self.add(
                    name,
                    &what,
                    usd.0,
                    "1K tokens",
                    region,
                    price.estimate,
                    price.source.clone(),
                );
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one line's columns, in their order"
    )]
    fn add(
        &mut self,
        name: &str,
        what: &str,
        usd: f64,
        per: &str,
        region: &str,
        estimate: bool,
        source: Arc<str>,
    ) {
        if !self.only.is_empty()
            && usage_type_region::exists(region)
            && !self.only.iter().any(|one| one == region)
        {
            return;
        }
        let alike = |line: &&mut PriceLine| {
            (
                line.name.as_str(),
                line.what.as_str(),
                line.per.as_str(),
                line.estimate,
            ) == (name, what, per, estimate)
                && line.usd.to_bits() == usd.to_bits()
                && line.source == source
        };
        if let Some(line) = self.lines.iter_mut().find(alike) {
            line.regions.push(region.to_owned());
            return;
        }
        let regions = vec![region.to_owned()];
        self.lines.push(PriceLine {
            name: name.to_owned(),
            what: what.to_owned(),
            usd,
            per: per.to_owned(),
            regions,
            estimate,
            source,
        });
    }
}
