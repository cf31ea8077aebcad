//! From the command line to an exit code: which command, on which world.

pub mod bootstrap;
pub mod color_support;
pub mod connect;
pub mod event_loop;
pub mod file_tasks;
mod panic_injection;
pub mod schedule_store;
mod signals;
mod terminal;
mod unknown_profiles;

use self::{
    bootstrap::Bootstrap,
    connect::ConnectOptions,
    event_loop::{Console, ExitReason, SessionEnd},
    file_tasks::FileTasks,
    schedule_store::ScheduleFile,
    signals::Signals,
    terminal::RawTerminal,
    unknown_profiles::UnknownProfile,
};
use super::{
    cli::{Cli, Command, DemoClock, GlobalArgs, PricesCommand},
    cli_error::{CliError, INCOMPLETE},
    collect_once,
    commands::{completions, journal, ls, prices, prices_refresh, snapshot},
    demo, log,
};
use crate::inventory::Event;
use crate::screen::update::apply_report;
use crate::{
    aws::{self, Clock, Session, SessionSettings, StaticCredentials},
    collectors,
    domain::{Location, PaneId, Report},
    engine::{Engine, Journal, WaiterConfig, folders::Folders},
    inventory::Inventory,
    mock::Mock,
    pricing::Prices,
    screen::{App, Message, Setup, state::access::Access, update},
};
use clap::Parser;
use futures_util::FutureExt;
use jiff::tz::TimeZone;
use std::{
    collections::BTreeSet,
    env,
    hash::{BuildHasher, RandomState},
    io::{self, IsTerminal, Write},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    pin::pin,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

/// How long blocking work (a name look-up, say) may hold up the end, and how long waiting needs no
/// explanation.
const PATIENCE: Duration = Duration::from_millis(500);

/// The program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let folders = Folders::of_user();
    let _log = log::start(&folders);
    if let Err(error) = color_eyre::install() {
        tracing::warn!(%error, "panics are reported plainly");
    }
    terminal::install_panic_hook();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return said(&CliError::failed(error)),
    };
    let code = runtime
        .block_on(command(cli, folders))
        .unwrap_or_else(|failure| said(&failure));
    runtime.shutdown_timeout(PATIENCE);
    code
}

fn said(failure: &CliError) -> ExitCode {
    if !failure.message.is_empty() {
        // Nobody may be listening any more.
        drop(writeln!(io::stderr(), "spendtop: {failure}"));
    }
    failure.exit()
}

async fn command(cli: Cli, folders: Folders) -> Result<ExitCode, CliError> {
    let Cli { command, global } = cli;
    match command {
        None => Box::pin(ConsoleSession::aws(Bootstrap::new(global, folders)?)?.run()).await,
        Some(Command::Demo { list: true, .. }) => demo::list().map(|()| ExitCode::SUCCESS),
        Some(Command::Demo {
            scenario,
            list: false,
            speed,
        }) => demo(global, folders, scenario.as_deref(), speed).await,
        Some(Command::Mock {
            scenario,
            listen,
            speed,
            clock,
        }) => serve(scenario.as_deref(), listen, clock, speed).await,
        Some(Command::Ls {
            what,
            words,
            output,
        }) => list(Bootstrap::new(global, folders)?, &what, &words, output).await,
        Some(Command::Prices {
            renew: Some(PricesCommand::Refresh),
            ..
        }) => refresh_prices(Bootstrap::new(global, folders)?).await,
        Some(Command::Prices {
            word,
            output,
            renew: None,
        }) => show_prices(&Bootstrap::new(global, folders)?, word.as_deref(), output),
        Some(Command::Journal {
            since,
            plan,
            verify,
            demo,
            output,
        }) => {
            let path = if demo {
                folders.demo_journal()
            } else {
                folders.journal()
            };
            let asked = journal::JournalArgs {
                since: since.as_deref(),
                plan: plan.as_deref(),
                verify,
                output,
            };
            journal::journal(&path, &asked, Clock::system().now(), &TimeZone::system())
        }
        Some(Command::Completions { shell }) => {
            completions::completions(shell).map(|()| ExitCode::SUCCESS)
        }
        Some(Command::Man) => completions::man().map(|()| ExitCode::SUCCESS),
    }
}

/// Only the mock, until a signal.
async fn serve(
    name: Option<&str>,
    listen: SocketAddr,
    clock: DemoClock,
    speed: f64,
) -> Result<ExitCode, CliError> {
    let (name, scenario) = demo::scenario(name)?;
    let mut signals = Signals::listen()?;
    let mock = demo::start(scenario, listen, clock, speed)?;
    writeln!(
        io::stdout(),
        "{name} at {} (now {}); ctrl-c ends it",
        mock.url(),
        mock.now()
    )?;
    signals.next().await;
    mock.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The console on the mock. Nothing of the user's AWS configuration is looked at.
async fn demo(
    global: GlobalArgs,
    folders: Folders,
    name: Option<&str>,
    speed: f64,
) -> Result<ExitCode, CliError> {
    let (name, scenario) = demo::scenario(name)?;
    let start = Bootstrap::new(global, folders)?;
    let mock = demo::start(
        scenario,
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        DemoClock::Scenario,
        speed,
    )?;
    let ended = Box::pin(ConsoleSession::demo(start, &name, &mock).run()).await;
    mock.stop().await;
    ended
}

async fn list(
    start: Bootstrap,
    pane: &str,
    words: &[String],
    output: super::cli::OutputFormat,
) -> Result<ExitCode, CliError> {
    let what = ls::LsTarget::parse(pane)?;
    let metas = collectors::metas();
    let text = words
        .iter()
        .chain(&start.global.filter)
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    let filter = ls::LsFilter::parse(&text, what, &metas)?;
    let watch = ConsoleSession::aws(start)?;
    let sessions = watch.sessions().await?;
    let reports = watch
        .read(&sessions, |pane| {
            what.needs(pane) || (pane == ls::BILL && what.is_discounted(&metas))
        })
        .await;
    let mut world = Inventory::of(watch.plan.store());
    // A bill that cannot be read costs the discounts; what was asked for is there all the same.
    let (bill, asked): (Vec<Report>, Vec<Report>) = reports
        .into_iter()
        .partition(|report| report.source.pane == ls::BILL);
    let (untold, incomplete) = (complain(&bill), complain(&asked));
    let complete = !(incomplete || untold && what == ls::LsTarget::Pane(ls::BILL));
    for report in bill.into_iter().chain(asked) {
        world.apply(report, watch.plan.clock.now());
    }
    io::stdout()
        .write_all(ls::print(&world, what, &filter, output, watch.plan.clock.now()).as_bytes())?;
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    })
}

fn show_prices(
    start: &Bootstrap,
    word: Option<&str>,
    output: super::cli::OutputFormat,
) -> Result<ExitCode, CliError> {
    let text = prices::show(start, start.prices(), word, output)?;
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The Price List of the watched regions into the user's copies of the cards.
async fn refresh_prices(start: Bootstrap) -> Result<ExitCode, CliError> {
    let folder = start.folders.prices();
    let watch = ConsoleSession::aws(start)?;
    let sessions = watch.sessions().await?;
    let Some(session) = sessions.first() else {
        return Err(CliError::unusable("no session to ask with"));
    };
    let regions: BTreeSet<String> = sessions
        .iter()
        .map(|session| session.place.region.to_string())
        .collect();
    let named = watch.plan.settings.endpoint_url.clone().or_else(|| {
        env::var("AWS_ENDPOINT_URL")
            .ok()
            .filter(|url| !url.is_empty())
    });
    let source = match named {
        Some(url) => format!("AWS Price List API at {url}"),
        None => "AWS Price List API".to_owned(),
    };
    prices_refresh::refresh(
        session,
        &regions.into_iter().collect::<Vec<_>>(),
        &folder,
        &source,
    )
    .await
}

/// Says on stderr what went wrong, each thing once: inventory and metrics may tell the same.
/// Whether there was anything.
fn complain(reports: &[Report]) -> bool {
    let faults = reports.iter().flat_map(|report| {
        report
            .faults
            .iter()
            .map(move |fault| (&report.source, fault))
    });
    let said: BTreeSet<String> = faults
        .map(|(source, fault)| {
            format!(
                "spendtop: {} in {}: {fault}",
                source.pane, source.place.region
            )
        })
        .collect();
    for line in &said {
        drop(writeln!(io::stderr(), "{line}"));
    }
    !said.is_empty()
}

/// A console, or one frame of it, on AWS or on the mock.
struct ConsoleSession {
    start: Bootstrap,
    plan: ConnectOptions,
    zone: TimeZone,
    prefs: Option<PathBuf>,
    shelf: ScheduleFile,
    /// Profiles that the configuration is about and nobody could mean.
    unmeant: Vec<UnknownProfile>,
}

impl ConsoleSession {
    fn aws(start: Bootstrap) -> Result<Self, CliError> {
        let settings = connect::settings(&start)?;
        let journal = Arc::new(Journal::at(start.folders.journal(), user()));
        let bills = (!connect::asks_here(&settings)).then(|| start.folders.bills());
        let plan = ConnectOptions {
            bills,
            ..plan(
                &start,
                start.prices(),
                settings,
                journal,
                Clock::system(),
                String::new(),
            )
        };
        let prefs = Some(start.folders.prefs());
        let shelf = ScheduleFile::File(start.folders.later());
        let zone = if start.config.later.utc {
            TimeZone::UTC
        } else {
            TimeZone::system()
        };
        let unmeant = unknown_profiles::of_user(&start.config, &plan.settings.profiles);
        Ok(Self {
            start,
            plan,
            zone,
            prefs,
            shelf,
            unmeant,
        })
    }

    fn demo(start: Bootstrap, name: &str, mock: &Mock) -> Self {
        let asked = &start.global.region;
        let settings = SessionSettings {
            regions: if asked.is_empty() {
                mock.world().regions.clone()
            } else {
                asked.clone()
            },
            endpoint_url: Some(mock.url()),
            keys: Some(StaticCredentials::demo()),
            ..SessionSettings::default()
        };
        let virtual_clock = mock.clock();
        let clock = Clock::new(move || virtual_clock.now());
        let journal = Arc::new(Journal::at(start.folders.demo_journal(), user()));
        // The mock bills by the embedded cards.
        let prices = Prices::load(None, start.config.price.clone());
        let plan = plan(
            &start,
            prices,
            settings,
            journal,
            clock,
            format!("demo {name}"),
        );
        Self {
            start,
            plan,
            zone: TimeZone::UTC,
            prefs: None,
            shelf: ScheduleFile::memory(),
            unmeant: Vec::new(),
        }
    }

    async fn run(self) -> Result<ExitCode, CliError> {
        if self.start.global.once || !io::stdout().is_terminal() {
            self.once().await
        } else {
            self.console().await
        }
    }

    /// Opens them for a command, which tells on stderr what is wrong with the configuration.
    async fn sessions(&self) -> Result<Vec<Session>, CliError> {
        for unmeant in &self.unmeant {
            // Nobody may be listening.
            drop(writeln!(io::stderr(), "spendtop: {unmeant}"));
        }
        let settings = &self.plan.settings;
        aws::sessions(settings)
            .await
            .map_err(|fault| connect::no_credentials(&fault, &settings.profiles))
    }

    /// Reads the sources of the panes that are `wanted` once.
    async fn read(&self, sessions: &[Session], wanted: impl Fn(PaneId) -> bool) -> Vec<Report> {
        let mut sources = self.plan.sources(sessions);
        sources.retain(|source| wanted(source.id().pane));
        collect_once::gather(sources, collect_once::LIMIT, &self.plan.clock).await
    }

    async fn once(self) -> Result<ExitCode, CliError> {
        let size = snapshot::size();
        let sessions = self.sessions().await?;
        let reports = self.read(&sessions, |_| true).await;
        let places: Vec<Location> = sessions
            .iter()
            .map(|session| session.place.clone())
            .collect();
        let aliases = connect::aliases(&sessions);
        let title = connect::title(&self.plan.label, &places, &aliases);
        let mut app = self.app(size, title, places);
        app.aliases = aliases;
        complain(&reports);
        for report in reports {
            apply_report(&mut app, report);
        }
        self.start.open(&mut app);
        update(&mut app, Message::Tick(self.plan.clock.now()));
        io::stdout().write_all(snapshot::frame(&app, size)?.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }

    async fn console(self) -> Result<ExitCode, CliError> {
        let mut signals = Signals::listen()?;
        let taken = RawTerminal::take(self.start.config.mouse)?;
        let screen = terminal::screen()?;
        let size = screen.size()?;
        let mut app = self.app(
            (size.width, size.height),
            self.plan.label.clone(),
            Vec::new(),
        );
        self.start.open(&mut app);
        for unmeant in &self.unmeant {
            update(&mut app, Message::Engine(Event::Fault(unmeant.fault())));
        }
        let Self {
            plan, prefs, shelf, ..
        } = self;
        let profiles = plan.settings.profiles.clone();
        let here = env::current_dir().unwrap_or_default();
        let errands = FileTasks::new(plan.journal.path().to_owned(), prefs, here)
            .of_user(user())
            .with_shelf(shelf);
        let console = Console {
            terminal: screen,
            keys: terminal::events()?,
            desk: taken,
            app,
            clock: plan.clock.clone(),
            errands,
        };
        let SessionEnd { end, engine, .. } =
            console.run(plan.connect().boxed(), signals.next()).await;
        terminal::give_back();
        if let Some(engine) = engine {
            leave(engine).await;
        }
        match end {
            ExitReason::Quit => Ok(ExitCode::SUCCESS),
            ExitReason::Signal(number) => Ok(ExitCode::from(128 + number)),
            ExitReason::NoCredentials(fault) => Err(connect::no_credentials(&fault, &profiles)),
            ExitReason::Lost(error) => {
                Err(CliError::failed(format!("the terminal is gone: {error}")))
            }
        }
    }

    fn app(&self, size: (u16, u16), title: String, places: Vec<Location>) -> App {
        let Self { start, plan, .. } = self;
        let prefs = self
            .prefs
            .as_deref()
            .map(file_tasks::remembered)
            .unwrap_or_default();
        let themes = start.themes.clone();
        let remembered = || {
            themes
                .iter()
                .position(|theme| Some(&theme.name) == prefs.theme.as_ref())
        };
        let theme = start.theme.or_else(remembered).unwrap_or_default();
        let now = plan.clock.now();
        let mut app = App::new(Setup {
            world: Inventory::of(plan.store()),
            keymap: start.keymap.clone(),
            theme,
            themes,
            depth: start.depth,
            read_only: plan.read_only,
            may_write: !plan.read_only,
            access: Access {
                locked: plan.locked(),
                protected: plan.config.protected(),
                ..Access::default()
            },
            guards: plan.config.guards(),
            title,
            places,
            zone: self.zone.clone(),
            journal: Some(plan.journal.path().display().to_string()),
            prefs,
            now,
            size,
        });
        app.later.tags = start.config.later.keys();
        // Other consoles make plans in the same second.
        app.plans = RandomState::new().hash_one(std::process::id()) >> 24 << 16;
        app.ascii = color_support::ascii(|name| env::var(name).ok());
        app
    }
}

/// Ends the background; says so if a call on its way takes its time.
async fn leave(engine: Engine) {
    let mut shutdown = pin!(engine.shutdown());
    if tokio::time::timeout(PATIENCE, &mut shutdown).await.is_err() {
        drop(writeln!(
            io::stderr(),
            "spendtop: waiting for the answer to a call on its way, for the journal"
        ));
        shutdown.await;
    }
}

fn plan(
    start: &Bootstrap,
    prices: &'static Prices,
    settings: SessionSettings,
    journal: Arc<Journal>,
    clock: Clock,
    label: String,
) -> ConnectOptions {
    let (config, read_only) = (start.config.clone(), start.read_only());
    ConnectOptions {
        settings,
        config,
        read_only,
        journal,
        clock,
        prices,
        pace: WaiterConfig::default(),
        bills: None,
        label,
    }
}

/// Who sits here, for the journal.
fn user() -> String {
    env::var("USER")
        .or_else(|_| env::var("USERNAME"))
        .unwrap_or_else(|_| "unknown".to_owned())
}
