//! Encodes answers and refusals for the protocol of the request.

use super::{
    Error, MockService, Protocol, Value, cbor,
    json::{self, TimestampFormat},
    route::RoutedCall,
    value::fields,
    xml,
};

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpReply {
    /// HTTP status.
    pub status: u16,
    /// Headers beside the ones HTTP itself needs.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// The content type of a protocol's bodies.
pub fn content_type(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Ec2Query => "text/xml;charset=UTF-8",
        Protocol::Query => "text/xml",
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Json11 => "application/x-amz-json-1.1",
        Protocol::RestJson => "application/json",
        Protocol::Cbor => "application/cbor",
    }
}

fn reply(protocol: Protocol, status: u16, id: &str, body: Vec<u8>) -> HttpReply {
    let mut headers = vec![
        ("content-type", content_type(protocol).to_owned()),
        ("x-amzn-requestid", id.to_owned()),
    ];
    if protocol == Protocol::Ec2Query {
        headers.push(("x-amz-request-id", id.to_owned()));
    }
    if protocol == Protocol::Cbor {
        headers.push(("smithy-protocol", "rpc-v2-cbor".to_owned()));
    }
    HttpReply {
        status,
        headers,
        body,
    }
}

/// A 200 with `output`.
pub fn success(call: &RoutedCall, output: &Value, id: &str) -> HttpReply {
    let body = match call.protocol {
        Protocol::Ec2Query => ec2_document(call, output, id),
        Protocol::Query => query_document(call, output, id),
        Protocol::Json10 | Protocol::Json11 => json::write(output, TimestampFormat::Epoch),
        Protocol::RestJson => json::write(output, TimestampFormat::Text),
        Protocol::Cbor => cbor::write(output),
    };
    reply(call.protocol, 200, id, body)
}

fn ec2_document(call: &RoutedCall, output: &Value, id: &str) -> Vec<u8> {
    let (name, space) = (&call.operation, call.service.namespace());
    let mut out = format!(
        "{}<{name}Response xmlns=\"{space}\"><requestId>{id}</requestId>",
        xml::DECLARATION
    );
    xml::content(&mut out, output, "item");
    out.extend(["</", name.as_str(), "Response>"]);
    out.into_bytes()
}

fn query_document(call: &RoutedCall, output: &Value, id: &str) -> Vec<u8> {
    let (name, space) = (&call.operation, call.service.namespace());
    let mut out = format!("<{name}Response xmlns=\"{space}\">");
    xml::element(&mut out, &format!("{name}Result"), output, "member");
    out.extend([
        "<ResponseMetadata><RequestId>",
        id,
        "</RequestId></ResponseMetadata></",
        name.as_str(),
        "Response>",
    ]);
    out.into_bytes()
}

/// A refusal.
pub fn failure(call: &RoutedCall, error: &Error, id: &str) -> HttpReply {
    let side = if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    let code = error.code.as_str();
    let shape = shape(call.service, code);
    let body = match call.protocol {
        Protocol::Ec2Query => {
            let errors = vec![fields! { "Code": code.to_owned(), "Message": &error.message }];
            let mut out = xml::DECLARATION.to_owned();
            let node = fields! { "Errors": Value::List(errors), "RequestID": id.to_owned() };
            xml::element(&mut out, "Response", &node, "Error");
            out.into_bytes()
        }
        Protocol::Query => {
            let mut out = format!("<ErrorResponse xmlns=\"{}\">", call.service.namespace());
            let node = fields! { "Type": side, "Code": code.to_owned(), "Message": &error.message };
            xml::element(&mut out, "Error", &node, "member");
            out.extend(["<RequestId>", id, "</RequestId></ErrorResponse>"]);
            out.into_bytes()
        }
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson => json::write(
            &fields! { "__type": shape.clone(), "message": &error.message },
            TimestampFormat::Epoch,
        ),
        Protocol::Cbor => {
            let kind = if call.service == MockService::CloudWatch {
                format!("com.amazonaws.cloudwatch#{shape}")
            } else {
                shape.clone()
            };
            cbor::write(&fields! { "__type": kind, "message": &error.message })
        }
    };
    let mut reply = reply(call.protocol, error.status, id, body);
    if matches!(
        call.protocol,
        Protocol::Json10 | Protocol::Json11 | Protocol::RestJson
    ) {
        reply.headers.push(("x-amzn-errortype", shape));
    }
    if call.query_mode && matches!(call.protocol, Protocol::Cbor | Protocol::Json10) {
        reply
            .headers
            .push(("x-amzn-query-error", format!("{code};{side}")));
    }
    reply
}

/// The error's shape, which CloudWatch's newer protocols name in place of awsQuery's code.
fn shape(service: MockService, code: &str) -> String {
    let shape = match (service, code) {
        (MockService::CloudWatch, "MissingParameter") => "MissingRequiredParameterException",
        (MockService::CloudWatch, "ValidationError") => "ValidationException",
        (MockService::CloudWatch, "InternalServiceError") => "InternalServiceFault",
        (
            MockService::CloudWatch,
            "InvalidParameterValue" | "InvalidParameterCombination" | "AccessDenied" | "Throttling",
        ) => {
            return format!("{code}Exception");
        }
        _ => code,
    };
    shape.to_owned()
}

/// A request id in the form of a UUID, derived from the request's number.
pub fn request_id(number: u64) -> String {
    let mix = |n: u64| {
        let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    };
    let (a, b) = (
        mix(number.wrapping_mul(2).wrapping_add(1)),
        mix(number.wrapping_mul(2).wrapping_add(2)),
    );
    let (b_high, b_low) = (0x8000 | ((b >> 48) & 0x3fff), b & 0xffff_ffff_ffff);
    format!(
        "{:08x}-{:04x}-4{:03x}-{b_high:04x}-{b_low:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(service: MockService, protocol: Protocol, operation: &str) -> RoutedCall {
        RoutedCall {
            service,
            protocol,
            operation: operation.into(),
            access_key: "AKID".to_owned(),
            region: "us-east-1".into(),
            query_mode: true,
            input: Ok(Value::EMPTY),
        }
    }

    fn header<'a>(reply: &'a HttpReply, name: &str) -> Option<&'a str> {
        reply
            .headers
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }

    #[test]
    fn request_ids_are_unique_uuids() {
        let ids: std::collections::BTreeSet<String> = (0..1_000).map(request_id).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.len() == 36
            && id.split('-').map(str::len).eq([8, 4, 4, 4, 12])
            && id.as_bytes()[14] == b'4'));
    }

    #[test]
    fn responses_follow_each_protocol() {
        let output = fields! { "Account": "111122223333" };
        for (service, protocol, want) in [
            (
                MockService::Ec2,
                Protocol::Ec2Query,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <OpResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
                 <requestId>r-1</requestId><Account>111122223333</Account></OpResponse>",
            ),
            (
                MockService::Sts,
                Protocol::Query,
                "<OpResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                 <OpResult><Account>111122223333</Account></OpResult>\
                 <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></OpResponse>",
            ),
            (
                MockService::SageMaker,
                Protocol::Json11,
                "{\"Account\":\"111122223333\"}",
            ),
        ] {
            let reply = success(&requested(service, protocol, "Op"), &output, "r-1");
            assert_eq!(String::from_utf8(reply.body.clone()).unwrap(), want);
            assert_eq!(
                (reply.status, header(&reply, "x-amzn-requestid")),
                (200, Some("r-1"))
            );
        }
    }

    #[test]
    fn errors_follow_each_protocol() {
        let error = Error::new("InvalidParameterValue", "a < b");
        for (service, protocol, want) in [
            (
                MockService::Ec2,
                Protocol::Ec2Query,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <Response><Errors><Error><Code>InvalidParameterValue</Code>\
                 <Message>a &lt; b</Message></Error></Errors>\
                 <RequestID>r-1</RequestID></Response>",
            ),
            (
                MockService::CloudWatch,
                Protocol::Query,
                "<ErrorResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\
                 <Error><Type>Sender</Type><Code>InvalidParameterValue</Code>\
                 <Message>a &lt; b</Message></Error><RequestId>r-1</RequestId></ErrorResponse>",
            ),
            (
                MockService::CloudWatch,
                Protocol::Json10,
                "{\"__type\":\"InvalidParameterValueException\",\"message\":\"a < b\"}",
            ),
        ] {
            let reply = failure(&requested(service, protocol, "Op"), &error, "r-1");
            assert_eq!(String::from_utf8(reply.body.clone()).unwrap(), want);
            assert_eq!(reply.status, 400);
        }
        let cbor = failure(
            &requested(MockService::CloudWatch, Protocol::Cbor, "Op"),
            &error,
            "r-1",
        );
        assert_eq!(
            header(&cbor, "x-amzn-query-error"),
            Some("InvalidParameterValue;Sender")
        );
        let body = super::super::cbor::read(&cbor.body).unwrap();
        assert_eq!(
            body.get("__type"),
            Some(&Value::from(
                "com.amazonaws.cloudwatch#InvalidParameterValueException"
            ))
        );
    }
}
