//! The loop: what happened goes in, what is to be done comes out, then one frame is drawn.
//!
//! ```text
//!   keys ---+
//!   events -+--> select (keys first) --> apply all that waits --> draw once --+
//!   replies-+          ^                      |                              |
//!   ticks --+          |                      +--> Cmd: engine, desk, files  |
//!   stop ---+          +-----------------------------------------------------+
//! ```
//!
//! Generic over the backend, the stream of terminal events and the desk, so that tests run this
//! very loop. The first frame is drawn before anything is connected.

use super::{file_tasks::FileTasks, panic_injection::PanicInjection};
use crate::{
    aws::Clock,
    domain::{
        ActionStatus, ConfirmedPlan, Fault, FaultKind, Location, Plan, Preflight, StatusUpdate,
    },
    engine::{Engine, Event},
    screen::{AccountAliases, App, Command, Measurements, Message, update, view},
};
use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::{Stream, StreamExt, future::BoxFuture};
use ratatui::{
    Terminal,
    backend::Backend,
    layout::{Position, Rect},
};
use std::{future::Future, io, pin::Pin, task::Poll, time::Duration};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Interval, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

/// How many engine events may wait for the screen; a poller that finds them waiting waits as well.
const EVENTS: usize = 256;
/// How many waiting inputs are taken before a frame is drawn.
const BATCH: usize = 256;
/// Ages are in seconds.
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two looks at what other consoles keep for later.
const LOOK: u32 = 5;

/// What only a real terminal can do.
pub trait TerminalControl {
    /// Gives the terminal back, stops until continued, takes it again.
    fn suspend(&mut self) -> io::Result<()>;
    /// Puts text on the clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
}

/// What connecting leads to.
pub struct Connection {
    /// Header text: profile and account.
    pub title: String,
    /// Accounts and regions that will be read.
    pub places: Vec<Location>,
    /// What accounts are called, by their ids.
    pub aliases: AccountAliases,
    /// Starts reading (and acting) into a channel.
    pub start: StartEngine,
}

/// Starts the engine.
pub type StartEngine = Box<dyn FnOnce(mpsc::Sender<Event>, &CancellationToken) -> Engine + Send>;

/// Connecting: credentials, accounts, regions. Polled only after the first frame.
pub type ConnectFuture = BoxFuture<'static, Result<Connection, Fault>>;

/// Why the loop ended.
#[derive(Debug)]
pub enum ExitReason {
    /// As asked.
    Quit,
    /// A signal with this number.
    Signal(u8),
    /// There is nothing to connect with.
    NoCredentials(Fault),
    /// The terminal is gone or cannot be drawn on.
    Lost(io::Error),
}

/// What is left when the loop has ended. The engine still runs: give the terminal back first, then
/// shut it down.
pub struct SessionEnd {
    /// Why.
    pub end: ExitReason,
    /// The background, if it was started.
    pub engine: Option<Engine>,
    /// The screen's last state.
    pub app: App,
}

/// The console, ready to run.
pub struct Console<B: Backend, K, D> {
    /// What is drawn on.
    pub terminal: Terminal<B>,
    /// Terminal events.
    pub keys: K,
    /// Suspend and clipboard.
    pub desk: D,
    /// The screen's state.
    pub app: App,
    /// The time on the screen.
    pub clock: Clock,
    /// What files are read and written for the screen.
    pub errands: FileTasks,
}

/// What woke the loop.
enum LoopEvent {
    Input(Option<io::Result<Input>>),
    Events,
    Reply(Option<Message>),
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
    /// Runs until the end. `stop` resolves to the number of a signal that asks to leave.
    pub async fn run(self, connect: ConnectFuture, stop: impl Future<Output = u8>) -> SessionEnd {
        let mut running = EventLoop::new(self);
        let end = match running.draw() {
            Ok(()) => running.turn(connect, stop).await,
            Err(error) => ExitReason::Lost(error),
        };
        SessionEnd {
            end,
            engine: running.engine,
            app: running.console.app,
        }
    }
}

struct EventLoop<B: Backend, K, D> {
    console: Console<B, K, D>,
    engine: Option<Engine>,
    /// Moves into the engine when it starts.
    tx: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
    replies: mpsc::Receiver<Message>,
    end: Option<ExitReason>,
    ticks: u32,
    cancel: CancellationToken,
    fuse: PanicInjection,
}

impl<B, K, D> EventLoop<B, K, D>
where
    B: Backend,
    K: Stream<Item = io::Result<Input>> + Unpin,
    D: TerminalControl,
{
    fn new(mut console: Console<B, K, D>) -> Self {
        let (tx, events) = mpsc::channel(EVENTS);
        let replies = console.errands.replies();
        console.app.later.lasting = console.errands.is_lasting();
        Self {
            console,
            engine: None,
            tx,
            events,
            replies,
            end: None,
            ticks: 0,
            cancel: CancellationToken::new(),
            fuse: PanicInjection::from_environment(),
        }
    }

    async fn turn(&mut self, connect: ConnectFuture, stop: impl Future<Output = u8>) -> ExitReason {
        let mut connecting = JoinSet::new();
        connecting.spawn(connect);
        self.console.errands.shelf();
        let mut stop = std::pin::pin!(stop);
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + TICK, TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            match self
                .wake(&mut batch, &mut connecting, &mut ticks, stop.as_mut())
                .await
            {
                LoopEvent::Input(input) => self.input(input),
                LoopEvent::Events | LoopEvent::Reply(None) => {}
                LoopEvent::Reply(Some(msg)) => self.apply(msg),
                LoopEvent::Connected(connected) => self.connected(connected),
                LoopEvent::Tick => self.tick(),
                LoopEvent::Stop(signal) => self.end = Some(ExitReason::Signal(signal)),
            }
            self.rest(&mut batch).await;
            if let Some(end) = self.end.take() {
                return end;
            }
            if let Err(error) = self.draw() {
                return ExitReason::Lost(error);
            }
        }
    }

    async fn wake(
        &mut self,
        batch: &mut Vec<Event>,
        connecting: &mut JoinSet<Result<Connection, Fault>>,
        ticks: &mut Interval,
        stop: Pin<&mut impl Future<Output = u8>>,
    ) -> LoopEvent {
        tokio::select! {
            biased;
            input = self.console.keys.next() => LoopEvent::Input(input),
            _ = self.events.recv_many(batch, BATCH) => LoopEvent::Events,
            reply = self.replies.recv() => LoopEvent::Reply(reply),
            Some(connected) = connecting.join_next() => LoopEvent::Connected(connected.unwrap_or_else(|error| {
                Err(Fault::new(FaultKind::Broken, "spendtop:connect", error.to_string()))
            })),
            _ = ticks.tick() => LoopEvent::Tick,
            signal = stop => LoopEvent::Stop(signal),
        }
    }

    /// Applies everything else that waits already, so that it costs one frame together.
    async fn rest(&mut self, batch: &mut Vec<Event>) {
        for _ in 0..BATCH {
            // A stream that has ended must not be asked again.
            if self.end.is_some() {
                return;
            }
            // Not `now_or_never`: the stream keeps the waker it is polled with, so it must be this
            // task's own.
            let next = std::future::poll_fn(|context| {
                Poll::Ready(self.console.keys.poll_next_unpin(context))
            })
            .await;
            match next {
                Poll::Ready(input) => self.input(input),
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
        while let Ok(msg) = self.replies.try_recv() {
            self.apply(msg);
        }
    }

    fn tick(&mut self) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.ticks.is_multiple_of(LOOK) {
            self.console.errands.shelf_anew();
        }
        self.apply(Message::Tick(self.console.clock.now()));
    }

    fn input(&mut self, input: Option<io::Result<Input>>) {
        match input {
            Some(Ok(Input::Key(key))) if key.kind == KeyEventKind::Release => {}
            Some(Ok(Input::Key(key))) if is_suspend(key) => self.suspend(),
            Some(Ok(Input::Key(key))) => self.apply(Message::Key(key)),
            Some(Ok(Input::Mouse(mouse))) => self.apply(Message::Mouse(mouse)),
            Some(Ok(Input::Paste(text))) => self.apply(Message::Paste(text)),
            Some(Ok(Input::Resize(columns, rows))) => self.apply(Message::Resize(columns, rows)),
            Some(Ok(Input::FocusGained | Input::FocusLost)) => {}
            Some(Err(error)) => self.end = Some(ExitReason::Lost(error)),
            None => self.end = Some(ExitReason::Lost(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    fn suspend(&mut self) {
        let again = self.console.desk.suspend();
        self.redraw();
        if let Err(error) = again {
            self.apply(Message::Failed(format!("cannot be suspended: {error}")));
        }
    }

    /// Forgets what the terminal is thought to show.
    fn redraw(&mut self) {
        let terminal = &mut self.console.terminal;
        // Not `clear`: it asks the terminal where the cursor is, and the answer would come among
        // the keys.
        let again = terminal
            .size()
            .and_then(|size| terminal.resize(Rect::from((Position::ORIGIN, size))));
        if let Err(error) = again {
            self.end = Some(ExitReason::Lost(io::Error::other(error.to_string())));
        }
    }

    fn connected(&mut self, connected: Result<Connection, Fault>) {
        match connected {
            Ok(Connection {
                title,
                places,
                aliases,
                start,
            }) => {
                self.console.app.title = title;
                self.console.app.places = places;
                self.console.app.aliases = aliases;
                self.engine = Some(start(self.tx.clone(), &self.cancel));
            }
            Err(fault)
                if matches!(
                    fault.kind,
                    FaultKind::NoCredentials | FaultKind::BadCredentials
                ) =>
            {
                self.end = Some(ExitReason::NoCredentials(fault));
            }
            Err(fault) => self.apply(Message::Engine(Event::Fault(fault))),
        }
    }

    fn apply(&mut self, msg: Message) {
        for cmd in update(&mut self.console.app, msg) {
            self.carry_out(cmd);
        }
    }

    fn carry_out(&mut self, cmd: Command) {
        match cmd {
            Command::Poll(pane) => {
                if let Some(engine) = &self.engine {
                    engine.poll(pane);
                }
            }
            Command::Run(confirmed) => self.act(&confirmed),
            Command::Survey(plan) => self.survey(*plan),
            Command::Cancel(plan) => {
                if let Some(engine) = &self.engine {
                    engine.cancel(&plan);
                }
            }
            Command::Copy(text) => {
                if let Err(error) = self.console.desk.copy(&text) {
                    self.apply(Message::Failed(format!("nothing was copied: {error}")));
                }
            }
            Command::Export { name, content } => self.console.errands.export(name, content),
            Command::Journal => self.console.errands.journal(),
            Command::Keep(changes) => self.console.errands.keep(changes),
            Command::Take(wanted) => self.console.errands.take(wanted),
            Command::Undo(key) => self.console.errands.undo(key),
            Command::UndoPlan(plan) => self.console.errands.undo_plan(plan),
            Command::Save(prefs) => self.console.errands.save(prefs),
            Command::Redraw => self.redraw(),
            Command::Quit => self.end = Some(ExitReason::Quit),
        }
    }

    fn act(&mut self, confirmed: &ConfirmedPlan) {
        let refused = match &self.engine {
            Some(engine) => engine
                .run(confirmed.clone())
                .err()
                .map(|why| why.to_string()),
            None => Some("not connected yet: nothing was done".to_owned()),
        };
        let Some(why) = refused else { return };
        let plan = confirmed.plan();
        for target in &plan.targets {
            let step =
                ActionStatus::Refused(Fault::new(FaultKind::Refused, "spendtop:act", why.as_str()));
            let (plan, operation) = (plan.id.clone(), plan.operation);
            let (key, name, at) = (
                target.key.clone(),
                target.name.clone(),
                self.console.clock.now(),
            );
            self.apply(Message::Engine(Event::Acted(StatusUpdate {
                plan,
                key,
                name,
                operation,
                at,
                step,
            })));
        }
    }

    /// Has what may go wrong read, or says at once why it is not.
    fn survey(&mut self, plan: Plan) {
        let Plan { id, targets, .. } = plan;
        let refused = match &self.engine {
            Some(engine) => engine
                .survey(id.clone(), targets.clone())
                .err()
                .map(|why| why.to_string()),
            None => Some("not connected yet".to_owned()),
        };
        let Some(why) = refused else { return };
        let unread = Preflight::unread(Fault::new(FaultKind::Unavailable, "spendtop:survey", why));
        let facts = targets
            .into_iter()
            .map(|target| (target.key, unread.clone()))
            .collect();
        self.apply(Message::Engine(Event::Preflight {
            plan: id,
            targets: facts,
        }));
    }

    fn draw(&mut self) -> io::Result<()> {
        self.fuse.burn();
        let app = &self.console.app;
        let mut measurements = Measurements::default();
        self.console
            .terminal
            .draw(|frame| measurements = view(app, frame))
            .map_err(|error| io::Error::other(error.to_string()))?;
        self.console.app.store(measurements);
        Ok(())
    }
}

fn is_suspend(key: KeyEvent) -> bool {
    cfg!(unix) && key.code == KeyCode::Char('z') && key.modifiers == KeyModifiers::CONTROL
}
