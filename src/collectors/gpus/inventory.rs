//! Lists instances with accelerators: by the API's description of their type, else the rate card,
//! else the family's name.

use super::accelerators::{Accelerators, accelerators};
use crate::aws::Api;
use crate::collectors::{
    Context, Listing,
    shared::context::{is_answered, is_complete, push_fault},
};
use crate::{
    aws::{
        convert::{
            state,
            time::{optional_timestamp, transition_time},
        },
        paging::read_pages,
        tags,
    },
    domain::{Fault, Measured, Phase, State, Tags, Timestamp, time::timestamp::seconds_between},
};
use aws_sdk_ec2::types::{Filter, Instance, InstanceLifecycleType, Tenancy};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Names of families that may hold an accelerator; the type's own description decides.
const FAMILIES: &[&str] = &["p*", "g*", "trn*", "inf*", "dl*", "vt*", "f*"];
/// Most values of a filter, by the EC2 API Reference.
const MAX_FILTER_VALUES: usize = 200;
/// Seconds after a launch in which an instance may be missing in a list made before.
const LAUNCH_GRACE: f64 = 120.0;
/// Seconds after which a failed describe of instance types is repeated.
const ASK_AGAIN: f64 = 600.0;

/// The accelerators of each instance type, as described.
#[derive(Default)]
pub(super) struct TypeCache {
    known: HashMap<Arc<str>, Option<Accelerators>>,
    /// When describing types failed, and how.
    failed: Option<(Timestamp, Fault)>,
    filters: Filters,
    /// Whether instances were listed before.
    is_listed: bool,
}

/// Whether the endpoint supports wildcards in filters. AWS does; an emulator that does not answers
/// "no instance", so only a list of all instances confirms that.
#[derive(Default)]
struct Filters {
    ignored: bool,
    checked: Option<Timestamp>,
}

/// How an instance is paid for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lifecycle {
    OnDemand,
    /// Whether its request is persistent: EC2 stops only such instances.
    Spot(Measured<bool>),
    CapacityBlock,
    Other(Arc<str>),
}

/// An instance as DescribeInstances finds it.
#[derive(Clone, Debug)]
pub(crate) struct InstanceItem {
    pub(super) id: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) account: Option<Arc<str>>,
    pub(super) ty: Arc<str>,
    pub(super) state: State,
    pub(super) launched: Option<Timestamp>,
    /// When it was launched for the first time, as far as its network tells.
    pub(super) first_launched: Option<Timestamp>,
    /// When it was stopped or terminated; `None` while it runs, and where AWS does not say.
    pub(super) ended: Option<Timestamp>,
    pub(super) lifecycle: Lifecycle,
    /// The reservation or capacity block it runs in.
    pub(super) reservation: Option<Arc<str>>,
    pub(super) accelerators: Option<Accelerators>,
    /// Host names the CloudWatch agent may use for it.
    pub(super) hosts: Vec<Arc<str>>,
    pub(super) tags: Tags,
    pub(super) instance_store: bool,
    pub(super) managed_by: Option<Arc<str>>,
    /// The property that the price list does not cover: `Windows`, `dedicated tenancy`.
    pub(super) unlike_list: Option<Arc<str>>,
    request: Option<String>,
}

impl InstanceItem {
    /// Seconds since it was launched; zero where that is not known.
    pub(super) fn age(&self, now: Timestamp) -> f64 {
        let launched = self.launched;
        launched.map_or(0.0, |at| seconds_between(at, now).max(0.0))
    }
}

/// Every accelerated instance.
pub(super) async fn inventory(types: &mut TypeCache, cx: &Context) -> Listing<InstanceItem> {
    let (mut items, mut faults) = types.list(cx).await;
    let complete = is_complete(&faults, types.is_listed);
    let has_answer = is_answered(&faults) || !items.is_empty();
    types.is_listed |= faults.is_empty();
    if let Some(fault) = types.learn(cx, &items).await {
        push_fault(&mut faults, fault);
    }
    items.retain_mut(|item| types.accelerated(cx, item));
    if let Some(fault) = spot_requests(cx, &mut items).await {
        push_fault(&mut faults, fault);
    }
    Listing {
        items,
        complete,
        has_answer,
        faults,
    }
}

impl TypeCache {
    /// All instances that may be accelerated.
    async fn list(&mut self, cx: &Context) -> (Vec<InstanceItem>, Vec<Fault>) {
        if self.filters.ignored {
            return instances(cx, false).await;
        }
        let found = instances(cx, true).await;
        let now = cx.clock.now();
        let checked = self
            .filters
            .checked
            .is_some_and(|at| seconds_between(at, now) < ASK_AGAIN);
        if checked || !found.0.is_empty() || !found.1.is_empty() {
            return found;
        }
        self.filters.checked = Some(now);
        let all = instances(cx, false).await;
        // An instance that was launched between the two lists proves nothing.
        self.filters.ignored = all.0.iter().any(|item| {
            item.launched
                .is_none_or(|launched| seconds_between(launched, now) > LAUNCH_GRACE)
        });
        if all.1.is_empty() { all } else { found }
    }

    /// Describes the types not known yet. After a fault it repeats the call only after a while.
    async fn learn(&mut self, cx: &Context, items: &[InstanceItem]) -> Option<Fault> {
        let now = cx.clock.now();
        let unknown: BTreeSet<&Arc<str>> = items
            .iter()
            .map(|item| &item.ty)
            .filter(|ty| !self.known.contains_key(*ty))
            .collect();
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
            let named = Filter::builder()
                .name("instance-type")
                .set_values(Some(batch.to_vec()))
                .build();
            let pages = cx
                .session
                .ec2
                .describe_instance_types()
                .filters(named)
                .into_paginator()
                .send();
            let read = read_pages(Api::Ec2DescribeInstanceTypes, pages, |page| {
                self.known
                    .extend(page.instance_types().iter().filter_map(|info| {
                        let name = info.instance_type()?.as_str();
                        Some((Arc::from(name), accelerators(info)))
                    }));
            });
            if let Err(fault) = read.await {
                self.failed = Some((now, fault.clone()));
                return Some(fault);
            }
        }
        None
    }

    /// Whether `item` is accelerated. Sets its accelerators: by its type's description, else the
    /// rate card's, else its family's name.
    fn accelerated(&self, cx: &Context, item: &mut InstanceItem) -> bool {
        if let Some(known) = self.known.get(&item.ty) {
            item.accelerators.clone_from(known);
            return known.is_some();
        }
        if let Some(spec) = cx.prices.spec(&item.ty) {
            item.accelerators = (spec.accelerators > 0.0).then(|| Accelerators {
                count: spec.accelerators,
                name: spec.accelerator.as_str().into(),
            });
            return item.accelerators.is_some();
        }
        may_be_accelerated(&item.ty)
    }
}

/// By the letters of its family.
pub(super) fn may_be_accelerated(ty: &str) -> bool {
    let family: String = ty.chars().take_while(char::is_ascii_alphabetic).collect();
    FAMILIES
        .iter()
        .any(|known| known.trim_end_matches('*') == family)
        || family == "gr"
}

/// Everything of the families that may be accelerated, chosen there (`filtered`) or here.
async fn instances(cx: &Context, filtered: bool) -> (Vec<InstanceItem>, Vec<Fault>) {
    let types = FAMILIES.iter().map(ToString::to_string).collect();
    let filter = Filter::builder()
        .name("instance-type")
        .set_values(Some(types))
        .build();
    let pages = cx
        .session
        .ec2
        .describe_instances()
        .set_filters(filtered.then(|| vec![filter]))
        .include_managed_resources(true)
        .max_results(1000)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::Ec2DescribeInstances, pages, |page| {
        items.extend(page.reservations().iter().flat_map(|reservation| {
            reservation
                .instances()
                .iter()
                .filter_map(|instance| item(reservation.owner_id(), instance))
                .filter(|item| may_be_accelerated(&item.ty))
        }));
    });
    let faults = read.await.err().into_iter().collect();
    (items, faults)
}

fn item(owner: Option<&str>, instance: &Instance) -> Option<InstanceItem> {
    let id: Arc<str> = instance.instance_id()?.into();
    let state = state::instance(
        instance
            .state()
            .and_then(|state| state.name())
            .map_or("unknown", |name| name.as_str()),
    );
    let tags = tags::ec2(instance.tags());
    let attached = instance.network_interfaces().iter();
    let attached = attached.filter_map(|one| optional_timestamp(one.attachment()?.attach_time()));
    Some(InstanceItem {
        name: tags
            .get("Name")
            .filter(|name| !name.is_empty())
            .map_or_else(|| id.clone(), |name| name.as_str().into()),
        account: owner.map(Arc::from),
        ty: instance
            .instance_type()
            .map_or("unknown", |ty| ty.as_str())
            .into(),
        launched: optional_timestamp(instance.launch_time()),
        first_launched: attached.min(),
        ended: instance
            .state_transition_reason()
            .filter(|_| state.phase != Phase::Running)
            .and_then(transition_time),
        lifecycle: lifecycle(instance),
        reservation: instance.capacity_reservation_id().map(Arc::from),
        accelerators: None,
        hosts: hosts(instance),
        tags,
        instance_store: instance
            .root_device_type()
            .is_some_and(|root| root.as_str() == "instance-store"),
        managed_by: instance
            .operator()
            .filter(|operator| operator.managed() == Some(true))
            .map(|operator| operator.principal().unwrap_or("an AWS service").into()),
        unlike_list: unlike_list(instance),
        state,
        request: instance.spot_instance_request_id().map(ToOwned::to_owned),
        id,
    })
}

fn lifecycle(instance: &Instance) -> Lifecycle {
    match instance
        .instance_lifecycle()
        .map(InstanceLifecycleType::as_str)
    {
        None | Some("") => Lifecycle::OnDemand,
        Some("spot") => Lifecycle::Spot(Measured::unknown("its spot request was not read")),
        Some("capacity-block") => Lifecycle::CapacityBlock,
        Some(other) => Lifecycle::Other(other.into()),
    }
}

/// The names that the CloudWatch agent may give its host: the private DNS name, in full and short.
fn hosts(instance: &Instance) -> Vec<Arc<str>> {
    instance
        .private_dns_name()
        .into_iter()
        .flat_map(|name| [Some(name), name.split('.').next()])
        .flatten()
        .filter(|host| !host.is_empty())
        .map(Arc::from)
        .collect()
}

/// Why the list price of Linux on shared hardware does not apply; `None` where it does.
fn unlike_list(instance: &Instance) -> Option<Arc<str>> {
    let platform = instance
        .platform_details()
        .filter(|details| *details != "Linux/UNIX" && !details.is_empty());
    let tenancy = instance
        .placement()
        .and_then(|placement| placement.tenancy())
        .map(Tenancy::as_str)
        .filter(|tenancy| matches!(*tenancy, "dedicated" | "host"))
        .map(|tenancy| format!("{tenancy} tenancy").into());
    platform.map(Arc::from).or(tenancy)
}

/// Reads whether each spot request is persistent: only then can EC2 stop its instance. Uses a
/// filter, because one id that EC2 has forgotten fails a request that names ids.
async fn spot_requests(cx: &Context, items: &mut [InstanceItem]) -> Option<Fault> {
    let ids: Vec<String> = items
        .iter()
        .filter_map(|item| item.request.clone())
        .collect();
    let mut persistent: HashMap<String, bool> = HashMap::new();
    let mut failure = None;
    for batch in ids.chunks(MAX_FILTER_VALUES) {
        let named = Filter::builder()
            .name("spot-instance-request-id")
            .set_values(Some(batch.to_vec()))
            .build();
        let pages = cx
            .session
            .ec2
            .describe_spot_instance_requests()
            .filters(named)
            .into_paginator()
            .send();
        let read = read_pages(Api::Ec2DescribeSpotInstanceRequests, pages, |page| {
            persistent.extend(page.spot_instance_requests().iter().filter_map(|request| {
                let is_persistent = request.r#type()?.as_str() == "persistent";
                Some((
                    request.spot_instance_request_id()?.to_owned(),
                    is_persistent,
                ))
            }));
        });
        failure = read.await.err().or(failure);
    }
    let why = failure.as_ref().map_or_else(
        || "EC2 no longer knows its spot request".to_owned(),
        |fault| format!("{}: {}", fault.operation, fault.kind.word()),
    );
    for item in items.iter_mut() {
        if let Some(request) = &item.request {
            let is_persistent = persistent.get(request).copied();
            item.lifecycle = Lifecycle::Spot(Measured::or_why(is_persistent, why.clone()));
        }
    }
    failure
}
