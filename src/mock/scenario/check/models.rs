//! Checks clusters and Bedrock's jobs.

use super::{ScenarioChecker, ScenarioProblem, wrong};
use crate::mock::price_facts::{Component, Tier};
use crate::mock::scenario::when::Span;
use toml::Spanned;

impl ScenarioChecker<'_> {
    pub(super) fn no_such_model(&self, model: &str) -> String {
        let near = self
            .facts
            .models()
            .min_by_key(|(id, ..)| strsim::levenshtein(id, model))
            .map(|(id, ..)| id);
        format!(
            "`{model}` is no model of the price lists; did you mean `{}`?",
            near.unwrap_or_default()
        )
    }

    pub(super) fn clusters(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.cluster {
            let region = self.region(one.region.as_ref())?;
            Self::job_name(&one.name, 63)?;
            if one.groups.is_empty() {
                return Err(wrong(
                    &one.name,
                    "a cluster needs at least one group: [[cluster.groups]] with `name`, `type`, \
                     `count`",
                ));
            }
            for group in &one.groups {
                self.ml_type(&group.r#type, Component::Cluster, region)?;
                Self::job_name(&group.name, 63)?;
                if group.count > 1_000 {
                    return Err(wrong(&group.name, "`count` is at most 1000"));
                }
            }
            Self::unique(
                "instance group",
                one.groups.iter().map(|group| (&group.name, None)),
            )?;
        }
        Self::unique(
            "cluster",
            self.file
                .cluster
                .iter()
                .map(|one| (&one.name, one.region.as_ref())),
        )
    }

    pub(super) fn model_jobs(&self) -> Result<(), ScenarioProblem> {
        self.customizations()?;
        self.batch_inferences()
    }

    fn customizations(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.customization {
            let region = self.region(one.region.as_ref())?;
            self.order(one.created, one.stopped.as_ref(), "stopped")?;
            let model = one.model.get_ref();
            let is_trained = self.facts.training_tokens(model, region).is_some();
            if self.facts.tokens(model).is_none() && !is_trained {
                return Err(wrong(&one.model, self.no_such_model(model)));
            }
            if *one.training_tokens.get_ref() <= 0.0 || !one.training_tokens.get_ref().is_finite() {
                return Err(wrong(
                    &one.training_tokens,
                    "`training-tokens` is above 0: the tokens of the data times the epochs",
                ));
            }
            check_failure_time(one.duration.as_ref(), one.fails_after.as_ref(), 4.0)?;
        }
        Self::unique(
            "customization job",
            self.file
                .customization
                .iter()
                .map(|one| (&one.name, one.region.as_ref())),
        )
    }

    fn batch_inferences(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.batch_inference {
            let region = self.region(one.region.as_ref())?;
            self.order(one.created, one.stopped.as_ref(), "stopped")?;
            let model = one.model.get_ref();
            if self.facts.tokens(model).is_none() {
                return Err(wrong(&one.model, self.no_such_model(model)));
            }
            if self.facts.token_rates(model, region, Tier::Batch).is_none() {
                return Err(wrong(
                    &one.model,
                    format!("`{model}` has no batch price in {region} in the price lists"),
                ));
            }
            if *one.records.get_ref() == 0 {
                return Err(wrong(&one.records, "`records` is 1 or more"));
            }
            if [one.input_tokens, one.output_tokens]
                .iter()
                .any(|tokens| !tokens.is_finite() || *tokens < 0.0)
            {
                return Err(wrong(
                    &one.name,
                    "`input-tokens` and `output-tokens` of a record are 0 or more",
                ));
            }
            if !(24..=168).contains(&one.timeout_hours) {
                return Err(wrong(&one.name, "`timeout-hours` is from 24 to 168"));
            }
            check_failure_time(one.duration.as_ref(), one.fails_after.as_ref(), 2.0)?;
        }
        Self::unique(
            "batch inference job",
            self.file
                .batch_inference
                .iter()
                .map(|one| (&one.name, one.region.as_ref())),
        )
    }
}

/// Checks that a job fails before its work is done.
fn check_failure_time(
    takes: Option<&Spanned<Span>>,
    fails: Option<&Spanned<Span>>,
    hours: f64,
) -> Result<(), ScenarioProblem> {
    let takes = takes.map_or(hours * 3_600.0, |takes| takes.get_ref().0);
    match fails {
        Some(fails) if fails.get_ref().0 >= takes => Err(wrong(
            fails,
            "the work ends before that; write a longer `duration`",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::mock::scenario::tests::refused;

    #[test]
    fn a_wrong_cluster_or_model_job_is_refused_at_its_line() {
        refused(&[
            (
                "[[cluster]]\nname = \"c\"\ncreated = \"-1d\"\ngroups = []",
                6,
                "at least one group",
            ),
            (
                "[[cluster]]\nname = \"c\"\ncreated = \"-1d\"\n[[cluster.groups]]\nname = \"g\"\n\
                 type = \"ml.p5.48xlrage\"\ncount = 2",
                10,
                "did you mean `ml.p5.48xlarge`?",
            ),
            (
                "[[cluster]]\nname = \"c\"\ncreated = \"-1d\"\n[[cluster.groups]]\nname = \"g\"\n\
                 type = \"ml.p5.48xlarge\"\ncount = 2\n[[cluster.groups]]\nname = \"g\"\n\
                 type = \"ml.p5.48xlarge\"\ncount = 2",
                13,
                "a second instance group `g`",
            ),
            (
                "[[customization]]\nname = \"c\"\nmodel = \"meta.llama3-1-9b-instruct-v1:0\"\n\
                 created = \"-1h\"\ntraining-tokens = 1e6",
                7,
                "did you mean `meta.llama3-1-8b-instruct-v1:0`?",
            ),
            (
                "[[customization]]\nname = \"c\"\nmodel = \"meta.llama3-1-8b-instruct-v1:0\"\n\
                 created = \"-1h\"\ntraining-tokens = -5",
                9,
                "`training-tokens` is above 0",
            ),
            (
                "[[batch-inference]]\nname = \"b\"\nmodel = \"cohere.command-text-v14\"\n\
                 created = \"-1h\"\nrecords = 10\ninput-tokens = 1\noutput-tokens = 1",
                7,
                "has no batch price",
            ),
            (
                "[[batch-inference]]\nname = \"b\"\nmodel = \"amazon.nova-pro-v1:0\"\n\
                 created = \"-1h\"\nrecords = 0\ninput-tokens = 1\noutput-tokens = 1",
                9,
                "`records` is 1 or more",
            ),
            (
                "[[batch-inference]]\nname = \"b\"\nmodel = \"amazon.nova-pro-v1:0\"\n\
                 created = \"-1h\"\nstopped = \"-2h\"\nrecords = 3\ninput-tokens = 1\n\
                 output-tokens = 1",
                9,
                "stopped at",
            ),
            (
                "[[batch-inference]]\nname = \"b\"\nmodel = \"amazon.nova-pro-v1:0\"\n\
                 created = \"-1h\"\nduration = \"2h\"\nfails-after = \"3h\"\nrecords = 3\n\
                 input-tokens = 1\noutput-tokens = 1",
                10,
                "the work ends before that",
            ),
        ]);
    }
}
