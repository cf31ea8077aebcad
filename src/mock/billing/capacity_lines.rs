//! The bill lines of reservations: unused instances by the hour, capacity blocks in advance.

use super::{
    lines::{EC2, Line, Measure},
    names::ec2_prefix,
};
use crate::{
    domain::Timestamp,
    mock::{price_facts::Facts, simulation::Simulation},
};

impl Simulation {
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
