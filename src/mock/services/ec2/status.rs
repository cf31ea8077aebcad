//! DescribeInstanceStatus.

use super::super::{Answer, Context};
use super::{actions::state, dry_run, instances, page};
use crate::mock::{
    protocol::{Value, value::fields},
    simulation::{Instance, InstanceState},
};

const FILTERS: &[&str] = &[
    "availability-zone",
    "instance-state-code",
    "instance-state-name",
    "operator.managed",
];

/// `DescribeInstanceStatus`: running instances, or all with `IncludeAllInstances`.
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let mut listed = instances::selected(context, &simulation, FILTERS)?;
    if context.input.bool("IncludeAllInstances")? != Some(true) {
        listed.retain(|one| one.running(context.now));
    }
    dry_run(context)?;
    let page = page(context, listed, (5, 1_000), |one| one.id.clone())?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|one| {
            status(
                one,
                one.state(context.now).unwrap_or(InstanceState::Pending),
            )
        })
        .collect();
    Ok(fields! { "instanceStatusSet": items, "nextToken": page.next })
}

fn status(one: &Instance, life: InstanceState) -> Value {
    let word = match life {
        InstanceState::Running => "ok",
        InstanceState::Pending => "initializing",
        _ => "not-applicable",
    };
    let check = || {
        let details = match word {
            "ok" => vec![fields! { "name": "reachability", "status": "passed" }],
            "initializing" => vec![fields! { "name": "reachability", "status": "initializing" }],
            _ => Vec::new(),
        };
        fields! { "status": word, "details": details }
    };
    fields! {
        "instanceId": &one.id,
        "availabilityZone": &one.zone,
        "instanceState": state(life),
        "systemStatus": check(),
        "instanceStatus": check(),
        "attachedEbsStatus": check(),
        "operator": fields! { "managed": false },
    }
}
