//! The keys of a scenario file for notebooks and Studio.

use super::super::when::ScenarioTime;
use super::{Text, table};
use crate::{domain::Tags, mock::load_shape::LoadSpec};
use serde::Deserialize;
use toml::Spanned;

table! {
    /// `[[notebook]]`
    NotebookSpec {
        name: Text,
        r#type: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        started: Option<ScenarioTime>,
        stopped: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        failed: bool,
        cpu: Option<Spanned<LoadSpec>>,
        #[serde(default)]
        publishes_cpu: bool,
        lifecycle_config: Option<String>,
        #[serde(default = "small_volume")]
        volume_gb: u32,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[domain]]`
    DomainSpec {
        name: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        idle_timeout: Option<u32>,
        users: Vec<String>,
        #[serde(default)]
        tags: Tags,
    }
}

/// A Studio app's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum AppKind {
    JupyterLab,
    CodeEditor,
    KernelGateway,
    JupyterServer,
}

table! {
    /// `[[app]]`
    AppSpec {
        account: Option<Text>,
        domain: Text,
        user: Text,
        space: Option<Text>,
        kind: Spanned<AppKind>,
        #[serde(default = "default_name")]
        name: String,
        r#type: Text,
        started: ScenarioTime,
        deleted: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        reports_activity: bool,
        #[serde(default)]
        shared: bool,
        lifecycle_config: Option<String>,
        cpu: Option<Spanned<LoadSpec>>,
        #[serde(default = "small_volume")]
        volume_gb: u32,
        #[serde(default)]
        tags: Tags,
    }
}

fn small_volume() -> u32 {
    50
}
fn default_name() -> String {
    "default".to_owned()
}
