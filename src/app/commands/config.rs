//! `spendtop config`: writes a configuration file, checks it, prints its JSON Schema.

use crate::app::{
    cli::{ConfigCommand, GlobalArgs},
    cli_error::{CliError, UNUSABLE},
    session::{bootstrap::Bootstrap, connect, unknown_profiles},
};
use crate::{
    domain::text::printable,
    engine::{
        config::{schema::SCHEMA, template},
        folders::Folders,
        private_file,
    },
};
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Runs `command`.
pub fn run(
    command: ConfigCommand,
    global: GlobalArgs,
    folders: Folders,
) -> Result<ExitCode, CliError> {
    match command {
        ConfigCommand::Init => init(&global, &folders),
        ConfigCommand::Check => check(global, folders),
        ConfigCommand::Schema => schema(),
    }
}

/// The file of the command line, else that of the user.
fn path(global: &GlobalArgs, folders: &Folders) -> Result<PathBuf, CliError> {
    let own = || folders.config_file();
    let without = || {
        let why = folders.problem().unwrap_or_default();
        CliError::unusable(format!(
            "{why}: there is no configuration file; name one with --config"
        ))
    };
    global.config.clone().or_else(own).ok_or_else(without)
}

/// Writes a file that sets nothing and describes every key.
fn init(global: &GlobalArgs, folders: &Folders) -> Result<ExitCode, CliError> {
    let path = path(global, folders)?;
    let name = printable(&path.display().to_string()).into_owned();
    let text = template().map_err(CliError::failed)?;
    create(&path, &text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::unusable(format!(
            "{name}: the file exists and stays as it is: `spendtop config init --config FILE` \
             writes another one"
        )),
        _ => CliError::failed(format!("{name}: {error}")),
    })?;
    writeln!(io::stdout(), "wrote {name}")?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that does not exist. Its folder becomes this user's own, unless it exists.
fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        private_file::make_folder(folder)?;
    }
    File::create_new(path)?.write_all(text.as_bytes())
}

/// Checks the file as a start of the console does, and the profiles that it names.
fn check(global: GlobalArgs, folders: Folders) -> Result<ExitCode, CliError> {
    let path = path(&global, &folders)?;
    let name = printable(&path.display().to_string()).into_owned();
    let exists = path.exists();
    let bootstrap = Bootstrap::new(global, folders)?;
    if !exists {
        writeln!(
            io::stdout(),
            "{name}: there is no file, so every key has its default; `spendtop config init` \
             writes one"
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let watched = connect::session_settings(&bootstrap)?.profiles;
    let unknown = unknown_profiles::find(&bootstrap.config, &watched);
    for profile in &unknown {
        writeln!(io::stderr(), "spendtop: {profile}")?;
    }
    if !unknown.is_empty() {
        return Ok(ExitCode::from(UNUSABLE));
    }
    writeln!(io::stdout(), "{name}: valid")?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the JSON Schema.
fn schema() -> Result<ExitCode, CliError> {
    io::stdout().write_all(SCHEMA.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
