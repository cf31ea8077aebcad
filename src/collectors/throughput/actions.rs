//! The actions on provisioned throughput, with their capabilities.

use super::item::ThroughputItem;
use crate::{
    collectors::shared::context::{available, unavailable},
    domain::{
        AvailableAction, Operation, Phase, Timestamp,
        action::{ApiCall, Capability, TagRoute},
        ops,
    },
    pricing::Term,
};

/// The actions on `item`.
pub(super) fn actions(item: &ThroughputItem, now: Timestamp) -> Vec<AvailableAction> {
    vec![
        available(
            Operation::Tag,
            Capability::Tags(TagRoute::Bedrock(item.arn.clone())),
        ),
        unavailable(
            Operation::Scale,
            "AWS cannot change the units of a purchase: delete it and buy again",
        ),
        unavailable(
            Operation::Stop,
            "it cannot be stopped, only deleted when its commitment allows",
        ),
        delete(item, now),
        swap_model(item),
    ]
}

/// Swaps a custom model for another of the same base.
fn swap_model(item: &ThroughputItem) -> AvailableAction {
    if !item.serves_custom_model() {
        return unavailable(
            Operation::SwapModel,
            "it serves a foundation model: AWS swaps custom models only",
        );
    }
    if item.state.phase != Phase::Running {
        return unavailable(Operation::SwapModel, format!("it is {}", item.state.name));
    }
    let known = item
        .others
        .iter()
        .filter(|model| **model != item.serves)
        .cloned()
        .collect();
    available(
        Operation::SwapModel,
        Capability::Model {
            arn: item.arn.clone(),
            now: item.serves.clone(),
            known,
        },
    )
}

/// Throughput without commitment can be deleted at any time, with commitment after its term.
fn delete(item: &ThroughputItem, now: Timestamp) -> AvailableAction {
    match item.ends {
        _ if item.state.phase == Phase::Changing => {
            unavailable(Operation::Delete, format!("it is {}", item.state.name))
        }
        Some(end) if end > now => unavailable(
            Operation::Delete,
            format!(
                "committed until {}: AWS refuses to delete it before then",
                end.strftime("%Y-%m-%d %H:%M UTC")
            ),
        ),
        _ if item.term != Term::NoCommitment && item.ends.is_none() => unavailable(
            Operation::Delete,
            "committed, and AWS does not say until when",
        ),
        _ => available(
            Operation::Delete,
            Capability::Ready(ApiCall::Delete(ops::delete::Call::Throughput(
                item.arn.clone(),
            ))),
        ),
    }
}
