//! Notebook instances and Studio apps: who works in them, since when nobody does.
//!
//! There is no honest idle clock in SageMaker: the signs used are named, and where there is none it
//! says so.

mod columns;
mod inventory;

use self::inventory::{StudioCache, inventory};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        context::{available, push_fault, unavailable},
        field::Field,
        tag_cache::TagCache,
    },
};
use crate::aws::Api;
use crate::domain::ops;
use crate::{
    aws::{
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{
        Arn, AvailableAction, Cadence, CommonFields, Compute, Evidence, HourlyCost, Measured,
        Operation, PaneId, Phase, Reason, ResourceKind, Series, Service, SourceScope, State, Tags,
        Timestamp, Value,
        action::{ApiCall, Capability, TagRoute},
        pane_id,
        time::timestamp::seconds_between,
    },
    pricing::{self, Component},
};
use std::{sync::Arc, time::Duration};

pub(super) const NOTEBOOK: ResourceKind = ResourceKind::NOTEBOOK_INSTANCE;
pub(super) const APP: ResourceKind = ResourceKind::STUDIO_APP;

/// Seconds a point of CPU utilisation covers, and hours looked back on.
const PERIOD: u32 = 900;
const HOURS: i64 = 7 * 24;
/// CPU utilisation, in percent, under which nobody is at work.
const AT_WORK: f64 = 5.0;

/// The pane, and what it remembers: tags, domains, described apps.
#[derive(Default)]
pub(crate) struct NotebooksPane {
    pub(super) tags: TagCache,
    studio: StudioCache,
}

/// A notebook instance or Studio app as SageMaker lists it.
#[derive(Clone, Debug)]
pub(crate) struct NotebookItem {
    pub kind: ResourceKind,
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub arn: Option<Arn>,
    pub state: State,
    pub since: Option<Timestamp>,
    /// `notebook`, or the app's type.
    pub sort: Arc<str>,
    /// `None` for an app that runs on the `system` instance.
    pub ty: Option<Arc<str>>,
    /// Prepaid by a training plan.
    pub is_prepaid: bool,
    pub user: Option<Arc<str>>,
    pub auto_stop: Measured<bool>,
    /// A sign of a person's work, from an app's description.
    pub activity: Measured<Timestamp>,
    /// `false` if the description holds no sign of a person's work.
    pub is_observable: bool,
    pub stop: ApiCall,
    pub tags: Measured<Tags>,
}

/// CPU utilisation in percent, for notebook instances.
#[derive(Clone, Debug)]
pub(crate) struct NotebookMetrics {
    cpu: Measured<Series>,
}

/// What is shown.
pub(crate) struct NotebookRow {
    sort: Arc<str>,
    ty: Value,
    user: Value,
    last: Value,
    sign: Value,
    idle: Value,
    wasted: Value,
    auto_stop: Value,
    cpu: Value,
}

impl Pane for NotebooksPane {
    type Item = NotebookItem;
    type Metrics = NotebookMetrics;
    type Row = NotebookRow;

    const ID: PaneId = pane_id::NOTEBOOKS;
    const TITLE: &'static str = "Notebooks";
    const DOC: &'static str = "SageMaker notebook instances and Studio apps";
    const NEEDS: &'static [Api] = &[
        Api::CloudWatchGetMetricData,
        Api::SageMakerDescribeApp,
        Api::SageMakerDescribeDomain,
        Api::SageMakerListApps,
        Api::SageMakerListNotebookInstances,
        Api::SageMakerListSpaces,
        Api::SageMakerListTags,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(20),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Field<NotebookRow>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] = &[Operation::Stop, Operation::Start, Operation::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &NotebookItem) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<NotebookItem> {
        let mut found = inventory(&mut self.studio, cx).await;
        let arns = found
            .items
            .iter()
            .filter_map(|item| item.arn.as_ref())
            .map(|arn| Arc::from(arn.as_str()))
            .collect();
        for fault in self.tags.sagemaker(cx, arns).await {
            push_fault(&mut found.faults, fault);
        }
        for item in &mut found.items {
            if let Some(arn) = &item.arn {
                item.tags = self.tags.of(arn.as_str());
            }
        }
        found
    }

    async fn metrics(
        &mut self,
        cx: &Context,
        items: &[NotebookItem],
    ) -> MetricReport<NotebookMetrics> {
        let notebooks: Vec<&NotebookItem> = items
            .iter()
            .filter(|item| item.kind == NOTEBOOK && item.state.phase == Phase::Running)
            .collect();
        let ask = |item: &&NotebookItem| {
            let dims = [("NotebookInstanceName", item.name.as_ref())];
            MetricQuery::new(
                "/aws/sagemaker/NotebookInstances",
                "CPUUtilization",
                &dims,
                "Maximum",
                PERIOD,
            )
        };
        let queries: Vec<MetricQuery> = notebooks.iter().map(ask).collect();
        let now = cx.clock.now();
        let read =
            metrics::fetch(&cx.session, &queries, add_seconds(now, -HOURS * 3600), now).await;
        let signals = notebooks
            .iter()
            .zip(read.series)
            .map(|(item, cpu)| (item.id.clone(), NotebookMetrics { cpu }));
        MetricReport {
            signals: signals.collect(),
            faults: read.faults,
        }
    }

    fn row(
        cx: &Context,
        item: &NotebookItem,
        signals: Option<&NotebookMetrics>,
        now: Timestamp,
    ) -> (CommonFields, NotebookRow) {
        let burn = burn(cx, item);
        let up = item.state.phase == Phase::Running;
        let last = last_activity(item, signals);
        let from = last
            .as_ref()
            .map(|(at, _)| item.since.map_or(*at, |since| since.max(*at)));
        let idle = from.map(|from| seconds_between(from, now).max(0.0));
        let wasted = match (&burn, &idle) {
            (HourlyCost::Priced { .. }, Measured::Known(idle)) => {
                Value::opt(burn.rate(), |rate| Value::Usd(rate.over(*idle)))
            }
            (HourlyCost::Priced { .. }, Measured::Unknown(why)) => Value::Unknown(why.clone()),
            (other, _) => other.value(),
        };
        let row = NotebookRow {
            sort: item.sort.clone(),
            ty: Value::text(item.ty.clone().unwrap_or_else(|| "system".into())),
            user: Value::opt(item.user.clone(), Value::Text),
            idle: if up {
                Value::read(&idle, Value::Span)
            } else {
                Value::None
            },
            wasted: if up { wasted } else { Value::None },
            auto_stop: Value::read(&item.auto_stop, Value::Flag),
            last: Value::read(&last, |(at, _)| Value::Moment(at)),
            sign: Value::read(&last, |(_, sign)| Value::Text(sign)),
            cpu: cpu(item, signals, up),
        };
        let mut head = cx.head(
            item.kind,
            &item.id,
            &item.name,
            item.state.clone(),
            &item.tags,
            now,
        );
        head.arn.clone_from(&item.arn);
        head.since = item.since;
        head.service = Some(Service::SageMaker);
        head.owner = head.owner.or_else(|| item.user.clone());
        head.compute = item.ty.as_ref().map(|ty| Compute {
            unit: ty.clone(),
            count: u32::from(up),
            desired: u32::from(up),
        });
        head.burn = burn;
        if item.is_billed_while_running() {
            head.evidence = Evidence::Workspace {
                is_observable: is_observable(item, signals),
                last_activity: last,
                auto_stop: item.auto_stop.clone(),
            };
        }
        head.actions = vec![stop(item), start(cx, item), tag(item)];
        (head, row)
    }
}

/// The last sign of a person's work, and which. CPU tells it of notebook instances, where
/// CloudWatch has it. Of Studio apps only the described activity could, and it is worth something
/// only when it differs from the last health check, which also moves it.
fn last_activity(
    item: &NotebookItem,
    signals: Option<&NotebookMetrics>,
) -> Measured<(Timestamp, Arc<str>)> {
    if item.kind == APP {
        return item
            .activity
            .clone()
            .map(|at| (at, Arc::from("last user activity")));
    }
    match signals.map(|signals| &signals.cpu) {
        None => Measured::unknown("not measured yet"),
        Some(Measured::Unknown(why)) => Measured::Unknown(why.clone()),
        Some(Measured::Known(series)) => {
            let busy = series
                .points
                .iter()
                .rposition(|point| point.is_some_and(|percent| percent >= AT_WORK));
            let first = series.points.iter().position(Option::is_some);
            let sign: Arc<str> = format!("CPU under {AT_WORK} %").into();
            match (busy, first) {
                (Some(point), _) => Measured::Known((series.at(point + 1), sign)),
                (None, Some(point)) => Measured::Known((series.at(point), sign)),
                (None, None) => Measured::unknown("SageMaker publishes no idle signal for it"),
            }
        }
    }
}

/// Whether AWS publishes any sign of work. `/aws/sagemaker/NotebookInstances` is documented as a log
/// group only (SageMaker Developer Guide, CloudWatch Logs): few accounts have its metric.
fn is_observable(item: &NotebookItem, signals: Option<&NotebookMetrics>) -> bool {
    if item.kind == APP {
        return item.is_observable;
    }
    match signals.map(|signals| &signals.cpu) {
        Some(Measured::Known(series)) => series.points.iter().any(Option::is_some),
        Some(Measured::Unknown(_)) | None => true,
    }
}

fn cpu(item: &NotebookItem, signals: Option<&NotebookMetrics>, up: bool) -> Value {
    let Some(signals) = signals.filter(|_| up && item.kind == NOTEBOOK) else {
        return Value::None;
    };
    Value::read(&signals.cpu, |series| {
        let hour = series.tail((3600 / PERIOD) as usize).observed();
        hour.map_or_else(
            || Value::Unknown(Reason::new("no CPU metric")),
            |seen| Value::Percent(seen.mean / 100.0),
        )
    })
}

impl NotebookItem {
    /// Canvas bills the session although its instance is `system`, until the user logs out
    /// (Amazon SageMaker Canvas pricing page).
    fn is_canvas(&self) -> bool {
        &*self.sort == "Canvas"
    }

    fn is_billed_while_running(&self) -> bool {
        self.ty.is_some() || self.is_canvas()
    }
}

fn burn(cx: &Context, item: &NotebookItem) -> HourlyCost {
    let quote = match &item.ty {
        _ if item.is_canvas() => cx.prices.canvas_session(cx.region()),
        None => return HourlyCost::Nothing(Reason::new("system apps are free")),
        Some(ty) if item.kind == NOTEBOOK => {
            cx.prices.sagemaker(ty, Component::Notebook, cx.region())
        }
        Some(ty) => cx.prices.sagemaker(ty, Component::Studio, cx.region()),
    };
    match item.state.name.as_ref() {
        "Pending" | "Updating" => {
            HourlyCost::Nothing(Reason::new("not in service yet: not billed"))
        }
        _ if !matches!(item.state.phase, Phase::Running | Phase::Changing) => HourlyCost::Nothing(
            Reason::new(format!("{}: compute is not billed", item.state.name)),
        ),
        _ if item.is_prepaid => HourlyCost::Nothing(Reason::new("prepaid by a training plan")),
        _ => pricing::burn(&quote, 1.0),
    }
}

fn stop(item: &NotebookItem) -> AvailableAction {
    match (item.state.phase, item.state.name.as_ref()) {
        (Phase::Running, _) => available(Operation::Stop, Capability::Ready(item.stop.clone())),
        (Phase::Stopped, _) => unavailable(Operation::Stop, "already stopped"),
        (Phase::Failed, "Failed") if item.kind == APP => {
            available(Operation::Stop, Capability::Ready(item.stop.clone()))
        }
        (_, state) => unavailable(Operation::Stop, format!("it is {state}")),
    }
}

fn start(cx: &Context, item: &NotebookItem) -> AvailableAction {
    let (ApiCall::Stop(ops::stop::Call::Notebook(name)), Some(ty)) = (&item.stop, &item.ty) else {
        return unavailable(
            Operation::Start,
            "an app is not started but made anew: open it in Studio",
        );
    };
    match (item.state.phase, item.state.name.as_ref()) {
        (Phase::Stopped, _) => {
            let costs = cx
                .prices
                .sagemaker(ty, Component::Notebook, cx.region())
                .known()
                .map(|quote| quote.unit);
            available(
                Operation::Start,
                Capability::Billed {
                    rate: costs,
                    call: ApiCall::Start(ops::start::Call::Notebook(name.clone())),
                },
            )
        }
        (Phase::Running, _) => unavailable(Operation::Start, "already running"),
        (_, state) => unavailable(Operation::Start, format!("it is {state}")),
    }
}

fn tag(item: &NotebookItem) -> AvailableAction {
    match &item.arn {
        Some(arn) => available(
            Operation::Tag,
            Capability::Tags(TagRoute::SageMaker(arn.as_str().into())),
        ),
        None => unavailable(Operation::Tag, "its ARN is not known"),
    }
}
