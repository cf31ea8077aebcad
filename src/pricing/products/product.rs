//! A product of the Price List, read from its JSON text.

use crate::pricing::usage_type_region;
use std::collections::BTreeMap;

/// One product with its on-demand price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Product {
    /// `regionCode`, `usagetype`, `instanceType`, ...
    pub attributes: BTreeMap<String, String>,
    /// The unit: `Hrs`, `1K tokens`, `GB-Mo`.
    pub unit: String,
    /// US dollars.
    pub usd: f64,
    /// AWS's description.
    pub description: String,
    /// When AWS published it, `YYYY-MM-DD`.
    pub published: String,
}

#[derive(serde::Deserialize)]
struct Text {
    product: Body,
    #[serde(default)]
    terms: Terms,
    #[serde(default, rename = "publicationDate")]
    published: String,
}

#[derive(serde::Deserialize)]
struct Body {
    attributes: BTreeMap<String, String>,
}

#[derive(Default, serde::Deserialize)]
struct Terms {
    #[serde(default, rename = "OnDemand")]
    on_demand: BTreeMap<String, Offer>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Offer {
    price_dimensions: BTreeMap<String, Dimension>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    unit: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    begin_range: String,
    price_per_unit: BTreeMap<String, String>,
}

impl Product {
    /// Parses a text of `GetProducts`' `PriceList`. `None` without a price in dollars for the first
    /// unit on demand that is not free; its plausibility is checked with the row it makes.
    ///
    /// # Errors
    /// When the text is not a product.
    pub fn parse(text: &str) -> Result<Option<Self>, serde_json::Error> {
        let Text {
            product,
            terms,
            published,
        } = serde_json::from_str(text)?;
        let mut dimensions: Vec<Dimension> = terms
            .on_demand
            .into_values()
            .flat_map(|offer| offer.price_dimensions.into_values())
            .collect();
        // The first step of a price in steps applies to every customer.
        dimensions.sort_by(|a, b| begin(a).total_cmp(&begin(b)));
        let priced = dimensions.into_iter().find_map(|one| {
            let usd: f64 = one.price_per_unit.get("USD")?.parse().ok()?;
            (usd != 0.0).then_some((one.unit, one.description, usd))
        });
        let published = published.get(..10).unwrap_or_default().to_owned();
        Ok(priced.map(|(unit, description, usd)| Self {
            attributes: product.attributes,
            unit,
            usd,
            description,
            published,
        }))
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes
            .get(name)
            .map(String::as_str)
            .unwrap_or_default()
    }

    pub(super) fn region(&self) -> &str {
        self.attribute("regionCode")
    }

    /// The usage type without the region's prefix.
    pub(super) fn usage(&self) -> &str {
        usage_type_region::split_region_prefix(self.attribute("usagetype")).1
    }

    pub(super) fn hourly(&self) -> bool {
        matches!(
            self.unit.to_ascii_lowercase().as_str(),
            "hrs" | "hour" | "hours"
        )
    }
}

fn begin(dimension: &Dimension) -> f64 {
    dimension.begin_range.parse().unwrap_or(0.0)
}
