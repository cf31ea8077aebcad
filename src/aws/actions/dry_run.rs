//! Reads the response of EC2 to a `DryRun`: it changes nothing, and success is an error code.

use crate::{
    aws::{api::Api, fault},
    domain::{Fault, FaultKind},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;

/// The error code of success.
const PERMITTED: &str = "DryRunOperation";

/// Whether the request is permitted. A response without an error code is a fault.
pub(super) fn permitted<T, E>(
    api: Api,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Err(SdkError::ServiceError(refusal)) if refusal.err().meta().code() == Some(PERMITTED) => {
            Ok(())
        }
        Err(error) => Err(fault::from_sdk(api, &error)),
        Ok(_) => Err(Fault::new(
            FaultKind::Broken,
            api,
            "the dry run was answered as if it were carried out",
        )),
    }
}
