//! Raw HTTP that the SDK never sends: other protocols, broken bodies, no signature.

use super::mock;
use spendtop::mock::Mock;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

const SIGNED: &str = "authorization: AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/SERVICE/aws4_request, SignedHeaders=host, Signature=0";

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
    let form = b"Action=ListMetrics&Version=2010-08-01&Namespace=AWS%2FBedrock&Dimensions.member.1.Name=ModelId";
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
    let form = b"Action=GetMetricData&Version=2010-08-01&StartTime=2026-11-23T00:00:00Z&EndTime=2026-11-22T00:00:00Z&MetricDataQueries=";
    let (head, body) = send(&mock, "POST /", &[&signed], form).await;
    assert!(
        head.starts_with("http/1.1 400") && body.contains("<Code>ValidationError</Code>"),
        "{body}"
    );
}

#[tokio::test]
async fn malformed_requests_get_error_codes() {
    let mock = mock();
    let sagemaker = SIGNED.replace("SERVICE", "sagemaker");
    let ec2 = SIGNED.replace("SERVICE", "ec2");
    let target = "x-amz-target: SageMaker.ListEndpoints";
    let granite = "POST /service/GraniteServiceVersion20100801/operation/ListMetrics";
    let large = vec![b' '; 2_000_000];
    for (line, headers, body, status, code) in [
        (
            "POST /",
            vec![target, sagemaker.as_str()],
            &b"{\"a\":"[..],
            "400",
            "SerializationException",
        ),
        (
            "POST /",
            vec![target, &sagemaker],
            b"[]",
            "400",
            "SerializationException",
        ),
        (
            "POST /",
            vec![target, &sagemaker],
            br#"{"MaxResults":"many"}"#,
            "400",
            "SerializationException",
        ),
        (
            "POST /",
            vec![target, &sagemaker],
            &large,
            "413",
            "RequestEntityTooLarge",
        ),
        (
            "POST /",
            vec![target],
            b"{}",
            "400",
            "MissingAuthenticationTokenException",
        ),
        (
            "POST /",
            vec!["x-amz-target: SageMaker.Dance", &sagemaker],
            b"{}",
            "400",
            "UnknownOperationException",
        ),
        (
            "POST /",
            vec![ec2.as_str()],
            b"Action=Dance&Version=2016-11-15",
            "400",
            "InvalidAction",
        ),
        (
            "POST /",
            vec![&ec2],
            b"Action=DescribeInstances&a=%zz",
            "400",
            "InvalidParameterValue",
        ),
        (
            "POST /",
            vec![&ec2],
            b"\xff\xfe",
            "400",
            "InvalidParameterValue",
        ),
        ("POST /", vec![&ec2], b"", "400", "MissingAction"),
        (
            "POST /",
            vec![],
            b"Action=DescribeInstances&Version=2016-11-15",
            "403",
            "MissingAuthenticationToken",
        ),
        (
            granite,
            vec![&ec2],
            b"\xff\xff",
            "400",
            "SerializationException",
        ),
        (
            "GET /nowhere",
            vec![&SIGNED.replace("SERVICE", "bedrock")],
            b"",
            "404",
            "UnknownOperationException",
        ),
        (
            "GET /bucket",
            vec![&SIGNED.replace("SERVICE", "s3")],
            b"",
            "400",
            "UnknownOperationException",
        ),
    ] {
        let (head, answer) = send(&mock, line, &headers, body).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")) && answer.contains(code),
            "{line} {headers:?}: {head}\n{answer}"
        );
    }
    let (head, _) = send(&mock, "POST /", &[target, &sagemaker], b"{}").await;
    assert!(head.starts_with("http/1.1 200"));
    let refused = mock.take_mismatches();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].mismatch.path, "MaxResults");
}
