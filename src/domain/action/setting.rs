//! Settings that a call changes besides counts and tags: autoscaling limits, the model of
//! provisioned throughput, feedback on an anomaly.

use std::{fmt, sync::Arc};

/// The feedback to AWS on an anomaly.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyFeedback {
    /// It is an anomaly.
    Yes,
    /// It is a false alarm.
    No,
    /// It was planned.
    Planned,
}

impl AnomalyFeedback {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Planned];

    /// AWS's word.
    pub fn id(self) -> &'static str {
        match self {
            Self::Yes => "YES",
            Self::No => "NO",
            Self::Planned => "PLANNED_ACTIVITY",
        }
    }

    /// Its meaning, for help.
    pub fn doc(self) -> &'static str {
        match self {
            Self::Yes => "a real anomaly",
            Self::No => "a false alarm: the cost is as expected",
            Self::Planned => "unusual, but planned",
        }
    }

    /// Parses AWS's word, or `planned`, in any case.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| {
            one.id().eq_ignore_ascii_case(word)
                || (*one == Self::Planned && word.eq_ignore_ascii_case("planned"))
        })
    }
}

impl fmt::Display for AnomalyFeedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A variant as Application Auto Scaling names it.
pub fn scalable(endpoint: &str, variant: &str) -> String {
    format!("endpoint/{endpoint}/variant/{variant}")
}

/// The scalable dimension of a variant.
pub const VARIANT_COUNT: &str = "sagemaker:variant:DesiredInstanceCount";

/// The tagging API that reaches a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagRoute {
    /// `ec2:CreateTags` / `ec2:DeleteTags` by resource id.
    Ec2(Arc<str>),
    /// `sagemaker:AddTags` / `sagemaker:DeleteTags` by ARN.
    SageMaker(Arc<str>),
    /// `bedrock:TagResource` / `bedrock:UntagResource` by ARN.
    Bedrock(Arc<str>),
}

/// A resource that Application Auto Scaling scales.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScalableResource {
    /// The instances of a variant.
    Variant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
    },
    /// The copies of an inference component, by its name.
    Component(Arc<str>),
}

impl ScalableResource {
    /// `ResourceId`
    pub fn resource(&self) -> String {
        match self {
            Self::Variant { endpoint, variant } => scalable(endpoint, variant),
            Self::Component(name) => format!("inference-component/{name}"),
        }
    }

    /// `ScalableDimension`
    pub fn dimension(&self) -> &'static str {
        match self {
            Self::Variant { .. } => VARIANT_COUNT,
            Self::Component(_) => "sagemaker:inference-component:DesiredCopyCount",
        }
    }

    /// The counted unit.
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Variant { .. } => "instances",
            Self::Component(_) => "copies",
        }
    }
}

/// A setting and its value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Minimum and maximum of a scalable target.
    Limits(u32, u32),
    /// Whether it is a scalable target at all.
    Target {
        /// Minimum and maximum; `None`: it is no scalable target.
        limits: Option<(u32, u32)>,
        /// Scaling policies on it, where they were counted.
        #[serde(default)]
        policies: Option<u32>,
    },
    /// ARN or id of the model that serves.
    Model(Arc<str>),
    /// The feedback on an anomaly, if there is any.
    Feedback(Option<AnomalyFeedback>),
}

impl Setting {
    /// The setting as a word after "its".
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Limits(..) | Self::Target { .. } => "limits",
            Self::Model(_) => "model",
            Self::Feedback(_) => "feedback",
        }
    }

    /// Whether both have the same value: a model is the same by its ARN or by its last part.
    pub fn is(&self, other: &Self) -> bool {
        let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
        match (self, other) {
            (Self::Model(a), Self::Model(b)) => a == b || last(a) == last(b),
            (a, b) => a == b,
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limits(min, max)
            | Self::Target {
                limits: Some((min, max)),
                ..
            } => write!(f, "{min}-{max}"),
            Self::Target { limits: None, .. } => f.write_str("no scaling target"),
            Self::Model(model) => f.write_str(model),
            Self::Feedback(given) => f.write_str(given.map_or("none", AnomalyFeedback::id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feedback_parses_in_any_case() {
        for one in AnomalyFeedback::ALL {
            assert_eq!(AnomalyFeedback::parse(&one.id().to_lowercase()), Some(one));
        }
        assert_eq!(
            AnomalyFeedback::parse("planned"),
            Some(AnomalyFeedback::Planned)
        );
        assert_eq!(AnomalyFeedback::parse("maybe"), None);
    }

    #[test]
    fn model_arn_equals_model_id() {
        let model = |text: &str| Setting::Model(text.into());
        let arn = model(
            "arn:aws:bedrock:us-east-1:111122223333:custom-model/\
             amazon.titan-text-lite-v1:0:4k/abcdefgh1234",
        );
        assert!(arn.is(&model("abcdefgh1234")) && arn.is(&arn) && !arn.is(&model("ijklmnop5678")));
        assert!(!Setting::Limits(1, 2).is(&Setting::Limits(1, 3)));
        assert!(Setting::Feedback(None).is(&Setting::Feedback(None)));
    }
}
