//! The costs of jobs of every type. All tests here look at one collection.

use super::{EAST, assert_dollars, start};
use crate::{
    findings::list_prices,
    panes::{cell, collect_pane, row},
};
use spendtop::{
    domain::{
        Capability, Evidence, HourlyCost, Operation, Phase, Reason, Record, Timestamp, Value,
        action::ApiCall, ops,
    },
    inventory::Inventory,
};
use std::sync::LazyLock;

/// Dollars of a training hour of gpt-oss-20b.
const TRAINING_HOUR: f64 = 80.0;

/// The inventory after one poll of the pane.
struct Jobs {
    inventory: Inventory,
    now: Timestamp,
}

static JOBS: LazyLock<Jobs> = LazyLock::new(|| {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (mock, sessions, clock) = start().await;
        let now = clock.now();
        let inventory = collect_pane(&sessions, &clock, "jobs").await;
        mock.stop().await;
        Jobs { inventory, now }
    })
});

impl Jobs {
    fn row(&self, name: &str) -> &Record {
        row(&self.inventory, "jobs", name)
    }

    fn cell(&self, name: &str, field: &str) -> Value {
        cell("jobs", self.row(name), field, self.now)
    }

    fn number(&self, name: &str, field: &str) -> f64 {
        let value = self.cell(name, field);
        value
            .number()
            .unwrap_or_else(|| panic!("{name} {field}: {value:?}"))
    }

    #[track_caller]
    fn assert_cost(&self, name: &str, field: &str, expected: f64) {
        assert_dollars(
            &format!("{name} {field}"),
            self.number(name, field),
            expected,
        );
    }

    #[track_caller]
    fn assert_burn(&self, name: &str, expected: f64) {
        let rate = self.row(name).head.burn.rate().unwrap();
        assert_dollars(&format!("{name} burn"), rate.0, expected);
    }

    #[track_caller]
    fn assert_no_burn(&self, name: &str) {
        let burn = &self.row(name).head.burn;
        assert!(matches!(burn, HourlyCost::Nothing(_)), "{name}: {burn:?}");
    }

    /// The cost rate of the jobs whose name begins with `start`.
    fn total_burn(&self, start: &str) -> f64 {
        self.inventory
            .rows("jobs")
            .filter(|row| row.head.name.starts_with(start))
            .filter_map(|row| row.head.burn.rate())
            .map(|rate| rate.0)
            .sum()
    }
}

/// A training job of two large instances, per hour.
fn two_large() -> f64 {
    2.0 * list_prices::ml_by_rule("ml.p4d.24xlarge", 1.15, EAST)
}

/// A training job of one small instance, per hour.
fn small() -> f64 {
    list_prices::ml("ml.g5.xlarge", "training", EAST)
}

fn processing() -> f64 {
    list_prices::ml("ml.g4dn.xlarge", "processing", EAST)
}

fn transform() -> f64 {
    2.0 * list_prices::cpu("ml.m5.2xlarge")
}

/// Two instances for nine hours, at most twenty; three earlier runs with a median of two hours.
#[test]
fn training_job_is_billed_by_instance_and_hour() {
    JOBS.assert_burn("ranker-4", two_large());
    JOBS.assert_cost("ranker-4", "cost_so_far", 9.0 * two_large());
    JOBS.assert_cost("ranker-4", "cost_at_limit", 20.0 * two_large());
    JOBS.assert_cost("ranker-4", "cost_per_run", 2.0 * two_large());
    assert!((JOBS.number("ranker-4", "gpu") - 0.4).abs() < 0.05);
    assert_eq!(JOBS.number("ranker-4", "count"), 2.0);
    assert_eq!(JOBS.number("ranker-4", "runs"), 3.0);
    let Evidence::Job(facts) = &JOBS.row("ranker-4").head.evidence else {
        panic!("no evidence")
    };
    assert_eq!(facts.created.unwrap().to_string(), "2026-11-22T23:26:00Z");
}

/// A job that ended within a day is a row without a cost rate; managed spot billed a quarter of
/// four hours.
#[test]
fn ended_job_of_managed_spot_shows_what_spot_saved() {
    JOBS.assert_no_burn("thrifty");
    JOBS.assert_cost("thrifty", "cost_so_far", small());
    JOBS.assert_cost("thrifty", "spot_saving", 0.75);
}

/// Two hours of work, one hour idle. Stop releases it.
#[test]
fn warm_pool_is_billed_until_it_is_released() {
    JOBS.assert_burn("kept", 3.0 * small());
    JOBS.assert_cost("kept", "cost_so_far", 3.0 * 3.0 * small());
    assert_eq!(JOBS.cell("kept", "warm_pool"), Value::text("Available"));
    let stop = JOBS.row("kept").head.capability(Operation::Stop);
    let Some(Capability::Ready(ApiCall::Stop(ops::stop::Call::WarmPool(job)))) = stop.known()
    else {
        panic!("{stop:?}")
    };
    assert_eq!(&**job, "kept");
}

#[test]
fn processing_and_transform_jobs_are_billed_by_instance_and_hour() {
    JOBS.assert_burn("features", processing());
    JOBS.assert_cost("features", "cost_so_far", 2.0 * processing());
    JOBS.assert_burn("scores", transform());
    JOBS.assert_cost("scores", "cost_so_far", transform());
}

#[test]
fn job_that_ended_days_ago_is_no_row() {
    let mut rows = JOBS.inventory.rows("jobs");
    assert!(rows.all(|row| &*row.head.name != "old-scores"));
}

/// The training jobs were created 5, 3 and 1 h ago, 4 min before their instances started; the last
/// one runs.
#[test]
fn tuning_job_costs_what_its_training_jobs_cost() {
    JOBS.assert_no_burn("hpo");
    let minutes = f64::from(90 + 90 + 60 - 4);
    JOBS.assert_cost("hpo", "cost_so_far", minutes / 60.0 * small());
    let trials = JOBS.inventory.rows("jobs");
    let trials = trials.filter(|row| row.head.name.starts_with("hpo-"));
    assert_eq!(trials.count(), 3);
    assert_dollars("trials burn", JOBS.total_burn("hpo-"), small());
}

#[test]
fn bedrock_jobs_are_billed_by_token_and_can_be_stopped() {
    for (name, kind, why) in [
        (
            "tone",
            "customization-job",
            "billed at $1.00 per 1M training tokens: AWS tells no count",
        ),
        (
            "reviews",
            "batch-inference-job",
            "billed by the token: see the models",
        ),
    ] {
        let head = &JOBS.row(name).head;
        assert_eq!((head.key.kind.0, head.state.phase), (kind, Phase::Running));
        JOBS.assert_no_burn(name);
        assert!(head.capability(Operation::Stop).known().is_some());
        assert_eq!(
            JOBS.cell(name, "cost_so_far"),
            Value::Unknown(Reason::new(why))
        );
    }
}

/// $80 per training hour, since an hour.
#[test]
fn customization_billed_by_the_hour_burns_while_it_runs() {
    JOBS.assert_burn("reasoner", TRAINING_HOUR);
    JOBS.assert_cost("reasoner", "cost_so_far", TRAINING_HOUR);
    let burn = &JOBS.row("reasoner").head.burn;
    assert!(
        matches!(burn, HourlyCost::Priced { estimate: true, .. }),
        "{burn:?}"
    );
}

#[test]
fn each_instance_is_billed_in_one_row() {
    let machines = two_large() + 4.0 * small() + processing() + transform();
    let by_hand = machines + TRAINING_HOUR;
    assert_dollars("all together", JOBS.total_burn(""), by_hand);
}

/// Jobs fail at 03:00, 04:00 ... 08:00, each 6 min after its instance started; none runs at 08:30.
#[test]
fn retry_loop_is_reported_once() {
    let found: Vec<_> = JOBS
        .inventory
        .findings()
        .iter()
        .filter(|finding| finding.rule == "retry-loop")
        .collect();
    let [found] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_dollars("waste", found.waste.0, 6.0 * (0.1 * small()) / 24.0);
    assert!(
        found.message.starts_with("6 failures in 24 h")
            && found.message.contains("next try due 09:00"),
        "{}",
        found.message
    );
    assert_eq!((&*found.name, found.fix), ("broken-6", None));
}
