//! The keys of a scenario file for what is billed beside instances: reservations, training plans,
//! MLflow tracking servers, partner apps, and Bedrock's deployed and imported models.

use super::super::when::{ScenarioTime, Span};
use super::{Text, table};
use crate::{domain::Tags, mock::load_shape::LoadSpec};
use serde::Deserialize;
use toml::Spanned;

table! {
    /// `[[capacity-reservation]]`
    CapacityReservationSpec {
        name: Text,
        r#type: Text,
        account: Option<Text>,
        region: Option<Text>,
        instances: Spanned<u32>,
        #[serde(default)]
        used: u32,
        created: ScenarioTime,
        /// Of a capacity block.
        block_end: Option<Spanned<ScenarioTime>>,
        /// The account that pays for what is unused, if it is another.
        billed_to: Option<Text>,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[training-plan]]`
    TrainingPlanSpec {
        name: Text,
        r#type: Text,
        account: Option<Text>,
        region: Option<Text>,
        instances: Spanned<u32>,
        #[serde(default)]
        used: u32,
        start: ScenarioTime,
        duration: Spanned<Span>,
        upfront_fee: f64,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[tracking-server]]`
    TrackingServerSpec {
        name: Text,
        size: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        stopped: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[partner-app]]`
    PartnerAppSpec {
        name: Text,
        kind: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[model-deployment]]`
    ModelDeploymentSpec {
        name: Text,
        model: Text,
        custom_model: String,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[imported-model]]`
    ImportedModelSpec {
        name: Text,
        architecture: String,
        units: u32,
        #[serde(default = "first_version")]
        units_version: String,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        /// Copies that are active.
        copies: LoadSpec,
        #[serde(default)]
        tags: Tags,
    }
}

fn first_version() -> String {
    "v1.0".to_owned()
}
