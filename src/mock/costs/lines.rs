//! The lines of the bill that each resource makes: names as in Cost Explorer, quantities as integrals.
//!
//! Must not know how lines are grouped or filtered.

use super::{Charge, Extra, deals::Family};
use crate::{
    domain::{Stamp, Tags},
    mock::{
        facts::{Component, Facts, Tier},
        world::{AppState, Endpoint, Holder, Instance, InstanceState, Market, NotebookState, ThroughputState, World, after, usage_name},
    },
};

const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
const EC2_OTHER: &str = "EC2 - Other";
pub(super) const SAGEMAKER: &str = "Amazon SageMaker";
pub(super) const BEDROCK: &str = "Amazon Bedrock";

/// Dollars per GB-month of EBS gp3.
const GP3: f64 = 0.08;
/// Dollars per GB-second of a serverless endpoint.
const SERVERLESS: f64 = 0.000_02;
/// Seconds in the month storage is priced by.
const MONTH: f64 = 730.0 * 3_600.0;

/// What is measured over time.
pub(super) enum Measure<'a> {
    /// Hours in a state, and dollars per hour.
    Instance(&'a Instance, f64),
    /// GB-months of an instance's volumes, from launch to termination.
    Volume(&'a Instance),
    /// A sum paid at once, at a moment.
    Once(Stamp, f64, f64),
    /// Hours in service, and dollars per hour.
    Hours(Box<dyn Fn(Stamp, Stamp) -> f64 + 'a>, f64),
    /// A quantity, and dollars per one.
    Amount(Box<dyn Fn(Stamp, Stamp) -> f64 + 'a>, f64),
    /// GB-months of a volume that lives since a moment.
    Storage(Stamp, f64),
    /// Tokens of an on-demand model, and dollars per 1,000.
    Tokens(usize, usize, f64),
    /// Dollars per day.
    Daily(&'a Extra),
}

/// One line.
pub(super) struct Line<'a> {
    service: String,
    usage_type: String,
    operation: &'static str,
    record_type: &'static str,
    region: &'a str,
    zone: Option<&'a str>,
    instance_type: Option<&'a str>,
    purchase_type: &'static str,
    resource: Option<&'a str>,
    tags: Option<&'a Tags>,
    account: Option<&'a str>,
    unit: &'static str,
    measure: Measure<'a>,
}

impl<'a> Line<'a> {
    pub(super) fn new(service: &str, usage_type: String, region: &'a str, unit: &'static str, measure: Measure<'a>) -> Self {
        Self {
            service: service.to_owned(),
            usage_type,
            operation: "",
            record_type: "Usage",
            region,
            zone: None,
            instance_type: None,
            purchase_type: "On Demand Instances",
            resource: None,
            tags: None,
            account: None,
            unit,
            measure,
        }
    }

    pub(super) fn of(mut self, operation: &'static str, resource: &'a str, tags: &'a Tags) -> Self {
        (self.operation, self.resource, self.tags) = (operation, Some(resource), Some(tags));
        self
    }

    pub(super) fn typed(mut self, instance_type: &'a str) -> Self {
        self.instance_type = Some(instance_type);
        self
    }

    /// On spot: no commitment covers it.
    pub(super) fn spot(mut self) -> Self {
        self.purchase_type = "Spot Instances";
        self
    }

    /// Quantity and dollars in `[from, to)`.
    pub(super) fn cost(&self, world: &World, from: Stamp, to: Stamp) -> (f64, f64) {
        match &self.measure {
            Measure::Instance(one, rate) => {
                let hours = one.life.seconds(from, to, |state| f64::from(state == InstanceState::Running)) / 3_600.0;
                (hours, hours * rate)
            }
            Measure::Volume(one) => {
                let size: u32 = one.volumes.iter().map(|volume| volume.size_gib).sum();
                let months = one.life.seconds(from, to, |state| f64::from(state != InstanceState::Terminated)) / MONTH * f64::from(size);
                (months, months * GP3)
            }
            Measure::Once(at, quantity, usd) if (from..to).contains(at) => (*quantity, *usd),
            Measure::Once(..) => (0.0, 0.0),
            Measure::Hours(seconds, rate) => {
                let hours = seconds(from, to) / 3_600.0;
                (hours, hours * rate)
            }
            Measure::Amount(quantity, rate) => {
                let quantity = quantity(from, to);
                (quantity, quantity * rate)
            }
            Measure::Storage(since, gb) => {
                let seconds = to.duration_since(from.max(*since)).as_secs_f64().max(0.0);
                let months = seconds / MONTH * gb;
                (months, months * Facts::get().ml_storage(self.region))
            }
            Measure::Tokens(model, kind, rate) => {
                let thousands = world.tokens_between(*model, *kind, from, to) / 1_000.0;
                (thousands, thousands * rate)
            }
            Measure::Daily(extra) => {
                let from = extra.since.map_or(from, |since| from.max(since));
                let days = to.duration_since(from).as_secs_f64().max(0.0) / 86_400.0;
                let noon = Stamp::from_second(from.as_second().div_euclid(86_400) * 86_400 + 43_200).unwrap_or(from);
                let usd = extra.daily.smooth(noon) * days;
                (usd, usd)
            }
        }
    }

    pub(super) fn charge(&self, at: Stamp, quantity: f64, usd: f64, payer: &str) -> Charge {
        Charge {
            at,
            account: self.account.unwrap_or(payer).to_owned(),
            service: self.service.clone(),
            usage_type: self.usage_type.clone(),
            operation: self.operation,
            record_type: self.record_type,
            region: self.region.to_owned(),
            zone: self.zone.map(str::to_owned),
            instance_type: self.instance_type.map(str::to_owned),
            purchase_type: self.purchase_type,
            resource: self.resource.map(str::to_owned),
            tags: self.tags.cloned().unwrap_or_default(),
            quantity,
            unit: self.unit,
            usd,
            amortized: usd,
            net: usd,
            net_amortized: usd,
        }
    }

    pub(super) fn service(&self) -> &str {
        &self.service
    }

    pub(super) fn usage_type(&self) -> &str {
        &self.usage_type
    }

    pub(super) fn region(&self) -> &str {
        self.region
    }

    pub(super) fn resource(&self) -> Option<&str> {
        self.resource
    }

    pub(super) fn instance_type(&self) -> Option<&str> {
        self.instance_type
    }

    /// Which commitments can cover it: on-demand instance hours of EC2, and of SageMaker but for HyperPod.
    pub(super) fn coverable(&self) -> Option<Family> {
        let hours = self.unit == "Hrs" && self.record_type == "Usage" && self.purchase_type == "On Demand Instances";
        let (service, usage) = (self.service.as_str(), self.usage_type.as_str());
        self.instance_type.filter(|_| hours)?;
        match service {
            EC2 if usage.contains("BoxUsage:") => Some(Family::Ec2),
            SAGEMAKER if !usage.contains("Cluster:") => Some(Family::SageMaker),
            _ => None,
        }
    }

    /// The same usage at the list price the scenario sets, where it sets one.
    fn reprice(&mut self, world: &World) {
        let Some(family) = Family::of(&self.service).filter(|_| self.record_type == "Usage") else { return };
        let price = |of: &str, component: Option<&str>| world.deals.list_price(family, of, component, self.region);
        let own = match &self.measure {
            Measure::Tokens(model, kind, _) => {
                world.model_uses.get(*model).and_then(|one| price(&one.model, TOKEN_KINDS.get(*kind).copied()))
            }
            _ => self.instance_type.filter(|_| self.unit == "Hrs" && !self.usage_type.contains("SpotUsage:")).and_then(|ty| {
                let word = component_word(&self.usage_type);
                price(ty, (family == Family::SageMaker).then_some(word))
            }),
        };
        if let (Some(own), Measure::Instance(_, rate) | Measure::Hours(_, rate) | Measure::Tokens(_, _, rate)) = (own, &mut self.measure) {
            *rate = own;
        }
    }
}

/// Kinds of token, by their place in what a model took.
const TOKEN_KINDS: [&str; 4] = ["input", "output", "cache-read", "cache-write"];

/// The price lists' word for the component a usage type of SageMaker names.
fn component_word(usage_type: &str) -> &'static str {
    let name = usage_type.split(':').next().unwrap_or_default().rsplit('-').next().unwrap_or_default();
    match name {
        "Notebk" => "notebook",
        "Studio" => "studio",
        "Train" => "training",
        "Processing" => "processing",
        "Tsform" => "transform",
        "Cluster" => "cluster",
        _ => "hosting",
    }
}

/// `USW2-`; EC2 leaves it out in us-east-1, SageMaker and Bedrock write `USE1-`.
pub(in crate::mock) fn prefix(region: &str) -> String {
    if let Some((_, short)) = SHORT.iter().find(|(code, _)| *code == region) {
        return format!("{short}-");
    }
    let mut parts = region.split('-');
    let (area, side, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let side = match side {
        "northeast" => "N",
        "southeast" => "S",
        other => &other[..other.len().min(1)],
    };
    format!("{}{}{number}-", area.to_uppercase(), side.to_uppercase())
}

/// Regions whose short name on the bill does not follow from their code.
const SHORT: &[(&str, &str)] = &[
    ("eu-west-1", "EU"),
    ("ap-south-1", "APS3"),
    ("ap-south-2", "APS5"),
    ("ap-southeast-3", "APS4"),
    ("ap-southeast-4", "APS6"),
    ("ap-southeast-5", "APS7"),
    ("ap-southeast-7", "APS9"),
    ("ca-central-1", "CAN1"),
    ("ca-west-1", "CAN2"),
    ("us-gov-west-1", "UGW1"),
    ("us-gov-east-1", "UGE1"),
];

pub(in crate::mock) fn ec2_prefix(region: &str) -> String {
    if region == "us-east-1" { String::new() } else { prefix(region) }
}

impl World {
    /// The lines of the bill; of one service, if given.
    pub(super) fn lines(&self, service: Option<&str>) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        let wanted = |name: &str| service.is_none_or(|service| service == name);
        if wanted(EC2) || wanted(EC2_OTHER) {
            self.instances.iter().for_each(|one| instance_lines(one, &mut lines));
        }
        if wanted(SAGEMAKER) {
            self.notebook_lines(&mut lines);
            self.studio_lines(&mut lines);
            self.endpoints.iter().for_each(|one| endpoint_lines(one, &mut lines));
            self.job_lines(&mut lines);
            self.cluster_lines(&mut lines);
        }
        self.bedrock_lines(&mut lines);
        self.model_job_lines(&mut lines);
        for extra in &self.extras {
            let mut line = Line::new(&extra.service, extra.usage_type.clone(), &extra.region, "USD", Measure::Daily(extra));
            (line.account, line.record_type, line.tags) = (extra.account.as_deref(), extra.record_type, Some(&extra.tags));
            lines.push(line);
        }
        lines.retain(|line| wanted(&line.service));
        if !self.deals.prices.is_empty() {
            for line in &mut lines {
                line.reprice(self);
            }
        }
        lines
    }

    fn notebook_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.notebooks {
            let (name, region) = (prefix(&one.region), one.region.as_str());
            if let Some(rate) = Facts::get().sagemaker(&one.instance_type, Component::Notebook, region) {
                let seconds = move |from, to| one.life.seconds(from, to, |state| f64::from(state == NotebookState::InService));
                let measure = Measure::Hours(Box::new(seconds), rate);
                let line = Line::new(SAGEMAKER, format!("{name}Notebk:{}", one.instance_type), region, "Hrs", measure);
                lines.push(line.of("RunInstance", &one.arn, &one.tags).typed(&one.instance_type));
            }
            let measure = Measure::Storage(one.created, f64::from(one.volume_gb));
            lines.push(Line::new(SAGEMAKER, format!("{name}Notebk:VolumeUsage.gp2"), region, "GB-Mo", measure).of(
                "RunInstance",
                &one.arn,
                &one.tags,
            ));
        }
    }

    fn studio_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.apps {
            let region = one.region.as_str();
            if let Some(rate) = Facts::get().sagemaker(&one.instance_type, Component::Studio, region) {
                let seconds = move |from, to| one.life.seconds(from, to, |state| f64::from(state == AppState::InService));
                let usage = format!("{}Studio:{}-{}", prefix(region), one.app_type, one.instance_type);
                let line = Line::new(SAGEMAKER, usage, region, "Hrs", Measure::Hours(Box::new(seconds), rate));
                let operation = if matches!(one.holder, Holder::Space(_)) { "Studio-Space" } else { "Studio" };
                lines.push(line.of(operation, &one.arn, &one.tags).typed(&one.instance_type));
            }
        }
        for one in &self.spaces {
            let measure = Measure::Storage(one.created, f64::from(one.volume_gb));
            let usage = format!("{}Studio:VolumeUsage.gp3", prefix(&one.region));
            lines.push(Line::new(SAGEMAKER, usage, &one.region, "GB-Mo", measure).of("Studio-Space", &one.arn, &one.tags));
        }
    }

    fn bedrock_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.throughputs {
            let Some(rate) = Facts::get().model_unit(&one.model, one.commitment.months(), &one.region) else { continue };
            let units = f64::from(one.units);
            let seconds = move |from, to| {
                let billed = |state| f64::from(matches!(state, ThroughputState::InService | ThroughputState::Updating));
                one.life.seconds(from, to, billed) * units
            };
            let term = match one.commitment.months() {
                0 => "no-commit",
                1 => "1-month",
                _ => "6-month",
            };
            let usage = format!("{}{}-provisioned-throughput-{term}", prefix(&one.region), usage_name(&one.model));
            let line = Line::new(BEDROCK, usage, &one.region, "Hrs", Measure::Hours(Box::new(seconds), rate));
            lines.push(line.of("ProvisionedThroughput", &one.arn, &one.tags));
        }
        for (place, one) in self.model_uses.iter().enumerate() {
            let Some(rates) = one.rates else { continue };
            let market = one.service.ends_with("(Amazon Bedrock Edition)");
            let area = prefix(&one.region);
            for (kind, word, units, rate) in [
                (0, "input-tokens", "InputTokenCount", rates.input),
                (1, "output-tokens", "OutputTokenCount", rates.output),
                (2, "cache-read-input-token-count", "CacheReadInputTokenCount", rates.cache_read),
                (3, "cache-write-input-token-count", "CacheWriteInputTokenCount", rates.cache_write),
            ] {
                let global = one.model.starts_with("global.");
                let usage = if market {
                    let scope = if global { "_Global" } else { "" };
                    let tier = match one.tier {
                        Tier::Standard => "",
                        Tier::Batch => "_Batch",
                        Tier::Flex => "_Flex",
                        Tier::Priority => "_Priority",
                    };
                    format!("{area}MP:{}_{units}{scope}{tier}-Units", area.trim_end_matches('-'))
                } else {
                    let scope = if global { "-cross-region-global" } else { "" };
                    let tier = match one.tier {
                        Tier::Standard => "",
                        Tier::Batch => "-batch",
                        Tier::Flex => "-flex",
                        Tier::Priority => "-priority",
                    };
                    format!("{area}{}-{word}{scope}{tier}", one.usage_name)
                };
                let mut line = Line::new(&one.service, usage, &one.region, "1K tokens", Measure::Tokens(place, kind, rate));
                line.operation = "InvokeModelInference";
                if let Some(profile) = one.profile.and_then(|place| self.profiles.get(place)) {
                    (line.resource, line.tags) = (Some(profile.arn.as_str()), Some(&profile.tags));
                }
                lines.push(line);
            }
        }
    }
}

fn instance_lines<'a>(one: &'a Instance, lines: &mut Vec<Line<'a>>) {
    let (facts, region, ty) = (Facts::get(), one.region.as_str(), one.instance_type.as_str());
    let name = ec2_prefix(region);
    let compute = match &one.market {
        Market::OnDemand => facts.on_demand(ty, region).map(|rate| ("BoxUsage", "On Demand Instances", Measure::Instance(one, rate))),
        Market::Spot { .. } => facts.spot(ty, region).map(|rate| ("SpotUsage", "Spot Instances", Measure::Instance(one, rate))),
        Market::CapacityBlock { ends, .. } => facts.capacity_block(ty, region).map(|rate| {
            let hours = ends.duration_since(one.first_launched()).as_secs_f64() / 3_600.0;
            ("CapacityBlock", "Capacity Blocks", Measure::Once(one.first_launched(), hours, hours * rate))
        }),
    };
    if let Some((word, purchase, measure)) = compute {
        let once = matches!(measure, Measure::Once(..));
        let mut line =
            Line::new(EC2, format!("{name}{word}:{ty}"), region, "Hrs", measure).of("RunInstances", &one.id, &one.tags).typed(ty);
        (line.purchase_type, line.zone) = (purchase, Some(one.zone.as_str()));
        if once {
            line.record_type = "Fee";
        }
        lines.push(line);
    }
    if one.ebs_root {
        lines.push(Line::new(EC2_OTHER, format!("{name}EBS:VolumeUsage.gp3"), region, "GB-Mo", Measure::Volume(one)).of(
            "CreateVolume-Gp3",
            &one.id,
            &one.tags,
        ));
    }
}

fn endpoint_lines<'a>(one: &'a Endpoint, lines: &mut Vec<Line<'a>>) {
    let region = one.region.as_str();
    for variant in &one.variants {
        let operation = if one.async_output.is_some() { "AsyncInference" } else { "RunInstance" };
        if let Some(serverless) = variant.serverless {
            let gb = f64::from(serverless.memory_mb) / 1_024.0;
            let seconds = move |from: Stamp, to: Stamp| {
                let mut total = 0.0;
                let mut t = from;
                while t < to {
                    total += one.requests_at(variant, t) * one.latency_ms / 1_000.0 * gb;
                    t = after(t, 60.0);
                }
                total
            };
            let usage = format!("{}ServerlessInf:Mem-{}GB", prefix(region), gb.ceil());
            // Quantity in GB-hours.
            let line = Line::new(SAGEMAKER, usage, region, "GB-Hrs", Measure::Hours(Box::new(seconds), SERVERLESS * 3_600.0));
            lines.push(line.of("ServerlessInference", &one.arn, &one.tags));
            continue;
        }
        let Some(ty) = variant.instance_type.as_deref() else { continue };
        let Some(rate) = Facts::get().sagemaker(ty, Component::Hosting, region) else { continue };
        let seconds = move |from: Stamp, to: Stamp| {
            one.life
                .spans(from, to)
                .filter(|(.., state)| state.serves())
                .map(|(begin, end, _)| variant.fleet.seconds(begin, end, &one.requests))
                .sum()
        };
        let line = Line::new(SAGEMAKER, format!("{}Host:{ty}", prefix(region)), region, "Hrs", Measure::Hours(Box::new(seconds), rate));
        lines.push(line.of(operation, &one.arn, &one.tags).typed(ty));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_called_as_on_the_bill() {
        for (region, short) in [
            ("us-east-1", "USE1-"),
            ("us-west-2", "USW2-"),
            ("eu-west-1", "EU-"),
            ("eu-central-1", "EUC1-"),
            ("ap-northeast-1", "APN1-"),
            ("ap-southeast-2", "APS2-"),
            ("ap-south-1", "APS3-"),
            ("ca-central-1", "CAN1-"),
            ("us-gov-west-1", "UGW1-"),
            ("sa-east-1", "SAE1-"),
        ] {
            assert_eq!(prefix(region), short);
        }
    }
}
