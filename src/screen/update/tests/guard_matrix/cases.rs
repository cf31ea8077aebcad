//! A request and an inverse for each operation.

use super::{ResourceKey, fixture};
use crate::domain::action::{input::Prompt, inverse::InverseTarget};
use crate::domain::{
    ActionRequest, AnomalyFeedback, Input, Inverse, Operation, PlanId, WeeklySchedule,
};

/// The request of an operation.
pub(super) fn request(operation: Operation) -> ActionRequest {
    let input = match operation.definition().prompt {
        Prompt::None => Input::None,
        Prompt::Count => Input::Count(7),
        Prompt::Limits => Input::Limits { min: 1, max: 9 },
        Prompt::Hours => Input::Hours(WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap()),
        Prompt::Model => Input::Model("x".into()),
        Prompt::Feedback => Input::Feedback(AnomalyFeedback::No),
        Prompt::Tags => Input::Tags {
            fill: crate::domain::Tags::new(),
            set: [("a".to_owned(), "b".to_owned())].into(),
            remove: Vec::new(),
        },
    };
    operation.request(input)
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
