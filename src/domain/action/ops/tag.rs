//! `tag`: add, change or remove tags.

use crate::domain::{
    Reason, Tags, UsdPerHour,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, PRIOR_STATE_MISSING, Resolution,
            Subject, Texts, Undo, mismatch, no_inverse,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
        scope::{BlastRadius, Parent},
        setting::TagRoute,
    },
};
use std::{collections::BTreeMap, time::Duration};

/// Its API calls: adds or changes the tags in `set`, then removes those in `remove`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Call {
    /// The API that reaches the resource.
    pub route: TagRoute,
    /// Tags to add or overwrite.
    pub set: Tags,
    /// Tag keys to remove.
    pub remove: Vec<String>,
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "tag",
        doc: "add, change or remove tags",
        prompt: Prompt::Tags,
        affects_runtime: false,
        affects_cost: false,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: None,
        timeout: Some(Duration::from_mins(1)),
        justification: Justification::Recommendation,
        texts: Texts {
            title: "Tag",
            progress: "tagging",
            settled: "its tags are set",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Tags(TagRoute::Ec2(id))
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let (CallTemplate::Tags(route), Input::Tags { fill, set, remove }) = (capability?, input)
        else {
            return Err(mismatch::<Self>());
        };
        let current = subject.tags;
        if current.is_none() && !fill.is_empty() {
            return Err(Reason::new(
                "its tags are unknown: one could be overwritten",
            ));
        }
        let changed = set
            .iter()
            .filter(|(key, value)| current.is_none_or(|tags| tags.get(*key) != Some(value)));
        let absent = fill.iter().filter(|(key, _)| {
            current
                .and_then(|tags| tags.get(*key))
                .is_none_or(|value| value.trim().is_empty())
        });
        let set: Tags = absent
            .chain(changed)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let remove: Vec<String> = remove
            .iter()
            .filter(|key| current.is_none_or(|tags| tags.contains_key(*key)))
            .cloned()
            .collect();
        if set.is_empty() && remove.is_empty() {
            return Err(Reason::new(match (fill.first_key_value(), current) {
                (Some((key, value)), Some(tags)) if tags.get(key) != Some(value) => {
                    format!("it has another {key}, and keeps it")
                }
                _ => "it already has these tags".to_owned(),
            }));
        }
        let of_cluster = matches!(subject.parent, Some(Parent::Group { .. }));
        let shared = of_cluster
            .then(|| Reason::new("these tags belong to its cluster: they change for every node"));
        Ok(Resolution {
            call: Self {
                route,
                set: set.clone(),
                remove: remove.clone(),
            },
            expected: ExpectedState::Tags { set, remove },
            saves: Some(UsdPerHour::ZERO),
            warnings: shared.into_iter().collect(),
        })
    }

    fn inverse(_: Option<&Self>, before: &PriorState) -> Result<InverseRequest, Reason> {
        match &before.tags {
            Some(tags) => Ok(InverseRequest::Same(restore(tags))),
            None => no_inverse(PRIOR_STATE_MISSING),
        }
    }

    fn undo(&self) -> Undo {
        Undo::Restores("the previous tags")
    }

    fn example(capability: CallTemplate<Self>) -> Option<Self> {
        match capability {
            CallTemplate::Tags(route) => Some(Self {
                route,
                set: Tags::new(),
                remove: Vec::new(),
            }),
            _ => None,
        }
    }

    fn requests(&self) -> Vec<String> {
        let Self { route, set, remove } = self;
        let (add, drop, target) = match route {
            TagRoute::Ec2(id) => ("ec2:CreateTags", "ec2:DeleteTags", id),
            TagRoute::SageMaker(arn) => ("sagemaker:AddTags", "sagemaker:DeleteTags", arn),
            TagRoute::Bedrock(arn) => ("bedrock:TagResource", "bedrock:UntagResource", arn),
        };
        let mut requests = Vec::new();
        if !set.is_empty() {
            let pairs: Vec<_> = set
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            requests.push(format!("{add} {target} Tags=[{}]", pairs.join(", ")));
        }
        if !remove.is_empty() {
            requests.push(format!("{drop} {target} TagKeys=[{}]", remove.join(", ")));
        }
        requests
    }

    fn blast_radius(&self) -> Option<BlastRadius> {
        match &self.route {
            TagRoute::SageMaker(arn) => Some(BlastRadius::Tags(arn.clone())),
            TagRoute::Ec2(_) | TagRoute::Bedrock(_) => None,
        }
    }

    fn shared_noun(&self) -> &'static str {
        "same tags"
    }
}

/// The input that gives tags their earlier values back; `None` where a tag was absent.
fn restore(before: &BTreeMap<String, Option<String>>) -> Input {
    let had = |(key, value): (&String, &Option<String>)| Some((key.clone(), value.clone()?));
    Input::Tags {
        fill: Tags::new(),
        set: before.iter().filter_map(had).collect(),
        remove: before
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(key, _)| key.clone())
            .collect(),
    }
}
