//! A request, a capability and an inverse for each operation.

use super::{ResourceKey, fixture};
use crate::domain::action::{TagRoute, inverse::InverseTarget};
use crate::domain::{
    ActionRequest, Capability, Feedback, Input, Inverse, Operation, PlanId, ScalableResource,
    WeeklySchedule, ops,
};
use std::sync::Arc;

fn hours() -> WeeklySchedule {
    WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap()
}

/// The request of an operation.
pub(super) fn request(operation: Operation) -> ActionRequest {
    let input = match operation {
        Operation::Stop
        | Operation::Start
        | Operation::Reboot
        | Operation::Terminate
        | Operation::Delete => Input::None,
        Operation::Scale => Input::Count(7),
        Operation::AutoscalingLimits => Input::Limits { min: 1, max: 9 },
        Operation::ScheduledScaling => Input::Hours(hours()),
        Operation::SwapModel => Input::Model("x".into()),
        Operation::Feedback => Input::Feedback(Feedback::No),
        Operation::Tag => Input::Tags {
            set: [("a".to_owned(), "b".to_owned())].into(),
            remove: Vec::new(),
        },
    };
    operation.request(input)
}

/// The capability of the resource `id` for an operation. Its call is its own: two targets with one
/// call are one target.
pub(super) fn capability(operation: Operation, id: &Arc<str>) -> Capability {
    let id = id.clone();
    match operation {
        Operation::Stop => Capability::Ready(ops::stop::Call::Instance(id).into()),
        Operation::Start => Capability::Billed {
            rate: None,
            call: ops::start::Call::Instance(id).into(),
        },
        Operation::Reboot => Capability::Ready(ops::reboot::Call::Instance(id).into()),
        Operation::Terminate => Capability::Ready(ops::terminate::Call::Instance(id).into()),
        Operation::Delete => Capability::Ready(ops::delete::Call::Throughput(id).into()),
        Operation::Scale => count_capability(id),
        Operation::AutoscalingLimits => Capability::Limits {
            target: ScalableResource::Component(id),
            now: (1, 2),
            minimum: 0,
            per_unit: None,
        },
        Operation::ScheduledScaling => hours_capability(id),
        Operation::SwapModel => Capability::Model {
            arn: id,
            now: "y".into(),
            known: Vec::new(),
        },
        Operation::Feedback => Capability::Feedback {
            anomaly: id,
            day: "2026-11-21".into(),
            given: None,
        },
        Operation::Tag => Capability::Tags(TagRoute::Ec2(id)),
    }
}

fn count_capability(endpoint: Arc<str>) -> Capability {
    let call = ops::scale::Call::Variant {
        endpoint,
        variant: "x".into(),
        count: 2,
    };
    Capability::Count {
        unit: "instances",
        minimum: 0,
        suggested: None,
        per_unit: None,
        call: call.into(),
        shared: None,
        at_zero: None,
    }
}

fn hours_capability(endpoint: Arc<str>) -> Capability {
    let call = ops::scheduled_scaling::Call::Schedule {
        endpoint,
        variant: "x".into(),
        schedule: hours(),
        limits: (1, 4),
    };
    Capability::Hours {
        suggested: hours(),
        minimum: 0,
        per_unit: None,
        call: call.into(),
    }
}

/// The inverse of `operation` on `key`.
pub(super) fn inverse(operation: Operation, key: &ResourceKey) -> Inverse {
    let back = InverseTarget {
        key: key.clone(),
        name: key.id.clone(),
        profile: "ml-prod".into(),
        request: request(operation),
        change: None,
    };
    Inverse {
        undoes: PlanId("p".into()),
        original: operation,
        at: fixture::now(),
        by: "ana".into(),
        operation,
        targets: vec![back],
        skipped: Vec::new(),
    }
}
