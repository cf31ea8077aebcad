//! Guards judge the whole scope of a call: the strictest rule on any part decides, and costs add
//! up.

mod dollars;

use super::*;
use crate::domain::ops;
use crate::domain::{
    Parent, ResourceKind, ScalableResource, action::TagRoute, resource::job::JobKind,
};

const CLUSTER: &str = "arn:aws:sagemaker:us-east-1:444455556666:cluster/abc";
const ENDPOINT: &str = "arn:aws:sagemaker:us-east-1:444455556666:endpoint/rec";

/// A row that is part of `within`.
fn part(kind: &'static str, id: &str, usd: f64, parent: Option<Parent>) -> Record {
    let mut row = row(DEV, id, usd, Some(&[]));
    row.head.key.kind = ResourceKind(kind);
    row.head.arn = match &parent {
        Some(Parent::Endpoint(name)) if &**name == "rec" => ENDPOINT.parse().ok(),
        Some(Parent::Group { .. }) => CLUSTER.parse().ok(),
        _ => None,
    };
    row.head.parent = parent;
    row
}

fn endpoint() -> Parent {
    Parent::Endpoint("rec".into())
}

fn variant() -> Parent {
    Parent::Variant {
        endpoint: "rec".into(),
        variant: "a".into(),
    }
}

fn group(name: &str) -> Parent {
    Parent::Group {
        cluster: CLUSTER.into(),
        group: name.into(),
    }
}

/// Two variants of one endpoint and a component on the first; another endpoint; two nodes of one
/// group and one of another group of the cluster; a tuning job with a running and a finished
/// training job, and a separate training job.
fn scope_rows() -> Vec<Record> {
    let mut over = part(
        "training-job",
        "try-0",
        0.0,
        Some(Parent::Tuning("tune".into())),
    );
    over.head.state = State::new(Phase::Stopped, "Completed");
    vec![
        part("endpoint-variant", "rec/a", 30.0, Some(endpoint())),
        part("endpoint-variant", "rec/b", 30.0, Some(endpoint())),
        part("inference-component", "llm", 0.0, Some(variant())),
        part(
            "endpoint-variant",
            "rec2/a",
            30.0,
            Some(Parent::Endpoint("rec2".into())),
        ),
        part("hyperpod-node", "i-1", 30.0, Some(group("workers"))),
        part("hyperpod-node", "i-2", 30.0, Some(group("workers"))),
        part("hyperpod-node", "i-3", 30.0, Some(group("head"))),
        part("tuning-job", "tune", 0.0, None),
        part(
            "training-job",
            "try-1",
            30.0,
            Some(Parent::Tuning("tune".into())),
        ),
        over,
        part("training-job", "alone", 30.0, None),
    ]
}

/// Each call with a scope beyond its target: operation, call, target and the other rows of the
/// scope.
fn calls_with_scope() -> Vec<(Operation, ApiCall, &'static str, Vec<&'static str>)> {
    let variant = |operation, call| (operation, call, "rec/a", vec!["llm"]);
    let (rec, a) = (Arc::<str>::from("rec"), Arc::<str>::from("a"));
    let tags = |arn: &str| {
        ApiCall::Tag(ops::tag::Call {
            route: TagRoute::SageMaker(arn.into()),
            set: Tags::new(),
            remove: vec!["x".into()],
        })
    };
    let delete = ApiCall::Delete(ops::delete::Call::Endpoint(rec.clone()));
    let scale = ApiCall::Scale(ops::scale::Call::Variant {
        endpoint: rec.clone(),
        variant: a.clone(),
        count: 1,
    });
    let limits = ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
        target: ScalableResource::Variant {
            endpoint: rec.clone(),
            variant: a.clone(),
        },
        min: 1,
        max: 2,
    });
    let schedule = ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint: rec,
        variant: a,
        schedule: crate::domain::WeeklySchedule::parse("mon-fri 8-18 2 1").unwrap(),
        limits: (1, 2),
    });
    vec![
        (Operation::Delete, delete, "rec/a", vec!["llm", "rec/b"]),
        variant(Operation::Scale, scale),
        variant(Operation::AutoscalingLimits, limits),
        variant(Operation::ScheduledScaling, schedule),
        (Operation::Scale, scale_group("workers"), "i-1", vec!["i-2"]),
        (Operation::Stop, stop_tuning(), "tune", vec!["try-1"]),
        (Operation::Tag, tags(ENDPOINT), "rec/a", vec!["rec/b"]),
        (Operation::Tag, tags(CLUSTER), "i-1", vec!["i-2", "i-3"]),
    ]
}

fn scale_group(group: &str) -> ApiCall {
    ApiCall::Scale(ops::scale::Call::InstanceGroup {
        cluster: CLUSTER.into(),
        group: group.into(),
        count: 1,
    })
}

fn stop_tuning() -> ApiCall {
    ApiCall::Stop(ops::stop::Call::Job {
        kind: JobKind::Tuning,
        id: "tune".into(),
    })
}

/// Each call that changes only its target.
fn calls_without_scope() -> Vec<(Operation, ApiCall, &'static str)> {
    vec![
        (
            Operation::Stop,
            ApiCall::Stop(ops::stop::Call::Instance("alone".into())),
            "alone",
        ),
        (
            Operation::Stop,
            ApiCall::Stop(ops::stop::Call::Job {
                kind: JobKind::Training,
                id: "tune".into(),
            }),
            "alone",
        ),
        (
            Operation::Stop,
            ApiCall::Stop(ops::stop::Call::WarmPool("tune".into())),
            "try-1",
        ),
        (
            Operation::Scale,
            ApiCall::Scale(ops::scale::Call::Component {
                name: "llm".into(),
                copies: 0,
            }),
            "llm",
        ),
        (
            Operation::AutoscalingLimits,
            ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
                target: ScalableResource::Component("llm".into()),
                min: 0,
                max: 1,
            }),
            "llm",
        ),
        (
            Operation::Delete,
            ApiCall::Delete(ops::delete::Call::Throughput("rec".into())),
            "rec/a",
        ),
        (
            Operation::Tag,
            ApiCall::Tag(ops::tag::Call {
                route: TagRoute::Ec2("i-1".into()),
                set: Tags::new(),
                remove: vec!["x".into()],
            }),
            "i-1",
        ),
    ]
}

/// The plan of `call` on the row `id` under `rules`.
fn applied(
    rules: &[Guard],
    operation: Operation,
    call: &ApiCall,
    id: &str,
    rows: &[Record],
) -> Result<Plan, Reason> {
    let own = rows
        .iter()
        .find(|row| &*row.head.key.id == id)
        .unwrap()
        .clone();
    let mut plan = plan(operation, &[own]);
    plan.targets[0].call = call.clone();
    let world = world(rows);
    numbered(rules.to_vec(), false).apply(
        plan,
        &GuardContext {
            world: &world,
            aliases: &aliases(),
            now: at(0.0),
        },
    )
}

#[test]
fn scope_is_what_the_call_changes() {
    let rows = scope_rows();
    let ids = |call: &ApiCall| -> Vec<String> {
        let Some(reach) = call.blast_radius() else {
            return Vec::new();
        };
        rows.iter()
            .filter(|row| row.head.is_covered_by(&reach))
            .map(|row| row.head.key.id.to_string())
            .collect()
    };
    for (operation, call, id, others) in calls_with_scope() {
        let mut found = ids(&call);
        found.retain(|found| found != id);
        found.sort_unstable();
        assert_eq!(found, others, "{operation} {call:?}");
    }
    for (operation, call, id) in calls_without_scope() {
        let mut found = ids(&call);
        found.retain(|found| found != id);
        assert_eq!(found, Vec::<String>::new(), "{operation} {call:?}");
    }
}

#[test]
fn the_strictest_guard_of_any_part_decides() {
    let rows = scope_rows();
    for (operation, call, id, others) in calls_with_scope() {
        let confirm = if operation.definition().is_irreversible {
            format!("type {id}")
        } else {
            "yes".to_owned()
        };
        for other in others {
            let when = format!("id={other}");
            let denied = format!("skipped: guard 1: {when}; {other}, affected by it");
            for (effect, expected) in [
                (GuardEffect::Deny, denied),
                (GuardEffect::TypeName, format!("type {id}")),
                (GuardEffect::TypeAccount, format!("type {DEV}")),
                (GuardEffect::Confirm, confirm.clone()),
            ] {
                let rule = guard(&when, &[operation], effect);
                assert_eq!(
                    describe(&applied(&[rule], operation, &call, id, &rows)),
                    expected,
                    "{operation} {id} {other} {effect:?}"
                );
            }
        }
    }
}

/// A guard that passes the row, and one that denies everything else.
fn only_row(id: &str) -> [Guard; 2] {
    [
        guard(&format!("id={id}"), &[], GuardEffect::Confirm),
        guard("", &[], GuardEffect::Deny),
    ]
}

#[test]
fn a_guard_that_passes_the_row_does_not_pass_its_parts() {
    let rows = scope_rows();
    for (operation, call, id, _) in calls_with_scope() {
        let word = describe(&applied(&only_row(id), operation, &call, id, &rows));
        assert!(word.starts_with("skipped: guard 2; "), "{operation} {id}");
    }
    for (operation, call, id) in calls_without_scope() {
        let word = describe(&applied(&only_row(id), operation, &call, id, &rows));
        assert!(!word.starts_with("left out"), "{operation} {call:?}");
    }
}

#[test]
fn parts_of_another_region_do_not_count() {
    for (operation, call, id, others) in calls_with_scope() {
        for other in others {
            let mut elsewhere = scope_rows();
            for row in &mut elsewhere {
                if &*row.head.key.id == other {
                    row.head.key.region = "eu-west-1".into();
                }
            }
            let rule = guard(&format!("id={other}"), &[operation], GuardEffect::Deny);
            assert!(
                !describe(&applied(&[rule], operation, &call, id, &elsewhere))
                    .starts_with("left out"),
                "{operation} {id} {other}"
            );
        }
    }
}

/// The menu of operations judges capabilities before there is a plan.
#[test]
fn capability_is_judged_with_its_scope() {
    let mut rows = scope_rows();
    let capability = Capability::Ready(ApiCall::Delete(ops::delete::Call::Endpoint("rec".into())));
    rows[0].head.actions = vec![AvailableAction {
        operation: Operation::Delete,
        capability: Measured::Known(capability),
    }];
    let guards = numbered(vec![guard("id=rec/b", &[], GuardEffect::Deny)], false);
    let world = world(&rows);
    let judged = |key: &ResourceKey| {
        guards
            .judge(
                Operation::Delete,
                key,
                &GuardContext {
                    world: &world,
                    aliases: &aliases(),
                    now: at(0.0),
                },
            )
            .denied
    };
    assert_eq!(
        judged(&rows[0].head.key),
        Some(Reason::new("guard 1: id=rec/b; rec/b, affected by it"))
    );
    assert_eq!(judged(&rows[3].head.key), None);
}

proptest::proptest! {
    /// A larger scope never lowers the confirm level, unless a rule lowers it by cost.
    #[test]
    fn larger_scope_never_lowers_the_confirm_level(
        rules in proptest::collection::vec(super::properties::any_guard(), 0..6),
        usd in 0.0..40.0,
        prod in proptest::bool::ANY,
    ) {
        let mut rows = scope_rows();
        let delete = ApiCall::Delete(ops::delete::Call::Endpoint("rec".into()));
        let tags: &[(&str, &str)] = if prod { &[("env", "prod")] } else { &[] };
        let mut more = part("endpoint-variant", "rec/c", usd, Some(endpoint()));
        let tag = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        more.head.tags = Measured::Known(tags.iter().map(tag).collect());
        let weight = |rows: &[Record]| {
            match applied(&rules, Operation::Delete, &delete, "rec/a", rows) {
                Err(_) => 4,
                Ok(plan) if plan.targets.is_empty() => 3,
                Ok(plan) => super::properties::weight(&plan.confirm_level),
            }
        };
        let alone = {
            let mut rows = rows.clone();
            rows.truncate(1);
            weight(&rows)
        };
        rows.push(more);
        proptest::prop_assert!(weight(&rows) >= alone);
    }
}
