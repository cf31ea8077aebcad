//! Generates completion scripts and manual pages from the command line definition.

use crate::app::{cli::Cli, cli_error::CliError, session::bootstrap};
use crate::{
    aws::profiles::ProfileFiles,
    domain::{
        Operation,
        pane_id::{FINDINGS, METER, OVERVIEW},
        region::{self, ALL_REGIONS},
        text::printable,
    },
    mock::SCENARIOS,
    rules,
    screen::{input::keymap, theme},
};
use clap::{Command, CommandFactory, builder::PossibleValuesParser};
use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// Prints the completion script for `shell`.
pub fn completions(shell: clap_complete::Shell) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    let profiles = ProfileFiles::read().names().into_iter().collect();
    clap_complete::generate(shell, &mut with_values(profiles), "spendtop", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// The command line with the values that a shell offers. Only for completions: the program itself
/// accepts files and further names too, and says more about a wrong one.
fn with_values(profiles: Vec<String>) -> Command {
    fn names(shipped: &[(&'static str, &str)]) -> Vec<String> {
        shipped.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
    fn offer(command: Command, argument: &'static str, values: Vec<String>) -> Command {
        if values.is_empty() {
            return command;
        }
        // clap keeps only names that live as long as the program.
        let values: Vec<&'static str> = values.into_iter().map(|name| &*name.leak()).collect();
        command.mut_arg(argument, |arg| {
            arg.value_parser(PossibleValuesParser::new(values))
        })
    }
    // A quote or blank in a name would be code in the script.
    let is_word = |name: &String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@+/".contains(c);
        !name.is_empty() && name.chars().all(plain)
    };
    let profiles = profiles.into_iter().filter(is_word).collect();
    let regions = region::all().iter().map(|region| region.code);
    let regions = regions.chain([ALL_REGIONS]).map(str::to_owned).collect();
    let panes = |first: &[&str]| -> Vec<String> {
        let panes = bootstrap::pane_ids();
        let all = first.iter().copied().chain(panes);
        all.map(str::to_owned).collect()
    };
    let rules = rules::RULES.iter().map(|id| (*id).to_owned()).collect();
    let mut command = Cli::command();
    for (argument, values) in [
        ("profile", profiles),
        ("region", regions),
        ("theme", names(theme::SHIPPED)),
        ("keymap", names(keymap::SHIPPED)),
        ("pane", panes(&[OVERVIEW, FINDINGS])),
    ] {
        command = offer(command, argument, values);
    }
    let scenario = |command| offer(command, "scenario", names(SCENARIOS));
    command
        .mut_subcommand("demo", scenario)
        .mut_subcommand("mock", scenario)
        .mut_subcommand("iam-policy", |policy| {
            let operations = Operation::ALL.iter().map(|one| one.id().to_owned());
            offer(policy, "actions", operations.collect())
        })
        .mut_subcommand("ls", |ls| {
            let ls = offer(ls, "target", panes(&[FINDINGS, METER]));
            offer(ls, "terms", rules)
        })
}

/// Prints the manual page of the program, or writes one page for it and each command to `folder`.
pub fn man(folder: Option<&Path>) -> Result<ExitCode, CliError> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        io::stdout().write_all(&page)?;
        return Ok(ExitCode::SUCCESS);
    };
    let named = |error: io::Error| {
        let folder = folder.display().to_string();
        CliError::failed(format!("{}: {error}", printable(&folder)))
    };
    fs::create_dir_all(folder).map_err(named)?;
    clap_mangen::generate_to(command, folder).map_err(named)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(command: &Command, argument: &str) -> Vec<String> {
        let argument = command
            .get_arguments()
            .find(|arg| arg.get_id() == argument)
            .unwrap();
        let values = argument.get_possible_values();
        values
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect()
    }

    #[test]
    fn shells_offer_the_values_of_the_lists() {
        let profiles = ["ml-prod", "x; rm -rf $HOME", "'", ""];
        let mut command = with_values(profiles.map(str::to_owned).to_vec());
        command.build();
        assert_eq!(values(&command, "profile"), ["ml-prod"]);
        for (path, argument, expected) in [
            ("", "region", "us-gov-west-1"),
            ("", "region", "all"),
            ("", "pane", "overview"),
            ("", "theme", "nord"),
            ("", "keymap", "k9s"),
            ("demo", "scenario", "bad-day"),
            ("mock", "scenario", "bad-day"),
            ("ls", "target", "findings"),
            ("ls", "target", "gpus"),
            ("ls", "terms", "gpu-idle"),
            ("ls", "region", "eu-west-1"),
            ("iam-policy", "actions", "stop"),
        ] {
            let command = match path {
                "" => &command,
                name => command.find_subcommand(name).unwrap(),
            };
            let offered = values(command, argument);
            assert!(
                offered.iter().any(|one| one == expected),
                "{path} {argument}: {offered:?}"
            );
        }
    }
}
