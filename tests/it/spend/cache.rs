//! The pages of the bill on disk: none is read twice in six hours.

use super::{DEALS, cell, source, spend, start};
use spendtop::{
    aws::{Clock, Session},
    collectors::{PollKind, SpendSettings},
    domain::Report,
    mock::Mock,
};
use std::path::PathBuf;

/// A mock, and a folder for the pages.
struct Bills {
    mock: Mock,
    sessions: Vec<Session>,
    clock: Clock,
    folder: tempfile::TempDir,
}

impl Bills {
    async fn new() -> Self {
        let (mock, sessions, clock) = start(DEALS).await;
        let folder = tempfile::tempdir().unwrap();
        Self {
            mock,
            sessions,
            clock,
            folder,
        }
    }

    fn settings(&self) -> SpendSettings {
        SpendSettings {
            cache: Some(self.folder.path().join("bills")),
            ..SpendSettings::default()
        }
    }

    fn settings_by_env(&self) -> SpendSettings {
        SpendSettings {
            showback: vec!["env".into()],
            ..self.settings()
        }
    }

    /// The report of a console that has just started.
    async fn read(&self) -> Report {
        spend(&self.sessions, &self.clock, self.settings()).await
    }

    /// The Cost Explorer requests so far.
    fn asked(&self) -> Vec<String> {
        let calls = self.mock.calls().into_iter();
        calls
            .filter(|call| call.service == "ce")
            .map(|call| call.operation)
            .collect()
    }

    /// The months of all rows.
    fn months(&self, report: &Report) -> Vec<f64> {
        let month = |row| cell(row, "month", self.clock.now()).number().unwrap();
        report.rows.iter().map(month).collect()
    }

    /// Asserts that both reports have the same months. That of a budget grows by the second.
    #[track_caller]
    fn assert_same(&self, one: &Report, other: &Report) {
        let (one, other) = (self.months(one), self.months(other));
        let is_same = one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1.0);
        assert!(is_same && one.len() == other.len(), "{one:?}, {other:?}");
    }

    /// The only file of pages.
    fn file(&self) -> PathBuf {
        let files: Vec<_> = std::fs::read_dir(self.folder.path().join("bills"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        let [file] = files.as_slice() else {
            panic!("{files:?}")
        };
        file.clone()
    }
}

#[tokio::test]
async fn second_start_and_second_poll_ask_nothing() {
    let bills = Bills::new().await;
    let first = bills.read().await;
    let asked = bills.asked().len();
    assert!(asked > 0 && asked <= 10, "{asked} pages");
    let mut again = source(&bills.sessions, &bills.clock, bills.settings());
    let report = again.poll(PollKind::Inventory).await;
    bills.assert_same(&report, &first);
    assert_eq!(bills.asked().len(), asked, "the second start asks nothing");
    again.poll(PollKind::Inventory).await;
    assert_eq!(
        bills.asked().len(),
        asked,
        "who asks again is answered with what is known"
    );
    bills.mock.stop().await;
}

#[tokio::test]
async fn of_two_starts_at_the_same_time_one_asks() {
    let alone = Bills::new().await;
    alone.read().await;
    let bills = Bills::new().await;
    let (one, other) = tokio::join!(bills.read(), bills.read());
    assert_eq!(bills.asked().len(), alone.asked().len());
    bills.assert_same(&one, &other);
    alone.mock.stop().await;
    bills.mock.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_may_read_the_pages() {
    use std::os::unix::fs::PermissionsExt;
    let bills = Bills::new().await;
    bills.read().await;
    let permissions = std::fs::metadata(bills.file()).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);
    bills.mock.stop().await;
}

#[tokio::test]
async fn another_tag_key_asks_once_and_a_later_hour_asks_everything() {
    let bills = Bills::new().await;
    bills.read().await;
    let first = bills.asked();
    spend(&bills.sessions, &bills.clock, bills.settings_by_env()).await;
    assert_eq!(bills.asked().len(), first.len() + 1);
    let clock = bills.clock.clone();
    let later = Clock::new(move || clock.now() + jiff::SignedDuration::from_hours(7));
    spend(&bills.sessions, &later, bills.settings_by_env()).await;
    let again = bills.asked().split_off(first.len() + 1);
    let distinct = |mut operations: Vec<String>| {
        operations.sort_unstable();
        operations.dedup();
        operations
    };
    assert_eq!(distinct(again), distinct(first), "all of them again");
    bills.mock.stop().await;
}

#[tokio::test]
async fn unreadable_pages_are_read_again() {
    let bills = Bills::new().await;
    bills.read().await;
    let asked = bills.asked().len();
    std::fs::write(bills.file(), "{").unwrap();
    assert!(bills.read().await.complete);
    assert!(bills.asked().len() > asked);
    bills.mock.stop().await;
}
