//! Requests to EC2; one of them tells the regions, the clock and an instance too.

use super::{Request, sent, within};
use crate::{
    aws::{Api, Session, fault},
    domain::{Fault, Timestamp},
};
use aws_sdk_ec2::types::{Filter, Reservation};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::sync::{Arc, Mutex, PoisonError};

/// The smallest page of EC2.
const PAGE: i32 = 5;

pub(super) fn request(session: &Session, api: Api) -> Option<Request> {
    let ec2 = &session.ec2;
    Some(match api {
        Api::Ec2DescribeCapacityReservations => sent(
            api,
            ec2.describe_capacity_reservations()
                .max_results(PAGE)
                .send(),
        ),
        Api::Ec2DescribeInstanceTypes => {
            sent(api, ec2.describe_instance_types().max_results(PAGE).send())
        }
        Api::Ec2DescribeInstances => sent(api, ec2.describe_instances().max_results(PAGE).send()),
        Api::Ec2DescribeRegions => sent(api, ec2.describe_regions().send()),
        Api::Ec2DescribeSpotInstanceRequests => sent(
            api,
            ec2.describe_spot_instance_requests()
                .max_results(PAGE)
                .send(),
        ),
        _ => return None,
    })
}

/// What the answer about the regions of an account tells.
#[derive(Clone, Debug)]
pub struct RegionAnswer {
    /// The regions that the account has enabled.
    pub regions: Result<Vec<String>, Fault>,
    /// Seconds that this machine's clock is ahead of AWS's; `None` without an answer.
    pub clock_ahead: Option<i64>,
}

/// Reads the enabled regions, and the time of AWS.
pub async fn ask_regions(session: &Session) -> RegionAnswer {
    let date = ServerDate::default();
    let regions = Box::pin(regions(session, date.clone()));
    RegionAnswer {
        regions: within(Api::Ec2DescribeRegions, regions).await,
        clock_ahead: date.ahead(),
    }
}

/// An instance of the region that is not terminated.
pub async fn find_instance(session: &Session) -> Result<Option<Arc<str>>, Fault> {
    within(Api::Ec2DescribeInstances, Box::pin(instance(session))).await
}

async fn regions(session: &Session, date: ServerDate) -> Result<Vec<String>, Fault> {
    let request = session.ec2.describe_regions().customize().interceptor(date);
    let answer = request.send().await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::Ec2DescribeRegions, &error))?;
    let names = answer.regions().iter();
    let mut names: Vec<String> = names
        .filter(|region| region.opt_in_status() != Some("not-opted-in"))
        .filter_map(|region| region.region_name().map(ToOwned::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

async fn instance(session: &Session) -> Result<Option<Arc<str>>, Fault> {
    let states = ["pending", "running", "stopping", "stopped"];
    let states = states.map(str::to_owned).to_vec();
    let filter = Filter::builder()
        .name("instance-state-name")
        .set_values(Some(states));
    let answer = session
        .ec2
        .describe_instances()
        .filters(filter.build())
        .max_results(PAGE)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::Ec2DescribeInstances, &error))?;
    let mut instances = answer
        .reservations()
        .iter()
        .flat_map(Reservation::instances);
    Ok(instances.find_map(|one| one.instance_id().map(Arc::from)))
}

/// Reads the `Date` header of an answer, of a refusal too.
#[derive(Clone, Debug, Default)]
struct ServerDate(Arc<Mutex<Option<i64>>>);

impl ServerDate {
    fn ahead(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for ServerDate {
    fn name(&self) -> &'static str {
        "ServerDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = fault::date(context.response()) {
            let ahead = Timestamp::now().as_second() - date.as_second();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
        Ok(())
    }
}
