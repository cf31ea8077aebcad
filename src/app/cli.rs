//! The command line: commands, flags and their help texts.

use crate::app::{
    commands::{iam_policy::IamPolicyArgs, ls::SelectionArgs},
    session::bootstrap,
};
use crate::domain::pane_id::{FINDINGS, METER};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// `top` for your AWS AI bill: live costs, owners and waste, and one safe key to stop, scale or
/// tag
#[derive(Clone, Debug, Parser)]
#[command(
    name = "spendtop",
    version,
    max_term_width = 100,
    arg_required_else_help = false,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// The command; `None` starts the console.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
}

const AFTER_HELP: &str = "\
Without a command spendtop starts the console. Without a terminal on stdout it prints one frame as \
text and exits.
Exit codes: 0 success; 1 failure (journal --verify: integrity violation; doctor: a limit); 2 \
invalid arguments, configuration or credentials; 3 some sources did not answer (ls, --once).
Try it without an AWS account: spendtop demo";

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct GlobalArgs {
    /// AWS profile to watch (repeatable, or a list: a,b) [env: AWS_PROFILE]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        value_delimiter = ',',
        help_heading = "AWS"
    )]
    pub profile: Vec<String>,
    /// Region to watch (repeatable, or a list: a,b; `all`: those that the account has enabled)
    /// [env: AWS_REGION]
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        value_delimiter = ',',
        help_heading = "AWS"
    )]
    pub region: Vec<String>,
    /// Address to send every request to instead of AWS [env: AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "AWS")]
    pub endpoint_url: Option<String>,
    /// Configuration file [default: ~/.config/spendtop/config.toml]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Configuration"
    )]
    pub config: Option<PathBuf>,
    /// Theme: the name of a shipped one or of your own, or a path
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Configuration"
    )]
    pub theme: Option<String>,
    /// Keymap: the name of a shipped one or of your own, or a path
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Configuration"
    )]
    pub keymap: Option<String>,
    /// Disable all actions that change an account
    #[arg(
        long,
        global = true,
        help_heading = "Configuration",
        conflicts_with = "write"
    )]
    pub read_only: bool,
    /// Enable actions although the configuration sets read_only
    #[arg(long, global = true, help_heading = "Configuration")]
    pub write: bool,
    /// Pane to start with
    #[arg(long, global = true, value_name = "PANE", help_heading = "View")]
    pub pane: Option<String>,
    /// Filter to start with: 'gpu state:running burn>5 age>2h tag:team=search !spot region:us-*'
    #[arg(long, global = true, value_name = "FILTER", help_heading = "View")]
    pub filter: Option<String>,
    /// Print one frame as text and exit
    #[arg(long, global = true, help_heading = "View")]
    pub once: bool,
    /// Disable colours [env: NO_COLOR]
    #[arg(long, global = true, help_heading = "View")]
    pub no_color: bool,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Start the console on an embedded mock AWS; needs no account
    Demo {
        /// Scenario: the name of a shipped one, or a TOML file [default: weekend-spike]
        scenario: Option<String>,
        /// List the shipped scenarios and exit
        #[arg(long)]
        list: bool,
        /// Simulated seconds per real second
        #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = positive)]
        speed: f64,
    },
    /// Serve the mock AWS to the aws CLI, boto3 and other clients
    Mock {
        /// Scenario: the name of a shipped one, or a TOML file [default: weekend-spike]
        scenario: Option<String>,
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:4599", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// Name that clients may call it by, besides its addresses and `localhost` (repeatable)
        #[arg(long, value_name = "NAME", value_parser = host_name)]
        host: Vec<String>,
        /// Simulated seconds per real second
        #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = positive)]
        speed: f64,
        /// Current time of the mock
        #[arg(long, value_enum, default_value_t = DemoClock::Real)]
        clock: DemoClock,
    },
    /// Print the rows of a pane and exit
    Ls(LsArgs),
    /// Show known prices of an instance type or model and their sources; without NAME, list the
    /// rate cards
    #[command(args_conflicts_with_subcommands = true)]
    Prices {
        /// Instance type (p5.48xlarge, ml.g5.xlarge), family (g6e), or model id or part of one
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// Output format
        #[arg(long, short, value_enum, default_value_t = OutputFormat::Table)]
        output: OutputFormat,
        /// The command on the rate cards; `None` prints prices.
        #[command(subcommand)]
        command: Option<PricesCommand>,
    },
    /// Print or verify the journal of all actions: who did what, why, and with which outcome
    Journal {
        /// Print only entries since a time: 2h, 3d, today, yesterday, friday, "fri 18:30",
        /// 2026-11-21, 2026-11-21T18:00:00Z
        #[arg(long, value_name = "SPAN|DATE")]
        since: Option<String>,
        /// Print only entries of this plan
        #[arg(long, value_name = "ID")]
        plan: Option<String>,
        /// Verify the integrity of the whole journal instead of printing it (ignores --since and
        /// --plan); exit code 1 and one line for each integrity violation
        #[arg(long)]
        verify: bool,
        /// Use the journal of the demo
        #[arg(long)]
        demo: bool,
        /// Output format
        #[arg(long, short, value_enum, default_value_t = OutputFormat::Table)]
        output: OutputFormat,
    },
    /// Check credentials, permissions, costs and this machine; exit code 1: something limits what
    /// spendtop shows or does, 2: it cannot work. Changes nothing
    Doctor(DoctorArgs),
    /// Write, check or describe the configuration file
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the IAM policy that spendtop needs: read-only, or with operations; --region restricts
    /// it to regions
    IamPolicy(IamPolicyArgs),
    /// Print a shell completion script
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff), or write one for the program and each command to a folder
    Man {
        /// Folder that the pages are written to
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// How `doctor` asks and prints.
#[derive(Args, Clone, Copy, Debug)]
pub struct DoctorArgs {
    /// Output format
    #[arg(long, short, value_enum, default_value_t = OutputFormat::Table)]
    pub output: OutputFormat,
    /// Also ask Cost Explorer, which costs $0.01 a page: up to $0.12 for each account, and nothing
    /// where the console has stored the answers
    #[arg(long)]
    pub paid: bool,
}

/// What `ls` prints.
#[derive(Clone, Debug, Args)]
pub struct LsArgs {
    /// Pane. Not called `pane`: clap would take it for the global `--pane`.
    // `help` replaces the doc comment, to list the panes of the registry.
    #[arg(value_name = "PANE", help = pane_help())]
    pub target: String,
    /// Filter of the rows, in the same language as on the screen
    #[arg(value_name = "FILTER")]
    pub terms: Vec<String>,
    /// Columns, order and number of rows.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Output format
    #[arg(long, short, value_enum, default_value_t = LsFormat::Table)]
    pub output: LsFormat,
}

/// Commands on the configuration file.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ConfigCommand {
    /// Write a configuration file with every key in a comment; an existing file stays as it is
    Init,
    /// Check the configuration file, its theme and its keymap; exit code 2 and file, line and
    /// remedy for the first mistake
    Check,
    /// Print the JSON Schema of the configuration file, for editors
    Schema,
}

/// Commands on the rate cards.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum PricesCommand {
    /// Read the AWS Price List of the watched regions into the price cache (free; needs
    /// pricing:GetProducts)
    Refresh,
}

/// Current time of the mock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DemoClock {
    /// The real time; the scenario is shifted to it.
    Real,
    /// The time of the scenario.
    Scenario,
}

/// Output format of `ls`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LsFormat {
    /// Aligned columns.
    Table,
    /// An array of objects.
    Json,
    /// An object a line.
    Ndjson,
    /// Comma-separated values with a header line.
    Csv,
    /// The charges of the spend pane as CSV in the columns of FOCUS 1.2, the FinOps Open Cost and
    /// Usage Specification; only of `spend`, without --columns, --sort and --limit.
    Focus,
}

/// Output format of `prices` and `journal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Aligned columns.
    Table,
    /// An array of objects.
    Json,
    /// Comma-separated values with a header line.
    Csv,
}

/// The help of `ls PANE`.
fn pane_help() -> String {
    format!(
        "Pane: {}, {FINDINGS}, or {METER} for the calls that a read of all panes makes",
        bootstrap::pane_ids().join(", ")
    )
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|factor: &f64| *factor > 0.0 && factor.is_finite())
        .ok_or_else(|| "expected a number above zero".to_owned())
}

/// A host name without scheme, port and path.
fn host_name(text: &str) -> Result<String, String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if !text.is_empty() && text.chars().all(is_name) {
        Ok(text.to_owned())
    } else {
        Err("expected a host name without scheme and port, like `mock.internal`".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_accepts_the_command_line() {
        Cli::command().debug_assert();
    }

    #[test]
    fn command_precedes_global_options_and_filters() {
        let cli = Cli::try_parse_from([
            "spendtop", "--region", "a,b", "ls", "gpus", "burn>5", "!spot", "--region", "c", "-o",
            "json",
        ])
        .unwrap();
        assert_eq!(cli.global.region.last().unwrap(), "c");
        let Some(Command::Ls(args)) = cli.command else {
            panic!()
        };
        assert_eq!(
            (
                args.target.as_str(),
                args.terms.join(" ").as_str(),
                args.output
            ),
            ("gpus", "burn>5 !spot", LsFormat::Json)
        );
        assert!(Cli::try_parse_from(["spendtop", "--read-only", "--write"]).is_err());
        assert!(Cli::try_parse_from(["spendtop", "mock", "--speed", "0"]).is_err());
        assert!(Cli::try_parse_from(["spendtop", "mock", "--host", "http://mock:1"]).is_err());
    }

    #[test]
    fn ls_help_lists_every_pane() {
        let mut command = Cli::command();
        let ls = command.find_subcommand_mut("ls").unwrap();
        let help = ls.render_help().to_string();
        for pane in bootstrap::pane_ids() {
            assert!(help.contains(pane), "{pane} in {help}");
        }
    }
}
