//! What the answer to a change says of whether it was made.
//!
//! Only AWS's own no, known by its code, is a no: what a gateway, a proxy or an emulator says in
//! between leaves the change in doubt.

use crate::{
    aws::fault,
    domain::{Fault, FaultKind},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef},
        orchestrator::HttpResponse,
        result::SdkError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{config_bag::ConfigBag, error::metadata::ProvideErrorMetadata};
use std::error::Error;

/// The fault of a change that was not answered with a yes. `Timeout`, `Network`, `Service` and
/// `Broken`: it may or may not have happened. `Unavailable`: someone answered, but not AWS, and it
/// has most likely not. Any other: it has not.
pub(super) fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let fault = fault::from_sdk(operation, error);
    let kind = match error {
        SdkError::ServiceError(answer) => {
            let (meta, raw) = (answer.err().meta(), answer.raw());
            let said = ResponseBody {
                code: meta.code(),
                message: meta.message().unwrap_or_default(),
                operation,
            };
            said.kind(fault.kind, raw.status().as_u16(), fault::is_html(raw))
        }
        SdkError::ResponseError(answer) => {
            anonymous(answer.raw().status().as_u16(), fault::is_html(answer.raw()))
        }
        _ => fault.kind,
    };
    Fault { kind, ..fault }
}

/// What was read of an answer.
struct ResponseBody<'a> {
    code: Option<&'a str>,
    message: &'a str,
    operation: &'a str,
}

impl ResponseBody<'_> {
    /// The kind it means for a change; `kind` is what it means for a question.
    fn kind(&self, kind: FaultKind, status: u16, html: bool) -> FaultKind {
        let limit =
            self.code == Some("LimitExceededException") && !self.operation.starts_with("ce:");
        match (self.code, kind) {
            // In all services but Cost Explorer a limit of the account, and no matter of pace.
            (Some(_), FaultKind::Throttled) if limit => FaultKind::Refused,
            // Not offered, and said so: a plain no.
            (Some(_), FaultKind::Unavailable) => FaultKind::Refused,
            (None, _) if fault::not_implemented(self.message) => FaultKind::Refused,
            (Some(_), kind) => kind,
            (None, _) => anonymous(status, html),
        }
    }
}

/// Of an answer without a code, which no service of AWS gives: that of something in between, or of
/// an emulator that lacks the operation.
fn anonymous(status: u16, html: bool) -> FaultKind {
    match status {
        408 => FaultKind::Timeout,
        300..=499 | 501 => FaultKind::Unavailable,
        500 if html => FaultKind::Unavailable,
        500.. => FaultKind::Service,
        _ => FaultKind::Broken,
    }
}

/// Reads what the SDK does not: a success of an operation that answers nothing is taken for one
/// whatever its body says.
#[derive(Clone, Copy, Debug)]
pub(super) enum BodyValidator {
    /// Of services that answer in JSON, or with nothing at all.
    Json,
    /// Of services that answer in XML: `<RebootInstancesResponse>...</RebootInstancesResponse>`.
    Xml,
}

impl BodyValidator {
    fn can_be_read(self, body: &[u8]) -> bool {
        let body = body.trim_ascii();
        match self {
            Self::Json => {
                body.is_empty() || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
            }
            Self::Xml => body.starts_with(b"<") && body.ends_with(b"Response>"),
        }
    }
}

impl Intercept for BodyValidator {
    fn name(&self) -> &'static str {
        "Sober"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let body = answer.body().bytes().unwrap_or_default();
        if answer.status().is_success() && !self.can_be_read(body) {
            Err("the body is no answer".into())
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FaultKind::{Broken, Denied, Refused, Service, Throttled, Timeout, Unavailable};

    #[test]
    fn only_responses_of_aws_count_as_refusals() {
        for (operation, code, message, status, html, asked, kind) in [
            (
                "ec2:StopInstances",
                Some("UnauthorizedOperation"),
                "",
                403,
                false,
                Denied,
                Denied,
            ),
            (
                "ec2:StopInstances",
                Some("RequestLimitExceeded"),
                "",
                503,
                false,
                Throttled,
                Throttled,
            ),
            (
                "ec2:StopInstances",
                Some("UnsupportedOperation"),
                "",
                400,
                false,
                Unavailable,
                Refused,
            ),
            (
                "ec2:StartInstances",
                Some("InsufficientInstanceCapacity"),
                "",
                500,
                false,
                Refused,
                Refused,
            ),
            (
                "ec2:StopInstances",
                Some("Unavailable"),
                "overloaded",
                503,
                false,
                Service,
                Service,
            ),
            (
                "ce:ProvideAnomalyFeedback",
                Some("LimitExceededException"),
                "",
                400,
                false,
                Throttled,
                Throttled,
            ),
            (
                "application-autoscaling:PutScheduledAction",
                Some("LimitExceededException"),
                "",
                400,
                false,
                Throttled,
                Refused,
            ),
            (
                "sagemaker:StopTrainingJob",
                Some("InternalFailure"),
                "not yet implemented",
                501,
                false,
                Unavailable,
                Refused,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "The action has not been implemented",
                400,
                false,
                Unavailable,
                Refused,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                403,
                true,
                Denied,
                Unavailable,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                429,
                true,
                Throttled,
                Unavailable,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                302,
                true,
                Refused,
                Unavailable,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                404,
                true,
                Unavailable,
                Unavailable,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                408,
                false,
                Timeout,
                Timeout,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                500,
                true,
                Unavailable,
                Unavailable,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                500,
                false,
                Service,
                Service,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                501,
                false,
                Unavailable,
                Unavailable,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                502,
                true,
                Service,
                Service,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                504,
                true,
                Service,
                Service,
            ),
            (
                "sagemaker:StopTrainingJob",
                None,
                "",
                200,
                true,
                Broken,
                Broken,
            ),
        ] {
            let said = ResponseBody {
                code,
                message,
                operation,
            };
            assert_eq!(
                said.kind(asked, status, html),
                kind,
                "{operation} {code:?} {message} {status}"
            );
        }
    }

    #[test]
    fn truncated_success_body_is_rejected() {
        for (how, body, fine) in [
            (BodyValidator::Json, "", true),
            (BodyValidator::Json, " {}\n", true),
            (BodyValidator::Json, "{\"a\": [1", false),
            (BodyValidator::Json, "<html></html>", false),
            (
                BodyValidator::Xml,
                "<?xml version=\"1.0\"?>\n<RebootInstancesResponse><return>true</return></RebootInstancesResponse>\n",
                true,
            ),
            (
                BodyValidator::Xml,
                "<RebootInstancesResponse><return>true</ret",
                false,
            ),
            (BodyValidator::Xml, "<html></html>", false),
            (BodyValidator::Xml, "", false),
        ] {
            assert_eq!(how.can_be_read(body.as_bytes()), fine, "{how:?} {body}");
        }
    }
}
