//! The actions of an EC2 instance: available in exactly the states in which AWS accepts them, else
//! with the reason.

use super::inventory::{InstanceItem, Lifecycle};
use crate::collectors::shared::context::{available, unavailable};
use crate::domain::ops;
use crate::{
    domain::{
        AvailableAction, Measured, Operation, UsdPerHour,
        action::{ApiCall, Capability, TagRoute},
    },
    pricing::Quote,
};

/// Every operation of `item`, whose hour costs `quote`.
pub(super) fn available_actions(
    item: &InstanceItem,
    quote: &Measured<Quote>,
) -> Vec<AvailableAction> {
    let tag = available(
        Operation::Tag,
        Capability::Tags(TagRoute::Ec2(item.id.clone())),
    );
    if let Some(manager) = &item.managed_by {
        let theirs =
            |operation| unavailable(operation, format!("managed by {manager}: change it there"));
        return [
            Operation::Stop,
            Operation::Start,
            Operation::Reboot,
            Operation::Terminate,
        ]
        .map(theirs)
        .into_iter()
        .chain([tag])
        .collect();
    }
    let made = |operation, capability: Result<Capability, String>| match capability {
        Ok(capability) => available(operation, capability),
        Err(why) => unavailable(operation, why),
    };
    vec![
        made(Operation::Stop, stop(item)),
        made(Operation::Start, start(item, quote)),
        made(Operation::Reboot, reboot(item)),
        made(Operation::Terminate, terminate(item)),
        tag,
    ]
}

fn stop(item: &InstanceItem) -> Result<Capability, String> {
    match (item.state.name.as_ref(), &item.lifecycle) {
        ("stopped", _) => Err("already stopped".to_owned()),
        (state, _) if state != "running" => Err(format!("it is {state}")),
        _ if item.instance_store => {
            Err("its root is instance store: AWS cannot stop it, only terminate it".to_owned())
        }
        (_, Lifecycle::CapacityBlock) => {
            Err("capacity block, paid in advance: stopping saves nothing".to_owned())
        }
        (_, Lifecycle::Spot(Measured::Known(false))) => {
            Err("one-time spot instance: AWS cannot stop it, only terminate it".to_owned())
        }
        (_, Lifecycle::Spot(Measured::Unknown(why))) => Err(format!(
            "a spot instance stops only if its request is persistent: {why}"
        )),
        _ => Ok(Capability::Ready(ApiCall::Stop(ops::stop::Call::Instance(
            item.id.clone(),
        )))),
    }
}

fn start(item: &InstanceItem, quote: &Measured<Quote>) -> Result<Capability, String> {
    match item.state.name.as_ref() {
        "running" => Err("already running".to_owned()),
        "stopped" => {
            // A capacity block is prepaid: a start costs nothing more.
            let prepaid = matches!(item.lifecycle, Lifecycle::CapacityBlock);
            let costs = if prepaid {
                Some(UsdPerHour::ZERO)
            } else {
                quote.known().map(|quote| quote.unit)
            };
            Ok(Capability::Billed {
                rate: costs,
                call: ApiCall::Start(ops::start::Call::Instance(item.id.clone())),
            })
        }
        state => Err(format!("it is {state}")),
    }
}

fn reboot(item: &InstanceItem) -> Result<Capability, String> {
    match item.state.name.as_ref() {
        "running" => Ok(Capability::Ready(ApiCall::Reboot(
            ops::reboot::Call::Instance(item.id.clone()),
        ))),
        state => Err(format!("it is {state}: only what runs is rebooted")),
    }
}

fn terminate(item: &InstanceItem) -> Result<Capability, String> {
    match item.state.name.as_ref() {
        "running" | "stopped" => Ok(Capability::Ready(ApiCall::Terminate(
            ops::terminate::Call::Instance(item.id.clone()),
        ))),
        state => Err(format!("it is {state}")),
    }
}
