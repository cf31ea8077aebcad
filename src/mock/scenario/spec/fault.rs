//! The keys of faults.

use super::super::when::ScenarioTime;
use super::{Text, table};
use crate::{domain::time::timestamp::parse_span, mock::faults::SLOW};
use serde::Deserialize;
use std::time::Duration;
use toml::Spanned;

/// The delay of an answer: `300ms`, `5s`, `2m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Delay(pub(crate) Duration);

impl TryFrom<String> for Delay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let seconds = match text.trim().strip_suffix("ms") {
            Some(millis) => millis
                .trim()
                .parse::<f64>()
                .ok()
                .map(|millis| millis / 1_000.0),
            None => parse_span(&text),
        };
        let delay = seconds
            .filter(|seconds| (0.0..=86_400.0).contains(seconds))
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        delay
            .map(Self)
            .ok_or_else(|| format!("`{text}` is no delay; write `300ms`, `5s` or `2m`"))
    }
}

table! {
    /// `[[fault]]`
    FaultSpec {
        kind: Text,
        service: Option<Text>,
        operation: Option<Text>,
        account: Option<Text>,
        region: Option<Text>,
        resource: Option<Text>,
        from: Option<ScenarioTime>,
        until: Option<Spanned<ScenarioTime>>,
        times: Option<Spanned<usize>>,
        skip: Option<usize>,
        every_nth: Option<Spanned<usize>>,
        delay: Option<Spanned<Delay>>,
    }
}

table! {
    /// `[[latency]]`
    LatencySpec {
        service: Option<Text>,
        operation: Option<Text>,
        account: Option<Text>,
        region: Option<Text>,
        delay: Spanned<Delay>,
    }
}

impl LatencySpec {
    /// The fault that delays the same calls.
    pub(crate) fn as_fault(&self) -> FaultSpec {
        FaultSpec {
            kind: Spanned::new(self.delay.span(), SLOW.to_owned()),
            service: self.service.clone(),
            operation: self.operation.clone(),
            resource: None,
            account: self.account.clone(),
            region: self.region.clone(),
            from: None,
            until: None,
            times: None,
            skip: None,
            every_nth: None,
            delay: Some(self.delay.clone()),
        }
    }
}
