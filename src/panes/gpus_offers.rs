//! What can be done to an EC2 instance, in exactly the states in which AWS takes it; the reason
//! where it cannot.
//!
//! Must not know how an instance was listed or what it does.

use super::{
    context::{offered, refused},
    gpus_collect::{Item, Lifecycle},
};
use crate::{
    domain::{
        Offered, Reading, UsdPerHour, Verb,
        verb::{Call, Offer, TagRoute},
    },
    pricing::Quote,
};

/// Every verb of `item`, whose hour costs `quote`.
pub(super) fn offers(item: &Item, quote: &Reading<Quote>) -> Vec<Offered> {
    let tag = offered(Verb::Tag, Offer::Tag(TagRoute::Ec2(item.id.clone())));
    if let Some(manager) = &item.managed_by {
        let theirs = |verb| refused(verb, format!("managed by {manager}: change it there"));
        return [Verb::Stop, Verb::Start, Verb::Reboot, Verb::Terminate]
            .map(theirs)
            .into_iter()
            .chain([tag])
            .collect();
    }
    let made = |verb, offer: Result<Offer, String>| match offer {
        Ok(offer) => offered(verb, offer),
        Err(why) => refused(verb, why),
    };
    vec![
        made(Verb::Stop, stop(item)),
        made(Verb::Start, start(item, quote)),
        made(Verb::Reboot, reboot(item)),
        made(Verb::Terminate, terminate(item)),
        tag,
    ]
}

fn stop(item: &Item) -> Result<Offer, String> {
    match (item.state.name.as_ref(), &item.lifecycle) {
        ("stopped", _) => Err("already stopped".to_owned()),
        (state, _) if state != "running" => Err(format!("it is {state}")),
        _ if item.instance_store => {
            Err("its root is instance store: AWS cannot stop it, only terminate it".to_owned())
        }
        (_, Lifecycle::CapacityBlock) => {
            Err("capacity block, paid in advance: stopping saves nothing".to_owned())
        }
        (_, Lifecycle::Spot(Reading::Known(false))) => {
            Err("one-time spot instance: AWS cannot stop it, only terminate it".to_owned())
        }
        (_, Lifecycle::Spot(Reading::Unknown(why))) => Err(format!(
            "a spot instance stops only if its request is persistent: {why}"
        )),
        _ => Ok(Offer::Stop(Call::StopInstance(item.id.clone()))),
    }
}

fn start(item: &Item, quote: &Reading<Quote>) -> Result<Offer, String> {
    match item.state.name.as_ref() {
        "running" => Err("already running".to_owned()),
        "stopped" => {
            // What was paid in advance costs nothing more.
            let prepaid = matches!(item.lifecycle, Lifecycle::CapacityBlock);
            let costs = if prepaid {
                Some(UsdPerHour::ZERO)
            } else {
                quote.known().map(|quote| quote.unit)
            };
            Ok(Offer::Start {
                costs,
                call: Call::StartInstance(item.id.clone()),
            })
        }
        state => Err(format!("it is {state}")),
    }
}

fn reboot(item: &Item) -> Result<Offer, String> {
    match item.state.name.as_ref() {
        "running" => Ok(Offer::Reboot(Call::RebootInstance(item.id.clone()))),
        state => Err(format!("it is {state}: only what runs is rebooted")),
    }
}

fn terminate(item: &Item) -> Result<Offer, String> {
    match item.state.name.as_ref() {
        "running" | "stopped" => Ok(Offer::Terminate(Call::TerminateInstance(item.id.clone()))),
        state => Err(format!("it is {state}")),
    }
}
