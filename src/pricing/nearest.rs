//! The nearest price of an instance without one: its type on demand (of a spot instance), as a
//! Capacity Block or in another region, the same accelerators, the newest type of its series. It
//! orders findings and is in no sum.

use super::{Prices, ec2::Ec2};
use crate::domain::{PriceEstimate, UsdPerHour};
use std::sync::Arc;

/// A price used in place of an unknown one.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestPrice {
    /// Dollars per hour of an instance.
    pub unit: UsdPerHour,
    /// The source of the price: `Capacity Block rate of p6-b200.48xlarge in us-east-1`.
    pub basis: Arc<str>,
    /// The EC2 type that has the price.
    like: Arc<str>,
}

impl NearestPrice {
    /// The estimate of `quantity` instances.
    pub fn of(self, quantity: f64) -> PriceEstimate {
        PriceEstimate {
            unit: self.unit,
            quantity,
            basis: self.basis,
        }
    }
}

impl Prices {
    /// The nearest price of an instance of `ty` (with or without `ml.`) in `region`.
    /// `accelerators`: their count and name, where AWS reports them. `None`: the cards have no
    /// similar type.
    pub fn nearest(
        &self,
        ty: &str,
        region: &str,
        accelerators: Option<(f64, &str)>,
    ) -> Option<NearestPrice> {
        let plain = ty.strip_prefix("ml.").unwrap_or(ty);
        let found = self.ec2_prices().nearest(plain, region, accelerators)?;
        if plain.len() == ty.len() {
            return Some(found);
        }
        // Without a multiplier, EC2's price is what SageMaker asks at least.
        let Some(factor) = self.ml_factor(&found.like) else {
            return Some(found);
        };
        Some(NearestPrice {
            unit: found.unit * factor,
            basis: format!("{} x {factor}", found.basis).into(),
            ..found
        })
    }
}

impl Ec2 {
    fn nearest(
        &self,
        ty: &str,
        region: &str,
        accelerators: Option<(f64, &str)>,
    ) -> Option<NearestPrice> {
        let block = || {
            let quote = self.capacity_block(ty, region);
            let unit = quote.known()?.unit;
            let basis = format!("Capacity Block rate of {ty} in {region}");
            Some(nearest(unit, basis, ty))
        };
        let elsewhere = || {
            let (place, unit) = self.lowest(ty)?;
            Some(nearest(unit, format!("{ty} in {place}"), ty))
        };
        let own = || {
            let quote = self.on_demand(ty, region);
            Some(nearest(quote.known()?.unit, format!("{ty} on demand"), ty))
        };
        own()
            .or_else(block)
            .or_else(elsewhere)
            .or_else(|| self.by_accelerators(accelerators?))
            .or_else(|| self.by_series(ty))
    }

    /// `count` times the lowest price of an accelerator with this name.
    fn by_accelerators(&self, (count, name): (f64, &str)) -> Option<NearestPrice> {
        let prices = self.types().filter_map(|(ty, spec)| {
            let is_same = spec.accelerators > 0.0 && spec.accelerator.eq_ignore_ascii_case(name);
            let (_, unit) = self.lowest(ty).filter(|_| is_same)?;
            Some((unit * (1.0 / spec.accelerators), ty))
        });
        let (each, like) = prices.min_by(|a, b| a.0.0.total_cmp(&b.0.0).then(a.1.cmp(b.1)))?;
        let basis = format!("{count} {name} x {each:#}");
        Some(nearest(each * count, basis, like))
    }

    /// The newest priced type of the same series, `p` of `p9.48xlarge`, scaled to its size.
    fn by_series(&self, ty: &str) -> Option<NearestPrice> {
        let (series, _, size) = split(ty)?;
        let kin = self.types().filter_map(|(other, _)| {
            let (of, generation, other_size) = split(other)?;
            let (_, unit) = self.lowest(other).filter(|_| of == series)?;
            Some((generation, other_size, other, unit))
        });
        let distance = |other: f64| (other / size).ln().abs();
        let (_, other_size, other, unit) = kin.min_by(|a, b| {
            b.0.cmp(&a.0)
                .then(distance(a.1).total_cmp(&distance(b.1)))
                .then(a.2.cmp(b.2))
        })?;
        let scale = size / other_size;
        let basis = if (scale - 1.0).abs() < 1e-9 {
            other.to_owned()
        } else {
            format!("{other} x {scale}")
        };
        Some(nearest(unit * scale, basis, other))
    }
}

fn nearest(unit: UsdPerHour, basis: String, like: &str) -> NearestPrice {
    NearestPrice {
        unit,
        basis: basis.into(),
        like: like.into(),
    }
}

/// Series, generation and size of a type: `p`, 6, 48 of `p6-b200.48xlarge`. Sizes count in
/// `xlarge`, by the normalization factors of AWS (whitepaper "Amazon EC2 Reserved Instances": nano
/// 0.25 to xlarge 8). `None` for a name of another form.
fn split(ty: &str) -> Option<(&str, u32, f64)> {
    let (family, size) = ty.split_once('.')?;
    let digits = family.find(|c: char| c.is_ascii_digit())?;
    let (series, rest) = family.split_at(digits);
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let generation = rest.get(..end)?.parse().ok()?;
    let size = match size {
        "nano" => 0.25 / 8.0,
        "micro" => 0.5 / 8.0,
        "small" => 1.0 / 8.0,
        "medium" => 2.0 / 8.0,
        "large" => 4.0 / 8.0,
        "xlarge" => 1.0,
        many => many.strip_suffix("xlarge")?.parse().ok()?,
    };
    (size > 0.0).then_some((series, generation, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest_of(ty: &str, region: &str, accelerators: Option<(f64, &str)>) -> String {
        Prices::embedded()
            .nearest(ty, region, accelerators)
            .map_or_else(String::new, |found| {
                format!("{:#} {}", found.unit, found.basis)
            })
    }

    #[test]
    fn nearest_price_is_of_the_block_then_the_region_then_the_accelerators_then_the_series() {
        for (ty, region, accelerators, expected) in [
            ("p5.48xlarge", "us-east-1", None, "p5.48xlarge on demand"),
            ("p5.48xlarge", "mx-central-1", None, "p5.48xlarge in "),
            (
                "p9.48xlarge",
                "us-east-1",
                Some((8.0, "H100")),
                "8 H100 x $",
            ),
            ("p9.48xlarge", "us-east-1", Some((8.0, "R900")), "p6-b"),
            ("p9.24xlarge", "us-east-1", None, "x 0.5"),
            ("ml.p9.48xlarge", "us-east-1", None, " x 1.15"),
            ("ml.m9.large", "us-east-1", None, " x 1.2"),
            ("m9.large", "us-east-1", None, "m7"),
        ] {
            let found = nearest_of(ty, region, accelerators);
            assert!(
                found.contains(expected),
                "{ty}: {found:?} lacks {expected:?}"
            );
        }
    }

    #[test]
    fn nothing_is_near_an_unknown_series() {
        for ty in ["zz1.xlarge", "p9", "p9.odd", "", "ml."] {
            assert_eq!(nearest_of(ty, "us-east-1", None), "", "{ty}");
        }
    }

    #[test]
    fn type_name_splits_into_series_generation_and_size() {
        for (ty, expected) in [
            ("p6-b200.48xlarge", Some(("p", 6, 48.0))),
            ("g4dn.xlarge", Some(("g", 4, 1.0))),
            ("trn1n.32xlarge", Some(("trn", 1, 32.0))),
            ("m5.large", Some(("m", 5, 0.5))),
            ("t3.nano", Some(("t", 3, 0.031_25))),
            ("t3.small", Some(("t", 3, 0.125))),
            ("u-6tb1.metal", None),
            ("p9.0xlarge", None),
        ] {
            assert_eq!(split(ty), expected, "{ty}");
        }
    }
}
