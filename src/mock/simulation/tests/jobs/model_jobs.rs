//! The bill of clusters and Bedrock's jobs.

use super::{EAST, billed, near, simulation};
use crate::{
    domain::Timestamp,
    mock::{billing::BillingPeriod, simulation::*},
};

#[test]
fn clusters_are_billed_by_node_without_metrics() {
    let (mut simulation, now) = simulation(
        r#"
[[cluster]]
name = "research"
created = "-2d"
tags = { team = "llm" }
[[cluster.groups]]
name = "workers"
type = "ml.p4d.24xlarge"
count = 3
target = 4
[[cluster.groups]]
name = "head"
type = "ml.m5.large"
count = 1
"#,
    );
    let one = simulation.clusters(EAST, now)[0].clone();
    assert_eq!(
        (
            one.state(now),
            one.state(one.created),
            one.nodes(now).count()
        ),
        ("InService", "Creating", 4)
    );
    let hours = 48.0 - 300.0 / 3_600.0;
    // HyperPod has a multiplier of its own for p4d: 1.18; m5 has the family's: 1.2.
    near(
        billed(&simulation, "USE1-Cluster:ml.p4d.24xlarge", now),
        3.0 * hours,
        3.0 * hours * 21.957_642 * 1.18,
    );
    near(
        billed(&simulation, "USE1-Cluster:ml.m5.large", now),
        hours,
        hours * 0.096 * 1.2,
    );
    assert!(simulation.metrics(EAST, now).is_empty());
    let arn = vec![one.arn.clone()];
    simulation
        .set_tags(
            Tagging::SageMaker,
            EAST,
            &arn,
            &[("owner".to_owned(), "ana".to_owned())].into(),
            now,
        )
        .unwrap();
    assert_eq!(
        simulation.cluster(EAST, &one.arn, now).unwrap().tags.len(),
        2
    );
    assert_eq!(
        simulation.cluster(EAST, "none", now).unwrap_err().code,
        "ResourceNotFound"
    );
}

/// Quantity and dollars of all lines with `part` in their usage type, of any service.
fn tokens(simulation: &Simulation, part: &str, to: Timestamp) -> (f64, f64) {
    let charges = simulation.charges_of(None, after(to, -30.0 * 86_400.0), to, BillingPeriod::Day);
    let of = charges
        .iter()
        .filter(|charge| charge.usage_type.contains(part));
    of.fold((0.0, 0.0), |(thousands, usd), charge| {
        (thousands + charge.quantity, usd + charge.usd)
    })
}

const MODEL_JOBS: &str = r#"
[[customization]]
name = "tone"
model = "amazon.nova-micro-v1:0"
created = "-3h"
duration = "10h"
training-tokens = 40e6
[[customization]]
name = "unpriced"
model = "anthropic.claude-3-haiku-20240307-v1:0"
created = "-1d"
training-tokens = 1e6
[[batch-inference]]
name = "reviews"
model = "us.amazon.nova-pro-v1:0"
created = "-2h"
duration = "4h"
records = 60000
input-tokens = 900
output-tokens = 120
[[batch-inference]]
name = "vain"
model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
created = "-1d"
duration = "4h"
fails-after = "1h"
failure = "Access denied to s3://x"
records = 1000
input-tokens = 1000
output-tokens = 100
[[batch-inference]]
name = "late"
model = "amazon.nova-pro-v1:0"
created = "-3d"
duration = "48h"
records = 480
input-tokens = 0
output-tokens = 0
"#;

fn state(simulation: &Simulation, name: &str, at: Timestamp) -> (ModelJobState, u32) {
    let mut jobs = simulation.model_jobs.iter();
    let job = jobs.find(|job| job.name == name).unwrap();
    (job.state(at), job.processed_records(at))
}

#[test]
fn a_bedrock_job_pays_for_the_records_it_has_processed() {
    let (simulation, now) = simulation(MODEL_JOBS);
    // 2 h 50 min of ten hours, 40 M tokens at 1.00 a million.
    let share = 170.0 / 600.0;
    near(
        tokens(&simulation, "USE1-NovaMicro-Customization-Training", now),
        40_000.0 * share,
        40.0 * share,
    );
    // 115 min of four hours.
    let share = 115.0 / 240.0;
    near(
        tokens(&simulation, "USE1-NovaPro-input-tokens-batch", now),
        54_000.0 * share,
        54_000.0 * share * 0.0004,
    );
    near(
        tokens(&simulation, "USE1-NovaPro-output-tokens-batch", now),
        7_200.0 * share,
        7_200.0 * share * 0.0016,
    );
    near(
        tokens(&simulation, "USE1-MP:USE1_InputTokenCount_Batch-Units", now),
        0.25,
        0.25 * 0.55,
    );
    assert_eq!(
        state(&simulation, "reviews", now),
        (ModelJobState::InProgress, 28_750)
    );
    assert_eq!(
        state(&simulation, "vain", now),
        (ModelJobState::Failed, 250)
    );
    // 23 h 55 min of 48 h.
    assert_eq!(
        state(&simulation, "late", now),
        (ModelJobState::Expired, 239)
    );
    assert_eq!(
        state(&simulation, "unpriced", now).0,
        ModelJobState::Completed
    );
}

#[test]
fn a_stopped_bedrock_job_pays_no_more() {
    let (mut simulation, now) = simulation(MODEL_JOBS);
    let share = 115.0 / 240.0;
    let arn = simulation.model_jobs(EAST, false, now)[0].arn.clone();
    simulation.stop_model_job(EAST, false, &arn, now).unwrap();
    assert_eq!(
        simulation
            .stop_model_job(EAST, false, &arn, now)
            .unwrap_err()
            .code,
        "ConflictException"
    );
    let later = after(now, 7_200.0);
    assert_eq!(
        state(&simulation, "reviews", later),
        (ModelJobState::Stopped, 28_750)
    );
    near(
        tokens(&simulation, "USE1-NovaPro-input-tokens-batch", later),
        54_000.0 * share,
        54_000.0 * share * 0.0004,
    );
    simulation.stop_model_job(EAST, true, "tone", now).unwrap();
    assert_eq!(
        simulation
            .stop_model_job(EAST, true, "none", now)
            .unwrap_err()
            .status,
        404
    );
}
