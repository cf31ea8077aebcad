//! Raw HTTP that the SDK never sends: other protocols, broken bodies, no signature.

use super::mock;
use spendtop::mock::Mock;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

const SIGNED: &str = "authorization: AWS4-HMAC-SHA256 \
                      Credential=AKID/20261123/us-east-1/SERVICE/aws4_request, \
                      SignedHeaders=host, Signature=0";

/// Status line and headers, and the body, of one request on a connection of its own.
pub(super) async fn send(
    mock: &Mock,
    line: &str,
    headers: &[&str],
    body: &[u8],
) -> (String, String) {
    let addr = mock.addr();
    let mut request = format!(
        "{line} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for header in headers {
        request.extend([header, "\r\n"]);
    }
    let mut bytes = format!("{request}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        // A server that refuses a large body may close the connection early.
        let _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        (head.to_ascii_lowercase(), body.to_owned())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn browsers_get_a_page() {
    let mock = mock();
    let (head, body) = send(&mock, "GET /", &[], b"").await;
    assert!(
        head.starts_with("http/1.1 200") && body.contains("111122223333"),
        "{head}\n{body}"
    );
    let (head, body) = send(&mock, "HEAD /", &[], b"").await;
    assert!(head.starts_with("http/1.1 200") && body.is_empty());
    assert!(mock.calls().is_empty());
}

#[tokio::test]
async fn cloudwatch_supports_its_older_protocols() {
    let mock = mock();
    let signed = SIGNED.replace("SERVICE", "monitoring");
    let form = b"Action=ListMetrics&Version=2010-08-01&Namespace=AWS%2FBedrock\
                 &Dimensions.member.1.Name=ModelId";
    let (head, body) = send(
        &mock,
        "POST /",
        &[&signed, "content-type: application/x-www-form-urlencoded"],
        form,
    )
    .await;
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-type: text/xml"),
        "{head}"
    );
    assert!(
        body.contains("<ListMetricsResult><Metrics><member><Namespace>AWS/Bedrock</Namespace>"),
        "{body}"
    );
    let target = "x-amz-target: GraniteServiceVersion20100801.ListMetrics";
    let (head, body) = send(
        &mock,
        "POST /",
        &[&signed, target, "content-type: application/x-amz-json-1.0"],
        br#"{"Namespace":"AWS/Bedrock"}"#,
    )
    .await;
    assert!(
        head.contains("content-type: application/x-amz-json-1.0")
            && head.contains("x-amzn-requestid"),
        "{head}"
    );
    assert!(body.starts_with(r#"{"Metrics":[{"#), "{body}");
    let form = b"Action=GetMetricData&Version=2010-08-01&StartTime=2026-11-23T00:00:00Z\
                 &EndTime=2026-11-22T00:00:00Z&MetricDataQueries=";
    let (head, body) = send(&mock, "POST /", &[&signed], form).await;
    assert!(
        head.starts_with("http/1.1 400") && body.contains("<Code>ValidationError</Code>"),
        "{body}"
    );
}

const POST: &str = "POST /";
const LIST_ENDPOINTS: &str = "x-amz-target: SageMaker.ListEndpoints";
const LIST_METRICS: &str = "POST /service/GraniteServiceVersion20100801/operation/ListMetrics";

/// Request line, service in the signature or none, another header or none, body, and the status and
/// code of the answer.
type Case<'a> = (&'a str, &'a str, &'a str, &'a [u8], &'a str, &'a str);

async fn assert_refused(mock: &Mock, cases: &[Case<'_>]) {
    for (line, service, header, body, status, code) in cases {
        let signature = SIGNED.replace("SERVICE", service);
        let mut headers = Vec::new();
        if !service.is_empty() {
            headers.push(signature.as_str());
        }
        if !header.is_empty() {
            headers.push(*header);
        }
        let (head, answer) = send(mock, line, &headers, body).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")) && answer.contains(code),
            "{line} {headers:?}: {head}\n{answer}"
        );
    }
}

#[tokio::test]
async fn malformed_json_requests_get_error_codes() {
    let mock = mock();
    let large = vec![b' '; 2_000_000];
    let (service, list) = ("sagemaker", LIST_ENDPOINTS);
    let serialization = "SerializationException";
    let (dance, unsigned) = (
        "x-amz-target: SageMaker.Dance",
        "MissingAuthenticationTokenException",
    );
    let unknown = "UnknownOperationException";
    assert_refused(
        &mock,
        &[
            (POST, service, list, b"{\"a\":", "400", serialization),
            (POST, service, list, b"[]", "400", serialization),
            (
                POST,
                service,
                list,
                br#"{"MaxResults":"many"}"#,
                "400",
                serialization,
            ),
            (POST, service, list, &large, "413", "RequestEntityTooLarge"),
            (POST, "", list, b"{}", "400", unsigned),
            (POST, service, dance, b"{}", "400", unknown),
            ("GET /nowhere", "bedrock", "", b"", "404", unknown),
            ("GET /bucket", "s3", "", b"", "400", unknown),
        ],
    )
    .await;
    let signature = SIGNED.replace("SERVICE", "sagemaker");
    let (head, _) = send(&mock, POST, &[LIST_ENDPOINTS, &signature], b"{}").await;
    assert!(head.starts_with("http/1.1 200"));
    let refused = mock.take_mismatches();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].mismatch.path, "MaxResults");
}

#[tokio::test]
async fn malformed_forms_and_cbor_get_error_codes() {
    let mock = mock();
    let dance = b"Action=Dance&Version=2016-11-15";
    let broken = b"Action=DescribeInstances&a=%zz";
    let describe = b"Action=DescribeInstances&Version=2016-11-15";
    assert_refused(
        &mock,
        &[
            (POST, "ec2", "", dance, "400", "InvalidAction"),
            (POST, "ec2", "", broken, "400", "InvalidParameterValue"),
            (POST, "ec2", "", b"\xff\xfe", "400", "InvalidParameterValue"),
            (POST, "ec2", "", b"", "400", "MissingAction"),
            (POST, "", "", describe, "403", "MissingAuthenticationToken"),
            (
                LIST_METRICS,
                "ec2",
                "",
                b"\xff\xff",
                "400",
                "SerializationException",
            ),
        ],
    )
    .await;
    assert!(mock.take_mismatches().is_empty());
}
