//! A product of the Price List and its JSON text.

use crate::{
    domain::region,
    mock::{
        load_shape::hash,
        protocol::{Value, json, value::fields},
    },
};

/// A product and its price.
pub(super) struct Product {
    pub(super) sku: String,
    code: &'static str,
    family: &'static str,
    attributes: Vec<(&'static str, String)>,
    unit: &'static str,
    usd: f64,
    description: String,
}

impl Product {
    pub(super) fn new(
        code: &'static str,
        family: &'static str,
        unit: &'static str,
        usd: f64,
        attributes: Vec<(&'static str, String)>,
    ) -> Self {
        let text = attributes
            .iter()
            .fold(String::new(), |text, (name, value)| {
                text + name + "=" + value + "\n"
            });
        let (a, b) = (hash(1, &text), hash(2, &text));
        let digit = |place: u32| {
            let n = if place < 8 {
                a >> (place * 8)
            } else {
                b >> ((place - 8) * 8)
            };
            char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"[(n % 34) as usize])
        };
        Self {
            sku: (0..16).map(digit).collect(),
            code,
            family,
            attributes,
            unit,
            usd,
            description: String::new(),
        }
    }

    pub(super) fn with_description(mut self, description: String) -> Self {
        self.description = description;
        self
    }

    /// An attribute's value; product family and service code count as attributes.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        match name {
            "productFamily" => Some(self.family),
            "servicecode" | "ServiceCode" => Some(self.code),
            _ => self
                .attributes
                .iter()
                .find(|(own, _)| *own == name)
                .map(|(_, value)| value.as_str()),
        }
    }

    /// The JSON text in the answer of `GetProducts`.
    pub(super) fn json(&self) -> String {
        let term = format!("{}.JRTCKXETXF", self.sku);
        let rate = format!("{term}.6YS6EN2CT7");
        let price = fields! {
            "unit": self.unit,
            "endRange": "Inf",
            "description": &self.description,
            "appliesTo": Value::List(Vec::new()),
            "rateCode": &rate,
            "beginRange": "0",
            "pricePerUnit": fields! { "USD": format!("{:.10}", self.usd) },
        };
        let on_demand = fields! {
            "priceDimensions": Value::Entries(vec![(rate.clone().into(), price)]),
            "sku": &self.sku,
            "effectiveDate": "2026-11-01T00:00:00Z",
            "offerTermCode": "JRTCKXETXF",
            "termAttributes": Value::EMPTY,
        };
        let mut attributes: Vec<_> = self
            .attributes
            .iter()
            .map(|(name, value)| ((*name).into(), Value::from(value)))
            .collect();
        attributes.push(("servicecode".into(), Value::from(self.code)));
        let node = fields! {
            "product": fields! {
                "productFamily": self.family,
                "attributes": Value::Entries(attributes),
                "sku": &self.sku,
            },
            "serviceCode": self.code,
            "terms": fields! { "OnDemand": Value::Entries(vec![(term.into(), on_demand)]) },
            "version": "20261101000000",
            "publicationDate": "2026-11-01T00:00:00Z",
        };
        String::from_utf8(json::write(&node, json::TimestampFormat::Text)).unwrap_or_default()
    }
}

/// The attributes that name a region.
pub(super) fn place(region: &str) -> [(&'static str, String); 3] {
    let name = region::find(region).map_or(region, |region| region.location);
    [
        ("regionCode", region.to_owned()),
        ("location", name.to_owned()),
        ("locationType", "AWS Region".to_owned()),
    ]
}
