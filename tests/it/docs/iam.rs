//! `docs/iam.md`: IAM actions by pane, and a policy for read-only use.

use spendtop::{
    app::commands::iam_policy,
    aws::{
        actions::{self, Condition, Grant},
        organization, price_list, session,
    },
    collectors,
    domain::{
        ApiCall, JobKind, PaneMeta, Tags, WeeklySchedule,
        action::{AppOwner, TagRoute, ops, setting::AnomalyFeedback},
    },
};
use std::{collections::BTreeSet, fmt::Write, sync::Arc};

/// The policy of `spendtop iam-policy`.
pub(super) fn read_only_policy() -> String {
    format!(
        "```json\n{}\n```",
        iam_policy::text(&iam_policy::policy(&[], &[]))
    )
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
    writeln!(
        out,
        "| `[organization]` (management account; `sts:AssumeRole` on the roles) | {} |",
        listed(&mut organization::NEEDS.iter().map(|api| api.iam_action()))
    )
    .unwrap();
    let listed_writes: BTreeSet<_> = actions::needs().into_iter().map(str::to_owned).collect();
    assert_eq!(
        listed_writes,
        requested_actions(),
        "every request of an action needs an IAM action, and no other is listed"
    );
    write!(
        out,
        "| actions on resources | {} |",
        listed(
            &mut actions::needs()
                .into_iter()
                .chain(iam_policy::check_needs())
        )
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

/// The actions that AWS checks in addition to those of the requests, as a table.
pub(super) fn dependent_actions() -> String {
    let mut out =
        "| request | when | IAM actions | in the policy |\n| --- | --- | --- | --- |\n".to_owned();
    for one in actions::DEPENDENT_ACTIONS {
        let needs: Vec<String> = one.actions.iter().map(|need| format!("`{need}`")).collect();
        let granted = match one.grant {
            Grant::Always => "yes".to_owned(),
            Grant::If(Condition { key, value, .. }) => format!("`{key}` is `{value}`"),
            Grant::Omitted => "no".to_owned(),
        };
        let (api, needs) = (one.api.iam_action(), needs.join(" "));
        writeln!(out, "| `{api}` | {} | {needs} | {granted} |", one.when).unwrap();
    }
    out
}

/// The IAM action of every request of every API call.
fn requested_actions() -> BTreeSet<String> {
    let jobs = JobKind::ALL.map(|kind| ops::stop::Call::Job { kind, id: text() }.into());
    let calls = [
        ec2_calls(),
        sagemaker_calls(),
        scaling_calls(),
        other_calls(),
    ];
    calls
        .into_iter()
        .flatten()
        .chain(jobs)
        .flat_map(|call| call.requests())
        .filter_map(|request| request.split_whitespace().next().map(str::to_owned))
        .collect()
}

fn text() -> Arc<str> {
    "x".into()
}

/// A call that sets a tag and removes one.
fn tag(route: TagRoute) -> ApiCall {
    ApiCall::Tag(ops::tag::Call {
        route,
        set: Tags::from([("k".to_owned(), "v".to_owned())]),
        remove: vec!["old".to_owned()],
    })
}

fn ec2_calls() -> Vec<ApiCall> {
    vec![
        ops::stop::Call::Instance(text()).into(),
        ops::start::Call::Instance(text()).into(),
        ops::reboot::Call::Instance(text()).into(),
        ops::terminate::Call::Instance(text()).into(),
        tag(TagRoute::Ec2(text())),
    ]
}

fn sagemaker_calls() -> Vec<ApiCall> {
    let app = ops::stop::Call::App {
        domain: text(),
        owner: AppOwner::User(text()),
        app_type: text(),
        name: text(),
    };
    let variant = ops::scale::Call::Variant {
        endpoint: text(),
        variant: text(),
        count: 1,
    };
    let component = ops::scale::Call::Component {
        name: text(),
        copies: 1,
    };
    let group = ops::scale::Call::InstanceGroup {
        cluster: text(),
        group: text(),
        count: 1,
    };
    vec![
        ops::stop::Call::WarmPool(text()).into(),
        ops::stop::Call::Notebook(text()).into(),
        app.into(),
        variant.into(),
        component.into(),
        group.into(),
        ops::start::Call::Notebook(text()).into(),
        ops::delete::Call::Endpoint(text()).into(),
        tag(TagRoute::SageMaker(text())),
    ]
}

fn scaling_calls() -> Vec<ApiCall> {
    let restore = |limits| ops::scheduled_scaling::Call::Restore {
        endpoint: text(),
        variant: text(),
        limits,
        put: Vec::new(),
        delete: vec![text()],
    };
    let schedule = ops::scheduled_scaling::Call::Schedule {
        endpoint: text(),
        variant: text(),
        schedule: WeeklySchedule::parse("mon-fri 08-18 2 1").unwrap(),
        limits: (1, 2),
    };
    vec![
        schedule.into(),
        restore(Some((1, 2))).into(),
        restore(None).into(),
    ]
}

/// Calls to Bedrock and Cost Explorer.
fn other_calls() -> Vec<ApiCall> {
    let swap = ops::swap_model::Call {
        arn: text(),
        model: text(),
    };
    let feedback = ops::feedback::Call {
        anomaly: text(),
        day: text(),
        feedback: AnomalyFeedback::Yes,
    };
    vec![
        swap.into(),
        feedback.into(),
        ops::delete::Call::Throughput(text()).into(),
        tag(TagRoute::Bedrock(text())),
    ]
}
