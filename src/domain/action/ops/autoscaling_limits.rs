//! `autoscaling-limits`: minimum and maximum capacity of a scaling target.

use crate::domain::{
    Reason,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, PRIOR_STATE_MISSING, Resolution,
            Subject, Texts, Undo, mismatch, no_inverse,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
        schedule_restore,
        scope::{BlastRadius, Parent},
        setting::{ScalableResource, Setting},
    },
};
use std::time::Duration;

/// Its API call: `application-autoscaling:RegisterScalableTarget` of a registered target.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Call {
    /// The resource whose capacity is scaled.
    pub target: ScalableResource,
    /// `MinCapacity`
    pub min: u32,
    /// `MaxCapacity`
    pub max: u32,
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "autoscaling-limits",
        doc: "set the minimum and maximum capacity of autoscaling",
        prompt: Prompt::Limits,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: None,
        timeout: Some(Duration::from_mins(1)),
        justification: Justification::Waste,
        texts: Texts {
            title: "Set the limits of",
            progress: "limiting",
            settled: "its limits are set",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Limits {
            target: ScalableResource::Component(id),
            now: (1, 2),
            minimum: 1,
            per_unit: None,
        }
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let (
            CallTemplate::Limits {
                target,
                now,
                minimum,
                per_unit,
            },
            &Input::Limits { min, max },
        ) = (capability?, input)
        else {
            return Err(mismatch::<Self>());
        };
        let unit = target.unit();
        if min > max {
            return Err(Reason::new(format!("{min} is more than {max}")));
        }
        if min < minimum {
            return Err(Reason::new(format!(
                "AWS requires at least {minimum} {unit} here"
            )));
        }
        if now == (min, max) {
            return Err(Reason::new(format!("its limits are already {min}-{max}")));
        }
        let desired = subject.desired;
        let after = desired.clamp(min, max);
        let mut warnings = Vec::new();
        if after != desired {
            warnings.push(Reason::new(format!(
                "{desired} {unit} are desired now: autoscaling changes them to {after}"
            )));
        }
        if min == 0 {
            warnings.push(Reason::new("at zero it serves no requests"));
        }
        if min == max {
            warnings.push(Reason::new(format!(
                "autoscaling cannot scale: always {min}"
            )));
        }
        Ok(Resolution {
            call: Self { target, min, max },
            expected: ExpectedState::Set(Setting::Limits(min, max)),
            saves: per_unit.map(|unit| unit * (f64::from(desired) - f64::from(after))),
            warnings,
        })
    }

    fn inverse(_: Option<&Self>, before: &PriorState) -> Result<InverseRequest, Reason> {
        match before.setting {
            Some(Setting::Limits(min, max)) => Ok(InverseRequest::Same(Input::Limits { min, max })),
            _ => no_inverse(PRIOR_STATE_MISSING),
        }
    }

    fn undo(&self) -> Undo {
        Undo::Restores("the previous limits")
    }

    fn example(capability: CallTemplate<Self>) -> Option<Self> {
        match capability {
            CallTemplate::Limits {
                target,
                now: (min, max),
                ..
            } => Some(Self { target, min, max }),
            _ => None,
        }
    }

    fn requests(&self) -> Vec<String> {
        vec![schedule_restore::format_register(
            &self.target.resource(),
            self.target.dimension(),
            (self.min, self.max),
        )]
    }

    fn blast_radius(&self) -> Option<BlastRadius> {
        match &self.target {
            ScalableResource::Variant { endpoint, variant } => {
                Some(BlastRadius::Whole(Parent::Variant {
                    endpoint: endpoint.clone(),
                    variant: variant.clone(),
                }))
            }
            ScalableResource::Component(_) => None,
        }
    }
}
