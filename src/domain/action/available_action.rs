//! An operation on a row: its capability, or the reason why the row has none.

use super::{
    capability::CallTemplate,
    ops::{ApiCall, Operation},
};
use crate::domain::Measured;

/// The facts that an operation needs to become an API call on one row.
pub type Capability = CallTemplate<ApiCall>;

/// An operation on a row: its capability, or the reason why the row has none.
#[derive(Clone, Debug, PartialEq)]
pub struct AvailableAction {
    /// The operation.
    pub operation: Operation,
    /// The capability, or the reason against it.
    pub capability: Measured<Capability>,
}

impl Capability {
    /// The input that the operation takes, with its present value where it has one; for a complete
    /// call, its requests.
    pub fn summary(&self) -> String {
        match self {
            Self::Ready(call) | Self::Billed { call, .. } => call.requests().join("; "),
            Self::Count {
                unit,
                minimum,
                suggested,
                ..
            } => {
                let suggested =
                    suggested.map_or_else(String::new, |count| format!(", suggested {count}"));
                format!("number of {unit}, minimum {minimum}{suggested}")
            }
            Self::Hours { suggested, .. } => format!("hours and counts; suggested: {suggested}"),
            Self::Limits {
                target,
                now: (min, max),
                ..
            } => format!("minimum and maximum {}; now {min}-{max}", target.unit()),
            Self::Model { known, .. } => {
                format!("another custom model; {} known to fit", known.len())
            }
            Self::Feedback { given, .. } => {
                let sent = given.map_or_else(String::new, |given| format!("; sent: {given}"));
                format!("yes, no or planned{sent}")
            }
            Self::Tags(_) => "add, change, remove tags".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::setting::{AnomalyFeedback, ScalableResource, TagRoute};

    #[test]
    fn summary_says_what_the_operation_takes() {
        let feedback = |given| Capability::Feedback {
            anomaly: "a-1".into(),
            day: "2026-11-21".into(),
            given,
        };
        assert_eq!(feedback(None).summary(), "yes, no or planned");
        assert_eq!(
            feedback(Some(AnomalyFeedback::Yes)).summary(),
            "yes, no or planned; sent: YES"
        );
        let limits = Capability::Limits {
            target: ScalableResource::Component("copies".into()),
            now: (1, 2),
            minimum: 1,
            per_unit: None,
        };
        assert_eq!(limits.summary(), "minimum and maximum copies; now 1-2");
        let tags = Capability::Tags(TagRoute::Ec2("i-1".into()));
        assert_eq!(tags.summary(), "add, change, remove tags");
    }
}
