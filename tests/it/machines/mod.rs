//! What can be done to machines: every operation in every state, by the row's word, by what AWS takes,
//! and by what comes of it.

#![cfg(test)]

mod changes;
mod refused;
mod whole;

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

/// The world of a file beside this one, whose time stands still until it is moved, and a session on
/// it.
async fn estate(name: &str) -> (Mock, Session, Clock) {
    let path = format!(
        "{}/tests/it/machines/{name}.toml",
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

/// The rows of the panes of machines, by name.
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

fn asks(record: &Record) -> Vec<ActionRequest> {
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

/// What `ask` comes to on `record`: its one target, or why it is left out.
fn planned(record: &Record, ask: &ActionRequest, clock: &Clock) -> Result<Target, String> {
    let plan = Plan::new(PlanId("test".into()), ask, &[record], clock.now());
    let skipped = plan.skipped.first().map(|skipped| skipped.why.to_string());
    plan.targets
        .into_iter()
        .next()
        .ok_or_else(|| skipped.unwrap_or_default())
}

async fn look(session: &Session, call: &ApiCall) -> ObservedState {
    actions::describe(session, call).await.unwrap()
}

/// The row called `name` of `pane`'s kind.
async fn row_of(session: &Session, clock: &Clock, kind: &str, name: &str) -> Record {
    let all = rows(session, clock).await;
    let found = all
        .into_iter()
        .find(|row| row.head.key.kind.0 == kind && *row.head.name == *name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// Every operation of every row: the request, or the reason against it.
#[tokio::test]
async fn requests_match_the_snapshot_in_every_state() {
    let (mock, session, clock) = estate("estate").await;
    let mut told = String::new();
    for row in rows(&session, &clock).await {
        let head = &row.head;
        writeln!(
            told,
            "{} {} ({})",
            head.key.kind, head.name, head.state.name
        )
        .unwrap();
        for ask in asks(&row) {
            let what = match planned(&row, &ask, &clock) {
                Ok(target) => target.call.requests().join("; "),
                Err(why) => format!("- {why}"),
            };
            // Ids are made up, and say nothing here.
            let what = what.replace(&*head.key.id, "<id>");
            writeln!(told, "  {} {what}", ask.operation).unwrap();
        }
    }
    mock.stop().await;
    insta::assert_snapshot!(told);
}

/// Whatever is offered, at whatever moment, is taken: nothing is offered in a state in which AWS
/// refuses it.
#[tokio::test]
async fn aws_accepts_every_available_operation() {
    for seed in [1, 7, 42] {
        let (mock, session, clock) = estate("estate").await;
        let mut dice = Rng(seed);
        let mut made = 0;
        for step in 0..40 {
            let all = rows(&session, &clock).await;
            let offered: Vec<Target> = all
                .iter()
                .flat_map(|row| asks(row).into_iter().map(move |ask| (row, ask)))
                .filter_map(|(row, ask)| planned(row, &ask, &clock).ok())
                .collect();
            // What ends a thing for good comes late, or nothing is left to try the rest on.
            let mild = |target: &&Target| step >= 30 || target.expected != ExpectedState::Gone;
            let choice: Vec<&Target> = offered.iter().filter(mild).collect();
            if choice.is_empty() {
                break;
            }
            let target = choice[dice.roll(choice.len())];
            let now = look(&session, &target.call).await;
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
            made += 1;
            mock.clock()
                .advance([0.0, 3.0, 20.0, 200.0, 900.0][dice.roll(5)]);
        }
        assert!(made > 30, "{made}");
        mock.stop().await;
    }
}

/// Numbers that look random, and are the same in every run.
struct Rng(u64);

impl Rng {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}
