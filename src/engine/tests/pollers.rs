//! The pollers: order, requests, and faults of a source.

use super::*;
use crate::domain::{Freshness, Report};

#[tokio::test]
async fn source_polls_inventory_before_metrics() {
    let source = CountingSource::new("gpus", Duration::from_hours(1), |_, report| report);
    let polls = source.polls.clone();
    let mut harness = Harness::new(None, vec![Box::new(source)]);
    for _ in 0..2 {
        assert!(matches!(
            timeout(TIMEOUT, harness.events.recv()).await.unwrap(),
            Some(Event::Report(_))
        ));
    }
    assert_eq!(
        *polls.lock().unwrap(),
        [PollKind::Inventory, PollKind::Metrics]
    );
}

#[tokio::test]
async fn manual_poll_reaches_the_named_pane_only() {
    let every = Duration::from_secs(6);
    let sources: [Box<dyn Source>; 2] = ["gpus", "notebooks"].map(|pane| {
        Box::new(CountingSource::new(pane, every, |_, report| report)) as Box<dyn Source>
    });
    let mut harness = Harness::new(None, sources.into());
    for _ in 0..4 {
        timeout(TIMEOUT, harness.events.recv())
            .await
            .unwrap()
            .unwrap();
    }
    harness.engine.poll(Some("notebooks"));
    let asked = std::time::Instant::now();
    for _ in 0..2 {
        let Some(Event::Report(report)) = timeout(TIMEOUT, harness.events.recv()).await.unwrap()
        else {
            panic!()
        };
        assert_eq!(report.source.pane, "notebooks");
    }
    assert!(asked.elapsed() < every / 2, "{:?}", asked.elapsed());
}

#[tokio::test]
async fn running_action_polls_its_source_again() {
    let source = CountingSource::new("gpus", Duration::from_hours(1), |_, report| report);
    let backend =
        Script::default().states("i-1", [Ok(observed("running")), Ok(observed("stopping"))]);
    let pace = WaiterConfig {
        timeout: TIMEOUT,
        max_interval: Duration::from_millis(200),
        ..fast_waiter()
    };
    let mut harness = Harness::with_waiter(Some(backend), vec![Box::new(source)], pace);
    for _ in 0..2 {
        timeout(TIMEOUT, harness.events.recv())
            .await
            .unwrap()
            .unwrap();
    }
    harness.engine.submit(confirmed(&["i-1"])).unwrap();
    loop {
        if let Event::Report(_) = timeout(TIMEOUT, harness.events.recv())
            .await
            .unwrap()
            .unwrap()
        {
            break;
        }
    }
}

/// After an outage the wait of a source is 15 s at least; the answer to another one ends it.
#[tokio::test]
async fn recovered_source_wakes_those_in_an_outage() {
    let out = |number: usize, report: Report| Report {
        freshness: if number == 1 {
            Freshness::failed(None)
        } else {
            report.freshness
        },
        ..report
    };
    let sources: [Box<dyn Source>; 2] = [
        ("gpus", Duration::from_hours(1)),
        ("notebooks", Duration::from_millis(50)),
    ]
    .map(|(pane, every)| Box::new(CountingSource::new(pane, every, out)) as Box<dyn Source>);
    let mut harness = Harness::new(None, sources.into());
    let start = std::time::Instant::now();
    let mut polls = 0;
    while polls < 2 {
        let event = timeout(TIMEOUT, harness.events.recv()).await.unwrap();
        if let Some(Event::Report(report)) = event
            && report.source.pane == "gpus"
        {
            polls += 1;
        }
    }
    assert!(
        start.elapsed() < Duration::from_secs(12),
        "{:?}",
        start.elapsed()
    );
}

/// Whether the source of a report is complete in the store.
fn is_complete(report: &crate::inventory::AppliedReport) -> bool {
    report.store.health("gpus")[0].1.complete
}

#[tokio::test]
async fn panicking_source_reports_a_fault_and_is_polled_again() {
    let source = CountingSource::new("gpus", Duration::from_millis(10), |number, report| {
        assert_ne!(number, 1, "as scripted");
        report
    });
    let mut harness = Harness::new(None, vec![Box::new(source)]);
    let Some(Event::Report(report)) = timeout(TIMEOUT, harness.events.recv()).await.unwrap() else {
        panic!()
    };
    assert_eq!(
        (is_complete(&report), report.faults[0].kind),
        (false, FaultKind::Broken)
    );
    let Some(Event::Report(report)) = timeout(TIMEOUT, harness.events.recv()).await.unwrap() else {
        panic!()
    };
    assert!(is_complete(&report));
}

#[tokio::test]
async fn closed_channel_ends_the_pollers() {
    let source = CountingSource::new("gpus", Duration::from_millis(1), |_, report| report);
    let mut harness = Harness::new(None, vec![Box::new(source)]);
    timeout(TIMEOUT, harness.events.recv())
        .await
        .unwrap()
        .unwrap();
    drop(harness.events);
    timeout(TIMEOUT, harness.engine.tasks.join_next())
        .await
        .unwrap();
}
