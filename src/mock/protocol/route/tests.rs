//! Which operation a request is for.

use super::*;

fn routed(
    method: &str,
    target: &str,
    headers: &[(&'static str, &str)],
    body: &[u8],
) -> Option<RoutedCall> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    route(&Request {
        method: &method.parse().unwrap(),
        path,
        query,
        headers: &map,
        body,
    })
}

fn signed(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-west-2/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

/// Service, target, `X-Amz-Target` and body of a request, and where it leads.
type RoutedRequest = (
    &'static str,
    &'static str,
    &'static str,
    &'static [u8],
    (MockService, Protocol, &'static str),
);

const LIST_METRICS: &str = "/service/GraniteServiceVersion20100801/operation/ListMetrics";

const ROUTED_REQUESTS: &[RoutedRequest] = &[
    (
        "ec2",
        "/",
        "",
        b"Action=DescribeInstances&Version=2016-11-15",
        (MockService::Ec2, Protocol::Ec2Query, "DescribeInstances"),
    ),
    (
        "sts",
        "/",
        "",
        b"Action=GetCallerIdentity&Version=2011-06-15",
        (MockService::Sts, Protocol::Query, "GetCallerIdentity"),
    ),
    (
        "monitoring",
        LIST_METRICS,
        "",
        b"",
        (MockService::CloudWatch, Protocol::Cbor, "ListMetrics"),
    ),
    (
        "monitoring",
        "/",
        "GraniteServiceVersion20100801.ListMetrics",
        b"{}",
        (MockService::CloudWatch, Protocol::Json11, "ListMetrics"),
    ),
    (
        "monitoring",
        "/",
        "",
        b"Action=ListMetrics&Version=2010-08-01",
        (MockService::CloudWatch, Protocol::Query, "ListMetrics"),
    ),
    (
        "sagemaker",
        "/",
        "SageMaker.ListEndpoints",
        b"{}",
        (MockService::SageMaker, Protocol::Json11, "ListEndpoints"),
    ),
    (
        "ce",
        "/",
        "AWSInsightsIndexService.GetTags",
        b"{}",
        (MockService::CostExplorer, Protocol::Json11, "GetTags"),
    ),
    (
        "budgets",
        "/",
        "AWSBudgetServiceGateway.DescribeBudgets",
        b"{}",
        (MockService::Budgets, Protocol::Json11, "DescribeBudgets"),
    ),
    (
        "pricing",
        "/",
        "AWSPriceListService.GetProducts",
        b"{}",
        (MockService::Pricing, Protocol::Json11, "GetProducts"),
    ),
    (
        "tagging",
        "/",
        "ResourceGroupsTaggingAPI_20170126.GetResources",
        b"{}",
        (MockService::Tagging, Protocol::Json11, "GetResources"),
    ),
    (
        "bedrock",
        "/foundation-models?byProvider=x",
        "",
        b"",
        (
            MockService::Bedrock,
            Protocol::RestJson,
            "ListFoundationModels",
        ),
    ),
    (
        "dynamodb",
        "/",
        "DynamoDB_20120810.ListTables",
        b"{}",
        (MockService::Other, Protocol::Json11, "ListTables"),
    ),
    (
        "s3",
        "/bucket",
        "",
        b"",
        (MockService::Other, Protocol::RestJson, "GET /bucket"),
    ),
];

#[test]
fn requests_of_real_clients_are_routed() {
    for &(service, target, amz_target, body, want) in ROUTED_REQUESTS {
        let authorization = signed(service);
        let mut headers = vec![("authorization", authorization.as_str())];
        if !amz_target.is_empty() {
            headers.push(("x-amz-target", amz_target));
        }
        let method = if body.is_empty() && amz_target.is_empty() && target != LIST_METRICS {
            "GET"
        } else {
            "POST"
        };
        let call = routed(method, target, &headers, body).unwrap();
        assert_eq!((call.service, call.protocol, call.operation.as_str()), want);
        assert_eq!(call.region, "us-west-2");
    }
}

#[test]
fn unsigned_request_gets_a_page_or_an_error() {
    assert_eq!(routed("GET", "/", &[], b""), None);
    assert_eq!(
        routed("HEAD", "/", &[("host", "127.0.0.1:4599")], b""),
        None
    );
    let code = |call: Option<RoutedCall>| match call.unwrap().input {
        Err(Failure::Own(error)) => (error.code, error.status),
        other => panic!("{other:?}"),
    };
    let form: &[u8] = b"Action=DescribeInstances&Version=2016-11-15";
    assert_eq!(
        code(routed("POST", "/", &[], form)),
        ("MissingAuthenticationToken".into(), 403)
    );
    assert_eq!(
        code(routed(
            "POST",
            "/",
            &[("authorization", "AWS4-HMAC-SHA256 nothing")],
            form
        )),
        ("IncompleteSignature".into(), 403)
    );
    let target = [("x-amz-target", "SageMaker.ListEndpoints")];
    assert_eq!(
        code(routed("POST", "/", &target, b"{}")),
        ("MissingAuthenticationTokenException".into(), 400)
    );
}

#[test]
fn host_or_version_names_the_service_of_an_unsigned_request() {
    let bearer = ("authorization", "Bearer token");
    let call = routed(
        "GET",
        "/provisioned-model-throughput/arn%3Aaws%3Abedrock%3Ax%2Fabc",
        &[bearer],
        b"",
    )
    .unwrap();
    assert_eq!(
        (call.service, call.operation.as_str()),
        (MockService::Bedrock, "GetProvisionedModelThroughput")
    );
    assert_eq!(
        call.input.unwrap().get("provisionedModelId"),
        Some(&Value::from("arn:aws:bedrock:x/abc"))
    );
    let host = ("host", "api.sagemaker.us-east-1.amazonaws.com");
    assert_eq!(
        routed("POST", "/", &[bearer, host], b"").unwrap().service,
        MockService::SageMaker
    );
    assert_eq!(
        routed("POST", "/", &[bearer], b"Action=X&Version=2016-11-15")
            .unwrap()
            .service,
        MockService::Ec2
    );
}

#[test]
fn broken_bodies_are_malformed() {
    let authorization = signed("sagemaker");
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-amz-target", "SageMaker.ListEndpoints"),
    ];
    for body in [&b"{"[..], b"[1]", b"\xff"] {
        assert!(matches!(
            routed("POST", "/", &headers, body).unwrap().input,
            Err(Failure::Malformed(_))
        ));
    }
}
