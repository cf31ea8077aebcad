//! Guards by tables and properties, on rows of two accounts.

mod accounts;
mod bulk;
mod operations;
mod order;
mod properties;
mod scope;
mod unknown;

use super::*;
use crate::domain::{Input, ops};
use crate::{
    domain::{
        ApiCall, AvailableAction, Capability, ExpectedState, Measured, Phase, PlanId, SourceScope,
        State, Tags,
    },
    inventory::tests::{at, pane, place, record, report},
    rules::Thresholds,
};

const PROD: &str = "111122223333";
const DEV: &str = "444455556666";

fn panes() -> [PaneMeta; 1] {
    [pane(SourceScope::Region)]
}

fn guard(filter: &str, operations: &[Operation], effect: GuardEffect) -> Guard {
    Guard {
        name: "guard".into(),
        filter: Condition::parse(filter, &panes()).unwrap(),
        operations: operations.to_vec(),
        accounts: Vec::new(),
        profiles: Vec::new(),
        effect,
        reason: None,
    }
}

fn numbered(rules: Vec<Guard>, builtin: bool) -> Guards {
    let named = rules.into_iter().zip(1..).map(|(rule, number)| Guard {
        name: format!("guard {number}").into(),
        ..rule
    });
    Guards::new(named.collect(), builtin, &panes())
}

/// A row of `account` with `tags`; `None` if they are unknown.
fn row(account: &str, id: &str, usd: f64, tags: Option<&[(&str, &str)]>) -> Record {
    let mut record = record(
        &place(if account == PROD { "ml-prod" } else { "ml-dev" }, account),
        id,
        Some(usd),
    );
    record.head.tags = match tags {
        Some(tags) => Measured::Known(
            tags.iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect::<Tags>(),
        ),
        None => Measured::unknown("denied"),
    };
    record
}

fn world(rows: &[Record]) -> Inventory {
    let mut world = Inventory::new(panes().into(), Thresholds::default());
    for (profile, account) in [("ml-prod", PROD), ("ml-dev", DEV), ("", "-")] {
        let place = place(profile, account);
        let mine = rows
            .iter()
            .filter(|row| *row.head.key.account == *account)
            .cloned()
            .collect();
        world.apply(report(&place, 0.0, true, mine), at(0.0));
    }
    world
}

/// A plan of `operation` on all `rows` with the operation's own confirm level. Its calls do not
/// matter here.
fn plan(operation: Operation, rows: &[Record]) -> Plan {
    let target = |row: &Record| Target {
        key: row.head.key.clone(),
        profile: row.head.profile.clone(),
        name: row.head.name.clone(),
        owner: None,
        burn: row.head.burn.clone(),
        saves: None,
        hours_left: None,
        request: Operation::Stop.request(Input::None),
        call: ApiCall::Stop(ops::stop::Call::Instance(row.head.key.id.clone())),
        observed: row.head.observed(),
        expected: ExpectedState::Stopped,
        warnings: Vec::new(),
    };
    let empty = Plan::each(PlanId::new(at(0.0), 1), operation, &[], at(0.0));
    let mut plan = Plan {
        targets: rows.iter().map(target).collect(),
        ..empty
    };
    if operation.definition().is_irreversible {
        plan.confirm_level = ConfirmLevel::Type(plan.name());
    }
    plan
}

fn apply(guards: &Guards, operation: Operation, rows: &[Record]) -> Result<Plan, Reason> {
    guards.apply(
        plan(operation, rows),
        &GuardContext {
            world: &world(rows),
            aliases: &aliases(),
            now: at(0.0),
        },
    )
}

fn aliases() -> BTreeMap<Arc<str>, Arc<str>> {
    BTreeMap::from([(PROD.into(), "acme-prod".into())])
}

/// The result in short: the confirm level, `left out: why` or `refused: why`.
fn describe(applied: &Result<Plan, Reason>) -> String {
    match applied {
        Err(why) => format!("refused: {why}"),
        Ok(plan) if plan.targets.is_empty() => format!("skipped: {}", plan.skipped[0].why),
        Ok(plan) => match &plan.confirm_level {
            ConfirmLevel::Yes => "yes".to_owned(),
            confirm_level => format!("type {}", confirm_level.text_to_type().unwrap()),
        },
    }
}

fn describe_one(guards: &Guards, operation: Operation, row: Record) -> String {
    describe(&apply(guards, operation, &[row]))
}

fn key_of(row: &Record, id: &str) -> ResourceKey {
    ResourceKey {
        id: id.into(),
        ..row.head.key.clone()
    }
}
