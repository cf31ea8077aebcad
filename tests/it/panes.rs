//! Every pane and the costs, asked over HTTP the way the console asks them.
//!
//! Must not know how a pane collects.

use spendtop::{
    aws::{Clock, Keys, Session, Settings, sessions},
    domain::{Record, Report, Stamp},
    panes::{self, Poll},
    pricing::Prices,
};
use std::time::{Duration, Instant};

/// Sessions on `url` with keys that open nothing else.
async fn open(url: &str, regions: &[&str]) -> Vec<Session> {
    let settings = Settings {
        regions: regions.iter().map(ToString::to_string).collect(),
        endpoint_url: Some(url.to_owned()),
        keys: Some(Keys::demo()),
        ..Settings::default()
    };
    sessions(&settings).await.expect("sessions open")
}

/// Each source's reports after its inventory and after its metrics, the one `pane` or all.
async fn poll(sessions: &[Session], clock: &Clock, pane: Option<&str>) -> Vec<(Report, Report)> {
    let sources = panes::sources(sessions, Prices::embedded(), clock, &[]);
    let wanted = sources.into_iter().filter(|source| pane.is_none_or(|pane| source.id().pane == pane));
    let polls = wanted.map(|mut source| async move { (source.poll(Poll::Inventory).await, source.poll(Poll::Metrics).await) });
    futures_util::future::join_all(polls).await
}

fn show(report: &Report, now: Stamp) -> String {
    let metas = panes::metas();
    let meta = metas.iter().find(|meta| meta.id == report.source.pane).unwrap();
    let mut text = format!("{} {} complete={}\n", report.source.pane, report.source.place.region, report.complete);
    for fault in &report.faults {
        text += &format!("  ! {fault}\n");
    }
    for row in &report.rows {
        let cells = meta.fields.iter().map(|field| {
            let value = field.value(row, now);
            let text = match &value {
                spendtop::domain::Value::Unknown(why) => format!("?({why})"),
                value => value.show().into_owned(),
            };
            format!("{}={text}", field.id)
        });
        text += &format!("  - {}\n", cells.collect::<Vec<_>>().join(" "));
        for offered in &row.head.offers {
            text += &format!("      {}: {:?}\n", offered.verb, offered.offer.why().map_or("offered", |why| &why.0));
        }
    }
    text
}

/// For any emulator: nothing panics or hangs, and every source shows rows or says why it has none.
#[tokio::test]
#[ignore = "needs an AWS emulator at SPENDTOP_TEST_ENDPOINT"]
async fn an_emulator_that_lacks_much_is_shown_with_badges() {
    let url = std::env::var("SPENDTOP_TEST_ENDPOINT").expect("SPENDTOP_TEST_ENDPOINT");
    let begun = Instant::now();
    let sessions = open(&url, &["us-east-1"]).await;
    println!("{:?} unidentified: {:?}", sessions[0].place, sessions[0].unidentified);
    let clock = Clock::system();
    for (listed, measured) in poll(&sessions, &clock, None).await {
        println!("{}", show(&measured, clock.now()));
        assert!(listed.complete || !listed.faults.is_empty());
        assert_eq!(listed.rows.len(), measured.rows.len());
    }
    for mut source in panes::costs(&sessions, &clock) {
        println!("{:?}", source.poll().await);
    }
    println!("{} requests, {:#}, {:?}", sessions[0].calls.requests(), sessions[0].calls.dollars(), begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(120));
}

/// Nobody listens: every source is a network fault, soon.
#[tokio::test]
async fn an_endpoint_that_nobody_serves_is_a_fault_everywhere() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let sessions = open(&url, &["us-east-1"]).await;
    assert_eq!(sessions[0].place.account.as_ref(), "-");
    assert!(sessions[0].unidentified.is_some());
    for (listed, _) in poll(&sessions, &Clock::system(), Some("gpus")).await {
        assert!(!listed.complete && listed.rows.is_empty());
        assert_eq!(listed.faults[0].kind, spendtop::domain::FaultKind::Network, "{:?}", listed.faults);
    }
}

fn _named<'a>(report: &'a Report, name: &str) -> Option<&'a Record> {
    report.rows.iter().find(|row| row.head.name.as_ref() == name)
}
