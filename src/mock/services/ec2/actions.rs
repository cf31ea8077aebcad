//! StopInstances, StartInstances, TerminateInstances, RebootInstances.

use super::super::{Answer, Context};
use super::dry_run;
use crate::mock::{
    protocol::{Error, Failure, Value, value::fields},
    simulation::{InstanceAction, InstanceState, InstanceTransition},
};

/// `StopInstances`
pub(super) fn stop(context: &Context<'_>) -> Answer {
    act(context, InstanceAction::Stop)
}

/// `StartInstances`
pub(super) fn start(context: &Context<'_>) -> Answer {
    act(context, InstanceAction::Start)
}

/// `TerminateInstances`
pub(super) fn terminate(context: &Context<'_>) -> Answer {
    act(context, InstanceAction::Terminate)
}

/// `RebootInstances`: checks the instances and changes no state.
pub(super) fn reboot(context: &Context<'_>) -> Answer {
    let ids = ids(context)?;
    let simulation = context.simulation();
    for id in &ids {
        let instance = simulation.instance(context.region, id, context.now)?;
        if instance.state(context.now) != Some(InstanceState::Running) {
            return Err(Error::new(
                "IncorrectState",
                format!("The instance '{id}' is not in a state from which it can be rebooted."),
            )
            .into());
        }
    }
    dry_run(context)?;
    context.mark_effect();
    Ok(fields! { "return": true })
}

fn ids(context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let mut ids: Vec<String> = Vec::new();
    for id in context.input.need_texts("InstanceId")? {
        if !ids.iter().any(|seen| seen == id) {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
}

fn act(context: &Context<'_>, action: InstanceAction) -> Answer {
    let ids = ids(context)?;
    dry_run(context)?;
    let moved =
        context
            .simulation_mut()
            .move_instances(action, context.region, &ids, context.now)?;
    Ok(fields! { "instancesSet": moved.iter().map(change).collect::<Vec<_>>() })
}

fn change(moved: &InstanceTransition) -> Value {
    fields! {
        "instanceId": &moved.id,
        "currentState": state(moved.current),
        "previousState": state(moved.previous),
    }
}

/// A state's code and name.
pub(super) fn state(state: InstanceState) -> Value {
    fields! { "code": u32::from(state.code()), "name": state.name() }
}
