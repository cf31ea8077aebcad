//! The real loop on a backend that can be watched: keys go in, frames come out. Content is waited
//! for, never time.

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
    domain::Timestamp,
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

/// Long enough for a debug build on a busy machine.
const SOON: Duration = Duration::from_mins(1);

/// A console on a mock world.
pub struct Rig {
    pub mock: Mock,
    pub copied: Arc<Mutex<Vec<String>>>,
    keys: mpsc::UnboundedSender<io::Result<Event>>,
    frames: watch::Receiver<String>,
    task: JoinHandle<SessionEnd>,
    folder: tempfile::TempDir,
}

impl Rig {
    /// The console on the shipped scenario `name`, whose changes take a hundredth of their time.
    pub fn new(name: &str) -> Self {
        Self::with(Scenario::find(name).unwrap(), false, true)
    }

    /// The console on the scenario in the file at `path`.
    pub fn of_file(path: &str) -> Self {
        Self::with(
            Scenario::parse(&std::fs::read_to_string(path).unwrap(), path).unwrap(),
            false,
            true,
        )
    }

    /// The console on a scenario of a test's own.
    pub fn of(scenario: Scenario) -> Self {
        Self::with(scenario, false, true)
    }

    /// A console whose connecting never comes to an end.
    pub fn unconnected(name: &str) -> Self {
        Self::with(Scenario::find(name).unwrap(), false, false)
    }

    pub fn read_only(name: &str) -> Self {
        Self::with(Scenario::find(name).unwrap(), true, true)
    }

    /// A console that finds `kept` of an earlier one in its state folder, as of this mock's time.
    pub fn with_later(name: &str, kept: impl Fn(Timestamp) -> String) -> Self {
        Self::on(Scenario::find(name).unwrap(), false, true, kept)
    }

    /// A console whose very first calls meet `rules`.
    pub fn with_faults(name: &str, rules: Vec<FaultRule>) -> Self {
        Self::begun(
            Scenario::find(name).unwrap(),
            false,
            true,
            |_| String::new(),
            rules,
        )
    }

    fn with(scenario: Scenario, read_only: bool, connects: bool) -> Self {
        Self::on(scenario, read_only, connects, |_| String::new())
    }

    fn on(
        scenario: Scenario,
        read_only: bool,
        connects: bool,
        kept: impl Fn(Timestamp) -> String,
    ) -> Self {
        Self::begun(scenario, read_only, connects, kept, Vec::new())
    }

    fn begun(
        scenario: Scenario,
        read_only: bool,
        connects: bool,
        kept: impl Fn(Timestamp) -> String,
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
        std::fs::write(&schedules, kept(mock.clock().now())).unwrap();
        let (keys, typed) = mpsc::unbounded_channel();
        let (shown, frames) = watch::channel(String::new());
        let size = (160, 50);
        let virtual_clock = mock.clock();
        let clock = Clock::new(move || virtual_clock.now());
        let journal = Arc::new(Journal::at(folder.path().join("journal.jsonl"), "ana"));
        let plan = ConnectOptions {
            prices: Prices::embedded(),
            settings: SessionSettings {
                regions: mock.simulation().regions.clone(),
                endpoint_url: Some(mock.url()),
                keys: Some(StaticCredentials::demo()),
                ..SessionSettings::default()
            },
            config: Config::default(),
            read_only,
            journal: journal.clone(),
            clock: clock.clone(),
            waiter: WaiterConfig {
                initial_interval: Duration::from_millis(50),
                max_interval: Duration::from_millis(400),
                ambiguity_timeout: Duration::from_secs(3),
                ..WaiterConfig::default()
            },
            bills: None,
            label: "demo".to_owned(),
        };
        let copied = Arc::<Mutex<Vec<String>>>::default();
        let console = Console {
            terminal: Terminal::new(Watched {
                inner: TestBackend::new(size.0, size.1),
                shown,
            })
            .unwrap(),
            input: Box::pin(stream::unfold(typed, async |mut typed| {
                typed.recv().await.map(|event| (event, typed))
            })),
            terminal_control: Clipboard(copied.clone()),
            app: app(clock.now(), size, read_only),
            clock,
            file_tasks: FileTasks::new(journal.path().to_owned(), None, folder.path().to_owned())
                .with_schedule_file(ScheduleFile::File(schedules)),
        };
        let connect: ConnectFuture = if connects {
            Box::pin(plan.connect())
        } else {
            Box::pin(std::future::pending())
        };
        let task = tokio::spawn(console.run(connect, std::future::pending()));
        Self {
            mock,
            copied,
            keys,
            frames,
            task,
            folder,
        }
    }

    /// Types `text`, a key a character.
    pub fn type_text(&self, text: &str) {
        for c in text.chars() {
            self.press(KeyCode::Char(c));
        }
    }

    pub fn press(&self, code: KeyCode) {
        self.keys
            .send(Ok(Event::Key(KeyEvent::new(code, KeyModifiers::NONE))))
            .unwrap();
    }

    /// Has everything of the focused pane read again.
    pub fn refresh(&self) {
        self.keys
            .send(Ok(Event::Key(KeyEvent::new(
                KeyCode::Char('r'),
                KeyModifiers::CONTROL,
            ))))
            .unwrap();
    }

    /// Waits until the mock satisfies `wanted`; each frame is a reason to look again.
    pub async fn wait_in_mock(&mut self, what: &str, wanted: impl Fn(&Mock) -> bool) {
        let Self { mock, frames, .. } = self;
        let found = tokio::time::timeout(SOON, frames.wait_for(|_| wanted(mock)))
            .await
            .is_ok();
        assert!(found, "no {what} in:\n{}", *frames.borrow());
    }

    /// Waits until a frame satisfies `wanted`.
    pub async fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let found = tokio::time::timeout(SOON, self.frames.wait_for(|frame| wanted(frame)))
            .await
            .map(|frame| frame.unwrap().clone());
        found.unwrap_or_else(|_| panic!("no {what} in:\n{}", *self.frames.borrow()))
    }

    pub async fn wait_for(&mut self, text: &str) -> String {
        self.wait(text, |frame| frame.contains(text)).await
    }

    /// Says yes to the question on the screen, once what could go wrong has been read.
    pub async fn yes(&mut self) {
        let asked = |frame: &str| {
            frame.contains("looked at again") && !frame.contains("reading what could go wrong")
        };
        self.wait("question that can be answered", asked).await;
        self.type_text("y");
    }

    /// Leaves, and waits until everything has ended.
    pub async fn quit(self) -> App {
        self.type_text("q");
        // The answer, should it ask because the last step of an action has not reached the screen.
        // If it did not, nobody reads it.
        let yes = KeyEvent::new(KeyCode::Char('y'), KeyModifiers::NONE);
        drop(self.keys.send(Ok(Event::Key(yes))));
        let Ok(ended) = tokio::time::timeout(SOON, self.task).await else {
            panic!("it does not leave:\n{}", *self.frames.borrow())
        };
        let ended = ended.unwrap();
        if let Some(engine) = ended.engine {
            tokio::time::timeout(SOON, engine.shutdown()).await.unwrap();
        }
        self.mock.stop().await;
        ended.app
    }

    /// Waits until the journal satisfies `wanted`; each frame is a reason to look again.
    pub async fn wait_in_journal(&mut self, what: &str, wanted: impl Fn(&[String]) -> bool) {
        let path = self.path("journal.jsonl");
        self.wait(what, |_| wanted(&steps(&path))).await;
    }

    /// Waits until the action on the resource `id` has settled.
    pub async fn settled(&mut self, id: &str) {
        let line = format!("{id} succeeded");
        self.wait_in_journal(&line, |lines| lines.contains(&line))
            .await;
    }

    /// The steps in the journal, as `id step`.
    pub fn journal(&self) -> Vec<String> {
        steps(&self.path("journal.jsonl"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn steps(journal: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(journal).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let line = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        format!(
            "{} {}",
            line["id"].as_str().unwrap(),
            line["event"].as_str().unwrap()
        )
    };
    whole.lines().map(line).collect()
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

/// A backend that shows every whole frame to whoever waits for one.
struct Watched {
    inner: TestBackend,
    shown: watch::Sender<String>,
}

impl Backend for Watched {
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
        self.shown.send_replace(snapshot::text(self.inner.buffer()));
        self.inner.flush()
    }
}
