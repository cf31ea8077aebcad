//! Requests to SageMaker.

use super::{NOBODY, Request, arn, sent};
use crate::aws::{Api, Session};

/// The id of a domain that does not exist.
const NO_DOMAIN: &str = "d-spendtopdoctor";

pub(super) fn list(session: &Session, api: Api) -> Option<Request> {
    let client = &session.sagemaker;
    // A page of one element.
    macro_rules! page {
        ($request:expr) => {
            sent(api, $request.max_results(1).send())
        };
    }
    Some(match api {
        Api::SageMakerListApps => page!(client.list_apps()),
        Api::SageMakerListClusterNodes => page!(client.list_cluster_nodes().cluster_name(NOBODY)),
        Api::SageMakerListClusters => page!(client.list_clusters()),
        Api::SageMakerListEndpoints => page!(client.list_endpoints()),
        Api::SageMakerListHyperParameterTuningJobs => {
            page!(client.list_hyper_parameter_tuning_jobs())
        }
        Api::SageMakerListInferenceComponents => page!(client.list_inference_components()),
        Api::SageMakerListMlflowTrackingServers => page!(client.list_mlflow_tracking_servers()),
        Api::SageMakerListNotebookInstances => page!(client.list_notebook_instances()),
        Api::SageMakerListPartnerApps => page!(client.list_partner_apps()),
        Api::SageMakerListProcessingJobs => page!(client.list_processing_jobs()),
        Api::SageMakerListSpaces => page!(client.list_spaces()),
        Api::SageMakerListTags => {
            let endpoint = arn(session, "sagemaker", &format!("endpoint/{NOBODY}"));
            // The smallest page is 50.
            sent(api, client.list_tags().resource_arn(endpoint).send())
        }
        Api::SageMakerListTrainingJobs => page!(client.list_training_jobs()),
        Api::SageMakerListTrainingPlans => page!(client.list_training_plans()),
        Api::SageMakerListTransformJobs => page!(client.list_transform_jobs()),
        _ => return None,
    })
}

pub(super) fn describe(session: &Session, api: Api) -> Option<Request> {
    let client = &session.sagemaker;
    macro_rules! named {
        ($request:expr) => {
            sent(api, $request.send())
        };
    }
    Some(match api {
        Api::SageMakerDescribeApp => {
            let app = client.describe_app().domain_id(NO_DOMAIN);
            named!(
                app.user_profile_name(NOBODY)
                    .app_type("JupyterLab".into())
                    .app_name("default")
            )
        }
        Api::SageMakerDescribeCluster => named!(client.describe_cluster().cluster_name(NOBODY)),
        Api::SageMakerDescribeDomain => named!(client.describe_domain().domain_id(NO_DOMAIN)),
        Api::SageMakerDescribeEndpoint => named!(client.describe_endpoint().endpoint_name(NOBODY)),
        Api::SageMakerDescribeEndpointConfig => {
            named!(
                client
                    .describe_endpoint_config()
                    .endpoint_config_name(NOBODY)
            )
        }
        Api::SageMakerDescribeHyperParameterTuningJob => named!(
            client
                .describe_hyper_parameter_tuning_job()
                .hyper_parameter_tuning_job_name(NOBODY)
        ),
        Api::SageMakerDescribeInferenceComponent => named!(
            client
                .describe_inference_component()
                .inference_component_name(NOBODY)
        ),
        Api::SageMakerDescribeMlflowTrackingServer => named!(
            client
                .describe_mlflow_tracking_server()
                .tracking_server_name(NOBODY)
        ),
        _ => return describe_work(session, api),
    })
}

/// Notebooks, spaces, users and jobs.
fn describe_work(session: &Session, api: Api) -> Option<Request> {
    let client = &session.sagemaker;
    Some(match api {
        Api::SageMakerDescribeNotebookInstance => {
            let request = client.describe_notebook_instance();
            sent(api, request.notebook_instance_name(NOBODY).send())
        }
        Api::SageMakerDescribeProcessingJob => {
            let request = client.describe_processing_job();
            sent(api, request.processing_job_name(NOBODY).send())
        }
        Api::SageMakerDescribeSpace => {
            let request = client.describe_space().domain_id(NO_DOMAIN);
            sent(api, request.space_name(NOBODY).send())
        }
        Api::SageMakerDescribeTrainingJob => {
            let request = client.describe_training_job();
            sent(api, request.training_job_name(NOBODY).send())
        }
        Api::SageMakerDescribeTransformJob => {
            let request = client.describe_transform_job();
            sent(api, request.transform_job_name(NOBODY).send())
        }
        Api::SageMakerDescribeUserProfile => {
            let request = client.describe_user_profile().domain_id(NO_DOMAIN);
            sent(api, request.user_profile_name(NOBODY).send())
        }
        _ => return None,
    })
}
