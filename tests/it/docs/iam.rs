//! `docs/iam.md`: IAM actions by pane, and a policy for read-only use.

use spendtop::{
    aws::{actions, describe, preflight, price_list, session},
    collectors,
    domain::{
        ApiCall, JobKind, PaneMeta, Tags,
        action::{AppOwner, TagRoute, ops, setting::Feedback},
    },
};
use std::{collections::BTreeSet, fmt::Write};

/// An IAM policy with every action that reading needs.
pub(super) fn read_only_policy() -> String {
    let metas = collectors::metas();
    let actions: BTreeSet<&str> = metas
        .iter()
        .flat_map(|meta| meta.needs.iter().copied())
        .chain(price_list::NEEDS.iter().map(|api| api.iam_action()))
        .chain(session::NEEDS.iter().map(|api| api.iam_action()))
        .collect();
    let policy = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    });
    format!("```json\n{policy:#}\n```")
}

/// The IAM actions of each pane, and those of actions on resources.
pub(super) fn iam() -> String {
    let listed = |needs: &mut dyn Iterator<Item = &str>| {
        needs
            .map(|need| format!("`{need}`"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut out = "| for | IAM actions |\n| --- | --- |\n".to_owned();
    let metas = collectors::metas();
    for PaneMeta { id, needs, .. } in metas.iter() {
        writeln!(out, "| `{id}` | {} |", listed(&mut needs.iter().copied())).unwrap();
    }
    writeln!(
        out,
        "| `spendtop prices refresh` | {} |",
        listed(&mut price_list::NEEDS.iter().map(|api| api.iam_action()))
    )
    .unwrap();
    writeln!(
        out,
        "| start: account alias, `--region all` | {} |",
        listed(&mut session::NEEDS.iter().map(|api| api.iam_action()))
    )
    .unwrap();
    let listed_writes: BTreeSet<_> = actions::needs().into_iter().map(str::to_owned).collect();
    assert_eq!(
        listed_writes,
        requested_actions(),
        "every request of an action needs an IAM action, and no other is listed"
    );
    let known: BTreeSet<_> = metas.iter().flat_map(|meta| &meta.needs).collect();
    let checks: BTreeSet<_> = describe::NEEDS
        .iter()
        .chain(preflight::NEEDS)
        .map(|api| api.iam_action())
        .filter(|need| !known.contains(need))
        .collect();
    write!(
        out,
        "| actions on resources | {} |",
        listed(&mut actions::needs().into_iter().chain(checks))
    )
    .unwrap();
    out
}

/// The IAM actions of each operation's own requests.
pub(super) fn operations() -> String {
    let mut out = "| operation | IAM actions |\n| --- | --- |\n".to_owned();
    for (operation, needs) in actions::needs_by_operation() {
        let needs: Vec<String> = needs
            .iter()
            .map(|api| format!("`{}`", api.iam_action()))
            .collect();
        writeln!(out, "| `{operation}` | {} |", needs.join(" ")).unwrap();
    }
    out
}

/// What AWS checks beside the actions of the requests.
pub(super) fn dependent_actions() -> String {
    let mut out = "| request | when | IAM actions |\n| --- | --- | --- |\n".to_owned();
    for one in actions::DEPENDENT_ACTIONS {
        let needs: Vec<String> = one.actions.iter().map(|need| format!("`{need}`")).collect();
        let api = one.api.iam_action();
        writeln!(out, "| `{api}` | {} | {} |", one.when, needs.join(" ")).unwrap();
    }
    out
}

/// The IAM action of every request of every API call.
fn requested_actions() -> BTreeSet<String> {
    let text = || "x".into();
    let tags = || Tags::from([("k".to_owned(), "v".to_owned())]);
    let tag = |route| {
        ApiCall::Tag(ops::tag::Call {
            route,
            set: tags(),
            remove: vec!["old".to_owned()],
        })
    };
    let timetable = |limits| {
        ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Restore {
            endpoint: text(),
            variant: text(),
            limits,
            put: Vec::new(),
            delete: vec![text()],
        })
    };
    let plain = [
        ApiCall::Stop(ops::stop::Call::Instance(text())),
        ApiCall::Stop(ops::stop::Call::WarmPool(text())),
        ApiCall::Stop(ops::stop::Call::Notebook(text())),
        ApiCall::Stop(ops::stop::Call::App {
            domain: text(),
            owner: AppOwner::User(text()),
            app_type: text(),
            name: text(),
        }),
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint: text(),
            variant: text(),
            count: 1,
        }),
        ApiCall::Scale(ops::scale::Call::Component {
            name: text(),
            copies: 1,
        }),
        ApiCall::Start(ops::start::Call::Instance(text())),
        ApiCall::Reboot(ops::reboot::Call::Instance(text())),
        ApiCall::Terminate(ops::terminate::Call::Instance(text())),
        ApiCall::Start(ops::start::Call::Notebook(text())),
        ApiCall::Scale(ops::scale::Call::InstanceGroup {
            cluster: text(),
            group: text(),
            count: 1,
        }),
        ApiCall::Delete(ops::delete::Call::Endpoint(text())),
        ApiCall::SwapModel(ops::swap_model::Call {
            arn: text(),
            model: text(),
        }),
        ApiCall::Feedback(ops::feedback::Call {
            anomaly: text(),
            day: text(),
            feedback: Feedback::Yes,
        }),
        ApiCall::Delete(ops::delete::Call::Throughput(text())),
        ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
            endpoint: text(),
            variant: text(),
            schedule: spendtop::domain::WeeklySchedule::parse("mon-fri 08-18 2 1").unwrap(),
            limits: (1, 2),
        }),
        timetable(Some((1, 2))),
        timetable(None),
        tag(TagRoute::Ec2(text())),
        tag(TagRoute::SageMaker(text())),
        tag(TagRoute::Bedrock(text())),
    ];
    let jobs = JobKind::ALL.map(|kind| ApiCall::Stop(ops::stop::Call::Job { kind, id: text() }));
    let calls: Vec<ApiCall> = plain.into_iter().chain(jobs).collect();
    calls
        .iter()
        .flat_map(ApiCall::requests)
        .filter_map(|request| request.split_whitespace().next().map(str::to_owned))
        .collect()
}
