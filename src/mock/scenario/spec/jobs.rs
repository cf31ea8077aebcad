//! The words of a scenario file for jobs.
//!
//! Must not know how a world is made of them.

use super::super::when::When;
use super::{Text, one, one_instance, table};
use crate::{domain::Tags, mock::load::LoadSpec};
use serde::Deserialize;
use toml::Spanned;

/// How a training job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EndedAs {
    Completed,
    Failed,
    Stopped,
}

table! {
    /// `[[training]]`
    TrainingSpec {
        name: Text,
        #[serde(default = "one")]
        count: Spanned<u32>,
        r#type: Text,
        #[serde(default = "one_instance")]
        instances: u32,
        region: Option<Text>,
        created: When,
        ended: Option<Spanned<When>>,
        outcome: Option<EndedAs>,
        failure: Option<String>,
        #[serde(default = "max_hours")]
        max_hours: f64,
        #[serde(default)]
        spot: bool,
        gpu: Option<Spanned<LoadSpec>>,
        #[serde(default)]
        tags: Tags,
    }
}

fn max_hours() -> f64 {
    24.0
}
