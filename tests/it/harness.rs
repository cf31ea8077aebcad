//! The event loop on a backend that publishes each frame. Tests wait for content, never for time.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use futures_util::stream;
use ratatui::{
    Terminal,
    backend::{Backend, ClearType, TestBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use spendtop::{
    app::{
        commands::snapshot,
        session::{
            connect::ConnectOptions,
            event_loop::{ConnectFuture, Console, SessionEnd, TerminalControl},
            file_tasks::FileTasks,
            schedule_store::ScheduleFile,
        },
    },
    aws::{Clock, SessionSettings, StaticCredentials},
    collectors,
    domain::{ScheduledPlan, Timestamp},
    engine::{Journal, WaiterConfig, config::Config},
    inventory::{Inventory, guards::Guards},
    mock::{FaultRule, Mock, Options, Scenario},
    pricing::Prices,
    rules::Thresholds,
    screen::{
        App, Prefs, Setup,
        input::keymap::Keymap,
        state::access::Access,
        theme::{ColorSupport, Theme},
    },
};
use std::{
    convert::Infallible,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

/// Enough for a debug build on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

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
        Self::start(Scenario::find(name).unwrap(), false, true)
    }

    /// A console on the scenario in the file at `path`.
    pub(crate) fn from_file(path: &str) -> Self {
        Self::start(
            Scenario::parse(&std::fs::read_to_string(path).unwrap(), path).unwrap(),
            false,
            true,
        )
    }

    /// A console on `scenario`.
    pub(crate) fn from_scenario(scenario: Scenario) -> Self {
        Self::start(scenario, false, true)
    }

    /// A console that never finishes connecting.
    pub(crate) fn unconnected(name: &str) -> Self {
        Self::start(Scenario::find(name).unwrap(), false, false)
    }

    pub(crate) fn read_only(name: &str) -> Self {
        Self::start(Scenario::find(name).unwrap(), true, true)
    }

    /// A console that finds `earlier_schedules`, written for the mock's time, in its state folder.
    pub(crate) fn with_schedules(
        name: &str,
        earlier_schedules: impl Fn(Timestamp) -> String,
    ) -> Self {
        Self::start_with_schedules(
            Scenario::find(name).unwrap(),
            false,
            true,
            earlier_schedules,
        )
    }

    /// A console with fault `rules` from its first call on.
    pub(crate) fn with_faults(name: &str, rules: Vec<FaultRule>) -> Self {
        Self::start_with_faults(
            Scenario::find(name).unwrap(),
            false,
            true,
            |_| String::new(),
            rules,
        )
    }

    fn start(scenario: Scenario, read_only: bool, connects: bool) -> Self {
        Self::start_with_schedules(scenario, read_only, connects, |_| String::new())
    }

    fn start_with_schedules(
        scenario: Scenario,
        read_only: bool,
        connects: bool,
        earlier_schedules: impl Fn(Timestamp) -> String,
    ) -> Self {
        Self::start_with_faults(scenario, read_only, connects, earlier_schedules, Vec::new())
    }

    fn start_with_faults(
        scenario: Scenario,
        read_only: bool,
        connects: bool,
        earlier_schedules: impl Fn(Timestamp) -> String,
        rules: Vec<FaultRule>,
    ) -> Self {
        let mock = Mock::start(Options {
            pace: 0.01,
            ..Options::new(scenario)
        })
        .unwrap();
        for rule in rules {
            mock.add_fault(rule);
        }
        let folder = tempfile::tempdir().unwrap();
        let schedules = folder.path().join("schedules.jsonl");
        let (keys, key_receiver) = mpsc::unbounded_channel();
        let (frame_sender, frames) = watch::channel(String::new());
        let size = (160, 50);
        let virtual_clock = mock.clock();
        let clock = Clock::new(move || virtual_clock.now());
        let journal = Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana"));
        let earlier = earlier_schedules(clock.now());
        std::fs::write(&schedules, &earlier).unwrap();
        let earlier: Vec<ScheduledPlan> = earlier
            .lines()
            .filter_map(|line| {
                let mut line: serde_json::Value = serde_json::from_str(line).ok()?;
                serde_json::from_value(line["plan"].take()).ok()
            })
            .collect();
        journal.record_scheduled(&earlier, clock.now()).unwrap();
        // As the screen's own: without guards.
        let mut config = Config::default();
        config.builtin_guards = Some(false);
        let plan = ConnectOptions {
            prices: Prices::embedded(),
            settings: SessionSettings {
                regions: mock.simulation().regions.clone(),
                endpoint_url: Some(mock.url()),
                keys: Some(StaticCredentials::demo()),
                ..SessionSettings::default()
            },
            config,
            read_only,
            journal: journal.clone(),
            clock: clock.clone(),
            waiter: WaiterConfig {
                initial_interval: Duration::from_millis(50),
                max_interval: Duration::from_millis(400),
                ambiguity_timeout: Duration::from_secs(3),
                controller_watch: Duration::from_secs(3),
                ..WaiterConfig::default()
            },
            bills: None,
            label: "demo".to_owned(),
            identity_retry: Duration::from_millis(200),
        };
        let copied_texts = Arc::<Mutex<Vec<String>>>::default();
        let console = Console {
            terminal: Terminal::new(FrameBackend {
                inner: TestBackend::new(size.0, size.1),
                frame_sender,
            })
            .unwrap(),
            input: Box::pin(stream::unfold(key_receiver, async |mut key_receiver| {
                key_receiver.recv().await.map(|event| (event, key_receiver))
            })),
            terminal_control: Clipboard(copied_texts.clone()),
            app: app(clock.now(), size, read_only),
            clock: clock.clone(),
            file_tasks: FileTasks::new(journal.clone(), clock, None, folder.path().to_owned())
                .with_schedule_file(ScheduleFile::File(schedules)),
        };
        let connect: ConnectFuture = if connects {
            plan.connect()
        } else {
            Box::pin(std::future::pending())
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

fn app(now: Timestamp, size: (u16, u16), read_only: bool) -> App {
    App::new(Setup {
        inventory: Inventory::new(collectors::metas(), Thresholds::default()),
        keymap: Keymap::default(),
        themes: Theme::shipped(),
        theme: 0,
        color_support: ColorSupport::True,
        read_only,
        may_write: !read_only,
        access: Access::default(),
        guards: Guards::default(),
        title: "demo".to_owned(),
        locations: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        journal: None,
        prefs: Prefs::default(),
        now,
        size,
    })
}

/// Terminal control that records copied texts.
struct Clipboard(Arc<Mutex<Vec<String>>>);

impl TerminalControl for Clipboard {
    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().push(text.to_owned());
        Ok(())
    }
}

/// A backend that publishes every complete frame.
struct FrameBackend {
    inner: TestBackend,
    frame_sender: watch::Sender<String>,
}

impl Backend for FrameBackend {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.inner.draw(content)
    }
    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.inner.hide_cursor()
    }
    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.inner.show_cursor()
    }
    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        self.inner.get_cursor_position()
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.inner.set_cursor_position(position)
    }
    fn clear(&mut self) -> Result<(), Infallible> {
        self.inner.clear()
    }
    fn clear_region(&mut self, region: ClearType) -> Result<(), Infallible> {
        self.inner.clear_region(region)
    }
    fn size(&self) -> Result<Size, Infallible> {
        self.inner.size()
    }
    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.inner.window_size()
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        self.frame_sender
            .send_replace(snapshot::text(self.inner.buffer()));
        self.inner.flush()
    }
}
