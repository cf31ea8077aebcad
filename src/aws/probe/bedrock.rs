//! Requests to Bedrock.

use super::{NOBODY, Request, arn, sent};
use crate::aws::{Api, Session};

pub(super) fn request(session: &Session, api: Api) -> Option<Request> {
    let bedrock = &session.bedrock;
    let of = |nothing: &str| arn(session, "bedrock", nothing);
    macro_rules! page {
        ($request:expr) => {
            sent(api, $request.max_results(1).send())
        };
    }
    Some(match api {
        Api::BedrockGetImportedModel => {
            let request = bedrock.get_imported_model();
            sent(
                api,
                request
                    .model_identifier(of("imported-model/000000000000"))
                    .send(),
            )
        }
        Api::BedrockGetInferenceProfile => {
            let request = bedrock.get_inference_profile();
            let profile = of("application-inference-profile/000000000000");
            sent(api, request.inference_profile_identifier(profile).send())
        }
        Api::BedrockGetModelCustomizationJob => {
            let request = bedrock.get_model_customization_job();
            sent(api, request.job_identifier(NOBODY).send())
        }
        Api::BedrockListCustomModelDeployments => page!(bedrock.list_custom_model_deployments()),
        Api::BedrockListCustomModels => page!(bedrock.list_custom_models()),
        Api::BedrockListFoundationModels => sent(api, bedrock.list_foundation_models().send()),
        Api::BedrockListImportedModels => page!(bedrock.list_imported_models()),
        Api::BedrockListInferenceProfiles => page!(bedrock.list_inference_profiles()),
        Api::BedrockListModelCustomizationJobs => page!(bedrock.list_model_customization_jobs()),
        Api::BedrockListModelInvocationJobs => page!(bedrock.list_model_invocation_jobs()),
        Api::BedrockListProvisionedModelThroughputs => {
            page!(bedrock.list_provisioned_model_throughputs())
        }
        Api::BedrockListTagsForResource => {
            let request = bedrock.list_tags_for_resource();
            sent(
                api,
                request
                    .resource_arn(of("provisioned-model/000000000000"))
                    .send(),
            )
        }
        _ => return None,
    })
}
