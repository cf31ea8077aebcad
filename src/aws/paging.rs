//! Reads a list of AWS to its end, page by page.
//!
//! A list is complete or a fault: a list that is cut, or that comes back to a page it had before,
//! says how many pages were read. Every list is in `paged!`, which names the token of its pages.

use super::fault;
use crate::domain::{Fault, FaultKind};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::{collections::HashSet, error::Error, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Most pages of one list: 50,000 resources at 100 a page.
const MAX_PAGES: usize = 500;
/// Longest time for one list.
const MAX_TIME: Duration = Duration::from_mins(2);
/// Most pages and longest time of a list of prices, for which no user waits.
const SLOW: (usize, Duration) = (5_000, Duration::from_mins(30));
/// Most pages and longest time of one batch of metrics, for which AWS charges: a page has 100,800
/// points (CloudWatch API Reference, GetMetricData), and no batch here has more than a million.
const PAID: (usize, Duration) = (40, Duration::from_mins(1));

/// A page of a list.
pub trait Paged {
    /// The token of the next page; `None`, or an empty one, on the last.
    fn token(&self) -> Option<&str>;
}

macro_rules! paged {
    ($($sdk:ident { $($module:ident::$output:ident $token:ident,)* })*) => {
        $($(
            impl Paged for $sdk::operation::$module::$output {
                fn token(&self) -> Option<&str> {
                    self.$token()
                }
            }
        )*)*
    };
}

paged! {
    aws_sdk_applicationautoscaling {
        describe_scalable_targets::DescribeScalableTargetsOutput next_token,
        describe_scaling_policies::DescribeScalingPoliciesOutput next_token,
        describe_scheduled_actions::DescribeScheduledActionsOutput next_token,
    }
    aws_sdk_bedrock {
        list_custom_model_deployments::ListCustomModelDeploymentsOutput next_token,
        list_custom_models::ListCustomModelsOutput next_token,
        list_imported_models::ListImportedModelsOutput next_token,
        list_inference_profiles::ListInferenceProfilesOutput next_token,
        list_model_customization_jobs::ListModelCustomizationJobsOutput next_token,
        list_model_invocation_jobs::ListModelInvocationJobsOutput next_token,
        list_provisioned_model_throughputs::ListProvisionedModelThroughputsOutput next_token,
    }
    aws_sdk_budgets {
        describe_budgets::DescribeBudgetsOutput next_token,
    }
    aws_sdk_cloudwatch {
        list_metrics::ListMetricsOutput next_token,
    }
    aws_sdk_ec2 {
        describe_capacity_reservations::DescribeCapacityReservationsOutput next_token,
        describe_instance_types::DescribeInstanceTypesOutput next_token,
        describe_instances::DescribeInstancesOutput next_token,
        describe_spot_instance_requests::DescribeSpotInstanceRequestsOutput next_token,
    }
    aws_sdk_pricing {
        get_products::GetProductsOutput next_token,
    }
    aws_sdk_sagemaker {
        list_apps::ListAppsOutput next_token,
        list_cluster_nodes::ListClusterNodesOutput next_token,
        list_clusters::ListClustersOutput next_token,
        list_endpoints::ListEndpointsOutput next_token,
        list_hyper_parameter_tuning_jobs::ListHyperParameterTuningJobsOutput next_token,
        list_inference_components::ListInferenceComponentsOutput next_token,
        list_mlflow_tracking_servers::ListMlflowTrackingServersOutput next_token,
        list_notebook_instances::ListNotebookInstancesOutput next_token,
        list_partner_apps::ListPartnerAppsOutput next_token,
        list_processing_jobs::ListProcessingJobsOutput next_token,
        list_spaces::ListSpacesOutput next_token,
        list_tags::ListTagsOutput next_token,
        list_training_jobs::ListTrainingJobsOutput next_token,
        list_training_plans::ListTrainingPlansOutput next_token,
        list_transform_jobs::ListTransformJobsOutput next_token,
    }
}

/// Hands every page of a list to `read` in turn: a failure leaves earlier pages in effect.
///
/// # Errors
///
/// A request fails, or the list has no end within 500 pages or two minutes.
pub async fn read_pages<O: Paged, E>(
    operation: impl Into<Arc<str>>,
    pages: PaginationStream<Result<O, SdkError<E, HttpResponse>>>,
    read: impl FnMut(O),
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    read_within(PageLimit::new(operation), pages, read).await
}

/// [`read_pages`] of a list that may be long: a service's prices.
///
/// # Errors
///
/// A request fails, or the list has no end within 5,000 pages or half an hour.
pub async fn read_slow_pages<O: Paged, E>(
    operation: impl Into<Arc<str>>,
    pages: PaginationStream<Result<O, SdkError<E, HttpResponse>>>,
    read: impl FnMut(O),
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    read_within(PageLimit::within(SLOW, operation), pages, read).await
}

async fn read_within<O: Paged, E>(
    mut limit: PageLimit,
    mut pages: PaginationStream<Result<O, SdkError<E, HttpResponse>>>,
    mut read: impl FnMut(O),
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| fault::from_sdk(limit.operation.clone(), &error))?;
        let next = page.token().filter(|token| !token.is_empty());
        let goes_on = next.map_or(Ok(()), |token| limit.next(token));
        read(page);
        goes_on?;
    }
    Ok(())
}

/// The limits of one list that is read page by page.
#[derive(Debug)]
pub(super) struct PageLimit {
    operation: Arc<str>,
    pages: usize,
    time: Duration,
    start: Instant,
    /// The tokens of the pages so far.
    tokens: HashSet<String>,
}

impl PageLimit {
    /// The limits of a list of `operation` that begins now.
    pub(super) fn new(operation: impl Into<Arc<str>>) -> Self {
        Self::within((MAX_PAGES, MAX_TIME), operation)
    }

    /// The limits of a list that is paid by the page.
    pub(super) fn paid(operation: impl Into<Arc<str>>) -> Self {
        Self::within(PAID, operation)
    }

    fn within((pages, time): (usize, Duration), operation: impl Into<Arc<str>>) -> Self {
        Self {
            operation: operation.into(),
            pages,
            time,
            start: Instant::now(),
            tokens: HashSet::new(),
        }
    }

    /// Counts a page that was read, before the next one, which `token` names.
    ///
    /// # Errors
    ///
    /// The list continues beyond the limits, or repeats a token.
    pub(super) fn next(&mut self, token: &str) -> Result<(), Fault> {
        let is_new = self.tokens.insert(token.to_owned());
        let count = self.tokens.len();
        let message = if !is_new {
            format!("the list begins again after {count} pages: its rest is not read")
        } else if count >= self.pages || self.start.elapsed() > self.time {
            format!("the list goes on after {count} pages: its rest is not read")
        } else {
            return Ok(());
        };
        Err(Fault::new(
            FaultKind::Incomplete,
            self.operation.clone(),
            message,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_ends_at_a_page_it_had_before() {
        let mut limit = PageLimit::new("sagemaker:ListEndpoints");
        assert_eq!((limit.next("t0"), limit.next("t1")), (Ok(()), Ok(())));
        let fault = limit.next("t0").unwrap_err();
        assert_eq!(fault.kind, FaultKind::Incomplete);
        assert_eq!(
            &*fault.message,
            "the list begins again after 2 pages: its rest is not read"
        );
    }

    #[test]
    fn list_ends_at_its_most_pages() {
        let mut limit = PageLimit::paid("cloudwatch:GetMetricData");
        let last = (1..=PAID.0 + 1).find(|page| limit.next(&page.to_string()).is_err());
        assert_eq!(last, Some(PAID.0));
    }
}
