//! Proxies and portals between the console and AWS answer in its place: each answer is a fault of
//! its own, within a bounded time, and the other sources continue.

use crate::panes::{open, poll};
use spendtop::{
    aws::Clock,
    mock::{FaultEffect, FaultRule, Mock, Options, Scenario},
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_answer_is_a_fault() {
    let mock = Mock::start(Options::new(Scenario::find("weekend-spike").unwrap())).unwrap();
    let sessions = open(&mock.url(), &["us-east-1"]).await;
    let virtual_clock = mock.clock();
    let clock = Clock::new(move || virtual_clock.now());
    for effect in [
        FaultEffect::LoginPage,
        FaultEffect::ProxyError,
        FaultEffect::EmptyBody,
        FaultEffect::CutBody,
        FaultEffect::EndlessBody,
    ] {
        mock.clear_faults();
        mock.add_fault(FaultRule::new(effect).of("ec2", "DescribeInstances"));
        let polled = tokio::time::timeout(
            Duration::from_mins(1),
            poll(&sessions, &clock, Some("gpus")),
        );
        let reports = polled.await.unwrap_or_else(|_| panic!("{effect:?} hangs"));
        for (listed, _) in reports {
            assert!(!listed.complete, "{effect:?}");
            let faults = &listed.faults;
            let named = faults
                .iter()
                .any(|fault| fault.operation.starts_with("ec2:DescribeInstances"));
            assert!(named, "{effect:?}: {faults:?}");
        }
        let others = poll(&sessions, &clock, Some("notebooks")).await;
        assert!(
            others.iter().all(|(listed, _)| listed.complete),
            "{effect:?}"
        );
    }
    mock.stop().await;
}

#[tokio::test]
async fn dripping_body_goes_on_and_ends_with_the_mock() {
    let mock = Mock::start(Options::new(Scenario::find("empty").unwrap())).unwrap();
    mock.add_fault(FaultRule::new(FaultEffect::DrippingBody));
    let mut stream = TcpStream::connect(mock.addr()).await.unwrap();
    let request = format!(
        "GET /?Action=DescribeInstances&Version=2016-11-15 HTTP/1.1\r\nHost: {}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/ec2/aws4_request, \
         Signature=0\r\n\r\n",
        mock.addr()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    while !text.contains("\r\n\r\n1\r\n ") {
        let mut bytes = [0; 512];
        let read = stream.read(&mut bytes).await.unwrap();
        assert!(read > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    mock.stop().await;
}
