//! What AWS Cost Anomaly Detection found in the last 90 days. It is late, and blind to Marketplace
//! charges.
//!
//! Every page costs $0.01, so it is asked four times a day.

mod columns;

use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        context::{available, push_fault, unavailable},
        field::{self, Field},
    },
};
use crate::aws::Api;
use crate::{
    aws::{convert::time::add_seconds, fault},
    domain::{
        AvailableAction, Cadence, Capability, CommonField, CommonFields, Evidence, Fault,
        FaultCause, FaultKind, Feedback, HourlyCost, Measured, Operation, PaneId, Phase, Reason,
        ResourceKind, SourceScope, State, Timestamp, Usd, Value,
        evidence::{AnomalyCause, AnomalyEvidence},
        pane_id,
        time::timestamp::seconds_between,
    },
};
use aws_sdk_costexplorer::types::{Anomaly as Listed, AnomalyDateInterval, Impact, RootCause};
use std::{collections::HashMap, sync::Arc, time::Duration};

const KIND: ResourceKind = ResourceKind::ANOMALY;
const DAYS: i64 = 90;
const SIX_HOURS: Duration = Duration::from_hours(6);
/// Most pages read: $0.10.
const PAGES: usize = 10;

/// The pane. It remembers nothing.
#[derive(Default)]
pub(crate) struct AnomaliesPane;

/// An anomaly as Cost Explorer lists it.
#[derive(Clone, Debug)]
pub(crate) struct AnomalyItem {
    id: Arc<str>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    /// What the monitor watches: a service's name, most often.
    dimension: Option<Arc<str>>,
    causes: Vec<AnomalyCause>,
    impact: f64,
    share: Option<f64>,
    actual: Option<f64>,
    expected: Option<f64>,
    monitor: Arc<str>,
    feedback: Option<Arc<str>>,
}

/// What is shown.
pub(crate) struct AnomalyRow {
    service: Value,
    usage_type: Value,
    impact: Value,
    share: Value,
    actual: Value,
    expected: Value,
    cause: Value,
    cause_region: Value,
    until: Value,
    monitor: Value,
    feedback: Value,
}

impl Pane for AnomaliesPane {
    type Item = AnomalyItem;
    type Metrics = ();
    type Row = AnomalyRow;

    const ID: PaneId = pane_id::ANOMALIES;
    const TITLE: &'static str = "Anomalies";
    const DOC: &'static str = "AWS Cost Anomaly Detection, last 90 days; up to a day late, without Marketplace charges (Claude on Bedrock)";
    const NEEDS: &'static [Api] = &[Api::CeGetAnomalies, Api::CeGetAnomalyMonitors];
    const CADENCE: Cadence = Cadence {
        inventory: SIX_HOURS,
        metrics: SIX_HOURS,
    };
    const SCOPE: SourceScope = SourceScope::Account;
    const FIELDS: &'static [Field<AnomalyRow>] = columns::FIELDS;
    const IDENTITY: &'static [CommonField] = field::PLACE;
    const OPERATIONS: &'static [Operation] = &[Operation::Feedback];
    const SORT: &'static str = "impact";
    const HAS_CONTRIBUTORS: bool = true;

    fn id(item: &AnomalyItem) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<AnomalyItem> {
        let mut faults = Vec::new();
        let monitors = monitors(cx, &mut faults).await;
        let (items, fault) = anomalies(cx, &monitors).await;
        let complete = fault.is_none();
        if let Some(fault) = fault {
            push_fault(&mut faults, fault);
        }
        Listing {
            items,
            complete,
            faults,
        }
    }

    async fn metrics(&mut self, _cx: &Context, _items: &[AnomalyItem]) -> MetricReport<()> {
        MetricReport {
            signals: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn row(
        cx: &Context,
        item: &AnomalyItem,
        _signals: Option<&()>,
        now: Timestamp,
    ) -> (CommonFields, AnomalyRow) {
        let cause = item.causes.first().cloned().unwrap_or_default();
        let service = cause.service.clone().or_else(|| item.dimension.clone());
        let name = [&service, &cause.usage_type]
            .into_iter()
            .flatten()
            .map(AsRef::as_ref)
            .collect::<Vec<&str>>()
            .join(" ");
        let name: Arc<str> = if name.is_empty() {
            item.id.clone()
        } else {
            name.into()
        };
        let missing = |what: &'static str| Value::Unknown(Reason::new(what));
        let text = |part: &Option<Arc<str>>| {
            part.clone()
                .map_or_else(|| missing("AWS names none"), Value::Text)
        };
        let row = AnomalyRow {
            service: text(&service),
            usage_type: text(&cause.usage_type),
            impact: Value::Usd(Usd(item.impact)),
            share: item
                .share
                .map_or_else(|| missing("nothing was expected"), Value::Percent),
            actual: item.actual.map_or_else(
                || missing("AWS does not say"),
                |dollars| Value::Usd(Usd(dollars)),
            ),
            expected: item.expected.map_or_else(
                || missing("AWS does not say"),
                |dollars| Value::Usd(Usd(dollars)),
            ),
            cause: words(&cause, item.causes.len()),
            cause_region: text(&cause.region),
            until: Value::opt(item.until, Value::Moment),
            monitor: Value::Text(item.monitor.clone()),
            feedback: Value::opt(item.feedback.clone(), Value::Text),
        };
        // AWS moves the end day on while an anomaly lasts, and is itself a day late.
        let open = item
            .until
            .is_none_or(|until| seconds_between(until, now) < 2.0 * 86_400.0);
        let state = State::new(Phase::Still, if open { "open" } else { "over" });
        let mut head = cx.head(
            KIND,
            &item.id,
            &name,
            state,
            &Measured::unknown("an anomaly has no tags"),
            now,
        );
        head.since = item.since;
        head.burn = HourlyCost::Nothing(Reason::new("an anomaly is no resource"));
        head.evidence = Evidence::Anomaly(Box::new(facts(item)));
        let others = Operation::ALL
            .iter()
            .filter(|operation| **operation != Operation::Feedback);
        head.actions = others
            .map(|operation| unavailable(*operation, "an anomaly is no resource: its suspects are"))
            .collect();
        head.actions.push(feedback(item));
        (head, row)
    }
}

/// AWS takes an answer at any time, and a later one in its place.
fn feedback(item: &AnomalyItem) -> AvailableAction {
    let Some(since) = item.since else {
        return unavailable(Operation::Feedback, "AWS does not say when it began");
    };
    let day = since.strftime("%Y-%m-%d").to_string().into();
    let given = item.feedback.as_deref().and_then(Feedback::parse);
    available(
        Operation::Feedback,
        Capability::Feedback {
            anomaly: item.id.clone(),
            day,
            given,
        },
    )
}

/// The anomaly as suspects are looked for: a service that only the monitor names is a cause, too.
fn facts(item: &AnomalyItem) -> AnomalyEvidence {
    let mut causes = item.causes.clone();
    if causes.is_empty() && item.dimension.is_some() {
        causes.push(AnomalyCause {
            service: item.dimension.clone(),
            ..AnomalyCause::default()
        });
    }
    AnomalyEvidence {
        since: item.since,
        until: item.until.map(|last| add_seconds(last, 86_400)),
        impact: Usd(item.impact),
        causes,
        feedback: item.feedback.clone(),
    }
}

/// Monitor names by ARN. None at all is worth saying: then there can be no anomaly.
async fn monitors(cx: &Context, faults: &mut Vec<Fault>) -> HashMap<String, Arc<str>> {
    const OPERATION: Api = Api::CeGetAnomalyMonitors;
    let mut pages = cx
        .session
        .costs
        .get_anomaly_monitors()
        .into_paginator()
        .send();
    let mut names = HashMap::new();
    for _ in 0..PAGES {
        match pages.next().await {
            Some(Ok(page)) => names.extend(page.anomaly_monitors().iter().filter_map(|one| {
                Some((one.monitor_arn()?.to_owned(), Arc::from(one.monitor_name())))
            })),
            Some(Err(error)) => {
                push_fault(faults, fault::from_sdk(Api::CeGetAnomalyMonitors, &error));
                return names;
            }
            None => break,
        }
    }
    if names.is_empty() {
        let none = Fault::new(
            FaultKind::Unavailable,
            OPERATION,
            "no anomaly monitor in this account: AWS finds no anomalies without one",
        );
        faults.push(none.with_cause(FaultCause::NoAnomalyMonitor));
    }
    names
}

async fn anomalies(
    cx: &Context,
    monitors: &HashMap<String, Arc<str>>,
) -> (Vec<AnomalyItem>, Option<Fault>) {
    let since = add_seconds(cx.clock.now(), -DAYS * 86_400)
        .strftime("%Y-%m-%d")
        .to_string();
    let interval = match AnomalyDateInterval::builder().start_date(since).build() {
        Ok(interval) => interval,
        Err(error) => {
            return (
                Vec::new(),
                Some(Fault::new(
                    FaultKind::Refused,
                    Api::CeGetAnomalies,
                    error.to_string(),
                )),
            );
        }
    };
    let mut pages = cx
        .session
        .costs
        .get_anomalies()
        .date_interval(interval)
        .max_results(100)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    for _ in 0..PAGES {
        match pages.next().await {
            Some(Ok(page)) => items.extend(
                page.anomalies()
                    .iter()
                    .map(|anomaly| item(anomaly, monitors)),
            ),
            Some(Err(error)) => return (items, Some(fault::from_sdk(Api::CeGetAnomalies, &error))),
            None => break,
        }
    }
    (items, None)
}

fn item(anomaly: &Listed, monitors: &HashMap<String, Arc<str>>) -> AnomalyItem {
    let impact = anomaly.impact();
    let monitor = monitors.get(anomaly.monitor_arn()).cloned();
    AnomalyItem {
        id: anomaly.anomaly_id().into(),
        since: anomaly.anomaly_start_date().and_then(day),
        until: anomaly.anomaly_end_date().and_then(day),
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

fn words(cause: &AnomalyCause, causes: usize) -> Value {
    let account = if cause.account_name.is_some() {
        &cause.account_name
    } else {
        &cause.account
    };
    let words = [&cause.service, &cause.usage_type, &cause.region, account]
        .into_iter()
        .flatten()
        .map(AsRef::as_ref)
        .collect::<Vec<&str>>()
        .join(", ");
    if words.is_empty() {
        return Value::Unknown(Reason::new("AWS names none"));
    }
    Value::text(if causes > 1 {
        format!("{words} (+{} more)", causes - 1)
    } else {
        words
    })
}

/// `2026-11-21` or `2026-11-21T02:00:00Z`.
pub(super) fn day(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| format!("{text}T00:00:00Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_parses_with_and_without_time() {
        assert_eq!(
            day("2026-11-21").unwrap().to_string(),
            "2026-11-21T00:00:00Z"
        );
        assert_eq!(
            day("2026-11-21T02:00:00Z").unwrap().to_string(),
            "2026-11-21T02:00:00Z"
        );
        assert_eq!(day("soon"), None);
    }

    #[test]
    fn cause_with_missing_parts_is_described() {
        let some = AnomalyCause {
            usage_type: Some("USE1-Train:ml.p4d.24xlarge".into()),
            ..AnomalyCause::default()
        };
        assert_eq!(
            words(&some, 3).show(),
            "USE1-Train:ml.p4d.24xlarge (+2 more)"
        );
        assert!(!words(&AnomalyCause::default(), 1).is_known());
    }
}
