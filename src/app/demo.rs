//! The embedded mock AWS: alone for other clients (`spendtop mock`), or under the console
//! (`spendtop demo`).

use super::{cli::DemoClock, cli_error::CliError};
use crate::mock::{ClockMode, Mock, Options, SCENARIOS, Scenario};
use std::{fs, io::Write, net::SocketAddr, path::Path};

/// The scenario called `name`, or in the file `name`; the first shipped one if there is no name.
pub fn scenario(name: Option<&str>) -> Result<(String, Scenario), CliError> {
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
        Scenario::named(name).map_err(CliError::unusable)?,
    ))
}

/// Names the shipped scenarios, with what happens in each.
pub fn list() -> Result<(), CliError> {
    let longest = SCENARIOS
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    let mut out = std::io::stdout().lock();
    for (name, _) in SCENARIOS {
        let description = Scenario::named(name).map_err(CliError::failed)?.description;
        writeln!(out, "{name:longest$}  {description}")?;
    }
    Ok(())
}

/// Starts a mock; inside a runtime.
pub fn start(
    scenario: Scenario,
    listen: SocketAddr,
    clock: DemoClock,
    speed: f64,
) -> Result<Mock, CliError> {
    let clock = match clock {
        DemoClock::Real => ClockMode::Real,
        DemoClock::Scenario => ClockMode::Scenario,
    };
    Mock::start(Options {
        listen,
        clock,
        speed,
        ..Options::new(scenario)
    })
    .map_err(|error| CliError::failed(format!("the mock cannot listen on {listen}: {error}")))
}
