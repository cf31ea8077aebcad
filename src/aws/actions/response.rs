//! Classifies the response to a change: whether the change was made.
//!
//! Only a refusal with an error code of AWS proves that it was not. The response of a gateway, a
//! proxy or an emulator leaves it unknown.

use crate::{
    aws::{api::Api, fault},
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

/// The fault of a change that AWS did not confirm. `Timeout`, `Network`, `Service` and
/// `Broken`: it may or may not have happened. `Unavailable`: someone answered, but not AWS, and it
/// has most likely not. Any other: it has not.
pub(super) fn of<E>(api: Api, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let fault = fault::from_sdk(api, error);
    let kind = match error {
        SdkError::ServiceError(answer) => {
            let (meta, raw) = (answer.err().meta(), answer.raw());
            let body = ResponseBody {
                code: meta.code(),
                message: meta.message().unwrap_or_default(),
                api,
            };
            body.kind(fault.kind, raw.status().as_u16(), fault::is_html(raw))
        }
        SdkError::ResponseError(answer) => {
            anonymous(answer.raw().status().as_u16(), fault::is_html(answer.raw()))
        }
        _ => fault.kind,
    };
    Fault { kind, ..fault }
}

/// The parts of a response that classify it.
struct ResponseBody<'a> {
    code: Option<&'a str>,
    message: &'a str,
    api: Api,
}

impl ResponseBody<'_> {
    /// The kind of fault for a change; `kind` is the kind for a read.
    fn kind(&self, kind: FaultKind, status: u16, html: bool) -> FaultKind {
        let limit = self.code == Some("LimitExceededException") && !self.api.is_billed();
        match (self.code, kind) {
            // In all services but Cost Explorer a limit of the account, and no matter of pace.
            (Some(_), FaultKind::Throttled) if limit => FaultKind::Refused,
            // The service says that it does not offer the operation: a refusal.
            (Some(_), FaultKind::Unavailable) => FaultKind::Refused,
            (None, _) if fault::not_implemented(self.message) => FaultKind::Refused,
            (Some(_), kind) => kind,
            (None, _) => anonymous(status, html),
        }
    }
}

/// The kind of an answer without a code, which no service of AWS gives, but a gateway or proxy, or
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

/// Validates the body of a success of an operation without output. The SDK ignores that body and
/// reports success whatever it contains.
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
        "BodyValidator"
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

    fn kind_of(
        api: Api,
        (code, message, status): (Option<&str>, &str, u16),
        html: bool,
        read: FaultKind,
    ) -> FaultKind {
        let body = ResponseBody { code, message, api };
        body.kind(read, status, html)
    }

    #[test]
    fn an_error_code_of_aws_is_a_refusal() {
        let (stop, start) = (Api::Ec2StopInstances, Api::Ec2StartInstances);
        for (api, code, status, read, kind) in [
            (stop, "UnauthorizedOperation", 403, Denied, Denied),
            (stop, "RequestLimitExceeded", 503, Throttled, Throttled),
            (stop, "UnsupportedOperation", 400, Unavailable, Refused),
            (start, "InsufficientInstanceCapacity", 500, Refused, Refused),
            (stop, "Unavailable", 503, Service, Service),
        ] {
            let response = (Some(code), "", status);
            assert_eq!(kind_of(api, response, false, read), kind, "{api} {code}");
        }
    }

    #[test]
    fn an_exceeded_limit_is_a_throttle_of_cost_explorer_only() {
        for (api, kind) in [
            (Api::CeProvideAnomalyFeedback, Throttled),
            (Api::AutoScalingPutScheduledAction, Refused),
        ] {
            let response = (Some("LimitExceededException"), "", 400);
            assert_eq!(kind_of(api, response, false, Throttled), kind, "{api}");
        }
    }

    #[test]
    fn an_operation_that_an_emulator_lacks_is_refused() {
        for response in [
            (Some("InternalFailure"), "not yet implemented", 501),
            (None, "The action has not been implemented", 400),
        ] {
            let api = Api::SageMakerStopTrainingJob;
            assert_eq!(kind_of(api, response, false, Unavailable), Refused);
        }
    }

    #[test]
    fn a_response_without_a_code_is_classified_by_its_status() {
        for (status, html, read, kind) in [
            (403, true, Denied, Unavailable),
            (429, true, Throttled, Unavailable),
            (302, true, Refused, Unavailable),
            (404, true, Unavailable, Unavailable),
            (408, false, Timeout, Timeout),
            (500, true, Unavailable, Unavailable),
            (500, false, Service, Service),
            (501, false, Unavailable, Unavailable),
            (502, true, Service, Service),
            (504, true, Service, Service),
            (200, true, Broken, Broken),
        ] {
            let api = Api::SageMakerStopTrainingJob;
            let response = (None, "", status);
            assert_eq!(kind_of(api, response, html, read), kind, "{status} {html}");
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
                "<?xml version=\"1.0\"?>\n\
                 <RebootInstancesResponse><return>true</return></RebootInstancesResponse>\n",
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
