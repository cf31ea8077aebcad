//! Products of the AWS Price List, read from their JSON texts and turned into rows of the cards.
//!
//! Prices are read by their `unit`: the same model is listed per thousand tokens in one place and
//! per million in another.

mod product;
#[cfg(test)]
mod tests;

pub use product::Product;

use super::{
    Prices, Term, bedrock::UsageKind, rate_card::price_problem, serverless_use::ServerlessUse,
    usage_rate,
};
use std::collections::BTreeMap;

/// The rows of one card, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSheet {
    /// File name of the card.
    pub card: &'static str,
    /// Its headings.
    pub headings: &'static [&'static str],
    /// The heading of the column with the region.
    pub place: &'static str,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl CardSheet {
    /// Removes the rows with an invalid price and returns the problem of each.
    fn refuse(&mut self) -> Vec<String> {
        let mut refused = Vec::new();
        let headings = self.headings;
        self.rows.retain(|row| {
            let problem = row_problem(headings, row);
            let is_kept = problem.is_none();
            refused.extend(problem);
            is_kept
        });
        refused
    }
}

/// The rows made from products, and the Bedrock names that match no known model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSheets {
    /// One sheet per card.
    pub sheets: Vec<CardSheet>,
    /// Names in the Price List that match no model of the cards, or several.
    pub unnamed: Vec<String>,
    /// The problems of rows with an invalid price, which are in no sheet.
    pub refused: Vec<String>,
}

const EC2: &[&str] = &[
    "instance_type",
    "family",
    "accelerator",
    "accelerator_count",
    "accel_mem_gib_each",
    "vcpus",
    "mem_gib",
    "region",
    "on_demand_usd_hr",
    "source",
    "as_of",
];
const SAGEMAKER: &[&str] = &[
    "instance_type",
    "component",
    "region",
    "usd_hr",
    "ec2_usd_hr",
    "ratio_to_ec2",
    "source",
    "as_of",
];
const OTHER: &[&str] = &["item", "region", "usd", "unit", "basis", "source", "as_of"];
const TOKENS: &[&str] = &[
    "model_id",
    "provider",
    "name",
    "tier",
    "input_usd_per_1k",
    "output_usd_per_1k",
    "regions",
    "source",
    "as_of",
];
const UNITS: &[&str] = &[
    "model_id",
    "name",
    "provider",
    "regions",
    "no_commit_usd_mu_hr",
    "commit_1mo_usd_mu_hr",
    "commit_6mo_usd_mu_hr",
    "source",
    "as_of",
    "basis",
    "note",
];

/// Model, tier and region: input and output for 1,000 tokens.
type TokenRows = BTreeMap<(String, &'static str, String), (Option<f64>, Option<f64>, String)>;
/// Model and region: a model unit's hour by term.
type UnitRows = BTreeMap<(String, String), (BTreeMap<Term, f64>, String)>;

/// Rows of the cards, made from `products`. `source` says where they were read.
pub fn sheets(prices: &Prices, products: &[Product], source: &str) -> CardSheets {
    let mut work = Work {
        prices,
        source,
        rows: Default::default(),
        tokens: TokenRows::new(),
        units: UnitRows::new(),
        unnamed: Vec::new(),
    };
    for product in products {
        work.product(product);
    }
    work.finish()
}

struct Work<'a> {
    prices: &'a Prices,
    source: &'a str,
    /// EC2, SageMaker, and the rest of SageMaker; by the cells that identify a row.
    rows: [BTreeMap<Vec<String>, Vec<String>>; 3],
    tokens: TokenRows,
    units: UnitRows,
    unnamed: Vec<String>,
}

impl Work<'_> {
    fn product(&mut self, product: &Product) {
        match product.attribute("servicecode") {
            "AmazonEC2" => self.ec2(product),
            "AmazonSageMaker" => self.sagemaker(product),
            _ => self.bedrock(product),
        }
    }

    /// Adds a Linux instance on shared tenancy in use, if it has accelerators.
    fn ec2(&mut self, product: &Product) {
        let wanted = [
            ("operatingSystem", "Linux"),
            ("tenancy", "Shared"),
            ("preInstalledSw", "NA"),
            ("capacitystatus", "Used"),
        ];
        let ty = product.attribute("instanceType");
        let plain = wanted
            .iter()
            .all(|(name, value)| product.attribute(name) == *value);
        if !plain || !product.hourly() || !product.usage().starts_with("BoxUsage:") {
            return;
        }
        let number = |text: &str| {
            text.split_whitespace()
                .next()
                .and_then(|word| word.replace(',', "").parse::<f64>().ok())
        };
        let spec = self.prices.spec(ty);
        let count = spec
            .map(|spec| spec.accelerators)
            .or_else(|| number(product.attribute("gpu")))
            .filter(|count| *count > 0.0);
        let Some(count) = count else { return };
        let of_spec = |get: fn(&super::TypeSpec) -> String| spec.map(get).unwrap_or_default();
        let row = vec![
            ty.to_owned(),
            ty.split('.').next().unwrap_or(ty).to_owned(),
            spec.map_or_else(|| "accelerator".to_owned(), |spec| spec.accelerator.clone()),
            count.to_string(),
            of_spec(|spec| spec.accelerator_mem_gib.to_string()),
            number(product.attribute("vcpu"))
                .map_or_else(|| of_spec(|spec| spec.vcpus.to_string()), |n| n.to_string()),
            number(product.attribute("memory")).map_or_else(
                || of_spec(|spec| spec.mem_gib.to_string()),
                |n| n.to_string(),
            ),
            product.region().to_owned(),
            product.usd.to_string(),
            self.source.to_owned(),
            product.published.clone(),
        ];
        self.rows[0].insert(vec![ty.to_owned(), product.region().to_owned()], row);
    }

    fn sagemaker(&mut self, product: &Product) {
        let (word, what) = product
            .usage()
            .split_once(':')
            .unwrap_or((product.usage(), ""));
        let (region, usd, published) = (
            product.region().to_owned(),
            product.usd,
            product.published.clone(),
        );
        let unit = product.unit.to_ascii_lowercase();
        let serverless = ServerlessUse::read(product.usage());
        if let Some((of, memory_mb)) = serverless.filter(|_| is_by_second(&unit)) {
            let usd = usd * 1_024.0 / f64::from(memory_mb);
            self.other(of.item(), &region, usd, "GB-second", published);
            return;
        }
        if product.usage().starts_with("Canvas:Session") && product.hourly() {
            self.other("canvas session", &region, usd, "session-hour", published);
            return;
        }
        let Some((component, storage)) = usage_rate::part(word) else {
            return;
        };
        let ty = what.find("ml.").map(|place| &what[place..]);
        match (ty, storage) {
            (Some(ty), _) if product.hourly() => {
                let key = vec![ty.to_owned(), component.word().to_owned(), region.clone()];
                let mut row = key.clone();
                row.extend([
                    usd.to_string(),
                    String::new(),
                    String::new(),
                    self.source.to_owned(),
                    published,
                ]);
                self.rows[1].insert(key, row);
            }
            (None, Some(kind)) if what.starts_with("VolumeUsage") && unit.starts_with("gb-mo") => {
                self.other(kind.word(), &region, usd, "GB-month", published);
            }
            _ => {}
        }
    }

    fn other(&mut self, item: &str, region: &str, usd: f64, unit: &str, published: String) {
        let key = vec![item.to_owned(), region.to_owned()];
        let mut row = key.clone();
        row.extend([
            usd.to_string(),
            unit.to_owned(),
            "list".to_owned(),
            self.source.to_owned(),
            published,
        ]);
        self.rows[2].insert(key, row);
    }

    /// Adds tokens, those in batches and of custom models, and model units; other tiers follow from
    /// factors on the standard rate.
    fn bedrock(&mut self, product: &Product) {
        let Some(usage_rate::Bedrock {
            kind,
            tier,
            global,
            name,
            ..
        }) = usage_rate::Bedrock::read(product.attribute("servicename"), product.usage())
        else {
            return;
        };
        let candidates = self.prices.called(&name);
        let [id] = candidates else {
            self.unnamed.push(name);
            return;
        };
        let (id, region) = (id.clone(), product.region().to_owned());
        if let UsageKind::Unit(term) = kind {
            if product.hourly() {
                let (terms, published) = self.units.entry((id, region)).or_default();
                terms.insert(term, product.usd);
                published.clone_from(&product.published);
            }
            return;
        }
        let tier = match (tier, global) {
            (super::Tier::Standard, false) => "on-demand",
            (super::Tier::Standard, true) => "global-profile",
            (super::Tier::Batch, false) => "batch",
            (super::Tier::CustomModel, false) => "custom-model",
            _ => return,
        };
        let Some(tokens) = tokens_of(&product.unit, &product.description) else {
            return;
        };
        let usd = product.usd * 1_000.0 / tokens;
        let (input, output, published) = self.tokens.entry((id, tier, region)).or_default();
        match kind {
            UsageKind::Input => *input = Some(usd),
            UsageKind::Output => *output = Some(usd),
            _ => return,
        }
        published.clone_from(&product.published);
    }

    fn finish(self) -> CardSheets {
        let text = |usd: Option<f64>| usd.map(|usd| usd.to_string()).unwrap_or_default();
        let provider = |id: &str| id.split('.').next().unwrap_or_default().to_owned();
        let tokens = self
            .tokens
            .into_iter()
            .filter(|(_, (input, ..))| input.is_some())
            .map(|((id, tier, region), (input, output, at))| {
                let named = [
                    id.clone(),
                    provider(&id),
                    id,
                    tier.to_owned(),
                    text(input),
                    text(output),
                    region,
                ];
                named
                    .into_iter()
                    .chain([self.source.to_owned(), at])
                    .collect()
            });
        let tokens: Vec<Vec<String>> = tokens.collect();
        let units = self.units.into_iter().map(|((id, region), (terms, at))| {
            let named = [id.clone(), id.clone(), provider(&id), region];
            let rates = [Term::NoCommitment, Term::OneMonth, Term::SixMonths]
                .map(|term| text(terms.get(&term).copied()));
            named
                .into_iter()
                .chain(rates)
                .chain([self.source.to_owned(), at, "list".to_owned(), String::new()])
                .collect()
        });
        let units: Vec<Vec<String>> = units.collect();
        let [ec2, sagemaker, other] = self.rows.map(|rows| rows.into_values().collect());
        let sheet = |card, headings, place, rows| CardSheet {
            card,
            headings,
            place,
            rows,
        };
        let mut sheets = vec![
            sheet("ec2_accelerated.csv", EC2, "region", ec2),
            sheet("sagemaker.csv", SAGEMAKER, "region", sagemaker),
            sheet("sagemaker_other.csv", OTHER, "region", other),
            sheet("bedrock_tokens_regional.csv", TOKENS, "regions", tokens),
            sheet("bedrock_provisioned.csv", UNITS, "regions", units),
        ];
        let refused = sheets.iter_mut().flat_map(CardSheet::refuse).collect();
        let mut unnamed = self.unnamed;
        unnamed.sort();
        unnamed.dedup();
        CardSheets {
            sheets,
            unnamed,
            refused,
        }
    }
}

/// The problem of a row's prices, which are the cells under headings with `usd`; `None` if all are
/// valid.
fn row_problem(headings: &[&str], row: &[String]) -> Option<String> {
    let mut priced = headings
        .iter()
        .zip(row)
        .filter(|(heading, cell)| heading.split('_').any(|word| word == "usd") && !cell.is_empty());
    let problem = priced.find_map(|(_, cell)| price_problem(cell.parse().unwrap_or(f64::NAN)))?;
    let name = row.first().map(String::as_str).unwrap_or_default();
    Some(format!("{name}: {problem}"))
}

/// `Second`, `seconds`, `GB-second`.
fn is_by_second(unit: &str) -> bool {
    unit.contains("second")
}

/// The number of tokens in one unit of the list; `None` where it does not say.
fn tokens_of(unit: &str, description: &str) -> Option<f64> {
    let unit = unit.to_ascii_lowercase();
    let said = description.to_ascii_lowercase();
    // A list that counts in `Units` names the unit in its description.
    let names = |words: &[&str]| words.iter().any(|word| unit.contains(word));
    let tells = |words: &[&str]| unit == "units" && words.iter().any(|word| said.contains(word));
    if names(&["1k", "thousand"]) {
        Some(1e3)
    } else if names(&["1m", "million"]) || tells(&["million"]) {
        Some(1e6)
    } else {
        tells(&["1k", "1000", "thousand"]).then_some(1e3)
    }
}
