//! The command line: its words, their help, and nothing else.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};

/// `top` for your AWS AI bill: what is burning money right now, whose it is, and one safe key to
/// stop, scale or tag it.
#[derive(Clone, Debug, Parser)]
#[command(name = "spendtop", version, max_term_width = 100, arg_required_else_help = false, after_help = AFTER)]
pub struct Cli {
    /// What to do; nothing is the console.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
}

const AFTER: &str = "Without a terminal on stdout the console prints one frame as text and exits.\n\
                     Exit codes: 0 done; 1 failed (journal --verify: a breach); 2 unusable arguments, configuration or credentials; 3 some sources did not answer (ls).\n\
                     Try it without an AWS account: spendtop demo";

/// What every command takes.
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
    /// Region to watch (repeatable, or a list: a,b) [env: AWS_REGION]
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        value_delimiter = ',',
        help_heading = "AWS"
    )]
    pub region: Vec<String>,
    /// Send every request there instead of to AWS [env: AWS_ENDPOINT_URL]
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
    /// Colours: a shipped theme, one of your own, or a path
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Configuration"
    )]
    pub theme: Option<String>,
    /// Keys: a shipped keymap, one of your own, or a path
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Configuration"
    )]
    pub keymap: Option<String>,
    /// Build nothing that could change an account
    #[arg(
        long,
        global = true,
        help_heading = "Configuration",
        conflicts_with = "write"
    )]
    pub read_only: bool,
    /// Allow actions even though the configuration says read_only
    #[arg(long, global = true, help_heading = "Configuration")]
    pub write: bool,
    /// Pane to begin with
    #[arg(long, global = true, value_name = "PANE", help_heading = "View")]
    pub pane: Option<String>,
    /// Filter to begin with: 'gpu state:running burn>5 idle>2h tag:team=search !spot region:us-*'
    #[arg(long, global = true, value_name = "FILTER", help_heading = "View")]
    pub filter: Option<String>,
    /// Print one frame as text and exit
    #[arg(long, global = true, help_heading = "View")]
    pub once: bool,
    /// No colours [env: NO_COLOR]
    #[arg(long, global = true, help_heading = "View")]
    pub no_color: bool,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// The console on the embedded mock AWS: a living world, actions that work, no account
    Demo {
        /// Scenario to play [default: weekend-spike]
        scenario: Option<String>,
        /// Name the scenarios and exit
        #[arg(long)]
        list: bool,
        /// Seconds that pass in the world in one real second
        #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = positive)]
        speed: f64,
    },
    /// Only the mock AWS, for the aws CLI, boto3 and other clients
    Mock {
        /// Scenario to play [default: weekend-spike]
        scenario: Option<String>,
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:4599", value_name = "ADDRESS")]
        listen: SocketAddr,
        /// Seconds that pass in the world in one real second
        #[arg(long, default_value_t = 1.0, value_name = "FACTOR", value_parser = positive)]
        speed: f64,
        /// Whether the world's present is the real one or the scenario's
        #[arg(long, value_enum, default_value_t = DemoClock::Real)]
        clock: DemoClock,
    },
    /// Print a pane once, for other programs
    Ls {
        /// gpus, notebooks, endpoints, throughput, anomalies, or findings
        #[arg(value_name = "PANE")]
        what: String,
        /// Rows to print, in the screen's filter language
        #[arg(value_name = "FILTER")]
        words: Vec<String>,
        /// Form of the output
        #[arg(long, short, value_enum, default_value_t = OutputFormat::Table)]
        output: OutputFormat,
    },
    /// What is known of the price of a type or model, and from where; nothing named: what is in the
    /// rate cards
    #[command(args_conflicts_with_subcommands = true)]
    Prices {
        /// Instance type (p5.48xlarge, ml.g5.xlarge), family (g6e), model id or a part of one
        #[arg(value_name = "TYPE|MODEL")]
        word: Option<String>,
        /// Form of the output
        #[arg(long, short, value_enum, default_value_t = OutputFormat::Table)]
        output: OutputFormat,
        /// Read the rate cards anew
        #[command(subcommand)]
        renew: Option<PricesCommand>,
    },
    /// What was done, by whom, why, and what came of it
    Journal {
        /// Only since then: 2h, 3d, today, yesterday, friday, "fri 18:30", 2026-11-21,
        /// 2026-11-21T18:00:00Z
        #[arg(long, value_name = "SPAN|DATE")]
        since: Option<String>,
        /// Only of this plan
        #[arg(long, value_name = "ID")]
        plan: Option<String>,
        /// Check instead that all of it is as it was written, whatever --since and --plan say: exit
        /// code 0 if it is, 1 with each breach if it is not
        #[arg(long)]
        verify: bool,
        /// The journal of the demo
        #[arg(long)]
        demo: bool,
        /// Form of the output
        #[arg(long, short, value_enum, default_value_t = OutputFormat::Table)]
        output: OutputFormat,
    },
    /// Print a completion script
    Completions {
        /// Your shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// What can be done to the rate cards.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum PricesCommand {
    /// Read the AWS Price List for the watched regions into this user's cache (IAM:
    /// pricing:GetProducts; free)
    Refresh,
}

/// The mock world's present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DemoClock {
    /// The scenario is moved so that its `now` is the real one.
    Real,
    /// The scenario's own.
    Scenario,
}

/// Form of `ls`, `prices` and `journal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Aligned columns, for people.
    Table,
    /// One array of objects.
    Json,
    /// Comma-separated, with a heading.
    Csv,
}

fn positive(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|factor: &f64| *factor > 0.0 && factor.is_finite())
        .ok_or_else(|| "expected a number above zero".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_words_may_stand_anywhere_and_lists_may_be_joined() {
        let cli = Cli::try_parse_from([
            "spendtop", "--region", "a,b", "ls", "gpus", "burn>5", "!spot", "--region", "c", "-o",
            "json",
        ])
        .unwrap();
        assert_eq!(cli.global.region.last().unwrap(), "c");
        let Some(Command::Ls {
            what,
            words,
            output,
        }) = cli.command
        else {
            panic!()
        };
        assert_eq!(
            (what.as_str(), words.join(" ").as_str(), output),
            ("gpus", "burn>5 !spot", OutputFormat::Json)
        );
        assert!(Cli::try_parse_from(["spendtop", "--read-only", "--write"]).is_err());
        assert!(Cli::try_parse_from(["spendtop", "mock", "--speed", "0"]).is_err());
    }
}
