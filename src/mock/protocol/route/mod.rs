//! The service, protocol and operation of a request, from the parts that real clients send: the
//! path of CBOR requests, `X-Amz-Target`, the credential scope, the host, the form's `Action` and
//! `Version`, Bedrock's paths.

#[cfg(test)]
mod tests;

use super::{
    Error, Failure, MockService, Value, cbor,
    credential_scope::{self, CredentialScope},
    form, json, rest,
};
use hyper::{HeaderMap, Method};

/// The encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Form in, XML with `<item>` out.
    Ec2Query,
    /// Form in, XML with `<member>` out.
    Query,
    /// JSON with `X-Amz-Target`, version 1.0.
    Json10,
    /// JSON with `X-Amz-Target`, version 1.1.
    Json11,
    /// JSON by method and path.
    RestJson,
    /// CBOR by path.
    Cbor,
}

/// A request as HTTP brings it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// HTTP method.
    pub method: &'a Method,
    /// Path, still percent-encoded.
    pub path: &'a str,
    /// Query string, without the question mark.
    pub query: &'a str,
    /// Headers.
    pub headers: &'a HeaderMap,
    /// Body, whole.
    pub body: &'a [u8],
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The service and operation of a request, and its decoded input.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutedCall {
    /// The service.
    pub service: MockService,
    /// The encoding of the answer.
    pub protocol: Protocol,
    /// The operation; of an unknown request its method and path.
    pub operation: String,
    /// The region signed for.
    pub region: String,
    /// The access key id that signed it; empty of an unsigned request.
    pub access_key: String,
    /// Whether the client wants awsQuery's error codes beside CBOR's or JSON's
    /// (`x-amzn-query-mode`).
    pub query_mode: bool,
    /// The input structure, or why there is none.
    pub input: Result<Value, Failure>,
}

/// The region of requests that name none.
pub const HOME: &str = "us-east-1";

/// Routes a request; `None` for an unsigned request of `/`, which a page in HTML answers.
pub fn route(request: &Request<'_>) -> Option<RoutedCall> {
    let authorization = request.header("authorization");
    let scope = credential_scope::read(authorization, request.query);
    let looks = request.method == Method::GET || request.method == Method::HEAD;
    if looks && request.path == "/" && scope.is_none() && !request.query.contains("Action=") {
        return None;
    }
    let mut call = identify(request, scope.as_ref());
    if let Some(region) = scope
        .as_ref()
        .and_then(|scope| scope.region.clone())
        .filter(|region| region != "*")
    {
        call.region = region;
    }
    if let Some(scope) = &scope {
        call.access_key.clone_from(&scope.key);
    }
    call.query_mode = request
        .header("x-amzn-query-mode")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if scope.is_none() {
        call.input = Err(unsigned_error(call.protocol, authorization.is_some()).into());
    }
    Some(call)
}

fn call(
    service: MockService,
    protocol: Protocol,
    operation: impl Into<String>,
    input: Result<Value, String>,
) -> RoutedCall {
    let input = input.map_err(Failure::Malformed);
    RoutedCall {
        service,
        protocol,
        operation: operation.into(),
        region: HOME.to_owned(),
        access_key: String::new(),
        query_mode: false,
        input,
    }
}

fn identify(request: &Request<'_>, scope: Option<&CredentialScope>) -> RoutedCall {
    if let Some((service, operation)) = cbor_path(request.path) {
        let service = MockService::targeted(service).unwrap_or(MockService::Other);
        return call(service, Protocol::Cbor, operation, cbor::read(request.body));
    }
    if let Some(target) = request.header("x-amz-target") {
        let (prefix, operation) = target.rsplit_once('.').unwrap_or(("", target));
        let service = MockService::targeted(prefix).unwrap_or(MockService::Other);
        let old = request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-amz-json-1.0"));
        let input = json::read(request.body).and_then(require_map);
        return call(
            service,
            if old {
                Protocol::Json10
            } else {
                Protocol::Json11
            },
            operation,
            input,
        );
    }
    let signed = scope.and_then(|scope| scope.service.as_deref());
    let hosted = || request.header("host").and_then(MockService::at_host);
    let service = signed.map_or_else(hosted, |name| {
        Some(MockService::find(name).unwrap_or(MockService::Other))
    });
    match service {
        Some(MockService::Bedrock) => rest_call(request),
        None if rest::find(request.method, request.path).is_some() => rest_call(request),
        _ => query_call(request, service),
    }
}

/// `/service/GraniteServiceVersion20100801/operation/ListMetrics`.
fn cbor_path(path: &str) -> Option<(&str, &str)> {
    let (service, operation) = path.strip_prefix("/service/")?.split_once("/operation/")?;
    Some((service, operation.trim_end_matches('/')))
}

fn require_map(node: Value) -> Result<Value, String> {
    match node {
        Value::Map(_) => Ok(node),
        Value::Null => Ok(Value::EMPTY),
        other => Err(format!(
            "the body is a {}, expected a structure",
            other.kind()
        )),
    }
}

fn rest_call(request: &Request<'_>) -> RoutedCall {
    let Some((operation, labels)) = rest::find(request.method, request.path) else {
        let requested = format!("{} {}", request.method, request.path);
        let mut call = call(
            MockService::Bedrock,
            Protocol::RestJson,
            requested.clone(),
            Ok(Value::EMPTY),
        );
        call.input = Err(Failure::Unknown(requested));
        return call;
    };
    call(
        MockService::Bedrock,
        Protocol::RestJson,
        operation,
        rest::read(&labels, request.query, request.body),
    )
}

fn query_call(request: &Request<'_>, service: Option<MockService>) -> RoutedCall {
    let input = std::str::from_utf8(request.body)
        .map_err(|_| "the form is not UTF-8".to_owned())
        .and_then(|body| form::read(if body.is_empty() { request.query } else { body }));
    let member = |name: &str| {
        let value = input.as_ref().ok().and_then(|node| node.get(name));
        if let Some(Value::Text(text)) = value {
            text.to_string()
        } else {
            String::new()
        }
    };
    let (action, version) = (member("Action"), member("Version"));
    let service = service
        .filter(|service| *service != MockService::Other || action.is_empty())
        .or_else(|| MockService::versioned(&version));
    let service = service.unwrap_or(MockService::Other);
    let protocol = match service {
        MockService::Ec2 => Protocol::Ec2Query,
        MockService::SageMaker
        | MockService::CostExplorer
        | MockService::AutoScaling
        | MockService::Budgets
        | MockService::Logs
        | MockService::Organizations
        | MockService::Pricing
        | MockService::Tagging => Protocol::Json11,
        MockService::Other if action.is_empty() => Protocol::RestJson,
        _ => Protocol::Query,
    };
    if action.is_empty() && input.is_ok() {
        let requested = format!("{} {}", request.method, request.path);
        let mut call = call(service, protocol, requested.clone(), Ok(Value::EMPTY));
        call.input = Err(match protocol {
            Protocol::Ec2Query | Protocol::Query => Error::new(
                "MissingAction",
                "The request is missing an Action or a required parameter.",
            )
            .into(),
            _ => Failure::Unknown(requested),
        });
        return call;
    }
    call(service, protocol, action, input)
}

fn unsigned_error(protocol: Protocol, tried: bool) -> Error {
    let (code, message) = if tried {
        (
            "IncompleteSignature",
            "Authorization header requires 'Credential' parameter.",
        )
    } else {
        (
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        )
    };
    match protocol {
        Protocol::Ec2Query | Protocol::Query => Error::new(code, message).status(403),
        Protocol::RestJson => Error::new(format!("{code}Exception"), message).status(403),
        _ => Error::new(format!("{code}Exception"), message),
    }
}
