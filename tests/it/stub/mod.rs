//! A small stub of AWS, written from AWS's own shapes and without the mock: it knows which keys are
//! good and answers the few operations that these tests need. Everything else is empty.

pub(crate) mod metrics;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A request as the stub sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// Access key id of the signature.
    pub key: String,
    /// Region of the signature.
    pub region: String,
    /// Signing name: `ec2`, `sts`, `ce`.
    pub service: String,
    /// `DescribeInstances`.
    pub operation: String,
    /// The body as sent.
    pub body: String,
    /// The same, where it is no text.
    pub bytes: Vec<u8>,
}

/// An answer: status, content type, body.
pub(crate) type Answer = (u16, &'static str, Vec<u8>);

type Handler = dyn Fn(&Request) -> Option<Answer> + Send + Sync;

const CBOR: &str = "application/cbor";

/// The stub, serving until the test ends.
pub(crate) struct Stub {
    pub url: String,
    pub calls: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    /// Serves `handler`'s answers, and the usual ones where it gives none.
    pub(crate) fn new(
        handler: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (handler, log): (Arc<Handler>, _) = (Arc::new(handler), calls.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, log) = (handler.clone(), log.clone());
                thread::spawn(move || serve(stream, &*handler, &log));
            }
        });
        Self { url, calls }
    }

    /// Requests of `operation` so far.
    pub(crate) fn count(&self, operation: &str) -> usize {
        let calls = self.calls.lock().unwrap();
        let of_it = calls.iter().filter(|call| call.operation == operation);
        of_it.count()
    }

    /// The access keys that signed requests, in order, without repetitions.
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self
            .calls
            .lock()
            .unwrap()
            .iter()
            .map(|call| call.key.clone())
            .filter(|key| !key.is_empty())
            .collect();
        keys.dedup();
        keys
    }
}

fn serve(stream: TcpStream, handler: &Handler, log: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let (mut length, mut request) = (0, Request::default());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim().split_once(':') else {
                break;
            };
            let value = value.trim();
            match name.to_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "x-amz-target" => {
                    request.operation = value.rsplit('.').next().unwrap().to_owned();
                }
                "authorization" => {
                    let scope = value.split_once("Credential=").map_or("", |(_, rest)| rest);
                    let mut parts = scope.split(['/', ',']);
                    request.key = parts.next().unwrap_or_default().to_owned();
                    request.region = parts.nth(1).unwrap_or_default().to_owned();
                    request.service = parts.next().unwrap_or_default().to_owned();
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let path = first.split_whitespace().nth(1).unwrap_or_default();
        if request.operation.is_empty() {
            request.operation = operation(path, &String::from_utf8_lossy(&body));
        }
        request.body = String::from_utf8_lossy(&body).into_owned();
        log.lock().unwrap().push(request.clone());
        request.bytes = body;
        let (status, kind, text) = handler(&request).unwrap_or_else(|| usual(&request));
        let protocol = if kind == CBOR {
            "smithy-protocol: rpc-v2-cbor\r\n"
        } else {
            ""
        };
        let mut answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{protocol}Content-Length: {}\r\n\r\n",
            text.len()
        )
        .into_bytes();
        answer.extend(text);
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

fn operation(path: &str, body: &str) -> String {
    let action = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="));
    match (action, path.rsplit_once("/operation/")) {
        (Some(action), _) => action.to_owned(),
        (None, Some((_, operation))) => operation.to_owned(),
        (None, None) => path.split('?').next().unwrap_or_default().to_owned(),
    }
}

fn usual(request: &Request) -> Answer {
    match (request.service.as_str(), request.operation.as_str()) {
        ("sts", "GetCallerIdentity") => identity("111122223333"),
        ("ec2", operation) => (200, "text/xml", format!("<{operation}Response/>").into()),
        ("iam", operation) => (
            200,
            "text/xml",
            format!(
                "<{operation}Response><{operation}Result><AccountAliases/></{operation}Result>\
                 </{operation}Response>"
            )
            .into(),
        ),
        ("monitoring", _) => metrics::metric_answer(request, &[]).unwrap(),
        ("bedrock", _) => (200, "application/json", b"{}".to_vec()),
        _ => (200, "application/x-amz-json-1.1", b"{}".to_vec()),
    }
}

/// STS's answer about `account`.
pub(crate) fn identity(account: &str) -> Answer {
    (
        200,
        "text/xml",
        format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/ana</Arn>\
             <UserId>AIDAEXAMPLE</UserId><Account>{account}</Account></GetCallerIdentityResult>\
             </GetCallerIdentityResponse>"
        )
        .into(),
    )
}

/// A refusal in the protocol of the request's service.
pub(crate) fn refuse(request: &Request, code: &str, message: &str) -> Answer {
    match request.service.as_str() {
        "ec2" => (
            401,
            "text/xml",
            format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>\
                 </Errors><RequestID>r</RequestID></Response>"
            )
            .into(),
        ),
        "sts" | "iam" => (
            403,
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
            )
            .into(),
        ),
        _ => (
            400,
            "application/x-amz-json-1.1",
            format!("{{\"__type\":\"{code}\",\"message\":\"{message}\"}}").into(),
        ),
    }
}
