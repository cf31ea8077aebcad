//! The bill lines of clusters and Bedrock's jobs.

use super::{
    lines::{BEDROCK, Line, MARKETPLACE_UNIT, Measure, SAGEMAKER},
    names::{bill_service, prefix, usage_name},
};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::{Component, Facts},
        simulation::{ModelJob, Simulation, Work},
    },
};

impl Simulation {
    pub(super) fn cluster_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.clusters {
            for group in &one.groups {
                let Some(rate) =
                    Facts::get().sagemaker(&group.instance_type, Component::Cluster, &one.region)
                else {
                    continue;
                };
                let seconds = move |from: Timestamp, to: Timestamp| group.seconds(from, to);
                let usage = format!("{}Cluster:{}", prefix(&one.region), group.instance_type);
                let line = Line::new(
                    SAGEMAKER,
                    usage,
                    &one.region,
                    "Hrs",
                    Measure::Hours(Box::new(seconds), rate),
                );
                lines.push(
                    line.of("RunInstance", &one.arn, &one.tags)
                        .with_instance_type(&group.instance_type),
                );
            }
        }
    }

    pub(super) fn model_job_lines<'a>(&'a self, lines: &mut Vec<Line<'a>>) {
        for one in &self.model_jobs {
            match &one.work {
                Work::Customization { rate: None, .. } => {}
                Work::Customization {
                    rate: Some(rate),
                    tokens,
                    ..
                } => {
                    let usage = format!(
                        "{}{}-Customization-Training",
                        prefix(&one.region),
                        usage_name(&one.model)
                    );
                    lines.push(line(
                        BEDROCK,
                        usage,
                        one,
                        *tokens,
                        *rate,
                        "CreateModelCustomizationJob",
                    ));
                }
                Work::Batch {
                    records,
                    input,
                    output,
                    rates,
                    ..
                } => {
                    let service = bill_service(&one.model);
                    let area = prefix(&one.region);
                    for (word, units, tokens, rate) in [
                        ("input-tokens", "InputTokenCount", input, rates.input),
                        ("output-tokens", "OutputTokenCount", output, rates.output),
                    ] {
                        let usage = if service == BEDROCK {
                            format!("{area}{}-{word}-batch", usage_name(&one.model))
                        } else {
                            format!(
                                "{area}MP:{}_{units}_Batch-Units",
                                area.trim_end_matches('-')
                            )
                        };
                        lines.push(line(
                            &service,
                            usage,
                            one,
                            f64::from(*records) * tokens,
                            rate,
                            "CreateModelInvocationJob",
                        ));
                    }
                }
            }
        }
    }
}

/// Tokens at `rate` dollars per 1,000, as a job processes them.
fn line<'a>(
    service: &str,
    usage: String,
    one: &'a ModelJob,
    tokens: f64,
    rate: f64,
    operation: &'static str,
) -> Line<'a> {
    let (unit, thousands) = if usage.ends_with("-Units") {
        (MARKETPLACE_UNIT, 1_000.0)
    } else {
        ("1K tokens", 1.0)
    };
    let measure = Measure::Amount(
        Box::new(move |from, to| one.done(from, to) * tokens / (1_000.0 * thousands)),
        rate * thousands,
    );
    Line::new(service, usage, &one.region, unit, measure).of(operation, &one.arn, &one.tags)
}
