//! Actions on instances, notebooks, jobs and cluster nodes: capabilities, accepted calls and
//! results in every state.

#![cfg(test)]

mod refusals;
mod scope;
mod transitions;

use crate::panes::{open, poll};
use spendtop::domain::Input;
use spendtop::{
    aws::{Clock, Session, actions},
    domain::{
        ActionRequest, ObservedState, Operation, Plan, PlanId, Record, Target,
        action::{ApiCall, ExpectedState},
    },
    mock::{Mock, Options, Scenario},
};
use std::fmt::Write;

const PANES: [&str; 3] = ["gpus", "notebooks", "jobs"];

/// A mock of the scenario file `name` in this folder, with a stopped clock, and a session on it.
async fn start_mock(name: &str) -> (Mock, Session, Clock) {
    let path = format!(
        "{}/tests/it/compute_actions/{name}.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let scenario = Scenario::parse(&std::fs::read_to_string(&path).unwrap(), &path).unwrap();
    let mock = Mock::start(Options {
        speed: 0.0,
        ..Options::new(scenario)
    })
    .unwrap();
    let session = open(&mock.url(), &["us-east-1"]).await.remove(0);
    let at = mock.clock();
    (mock, session, Clock::new(move || at.now()))
}

/// The rows of [`PANES`], sorted by name.
async fn rows(session: &Session, clock: &Clock) -> Vec<Record> {
    let mut all = Vec::new();
    for pane in PANES {
        let mut found: Vec<Record> = Vec::new();
        for (listed, _) in poll(std::slice::from_ref(session), clock, Some(pane)).await {
            assert_eq!(listed.faults, [], "{pane}");
            found.extend(listed.rows);
        }
        found.sort_by(|a, b| (&a.head.name, &a.head.key.id).cmp(&(&b.head.name, &b.head.key.id)));
        all.extend(found);
    }
    all
}

fn all_requests(record: &Record) -> Vec<ActionRequest> {
    let count = match record.head.capability(Operation::Scale).known() {
        Some(capability) => capability.desired(1) + 1,
        None => 1,
    };
    vec![
        Operation::Stop.request(Input::None),
        Operation::Start.request(Input::None),
        Operation::Reboot.request(Input::None),
        Operation::Terminate.request(Input::None),
        Operation::Scale.request(Input::Count(count)),
        Operation::Delete.request(Input::None),
    ]
}

/// The only target of `request` on `record`, or the reason why it is skipped.
fn plan_one(record: &Record, request: &ActionRequest, clock: &Clock) -> Result<Target, String> {
    let plan = Plan::new(PlanId("test".into()), request, &[record], clock.now());
    let skipped = plan.skipped.first().map(|skipped| skipped.why.to_string());
    plan.targets
        .into_iter()
        .next()
        .ok_or_else(|| skipped.unwrap_or_default())
}

async fn observe(session: &Session, call: &ApiCall) -> ObservedState {
    actions::describe(session, call).await.unwrap()
}

/// The row with this kind and name.
async fn row_of(session: &Session, clock: &Clock, kind: &str, name: &str) -> Record {
    let all = rows(session, clock).await;
    let found = all
        .into_iter()
        .find(|row| row.head.key.kind.0 == kind && *row.head.name == *name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// Every operation on every row: its requests, or the reason why it is unavailable.
#[tokio::test]
async fn requests_match_the_snapshot_in_every_state() {
    let (mock, session, clock) = start_mock("scenario").await;
    let mut table = String::new();
    for row in rows(&session, &clock).await {
        let head = &row.head;
        writeln!(
            table,
            "{} {} ({})",
            head.key.kind, head.name, head.state.name
        )
        .unwrap();
        for request in all_requests(&row) {
            let what = match plan_one(&row, &request, &clock) {
                Ok(target) => target.call.requests().join("; "),
                Err(why) => format!("- {why}"),
            };
            // Ids are random.
            let what = what.replace(&*head.key.id, "<id>");
            writeln!(table, "  {} {what}", request.operation).unwrap();
        }
    }
    mock.stop().await;
    insta::assert_snapshot!(table);
}

/// AWS accepts every available operation at any moment.
#[tokio::test]
async fn aws_accepts_every_available_operation() {
    for seed in [1, 7, 42] {
        let (mock, session, clock) = start_mock("scenario").await;
        let mut rng = Rng(seed);
        let mut call_count = 0;
        for step in 0..40 {
            let all = rows(&session, &clock).await;
            let available: Vec<Target> = all
                .iter()
                .flat_map(|row| {
                    all_requests(row)
                        .into_iter()
                        .map(move |request| (row, request))
                })
                .filter_map(|(row, request)| plan_one(row, &request, &clock).ok())
                .collect();
            // Irreversible operations come late, so that resources remain for the others.
            let is_reversible =
                |target: &&Target| step >= 30 || target.expected != ExpectedState::Gone;
            let choice: Vec<&Target> = available.iter().filter(is_reversible).collect();
            if choice.is_empty() {
                break;
            }
            let target = choice[rng.next_below(choice.len())];
            let now = observe(&session, &target.call).await;
            assert_eq!(
                target.expected.check_unchanged(&target.observed, &now),
                Ok(()),
                "seed {seed} step {step}: {:?}",
                target.call
            );
            let answer = actions::execute(&session, &target.call).await;
            assert!(
                answer.is_ok(),
                "seed {seed} step {step}: {:?} is offered, and {answer:?}",
                target.call
            );
            call_count += 1;
            mock.clock()
                .advance([0.0, 3.0, 20.0, 200.0, 900.0][rng.next_below(5)]);
        }
        assert!(call_count > 30, "{call_count}");
        mock.stop().await;
    }
}

/// A pseudorandom generator, equal in every run.
struct Rng(u64);

impl Rng {
    fn next_below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}
