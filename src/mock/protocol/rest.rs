//! Bedrock's restJson1 routes: maps method and path to an operation, labels and query parameters to
//! one input.

use super::{Value, form, json};
use hyper::Method;

/// Method, path, operation. A `{label}` matches up to the text that follows it.
pub(in crate::mock) const ADDRESSES: &[(&str, &str, &str)] = &[
    (
        "GET",
        "/provisioned-model-throughputs",
        "ListProvisionedModelThroughputs",
    ),
    (
        "GET",
        "/provisioned-model-throughput/{provisionedModelId}",
        "GetProvisionedModelThroughput",
    ),
    (
        "PATCH",
        "/provisioned-model-throughput/{provisionedModelId}",
        "UpdateProvisionedModelThroughput",
    ),
    (
        "DELETE",
        "/provisioned-model-throughput/{provisionedModelId}",
        "DeleteProvisionedModelThroughput",
    ),
    ("GET", "/foundation-models", "ListFoundationModels"),
    ("GET", "/inference-profiles", "ListInferenceProfiles"),
    (
        "GET",
        "/inference-profiles/{inferenceProfileIdentifier}",
        "GetInferenceProfile",
    ),
    ("POST", "/tagResource", "TagResource"),
    ("POST", "/untagResource", "UntagResource"),
    ("POST", "/listTagsForResource", "ListTagsForResource"),
    ("GET", "/custom-models", "ListCustomModels"),
    ("GET", "/custom-models/{modelIdentifier}", "GetCustomModel"),
    (
        "GET",
        "/model-customization/custom-model-deployments",
        "ListCustomModelDeployments",
    ),
    ("GET", "/imported-models", "ListImportedModels"),
    (
        "GET",
        "/imported-models/{modelIdentifier}",
        "GetImportedModel",
    ),
    (
        "GET",
        "/model-customization-jobs",
        "ListModelCustomizationJobs",
    ),
    (
        "GET",
        "/model-customization-jobs/{jobIdentifier}",
        "GetModelCustomizationJob",
    ),
    (
        "POST",
        "/model-customization-jobs/{jobIdentifier}/stop",
        "StopModelCustomizationJob",
    ),
    ("GET", "/model-invocation-jobs", "ListModelInvocationJobs"),
    (
        "GET",
        "/model-invocation-job/{jobIdentifier}",
        "GetModelInvocationJob",
    ),
    (
        "POST",
        "/model-invocation-job/{jobIdentifier}/stop",
        "StopModelInvocationJob",
    ),
];

/// Query parameters whose name differs from the member's.
pub(in crate::mock) const RENAMED: &[(&str, &str)] = &[("type", "typeEquals")];

/// The labels of a path: name and still encoded text.
pub type Labels<'a> = Vec<(&'static str, &'a str)>;

/// The operation at `method` and `path`.
pub fn find<'a>(method: &Method, path: &'a str) -> Option<(&'static str, Labels<'a>)> {
    ADDRESSES
        .iter()
        .filter(|(verb, ..)| *verb == method.as_str())
        .find_map(|(_, pattern, operation)| {
            labels(pattern, path).map(|labels| (*operation, labels))
        })
}

fn labels<'a>(pattern: &'static str, path: &'a str) -> Option<Labels<'a>> {
    match pattern.split_once('{') {
        None => (path.trim_end_matches('/') == pattern).then(Vec::new),
        Some((before, rest)) => {
            let (label, behind) = rest.split_once('}')?;
            let value = path.strip_prefix(before)?.strip_suffix(behind)?;
            (!value.is_empty()).then(|| vec![(label, value)])
        }
    }
}

/// The input structure: body, then query parameters, then labels.
pub fn read(labels: &Labels<'_>, query: &str, body: &[u8]) -> Result<Value, String> {
    let mut input = match json::read(body)? {
        node @ Value::Map(_) => node,
        other => {
            return Err(format!(
                "the body is a {}, expected a structure",
                other.kind()
            ));
        }
    };
    for (name, value) in form::pairs(query)? {
        if name.starts_with("X-Amz-") {
            continue;
        }
        let name = RENAMED
            .iter()
            .find(|(sent, _)| *sent == name)
            .map_or(name, |(_, member)| (*member).to_owned());
        input.set(name, value);
    }
    for (name, value) in labels {
        input.set(*name, form::percent_decode(value, false)?);
    }
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_path_maps_to_operation_and_input() {
        let (operation, labels) =
            find(&Method::DELETE, "/provisioned-model-throughput/abc").unwrap();
        assert_eq!(operation, "DeleteProvisionedModelThroughput");
        assert_eq!(
            read(&labels, "", b"").unwrap().get("provisionedModelId"),
            Some(&Value::from("abc"))
        );
        assert_eq!(
            find(&Method::POST, "/provisioned-model-throughput/abc"),
            None
        );
        assert_eq!(find(&Method::GET, "/provisioned-model-throughput/"), None);
        let input = read(&Vec::new(), "type=APPLICATION&maxResults=5", b"").unwrap();
        assert_eq!(input.get("typeEquals"), Some(&Value::from("APPLICATION")));
        assert!(read(&Vec::new(), "", b"[]").is_err());
    }
}
