//! Generates completion scripts and the manual page from the command line definition.

use crate::app::{cli::Cli, cli_error::CliError};
use clap::CommandFactory;
use std::io::{self, Write};

/// Prints the completion script for `shell`.
pub fn completions(shell: clap_complete::Shell) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "spendtop", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// Prints the manual page of the program and its commands, in roff.
pub fn man() -> Result<(), CliError> {
    let mut page = Vec::new();
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for part in command.get_subcommands().filter(|part| !part.is_hide_set()) {
        let title = format!(".SH \"SPENDTOP {}\"\n", part.get_name().to_uppercase());
        page.extend(title.bytes());
        let man = clap_mangen::Man::new(part.clone());
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    Ok(io::stdout().write_all(&page)?)
}
