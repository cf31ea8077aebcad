//! Runs the command of the command line.

use super::{
    cli::{
        Cli, Command, DemoClock, DoctorArgs, GlobalArgs, LsArgs, LsFormat, OutputFormat,
        PricesCommand,
    },
    cli_error::{CliError, INCOMPLETE},
    collect_once,
    commands::{completions, config, doctor, iam_policy, journal, ls, prices, prices_refresh},
    log, process_hardening,
    session::{
        ConsoleSession, SHUTDOWN_GRACE, bootstrap::Bootstrap, connect, signals::Signals, terminal,
    },
    start_mock::{self, MockArgs},
    warnings::{print_faults, print_notes},
};
use crate::{
    aws::{Clock, ConfiguredEndpoints},
    collectors,
    domain::{Fault, FaultKind, Report, SourceScope, pane_id::METER},
    engine::folders::Folders,
    inventory::Inventory,
    screen::notices::notes,
};
use clap::Parser;
use jiff::tz::TimeZone;
use std::{
    collections::BTreeSet,
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
};

/// Parses the command line, runs the command and returns the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let folders = Folders::of_user();
    let _log = log::start(&folders);
    process_hardening::apply();
    terminal::install_panic_hook();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return report_error(&CliError::failed(error)),
    };
    let code = runtime
        .block_on(run_command(cli, folders))
        .unwrap_or_else(|error| report_error(&error));
    runtime.shutdown_timeout(SHUTDOWN_GRACE);
    code
}

fn report_error(error: &CliError) -> ExitCode {
    if !error.message.is_empty() {
        // A closed stderr is not an error.
        drop(writeln!(io::stderr(), "spendtop: {error}"));
    }
    error.exit_code()
}

async fn run_command(cli: Cli, folders: Folders) -> Result<ExitCode, CliError> {
    let Cli { command, global } = cli;
    match command {
        None => {
            let session = ConsoleSession::aws(Bootstrap::new(global, folders)?).await?;
            Box::pin(session.run()).await
        }
        Some(Command::Demo { list: true, .. }) => start_mock::list_scenarios(),
        Some(Command::Demo {
            scenario,
            list: false,
            speed,
        }) => run_demo(global, folders, scenario.as_deref(), speed).await,
        Some(Command::Mock {
            scenario,
            listen,
            host,
            speed,
            clock,
        }) => {
            let options = MockArgs {
                listen,
                hosts: host,
                clock,
                speed,
            };
            serve_mock(scenario.as_deref(), options).await
        }
        Some(Command::Ls(args)) => list(Bootstrap::new(global, folders)?, &args).await,
        Some(Command::Prices {
            name,
            output,
            command,
        }) => prices(Bootstrap::new(global, folders)?, name, output, command).await,
        Some(Command::Journal {
            since,
            plan,
            verify,
            demo,
            output,
        }) => {
            let path = journal_path(&folders, demo)?;
            let args = journal::JournalArgs {
                since: since.as_deref(),
                plan: plan.as_deref(),
                verify,
                output,
            };
            // The demo's time is that of its scenario: the latest entry is the present.
            let latest = demo.then(|| journal::latest(&path)).transpose()?;
            let now = latest.flatten().unwrap_or_else(|| Clock::system().now());
            journal::journal(&path, &args, now, &TimeZone::system())
        }
        Some(Command::Doctor(args)) => diagnose(Bootstrap::new(global, folders)?, args).await,
        Some(Command::Config(command)) => config::run(command, global, folders),
        Some(Command::IamPolicy(args)) => iam_policy::print(&args, &global.region),
        Some(Command::Completions { shell }) => completions::completions(shell),
        Some(Command::Man { folder }) => completions::man(folder.as_deref()),
    }
}

async fn diagnose(bootstrap: Bootstrap, args: DoctorArgs) -> Result<ExitCode, CliError> {
    let console = ConsoleSession::aws(bootstrap).await?;
    Box::pin(doctor::run(console, args)).await
}

async fn prices(
    bootstrap: Bootstrap,
    name: Option<String>,
    output: OutputFormat,
    command: Option<PricesCommand>,
) -> Result<ExitCode, CliError> {
    match command {
        Some(PricesCommand::Refresh) => refresh_prices(bootstrap).await,
        None => show_prices(&bootstrap, name.as_deref(), output).await,
    }
}

fn journal_path(folders: &Folders, is_demo: bool) -> Result<PathBuf, CliError> {
    if is_demo {
        return Ok(folders.demo_journal());
    }
    let problem = folders.problem().unwrap_or_default().to_owned();
    let without = || CliError::unusable(format!("{problem}: there is no journal"));
    folders.journal().ok_or_else(without)
}

/// Serves the mock until a signal arrives.
async fn serve_mock(name: Option<&str>, args: MockArgs) -> Result<ExitCode, CliError> {
    let (name, scenario) = start_mock::load_scenario(name)?;
    let mut signals = Signals::listen()?;
    let mock = start_mock::start(scenario, args)?;
    writeln!(
        io::stdout(),
        "{name} at {} (now {}); stop it with ctrl-c",
        mock.url(),
        mock.now()
    )?;
    signals.next().await;
    for mismatch in mock.take_mismatches() {
        writeln!(io::stderr(), "against AWS's service model: {mismatch}")?;
    }
    mock.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Runs the console on the mock.
async fn run_demo(
    global: GlobalArgs,
    folders: Folders,
    name: Option<&str>,
    speed: f64,
) -> Result<ExitCode, CliError> {
    let (name, scenario) = start_mock::load_scenario(name)?;
    let bootstrap = Bootstrap::new(global, folders)?;
    let mock = start_mock::start(
        scenario,
        MockArgs {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            hosts: Vec::new(),
            clock: DemoClock::Scenario,
            speed,
        },
    )?;
    let result = Box::pin(ConsoleSession::demo(bootstrap, &name, &mock).run()).await;
    mock.stop().await;
    result
}

async fn list(bootstrap: Bootstrap, args: &LsArgs) -> Result<ExitCode, CliError> {
    if args.target == METER {
        list_calls(bootstrap, args).await
    } else {
        list_pane(bootstrap, args).await
    }
}

/// Collects all panes once and prints the calls.
async fn list_calls(bootstrap: Bootstrap, args: &LsArgs) -> Result<ExitCode, CliError> {
    ls::meter::check(args)?;
    let session = ConsoleSession::aws(bootstrap).await?;
    let sessions = session.open_sessions().await?;
    let reports = session.collect(&sessions, collect_once::PAID, |_| true);
    let has_faults = print_faults(&reports.await);
    let text = ls::meter::print(&sessions, args.output);
    io::stdout().write_all(text.as_bytes())?;
    Ok(if has_faults {
        ExitCode::from(INCOMPLETE)
    } else {
        ExitCode::SUCCESS
    })
}

/// Collects once and prints a pane.
async fn list_pane(bootstrap: Bootstrap, args: &LsArgs) -> Result<ExitCode, CliError> {
    let target = ls::LsTarget::parse(&args.target)?;
    let metas = collectors::metas();
    ls::check_output(args.output, target, &args.selection)?;
    let selection = ls::Selection::parse(&args.selection, target, &metas)?;
    let terms = args.terms.iter().chain(&bootstrap.global.filter);
    let text = terms.map(String::as_str).collect::<Vec<_>>().join(" ");
    let filter = ls::LsFilter::parse(&text, target, &metas)?;
    let mut paid = metas
        .iter()
        .filter(|meta| meta.scope == SourceScope::Account);
    let is_paid_listed = paid.any(|meta| target == ls::LsTarget::Pane(meta.id));
    let is_bill = |pane| metas.iter().any(|meta| meta.id == pane && meta.is_bill);
    let session = ConsoleSession::aws(bootstrap).await?;
    let sessions = session.open_sessions().await?;
    // Cost Explorer may take minutes: only a command that lists its answers waits so long.
    let paid = if is_paid_listed {
        collect_once::PAID
    } else {
        collect_once::PAID_BESIDE
    };
    let reports = session
        .collect(&sessions, paid, |pane| {
            target.needs(pane) || (is_bill(pane) && target.is_discounted(&metas))
        })
        .await;
    let mut inventory = session.empty_inventory();
    // Without permission for the bill the rows have no discounts, but they are complete.
    let (bill, rows): (Vec<Report>, Vec<Report>) = reports
        .into_iter()
        .partition(|report| is_bill(report.source.pane));
    let (bill_faults, row_faults) = (print_faults(&bill), print_faults(&rows));
    let is_bill_listed = matches!(target, ls::LsTarget::Pane(pane) if is_bill(pane));
    let is_bill_late = bill.iter().flat_map(|report| &report.faults).any(is_late);
    let complete = !(row_faults || bill_faults && is_bill_listed || is_bill_late);
    let clock = &session.options.clock;
    for report in bill.into_iter().chain(rows) {
        inventory.apply(report, clock.now());
    }
    print_notes(&inventory);
    // The table contains this note itself.
    if target == ls::LsTarget::Findings && args.output != LsFormat::Table {
        print_unjudged(&inventory);
    }
    let text = ls::print(
        &inventory,
        target,
        &filter,
        &selection,
        args.output,
        clock.now(),
    );
    io::stdout().write_all(text.as_bytes())?;
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INCOMPLETE)
    })
}

/// Says how many rows no rule could judge.
fn print_unjudged(inventory: &Inventory) {
    let unjudged = inventory.totals(None).unjudged_rows;
    if unjudged > 0 {
        let note = notes::unjudged(unjudged);
        drop(writeln!(io::stderr(), "spendtop: note: {note}"));
    }
}

/// Whether a source did not answer within the time of this command.
fn is_late(fault: &Fault) -> bool {
    fault.kind == FaultKind::Timeout && fault.operation.starts_with("spendtop:")
}

async fn show_prices(
    bootstrap: &Bootstrap,
    name: Option<&str>,
    output: OutputFormat,
) -> Result<ExitCode, CliError> {
    let settings = connect::session_settings(bootstrap)?;
    let endpoints = ConfiguredEndpoints::of(&settings).await;
    let text = prices::show(bootstrap, endpoints.prices(), name, output)?;
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the AWS Price List of the watched regions into the price cache.
async fn refresh_prices(bootstrap: Bootstrap) -> Result<ExitCode, CliError> {
    if let Some(why) = bootstrap.folder_problem() {
        return Err(CliError::unusable(why));
    }
    let folders = bootstrap.folders.clone();
    let console = ConsoleSession::aws(bootstrap).await?;
    let sessions = console.open_sessions().await?;
    let Some(session) = sessions.first() else {
        return Err(CliError::unusable(
            "no AWS profile or region to read prices with",
        ));
    };
    let endpoint = session.price_endpoint.as_deref();
    let regions: BTreeSet<String> = sessions
        .iter()
        .filter(|other| other.price_endpoint.as_deref() == endpoint)
        .map(|session| session.place.region.to_string())
        .collect();
    let regions: Vec<String> = regions.into_iter().collect();
    let folder = folders.prices(endpoint).unwrap_or_default();
    prices_refresh::refresh(session, &regions, &folder).await
}
