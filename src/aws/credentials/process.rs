//! Runs a `credential_process` and reads its answer.

use super::{CredentialsFault, LoadMode};
use crate::domain::{FaultCause, FaultKind, HelperOutput};
use aws_sdk_sts::config::Credentials;
use serde::Deserialize;
use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::{Duration, SystemTime},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
};

/// Longest that a helper may take: it may wait for a push on the phone or for a browser.
const HELPER_TIMEOUT: Duration = Duration::from_mins(5);
/// Bytes of its error output that are read at most.
const MAX_ERROR_BYTES: usize = 2_000;

/// The answer of a helper; its keys are those that AWS documents.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
}

/// Runs `command` of `profile`.
pub(super) async fn run(
    profile: &str,
    command: &str,
    mode: LoadMode,
) -> Result<Credentials, CredentialsFault> {
    let fail = |what: String| {
        // The message suffices: a login at AWS does not fix a helper.
        CredentialsFault::new(
            FaultKind::BadCredentials,
            FaultCause::Configuration,
            format!("profile {profile}: its credential_process {what}"),
        )
    };
    let mut child = helper(command, mode)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| fail(format!("cannot be started: {error}")))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let is_forwarded = mode == LoadMode::Interactive;
    let work = async {
        let (out, err) = tokio::join!(read(stdout, false), read(stderr, is_forwarded));
        child.wait().await.map(|status| (status, out, err))
    };
    let (status, out, err) = match tokio::time::timeout(HELPER_TIMEOUT, work).await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => return Err(fail(format!("failed: {error}"))),
        Err(_) => {
            return Err(fail(format!(
                "has not answered within {} minutes",
                HELPER_TIMEOUT.as_secs() / 60
            )));
        }
    };
    if !status.success() {
        return Err(CredentialsFault {
            output: tail(&err),
            ..fail(format!("failed ({})", code(status)))
        });
    }
    parse(&out, SystemTime::now()).map_err(fail)
}

/// The helper in a shell. A detached one has neither a terminal nor input, so that it cannot write
/// across the screen or take keys from it.
fn helper(command: &str, mode: LoadMode) -> Command {
    if mode == LoadMode::Interactive {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        return shell;
    }
    let mut shell = if let Some(setsid) = find_in_path("setsid") {
        // A session without a terminal.
        let mut shell = Command::new(setsid);
        shell.args(["sh", "-c", command]);
        shell
    } else {
        // A background job that gets an error where it reads from the terminal.
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' TTIN TTOU; exec sh -c \"$1\"", "sh", command]);
        #[cfg(unix)]
        shell.process_group(0);
        shell
    };
    shell.stdin(Stdio::null());
    shell
}

fn find_in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Reads all of a pipe; passes it on to stderr if `is_forwarded`.
async fn read(pipe: Option<impl AsyncRead + Unpin>, is_forwarded: bool) -> Vec<u8> {
    let mut all = Vec::new();
    let Some(mut pipe) = pipe else { return all };
    let mut chunk = [0; 1024];
    while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
        let bytes = chunk.get(..count).unwrap_or_default();
        if is_forwarded {
            // A closed stderr is not an error.
            drop(io::stderr().write_all(bytes));
        }
        all.extend_from_slice(bytes);
    }
    all
}

fn code(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => "ended by a signal".to_owned(),
    }
}

/// The last lines of its error output.
fn tail(err: &[u8]) -> Option<HelperOutput> {
    let start = err.len().saturating_sub(MAX_ERROR_BYTES);
    let text = String::from_utf8_lossy(err.get(start..).unwrap_or_default());
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| HelperOutput(words.join(" ").into()))
}

/// The credentials of an answer; the error is the rest of a sentence about the helper.
fn parse(out: &[u8], now: SystemTime) -> Result<Credentials, String> {
    // The parser's message may quote a secret.
    let Ok(output) = serde_json::from_slice::<HelperAnswer>(out) else {
        return Err("printed no JSON with Version, AccessKeyId and SecretAccessKey".to_owned());
    };
    if output.version != 1 {
        return Err(format!("printed Version {}: 1 is known", output.version));
    }
    let expiry = match &output.expiration {
        None => None,
        Some(text) => {
            let at: jiff::Timestamp = text
                .parse()
                .map_err(|_| format!("printed an Expiration that is no time: {text}"))?;
            let expiry = SystemTime::from(at);
            if expiry <= now {
                return Err(format!("printed credentials that expired at {at}"));
            }
            Some(expiry)
        }
    };
    Ok(Credentials::new(
        output.access_key_id,
        output.secret_access_key,
        output.session_token.filter(|token| !token.is_empty()),
        expiry,
        "credential_process",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"s"}"#;

    #[test]
    fn helper_output_is_parsed_and_expired_output_rejected() {
        let read = |text: &str| parse(text.as_bytes(), SystemTime::now());
        assert_eq!(read(ANSWER).unwrap().access_key_id(), "AKIDEXAMPLE");
        let at = |time: &str| ANSWER.replace('}', &format!(r#","Expiration":"{time}"}}"#));
        assert!(
            read(&at("2099-01-01T00:00:00Z"))
                .unwrap()
                .expiry()
                .is_some()
        );
        assert_eq!(
            read(&at("2020-01-01T00:00:00Z")).unwrap_err(),
            "printed credentials that expired at 2020-01-01T00:00:00Z"
        );
        assert!(
            read("Enter code")
                .unwrap_err()
                .starts_with("printed no JSON")
        );
    }

    #[tokio::test]
    async fn failed_helper_error_has_profile_and_stderr() {
        let failed = run(
            "prod",
            "echo 'run op signin' >&2; exit 1",
            LoadMode::Detached,
        )
        .await;
        let fault = failed.unwrap_err().into_fault("sts:GetCallerIdentity");
        assert_eq!(
            fault.shown(),
            "profile prod: its credential_process failed (exit code 1): run op signin"
        );
        assert!(!format!("{fault} {fault:?}").contains("op signin"));
    }

    /// It can neither read keys nor write to the screen.
    #[tokio::test]
    async fn detached_helper_has_no_terminal_or_input() {
        let command = format!(
            "read line && exit 7; (exec 3</dev/tty) 2>/dev/null && exit 8; echo '{ANSWER}'"
        );
        let loaded = run("prod", &command, LoadMode::Detached).await;
        assert_eq!(loaded.unwrap().access_key_id(), "AKIDEXAMPLE");
    }
}
