//! The event loop on a backend that publishes each frame. Tests wait for content, never for time.

mod terminal;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::stream;
use ratatui::{Terminal, backend::TestBackend};
use spendtop::{
    app::session::{
        connect::ConnectOptions,
        event_loop::{ConnectFuture, Console, SessionEnd},
        file_tasks::FileTasks,
        schedule_store::ScheduleFile,
    },
    aws::{Clock, SessionSettings, StaticCredentials, organization::OrganizationSettings},
    collectors,
    domain::{ScheduledPlan, Timestamp},
    engine::{Journal, WaiterConfig, config::Config},
    inventory::Inventory,
    mock::{FaultRule, Mock, Options, Scenario},
    pricing::Prices,
    rules::Thresholds,
    screen::{App, Setup},
};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use terminal::{Clipboard, FrameBackend};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// Enough for a debug build on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Columns and rows of the terminal.
const SIZE: (u16, u16) = (160, 50);

/// A console on a mock.
pub(crate) struct Harness {
    pub mock: Mock,
    pub copied_texts: Arc<Mutex<Vec<String>>>,
    keys: mpsc::UnboundedSender<io::Result<Event>>,
    frames: watch::Receiver<String>,
    task: JoinHandle<SessionEnd<Clipboard>>,
    folder: tempfile::TempDir,
}

impl Harness {
    /// A console on the shipped scenario `name`; changes take a hundredth of their duration.
    pub(crate) fn new(name: &str) -> Self {
        Self::from_scenario(Scenario::find(name).unwrap())
    }

    /// A console on the scenario in the file at `path`.
    pub(crate) fn from_file(path: &str) -> Self {
        Self::from_scenario(Scenario::parse(&std::fs::read_to_string(path).unwrap(), path).unwrap())
    }

    /// A console on `scenario`.
    pub(crate) fn from_scenario(scenario: Scenario) -> Self {
        Self::start(Start::new(scenario))
    }

    /// A console that never finishes connecting.
    pub(crate) fn unconnected(name: &str) -> Self {
        Self::start(Start {
            connects: false,
            ..Start::find(name)
        })
    }

    pub(crate) fn read_only(name: &str) -> Self {
        Self::start(Start {
            read_only: true,
            ..Start::find(name)
        })
    }

    /// A console that finds `earlier_schedules`, written for the mock's time, in its state folder.
    pub(crate) fn with_schedules(name: &str, earlier_schedules: fn(Timestamp) -> String) -> Self {
        Self::start(Start {
            earlier_schedules,
            ..Start::find(name)
        })
    }

    /// A console with fault `rules` from its first call on.
    pub(crate) fn with_faults(name: &str, rules: Vec<FaultRule>) -> Self {
        Self::start(Start {
            rules,
            ..Start::find(name)
        })
    }

    fn start(start: Start) -> Self {
        let mock = start_mock(start.scenario, start.rules);
        let folder = tempfile::tempdir().unwrap();
        let (keys, key_receiver) = mpsc::unbounded_channel();
        let (frame_sender, frames) = watch::channel(String::new());
        let virtual_clock = mock.clock();
        let clock = Clock::new(move || virtual_clock.now());
        let journal = Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana"));
        let schedules = folder.path().join("schedules.jsonl");
        let earlier = (start.earlier_schedules)(clock.now());
        write_schedules(&schedules, &earlier, &journal, clock.now());
        let connect: ConnectFuture = if start.connects {
            connect_options(&mock, &clock, journal.clone(), start.read_only).connect()
        } else {
            Box::pin(std::future::pending())
        };
        let copied_texts = Arc::<Mutex<Vec<String>>>::default();
        let console = Console {
            terminal: Terminal::new(FrameBackend {
                inner: TestBackend::new(SIZE.0, SIZE.1),
                frame_sender,
            })
            .unwrap(),
            input: Box::pin(stream::unfold(key_receiver, async |mut key_receiver| {
                key_receiver.recv().await.map(|event| (event, key_receiver))
            })),
            terminal_control: Clipboard(copied_texts.clone()),
            app: app(clock.now(), start.read_only),
            clock: clock.clone(),
            file_tasks: FileTasks::new(journal, clock, None, folder.path().to_owned())
                .with_schedule_file(ScheduleFile::File(schedules)),
        };
        let task = tokio::spawn(console.run(connect, std::future::pending()));
        Self {
            mock,
            copied_texts,
            keys,
            frames,
            task,
            folder,
        }
    }

    /// Types `text`, one key per character.
    pub(crate) fn type_text(&self, text: &str) {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
    }

    /// Types `text` and presses enter.
    pub(crate) fn enter(&self, text: &str) {
        self.type_text(text);
        self.press(KeyCode::Enter);
    }

    pub(crate) fn press(&self, code: KeyCode) {
        self.keys
            .send(Ok(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))))
            .unwrap();
    }

    /// Refreshes the focused pane.
    pub(crate) fn refresh(&self) {
        self.keys
            .send(Ok(Event::Key(KeyEvent::new(
                KeyCode::Char('r'),
                KeyModifiers::CONTROL,
            ))))
            .unwrap();
    }

    /// Waits until the mock satisfies `condition`; checks at each frame.
    pub(crate) async fn wait_for_mock(&mut self, what: &str, condition: impl Fn(&Mock) -> bool) {
        let Self { mock, frames, .. } = self;
        let found = tokio::time::timeout(TIMEOUT, frames.wait_for(|_| condition(mock)))
            .await
            .is_ok();
        assert!(found, "no {what} in:\n{}", *frames.borrow());
    }

    /// Waits until a frame satisfies `condition`.
    pub(crate) async fn wait(&mut self, what: &str, condition: impl Fn(&str) -> bool) -> String {
        let found = tokio::time::timeout(TIMEOUT, self.frames.wait_for(|frame| condition(frame)))
            .await
            .map(|frame| frame.unwrap().clone());
        found.unwrap_or_else(|_| panic!("no {what} in:\n{}", *self.frames.borrow()))
    }

    pub(crate) async fn wait_for(&mut self, text: &str) -> String {
        self.wait(text, |frame| frame.contains(text)).await
    }

    /// Waits for a line that has all of `words`.
    pub(crate) async fn wait_for_line(&mut self, words: &[&str]) -> String {
        let what = format!("line with {words:?}");
        self.wait(&what, |frame| has_line(frame, words)).await
    }

    /// Confirms the open dialog once its preflight checks have ended.
    pub(crate) async fn confirm(&mut self) {
        let is_ready = |frame: &str| {
            frame.contains("re-checked") && !frame.contains("Running preflight checks")
        };
        self.wait("dialog with ended preflight checks", is_ready)
            .await;
        self.type_text("y");
    }

    /// Quits, and waits until the engine and the mock have ended.
    pub(crate) async fn quit(self) -> App {
        self.type_text("q");
        // Answers the quit dialog, which opens if the last status of an action has not arrived.
        let yes = KeyEvent::new(KeyCode::Char('y'), KeyModifiers::NONE);
        drop(self.keys.send(Ok(Event::Key(yes))));
        let Ok(session_end) = tokio::time::timeout(TIMEOUT, self.task).await else {
            panic!("it does not leave:\n{}", *self.frames.borrow())
        };
        let session_end = session_end.unwrap();
        if let Some(engine) = session_end.engine {
            tokio::time::timeout(TIMEOUT, engine.shutdown())
                .await
                .unwrap();
        }
        self.mock.stop().await;
        session_end.app
    }

    /// Waits until the journal satisfies `condition`; checks at each frame.
    pub(crate) async fn wait_for_journal(
        &mut self,
        what: &str,
        condition: impl Fn(&[String]) -> bool,
    ) {
        let path = self.path("journal.jsonl");
        self.wait(what, |_| condition(&journal_events(&path))).await;
    }

    /// Waits until the action on the resource `id` has succeeded.
    pub(crate) async fn wait_until_succeeded(&mut self, id: &str) {
        let line = format!("{id} succeeded");
        self.wait_for_journal(&line, |lines| lines.contains(&line))
            .await;
    }

    /// The journalled events as `id event`.
    pub(crate) fn journal_events(&self) -> Vec<String> {
        journal_events(&self.path("journal.jsonl"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Whether one line of `frame` has all of `words`.
pub(crate) fn has_line(frame: &str, words: &[&str]) -> bool {
    frame
        .lines()
        .any(|line| words.iter().all(|word| line.contains(word)))
}

/// Number of succeeded actions in the journalled events.
pub(crate) fn count_succeeded(events: &[String]) -> usize {
    events
        .iter()
        .filter(|event| event.ends_with(" succeeded"))
        .count()
}

fn journal_events(journal: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(journal).unwrap_or_default();
    let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
    let line = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        format!(
            "{} {}",
            line["id"].as_str().unwrap(),
            line["event"].as_str().unwrap()
        )
    };
    complete.lines().map(line).collect()
}

/// How a console and its mock start.
struct Start {
    scenario: Scenario,
    read_only: bool,
    connects: bool,
    /// The text of `schedules.jsonl` at a time of the mock.
    earlier_schedules: fn(Timestamp) -> String,
    rules: Vec<FaultRule>,
}

impl Start {
    fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            read_only: false,
            connects: true,
            earlier_schedules: |_| String::new(),
            rules: Vec::new(),
        }
    }

    fn find(name: &str) -> Self {
        Self::new(Scenario::find(name).unwrap())
    }
}

fn start_mock(scenario: Scenario, rules: Vec<FaultRule>) -> Mock {
    let options = Options {
        pace: 0.01,
        ..Options::new(scenario)
    };
    let mock = Mock::start(options).unwrap();
    for rule in rules {
        mock.add_fault(rule);
    }
    mock
}

/// Writes the lines of `earlier` and their entries in the journal.
fn write_schedules(path: &Path, earlier: &str, journal: &Journal, now: Timestamp) {
    std::fs::write(path, earlier).unwrap();
    let plan = |line: &str| -> Option<ScheduledPlan> {
        let mut line: serde_json::Value = serde_json::from_str(line).ok()?;
        serde_json::from_value(line["plan"].take()).ok()
    };
    let plans: Vec<ScheduledPlan> = earlier.lines().filter_map(plan).collect();
    journal.record_scheduled(&plans, now).unwrap();
}

/// How the console connects to `mock`; to all accounts of its organization, if it has one.
pub(crate) fn connect_options(
    mock: &Mock,
    clock: &Clock,
    journal: Arc<Journal>,
    read_only: bool,
) -> ConnectOptions {
    // As the screen's own: without guards.
    let mut config = Config::default();
    config.builtin_guards = Some(false);
    let trust = mock.organization().trust();
    let organization = trust.map(|(role, external_id)| OrganizationSettings {
        role: role.to_owned(),
        external_id: external_id.map(str::to_owned),
        ..OrganizationSettings::default()
    });
    let mut regions = mock.simulation().regions.clone();
    if organization.is_some() {
        regions.truncate(1);
    }
    ConnectOptions {
        prices: Prices::embedded(),
        settings: SessionSettings {
            regions,
            organization,
            endpoint_url: Some(mock.url()),
            keys: Some(StaticCredentials::demo()),
            ..SessionSettings::default()
        },
        config,
        read_only,
        journal,
        clock: clock.clone(),
        waiter: WaiterConfig {
            initial_interval: Duration::from_millis(50),
            max_interval: Duration::from_millis(400),
            ambiguity_timeout: Duration::from_secs(3),
            controller_watch: Duration::from_secs(3),
            ..WaiterConfig::default()
        },
        bills: None,
        metrics: None,
        label: "demo".to_owned(),
        identity_retry: Duration::from_millis(200),
    }
}

fn app(now: Timestamp, read_only: bool) -> App {
    let inventory = Inventory::new(collectors::metas(), Thresholds::default());
    App::new(Setup {
        read_only,
        may_write: !read_only,
        title: "demo".to_owned(),
        ..Setup::new(inventory, now, SIZE)
    })
}
