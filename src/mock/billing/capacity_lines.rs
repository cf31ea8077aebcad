//! The bill lines of reservations: unused instances by the hour, capacity blocks in advance; of
//! tracking servers and imported models.

use super::{
    lines::{BEDROCK, EC2, Line, Measure, SAGEMAKER},
    names::{ec2_prefix, prefix},
};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::Facts,
        simulation::{Simulation, after},
    },
};

impl Simulation {
    /// MLflow tracking servers by the hour, and the active copies of imported models, whose bill
    /// counts windows of five minutes.
    pub(super) fn server_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.tracking_servers {
            let Some(rate) = Facts::get().tracking_server(&one.size, &one.region) else {
                continue;
            };
            let seconds = move |from: Timestamp, to: Timestamp| {
                let end = one.stopped.map_or(to, |stopped| stopped.min(to));
                let begin = from.max(one.created);
                end.duration_since(begin).as_secs_f64().max(0.0)
            };
            let usage = format!("{}MLflow:{}", prefix(&one.region), one.size);
            let measure = Measure::Hours(Box::new(seconds), rate);
            let line = Line::new(SAGEMAKER, usage, &one.region, "Hrs", measure);
            lines.push(line.of("TrackingServer", &one.arn, &one.tags));
        }
        for one in &self.imported_models {
            let rate = Facts::get().custom_model_unit(&one.units_version, &one.region);
            let Some(rate) = rate else { continue };
            let seconds = move |from: Timestamp, to: Timestamp| {
                let (mut at, mut total) = (from.max(one.created), 0.0);
                while at < to {
                    let next = after(at, 300.0).min(to);
                    let copies = one.copies.at(at).round();
                    total += copies * next.duration_since(at).as_secs_f64();
                    at = next;
                }
                total * f64::from(one.units)
            };
            let usage = format!(
                "{}CustomModelUnit-{}",
                prefix(&one.region),
                one.units_version
            );
            let measure = Measure::Hours(Box::new(seconds), rate);
            let line = Line::new(BEDROCK, usage, &one.region, "Hrs", measure);
            lines.push(line.of("ImportedModel", &one.arn, &one.tags));
        }
    }

    pub(super) fn reservation_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        let own = self
            .reserved_capacity
            .iter()
            .filter(|one| one.billed_to.is_none());
        for one in own {
            let (ty, region) = (one.instance_type.as_str(), one.region.as_str());
            let unused = f64::from(one.total.saturating_sub(one.used));
            let (word, measure) = if let Some(end) = one.end {
                let hours = end.duration_since(one.created).as_secs_f64() / 3_600.0;
                let quantity = hours * f64::from(one.total);
                let Some(rate) = Facts::get().capacity_block(ty, region) else {
                    continue;
                };
                (
                    "CapacityBlock",
                    Measure::Once(one.created, quantity, quantity * rate),
                )
            } else {
                let Some(rate) = Facts::get().on_demand(ty, region) else {
                    continue;
                };
                let seconds = move |from: Timestamp, to: Timestamp| {
                    let begin = from.max(one.created);
                    to.duration_since(begin).as_secs_f64().max(0.0) * unused
                };
                ("UnusedBox", Measure::Hours(Box::new(seconds), rate))
            };
            let is_block = one.end.is_some();
            let usage = format!("{}{word}:{ty}", ec2_prefix(region));
            let mut line = Line::new(EC2, usage, region, "Hrs", measure)
                .of("RunInstances", &one.id, &one.tags)
                .with_instance_type(ty);
            line.zone = Some(one.zone.as_str());
            if is_block {
                (line.record_type, line.purchase_type) = ("Fee", "Capacity Blocks");
            }
            lines.push(line);
        }
    }
}
