//! Requests of foreign web pages, and of clients that send slowly, change nothing in the mock.

use super::{mock, raw, until};
use spendtop::mock::{Mock, Options, Scenario, simulation::InstanceState};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Sends `text` word for word and reads until the mock closes the connection.
async fn exchange(mock: &Mock, text: String) -> String {
    let addr = mock.addr();
    let exchange = move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // Refused before the body was sent: the rest may be reset.
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

fn running(mock: &Mock) -> (String, usize) {
    let (simulation, now) = (mock.simulation(), mock.now());
    let instances = simulation.instances("us-east-1", now);
    let running: Vec<_> = instances
        .iter()
        .filter(|one| one.state(now) == Some(InstanceState::Running))
        .collect();
    (running[0].id.clone(), running.len())
}

#[tokio::test]
async fn web_page_of_another_site_changes_nothing() {
    let mock = mock();
    let (id, before) = running(&mock);
    let own = format!("Host: {}", mock.addr());
    let image = format!(
        "GET /?Action=StopInstances&Version=2016-11-15&InstanceId.1={id}\
         &X-Amz-Credential=a%2F20261123%2Fus-east-1%2Fec2%2Faws4_request HTTP/1.1"
    );
    let form = "POST /_spendtop/faults HTTP/1.1".to_owned();
    let body = r#"[{"kind": "deny"}]"#;
    for line in [image, form] {
        for headers in [
            "Host: rebind.evil".to_owned(),
            format!("Host: rebind.evil:{}", mock.addr().port()),
            format!("{own}\r\nOrigin: http://evil"),
            format!("{own}\r\nOrigin: null"),
            format!("{own}\r\nSec-Fetch-Site: cross-site"),
        ] {
            let length = body.len();
            let answer = exchange(
                &mock,
                format!(
                    "{line}\r\n{headers}\r\nContent-Type: text/plain\r\n\
                     Content-Length: {length}\r\n\r\n{body}"
                ),
            )
            .await;
            assert!(answer.starts_with("HTTP/1.1 403"), "{headers}: {answer}");
            assert!(answer.contains("\"error\": \""), "{headers}: {answer}");
        }
    }
    assert_eq!(running(&mock).1, before);
    assert!(mock.faults().is_empty() && mock.calls().is_empty());
    mock.stop().await;
}

#[tokio::test]
async fn page_of_this_machine_and_named_hosts_are_answered() {
    let mock = Mock::start(Options {
        hosts: vec!["mock.internal".to_owned()],
        ..Options::new(Scenario::find("empty").unwrap())
    })
    .unwrap();
    for headers in [
        "Host: localhost:4599",
        "Host: mock.internal:4599",
        "Host: [::1]:4599\r\nOrigin: http://localhost:3000\r\nSec-Fetch-Site: same-site",
    ] {
        let answer = exchange(
            &mock,
            format!("GET /_spendtop/clock HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{headers}: {answer}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn clients_that_send_slowly_are_let_go() {
    let mock = Mock::start(Options {
        receive_timeout: Duration::from_millis(50),
        ..Options::new(Scenario::find("empty").unwrap())
    })
    .unwrap();
    let own = format!("Host: {}", mock.addr());
    let head = exchange(&mock, format!("POST / HTTP/1.1\r\n{own}\r\nX-Slow: ")).await;
    assert!(!head.starts_with("HTTP/1.1 200"), "{head}");
    for path in ["/", "/_spendtop/faults"] {
        let signed = "Authorization: AWS4-HMAC-SHA256 \
                      Credential=A/20261123/us-east-1/ec2/aws4_request, Signature=0";
        let request =
            format!("POST {path} HTTP/1.1\r\n{own}\r\n{signed}\r\nContent-Length: 100\r\n\r\nAct");
        let answer = exchange(&mock, request).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        assert!(answer.contains("did not arrive within"), "{path}: {answer}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn clock_refuses_to_pass_its_end_and_still_answers_there() {
    let mock = Mock::start(Options::new(Scenario::find("weekend-spike").unwrap())).unwrap();
    let move_by = async |by: &str| {
        let body = format!("{{\"forward\": \"{by}\"}}");
        raw::send(&mock, "POST /_spendtop/clock", &[], body.as_bytes()).await
    };
    let before = mock.now();
    for by in ["100000000000000h", "100000000000000h", "80000w"] {
        let (head, body) = move_by(by).await;
        assert!(head.starts_with("http/1.1 400"), "{head}");
        assert!(
            body.contains("the clock ends at 2100-01-01T00:00:00Z"),
            "{body}"
        );
    }
    assert!(mock.now() < before + Duration::from_hours(1));
    let (head, _) = move_by("3800w").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let sdk = super::config(&mock, "us-east-1").await;
    let ec2 = aws_sdk_ec2::Client::new(&sdk);
    until("an answer", async || {
        Some(ec2.describe_instances().send().await.unwrap())
    })
    .await;
    mock.stop().await;
}
