//! The bill lines of each resource.

use super::{
    lines::{BEDROCK, EC2, EC2_OTHER, Line, MARKETPLACE_UNIT, Measure, SAGEMAKER},
    names::{ec2_prefix, prefix, usage_name},
    serverless_lines::serverless_lines,
};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::{Component, Facts, Tier},
        simulation::{
            AppState, Endpoint, Holder, Instance, Market, ModelUse, NotebookState, Simulation,
            ThroughputState,
        },
    },
};

impl Simulation {
    /// The lines of the bill; of one service, if given.
    pub(super) fn lines(&self, service: Option<&str>) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        let wanted = |name: &str| service.is_none_or(|service| service == name);
        if wanted(EC2) || wanted(EC2_OTHER) {
            self.instances
                .iter()
                .for_each(|one| instance_lines(one, &mut lines));
            self.reservation_lines(&mut lines);
        }
        if wanted(SAGEMAKER) {
            self.notebook_lines(&mut lines);
            self.studio_lines(&mut lines);
            self.endpoints
                .iter()
                .for_each(|one| endpoint_lines(one, &mut lines));
            self.job_lines(&mut lines);
            self.cluster_lines(&mut lines);
        }
        self.bedrock_lines(&mut lines);
        self.server_lines(&mut lines);
        self.model_job_lines(&mut lines);
        for extra in &self.extras {
            let mut line = Line::new(
                &extra.service,
                extra.usage_type.clone(),
                &extra.region,
                &extra.unit,
                Measure::Daily(extra),
            );
            (line.account, line.record_type, line.tags) = (
                extra.account.as_deref(),
                extra.record_type,
                Some(&extra.tags),
            );
            lines.push(line);
        }
        lines.retain(|line| wanted(&line.service));
        if !self.agreements.prices.is_empty() {
            for line in &mut lines {
                line.apply_list_price(self);
            }
        }
        lines
    }

    fn notebook_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.notebooks {
            let (name, region) = (prefix(&one.region), one.region.as_str());
            if let Some(rate) =
                Facts::get().sagemaker(&one.instance_type, Component::Notebook, region)
            {
                let seconds = move |from, to| {
                    one.life.seconds(from, to, |state| {
                        f64::from(state == NotebookState::InService)
                    })
                };
                let measure = Measure::Hours(Box::new(seconds), rate);
                let line = Line::new(
                    SAGEMAKER,
                    format!("{name}Notebk:{}", one.instance_type),
                    region,
                    "Hrs",
                    measure,
                );
                lines.push(
                    line.of("RunInstance", &one.arn, &one.tags)
                        .with_instance_type(&one.instance_type),
                );
            }
            let measure = Measure::Storage(one.created, f64::from(one.volume_gb));
            lines.push(
                Line::new(
                    SAGEMAKER,
                    format!("{name}Notebk:VolumeUsage.gp2"),
                    region,
                    "GB-Mo",
                    measure,
                )
                .of("RunInstance", &one.arn, &one.tags),
            );
        }
    }

    fn studio_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.apps {
            let region = one.region.as_str();
            if let Some(rate) =
                Facts::get().sagemaker(&one.instance_type, Component::Studio, region)
            {
                let seconds = move |from, to| {
                    one.life
                        .seconds(from, to, |state| f64::from(state == AppState::InService))
                };
                let usage = format!(
                    "{}Studio:{}-{}",
                    prefix(region),
                    one.app_type,
                    one.instance_type
                );
                let line = Line::new(
                    SAGEMAKER,
                    usage,
                    region,
                    "Hrs",
                    Measure::Hours(Box::new(seconds), rate),
                );
                let operation = if matches!(one.holder, Holder::Space(_)) {
                    "Studio-Space"
                } else {
                    "Studio"
                };
                lines.push(
                    line.of(operation, &one.arn, &one.tags)
                        .with_instance_type(&one.instance_type),
                );
            }
        }
        for one in &self.spaces {
            let measure = Measure::Storage(one.created, f64::from(one.volume_gb));
            let usage = format!("{}Studio:VolumeUsage.gp3", prefix(&one.region));
            lines.push(
                Line::new(SAGEMAKER, usage, &one.region, "GB-Mo", measure).of(
                    "Studio-Space",
                    &one.arn,
                    &one.tags,
                ),
            );
        }
    }

    fn bedrock_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.throughputs {
            let Some(rate) =
                Facts::get().model_unit(&one.model, one.commitment.months(), &one.region)
            else {
                continue;
            };
            let units = f64::from(one.units);
            let seconds = move |from, to| {
                let billed = |state| {
                    f64::from(matches!(
                        state,
                        ThroughputState::InService | ThroughputState::Updating
                    ))
                };
                one.life.seconds(from, to, billed) * units
            };
            let term = match one.commitment.months() {
                0 => "no-commit",
                1 => "1-month",
                _ => "6-month",
            };
            let usage = format!(
                "{}{}-provisioned-throughput-{term}",
                prefix(&one.region),
                usage_name(&one.model)
            );
            let line = Line::new(
                BEDROCK,
                usage,
                &one.region,
                "Hrs",
                Measure::Hours(Box::new(seconds), rate),
            );
            lines.push(line.of("ProvisionedThroughput", &one.arn, &one.tags));
        }
        self.token_lines(lines);
    }

    /// Lines of on-demand tokens, by model use and kind of token.
    fn token_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for (place, one) in self.model_uses.iter().enumerate() {
            let Some(rates) = one.rates else { continue };
            for (kind, word, units, rate) in [
                (0, "input-tokens", "InputTokenCount", rates.input),
                (1, "output-tokens", "OutputTokenCount", rates.output),
                (
                    2,
                    "cache-read-input-token-count",
                    "CacheReadInputTokenCount",
                    rates.cache_read,
                ),
                (
                    3,
                    "cache-write-input-token-count",
                    "CacheWriteInputTokenCount",
                    rates.cache_write,
                ),
            ] {
                let usage = token_usage_type(one, word, units);
                let is_marketplace = usage.ends_with("-Units");
                let mut line = Line::new(
                    &one.service,
                    usage,
                    &one.region,
                    if is_marketplace {
                        MARKETPLACE_UNIT
                    } else {
                        "1K tokens"
                    },
                    Measure::Tokens(place, kind, rate),
                );
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
    let (facts, region, ty) = (
        Facts::get(),
        one.region.as_str(),
        one.instance_type.as_str(),
    );
    let name = ec2_prefix(region);
    let compute = match &one.market {
        Market::OnDemand => facts.on_demand(ty, region).map(|rate| {
            (
                "BoxUsage",
                "On Demand Instances",
                Measure::Instance(one, rate),
            )
        }),
        Market::Spot { .. } => facts
            .spot(ty, region)
            .map(|rate| ("SpotUsage", "Spot Instances", Measure::Instance(one, rate))),
        Market::CapacityBlock { end, .. } => facts.capacity_block(ty, region).map(|rate| {
            let hours = end.duration_since(one.first_launched()).as_secs_f64() / 3_600.0;
            (
                "CapacityBlock",
                "Capacity Blocks",
                Measure::Once(one.first_launched(), hours, hours * rate),
            )
        }),
    };
    if let Some((word, purchase, measure)) = compute {
        let once = matches!(measure, Measure::Once(..));
        let mut line = Line::new(EC2, format!("{name}{word}:{ty}"), region, "Hrs", measure)
            .of("RunInstances", &one.id, &one.tags)
            .with_instance_type(ty);
        (line.purchase_type, line.zone) = (purchase, Some(one.zone.as_str()));
        if once {
            line.record_type = "Fee";
        }
        lines.push(line);
    }
    if one.ebs_root {
        lines.push(
            Line::new(
                EC2_OTHER,
                format!("{name}EBS:VolumeUsage.gp3"),
                region,
                "GB-Mo",
                Measure::Volume(one),
            )
            .of("CreateVolume-Gp3", &one.id, &one.tags),
        );
    }
}

fn endpoint_lines<'a>(one: &'a Endpoint, lines: &mut Vec<Line<'a>>) {
    let region = one.region.as_str();
    // A training plan was paid in advance.
    let is_billed = one.training_plan.is_none();
    for variant in one.variants.iter().filter(|_| is_billed) {
        let operation = if one.async_output.is_some() {
            "AsyncInference"
        } else {
            "RunInstance"
        };
        if let Some(serverless) = variant.serverless {
            lines.extend(serverless_lines(one, variant, serverless));
            continue;
        }
        let Some(ty) = variant.instance_type.as_deref() else {
            continue;
        };
        let Some(rate) = Facts::get().sagemaker(ty, Component::Hosting, region) else {
            continue;
        };
        let seconds = move |from: Timestamp, to: Timestamp| {
            one.life
                .spans(from, to)
                .filter(|(.., state)| state.serves())
                .map(|(begin, end, _)| variant.fleet.seconds(begin, end, &one.requests))
                .sum()
        };
        let line = Line::new(
            SAGEMAKER,
            format!("{}Host:{ty}", prefix(region)),
            region,
            "Hrs",
            Measure::Hours(Box::new(seconds), rate),
        );
        lines.push(
            line.of(operation, &one.arn, &one.tags)
                .with_instance_type(ty),
        );
    }
}

/// The usage type of on-demand tokens: `word` names them on Amazon's own lines, `units` on those of
/// the Marketplace.
fn token_usage_type(one: &ModelUse, word: &str, units: &str) -> String {
    let market = one.service.ends_with("(Amazon Bedrock Edition)");
    let area = prefix(&one.region);
    let global = one.model.starts_with("global.");
    if market {
        let scope = if global { "_Global" } else { "" };
        let tier = match one.tier {
            Tier::Standard => "",
            Tier::Batch => "_Batch",
            Tier::Flex => "_Flex",
            Tier::Priority => "_Priority",
        };
        format!(
            "{area}MP:{}_{units}{scope}{tier}-Units",
            area.trim_end_matches('-')
        )
    } else {
        let scope = if global { "-cross-region-global" } else { "" };
        let tier = match one.tier {
            Tier::Standard => "",
            Tier::Batch => "-batch",
            Tier::Flex => "-flex",
            Tier::Priority => "-priority",
        };
        format!("{area}{}-{word}{scope}{tier}", one.usage_name)
    }
}
