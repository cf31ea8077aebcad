//! `feedback`: submit feedback on a cost anomaly to AWS.

use crate::domain::{
    Reason, UsdPerHour,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, Resolution, Subject, Texts, Undo,
            mismatch, no_inverse,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
        setting::{AnomalyFeedback, Setting},
    },
};
use std::{sync::Arc, time::Duration};

/// Its API call: `ce:ProvideAnomalyFeedback`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Call {
    /// The anomaly's id.
    pub anomaly: Arc<str>,
    /// Its first day, by which `ce:GetAnomalies` finds it again: `2026-11-21`.
    pub day: Arc<str>,
    /// The feedback.
    pub feedback: AnomalyFeedback,
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "feedback",
        doc: "submit anomaly feedback to AWS",
        prompt: Prompt::Feedback,
        affects_runtime: false,
        affects_cost: false,
        is_irreversible: false,
        is_about_anomaly: true,
        opposite: None,
        timeout: Some(Duration::from_mins(1)),
        justification: Justification::Never,
        texts: Texts {
            title: "Give feedback on",
            progress: "sending",
            settled: "the feedback is sent",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Feedback {
            anomaly: id,
            day: "2026-11-21".into(),
            given: None,
        }
    }

    fn resolve(
        _: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let (
            CallTemplate::Feedback {
                anomaly,
                day,
                given,
            },
            &Input::Feedback(feedback),
        ) = (capability?, input)
        else {
            return Err(mismatch::<Self>());
        };
        if given == Some(feedback) {
            return Err(Reason::new(format!("{feedback} was already sent")));
        }
        let earlier =
            given.map(|given| Reason::new(format!("{given} was sent before: this replaces it")));
        Ok(Resolution {
            call: Self {
                anomaly,
                day,
                feedback,
            },
            expected: ExpectedState::Set(Setting::Feedback(Some(feedback))),
            saves: Some(UsdPerHour::ZERO),
            warnings: earlier.into_iter().collect(),
        })
    }

    fn inverse(_: Option<&Self>, _: &PriorState) -> Result<InverseRequest, Reason> {
        no_inverse("AWS does not withdraw feedback; submit another one")
    }

    fn undo(&self) -> Undo {
        Undo::Unneeded
    }

    fn requests(&self) -> Vec<String> {
        let Self {
            anomaly, feedback, ..
        } = self;
        vec![format!(
            "ce:ProvideAnomalyFeedback AnomalyId={anomaly} Feedback={feedback}"
        )]
    }
}
