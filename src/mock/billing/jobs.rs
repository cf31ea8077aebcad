//! The bill lines of jobs: instance-hours of runs and warm pools, at list price.

use super::{
    lines::{Line, Measure, SAGEMAKER},
    names::prefix,
};
use crate::mock::{
    price_facts::Facts,
    simulation::{JobKind, Simulation},
};

impl Simulation {
    pub(super) fn job_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.jobs {
            let Some(rate) =
                Facts::get().sagemaker(&one.instance_type, one.kind.component(), &one.region)
            else {
                continue;
            };
            let (word, operation) = match one.kind {
                JobKind::Training => ("Train", "CreateTrainingJob"),
                JobKind::Processing => ("Processing", "CreateProcessingJob"),
                JobKind::Transform => ("Tsform", "CreateTransformJob"),
            };
            let usage = format!("{}{word}:{}", prefix(&one.region), one.instance_type);
            let measure = Measure::Hours(Box::new(move |from, to| one.billed(from, to)), rate);
            let line = Line::new(SAGEMAKER, usage, &one.region, "Hrs", measure);
            let line = line
                .of(operation, &one.arn, &one.tags)
                .with_instance_type(&one.instance_type);
            lines.push(if one.spot.is_some() {
                line.spot()
            } else {
                line
            });
        }
    }
}
