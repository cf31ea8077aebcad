//! The journal sheet and one entry.

use super::*;
use crate::{
    domain::{Outcome, StatusKind, audit::AuditEntry},
    screen::{
        dialogs::Dialog,
        state::{journal::JournalContents, modal_stack::Layer},
    },
};

/// A journal entry with number `seq`, seconds after the start, plan and row `id` of the fixture.
fn line(seq: u64, plan: &str, id: &str, event: StatusKind, outcome: Option<Outcome>) -> AuditEntry {
    let confirm = after((80, 24), "S");
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = confirm.layers.last() else {
        panic!("no question")
    };
    let target = &confirm.plan.targets[0];
    let detail = outcome
        .filter(|class| *class != Outcome::Succeeded)
        .map(|_| "ec2:StopInstances: denied: You are not authorized".to_owned());
    AuditEntry {
        version: 1,
        seq,
        at: fixture::later(i64::try_from(seq).unwrap()),
        plan: crate::domain::PlanId(plan.into()),
        undoes: None,
        os_user: "ana".into(),
        principal_arn: Some("arn:aws:sts::111122223333:assumed-role/MlOps/ana@example.com".into()),
        reason: Some("GPU 3 % for 24 h".into()),
        event,
        outcome,
        recovered: false,
        operation: confirm.plan.operation,
        profile: "ml-prod".into(),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        kind: target.key.kind,
        id: id.into(),
        name: id.into(),
        requests: vec![format!("ec2:StopInstances InstanceIds=[{id}]")],
        before: crate::domain::audit::PriorState {
            state: "running".to_owned(),
            ..Default::default()
        },
        expected: "stopped".to_owned(),
        saves_usd_per_hour: Some(21.96),
        detail,
        session_id: None,
        change: None,
        schedule: None,
        unresolved: None,
        truncated_sha256: None,
        integrity_error: None,
        prev: "5f2c9ad0e1b7443d".to_owned(),
        hash: "c0ffee00c0ffee00".to_owned(),
    }
}

fn journalled(size: (u16, u16), violations: &[&str]) -> App {
    let mut app = after(size, "J");
    let entries = vec![
        line(
            1,
            "20261123T083002Z-1",
            "hpo-worker-1",
            StatusKind::Recorded,
            None,
        ),
        line(
            2,
            "20261123T083002Z-1",
            "hpo-worker-2",
            StatusKind::Recorded,
            None,
        ),
        line(
            3,
            "20261123T083002Z-1",
            "hpo-worker-1",
            StatusKind::Accepted,
            Some(Outcome::Succeeded),
        ),
        line(
            4,
            "20261123T083002Z-1",
            "hpo-worker-2",
            StatusKind::Denied,
            Some(Outcome::Denied),
        ),
        line(
            5,
            "20261123T083002Z-1",
            "hpo-worker-1",
            StatusKind::Succeeded,
            Some(Outcome::Succeeded),
        ),
        line(
            6,
            "20261123T083412Z-2",
            "rec-endpoint",
            StatusKind::Recorded,
            None,
        ),
    ];
    let violations = violations.iter().map(|one| (*one).to_owned()).collect();
    update(
        &mut app,
        Message::Journal(Box::new(JournalContents {
            entries,
            total: 6,
            violations,
            interrupted_writes: 0,
        })),
    );
    app
}

pub(super) const JOURNAL: &[Shot] = &[
    ("journal", |size| journalled(size, &[])),
    ("journal_altered", |size| {
        journalled(
            size,
            &[
                "journal.jsonl:3: the entry was altered: its hash does not match",
                "journal.jsonl:5: entry 5 is missing",
            ],
        )
    }),
    ("journal_filtered", |size| {
        let mut app = journalled(size, &[]);
        press(&mut app, "/").unwrap();
        type_in(&mut app, "denied hpo");
        app
    }),
    ("journal_entry", |size| {
        let mut app = journalled(size, &[]);
        press(&mut app, "G enter").unwrap();
        app
    }),
];

#[test]
fn journal_sheet_filters_and_undoes() {
    let mut app = journalled((80, 24), &[]);
    press(&mut app, "/").unwrap();
    type_in(&mut app, "nothing of it");
    assert!(text(&drawn(&app)).contains("No entry matches."));
    press(&mut app, "esc esc").unwrap();
    assert!(
        app.layers.is_empty(),
        "esc takes the filter away, then the sheet"
    );
    let mut app = journalled((80, 24), &[]);
    let undone = press(&mut app, "j u").unwrap();
    assert_eq!(
        undone,
        [crate::screen::Command::UndoPlan(crate::domain::PlanId(
            "20261123T083002Z-1".into()
        ))]
    );
    for keys in ["S", "D", "X", "T", "C", "a", "y"] {
        assert_eq!(
            press(&mut app, keys).unwrap(),
            [],
            "no operation acts on what lies under the journal"
        );
        assert!(
            matches!(app.layers.last(), Some(Layer::Journal(_))),
            "{keys}"
        );
    }
}
