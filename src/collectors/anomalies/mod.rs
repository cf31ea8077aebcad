//! The anomalies that AWS Cost Anomaly Detection found in the last 90 days. It is late, and does
//! not see Marketplace charges.
//!
//! Every page costs $0.01, so the pane requests each at most four times a day and stores answers on
//! disk for all runs.

mod columns;
mod query;

use self::query::{AnomalyItem, Answers, DAYS};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        answer_cache::AnswerCache,
        column::{self, Column},
        context::{available, unavailable},
    },
};
use crate::aws::Api;
use crate::{
    aws::convert::time::add_seconds,
    domain::{
        AnomalyFeedback, AvailableAction, Cadence, Capability, CommonField, CommonFields, Evidence,
        Fault, FaultCause, FaultKind, HourlyCost, Measured, Operation, PaneId, Phase, Reason,
        ResourceKind, SourceScope, State, Timestamp, Usd, Value,
        evidence::{AnomalyCause, AnomalyEvidence},
        pane_id,
        time::timestamp::seconds_between,
    },
};
use std::{collections::HashMap, sync::Arc, time::Duration};

const KIND: ResourceKind = ResourceKind::ANOMALY;
const SIX_HOURS: Duration = Duration::from_hours(6);

/// The pane, with the answers of Cost Explorer.
#[derive(Default)]
pub(crate) struct AnomaliesPane {
    known: Answers,
}

/// The cells of a row.
pub(crate) struct AnomalyCells {
    service: Value,
    usage_type: Value,
    impact: Value,
    share: Value,
    actual: Value,
    expected: Value,
    cause: Value,
    cause_region: Value,
    last_day: Value,
    monitor: Value,
    feedback: Value,
}

impl Pane for AnomaliesPane {
    type Item = AnomalyItem;
    type Metrics = ();
    type Cells = AnomalyCells;

    const ID: PaneId = pane_id::ANOMALIES;
    const KINDS: &'static [ResourceKind] = &[ResourceKind::ANOMALY];
    const TITLE: &'static str = "Anomalies";
    const DOC: &'static str = "AWS Cost Anomaly Detection, last 90 days; up to a day late, without \
                               Marketplace charges (Claude on Bedrock)";
    const NEEDS: &'static [Api] = &[Api::CeGetAnomalies, Api::CeGetAnomalyMonitors];
    const CADENCE: Cadence = Cadence {
        inventory: SIX_HOURS,
        metrics: SIX_HOURS,
    };
    const SCOPE: SourceScope = SourceScope::Account;
    const FIELDS: &'static [Column<AnomalyCells>] = columns::FIELDS;
    const IDENTITY: &'static [CommonField] = column::PLACE;
    const OPERATIONS: &'static [Operation] = &[Operation::Feedback];
    const SORT: &'static str = "impact";
    const HAS_CONTRIBUTORS: bool = true;

    fn id(item: &AnomalyItem) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<AnomalyItem> {
        self.refresh(cx).await;
        let Answers {
            monitors,
            anomalies,
        } = &self.known;
        let mut faults: Vec<Fault> = monitors
            .fault()
            .into_iter()
            .chain(anomalies.fault())
            .collect();
        if monitors.known().is_some_and(HashMap::is_empty) {
            let words = "no anomaly monitor in this account: AWS finds no anomalies without one";
            let none = Fault::new(FaultKind::Unavailable, Api::CeGetAnomalyMonitors, words);
            faults.push(none.with_cause(FaultCause::NoAnomalyMonitor));
        }
        let (items, is_cut) = anomalies.known().map_or((Vec::new(), false), |page| {
            (page.items.clone(), page.is_cut)
        });
        if is_cut {
            let words = format!("only {} anomalies of {DAYS} days are read", items.len());
            faults.push(Fault::new(
                FaultKind::Incomplete,
                Api::CeGetAnomalies,
                words,
            ));
        }
        Listing {
            complete: anomalies.known().is_some() && !is_cut,
            has_answer: true,
            items,
            faults,
        }
    }

    async fn metrics(&mut self, _cx: &Context, _items: &[AnomalyItem]) -> MetricReport<()> {
        MetricReport {
            signals: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn count_unread((): &()) -> usize {
        0
    }

    fn row(
        cx: &Context,
        item: &AnomalyItem,
        _signals: Option<&()>,
        now: Timestamp,
    ) -> (CommonFields, AnomalyCells) {
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
        let row = cells(item, &cause);
        // AWS moves the end day on while an anomaly lasts, and is itself a day late.
        let open = item
            .until()
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
        head.since = item.since();
        head.burn = HourlyCost::Nothing(Reason::new("an anomaly is not a resource"));
        head.evidence = Evidence::Anomaly(Box::new(facts(item)));
        let others = Operation::ALL
            .iter()
            .filter(|operation| **operation != Operation::Feedback);
        head.actions = others
            .map(|operation| {
                unavailable(
                    *operation,
                    "an anomaly is not a resource: act on its contributors",
                )
            })
            .collect();
        head.actions.push(feedback(item));
        (head, row)
    }
}

fn cells(item: &AnomalyItem, cause: &AnomalyCause) -> AnomalyCells {
    let service = cause.service.clone().or_else(|| item.dimension.clone());
    let missing = |reason: &'static str| Value::Unknown(Reason::new(reason));
    let text = |part: &Option<Arc<str>>| {
        part.clone()
            .map_or_else(|| missing("AWS names none"), Value::Text)
    };
    let dollars = |amount: Option<f64>| {
        amount.map_or_else(
            || missing("AWS does not say"),
            |dollars| Value::Usd(Usd(dollars)),
        )
    };
    AnomalyCells {
        service: text(&service),
        usage_type: text(&cause.usage_type),
        impact: Value::Usd(Usd(item.impact)),
        share: item
            .share
            .map_or_else(|| missing("nothing was expected"), Value::Percent),
        actual: dollars(item.actual),
        expected: dollars(item.expected),
        cause: words(cause, item.causes.len()),
        cause_region: text(&cause.region),
        last_day: Value::opt(item.until(), Value::Moment),
        monitor: Value::Text(item.monitor.clone()),
        feedback: Value::opt(item.feedback.clone(), Value::Text),
    }
}

/// AWS accepts feedback at any time, and later feedback replaces it.
fn feedback(item: &AnomalyItem) -> AvailableAction {
    let Some(since) = item.since() else {
        return unavailable(Operation::Feedback, "AWS does not say when it began");
    };
    let day = since.strftime("%Y-%m-%d").to_string().into();
    let given = item.feedback.as_deref().and_then(AnomalyFeedback::parse);
    available(
        Operation::Feedback,
        Capability::Feedback {
            anomaly: item.id.clone(),
            day,
            given,
        },
    )
}

/// The evidence by which the inventory finds contributors: a service that only the monitor names
/// is a cause, too.
fn facts(item: &AnomalyItem) -> AnomalyEvidence {
    let mut causes = item.causes.clone();
    if causes.is_empty() && item.dimension.is_some() {
        causes.push(AnomalyCause {
            service: item.dimension.clone(),
            ..AnomalyCause::default()
        });
    }
    AnomalyEvidence {
        since: item.since(),
        until: item.until().map(|last| add_seconds(last, 86_400)),
        impact: Usd(item.impact),
        causes,
        feedback: item.feedback.clone(),
    }
}

impl AnomaliesPane {
    /// Sends the requests that are due, unless another run has sent them meanwhile. Requests the
    /// anomalies again after the user gave feedback.
    async fn refresh(&mut self, cx: &Context) {
        let items = self
            .known
            .anomalies
            .known()
            .map_or(&[][..], |page| &page.items);
        let was_answered = items
            .iter()
            .filter(|item| cx.session.recently_changed.take(&item.id))
            .count()
            > 0;
        let cache = cx.spending.cache.as_deref();
        let cache = cache.and_then(|folder| AnswerCache::new(folder, "anomalies", &cx.session));
        self.known.merge(cache.as_ref());
        if was_answered {
            self.known.anomalies.until = 0;
        }
        if !self.known.is_due(cx.clock.now()) {
            return;
        }
        let _lock = match &cache {
            Some(cache) => cache.lock().await,
            None => None,
        };
        self.known.merge(cache.as_ref());
        let now = cx.clock.now();
        if self.known.is_due(now) {
            self.known.refresh_due(cx, now).await;
            if let Some(cache) = &cache {
                cache.write(&self.known);
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::convert::time::day;

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
