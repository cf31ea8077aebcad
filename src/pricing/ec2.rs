//! EC2: on demand, capacity blocks, spot, and the hardware of instance types.

use super::{
    Quote, TypeSpec,
    rate_card::{self, RateCardReader},
};
use crate::domain::{
    Measured, UsdPerHour,
    evidence::{AdjacentType, AdjacentTypes},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Type, then region.
type ByRegion<T> = HashMap<Arc<str>, HashMap<Arc<str>, T>>;

#[derive(Debug, Default)]
pub(super) struct Ec2 {
    on_demand: ByRegion<Quote>,
    blocks: ByRegion<Quote>,
    spot: ByRegion<Spot>,
    /// CPU family, then region: price there over us-east-1.
    ratios: ByRegion<(f64, Arc<str>)>,
    specs: HashMap<Arc<str>, TypeSpec>,
    pub as_of: String,
}

#[derive(Debug)]
enum Spot {
    Price(UsdPerHour, Arc<str>),
    Saving(f64, Arc<str>),
}

#[derive(serde::Deserialize)]
struct Accelerated {
    instance_type: String,
    accelerator: String,
    accelerator_count: f64,
    accel_mem_gib_each: Option<f64>,
    vcpus: Option<u32>,
    mem_gib: Option<f64>,
    region: String,
    #[serde(alias = "on_demand_usd_hr", deserialize_with = "rate_card::price")]
    usd_hr: f64,
    source: String,
    as_of: String,
}

#[derive(serde::Deserialize)]
struct Cpu {
    instance_type: String,
    vcpus: u32,
    mem_gib: f64,
    #[serde(deserialize_with = "rate_card::price")]
    on_demand_usd_hr: f64,
    source: String,
    as_of: String,
}

#[derive(serde::Deserialize)]
struct Ratio {
    family: String,
    region: String,
    #[serde(rename = "ratio_to_us_east_1", deserialize_with = "rate_card::price")]
    over_base: f64,
    source: String,
    as_of: String,
}

#[derive(serde::Deserialize)]
struct SpotRow {
    instance_type: String,
    region: String,
    kind: String,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    spot_usd_hr: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    saving_pct: Option<f64>,
    source: String,
    as_of: String,
}

/// The region that the ratios refer to.
const BASE: &str = "us-east-1";

impl Ec2 {
    pub(super) fn read(reader: &mut RateCardReader) -> Self {
        let mut ec2 = Self::default();
        for row in reader.rows::<Accelerated>(
            "ec2_accelerated.csv",
            include_str!("cards/ec2_accelerated.csv"),
        ) {
            if row.as_of > ec2.as_of {
                ec2.as_of.clone_from(&row.as_of);
            }
            let quote = quote_of_row(
                reader,
                "EC2 on-demand list",
                row.usd_hr,
                &row.source,
                &row.as_of,
            );
            ec2.on_demand
                .entry(reader.share(row.instance_type.clone()))
                .or_default()
                .insert(reader.share(row.region.clone()), quote);
            ec2.learn(reader, row);
        }
        for row in reader.rows::<Accelerated>(
            "ec2_capacity_blocks.csv",
            include_str!("cards/ec2_capacity_blocks.csv"),
        ) {
            let quote = quote_of_row(
                reader,
                "EC2 Capacity Block rate",
                row.usd_hr,
                &row.source,
                &row.as_of,
            );
            ec2.blocks
                .entry(reader.share(row.instance_type.clone()))
                .or_default()
                .insert(reader.share(row.region.clone()), quote);
            ec2.learn(reader, row);
        }
        ec2.read_cpu(reader);
        ec2.read_spot(reader);
        ec2
    }

    fn learn(&mut self, reader: &mut RateCardReader, row: Accelerated) {
        self.specs
            .entry(reader.share(row.instance_type))
            .or_insert_with(|| TypeSpec {
                accelerator: row.accelerator,
                accelerators: row.accelerator_count,
                accelerator_mem_gib: row.accel_mem_gib_each.unwrap_or_default(),
                vcpus: row.vcpus.unwrap_or_default(),
                mem_gib: row.mem_gib.unwrap_or_default(),
            });
    }

    fn read_cpu(&mut self, reader: &mut RateCardReader) {
        for row in reader.rows::<Cpu>(
            "ec2_cpu_us_east_1.csv",
            include_str!("cards/ec2_cpu_us_east_1.csv"),
        ) {
            let quote = quote_of_row(
                reader,
                "EC2 on-demand list",
                row.on_demand_usd_hr,
                &row.source,
                &row.as_of,
            );
            let ty = reader.share(row.instance_type);
            self.on_demand
                .entry(ty.clone())
                .or_default()
                .insert(reader.share(BASE.to_owned()), quote);
            let spec = TypeSpec {
                accelerator: String::new(),
                accelerators: 0.0,
                accelerator_mem_gib: 0.0,
                vcpus: row.vcpus,
                mem_gib: row.mem_gib,
            };
            self.specs.entry(ty).or_insert(spec);
        }
        for row in reader.rows::<Ratio>(
            "ec2_cpu_region_ratio.csv",
            include_str!("cards/ec2_cpu_region_ratio.csv"),
        ) {
            let source = reader.share(format!("region ratio {} ({})", row.as_of, row.source));
            self.ratios
                .entry(reader.share(row.family))
                .or_default()
                .insert(reader.share(row.region), (row.over_base, source));
        }
    }

    fn read_spot(&mut self, reader: &mut RateCardReader) {
        for row in reader.rows::<SpotRow>("ec2_spot.csv", include_str!("cards/ec2_spot.csv")) {
            let source = reader.share(format!("{} ({})", row.as_of, row.source));
            let spot = match (row.kind.as_str(), row.spot_usd_hr, row.saving_pct) {
                ("price", Some(price), _) => Spot::Price(UsdPerHour(price), source),
                (_, _, Some(saving)) => Spot::Saving(saving / 100.0, source),
                _ => continue,
            };
            let known = self
                .spot
                .entry(reader.share(row.instance_type))
                .or_default();
            let region = reader.share(row.region);
            if matches!(spot, Spot::Price(..))
                || !matches!(known.get(&region), Some(Spot::Price(..)))
            {
                known.insert(region, spot);
            }
        }
    }

    pub(super) fn on_demand(&self, ty: &str, region: &str) -> Measured<Quote> {
        let Some(regions) = self.on_demand.get(ty) else {
            return Measured::unknown(self.no_on_demand(ty));
        };
        if let Some(quote) = regions.get(region) {
            return Measured::Known(quote.clone());
        }
        let family = ty.split('.').next().unwrap_or(ty);
        match (
            regions.get(BASE),
            self.ratios
                .get(family)
                .and_then(|ratios| ratios.get(region)),
        ) {
            (Some(base), Some((ratio, source))) => Measured::Known(Quote {
                unit: base.unit * *ratio,
                source: format!("EC2 {ty} {BASE} {:#} x {ratio}, {source}", base.unit).into(),
                estimate: true,
            }),
            _ => Measured::unknown(format!("no price for {ty} in {region}")),
        }
    }

    fn no_on_demand(&self, ty: &str) -> String {
        if self.blocks.contains_key(ty) {
            format!("no on-demand price for {ty}, only Capacity Blocks")
        } else {
            format!("no price for {ty}")
        }
    }

    /// The region with the lowest on-demand price of `ty`, or with the lowest Capacity Block rate.
    pub(super) fn lowest(&self, ty: &str) -> Option<(&str, UsdPerHour)> {
        let regions = self.on_demand.get(ty).or_else(|| self.blocks.get(ty))?;
        regions
            .iter()
            .map(|(region, quote)| (&**region, quote.unit))
            .min_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(b.0)))
    }

    pub(super) fn capacity_block(&self, ty: &str, region: &str) -> Measured<Quote> {
        let quote = self
            .blocks
            .get(ty)
            .and_then(|regions| regions.get(region))
            .cloned();
        Measured::or_why(
            quote,
            format!("no Capacity Block price for {ty} in {region}"),
        )
    }

    pub(super) fn spot(&self, ty: &str, region: &str) -> Measured<Quote> {
        match self.spot.get(ty).and_then(|regions| regions.get(region)) {
            Some(Spot::Price(unit, source)) => Measured::Known(Quote {
                unit: *unit,
                source: format!("spot indication of {source}").into(),
                estimate: true,
            }),
            Some(Spot::Saving(saving, source)) => self.on_demand(ty, region).map(|list| Quote {
                unit: list.unit * (1.0 - saving),
                source: format!(
                    "{:#} on demand x (1 - {saving}), spot advisor {source}",
                    list.unit
                )
                .into(),
                estimate: true,
            }),
            None => Measured::unknown(format!("no spot price for {ty} in {region}")),
        }
    }

    /// The families of the types with accelerators: `p5en`.
    pub(super) fn accelerated_families(&self) -> BTreeSet<&str> {
        let accelerated = self
            .specs
            .iter()
            .filter(|(_, spec)| spec.accelerators > 0.0);
        accelerated
            .filter_map(|(ty, _)| ty.split('.').next())
            .collect()
    }

    /// The types of the family of `ty` that `price` prices: those that cost less and are no larger,
    /// and the next larger one, by accelerators and then vCPUs.
    pub(super) fn adjacent_types(
        &self,
        ty: &str,
        price: impl Fn(&str) -> Measured<Quote>,
    ) -> AdjacentTypes {
        let Some(judged) = self.specs.get(ty) else {
            return AdjacentTypes::default();
        };
        let family = ty.split('.').next().unwrap_or(ty);
        let kin = || {
            self.specs
                .iter()
                .filter(|(other, _)| other.split('.').next() == Some(family))
        };
        let priced = |(other, spec): (&Arc<str>, &TypeSpec)| adjacent(judged, other, spec, &price);
        let own = price(ty).known().map(|quote| quote.unit);
        let is_cheaper = |one: &AdjacentType| own.is_some_and(|own| one.rate < own);
        let mut smaller: Vec<AdjacentType> = kin()
            .filter(|(other, spec)| ***other != *ty && spec.fits_in(judged))
            .filter_map(priced)
            .filter(is_cheaper)
            .collect();
        smaller.sort_by(|a, b| a.rate.0.total_cmp(&b.rate.0).then(a.unit.cmp(&b.unit)));
        let size = |spec: &TypeSpec| (spec.accelerators, spec.vcpus);
        let mut larger: Vec<_> = kin()
            .filter(|(_, spec)| size(spec) > size(judged))
            .collect();
        larger.sort_by(|(a, one), (b, two)| {
            one.accelerators
                .total_cmp(&two.accelerators)
                .then(one.vcpus.cmp(&two.vcpus))
                .then(a.cmp(b))
        });
        AdjacentTypes {
            smaller,
            larger: larger.into_iter().find_map(priced),
        }
    }

    /// The cheapest type without accelerators that `price` prices, with at least the vCPUs and the
    /// memory of `ty`, else with at least its vCPUs. Programs for `ty` run on it unchanged at full
    /// speed: no Graviton (a `g` after the generation) and no burstable type (`t3`).
    pub(super) fn cpu_type(
        &self,
        ty: &str,
        price: impl Fn(&str) -> Measured<Quote>,
    ) -> Option<AdjacentType> {
        let judged = self.specs.get(ty)?;
        let is_alike = |name: &str| {
            let family = name.split('.').next().unwrap_or(name);
            let attributes = family.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            !attributes.contains('g') && !family.starts_with('t')
        };
        let cheapest = |mem_gib: f64| {
            self.specs
                .iter()
                .filter(|(name, spec)| {
                    spec.accelerators <= 0.0
                        && spec.vcpus >= judged.vcpus
                        && spec.mem_gib >= mem_gib
                        && is_alike(name)
                })
                .filter_map(|(name, spec)| adjacent(judged, name, spec, &price))
                .min_by(|a, b| a.rate.0.total_cmp(&b.rate.0).then(a.unit.cmp(&b.unit)))
        };
        cheapest(judged.mem_gib).or_else(|| cheapest(0.0))
    }

    pub(super) fn types(&self) -> impl Iterator<Item = (&str, &TypeSpec)> {
        self.specs.iter().map(|(ty, spec)| (&**ty, spec))
    }

    pub(super) fn spec(&self, ty: &str) -> Option<&TypeSpec> {
        self.specs.get(ty)
    }
}

/// Type `name`, if `price` prices it, compared with the `judged` one.
fn adjacent(
    judged: &TypeSpec,
    name: &Arc<str>,
    spec: &TypeSpec,
    price: impl Fn(&str) -> Measured<Quote>,
) -> Option<AdjacentType> {
    Some(AdjacentType {
        unit: Arc::clone(name),
        rate: price(name).known()?.unit,
        size: spec.size_of(judged),
        cpu_size: f64::from(spec.vcpus) / f64::from(judged.vcpus.max(1)),
    })
}

fn quote_of_row(
    reader: &mut RateCardReader,
    list: &str,
    usd: f64,
    source: &str,
    as_of: &str,
) -> Quote {
    Quote {
        unit: UsdPerHour(usd),
        source: reader.share(format!("{list} {as_of} ({source})")),
        estimate: false,
    }
}
