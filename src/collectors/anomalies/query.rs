//! Asks Cost Explorer for a page of anomalies and a page of monitors, $0.02, and for the names of
//! monitors that a full page leaves out, $0.01. [`AnswerCache`] keeps the answers on disk.

use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::{answer_cache::AnswerCache, part::Part},
};
use crate::{
    aws::{
        convert::time::{add_seconds, day},
        fault,
    },
    domain::{Fault, FaultKind, Timestamp, evidence::AnomalyCause},
};
use aws_sdk_costexplorer::types::{Anomaly as Listed, AnomalyDateInterval, Impact, RootCause};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Days looked back on.
pub(super) const DAYS: i64 = 90;
/// Anomalies and monitors of a page, the most there are.
const PAGE: i32 = 100;

/// The answers of Cost Explorer.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Answers {
    /// Names of monitors by ARN.
    pub monitors: Part<HashMap<String, Arc<str>>>,
    pub anomalies: Part<AnomalyPage>,
}

/// A page of anomalies.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AnomalyPage {
    pub items: Vec<AnomalyItem>,
    /// There are more.
    pub is_cut: bool,
}

/// An anomaly as Cost Explorer lists it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AnomalyItem {
    pub id: Arc<str>,
    /// Seconds since the epoch.
    pub since: Option<i64>,
    /// Seconds since the epoch.
    pub until: Option<i64>,
    /// The value of the monitor's dimension, usually the name of a service.
    pub dimension: Option<Arc<str>>,
    pub causes: Vec<AnomalyCause>,
    pub impact: f64,
    pub share: Option<f64>,
    pub actual: Option<f64>,
    pub expected: Option<f64>,
    pub monitor: Arc<str>,
    pub feedback: Option<Arc<str>>,
}

impl AnomalyItem {
    /// Its first day.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.since?).ok()
    }

    /// Its last day so far.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.until?).ok()
    }
}

impl Answers {
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.monitors.is_due(now) || self.anomalies.is_due(now)
    }

    /// Takes newer answers that another run has stored.
    pub(super) fn merge(&mut self, cache: Option<&AnswerCache>) {
        let Some(mut kept) = cache.and_then(AnswerCache::read::<Self>) else {
            return;
        };
        if !kept.same_identity {
            kept.data.monitors.forget_denial();
            kept.data.anomalies.forget_denial();
        }
        let known = std::mem::take(self);
        self.monitors = known.monitors.newer(kept.data.monitors);
        self.anomalies = known.anomalies.newer(kept.data.anomalies);
    }

    /// Asks again for each part that is due.
    pub(super) async fn refresh_due(&mut self, cx: &Context, now: Timestamp) {
        if self.monitors.is_due(now) {
            self.monitors = Part::of(monitors(cx, None).await, now, |_| false);
        }
        if self.anomalies.is_due(now) {
            let none = HashMap::new();
            let names = self.monitors.known().unwrap_or(&none);
            self.anomalies = Part::of(anomalies(cx, names).await, now, |_| false);
        }
    }
}

/// Monitor names by ARN: those of `arns`, or a page of all.
async fn monitors(
    cx: &Context,
    arns: Option<Vec<String>>,
) -> Result<HashMap<String, Arc<str>>, Fault> {
    let request = cx.session.costs.get_anomaly_monitors();
    let request = request.set_monitor_arn_list(arns).max_results(PAGE);
    let answer = request.send().await;
    let page = answer.map_err(|error| fault::from_sdk(Api::CeGetAnomalyMonitors, &error))?;
    let named = page
        .anomaly_monitors()
        .iter()
        .filter_map(|one| Some((one.monitor_arn()?.to_owned(), Arc::from(one.monitor_name()))));
    Ok(named.collect())
}

async fn anomalies(
    cx: &Context,
    monitors: &HashMap<String, Arc<str>>,
) -> Result<AnomalyPage, Fault> {
    let since = add_seconds(cx.clock.now(), -DAYS * 86_400)
        .strftime("%Y-%m-%d")
        .to_string();
    let interval = AnomalyDateInterval::builder()
        .start_date(since)
        .build()
        .map_err(|error| Fault::new(FaultKind::Refused, Api::CeGetAnomalies, error.to_string()))?;
    let request = cx
        .session
        .costs
        .get_anomalies()
        .date_interval(interval)
        .max_results(PAGE);
    let answer = request.send().await;
    let page = answer.map_err(|error| fault::from_sdk(Api::CeGetAnomalies, &error))?;
    let others = other_monitors(cx, page.anomalies(), monitors).await;
    let named = |arn: &str| monitors.get(arn).or_else(|| others.get(arn)).cloned();
    Ok(AnomalyPage {
        items: page
            .anomalies()
            .iter()
            .map(|anomaly| item(anomaly, named(anomaly.monitor_arn())))
            .collect(),
        is_cut: page
            .next_page_token()
            .is_some_and(|token| !token.is_empty()),
    })
}

/// Names of the monitors of `anomalies` that a full page of `known` ones leaves out: another
/// request, $0.01. A name that AWS does not give is missing; the anomaly stays.
async fn other_monitors(
    cx: &Context,
    anomalies: &[Listed],
    known: &HashMap<String, Arc<str>>,
) -> HashMap<String, Arc<str>> {
    let arns: BTreeSet<&str> = anomalies
        .iter()
        .map(Listed::monitor_arn)
        .filter(|arn| !known.contains_key(*arn))
        .collect();
    let is_full = i32::try_from(known.len()).is_ok_and(|count| count >= PAGE);
    if arns.is_empty() || !is_full {
        return HashMap::new();
    }
    let arns = arns.into_iter().map(str::to_owned).collect();
    monitors(cx, Some(arns)).await.unwrap_or_default()
}

fn item(anomaly: &Listed, monitor: Option<Arc<str>>) -> AnomalyItem {
    let impact = anomaly.impact();
    AnomalyItem {
        id: anomaly.anomaly_id().into(),
        since: anomaly
            .anomaly_start_date()
            .and_then(day)
            .map(Timestamp::as_second),
        until: anomaly
            .anomaly_end_date()
            .and_then(day)
            .map(Timestamp::as_second),
        dimension: anomaly.dimension_value().map(Arc::from),
        causes: anomaly.root_causes().iter().map(cause).collect(),
        impact: impact.map_or(0.0, Impact::total_impact),
        share: impact
            .and_then(Impact::total_impact_percentage)
            .map(|percent| percent / 100.0),
        actual: impact.and_then(Impact::total_actual_spend),
        expected: impact.and_then(Impact::total_expected_spend),
        monitor: monitor.unwrap_or_else(|| "Cost Anomaly Detection".into()),
        feedback: anomaly.feedback().map(|feedback| feedback.as_str().into()),
    }
}

fn cause(cause: &RootCause) -> AnomalyCause {
    let text = |part: Option<&str>| part.filter(|part| !part.is_empty()).map(Arc::from);
    AnomalyCause {
        service: text(cause.service()),
        region: text(cause.region()),
        account: text(cause.linked_account()),
        account_name: text(cause.linked_account_name()),
        usage_type: text(cause.usage_type()),
    }
}
