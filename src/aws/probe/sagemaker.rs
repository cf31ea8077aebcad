//! Requests to SageMaker.

use super::{NOBODY, Request, arn, sent};
use crate::aws::{Api, Session};

/// The id of a domain that does not exist.
const NO_DOMAIN: &str = "d-spendtopdoctor";

pub(super) fn list(session: &Session, api: Api) -> Option<Request> {
    let sagemaker = &session.sagemaker;
    // A page of one element.
    macro_rules! page {
        ($request:expr) => {
            sent(api, $request.max_results(1).send())
        };
    }
    Some(match api {
        Api::SageMakerListApps => page!(sagemaker.list_apps()),
        Api::SageMakerListClusterNodes => {
            page!(sagemaker.list_cluster_nodes().cluster_name(NOBODY))
        }
        Api::SageMakerListClusters => page!(sagemaker.list_clusters()),
        Api::SageMakerListEndpoints => page!(sagemaker.list_endpoints()),
        Api::SageMakerListHyperParameterTuningJobs => {
            page!(sagemaker.list_hyper_parameter_tuning_jobs())
        }
        Api::SageMakerListInferenceComponents => page!(sagemaker.list_inference_components()),
        Api::SageMakerListMlflowTrackingServers => page!(sagemaker.list_mlflow_tracking_servers()),
        Api::SageMakerListNotebookInstances => page!(sagemaker.list_notebook_instances()),
        Api::SageMakerListPartnerApps => page!(sagemaker.list_partner_apps()),
        Api::SageMakerListProcessingJobs => page!(sagemaker.list_processing_jobs()),
        Api::SageMakerListSpaces => page!(sagemaker.list_spaces()),
        Api::SageMakerListTags => {
            let endpoint = arn(session, "sagemaker", &format!("endpoint/{NOBODY}"));
            // The smallest page is 50.
            sent(api, sagemaker.list_tags().resource_arn(endpoint).send())
        }
        Api::SageMakerListTrainingJobs => page!(sagemaker.list_training_jobs()),
        Api::SageMakerListTrainingPlans => page!(sagemaker.list_training_plans()),
        Api::SageMakerListTransformJobs => page!(sagemaker.list_transform_jobs()),
        _ => return None,
    })
}

pub(super) fn describe(session: &Session, api: Api) -> Option<Request> {
    let sagemaker = &session.sagemaker;
    macro_rules! named {
        ($request:expr) => {
            sent(api, $request.send())
        };
    }
    Some(match api {
        Api::SageMakerDescribeApp => {
            let app = sagemaker.describe_app().domain_id(NO_DOMAIN);
            named!(
                app.user_profile_name(NOBODY)
                    .app_type("JupyterLab".into())
                    .app_name("default")
            )
        }
        Api::SageMakerDescribeCluster => named!(sagemaker.describe_cluster().cluster_name(NOBODY)),
        Api::SageMakerDescribeDomain => named!(sagemaker.describe_domain().domain_id(NO_DOMAIN)),
        Api::SageMakerDescribeEndpoint => {
            named!(sagemaker.describe_endpoint().endpoint_name(NOBODY))
        }
        Api::SageMakerDescribeEndpointConfig => {
            named!(
                sagemaker
                    .describe_endpoint_config()
                    .endpoint_config_name(NOBODY)
            )
        }
        Api::SageMakerDescribeHyperParameterTuningJob => named!(
            sagemaker
                .describe_hyper_parameter_tuning_job()
                .hyper_parameter_tuning_job_name(NOBODY)
        ),
        Api::SageMakerDescribeInferenceComponent => named!(
            sagemaker
                .describe_inference_component()
                .inference_component_name(NOBODY)
        ),
        Api::SageMakerDescribeMlflowTrackingServer => named!(
            sagemaker
                .describe_mlflow_tracking_server()
                .tracking_server_name(NOBODY)
        ),
        _ => return describe_work(session, api),
    })
}

/// Notebooks, spaces, users and jobs.
fn describe_work(session: &Session, api: Api) -> Option<Request> {
    let sagemaker = &session.sagemaker;
    Some(match api {
        Api::SageMakerDescribeNotebookInstance => {
            let request = sagemaker.describe_notebook_instance();
            sent(api, request.notebook_instance_name(NOBODY).send())
        }
        Api::SageMakerDescribeProcessingJob => {
            let request = sagemaker.describe_processing_job();
            sent(api, request.processing_job_name(NOBODY).send())
        }
        Api::SageMakerDescribeSpace => {
            let request = sagemaker.describe_space().domain_id(NO_DOMAIN);
            sent(api, request.space_name(NOBODY).send())
        }
        Api::SageMakerDescribeTrainingJob => {
            let request = sagemaker.describe_training_job();
            sent(api, request.training_job_name(NOBODY).send())
        }
        Api::SageMakerDescribeTransformJob => {
            let request = sagemaker.describe_transform_job();
            sent(api, request.transform_job_name(NOBODY).send())
        }
        Api::SageMakerDescribeUserProfile => {
            let request = sagemaker.describe_user_profile().domain_id(NO_DOMAIN);
            sent(api, request.user_profile_name(NOBODY).send())
        }
        _ => return None,
    })
}
