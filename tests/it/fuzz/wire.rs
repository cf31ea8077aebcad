//! Answers from the wire, changed by a proxy in front of the mock.

use super::{Mutator, seeds};
use crate::panes::{open, poll};
use spendtop::{
    aws::Clock,
    collectors,
    inventory::Inventory,
    mock::{Mock, Options, Scenario},
    rules::Thresholds,
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Head and body of one message.
async fn message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let lower = head.to_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes[end + 4..].to_vec()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Forwards requests to the mock and changes its answers by `seed`; 0 changes nothing.
async fn serve(mut client: TcpStream, mock: SocketAddr, seed: &AtomicU64) -> Option<()> {
    loop {
        let (head, body) = message(&mut client).await?;
        let mut server = TcpStream::connect(mock).await.ok()?;
        let request = [head.as_bytes(), b"\r\n\r\n", &body].concat();
        server.write_all(&request).await.ok()?;
        let (head, mut body) = message(&mut server).await?;
        let seed = seed.load(Ordering::Relaxed);
        if seed != 0 {
            body = Mutator::new(seed ^ body.len() as u64).bytes(&body);
        }
        let is_length = |line: &&str| line.to_lowercase().starts_with("content-length:");
        let kept: Vec<&str> = head.lines().filter(|line| !is_length(line)).collect();
        let head = format!(
            "{}\r\nContent-Length: {}\r\n\r\n",
            kept.join("\r\n"),
            body.len()
        );
        client.write_all(head.as_bytes()).await.ok()?;
        client.write_all(&body).await.ok()?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_answers_make_rows_or_faults() {
    let mock = Mock::start(Options::new(Scenario::find("weekend-spike").unwrap())).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (addr, seed) = (mock.addr(), Arc::new(AtomicU64::new(0)));
    let current = seed.clone();
    let proxy = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let current = current.clone();
            tokio::spawn(async move { serve(client, addr, &current).await });
        }
    });
    let sessions = open(&url, &["us-east-1"]).await;
    let virtual_clock = mock.clock();
    let clock = Clock::new(move || virtual_clock.now());
    for case in seeds(3) {
        seed.store(case + 1, Ordering::Relaxed);
        let mut inventory = Inventory::new(collectors::metas(), Thresholds::default());
        let polls = poll(&sessions, &clock, None);
        let reports = tokio::time::timeout(Duration::from_mins(2), polls).await;
        for (listed, measured) in reports.unwrap_or_else(|_| panic!("seed {case} hangs")) {
            for fault in listed.faults.iter().chain(&measured.faults) {
                assert!(!fault.message.trim().is_empty(), "seed {case}: {fault:?}");
            }
            inventory.apply(listed, clock.now());
            inventory.apply(measured, clock.now());
        }
    }
    proxy.abort();
    // A changed token or id makes the client send invalid requests: no mistake of the mock.
    mock.take_mismatches();
    mock.stop().await;
}
