//! `docs/cli.md`: the help of every command.

use clap::{Command, CommandFactory};
use spendtop::app::cli::Cli;
use std::fmt::Write;

/// The help of the program, and of each command without the options that all of them share.
pub(super) fn cli() -> String {
    let width = 100;
    let root = Cli::command().term_width(width).render_help();
    let mut out = format!("## spendtop\n\n```text\n{root}```\n");
    let mut command = Cli::command()
        .term_width(width)
        .mut_args(|arg| {
            let hide = arg.is_global_set();
            arg.hide(hide)
        })
        .disable_help_subcommand(true);
    command.build();
    subcommands(&command, &mut out);
    out
}

fn subcommands(command: &Command, out: &mut String) {
    for subcommand in command.get_subcommands() {
        let mut subcommand = subcommand.clone();
        let help = subcommand.render_help().to_string();
        let name = subcommand
            .get_bin_name()
            .unwrap_or_default()
            .replace(" [OPTIONS]", "");
        write!(out, "\n## {name}\n\n```text\n{help}```\n").unwrap();
        subcommands(&subcommand, out);
    }
}
