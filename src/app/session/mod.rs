//! A console session: bootstrap, connection, event loop, file tasks and shutdown.

pub mod bootstrap;
pub mod color_support;
mod confirmed_schedules;
pub mod connect;
pub mod event_loop;
mod exit;
pub mod file_tasks;
pub(super) mod interactive_credentials;
pub mod metric_files;
mod organization;
mod panic_injection;
pub mod schedule_store;
pub(super) mod signals;
pub(super) mod terminal;
pub(super) mod unknown_profiles;

use self::{
    bootstrap::Bootstrap, connect::ConnectOptions, event_loop::Console, exit::exit,
    file_tasks::FileTasks, metric_files::MetricFiles, schedule_store::ScheduleFile,
    signals::Signals, terminal::RawTerminal, unknown_profiles::UnknownProfile,
};
use super::{
    cli_error::{CliError, INCOMPLETE},
    collect_once::{self, Waits},
    commands::snapshot,
    warnings::print_faults,
};
use crate::{
    aws::{
        self, Clock, Session, SessionSettings, StaticCredentials,
        organization::OrganizationSettings,
    },
    domain::{Fault, FaultKind, Location, PaneId, Report, region::ALL_REGIONS, text::printable},
    engine::Journal,
    inventory::{Event, Inventory},
    mock::Mock,
    pricing::Prices,
    screen::{
        App, Message, Setup,
        state::access::Access,
        theme::ColorSupport,
        update,
        update::{apply_report, settle},
    },
};
use jiff::tz::TimeZone;
use std::{
    env,
    hash::{BuildHasher, RandomState},
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

/// Time that shutdown may take without an explanation, and that blocking tasks get to finish.
pub(super) const SHUTDOWN_GRACE: Duration = Duration::from_millis(500);

/// A run of the console, a snapshot of it or a one-shot command, on AWS or on the mock.
pub(super) struct ConsoleSession {
    bootstrap: Bootstrap,
    /// How to connect.
    pub(super) options: ConnectOptions,
    zone: TimeZone,
    prefs: Option<PathBuf>,
    schedules: ScheduleFile,
    unknown_profiles: Vec<UnknownProfile>,
}

impl ConsoleSession {
    /// A session on the AWS accounts of the command line, configuration and environment.
    pub(super) async fn aws(bootstrap: Bootstrap) -> Result<Self, CliError> {
        let settings = connect::session_settings(&bootstrap)?;
        // Without a folder the session is read-only and never writes to this journal.
        let journal = bootstrap.folders.journal().unwrap_or_default();
        let journal = Arc::new(Journal::at(journal, connect::os_user()));
        let endpoints = aws::ConfiguredEndpoints::of(&settings).await;
        let bills = if endpoints.is_cost_local() {
            None
        } else {
            bootstrap.folders.bills()
        };
        let metrics = bootstrap.folders.metrics(settings.endpoint_url.as_deref());
        let options = ConnectOptions {
            bills,
            metrics: metrics.map(MetricFiles::new),
            ..connect::options(
                &bootstrap,
                bootstrap.load_prices(endpoints.prices()),
                settings,
                journal,
                Clock::system(),
                String::new(),
            )
        };
        let prefs = bootstrap.folders.prefs();
        let schedules = bootstrap
            .folders
            .schedules()
            .map_or_else(ScheduleFile::memory, ScheduleFile::File);
        let zone = if bootstrap.config.scheduling.utc {
            TimeZone::UTC
        } else {
            TimeZone::system()
        };
        let unknown_profiles =
            unknown_profiles::find(&bootstrap.config, &options.settings.profiles);
        Ok(Self {
            bootstrap,
            options,
            zone,
            prefs,
            schedules,
            unknown_profiles,
        })
    }

    /// A session on the embedded mock. It reads none of the AWS configuration of the user.
    pub(super) fn demo(bootstrap: Bootstrap, name: &str, mock: &Mock) -> Self {
        let regions = &bootstrap.global.region;
        let organization =
            mock.organization()
                .trust()
                .map(|(role, external_id)| OrganizationSettings {
                    role: role.to_owned(),
                    external_id: external_id.map(str::to_owned),
                    ..OrganizationSettings::default()
                });
        let all = || mock.simulation().regions.clone();
        let regions = match (&organization, regions.as_slice()) {
            // The bill says where its accounts are.
            (Some(_), []) => all().into_iter().take(1).collect(),
            (None, []) => all(),
            (_, regions) if regions.iter().any(|one| one == ALL_REGIONS) => all(),
            (_, regions) => regions.to_vec(),
        };
        let settings = SessionSettings {
            regions,
            organization,
            endpoint_url: Some(mock.url()),
            keys: Some(StaticCredentials::demo()),
            ..SessionSettings::default()
        };
        let virtual_clock = mock.clock();
        let clock = Clock::new(move || virtual_clock.now());
        let journal = Arc::new(Journal::at(
            bootstrap.folders.demo_journal(),
            connect::os_user(),
        ));
        // The mock bills at the embedded prices.
        let prices = Prices::load(None, bootstrap.config.price.clone());
        let options = connect::options(
            &bootstrap,
            prices,
            settings,
            journal,
            clock,
            format!("demo {name}"),
        );
        Self {
            bootstrap,
            options,
            zone: TimeZone::UTC,
            prefs: None,
            schedules: ScheduleFile::memory(),
            unknown_profiles: Vec::new(),
        }
    }

    /// Runs the console, or prints one frame if stdout is not a terminal or `--once` is given.
    pub(super) async fn run(self) -> Result<ExitCode, CliError> {
        if self.bootstrap.global.once || !io::stdout().is_terminal() {
            self.print_snapshot().await
        } else {
            self.run_console().await
        }
    }

    /// The checked settings.
    pub(super) fn bootstrap(&self) -> &Bootstrap {
        &self.bootstrap
    }

    /// Whether the output may have colours.
    pub(super) fn has_colors(&self) -> bool {
        self.bootstrap.color_support != ColorSupport::None
    }

    /// The profiles that the configuration names and no AWS file defines.
    pub(super) fn unknown_profiles(&self) -> &[UnknownProfile] {
        &self.unknown_profiles
    }

    /// An inventory without resources, with the configured thresholds and discounts.
    pub(super) fn empty_inventory(&self) -> Inventory {
        Inventory::of(self.options.store())
    }

    /// Opens the AWS sessions of a one-shot command; warns on stderr about unknown profiles.
    pub(super) async fn open_sessions(&self) -> Result<Vec<Session>, CliError> {
        let unknown = self.unknown_profiles.iter().map(ToString::to_string);
        for line in unknown.chain(self.bootstrap.folder_problem()) {
            // A closed stderr is not an error.
            drop(writeln!(io::stderr(), "spendtop: {line}"));
        }
        let settings = &self.options.settings;
        if !interactive_credentials::log_in(settings).await {
            return Err(CliError::unusable("no MFA code was entered".to_owned()));
        }
        let (now, bills) = (self.options.clock.now(), self.options.bills.as_deref());
        let set = organization::open(settings, now, bills)
            .await
            .map_err(|fault| connect::credentials_error(&fault, &settings.profiles))?;
        for (profile, fault) in &set.notes {
            let profile = match &**profile {
                "" => String::new(),
                profile => format!("profile {}: ", printable(profile)),
            };
            drop(writeln!(
                io::stderr(),
                "spendtop: {profile}{}",
                printable(&fault.shown())
            ));
        }
        Ok(set.sessions)
    }

    /// Reads the sources of the panes that satisfy `predicate` once; waits at most `paid` for those
    /// that AWS bills.
    pub(super) async fn collect(
        &self,
        sessions: &[Session],
        paid: Duration,
        predicate: impl Fn(PaneId) -> bool,
    ) -> Vec<Report> {
        let mut sources = self.options.sources(sessions);
        sources.retain(|source| predicate(source.id().pane));
        let waits = Waits {
            free: collect_once::TIMEOUT,
            paid,
        };
        let reports = collect_once::collect(sources, waits, &self.options.clock).await;
        if let Some(files) = &self.options.metrics {
            files.save();
        }
        reports
    }

    async fn print_snapshot(self) -> Result<ExitCode, CliError> {
        let size = snapshot::size();
        let sessions = self.open_sessions().await?;
        let reports = self.collect(&sessions, collect_once::PAID, |_| true).await;
        let places: Vec<Location> = sessions
            .iter()
            .map(|session| session.place.clone())
            .collect();
        let aliases = connect::account_aliases(&sessions);
        let title = connect::header_title(&self.options.label, &places, &aliases);
        let mut app = self.build_app(size, title, places);
        app.aliases = aliases;
        let is_complete = !print_faults(&reports);
        for report in reports {
            apply_report(&mut app, report);
        }
        self.bootstrap.apply_view(&mut app);
        let now = self.options.clock.now();
        let uptime = Duration::ZERO;
        let commands = update(&mut app, Message::Tick { now, uptime });
        settle(&mut app, commands);
        io::stdout().write_all(snapshot::frame(&app, size)?.as_bytes())?;
        Ok(if is_complete {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(INCOMPLETE)
        })
    }

    async fn run_console(self) -> Result<ExitCode, CliError> {
        let mut signals = Signals::listen()?;
        tokio::select! {
            goes_on = interactive_credentials::log_in(&self.options.settings) => if !goes_on {
                return Ok(ExitCode::SUCCESS);
            },
            signal = signals.next() => return Ok(ExitCode::from(128 + signal)),
        }
        let raw_terminal = RawTerminal::enter(self.bootstrap.config.mouse)?;
        let terminal = terminal::open()?;
        let size = terminal.size()?;
        let app = self.build_console_app((size.width, size.height));
        let Self {
            options,
            prefs,
            schedules,
            ..
        } = self;
        let profiles = options.settings.profiles.clone();
        let file_tasks = FileTasks::new(
            options.journal.clone(),
            options.clock.clone(),
            prefs,
            env::current_dir().unwrap_or_default(),
        )
        .for_user(connect::os_user())
        .with_schedule_file(schedules);
        let console = Console {
            terminal,
            input: terminal::read_events()?,
            terminal_control: raw_terminal,
            app,
            clock: options.clock.clone(),
            file_tasks,
        };
        let metrics = options.metrics.clone();
        let end = console.run(options.connect(), signals.next()).await;
        if let Some(files) = metrics {
            files.save();
        }
        exit(end, &profiles).await
    }

    /// The app of the console, which reports problems with profiles and folders.
    fn build_console_app(&self, size: (u16, u16)) -> App {
        let mut app = self.build_app(size, self.options.label.clone(), Vec::new());
        self.bootstrap.apply_view(&mut app);
        let folder_fault = self
            .bootstrap
            .folder_problem()
            .map(|why| Fault::new(FaultKind::Unavailable, "spendtop:folders", why));
        let unknown = self.unknown_profiles.iter().map(UnknownProfile::fault);
        for fault in unknown.chain(folder_fault) {
            update(&mut app, Message::Engine(Event::Fault(fault)));
        }
        app
    }

    fn build_app(&self, size: (u16, u16), title: String, places: Vec<Location>) -> App {
        let Self {
            bootstrap, options, ..
        } = self;
        let prefs = self
            .prefs
            .as_deref()
            .map(file_tasks::read_prefs)
            .unwrap_or_default();
        let themes = bootstrap.themes.clone();
        let saved = || {
            themes
                .iter()
                .position(|theme| Some(&theme.name) == prefs.theme.as_ref())
        };
        let theme = bootstrap.theme.or_else(saved).unwrap_or_default();
        let now = options.clock.now();
        let mut app = App::new(Setup {
            inventory: self.empty_inventory(),
            keymap: bootstrap.keymap.clone(),
            theme,
            themes,
            color_support: bootstrap.color_support,
            read_only: options.read_only,
            may_write: !options.read_only,
            access: Access {
                locked_by_config: options.read_only_profiles(),
                protected: options.config.protected_accounts(),
                ..Access::default()
            },
            guards: options.config.guards(),
            title,
            locations: places,
            zone: self.zone.clone(),
            journal: Some(options.journal.path().display().to_string()),
            prefs,
            now,
            size,
        });
        app.schedules.tags = bootstrap.config.scheduling.keys();
        // A random offset keeps plan ids of concurrent consoles apart.
        app.plans = RandomState::new().hash_one(std::process::id()) >> 24 << 16;
        app.ascii = color_support::is_ascii_locale(|name| env::var(name).ok());
        app
    }
}
