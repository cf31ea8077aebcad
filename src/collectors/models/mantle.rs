//! Models called at the `bedrock-mantle` endpoint: Responses, Chat Completions and Messages.
//!
//! Its metrics are apart from those of the runtime endpoint, in `AWS/BedrockMantle`, and each token
//! counts at several levels of aggregation: only the sets of exactly a project and a model are
//! read. The endpoint reports no latency, throttles or cache reads.

use super::item::{InvocationTarget, MantleModel, ModelItem};
use crate::{
    aws::{
        Session,
        metrics::{self, Dimension, MetricQuery},
    },
    domain::Fault,
};
use std::sync::Arc;

const NAMESPACE: &str = "AWS/BedrockMantle";
const INPUT: &str = "InputTokens";
/// Metrics read of a model, each as a sum.
const METRICS: [&str; 3] = [INPUT, "OutputTokens", "Inferences"];

impl MantleModel {
    /// Its id among all models.
    fn id(&self) -> Arc<str> {
        format!("mantle/{}/{}", self.project, self.model).into()
    }

    /// The row of `item`, which is the model itself.
    pub(crate) fn item(self, item: ModelItem) -> ModelItem {
        ModelItem {
            id: self.id(),
            via: InvocationTarget::Mantle,
            mantle: Some(self),
            ..item
        }
    }

    /// Its metrics over steps of `period` seconds.
    pub(crate) fn queries(&self, period: u32) -> impl Iterator<Item = MetricQuery> {
        let dims = [
            ("Project", self.project.as_ref()),
            ("Model", self.model.as_ref()),
        ];
        METRICS
            .map(|metric| MetricQuery::new(NAMESPACE, metric, &dims, "Sum", period))
            .into_iter()
    }
}

/// The models called in the last two weeks.
pub(super) async fn called(session: &Session) -> Result<Vec<MantleModel>, Fault> {
    let named = [("Project", None), ("Model", None)];
    let sets = metrics::find_published(session, NAMESPACE, INPUT, &named).await?;
    Ok(sets.iter().filter_map(|dims| of_dimensions(dims)).collect())
}

fn of_dimensions(dims: &[Dimension]) -> Option<MantleModel> {
    let value = |name: &str| {
        let found = dims.iter().find(|(known, _)| &**known == name);
        found.map(|(_, value)| value.clone())
    };
    (dims.len() == 2).then_some(())?;
    Some(MantleModel {
        project: value("Project")?,
        model: value("Model")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sets that CloudWatch lists, by the dimensions in AWS's documentation of the endpoint.
    #[test]
    fn only_sets_of_a_project_and_a_model_are_read() {
        let set = |dims: &[(&str, &str)]| -> Vec<Dimension> {
            dims.iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect()
        };
        let model = ("Model", "anthropic.claude-sonnet-4-6");
        let project = ("Project", "proj_default");
        let found = of_dimensions(&set(&[model, project])).unwrap();
        assert_eq!(
            &*found.id(),
            "mantle/proj_default/anthropic.claude-sonnet-4-6"
        );
        for dims in [
            &[model][..],
            &[project],
            &[model, project, ("Account", "111122223333")],
        ] {
            assert_eq!(of_dimensions(&set(dims)), None, "{dims:?}");
        }
    }
}
