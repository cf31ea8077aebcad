//! A request, a row and an inverse for each operation.

use super::{ResourceKey, fixture};
use crate::domain::action::TagRoute;
use crate::domain::action::inverse::InverseTarget;
use crate::domain::{
    ActionRequest, ApiCall, Capability, Feedback, Input, Inverse, Operation, PlanId,
    ScalableResource, WeeklySchedule, ops,
};
use std::sync::Arc;

/// The request of an operation, and the capability of a row for it.
pub(super) fn request_and_capability(operation: Operation) -> (ActionRequest, Capability) {
    let id = || Arc::<str>::from("x");
    let scaled = ScalableResource::Component(id());
    let hours = WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap();
    let call = || {
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint: id(),
            variant: id(),
            count: 2,
        })
    };
    let timed = ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint: id(),
        variant: id(),
        schedule: hours,
        limits: (1, 4),
    });
    let per_unit = None;
    match operation {
        Operation::Stop => (
            Operation::Stop.request(Input::None),
            Capability::Ready(ApiCall::Stop(ops::stop::Call::Instance(id()))),
        ),
        Operation::Start => (
            Operation::Start.request(Input::None),
            Capability::Billed {
                rate: None,
                call: ApiCall::Start(ops::start::Call::Instance(id())),
            },
        ),
        Operation::Reboot => (
            Operation::Reboot.request(Input::None),
            Capability::Ready(ApiCall::Reboot(ops::reboot::Call::Instance(id()))),
        ),
        Operation::Terminate => (
            Operation::Terminate.request(Input::None),
            Capability::Ready(ApiCall::Terminate(ops::terminate::Call::Instance(id()))),
        ),
        Operation::Delete => (
            Operation::Delete.request(Input::None),
            Capability::Ready(ApiCall::Delete(ops::delete::Call::Throughput(id()))),
        ),
        Operation::Scale => (
            Operation::Scale.request(Input::Count(7)),
            Capability::Count {
                unit: "instances",
                minimum: 0,
                suggested: None,
                per_unit,
                call: call(),
                shared: None,
                at_zero: None,
            },
        ),
        Operation::AutoscalingLimits => (
            Operation::AutoscalingLimits.request(Input::Limits { min: 1, max: 9 }),
            Capability::Limits {
                target: scaled,
                now: (1, 2),
                minimum: 0,
                per_unit,
            },
        ),
        Operation::ScheduledScaling => (
            Operation::ScheduledScaling.request(Input::Hours(hours)),
            Capability::Hours {
                suggested: hours,
                minimum: 0,
                per_unit,
                call: timed,
            },
        ),
        Operation::SwapModel => (
            Operation::SwapModel.request(Input::Model(id())),
            Capability::Model {
                arn: id(),
                now: "y".into(),
                known: Vec::new(),
            },
        ),
        Operation::Feedback => (
            Operation::Feedback.request(Input::Feedback(Feedback::No)),
            Capability::Feedback {
                anomaly: id(),
                day: "2026-11-21".into(),
                given: None,
            },
        ),
        Operation::Tag => (
            Operation::Tag.request(Input::Tags {
                set: [("a".to_owned(), "b".to_owned())].into(),
                remove: Vec::new(),
            }),
            Capability::Tags(TagRoute::Ec2(id())),
        ),
    }
}

/// The capability for the resource `id`.
pub(super) fn capability_of(capability: Capability, id: &Arc<str>) -> Capability {
    let id = id.clone();
    match capability {
        Capability::Ready(call) => Capability::Ready(match call {
            ApiCall::Stop(_) => ApiCall::Stop(ops::stop::Call::Instance(id)),
            ApiCall::Reboot(_) => ApiCall::Reboot(ops::reboot::Call::Instance(id)),
            ApiCall::Terminate(_) => ApiCall::Terminate(ops::terminate::Call::Instance(id)),
            ApiCall::Delete(_) => ApiCall::Delete(ops::delete::Call::Throughput(id)),
            call => call,
        }),
        Capability::Billed { rate, .. } => Capability::Billed {
            rate,
            call: ApiCall::Start(ops::start::Call::Instance(id)),
        },
        Capability::Count {
            call: ApiCall::Scale(ops::scale::Call::Variant { variant, count, .. }),
            unit,
            minimum,
            suggested,
            per_unit,
            shared,
            at_zero,
        } => {
            let call = ApiCall::Scale(ops::scale::Call::Variant {
                endpoint: id,
                variant,
                count,
            });
            Capability::Count {
                unit,
                minimum,
                suggested,
                per_unit,
                call,
                shared,
                at_zero,
            }
        }
        Capability::Limits {
            now,
            minimum,
            per_unit,
            ..
        } => Capability::Limits {
            target: ScalableResource::Component(id),
            now,
            minimum,
            per_unit,
        },
        Capability::Hours {
            suggested,
            minimum,
            per_unit,
            call:
                ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
                    variant,
                    schedule,
                    limits,
                    ..
                }),
        } => Capability::Hours {
            suggested,
            minimum,
            per_unit,
            call: ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
                endpoint: id,
                variant,
                schedule,
                limits,
            }),
        },
        Capability::Model { now, known, .. } => Capability::Model {
            arn: id,
            now,
            known,
        },
        Capability::Feedback { day, given, .. } => Capability::Feedback {
            anomaly: id,
            day,
            given,
        },
        Capability::Tags(_) => Capability::Tags(TagRoute::Ec2(id)),
        other => other,
    }
}

/// The inverse of `operation` on `key`.
pub(super) fn inverse(operation: Operation, key: &ResourceKey) -> Inverse {
    let ask = request_and_capability(operation).0;
    let back = InverseTarget {
        key: key.clone(),
        name: key.id.clone(),
        profile: "ml-prod".into(),
        request: ask,
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
