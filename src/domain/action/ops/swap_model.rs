//! `swap-model`: put another custom model on provisioned throughput.

use crate::domain::{
    Reason, UsdPerHour,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, PRIOR_STATE_MISSING, Resolution,
            Subject, Texts, Undo, mismatch, no_inverse,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
        setting::Setting,
    },
};
use std::sync::Arc;

/// Its API call: `bedrock:UpdateProvisionedModelThroughput`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Call {
    /// ARN of the provisioned throughput.
    pub arn: Arc<str>,
    /// ARN or id of the custom model to serve.
    pub model: Arc<str>,
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "swap-model",
        doc: "serve another custom model on provisioned throughput",
        prompt: Prompt::Model,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: None,
        timeout: None,
        justification: Justification::Never,
        texts: Texts {
            title: "Swap the model of",
            progress: "swapping",
            settled: "the new model serves",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Model {
            arn: id,
            now: "m-1".into(),
            known: vec!["m-2".into(), "m-3".into()],
        }
    }

    fn resolve(
        _: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let (CallTemplate::Model { arn, now, .. }, Input::Model(model)) = (capability?, input)
        else {
            return Err(mismatch::<Self>());
        };
        let setting = Setting::Model(model.clone());
        if setting.is(&Setting::Model(now)) {
            return Err(Reason::new("it already serves that model"));
        }
        if model.contains(":foundation-model/") {
            return Err(Reason::new(
                "AWS allows only a custom model here, not a foundation model",
            ));
        }
        let warning = "once it is done, requests are answered by the other model; AWS takes only \
                       one of the same base model";
        Ok(Resolution {
            call: Self {
                arn,
                model: model.clone(),
            },
            expected: ExpectedState::Set(setting),
            saves: Some(UsdPerHour::ZERO),
            warnings: vec![Reason::new(warning)],
        })
    }

    fn inverse(_: Option<&Self>, before: &PriorState) -> Result<InverseRequest, Reason> {
        match &before.setting {
            Some(Setting::Model(model)) => Ok(InverseRequest::Same(Input::Model(model.clone()))),
            _ => no_inverse(PRIOR_STATE_MISSING),
        }
    }

    fn undo(&self) -> Undo {
        Undo::Restores("the previous model")
    }

    fn requests(&self) -> Vec<String> {
        let Self { arn, model } = self;
        vec![format!(
            "bedrock:UpdateProvisionedModelThroughput ProvisionedModelId={arn} \
             DesiredModelId={model}"
        )]
    }
}
