//! EC2 instances with accelerators, found by what the API says of their type and not by a list of names.
//!
//! Must not know how their metrics are read: that is `gpus_signals`.

use super::{
    Context, Inventory, Measured, Pane,
    context::{note, offered, refused},
    field::Field,
    gpus_signals::{self, Signals},
};
use crate::{
    aws::{fault, stamps::stamped, states, tagging},
    domain::{
        Burn, Cadence, Compute, Evidence, Fault, Head, Kind, Offered, Phase, Reading, Scope, Show, Stamp, State, Tags, Value, Verb, Why,
        time::seconds_between,
        verb::{Call, Offer, TagRoute},
    },
    pricing::{self, Quote},
};
use aws_sdk_ec2::types::{Filter, Instance, InstanceTypeInfo};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

const KIND: Kind = Kind("ec2-instance");
/// Names of families that may hold an accelerator; the type's own description decides.
const FAMILIES: &[&str] = &["p*", "g*", "trn*", "inf*", "dl*", "vt*", "f*"];
/// Seconds before types that could not be described are asked for again.
const ASK_AGAIN: f64 = 600.0;

/// The pane, and what it remembers: which types are accelerated, and with what.
#[derive(Default)]
pub(crate) struct This {
    types: HashMap<Arc<str>, Option<Accelerators>>,
    /// When describing types failed, and how.
    failed: Option<(Stamp, Fault)>,
    filters: Filters,
}

/// Whether the other side knows wildcards in filters. AWS does; an emulator that does not answers "no instance", which is
/// not to be believed without a look at all of them.
#[derive(Default)]
struct Filters {
    ignored: bool,
    checked: Option<Stamp>,
}

/// What accelerates a type: how many of what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Accelerators {
    pub count: f64,
    pub name: Arc<str>,
}

impl std::fmt::Display for Accelerators {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.count, self.name)
    }
}

/// How an instance is paid for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lifecycle {
    OnDemand,
    /// Whether its request is persistent, which is what allows a stop.
    Spot(Reading<bool>),
    CapacityBlock,
    Other(Arc<str>),
}

/// An instance as DescribeInstances finds it.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(super) id: Arc<str>,
    pub(super) name: Arc<str>,
    account: Option<Arc<str>>,
    pub(super) ty: Arc<str>,
    pub(super) state: State,
    launched: Option<Stamp>,
    lifecycle: Lifecycle,
    pub(super) accelerators: Option<Accelerators>,
    /// Host names the CloudWatch agent may use for it.
    pub(super) hosts: Vec<Arc<str>>,
    tags: Tags,
    instance_store: bool,
    managed_by: Option<Arc<str>>,
    /// Not what the price list is for: `Windows`, `dedicated tenancy`.
    unlike_list: Option<Arc<str>>,
    request: Option<String>,
}

/// What is shown.
pub(crate) struct Row {
    ty: Arc<str>,
    accelerators: Value,
    lifecycle: Value,
    gpu: Value,
    spark: Value,
    power: Value,
    cpu: Value,
    cost: Value,
    group: Value,
    signal: Value,
}

impl Pane for This {
    type Item = Item;
    type Signals = Signals;
    type Row = Row;

    const ID: &'static str = "gpus";
    const TITLE: &'static str = "GPUs";
    const DOC: &'static str = "EC2 instances with GPUs, Trainium, Inferentia or other accelerators";
    const NEEDS: &'static [&'static str] = &[
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstances",
        "ec2:DescribeSpotInstanceRequests",
    ];
    const CADENCE: Cadence = Cadence { inventory: Duration::from_secs(15), metrics: Duration::from_secs(300) };
    const SCOPE: Scope = Scope::Region;
    const FIELDS: &'static [Field<Row>] = &[
        Field::name(14),
        Field::text("type", "type", 14, Show::Always, "instance type", |row| Value::Text(row.ty.clone())),
        Field::text("accelerators", "accel", 9, Show::Medium, "accelerators: how many of what", |row| row.accelerators.clone()),
        Field::state(8, Show::Always),
        Field::text("lifecycle", "life", 5, Show::Wide, "on demand (od), spot, or prepaid capacity block (block)", |row| {
            row.lifecycle.clone()
        }),
        Field::number("gpu", "gpu%", 5, Show::Always, "mean utilisation of its GPUs, last hour, fraction", |row| row.gpu.clone()),
        Field::text("gpu_1h", "gpu 1h", 12, Show::Medium, "mean utilisation of its GPUs, 5-minute points of the last hour", |row| {
            row.spark.clone()
        }),
        Field::number("cpu", "cpu%", 5, Show::Wide, "CPU utilisation, last hour, fraction", |row| row.cpu.clone()),
        Field::number(
            "gpu_power",
            "pwr%",
            5,
            Show::Detail,
            "GPU power as a fraction of the most it may draw; idle GPUs draw power too",
            |row| row.power.clone(),
        ),
        Field::age(Show::Always),
        Field::burn(),
        Field::waste(Show::Always),
        Field::number("cost", "cost", 8, Show::Wide, "list dollars since it was last started", |row| row.cost.clone()),
        Field::owner(10, Show::Medium),
        Field::region(Show::Medium),
        Field::account(),
        Field::id(),
        Field::arn(),
        Field::kind(),
        Field::text("scaling_group", "group", 20, Show::Detail, "Auto Scaling group that would replace it", |row| row.group.clone()),
        Field::text("gpu_signal", "signal", 30, Show::Detail, "where its GPU utilisation comes from", |row| row.signal.clone()),
        Field::tags(),
    ];
    const VERBS: &'static [Verb] = &[Verb::Stop, Verb::Tag];
    const SORT: &'static str = "burn";

    fn id(item: &Item) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Inventory<Item> {
        let (mut items, mut faults) = self.list(cx).await;
        let complete = faults.is_empty();
        if let Some(fault) = self.learn(cx, &items).await {
            note(&mut faults, fault);
        }
        items.retain_mut(|item| self.accelerated(cx, item));
        if let Some(fault) = spot_requests(cx, &mut items).await {
            note(&mut faults, fault);
        }
        Inventory { items, complete, faults }
    }

    async fn metrics(&mut self, cx: &Context, items: &[Item]) -> Measured<Signals> {
        gpus_signals::measure(cx, items).await
    }

    fn row(cx: &Context, item: &Item, signals: Option<&Signals>, now: Stamp) -> (Head, Row) {
        let quote = quote(cx, item);
        let burn = burn(item, &quote);
        let up = item.state.phase == Phase::Running;
        let age = item.launched.map(|at| seconds_between(at, now).max(0.0));
        let cost = match (up, quote.known(), age) {
            (false, ..) => Value::None,
            (_, Some(quote), Some(age)) => Value::Usd(quote.unit.over(age)),
            (_, None, _) => burn.value(),
            _ => Value::Unknown(Why::new("AWS does not say when it was started")),
        };
        let seen = gpus_signals::shown(signals, up);
        let row = Row {
            ty: item.ty.clone(),
            accelerators: Value::opt(item.accelerators.as_ref(), |what| Value::text(what.to_string())),
            lifecycle: Value::text(lifecycle_word(&item.lifecycle)),
            gpu: seen.gpu,
            spark: seen.spark,
            power: seen.power,
            cpu: seen.cpu,
            cost,
            group: Value::opt(item.tags.get("aws:autoscaling:groupName"), |name| Value::text(name.as_str())),
            signal: seen.signal,
        };
        let mut head = cx.head(KIND, &item.id, &item.name, item.state.clone(), &Reading::Known(item.tags.clone()), now);
        head.arn = cx.arn("ec2", item.account.as_deref(), &format!("instance/{}", item.id));
        head.since = item.launched;
        head.compute = Some(Compute { unit: item.ty.clone(), count: u32::from(up), desired: u32::from(up) });
        head.burn = burn;
        head.evidence = Evidence::Accelerators {
            utilization: gpus_signals::utilization(signals),
            cpu: gpus_signals::cpu(signals),
            running: age.unwrap_or(0.0),
        };
        head.offers = vec![stop(item), offered(Verb::Tag, Offer::Tag(TagRoute::Ec2(item.id.clone())))];
        (head, row)
    }
}

impl This {
    /// All instances that may be accelerated.
    async fn list(&mut self, cx: &Context) -> (Vec<Item>, Vec<Fault>) {
        if self.filters.ignored {
            return instances(cx, false).await;
        }
        let found = instances(cx, true).await;
        let now = cx.clock.now();
        let checked = self.filters.checked.is_some_and(|at| seconds_between(at, now) < ASK_AGAIN);
        if checked || !found.0.is_empty() || !found.1.is_empty() {
            return found;
        }
        self.filters.checked = Some(now);
        let all = instances(cx, false).await;
        self.filters.ignored = !all.0.is_empty();
        if all.1.is_empty() { all } else { found }
    }

    /// Describes the types not known yet. A fault is kept, and the call not repeated, for a while.
    async fn learn(&mut self, cx: &Context, items: &[Item]) -> Option<Fault> {
        let now = cx.clock.now();
        let unknown: BTreeSet<&Arc<str>> = items.iter().map(|item| &item.ty).filter(|ty| !self.types.contains_key(*ty)).collect();
        if unknown.is_empty() {
            return None;
        }
        if let Some((at, fault)) = &self.failed
            && seconds_between(*at, now) < ASK_AGAIN
        {
            return Some(fault.clone());
        }
        self.failed = None;
        // By filter and not by name: a name the region does not know would fail the whole call.
        let names: Vec<String> = unknown.iter().map(ToString::to_string).collect();
        for batch in names.chunks(100) {
            let named = Filter::builder().name("instance-type").set_values(Some(batch.to_vec())).build();
            let mut pages = cx.session.ec2.describe_instance_types().filters(named).into_paginator().send();
            while let Some(page) = pages.next().await {
                match page {
                    Ok(page) => self.types.extend(page.instance_types().iter().filter_map(|info| {
                        let name = info.instance_type()?.as_str();
                        Some((Arc::from(name), accelerators(info)))
                    })),
                    Err(error) => {
                        let fault = fault::from_sdk("ec2:DescribeInstanceTypes", &error);
                        self.failed = Some((now, fault.clone()));
                        return Some(fault);
                    }
                }
            }
        }
        None
    }

    /// Whether `item` is accelerated, and with what: by its type's description, else the rate card's, else its family's name.
    fn accelerated(&self, cx: &Context, item: &mut Item) -> bool {
        if let Some(known) = self.types.get(&item.ty) {
            item.accelerators.clone_from(known);
            return known.is_some();
        }
        if let Some(spec) = cx.prices.spec(&item.ty) {
            item.accelerators =
                (spec.accelerators > 0.0).then(|| Accelerators { count: spec.accelerators, name: spec.accelerator.as_str().into() });
            return item.accelerators.is_some();
        }
        may_be_accelerated(&item.ty)
    }
}

/// By the letters of its family.
fn may_be_accelerated(ty: &str) -> bool {
    let family: String = ty.chars().take_while(char::is_ascii_alphabetic).collect();
    FAMILIES.iter().any(|known| known.trim_end_matches('*') == family) || family == "gr"
}

/// Everything of the families that may be accelerated, chosen there (`filtered`) or here.
async fn instances(cx: &Context, filtered: bool) -> (Vec<Item>, Vec<Fault>) {
    let types = FAMILIES.iter().map(ToString::to_string).collect();
    let filter = Filter::builder().name("instance-type").set_values(Some(types)).build();
    let mut pages = cx
        .session
        .ec2
        .describe_instances()
        .set_filters(filtered.then(|| vec![filter]))
        .include_managed_resources(true)
        .max_results(1000)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => items.extend(page.reservations().iter().flat_map(|reservation| {
                reservation
                    .instances()
                    .iter()
                    .filter_map(|instance| item(reservation.owner_id(), instance))
                    .filter(|item| may_be_accelerated(&item.ty))
            })),
            Err(error) => return (items, vec![fault::from_sdk("ec2:DescribeInstances", &error)]),
        }
    }
    (items, Vec::new())
}

fn item(owner: Option<&str>, instance: &Instance) -> Option<Item> {
    let id: Arc<str> = instance.instance_id()?.into();
    let state = states::instance(instance.state().and_then(|state| state.name()).map_or("unknown", |name| name.as_str()));
    if state.phase == Phase::Gone {
        return None;
    }
    let tags = tagging::ec2(instance.tags());
    let lifecycle = match instance.instance_lifecycle().map(|lifecycle| lifecycle.as_str()) {
        None | Some("") => Lifecycle::OnDemand,
        Some("spot") => Lifecycle::Spot(Reading::unknown("its spot request was not read")),
        Some("capacity-block") => Lifecycle::CapacityBlock,
        Some(other) => Lifecycle::Other(other.into()),
    };
    let platform = instance.platform_details().filter(|details| *details != "Linux/UNIX" && !details.is_empty());
    let tenancy = instance.placement().and_then(|placement| placement.tenancy()).map(|tenancy| tenancy.as_str());
    let tenancy = tenancy.filter(|tenancy| matches!(*tenancy, "dedicated" | "host")).map(|tenancy| format!("{tenancy} tenancy"));
    let hosts = instance.private_dns_name().into_iter().flat_map(|name| [Some(name), name.split('.').next()]).flatten();
    Some(Item {
        name: tags.get("Name").filter(|name| !name.is_empty()).map_or_else(|| id.clone(), |name| name.as_str().into()),
        account: owner.map(Arc::from),
        ty: instance.instance_type().map_or("unknown", |ty| ty.as_str()).into(),
        state,
        launched: stamped(instance.launch_time()),
        lifecycle,
        accelerators: None,
        hosts: hosts.filter(|host| !host.is_empty()).map(Arc::from).collect(),
        tags,
        instance_store: instance.root_device_type().is_some_and(|root| root.as_str() == "instance-store"),
        managed_by: instance
            .operator()
            .filter(|operator| operator.managed() == Some(true))
            .map(|operator| operator.principal().unwrap_or("an AWS service").into()),
        unlike_list: platform.map(Arc::from).or_else(|| tenancy.map(Arc::from)),
        request: instance.spot_instance_request_id().map(ToOwned::to_owned),
        id,
    })
}

/// GPUs, Neuron devices, inference or media accelerators, FPGAs: in this order, the first a type has.
fn accelerators(info: &InstanceTypeInfo) -> Option<Accelerators> {
    let make = |count: f64, name: Option<&str>| (count > 0.0).then(|| Accelerators { count, name: name.unwrap_or("accelerator").into() });
    let gpu = info.gpu_info().and_then(|gpus| {
        let part = |gpu: &aws_sdk_ec2::types::GpuDeviceInfo| gpu.gpu_partition_size().filter(|size| *size > 0.0 && *size < 1.0);
        let count = gpus.gpus().iter().map(|gpu| f64::from(gpu.count().unwrap_or(0)).max(1.0) * part(gpu).unwrap_or(1.0)).sum();
        make(count, gpus.gpus().first().and_then(|gpu| gpu.name()))
    });
    let neuron = || {
        let devices = info.neuron_info()?.neuron_devices();
        make(devices.iter().map(|device| f64::from(device.count().unwrap_or(0))).sum(), devices.first().and_then(|device| device.name()))
    };
    let inference = || {
        let devices = info.inference_accelerator_info()?.accelerators();
        make(devices.iter().map(|device| f64::from(device.count().unwrap_or(0))).sum(), devices.first().and_then(|device| device.name()))
    };
    let media = || {
        let devices = info.media_accelerator_info()?.accelerators();
        make(devices.iter().map(|device| f64::from(device.count().unwrap_or(0))).sum(), devices.first().and_then(|device| device.name()))
    };
    let fpga = || {
        let devices = info.fpga_info()?.fpgas();
        make(devices.iter().map(|device| f64::from(device.count().unwrap_or(0))).sum(), devices.first().and_then(|device| device.name()))
    };
    gpu.or_else(neuron).or_else(inference).or_else(media).or_else(fpga)
}

/// Only a persistent spot request lets its instance be stopped.
async fn spot_requests(cx: &Context, items: &mut [Item]) -> Option<Fault> {
    let ids: Vec<String> = items.iter().filter_map(|item| item.request.clone()).collect();
    if ids.is_empty() {
        return None;
    }
    let answer = match cx.session.ec2.describe_spot_instance_requests().set_spot_instance_request_ids(Some(ids)).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let fault = fault::from_sdk("ec2:DescribeSpotInstanceRequests", &error);
            for item in items.iter_mut().filter(|item| item.request.is_some()) {
                item.lifecycle = Lifecycle::Spot(Reading::unknown(format!("{}: {}", fault.operation, fault.kind.word())));
            }
            return Some(fault);
        }
    };
    for request in answer.spot_instance_requests() {
        for item in items.iter_mut().filter(|item| item.request.is_some() && item.request.as_deref() == request.spot_instance_request_id())
        {
            item.lifecycle = Lifecycle::Spot(Reading::Known(request.r#type().is_some_and(|ty| ty.as_str() == "persistent")));
        }
    }
    None
}

fn lifecycle_word(lifecycle: &Lifecycle) -> Arc<str> {
    match lifecycle {
        Lifecycle::OnDemand => "od".into(),
        Lifecycle::Spot(_) => "spot".into(),
        Lifecycle::CapacityBlock => "block".into(),
        Lifecycle::Other(word) => word.clone(),
    }
}

/// The price of an hour of it, as it is paid for.
fn quote(cx: &Context, item: &Item) -> Reading<Quote> {
    let quote = match item.lifecycle {
        Lifecycle::Spot(_) => cx.prices.spot(&item.ty, cx.region()),
        Lifecycle::CapacityBlock => cx.prices.capacity_block(&item.ty, cx.region()),
        _ => cx.prices.ec2(&item.ty, cx.region()),
    };
    match &item.unlike_list {
        None => quote,
        Some(what) => quote.map(|quote| Quote {
            estimate: true,
            source: format!("{}; the list is for shared Linux, this is {what}", quote.source).into(),
            ..quote
        }),
    }
}

fn burn(item: &Item, quote: &Reading<Quote>) -> Burn {
    match (item.state.name.as_ref(), &item.lifecycle) {
        ("running", Lifecycle::CapacityBlock) => Burn::Nothing(Why::new(match quote.known() {
            Some(quote) => format!("prepaid capacity block (about {} when bought)", quote.unit),
            None => "prepaid capacity block".to_owned(),
        })),
        ("running", _) => pricing::burn(quote, 1.0),
        (state, _) => Burn::Nothing(Why::new(format!("{state}: compute is not billed"))),
    }
}

fn stop(item: &Item) -> Offered {
    let why = match (item.state.name.as_ref(), &item.lifecycle) {
        ("stopped", _) => "already stopped".to_owned(),
        (state, _) if state != "running" => format!("it is {state}"),
        _ if item.managed_by.is_some() => {
            format!("managed by {}: change it there", item.managed_by.as_deref().unwrap_or_default())
        }
        _ if item.instance_store => "its root is instance store: AWS cannot stop it, only terminate it".to_owned(),
        (_, Lifecycle::CapacityBlock) => "capacity block, paid in advance: stopping saves nothing".to_owned(),
        (_, Lifecycle::Spot(Reading::Known(false))) => "one-time spot instance: AWS cannot stop it, only terminate it".to_owned(),
        (_, Lifecycle::Spot(Reading::Unknown(why))) => format!("a spot instance stops only if its request is persistent: {why}"),
        _ => return offered(Verb::Stop, Offer::Stop(Call::StopInstance(item.id.clone()))),
    };
    refused(Verb::Stop, why)
}
