//! Starts the embedded mock AWS for `spendtop mock` and `spendtop demo`.

use super::{cli::DemoClock, cli_error::CliError};
use crate::mock::{ClockMode, Mock, Options, SCENARIOS, Scenario};
use std::{fs, io::Write, net::SocketAddr, path::Path, process::ExitCode};

/// Loads the scenario called `name`, or the file `name`; the first shipped one if `name` is `None`.
pub fn load_scenario(name: Option<&str>) -> Result<(String, Scenario), CliError> {
    let first = SCENARIOS.first().map_or("", |(name, _)| name);
    let name = name.unwrap_or(first);
    if Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "toml")
    {
        let text = fs::read_to_string(name)
            .map_err(|error| CliError::unusable(format!("{name}: {error}")))?;
        let stem = Path::new(name)
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or(name);
        return Ok((
            stem.to_owned(),
            Scenario::parse(&text, name).map_err(CliError::unusable)?,
        ));
    }
    if !SCENARIOS.iter().any(|(known, _)| *known == name) {
        return Err(CliError::unknown(
            "scenario",
            name,
            SCENARIOS.iter().map(|(name, _)| *name),
        ));
    }
    Ok((
        name.to_owned(),
        Scenario::find(name).map_err(CliError::unusable)?,
    ))
}

/// Prints the shipped scenarios with their descriptions.
pub fn list_scenarios() -> Result<ExitCode, CliError> {
    let longest = SCENARIOS
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    let mut out = std::io::stdout().lock();
    for (name, _) in SCENARIOS {
        let description = Scenario::find(name).map_err(CliError::failed)?.description;
        writeln!(out, "{name:longest$}  {description}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The options of a mock.
pub struct MockArgs {
    /// The address that it listens on.
    pub listen: SocketAddr,
    /// Names that clients may call it by.
    pub hosts: Vec<String>,
    /// The clock of the mock.
    pub clock: DemoClock,
    /// Simulated seconds per real second.
    pub speed: f64,
}

/// Starts a mock. Must be called inside a tokio runtime.
pub fn start(scenario: Scenario, args: MockArgs) -> Result<Mock, CliError> {
    let MockArgs {
        listen,
        hosts,
        clock,
        speed,
    } = args;
    let clock = match clock {
        DemoClock::Real => ClockMode::Real,
        DemoClock::Scenario => ClockMode::Scenario,
    };
    Mock::start(Options {
        listen,
        clock,
        speed,
        hosts,
        ..Options::new(scenario)
    })
    .map_err(|error| CliError::failed(format!("the mock cannot listen on {listen}: {error}")))
}
