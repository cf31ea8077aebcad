//! Credentials, profiles, regions and causes of failures, on a stub that knows nothing of the mock.
//! The files are as boto3 reads them; codes and messages are those that public reports quote.

mod account;
mod profiles;

use crate::stub::Stub;
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

const KEYS: &str = "aws_access_key_id = AKIDMINE\naws_secret_access_key = s\n";

/// The program with a home of its own.
struct Home(TempDir);

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new(config: &str, credentials: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".aws")).unwrap();
        fs::write(home.path().join(".aws/config"), config).unwrap();
        fs::write(home.path().join(".aws/credentials"), credentials).unwrap();
        Self(home)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, variables: &[(&str, &str)], args: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spendtop"));
        command
            .args(args)
            .env_clear()
            .current_dir(self.path())
            .stdin(Stdio::null())
            .env("HOME", self.path())
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(variables.iter().copied());
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        Said {
            code: status.code().unwrap(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }
}

fn quiet() -> Stub {
    Stub::new(|_| None)
}

fn on<'a>(stub: &'a Stub, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("AWS_ENDPOINT_URL", stub.url.as_str())];
    all.extend_from_slice(more);
    all
}
