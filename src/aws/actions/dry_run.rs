//! What EC2 answers to a `DryRun`: nothing is changed, and success comes as an error.

use crate::{
    aws::fault,
    domain::{Fault, FaultKind},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;

/// The code that says yes.
const PERMITTED: &str = "DryRunOperation";

/// Whether the request is permitted. An answer as if it were carried out is a fault.
pub(super) fn permitted<T, E>(
    operation: &str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Err(SdkError::ServiceError(refusal)) if refusal.err().meta().code() == Some(PERMITTED) => {
            Ok(())
        }
        Err(error) => Err(fault::from_sdk(operation, &error)),
        Ok(_) => Err(Fault::new(
            FaultKind::Broken,
            operation,
            "the dry run was answered as if it were carried out",
        )),
    }
}
