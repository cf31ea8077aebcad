//! Requests and answers of awsJson 1.1, and the hosts of its services.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
};
use aws_smithy_types::{body::SdkBody, error::metadata::ErrorMetadata};
use serde_json::Value;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A request of the operation that `target` names: service and operation, joined by a dot.
pub(super) fn request(target: &str, input: &Value) -> Result<HttpRequest, BoxError> {
    let body = serde_json::to_vec(input)?;
    let length = body.len().to_string();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri("/")?;
    let headers = request.headers_mut();
    headers.try_insert("content-type", CONTENT_TYPE)?;
    headers.try_insert("content-length", length)?;
    headers.try_insert("x-amz-target", target.to_owned())?;
    headers.try_insert(
        "user-agent",
        concat!("spendtop/", env!("CARGO_PKG_VERSION")),
    )?;
    Ok(request)
}

/// The output, or AWS's error.
pub(super) fn answer(response: &HttpResponse) -> Result<Value, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        return serde_json::from_slice(body).map_err(|error| {
            OrchestratorError::response(format!("the answer is not JSON: {error}").into())
        });
    }
    let body = serde_json::from_slice(body).unwrap_or(Value::Null);
    let text = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str());
    let header = response.headers().get("x-amzn-errortype");
    let mut metadata = ErrorMetadata::builder();
    if let Some(code) = header.or_else(|| text(&["__type", "code"])) {
        metadata = metadata.code(error_code(code));
    }
    if let Some(message) = text(&["message", "Message", "errorMessage"]) {
        metadata = metadata.message(message);
    }
    Err(OrchestratorError::operation(metadata.build()))
}

/// The code in `com.amazon.coral#AccessDeniedException:http://...`: `AccessDeniedException`.
fn error_code(text: &str) -> &str {
    let code = text.split(':').next().unwrap_or_default();
    code.rsplit('#').next().unwrap_or_default()
}

/// The endpoint of a service, as botocore's endpoint rules of 1.44.8 have it.
pub(super) fn endpoint(host: &str, region: &str, fips: bool, dual_stack: bool) -> String {
    let is_gov = region.starts_with("us-gov-");
    let plain_fips = is_gov && host == "logs" && !dual_stack;
    let variant = if fips && !plain_fips { "-fips" } else { "" };
    format!(
        "https://{host}{variant}.{region}.{}",
        suffix(region, dual_stack)
    )
}

/// The DNS suffix of a region's partition, from botocore's `partitions.json`.
fn suffix(region: &str, dual_stack: bool) -> &'static str {
    const SUFFIXES: &[(&str, &str, &str)] = &[
        ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
        ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ];
    let found = SUFFIXES
        .iter()
        .find(|(prefix, ..)| region.starts_with(prefix));
    match (found, dual_stack) {
        (Some((_, _, dual)), true) => dual,
        (Some((_, plain, _)), false) => plain,
        (None, true) => "api.aws",
        (None, false) => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_follow_the_partition() {
        for (host, region, fips, dual_stack, url) in [
            (
                "logs",
                "us-east-1",
                false,
                false,
                "https://logs.us-east-1.amazonaws.com",
            ),
            (
                "logs",
                "us-east-1",
                true,
                false,
                "https://logs-fips.us-east-1.amazonaws.com",
            ),
            (
                "logs",
                "us-gov-west-1",
                true,
                false,
                "https://logs.us-gov-west-1.amazonaws.com",
            ),
            (
                "tagging",
                "eu-west-1",
                false,
                true,
                "https://tagging.eu-west-1.api.aws",
            ),
            (
                "tagging",
                "cn-north-1",
                false,
                false,
                "https://tagging.cn-north-1.amazonaws.com.cn",
            ),
            (
                "logs",
                "eusc-de-east-1",
                false,
                false,
                "https://logs.eusc-de-east-1.amazonaws.eu",
            ),
        ] {
            assert_eq!(endpoint(host, region, fips, dual_stack), url);
        }
    }

    #[test]
    fn error_codes_lose_namespace_and_address() {
        for text in [
            "AccessDeniedException",
            "com.amazon.coral.service#AccessDeniedException",
            "AccessDeniedException:http://internal.amazon.com/coral/",
        ] {
            assert_eq!(error_code(text), "AccessDeniedException");
        }
    }
}
