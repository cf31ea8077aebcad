//! The event loop: waits for events, updates the screen's state, executes its commands, draws.
//!
//! ```text
//!   input --------+
//!   engine events +--> select (input first) --> apply all pending --> draw once --+
//!   file results -+          ^                      |                            |
//!   ticks --------+          |                      +--> commands.rs             |
//!   signals ------+          +---------------------------------------------------+
//! ```
//!
//! Generic over the backend, the stream of input and the terminal control, so that tests run the
//! same loop. The first frame is drawn before the connection is opened.

mod connection;
mod drawing;
mod execute_command;
mod session_end;

pub use connection::{ConnectFuture, Connection, StartEngine};
pub use session_end::{ExitReason, SessionEnd};

use super::{file_tasks::FileTasks, panic_injection::PanicInjection};
use crate::{
    aws::Clock,
    domain::{Fault, FaultKind, time::timestamp::seconds_between},
    engine::{Engine, Event},
    screen::{App, Message, state::table::ArrangedTable, update},
};
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::{Stream, StreamExt};
use ratatui::{Terminal, backend::Backend};
use std::{
    future::Future,
    io,
    mem::ManuallyDrop,
    pin::Pin,
    task::Poll,
    time::{Duration, Instant},
};
use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{Interval, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

/// Capacity of the channel of engine events; a full channel makes pollers wait.
const EVENTS: usize = 256;
/// Maximum number of pending events per source that are applied before a frame is drawn.
const BATCH: usize = 256;
/// Interval of clock updates; the screen shows ages in seconds.
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two checks whether another console has changed the schedule file.
const SCHEDULE_RELOAD_TICKS: u32 = 5;

/// Operations of a real terminal.
pub trait TerminalControl {
    /// Restores the terminal, stops the process until it is continued, enters raw mode again.
    fn suspend(&mut self) -> io::Result<()>;
    /// Copies text to the clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
}

/// Connections that are being opened.
type Connecting = JoinSet<Result<Connection, Fault>>;

/// The parts of a console.
pub struct Console<B: Backend, K, D> {
    /// The terminal to draw on.
    pub terminal: Terminal<B>,
    /// Terminal events.
    pub input: K,
    /// Suspend and clipboard.
    pub terminal_control: D,
    /// The state of the screen.
    pub app: App,
    /// The clock of the screen.
    pub clock: Clock,
    /// Reads and writes files for the screen.
    pub file_tasks: FileTasks,
}

/// An event that wakes the loop.
enum LoopEvent {
    Input(Option<io::Result<Input>>),
    Events,
    FileResult(Option<Message>),
    Arranged(Result<Box<ArrangedTable>, JoinError>),
    Connected(Result<Connection, Fault>),
    Tick,
    Stop(u8),
}

impl<B, K, D> Console<B, K, D>
where
    B: Backend,
    K: Stream<Item = io::Result<Input>> + Unpin,
    D: TerminalControl,
{
    /// Runs until the user quits or `stop` resolves to the number of a signal.
    pub async fn run(
        self,
        connect: ConnectFuture,
        stop: impl Future<Output = u8>,
    ) -> SessionEnd<D> {
        let mut event_loop = EventLoop::new(self);
        let reason = match event_loop.draw() {
            Ok(()) => event_loop.run(connect, stop).await,
            Err(error) => ExitReason::TerminalLost(error),
        };
        // Not dropped: ratatui's terminal shows the cursor when it is dropped, and prints where
        // that fails, which aborts once the terminal is gone.
        let _terminal = ManuallyDrop::new(event_loop.console.terminal);
        SessionEnd {
            reason,
            engine: event_loop.engine,
            app: event_loop.console.app,
            terminal_control: event_loop.console.terminal_control,
        }
    }
}

struct EventLoop<B: Backend, K, D> {
    console: Console<B, K, D>,
    engine: Option<Engine>,
    /// Cloned into the engine when it starts.
    tx: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
    file_results: mpsc::Receiver<Message>,
    /// Tasks that build the rows of large tables.
    arranging: JoinSet<Box<ArrangedTable>>,
    exit_reason: Option<ExitReason>,
    /// A connection that replaces the present one as soon as no action is under way.
    next_connection: Option<Connection>,
    ticks: u32,
    start: Instant,
    cancel: CancellationToken,
    panic_injection: PanicInjection,
}

impl<B, K, D> EventLoop<B, K, D>
where
    B: Backend,
    K: Stream<Item = io::Result<Input>> + Unpin,
    D: TerminalControl,
{
    fn new(mut console: Console<B, K, D>) -> Self {
        let (tx, events) = mpsc::channel(EVENTS);
        let file_results = console.file_tasks.take_results();
        console.app.schedules.is_saved = console.file_tasks.persists_schedules();
        Self {
            console,
            engine: None,
            tx,
            events,
            file_results,
            arranging: JoinSet::new(),
            exit_reason: None,
            next_connection: None,
            ticks: 0,
            start: Instant::now(),
            cancel: CancellationToken::new(),
            panic_injection: PanicInjection::from_environment(),
        }
    }

    async fn run(&mut self, connect: ConnectFuture, stop: impl Future<Output = u8>) -> ExitReason {
        let mut connecting = Connecting::new();
        connecting.spawn(connect);
        self.console.file_tasks.load_schedules();
        let mut stop = std::pin::pin!(stop);
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            match self
                .next_event(&mut batch, &mut connecting, &mut ticks, stop.as_mut())
                .await
            {
                LoopEvent::Input(input) => self.handle_input(input),
                LoopEvent::Events | LoopEvent::FileResult(None) => {}
                LoopEvent::FileResult(Some(message)) => self.apply(message),
                LoopEvent::Arranged(arranged) => self.arranged(arranged),
                LoopEvent::Connected(result) => self.connected(result, &mut connecting),
                LoopEvent::Tick => {
                    self.tick();
                    self.replace_connection(&mut connecting);
                }
                LoopEvent::Stop(signal) => self.exit_reason = Some(ExitReason::Signal(signal)),
            }
            self.apply_pending(&mut batch).await;
            if let Some(reason) = self.exit_reason.take() {
                return reason;
            }
            if let Err(error) = self.draw() {
                return ExitReason::TerminalLost(error);
            }
        }
    }

    async fn next_event(
        &mut self,
        batch: &mut Vec<Event>,
        connecting: &mut Connecting,
        ticks: &mut Interval,
        stop: Pin<&mut impl Future<Output = u8>>,
    ) -> LoopEvent {
        tokio::select! {
            biased;
            input = self.console.input.next() => LoopEvent::Input(input),
            _ = self.events.recv_many(batch, BATCH) => LoopEvent::Events,
            result = self.file_results.recv() => LoopEvent::FileResult(result),
            Some(result) = self.arranging.join_next() => LoopEvent::Arranged(result),
            Some(result) = connecting.join_next() => LoopEvent::Connected(
                result.unwrap_or_else(|error| {
                    Err(Fault::new(FaultKind::Broken, "spendtop:connect", error.to_string()))
                }),
            ),
            _ = ticks.tick() => LoopEvent::Tick,
            signal = stop => LoopEvent::Stop(signal),
        }
    }

    /// Applies every other pending event, so that all of them cost one frame.
    async fn apply_pending(&mut self, batch: &mut Vec<Event>) {
        for _ in 0..BATCH {
            // A stream that has ended must not be polled again.
            if self.exit_reason.is_some() {
                return;
            }
            // Not `now_or_never`: the stream keeps the waker it is polled with, so it must be this
            // task's own.
            let next = std::future::poll_fn(|context| {
                Poll::Ready(self.console.input.poll_next_unpin(context))
            })
            .await;
            match next {
                Poll::Ready(input) => self.handle_input(input),
                Poll::Pending => break,
            }
        }
        while batch.len() < BATCH
            && let Ok(event) = self.events.try_recv()
        {
            batch.push(event);
        }
        for event in batch.drain(..) {
            self.apply(Message::Engine(event));
        }
        while let Ok(message) = self.file_results.try_recv() {
            self.apply(message);
        }
    }

    fn tick(&mut self) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(SCHEDULE_RELOAD_TICKS) {
            self.console.file_tasks.reload_schedules();
        }
        self.apply(Message::Tick {
            now: self.console.clock.now(),
            uptime: self.start.elapsed(),
        });
    }

    /// Ticks if the last tick is long ago: this process was stopped, and a dialog that expired
    /// meanwhile must not take a key.
    fn catch_up(&mut self) {
        let app = &self.console.app;
        let slept = self.start.elapsed().saturating_sub(app.uptime);
        if slept > TICK * 2 || seconds_between(app.now, self.console.clock.now()) > 2.0 {
            self.tick();
        }
    }

    fn handle_input(&mut self, input: Option<io::Result<Input>>) {
        match input {
            Some(Ok(Input::Key(key))) if key.kind == KeyEventKind::Release => {}
            Some(Ok(Input::Key(key))) if is_suspend(key) => self.suspend(),
            Some(Ok(Input::Key(key))) => {
                self.catch_up();
                self.apply(Message::Key(key));
            }
            Some(Ok(Input::Mouse(mouse))) => self.apply(Message::Mouse(mouse)),
            Some(Ok(Input::Paste(text))) => self.apply(Message::Paste(text)),
            Some(Ok(Input::Resize(columns, rows))) => self.apply(Message::Resize(columns, rows)),
            Some(Ok(Input::FocusGained | Input::FocusLost)) => {}
            Some(Err(error)) => self.exit_reason = Some(ExitReason::TerminalLost(error)),
            None => {
                self.exit_reason = Some(ExitReason::TerminalLost(
                    io::ErrorKind::UnexpectedEof.into(),
                ));
            }
        }
    }

    fn connected(&mut self, connection: Result<Connection, Fault>, connecting: &mut Connecting) {
        match connection {
            Ok(connection) if self.engine.is_some() => {
                self.next_connection = Some(connection);
                self.replace_connection(connecting);
            }
            Ok(connection) => self.start_engine(connection, connecting),
            // A panic while connecting.
            Err(fault) if fault.kind == FaultKind::Broken => {
                self.apply(Message::Engine(Event::Fault(fault)));
            }
            Err(fault) => self.exit_reason = Some(ExitReason::NoCredentials(fault)),
        }
    }

    /// Replaces the engine by that of the next connection, unless an action is under way.
    fn replace_connection(&mut self, connecting: &mut Connecting) {
        let is_busy = self.console.app.inventory.all_pending().next().is_some();
        let Some(connection) = self.next_connection.take_if(|_| !is_busy) else {
            return;
        };
        if let Some(engine) = self.engine.take() {
            tokio::spawn(engine.shutdown());
        }
        // The present rows, and late events of the old engine, have accounts without a number.
        let now = self.console.clock.now();
        let app = &mut self.console.app;
        app.inventory.replace(connection.store.clone(), now);
        (self.tx, self.events) = mpsc::channel(EVENTS);
        self.cancel = CancellationToken::new();
        self.start_engine(connection, connecting);
    }

    fn start_engine(&mut self, connection: Connection, connecting: &mut Connecting) {
        let Connection {
            title,
            places,
            aliases,
            notes,
            start,
            reconnect,
            ..
        } = connection;
        self.console.app.title = title;
        self.console.app.locations = places;
        self.console.app.aliases = aliases;
        self.engine = Some(start(self.tx.clone(), &self.cancel));
        for note in notes {
            self.apply(Message::Engine(Event::Fault(note)));
        }
        if let Some(reconnect) = reconnect {
            connecting.spawn(reconnect);
        }
    }

    fn apply(&mut self, message: Message) {
        for command in update(&mut self.console.app, message) {
            self.execute(command);
        }
    }
}

fn is_suspend(key: KeyEvent) -> bool {
    cfg!(unix) && key.code == KeyCode::Char('z') && key.modifiers == KeyModifiers::CONTROL
}
