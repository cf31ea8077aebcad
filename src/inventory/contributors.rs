//! Contributors of an anomaly: the resources that match its causes, also those that stopped or
//! ended since, ranked by the share of the impact that each explains.
//!
//! dollars of a contributor = its cost within the anomaly's window, less its earlier pace x the
//! hours of the window, after discounts as the impact is; share = these dollars over the impact.
//! The earlier pace is that of the day that ends a day before the window, or of its last hour if
//! that is higher. The window begins at midnight of the first day and ends with the last day, with
//! the closed hours of the bill (the impact has no later usage) or now. Resources that started
//! earlier and kept their pace are only counted.

use super::{Inventory, Store};
use crate::{
    domain::{
        CommonFields, Evidence, Measured, PaneMeta, Reason, Record, ResourceKey, ResourceKind,
        Service, Timestamp, UNKNOWN_ACCOUNT, Usd, UsdPerHour,
        evidence::{AnomalyCause, AnomalyEvidence},
        time::timestamp::seconds_between,
    },
    pricing::{
        Component, Prices,
        usage_type::{BilledUsage, PurchaseOption, UsageTypeMeaning},
    },
};
use std::{cmp::Ordering, sync::Arc};

/// Seconds before the window in which a resource may start and still be a contributor: AWS compares
/// days, and may see a new cost a day late.
const SHORTLY: f64 = 86_400.0;
/// A row whose cost above the earlier pace is at most this share of its cost kept its pace.
const STEADY: f64 = 0.01;

/// A resource that may explain an anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributor {
    /// The resource.
    pub key: ResourceKey,
    /// Name.
    pub name: Arc<str>,
    /// List dollars per hour now; `None`: not priced.
    pub rate: Option<UsdPerHour>,
    /// When it started.
    pub since: Option<Timestamp>,
    /// The dollars it explains, or the reason why they are unknown.
    pub explains: Measured<Usd>,
    /// The explained dollars over the impact, fraction (may pass 1: AWS reports late); `None` where
    /// either is not known.
    pub share: Option<f64>,
    /// Why it is a contributor, in words.
    pub why: String,
}

/// The contributors of one anomaly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contributors {
    /// In the order of [`Contributor::by_rank`].
    pub ranked: Vec<Contributor>,
    /// Number of other matches that ran well before the anomaly began.
    pub earlier: usize,
    /// Why no resource can match; `None`: one could.
    pub blind: Option<Reason>,
}

impl Inventory {
    /// The contributors of the anomaly in the row `key`, as of `now`; `None`: the row is no
    /// anomaly.
    pub fn contributors(&self, key: &ResourceKey, now: Timestamp) -> Option<Contributors> {
        let head = &self.record(key)?.head;
        let Evidence::Anomaly(anomaly) = &head.evidence else {
            return None;
        };
        let panes = self.panes().clone();
        let store = self.store();
        let rows = panes.iter().flat_map(|pane| {
            self.rows(pane.id)
                .chain(store.ended_of(pane.id))
                .map(move |record| (pane, record.as_ref()))
        });
        // Cost Anomaly Detection evaluates the data of Cost Explorer about three times a day (AWS
        // Cost Management User Guide), so the impact holds no later usage.
        let begin = anomaly.since.unwrap_or(now);
        let billed = store.billed_through(&head.key.account, anomaly);
        let counted = billed.filter(|end| *end > begin).unwrap_or(now);
        Some(contributors(anomaly, rows, counted.min(now)))
    }
}

impl Store {
    /// The end of the closed hours of the service of `anomaly` on the bill of `account`. `None`
    /// without hours: of an open day the impact may hold any part.
    fn billed_through(&self, account: &Arc<str>, anomaly: &AnomalyEvidence) -> Option<Timestamp> {
        let costs = self.costs.iter().find(|costs| costs.covers(account))?;
        let cause = anomaly.causes.first()?;
        let usage = cause.usage_type.as_deref().unwrap_or_default();
        let service = Service::of_line(cause.service.as_deref()?, usage)?;
        Some(costs.hours_of(service)?.span().1)
    }
}

/// The contributors among `rows`, as of `now`.
pub fn contributors<'a>(
    anomaly: &AnomalyEvidence,
    rows: impl Iterator<Item = (&'a PaneMeta, &'a Record)>,
    now: Timestamp,
) -> Contributors {
    let causes: Vec<(&AnomalyCause, Option<UsageTypeMeaning>)> = anomaly
        .causes
        .iter()
        .map(|cause| (cause, usage_meaning(cause)))
        .collect();
    let mut found = Contributors {
        blind: unknown_cause(&causes),
        ..Contributors::default()
    };
    for (pane, record) in rows {
        let Some(cause) = causes
            .iter()
            .filter(|_| costs_something(anomaly, record, now))
            .find(|(cause, paid)| matches_cause(cause, paid.as_ref(), pane, record, now))
            .map(|(cause, _)| *cause)
        else {
            continue;
        };
        match contributor(anomaly, cause, record, now) {
            Some(contributor) => found.ranked.push(contributor),
            None => found.earlier += usize::from(began_before(anomaly, record)),
        }
    }
    found.ranked.sort_by(Contributor::by_rank);
    found
}

fn usage_meaning(cause: &AnomalyCause) -> Option<UsageTypeMeaning> {
    Some(
        Prices::embedded()
            .usage_type_meaning(cause.service.as_deref()?, cause.usage_type.as_deref()?),
    )
}

fn unknown_cause(causes: &[(&AnomalyCause, Option<UsageTypeMeaning>)]) -> Option<Reason> {
    if causes.iter().all(|(cause, _)| cause.service.is_none()) {
        return Some(Reason::new("AWS names no root cause"));
    }
    let other = |(_, paid): &(&AnomalyCause, Option<UsageTypeMeaning>)| {
        paid.as_ref()
            .is_some_and(|paid| paid.what == BilledUsage::Other)
    };
    let usage = causes
        .first()
        .and_then(|(cause, _)| cause.usage_type.as_ref());
    (causes.iter().all(other)).then(|| {
        Reason::new(format!(
            "{} is neither instance hours nor tokens",
            usage.map_or("it", AsRef::as_ref)
        ))
    })
}

/// Whether the usage type of `cause` bills `record`.
fn matches_cause(
    cause: &AnomalyCause,
    paid: Option<&UsageTypeMeaning>,
    pane: &PaneMeta,
    record: &Record,
    now: Timestamp,
) -> bool {
    let head = &record.head;
    let Some(service) = cause.service.as_deref() else {
        return false;
    };
    let region = cause
        .region
        .as_deref()
        .or(paid.and_then(|paid| paid.region));
    let here = region.is_none_or(|region| *head.key.region == *region);
    let digits = cause
        .account
        .as_deref()
        .filter(|account| account.len() == 12 && *head.key.account != *UNKNOWN_ACCOUNT);
    let mine = digits.is_none_or(|account| *head.key.account == *account);
    here && mine
        && head
            .key
            .kind
            .service()
            .is_some_and(|own| own.has_bill_name(service))
        && paid.is_none_or(|paid| is_billed_as(&paid.what, pane, record, now))
}

/// Whether it costs something now, at a known price or not, or did within the window.
fn costs_something(anomaly: &AnomalyEvidence, record: &Record, now: Timestamp) -> bool {
    let from = anomaly.since.unwrap_or(Timestamp::MIN);
    record.head.burn.rate() != Some(UsdPerHour::ZERO)
        || record.head.history.within(from, end(anomaly, now)).0 > 0.0
}

/// The end of the window.
fn end(anomaly: &AnomalyEvidence, now: Timestamp) -> Timestamp {
    anomaly.until.map_or(now, |until| until.min(now))
}

fn is_billed_as(paid: &BilledUsage, pane: &PaneMeta, record: &Record, now: Timestamp) -> bool {
    let head = &record.head;
    let unit = head.compute.as_ref().map(|compute| compute.unit.as_ref());
    let own = |id: &str| {
        pane.field(id)
            .map(|field| field.value(record, now).show().into_owned())
    };
    match (paid, head.key.kind) {
        (BilledUsage::Instance(ty, bought), ResourceKind::EC2_INSTANCE) => {
            let wanted = match bought {
                PurchaseOption::OnDemand => "od",
                PurchaseOption::Spot => "spot",
                PurchaseOption::Block => "block",
            };
            unit == Some(ty) && own("market").is_none_or(|market| market == wanted)
        }
        (BilledUsage::Ml(ty, component), kind) => {
            unit == Some(ty) && component_of(kind) == Some(*component)
        }
        (BilledUsage::Serverless, ResourceKind::ENDPOINT_VARIANT) => {
            unit.is_none() || own("mode").is_some_and(|mode| mode == "serverless")
        }
        (BilledUsage::Units(models), ResourceKind::PROVISIONED_THROUGHPUT) => {
            unit.is_some_and(|unit| models.iter().any(|model| model == unit))
        }
        (BilledUsage::Tokens(models), ResourceKind::MODEL) => {
            own("model").is_some_and(|id| models.iter().any(|model| id.ends_with(model.as_str())))
        }
        (BilledUsage::Tokens(_), ResourceKind::BATCH_INFERENCE_JOB) => true,
        _ => false,
    }
}

fn component_of(kind: ResourceKind) -> Option<Component> {
    Some(match kind {
        ResourceKind::ENDPOINT_VARIANT => Component::Hosting,
        ResourceKind::NOTEBOOK_INSTANCE => Component::Notebook,
        ResourceKind::STUDIO_APP => Component::Studio,
        ResourceKind::TRAINING_JOB => Component::Training,
        ResourceKind::PROCESSING_JOB => Component::Processing,
        ResourceKind::TRANSFORM_JOB => Component::Transform,
        ResourceKind::HYPERPOD_NODE => Component::Cluster,
        _ => return None,
    })
}

fn began_before(anomaly: &AnomalyEvidence, record: &Record) -> bool {
    let first = record.head.history.spans.first().map(|span| span.from);
    let began = record.head.since.into_iter().chain(first).min();
    let moments = anomaly.since.zip(began);
    moments.is_some_and(|(begin, began)| seconds_between(began, begin) > SHORTLY)
}

fn began_after(anomaly: &AnomalyEvidence, head: &CommonFields, now: Timestamp) -> bool {
    head.since.is_some_and(|since| since >= end(anomaly, now)) && head.history.spans.is_empty()
}

/// The cost of a row within a window, and its earlier pace.
struct WindowSpend {
    /// Hours of the window.
    hours: f64,
    /// List dollars.
    spent: Usd,
    /// List dollars per hour before the window.
    pace: UsdPerHour,
}

impl WindowSpend {
    /// The cost of `head` in `[from, to)`; the reason if its price or its start is not known.
    fn of(head: &CommonFields, from: Timestamp, to: Timestamp) -> Measured<Self> {
        let spent = match head.spent_at_list(from, to) {
            Measured::Known(spent) => spent,
            Measured::Unknown(why) => return Measured::Unknown(why),
        };
        let back = |hours: i64| {
            let span = jiff::SignedDuration::from_hours(hours);
            from.saturating_sub(span).unwrap_or(Timestamp::MIN)
        };
        let pace = |hours: i64| {
            let spent = head.spent_at_list(back(24 + hours), back(24));
            spent.known().map_or(0.0, |spent| spent.0 / hours as f64)
        };
        Measured::Known(Self {
            hours: seconds_between(from, to).max(0.0) / 3_600.0,
            spent,
            pace: UsdPerHour(pace(24).max(pace(1))),
        })
    }

    /// List dollars above the earlier pace.
    fn above(&self) -> Usd {
        Usd((self.spent.0 - self.pace.0 * self.hours).max(0.0))
    }
}

/// `None`: the row kept its pace, or cost nothing in the window.
fn contributor(
    anomaly: &AnomalyEvidence,
    cause: &AnomalyCause,
    record: &Record,
    now: Timestamp,
) -> Option<Contributor> {
    let head = &record.head;
    let spend = match anomaly.since {
        Some(begin) => WindowSpend::of(head, begin, end(anomaly, now)),
        None => Measured::unknown("AWS does not report when the anomaly began"),
    };
    match &spend {
        Measured::Known(spend) if spend.above().0 <= STEADY * spend.spent.0 => return None,
        Measured::Unknown(_)
            if began_before(anomaly, record) || began_after(anomaly, head, now) =>
        {
            return None;
        }
        _ => {}
    }
    let paid = head.paid_share();
    let explains = spend.as_ref().map(|spend| spend.above() * paid);
    let share = explains
        .known()
        .filter(|_| anomaly.impact.0 > 0.0)
        .map(|dollars| dollars.0 / anomaly.impact.0);
    let billed_as = cause
        .usage_type
        .as_ref()
        .or(cause.service.as_ref())
        .map_or("", AsRef::as_ref);
    let why = match &spend {
        Measured::Known(spend) => format!("{billed_as}; {}", arithmetic(head, spend)),
        Measured::Unknown(why) => format!("{billed_as}; {why}"),
    };
    Some(Contributor {
        key: head.key.clone(),
        name: head.name.clone(),
        rate: head.burn.rate(),
        since: head.since,
        explains,
        share,
        why,
    })
}

/// The arithmetic of the dollars: `started Fri 11-20 17:00 UTC: 55.0 h × $21.96/h × 0.891`.
fn arithmetic(head: &CommonFields, spend: &WindowSpend) -> String {
    let discounted = match head.paid_share() {
        1.0 => String::new(),
        paid => format!(" × {paid:.3}"),
    };
    let rate = head.burn.rate().filter(|rate| rate.0 > 0.0);
    match (head.since, rate) {
        (Some(since), Some(rate)) if head.history.spans.is_empty() => format!(
            "started {}: {:.1} h × {rate:#}{discounted}",
            since.strftime("%a %m-%d %H:%M UTC"),
            spend.spent.0 / rate.0,
        ),
        _ => format!(
            "({:#} in {:.0} h - {:#} before){discounted}",
            spend.spent, spend.hours, spend.pace,
        ),
    }
}

impl Contributor {
    /// Known dollars first, then rows with a known start, then the larger dollars and the higher
    /// list rate.
    pub fn by_rank(a: &Self, b: &Self) -> Ordering {
        let class = |one: &Self| (one.explains.known().is_none(), one.since.is_none());
        let dollars = |one: &Self| one.explains.known().map_or(0.0, |dollars| dollars.0);
        let rate = |one: &Self| one.rate.map_or(0.0, |rate| rate.0);
        class(a)
            .cmp(&class(b))
            .then_with(|| dollars(b).total_cmp(&dollars(a)))
            .then_with(|| rate(b).total_cmp(&rate(a)))
            .then_with(|| (&a.name, &a.key).cmp(&(&b.name, &b.key)))
    }
}
