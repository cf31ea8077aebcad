//! The Notebooks pane: a row for each notebook instance and Studio app, with its last activity, and
//! for the resources that SageMaker bills beside them: tracking servers, partner apps, volumes.
//!
//! SageMaker has no reliable idle time: a row names the source of its last activity, or says that
//! there is none.

mod columns;
mod cost;
mod inventory;
mod item;
mod logs;
mod managed;
mod studio;
mod volumes;

use self::{
    columns::NotebookCells,
    cost::{burn, past_runs, prepaid},
    inventory::{InventoryCache, Workspace, inventory},
    item::{APP, NOTEBOOK, NotebookItem},
    logs::{LogCache, LogReading},
    volumes::storage,
};
use super::{
    Context, Listing, MetricReport, Pane,
    shared::{
        column::Column,
        context::{available, push_fault, unavailable},
        tag_cache::TagCache,
    },
};
use crate::{
    aws::{
        Api,
        convert::time::add_seconds,
        metrics::{self, MetricQuery},
    },
    domain::{
        AvailableAction, Cadence, CommonFields, Compute, Evidence, HourlyCost, Measured, Operation,
        PaneId, Phase, Reason, ResourceKind, Series, Service, SourceScope, Timestamp, Value,
        action::{ApiCall, Capability},
        ops, pane_id,
        time::timestamp::seconds_between,
    },
    pricing::Component,
};
use std::{sync::Arc, time::Duration};

/// Seconds a point of CPU utilisation covers, and hours looked back on.
const PERIOD: u32 = 900;
const HOURS: i64 = 7 * 24;
/// CPU utilisation in percent from which a notebook instance counts as in use.
const MIN_USED_PERCENT: f64 = 5.0;

/// The pane, with its caches of tags, domains and apps.
#[derive(Default)]
pub(crate) struct NotebooksPane {
    pub(super) tags: TagCache,
    cache: InventoryCache,
    logs: LogCache,
}

/// The signs of work of a notebook instance.
#[derive(Clone, Debug)]
pub(crate) struct NotebookMetrics {
    /// CPU utilisation in percent.
    cpu: Measured<Series>,
    /// Its Jupyter server's log; read where there is no CPU utilisation.
    log: LogReading,
}

impl Pane for NotebooksPane {
    type Item = Workspace;
    type Metrics = NotebookMetrics;
    type Cells = NotebookCells;

    const ID: PaneId = pane_id::NOTEBOOKS;
    const KINDS: &'static [ResourceKind] = &[
        ResourceKind::NOTEBOOK_INSTANCE,
        ResourceKind::STUDIO_APP,
        ResourceKind::STUDIO_SPACE,
        ResourceKind::TRACKING_SERVER,
        ResourceKind::PARTNER_APP,
    ];
    const TITLE: &'static str = "Notebooks";
    const DOC: &'static str = "SageMaker notebook instances, Studio apps and spaces, MLflow \
                               tracking servers and partner apps";
    const NEEDS: &'static [Api] = &[
        Api::CloudWatchGetMetricData,
        Api::LogsDescribeLogStreams,
        Api::SageMakerDescribeApp,
        Api::SageMakerDescribeDomain,
        Api::SageMakerDescribeMlflowTrackingServer,
        Api::SageMakerDescribeNotebookInstance,
        Api::SageMakerDescribeSpace,
        Api::SageMakerDescribeUserProfile,
        Api::SageMakerListApps,
        Api::SageMakerListMlflowTrackingServers,
        Api::SageMakerListNotebookInstances,
        Api::SageMakerListPartnerApps,
        Api::SageMakerListSpaces,
        Api::SageMakerListTags,
        Api::TagGetResources,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: Duration::from_secs(50),
        metrics: Duration::from_mins(5),
    };
    const SCOPE: SourceScope = SourceScope::Region;
    const FIELDS: &'static [Column<NotebookCells>] = columns::FIELDS;
    const OPERATIONS: &'static [Operation] = &[Operation::Stop, Operation::Start, Operation::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &Workspace) -> Arc<str> {
        match item {
            Workspace::Notebook(item) => item.id.clone(),
            Workspace::Managed(one) => one.id(),
        }
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<Workspace> {
        let mut found = inventory(&mut self.cache, cx).await;
        let arns = found
            .items
            .iter_mut()
            .filter_map(|item| Some(Arc::from(item.tagged().0?.as_str())))
            .collect();
        for fault in self.tags.sagemaker(cx, arns).await {
            push_fault(&mut found.faults, fault);
        }
        for item in &mut found.items {
            if let (Some(arn), tags) = item.tagged() {
                *tags = self.tags.of(arn.as_str());
            }
        }
        found
    }

    fn ended(&self) -> Vec<Workspace> {
        let gone = self.cache.studio.gone.iter();
        gone.map(|app| Workspace::Notebook(Box::new(app.clone())))
            .collect()
    }

    async fn metrics(
        &mut self,
        cx: &Context,
        items: &[Workspace],
    ) -> MetricReport<NotebookMetrics> {
        let notebooks: Vec<&NotebookItem> = items
            .iter()
            .filter_map(Workspace::notebook)
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
            .of_burn(cx.burn(&item.id))
        };
        let queries: Vec<MetricQuery> = notebooks.iter().map(ask).collect();
        let now = cx.clock.now();
        let read =
            metrics::fetch(&cx.session, &queries, add_seconds(now, -HOURS * 3600), now).await;
        let silent = notebooks
            .iter()
            .zip(read.series())
            .filter(|(_, cpu)| cpu.known().is_some_and(|cpu| !has_points(cpu)))
            .map(|(item, _)| item.name.clone());
        let (mut logs, failed) = self.logs.last_lines(cx, silent.collect()).await;
        let series = read.series().zip(read.asked());
        let signals = notebooks.iter().zip(series).map(|(item, (cpu, asked))| {
            let log = logs.remove(&item.name).unwrap_or(LogReading::NotNeeded);
            (item.id.clone(), NotebookMetrics { cpu, log }, asked)
        });
        let signals = signals.collect();
        let mut faults = read.faults.clone();
        faults.extend(failed);
        MetricReport { signals, faults }
    }

    fn count_unread(metrics: &NotebookMetrics) -> usize {
        usize::from(metrics.cpu.is_unread() || metrics.log.is_unread())
    }

    fn row(
        cx: &Context,
        item: &Workspace,
        signals: Option<&NotebookMetrics>,
        now: Timestamp,
    ) -> (CommonFields, NotebookCells) {
        let item = match item {
            Workspace::Notebook(item) => item,
            Workspace::Managed(one) => return one.row(cx, now),
        };
        let burn = burn(cx, item);
        let last = last_activity(item, signals);
        let mut row = notebook_row(item, signals, &burn, &last, now);
        row.storage = storage(cx, item);
        let is_up = u32::from(item.state.phase == Phase::Running);
        let mut head = cx.head(
            item.kind,
            &item.id,
            &item.name,
            item.state.clone(),
            &item.tags,
            now,
        );
        head.arn.clone_from(&item.arn);
        head.as_of = item.as_of;
        head.since = item.since;
        head.service = Some(Service::SageMaker);
        head.owner = head.owner.or_else(|| item.user.clone());
        head.compute = item.ty.as_ref().map(|ty| Compute {
            unit: ty.clone(),
            count: is_up,
            desired: is_up,
        });
        head.burn = burn;
        head.history = past_runs(cx, item);
        head.prepaid = prepaid(item);
        if item.is_billed_while_running() {
            head.evidence = Evidence::Workspace {
                is_observable: is_observable(item, signals),
                is_logged: is_logged(item, signals),
                last_activity: last,
                auto_stop: item.auto_stop.clone(),
            };
        }
        head.actions = vec![stop(item), start(cx, item), item.tag_action()];
        (head, row)
    }
}

/// The pane's own cells; `last`: the time and the source of the last activity.
fn notebook_row(
    item: &NotebookItem,
    signals: Option<&NotebookMetrics>,
    burn: &HourlyCost,
    last: &Measured<(Timestamp, Arc<str>)>,
    now: Timestamp,
) -> NotebookCells {
    let is_up = item.state.phase == Phase::Running;
    let from = last
        .as_ref()
        .map(|(at, _)| item.since.map_or(*at, |since| since.max(*at)));
    let idle = from.map(|from| seconds_between(from, now).max(0.0));
    let wasted = match (burn, &idle) {
        (HourlyCost::Priced { .. }, Measured::Known(idle)) => {
            Value::opt(burn.rate(), |rate| Value::Usd(rate.over(*idle)))
        }
        (HourlyCost::Priced { .. }, Measured::Unknown(why)) => Value::Unknown(why.clone()),
        (other, _) => other.value(),
    };
    let while_up = |value: Value| if is_up { value } else { Value::None };
    NotebookCells {
        app_type: item.app_type.clone(),
        ty: Value::text(item.ty.clone().unwrap_or_else(|| "system".into())),
        user: Value::opt(item.user.clone(), Value::Text),
        idle: while_up(Value::read(&idle, Value::Span)),
        wasted: while_up(wasted),
        auto_stop: Value::read(&item.auto_stop, Value::Flag),
        last: Value::read(last, |(at, _)| Value::Moment(at)),
        activity_source: Value::read(last, |(_, source)| Value::Text(source)),
        cpu: cpu(item, signals, is_up),
        storage: Value::None,
    }
}

/// The time and the source of the last activity. Of a notebook instance it comes from its CPU
/// utilisation, where CloudWatch has it, or else from the log of its Jupyter server. Of a Studio
/// app it comes from its description.
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
    let Some(signals) = signals else {
        return Measured::pending();
    };
    match &signals.cpu {
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
        Measured::Known(series) => {
            let busy = series
                .points
                .iter()
                .rposition(|point| point.is_some_and(|percent| percent >= MIN_USED_PERCENT));
            let first = series.points.iter().position(Option::is_some);
            let sign: Arc<str> = format!("CPU under {MIN_USED_PERCENT} %").into();
            match (busy, first) {
                (Some(point), _) => Measured::Known((series.at(point + 1), sign)),
                (None, Some(point)) => Measured::Known((series.at(point), sign)),
                (None, None) => signals.log.last_line(),
            }
        }
    }
}

fn has_points(series: &Series) -> bool {
    series.points.iter().any(Option::is_some)
}

/// Whether AWS has any sign of work. `/aws/sagemaker/NotebookInstances` is documented as a log
/// group only (SageMaker Developer Guide, CloudWatch Logs): few accounts have its metric.
fn is_observable(item: &NotebookItem, signals: Option<&NotebookMetrics>) -> bool {
    if item.kind == APP {
        return item.is_observable;
    }
    let Some(signals) = signals else { return true };
    match &signals.cpu {
        Measured::Known(cpu) => has_points(cpu) || signals.log.may_show_work(),
        Measured::Unknown(_) => true,
    }
}

/// Whether the last activity is a line of a log.
fn is_logged(item: &NotebookItem, signals: Option<&NotebookMetrics>) -> bool {
    let is_silent = |signals: &NotebookMetrics| {
        matches!(signals.log, LogReading::Last(_)) && !signals.cpu.known().is_some_and(has_points)
    };
    item.kind == NOTEBOOK && signals.is_some_and(is_silent)
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
