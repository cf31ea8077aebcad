//! Capacity that is paid for whether it is used or not: EC2 capacity reservations and capacity
//! blocks, SageMaker training plans.
//!
//! | kind | paid | its row burns |
//! | --- | --- | --- |
//! | On-Demand Capacity Reservation | by the hour, used or not; the instances in it pay for themselves | its unused instances at the on-demand rate |
//! | capacity block | in advance | nothing |
//! | training plan | in advance | nothing |

use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::{
        context::{is_complete, push_fault, side_list_fault},
        tag_cache::TagCache,
    },
};
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        paging::read_pages,
        tags,
    },
    domain::{
        Arn, Fault, Measured, Phase, ResourceKind, State, Tags, Timestamp, UsdPerHour,
        time::timestamp::seconds_between,
    },
};
use aws_sdk_ec2::types::CapacityReservation;
use aws_sdk_sagemaker::types::TrainingPlanSummary;
use std::sync::Arc;

/// Seconds after which a list is read again.
const AGE: f64 = 60.0;

/// A reservation or plan that has not ended, or a prepaid one that is over.
#[derive(Clone, Debug)]
pub(crate) struct ReservedCapacity {
    pub(super) kind: ResourceKind,
    pub(super) id: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) arn: Option<Arn>,
    /// Instance types, separated by commas.
    pub(super) ty: Arc<str>,
    pub(super) state: State,
    pub(super) total: u32,
    /// Instances that nothing uses.
    pub(super) unused: u32,
    pub(super) start: Option<Timestamp>,
    /// `None` for one that lasts until it is cancelled.
    pub(super) end: Option<Timestamp>,
    pub(super) payment: Payment,
    /// The property that the price list does not cover: `Windows`, `dedicated tenancy`.
    pub(super) unlike_list: Option<Arc<str>>,
    pub(super) tags: Measured<Tags>,
}

/// Who pays for a reservation, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Payment {
    /// This account, by the hour.
    Hourly,
    /// Another account.
    Account(Arc<str>),
    /// A capacity block: in advance.
    Block,
    /// A training plan: in advance.
    Plan {
        /// The upfront fee as AWS writes it, with its currency; empty if AWS does not state it.
        fee: Arc<str>,
        /// The fee over the hours of the plan, for all its instances; `None` where they are
        /// unknown or not in dollars.
        rate: Option<UsdPerHour>,
    },
}

/// The reservations and plans as last listed.
#[derive(Default)]
pub(super) struct Reservations {
    capacity: CachedList,
    plans: CachedList,
    tags: TagCache,
}

/// The answer of a list, for [`AGE`] seconds.
#[derive(Default)]
struct CachedList {
    items: Vec<ReservedCapacity>,
    fault: Option<Fault>,
    read: Option<Timestamp>,
    is_listed: bool,
}

impl CachedList {
    fn is_due(&self, now: Timestamp) -> bool {
        self.read.is_none_or(|at| seconds_between(at, now) >= AGE)
    }

    /// Stores the answer of a list. A failed list replaces the stored items only if there are none.
    fn store(&mut self, (items, fault): (Vec<ReservedCapacity>, Option<Fault>), now: Timestamp) {
        self.is_listed |= fault.is_none();
        if fault.is_none() || self.items.is_empty() {
            self.items = items;
        }
        (self.fault, self.read) = (fault, Some(now));
    }

    fn is_complete(&self) -> bool {
        is_complete(self.fault.as_slice(), self.is_listed)
    }
}

impl Reservations {
    /// All of them; the flag says whether the lists are complete.
    pub(super) async fn list(&mut self, cx: &Context) -> (Vec<ReservedCapacity>, bool, Vec<Fault>) {
        let now = cx.clock.now();
        if self.capacity.is_due(now) {
            self.capacity.store(Box::pin(capacity(cx)).await, now);
        }
        if self.plans.is_due(now) {
            self.plans.store(Box::pin(plans(cx)).await, now);
        }
        let mut faults = Vec::new();
        for fault in [&self.capacity.fault, &self.plans.fault]
            .into_iter()
            .flatten()
        {
            push_fault(&mut faults, fault.clone());
        }
        // The tags of plans that are over are not asked for.
        let plans = self.plans.items.iter();
        let plans = plans.filter(|plan| plan.state.phase != Phase::Gone);
        let arns = plans.filter_map(|plan| plan.arn.as_ref());
        let arns = arns.map(|arn| Arc::from(arn.as_str())).collect();
        for fault in self.tags.sagemaker(cx, arns).await {
            push_fault(&mut faults, fault);
        }
        for plan in &mut self.plans.items {
            if let Some(arn) = &plan.arn {
                plan.tags = self.tags.of(arn.as_str());
            }
        }
        let lists = [&self.capacity, &self.plans];
        let items = lists.iter().flat_map(|list| list.items.clone()).collect();
        (items, lists.iter().all(|list| list.is_complete()), faults)
    }
}

async fn capacity(cx: &Context) -> (Vec<ReservedCapacity>, Option<Fault>) {
    let pages = cx
        .session
        .ec2
        .describe_capacity_reservations()
        .max_results(1000)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::Ec2DescribeCapacityReservations, pages, |page| {
        let listed = page.capacity_reservations().iter();
        items.extend(
            listed
                .filter_map(|one| of_capacity(cx, one))
                .filter(|item| super::inventory::may_be_accelerated(&item.ty)),
        );
    });
    let fault = side_list_fault(read.await);
    (items, fault)
}

/// Of a listed count; AWS counts with signed numbers.
fn count(number: Option<i32>) -> u32 {
    number
        .and_then(|count| u32::try_from(count).ok())
        .unwrap_or(0)
}

/// The reservation; `None` for one that has ended, unless it is a capacity block.
fn of_capacity(cx: &Context, one: &CapacityReservation) -> Option<ReservedCapacity> {
    let id: Arc<str> = one.capacity_reservation_id()?.into();
    let state = state::reservation(one.state().map_or("unknown", |state| state.as_str()));
    let is_block = one
        .reservation_type()
        .is_some_and(|kind| kind.as_str() == "capacity-block");
    let was_paid = is_block && &*state.name == "expired";
    if state.phase == Phase::Gone && !was_paid {
        return None;
    }
    let tags = tags::ec2(one.tags());
    // EC2 bills a shared reservation to its owner, or to the account that has accepted the bill for
    // unused capacity (EC2 User Guide, "Billing assignment for shared Capacity Reservations").
    let payer = one
        .unused_reservation_billing_owner_id()
        .or_else(|| one.owner_id())
        .filter(|payer| *payer != &*cx.place().account);
    let payment = match payer {
        Some(payer) => Payment::Account(payer.into()),
        None if is_block => Payment::Block,
        None => Payment::Hourly,
    };
    let platform = one
        .instance_platform()
        .map(aws_sdk_ec2::types::CapacityReservationInstancePlatform::as_str)
        .filter(|platform| *platform != "Linux/UNIX");
    let tenancy = one
        .tenancy()
        .map(aws_sdk_ec2::types::CapacityReservationTenancy::as_str)
        .filter(|tenancy| *tenancy == "dedicated");
    Some(ReservedCapacity {
        kind: ResourceKind::CAPACITY_RESERVATION,
        name: tags
            .get("Name")
            .filter(|name| !name.is_empty())
            .map_or_else(|| id.clone(), |name| name.as_str().into()),
        arn: one
            .capacity_reservation_arn()
            .and_then(|arn| arn.parse().ok()),
        ty: one.instance_type().unwrap_or("unknown").into(),
        state,
        total: count(one.total_instance_count()),
        unused: count(one.available_instance_count()),
        start: optional_timestamp(one.start_date())
            .or_else(|| optional_timestamp(one.create_date())),
        end: optional_timestamp(one.end_date()),
        payment,
        unlike_list: platform
            .map(Arc::from)
            .or_else(|| tenancy.map(|tenancy| format!("{tenancy} tenancy").into())),
        tags: Measured::Known(tags),
        id,
    })
}

async fn plans(cx: &Context) -> (Vec<ReservedCapacity>, Option<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_training_plans()
        .max_results(100)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::SageMakerListTrainingPlans, pages, |page| {
        items.extend(page.training_plan_summaries().iter().filter_map(of_plan));
    });
    let fault = side_list_fault(read.await);
    (items, fault)
}

/// The plan; `None` for one that failed.
fn of_plan(one: &TrainingPlanSummary) -> Option<ReservedCapacity> {
    let name: Arc<str> = one.training_plan_name()?.into();
    let state = state::training_plan(one.status().map_or("unknown", |status| status.as_str()));
    if &*state.name == "Failed" {
        return None;
    }
    let mut types: Vec<&str> = one
        .reserved_capacity_summaries()
        .iter()
        .filter_map(|part| part.instance_type())
        .map(aws_sdk_sagemaker::types::ReservedCapacityInstanceType::as_str)
        .collect();
    types.dedup();
    let fee: Option<f64> = one.upfront_fee().and_then(|fee| fee.parse().ok());
    let minutes = one.duration_hours().unwrap_or(0) * 60 + one.duration_minutes().unwrap_or(0);
    let hours = minutes as f64 / 60.0;
    let is_usd = one.currency_code().is_none_or(|code| code == "USD");
    Some(ReservedCapacity {
        kind: ResourceKind::TRAINING_PLAN,
        id: name.clone(),
        arn: one.training_plan_arn().and_then(|arn| arn.parse().ok()),
        ty: if types.is_empty() {
            "unknown".into()
        } else {
            types.join(",").into()
        },
        state,
        total: count(one.total_instance_count()),
        unused: count(one.available_instance_count()),
        start: optional_timestamp(one.start_time()),
        end: optional_timestamp(one.end_time()),
        payment: Payment::Plan {
            fee: match (one.upfront_fee(), one.currency_code()) {
                (Some(fee), code) => format!("{fee} {}", code.unwrap_or("USD")).into(),
                (None, _) => "".into(),
            },
            rate: fee
                .filter(|fee| is_usd && hours > 0.0 && fee.is_finite())
                .map(|fee| UsdPerHour(fee / hours)),
        },
        unlike_list: None,
        tags: Measured::unknown("tags not read yet"),
        name,
    })
}
