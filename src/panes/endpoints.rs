//! SageMaker endpoints: a row for every variant and every inference component, what each costs and how much of it is needed.
//!
//! The instances of an endpoint are billed once, in its variants' rows; components share them. Must not know how they are listed
//! (`endpoints_collect`) or measured (`endpoints_signals`).

use super::{
    Context, Inventory, Measured, Pane,
    context::{note, offered, refused},
    endpoints_collect::{Configs, inventory},
    endpoints_hours::Book,
    endpoints_row::{Row, row},
    endpoints_signals::{self, Signals},
    field::Field,
    tagbook::Tagbook,
};
use crate::{
    domain::{
        Arn, Burn, Cadence, Compute, Evidence, Head, Kind, Offered, Phase, Reading, Schedule, Scope, Service, Show, Stamp, State, Tags,
        UsdPerHour, Value, Verb, Why, Window,
        series::Observed,
        verb::{Call, Offer, TagRoute},
    },
    pricing::{self, Component, Quote, findings},
};
use std::{sync::Arc, time::Duration};

const VARIANT: Kind = Kind("endpoint-variant");
const COMPONENT: Kind = Kind("inference-component");
/// The suggested count keeps the peak of the busiest resource under this.
const CEILING: f64 = 0.70;

/// The pane, and what it remembers: tags, configurations, and two weeks by the hour.
#[derive(Default)]
pub(crate) struct This {
    tags: Tagbook,
    configs: Configs,
    hours: Book,
}

/// A variant or a component as SageMaker describes it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// Of a variant: its endpoint's.
    pub arn: Option<Arn>,
    pub state: State,
    pub created: Option<Stamp>,
    pub current: Option<u32>,
    pub desired: Option<u32>,
    /// Least and most by Application Auto Scaling; `None`: not registered there.
    pub scaling: Reading<Option<Scaling>>,
    /// Scheduled actions follow the hours already.
    pub scheduled: Reading<bool>,
    pub tags: Reading<Tags>,
    /// Of a variant.
    pub fleet: Option<Fleet>,
    /// Of a component: the `endpoint/variant` it is placed on.
    pub component: Option<Arc<str>>,
}

/// What is a variant's own.
#[derive(Clone, Debug)]
pub(crate) struct Fleet {
    pub endpoint: Arc<str>,
    pub variant: Arc<str>,
    pub shadow: bool,
    pub shape: Shape,
    pub hosts_components: bool,
    /// Managed instance scaling, which sets the count itself.
    pub managed: Option<Scaling>,
}

/// What serves.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Instances {
        ty: Reading<Arc<str>>,
        /// Types and counts of a mixed fleet.
        pools: Vec<(Arc<str>, u32)>,
        asynchronous: bool,
    },
    Serverless {
        memory_mb: i32,
        concurrency: i32,
        provisioned: i32,
    },
}

/// Least and most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scaling {
    pub least: u32,
    pub most: u32,
}

impl Item {
    /// Unique in its source.
    pub fn key(&self) -> Arc<str> {
        if self.component.is_some() { format!("component {}", self.id).into() } else { self.id.clone() }
    }

    /// Its instance type, if it has one and it is known.
    pub fn unit(&self) -> Option<Arc<str>> {
        match &self.fleet.as_ref()?.shape {
            Shape::Instances { ty, .. } => ty.known().cloned(),
            Shape::Serverless { .. } => None,
        }
    }

    /// Whether inference components are placed on it.
    pub fn hosts_components(&self) -> bool {
        self.fleet.as_ref().is_some_and(|fleet| fleet.hosts_components)
    }

    /// The fewest that may run: what scales it says so, else what AWS accepts.
    fn minimum(&self) -> u32 {
        let managed = self.fleet.as_ref().and_then(|fleet| fleet.managed);
        let registered = self.scaling.known().copied().flatten();
        managed.or(registered).map_or_else(|| self.accepted(), |scaling| scaling.least)
    }

    /// The fewest that AWS accepts: a real-time variant keeps at least one instance.
    fn accepted(&self) -> u32 {
        match self.fleet.as_ref().map(|fleet| &fleet.shape) {
            Some(Shape::Instances { asynchronous: false, .. }) => 1,
            _ => 0,
        }
    }
}

impl Pane for This {
    type Item = Item;
    type Signals = Signals;
    type Row = Row;

    const ID: &'static str = "endpoints";
    const TITLE: &'static str = "Endpoints";
    const DOC: &'static str = "SageMaker endpoint variants (real-time, asynchronous, serverless) and inference components";
    const NEEDS: &'static [&'static str] = &[
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScheduledActions",
        "cloudwatch:GetMetricData",
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeInferenceComponent",
        "sagemaker:ListEndpoints",
        "sagemaker:ListInferenceComponents",
        "sagemaker:ListTags",
    ];
    const CADENCE: Cadence = Cadence { inventory: Duration::from_secs(20), metrics: Duration::from_mins(5) };
    const SCOPE: Scope = Scope::Region;
    const FIELDS: &'static [Field<Row>] = &[
        Field::name(14),
        Field::text("type", "type", 15, Show::Always, "instance type, or memory of a serverless variant", |row| row.ty.clone()),
        Field::number("count", "n", 5, Show::Always, "instances or copies: current, and what was asked for", |row| row.count.clone()),
        Field::state(9, Show::Medium),
        Field::number("invocations", "inv/m", 6, Show::Always, "invocations per minute, last hour", |row| row.invocations.clone()),
        Field::text("invocations_24h", "inv 24h", 16, Show::Wide, "invocations per minute, 5-minute points of a day", |row| {
            row.spark.clone()
        }),
        Field::number("latency_p95", "p95", 6, Show::Wide, "95th percentile of model latency in the last hour, seconds", |row| {
            row.latency.clone()
        }),
        Field::number("errors", "err%", 5, Show::Wide, "4XX and 5XX answers over invocations, last hour, fraction", |row| {
            row.errors.clone()
        }),
        Field::number("gpu", "gpu%", 5, Show::Medium, "GPU utilisation of one replica, last hour, fraction of its devices", |row| {
            row.gpu.clone()
        }),
        Field::number("cpu", "cpu%", 5, Show::Wide, "CPU utilisation of one replica, last hour, fraction of its vCPUs", |row| {
            row.cpu.clone()
        }),
        Field::number("headroom", "room", 5, Show::Medium, "1 - p99 of the busiest resource over 3 days, fraction", |row| {
            row.headroom.clone()
        }),
        Field::number("suggested", "want", 4, Show::Always, "replicas that keep the p99 of the busiest resource under 70 %", |row| {
            row.suggested.clone()
        }),
        Field::burn(),
        Field::effective(Show::Detail),
        Field::accrued(Window::Launch, Show::Detail),
        Field::accrued(Window::Friday, Show::Detail),
        Field::accrued(Window::Today, Show::Detail),
        Field::accrued(Window::Month, Show::Detail),
        Field::waste(Show::Always),
        Field::number("per_1k", "$/1K", 6, Show::Wide, "list dollars per 1,000 invocations over a day", |row| row.per_1k.clone()),
        Field::text("autoscaling", "scales", 7, Show::Wide, "least-most by autoscaling; off when nothing scales it", |row| {
            row.autoscaling.clone()
        }),
        Field::age(Show::Medium),
        Field::owner(10, Show::Medium),
        Field::region(Show::Wide),
        Field::text("mode", "mode", 10, Show::Detail, "real-time, async, serverless, shadow or component", |row| Value::text(row.mode)),
        Field::text("endpoint", "endpoint", 24, Show::Detail, "the endpoint and variant it belongs to", |row| row.endpoint.clone()),
        Field::account(),
        Field::id(),
        Field::arn(),
        Field::kind(),
        Field::tags(),
    ];
    const VERBS: &'static [Verb] = &[Verb::Scale, Verb::Schedule, Verb::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &Item) -> Arc<str> {
        item.key()
    }

    async fn inventory(&mut self, cx: &Context) -> Inventory<Item> {
        let mut found = inventory(&mut self.configs, cx).await;
        let mut arns: Vec<Arc<str>> = found.items.iter().filter_map(|item| item.arn.as_ref()).map(|arn| arn.as_str().into()).collect();
        arns.sort_unstable();
        arns.dedup();
        for fault in self.tags.sagemaker(cx, arns).await {
            note(&mut found.faults, fault);
        }
        for item in &mut found.items {
            if let Some(arn) = &item.arn {
                item.tags = self.tags.of(arn.as_str());
            }
        }
        found
    }

    async fn metrics(&mut self, cx: &Context, items: &[Item]) -> Measured<Signals> {
        let mut measured = endpoints_signals::measure(cx, items).await;
        for fault in self.hours.refresh(cx, items).await {
            note(&mut measured.faults, fault);
        }
        for item in items {
            if let Some((_, signals)) = measured.signals.iter_mut().find(|(key, _)| *key == item.key()) {
                signals.hours = self.hours.of(item);
            }
        }
        measured
    }

    fn row(cx: &Context, item: &Item, signals: Option<&Signals>, now: Stamp) -> (Head, Row) {
        let (burn, per_unit) = burn(cx, item, signals);
        let utilization = signals.map_or_else(|| Reading::unknown("not measured yet"), Signals::busiest);
        let suggested = suggested(item, &utilization);
        let without_gpu = item.unit().and_then(|ty| cx.prices.spec(&ty)).is_some_and(|spec| spec.accelerators <= 0.0);
        let mut row = row(item, signals, &utilization, &suggested, &burn);
        if without_gpu {
            row.gpu = Value::None;
        }
        let kind = if item.component.is_some() { COMPONENT } else { VARIANT };
        let mut head = cx.head(kind, &item.id, &item.name, item.state.clone(), &item.tags, now);
        head.arn.clone_from(&item.arn);
        head.since = item.created;
        head.service = Some(Service::SageMaker);
        head.compute = match (item.current, item.desired) {
            (None, None) => None,
            (current, desired) => Some(Compute {
                unit: item.unit().unwrap_or_else(|| if item.component.is_some() { "copies".into() } else { "unknown".into() }),
                count: current.unwrap_or(0),
                desired: desired.or(current).unwrap_or(0),
            }),
        };
        head.burn = burn;
        head.evidence = evidence(cx, item, signals, utilization);
        head.offers = vec![scale(item, suggested.known().copied(), per_unit), schedule(item, signals, per_unit), tag(item)];
        (head, row)
    }
}

/// The burn of all instances, and the price of one where it is known. Components are billed in their endpoint's rows.
fn burn(cx: &Context, item: &Item, signals: Option<&Signals>) -> (Burn, Option<UsdPerHour>) {
    let Some(fleet) = &item.fleet else {
        return (Burn::Nothing(Why::new("runs on its endpoint's instances")), Some(UsdPerHour::ZERO));
    };
    let quote = |ty: &str| cx.prices.sagemaker(ty, Component::Hosting, cx.region());
    match &fleet.shape {
        Shape::Serverless { provisioned: 0, memory_mb, .. } => (serverless_burn(cx, *memory_mb, signals), None),
        Shape::Serverless { .. } => (Burn::Unpriced(Why::new("provisioned concurrency is not in the rate card")), None),
        Shape::Instances { pools, .. } if pools.len() > 1 => (mixed(pools, quote), None),
        Shape::Instances { ty, .. } => {
            let quote = match ty {
                Reading::Known(ty) => quote(ty),
                Reading::Unknown(why) => Reading::Unknown(why.clone()),
            };
            (pricing::burn(&quote, f64::from(item.current.unwrap_or(0))), quote.known().map(|quote| quote.unit))
        }
    }
}

/// Hours of request time in the last full hour x the price of one.
fn serverless_burn(cx: &Context, memory_mb: i32, signals: Option<&Signals>) -> Burn {
    let busy = signals.and_then(|signals| signals.hours.busy.known()?.points.last().copied().flatten());
    let quote = cx.prices.serverless(u32::try_from(memory_mb).unwrap_or(0), cx.region());
    let told = |quote: Quote| {
        let source = format!("hours of request time in the last full hour, by the mean model latency; {}", quote.source);
        Quote { source: source.into(), estimate: true, ..quote }
    };
    match busy {
        Some(seconds) if seconds > 0.0 => pricing::burn(&quote.map(told), seconds / 3600.0),
        Some(_) => Burn::Nothing(Why::new("serverless: no request in the last full hour")),
        None => Burn::Nothing(Why::new("serverless: billed by the request")),
    }
}

/// Several types in one fleet: the sum, as so many instances of the mean price.
fn mixed(pools: &[(Arc<str>, u32)], quote: impl Fn(&str) -> Reading<Quote>) -> Burn {
    let count: u32 = pools.iter().map(|(_, count)| count).sum();
    let mut total = UsdPerHour::ZERO;
    let mut source: Arc<str> = "".into();
    for (ty, count) in pools {
        match quote(ty) {
            Reading::Known(quote) => {
                total += quote.unit * f64::from(*count);
                source = quote.source;
            }
            Reading::Unknown(why) => return Burn::Unpriced(why),
        }
    }
    let types: Vec<String> = pools.iter().map(|(ty, count)| format!("{count} x {ty}")).collect();
    let unit = UsdPerHour(total.0 / f64::from(count.max(1)));
    let source = format!("{source}; mean of {}", types.join(", "));
    pricing::burn(&Reading::Known(Quote { unit, source: source.into(), estimate: true }), f64::from(count))
}

fn suggested(item: &Item, utilization: &Reading<(Observed, Arc<str>)>) -> Reading<u32> {
    let Some(running) = item.current.filter(|count| *count > 0) else { return Reading::unknown("nothing runs") };
    utilization.as_ref().map(|(seen, _)| findings::needed(running, seen.p99, CEILING, item.minimum()))
}

/// What the requests would cost on serverless inference: their time x the price of it at the memory of one instance, at most 6 GB.
fn serverless(cx: &Context, item: &Item, signals: Option<&Signals>) -> Reading<UsdPerHour> {
    let Some(spec) = item.unit().and_then(|ty| cx.prices.spec(&ty)) else { return Reading::unknown("its type is not known") };
    if spec.accelerators > 0.0 {
        return Reading::unknown("serverless has no GPU");
    }
    let Some(signals) = signals else { return Reading::unknown("not measured yet") };
    let busy = match &signals.hours.busy {
        Reading::Known(busy) => busy,
        Reading::Unknown(why) => return Reading::Unknown(why.clone()),
    };
    let Some(seen) = busy.observed() else { return Reading::unknown("no full hour in service yet") };
    let memory_mb = (spec.mem_gib.clamp(1.0, 6.0).ceil() * 1024.0) as u32;
    cx.prices.serverless(memory_mb, cx.region()).map(|quote| quote.unit * (seen.mean / 3600.0))
}

fn evidence(cx: &Context, item: &Item, signals: Option<&Signals>, utilization: Reading<(Observed, Arc<str>)>) -> Evidence {
    let machineless = item.fleet.as_ref().is_some_and(|fleet| matches!(fleet.shape, Shape::Serverless { .. }));
    if machineless || item.component.is_some() {
        return Evidence::None;
    }
    let invocations = match signals.map(|signals| &signals.invocations) {
        None => Reading::unknown("not measured yet"),
        Some(_) if item.hosts_components() && !signals.is_some_and(Signals::invoked) => {
            Reading::unknown("its inference components count their own invocations")
        }
        Some(Reading::Unknown(why)) => Reading::Unknown(why.clone()),
        Some(Reading::Known(series)) => Reading::or_why(series.observed(), "no reading"),
    };
    Evidence::Replicas {
        running: item.current.unwrap_or(0),
        minimum: item.minimum(),
        utilization,
        invocations,
        hourly: signals.map_or_else(|| Reading::unknown("not measured yet"), |signals| signals.hours.invocations.clone()),
        serverless: serverless(cx, item, signals),
        scheduled: item.scheduled.clone(),
    }
}

fn scale(item: &Item, suggested: Option<u32>, per_unit: Option<UsdPerHour>) -> Offered {
    if item.state.phase != Phase::Running {
        return refused(Verb::Scale, format!("it is {}", item.state.name));
    }
    let Some(fleet) = &item.fleet else {
        let call = Call::ScaleComponent { name: item.name.clone(), copies: item.desired.unwrap_or(0) };
        return offered(Verb::Scale, Offer::Scale { unit: "copies", minimum: 0, suggested, per_unit, call });
    };
    let why = match (&fleet.shape, fleet.managed) {
        (Shape::Serverless { .. }, _) => "a serverless variant has no instance count".to_owned(),
        (_, Some(managed)) => format!("managed instance scaling sets its count ({}-{})", managed.least, managed.most),
        _ if fleet.shadow => "a shadow variant follows its production variant".to_owned(),
        _ => {
            let (endpoint, variant) = (fleet.endpoint.clone(), fleet.variant.clone());
            let call = Call::ScaleVariant { endpoint, variant, count: item.desired.unwrap_or(1) };
            return offered(Verb::Scale, Offer::Scale { unit: "instances", minimum: item.accepted(), suggested, per_unit, call });
        }
    };
    refused(Verb::Scale, why)
}

/// Scheduled scaling of a variant whose count is free; without hours observed, those of an office are suggested.
fn schedule(item: &Item, signals: Option<&Signals>, per_unit: Option<UsdPerHour>) -> Offered {
    let Offered { offer: Reading::Known(Offer::Scale { call: Call::ScaleVariant { endpoint, variant, .. }, minimum, .. }), .. } =
        scale(item, None, per_unit)
    else {
        let why = scale(item, None, per_unit).offer.why().map_or_else(|| "only variants are scheduled".to_owned(), ToString::to_string);
        return refused(Verb::Schedule, why);
    };
    let inside = item.desired.or(item.current).unwrap_or(0);
    let outside = item.minimum().max(minimum);
    if inside <= outside {
        return refused(Verb::Schedule, format!("{inside} of at least {outside} run: fewer cannot"));
    }
    let bounds = item.scaling.known().copied().flatten().map_or((outside, inside), |scaling| (scaling.least, scaling.most));
    let hourly = signals.and_then(|signals| signals.hours.invocations.known());
    let observed = hourly.and_then(|hourly| findings::office_hours::schedule(hourly, inside, outside));
    let office = Schedule { days: [true, true, true, true, true, false, false], start: 8, end: 18, inside, outside };
    let suggested = observed.unwrap_or(office);
    let call = Call::ScheduleVariant { endpoint, variant, schedule: suggested, bounds };
    offered(Verb::Schedule, Offer::Schedule { suggested, minimum, per_unit, call })
}

fn tag(item: &Item) -> Offered {
    match &item.arn {
        Some(arn) => offered(Verb::Tag, Offer::Tag(TagRoute::SageMaker(arn.as_str().into()))),
        None => refused(Verb::Tag, "its ARN is not known"),
    }
}
