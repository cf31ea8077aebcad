//! Confirm dialogs under guards, with old, unpriced, long or hostile rows.

use super::settings::{asked, over, pressed};
use super::{actions::on, *};
use crate::screen::update::apply_report;
use crate::{
    domain::{Operation, Record},
    inventory::{
        guards::{Guard, GuardEffect, Guards},
        query::Condition,
    },
};

fn guard(filter: &str, operations: &[Operation], effect: GuardEffect, reason: &str) -> Guard {
    Guard {
        name: "guard 1".into(),
        filter: Condition::parse(filter, &fixture::panes()).unwrap(),
        operations: operations.to_vec(),
        accounts: Vec::new(),
        profiles: Vec::new(),
        effect,
        reason: Some(reason.into()),
    }
}

/// The GPUs pane under one guard, after `keys`.
fn ruled(size: (u16, u16), rule: Guard, filter: &str, keys: &str) -> App {
    let mut app = over(&fixture::estate(), size);
    app.guards = Guards::new(vec![rule], false, &fixture::panes());
    on(&mut app, "gpus", filter, keys);
    app
}

/// The longest reason of a guard.
const LONG: &str = "the search team's quarter-end freeze: nothing that carries traffic is stopped, \
                    scaled or deleted before the numbers of the quarter are out; call the duty \
                    manager of the platform first, then write to the channel of the freeze";

/// A fleet in many accounts, regions and profiles.
fn scattered() -> Vec<Record> {
    let mut rows: Vec<Record> = fixture::estate()
        .into_iter()
        .filter(|row| row.head.name.starts_with("hpo-worker"))
        .collect();
    let regions = ["us-east-1", "us-west-2"];
    for (n, row) in rows.iter_mut().enumerate() {
        row.head.name = "ranker".into();
        row.head.key.region = regions[n % 2].into();
        row.head.key.account = format!("{:012}", 111_122_223_333_u64 + n as u64 / 2).into();
        row.head.profile = format!("team-{}-production-operator", n / 2).into();
    }
    rows
}

/// The confirm dialog of `S` with the longest names AWS allows and hostile ones.
fn long_named(size: (u16, u16), name: &str, filter: &str) -> App {
    let mut rows = fixture::estate();
    for row in rows.iter_mut().filter(|row| {
        row.head.name.starts_with("hpo-worker-1") || row.head.name.starts_with("evil")
    }) {
        row.head.name = name.into();
        row.head.owner = Some("a-team-with-quite-a-long-name@platform.example.com".into());
    }
    let mut app = over(&rows, size);
    app.guards = Guards::new(
        vec![guard("kind:ec2-instance", &[], GuardEffect::TypeName, LONG)],
        false,
        &fixture::panes(),
    );
    on(&mut app, "gpus", filter, "S");
    app
}

pub(super) const GUARDED: &[Shot] = &[
    ("denied_plan", |size| {
        ruled(
            size,
            guard(
                "kind:ec2-instance",
                &[Operation::Stop],
                GuardEffect::Deny,
                LONG,
            ),
            "llm",
            "S",
        )
    }),
    ("left_out", |size| {
        ruled(
            size,
            guard("owner:mlops", &[Operation::Stop], GuardEffect::Deny, LONG),
            "",
            "* S",
        )
    }),
    ("left_out_short", |size| {
        ruled(
            size,
            guard(
                "owner:mlops",
                &[Operation::Stop],
                GuardEffect::Deny,
                "freeze",
            ),
            "",
            "* S",
        )
    }),
    ("max_bulk", |size| {
        ruled(
            size,
            guard(
                "kind:ec2-instance",
                &[Operation::Stop],
                GuardEffect::MaxBulk(5),
                "five at a time",
            ),
            "",
            "* S",
        )
    }),
    ("demand_account", |size| {
        ruled(
            size,
            guard(
                "kind:ec2-instance",
                &[],
                GuardEffect::TypeAccount,
                "payroll",
            ),
            "llm",
            "S",
        )
    }),
    ("verbs_guarded", |size| {
        ruled(
            size,
            guard(
                "owner:mlops",
                &[Operation::Stop],
                GuardEffect::TypeName,
                LONG,
            ),
            "",
            "* a",
        )
    }),
    ("confirm_protected", |size| {
        let mut app = over(&fixture::estate(), size);
        app.access.protected = ["111122223333".into()].into();
        on(&mut app, "gpus", "llm", "S");
        app
    }),
    ("confirm_old", |size| {
        let mut app = asked(size, "gpus", "llm", "S");
        update(&mut app, fixture::tick(300));
        app
    }),
    ("confirm_places", |size| {
        pressed(&scattered(), size, "gpus", "", "* S")
    }),
    ("confirm_unpriced", |size| {
        let mut rows = fixture::estate();
        for row in rows
            .iter_mut()
            .filter(|row| row.head.name.starts_with("hpo-worker-1"))
        {
            row.head.burn = crate::domain::HourlyCost::Unpriced(crate::domain::Reason::new(
                "no card has p6e.48xlarge in us-east-1",
            ));
        }
        pressed(&rows, size, "gpus", "hpo-worker-1", "S")
    }),
    ("confirm_long", |size| {
        long_named(
            size,
            &"a-name-of-the-greatest-length-that-a-tag-may-have-".repeat(5),
            "a-name",
        )
    }),
    ("confirm_hostile", |size| {
        long_named(
            size,
            "evil\u{1b}[31m\u{202e}name\r\nline 訓練ジョブ-模型 שלום",
            "evil",
        )
    }),
    ("details_gone", |size| {
        let mut app = asked(size, "gpus", "llm", "d");
        apply_report(
            &mut app,
            fixture::report(
                "gpus",
                &fixture::place("us-west-2"),
                &[],
                fixture::later(30),
            ),
        );
        app
    }),
];
