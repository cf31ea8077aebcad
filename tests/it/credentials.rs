//! Credentials, profiles, regions and causes of failures, on a stub that knows nothing of the mock.
//! The files are as boto3 reads them; codes and messages are those that public reports quote.

use crate::stub::{Request, Stub, identity, refuse};
use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::Instant,
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

#[test]
fn default_profile_variable_selects_keys() {
    let home = Home::new(
        "[default]\nregion = us-east-1\n[profile base]\nregion = us-west-2\n",
        "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = s\n\
         [base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n",
    );
    let stub = quiet();
    let said = home.run(
        &on(&stub, &[("AWS_DEFAULT_PROFILE", "base")]),
        &["ls", "gpus"],
    );
    assert_eq!(
        (said.code, stub.keys()),
        (0, vec!["AKIDBASE".to_owned()]),
        "{}",
        said.err
    );
}

/// boto3 reads all of these; a profile of another name that is broken stops none of them.
#[test]
fn boto3_config_shapes_are_read() {
    for config in [
        "[profile  spaced ]\nregion: eu-west-1\naws_access_key_id : AKIDMINE\n\
         aws_secret_access_key : s\n",
        "[profile \"spaced\"]\nREGION = eu-west-1\nAWS_ACCESS_KEY_ID = AKIDMINE\n\
         AWS_SECRET_ACCESS_KEY = s\ns3 =\n  max_concurrent_requests = 20\n",
        "[profile broken]\nregion us-east-1\nrole_arn = x\n\
         [profile spaced]\nregion =\naws_access_key_id = AKIDMINE\naws_secret_access_key = s\n\
         aws_security_token = t\n",
    ] {
        let (home, stub) = (Home::new(config, ""), quiet());
        let said = home.run(
            &on(&stub, &[("AWS_REGION", " ")]),
            &["ls", "gpus", "--profile", "spaced"],
        );
        assert_eq!(
            (said.code, stub.keys()),
            (0, vec!["AKIDMINE".to_owned()]),
            "{config}\n{}",
            said.err
        );
    }
}

#[test]
fn config_errors_name_file_line_and_cure() {
    let keys = KEYS;
    for (config, args, expected) in [
        (
            format!("[profile p]\n{keys}region = eu-west-2a\n"),
            &["--profile", "p"][..],
            ".aws/config:4: region `eu-west-2a` is an availability zone: write eu-west-2",
        ),
        (
            format!("[profile p]\n{keys}region = \"us-east-1\"\n"),
            &["--profile", "p"],
            ".aws/config:4: region `\"us-east-1\"` is not a region code: write us-east-1",
        ),
        (
            "[profile p]\nregion us-east-1\n".to_owned(),
            &["--profile", "p"],
            ".aws/config:2: profile p has a line without `=`: write it as key = value",
        ),
        (
            "[profile p]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n".to_owned(),
            &["--profile", "p"],
            ".aws/config:3: source_profile base is no profile: define it, or name one of p",
        ),
        (
            "[profile p]\nrole_arn = arn:aws:iam::1:role/x\n".to_owned(),
            &["--profile", "p"],
            ".aws/config:2: profile p has role_arn without source_profile = NAME",
        ),
        (
            format!("[profile p]\n{keys}ca_bundle = /no/such/file\n"),
            &["--profile", "p"],
            ".aws/config:4: ca_bundle: /no/such/file: No such file or directory",
        ),
        (
            format!("[profile p]\n{keys}"),
            &["--profile", "q"],
            "profile `q` does not exist in ",
        ),
    ] {
        let (home, stub) = (Home::new(&config, ""), quiet());
        let said = home.run(&on(&stub, &[]), &[&["ls", "gpus"], args].concat());
        assert!(said.err.contains(expected), "{config}\n{}", said.err);
        assert_eq!(
            (said.code, said.err.lines().count()),
            (2, 1),
            "{}",
            said.err
        );
    }
}

/// Renewed by a helper that takes longer than a request may: it is started once.
#[test]
fn slow_helper_starts_once() {
    let home = Home::new("", "");
    let script = home.path().join("helper");
    let answer = r#"{"Version":1,"AccessKeyId":"AKIDHELPER","SecretAccessKey":"s"}"#;
    let text = format!("#!/bin/sh\necho x >> spawned\nsleep 11\necho '{answer}'\n");
    fs::write(&script, text).unwrap();
    let config = format!(
        "[profile p]\ncredential_process = sh {}\n",
        script.display()
    );
    fs::write(home.path().join(".aws/config"), config).unwrap();
    let stub = quiet();
    let said = home.run(&on(&stub, &[]), &["ls", "gpus", "--profile", "p"]);
    assert_eq!(
        (said.code, stub.keys()),
        (0, vec!["AKIDHELPER".to_owned()]),
        "{}",
        said.err
    );
    assert_eq!(
        said.err.trim(),
        "spendtop: waiting for credential_process of profile p (ctrl-c leaves)"
    );
    let spawned = fs::read_to_string(home.path().join("spawned")).unwrap();
    assert_eq!(spawned.lines().count(), 1);
}

#[test]
fn mfa_role_without_terminal_explains_options() {
    let home = Home::new(
        "[profile p]\nregion = us-east-1\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = base\n\
         mfa_serial = arn:aws:iam::1:mfa/ana\n",
        &format!("[base]\n{KEYS}"),
    );
    let stub = quiet();
    let said = home.run(&on(&stub, &[]), &["ls", "gpus", "--profile", "p"]);
    assert_eq!((said.code, stub.keys().len()), (2, 0));
    assert!(
        said.err
            .contains("profile p needs an MFA code (arn:aws:iam::1:mfa/ana)"),
        "{}",
        said.err
    );
    assert!(
        said.err
            .contains("aws configure export-credentials --profile p")
    );
}

#[test]
fn expired_profile_pauses_only_itself() {
    let home = Home::new(
        "",
        "[good]\naws_access_key_id = AKIDGOOD\naws_secret_access_key = s\n\
         [old]\naws_access_key_id = ASIAOLD\naws_secret_access_key = s\naws_session_token = t\n",
    );
    let stub = Stub::new(|request| {
        (request.key == "ASIAOLD").then(|| match request.service.as_str() {
            "ec2" => refuse(request, "RequestExpired", "Request has expired."),
            _ => refuse(
                request,
                "ExpiredToken",
                "The security token included in the request is expired",
            ),
        })
    });
    let said = home.run(&on(&stub, &[]), &["ls", "gpus", "--profile", "good,old"]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("of profile old"), "{}", said.err);
    assert!(!said.err.contains("of profile good"), "{}", said.err);
    assert!(
        said.err.contains("aws sso login --profile old"),
        "{}",
        said.err
    );
    let alone = home.run(&on(&stub, &[]), &["ls", "gpus", "--profile", "old"]);
    assert_eq!(alone.code, 2, "{}", alone.err);
}

/// Container credentials come from this machine: no proxy can reach them.
#[test]
fn container_credentials_bypass_the_proxy() {
    let stub = Stub::new(|request| {
        (request.operation == "/creds").then(|| {
            let text = r#"{"AccessKeyId":"ASIACONTAINER","SecretAccessKey":"s","Token":"t",
                "Expiration":"2099-01-01T00:00:00Z"}"#;
            (200, "application/json", text.to_owned())
        })
    });
    let creds = format!("{}/creds", stub.url);
    let home = Home::new("", "");
    let variables = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", creds.as_str()),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ];
    let said = home.run(
        &on(&stub, &variables),
        &["ls", "gpus", "--region", "us-east-1"],
    );
    assert_eq!(
        (said.code, stub.keys()),
        (0, vec!["ASIACONTAINER".to_owned()]),
        "{}",
        said.err
    );
}

/// A region that the account has not enabled answers as if the keys were bad. Service endpoints are
/// set one by one, so that regions are told apart as on AWS.
#[test]
fn disabled_region_is_skipped_in_any_position() {
    let stub = Stub::new(|request| {
        let message = "The security token included in the request is invalid";
        (request.region == "me-central-1").then(|| match request.service.as_str() {
            "ec2" => refuse(
                request,
                "AuthFailure",
                "AWS was not able to validate the provided access credentials",
            ),
            "sts" | "iam" => refuse(request, "InvalidClientTokenId", message),
            _ => refuse(request, "UnrecognizedClientException", message),
        })
    });
    let services = ["STS", "EC2", "SAGEMAKER", "IAM", "CLOUDWATCH"];
    let names = services.map(|service| format!("AWS_ENDPOINT_URL_{service}"));
    let mut variables: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), stub.url.as_str()))
        .collect();
    variables.extend([
        ("AWS_ACCESS_KEY_ID", "AKIDMINE"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ]);
    let home = Home::new("", "");
    for regions in ["us-east-1,me-central-1", "me-central-1,us-east-1"] {
        let said = home.run(&variables, &["ls", "gpus", "--region", regions]);
        assert_eq!(said.code, 0, "{regions}: {}", said.err);
        assert_eq!(
            said.err.trim(),
            "spendtop: me-central-1 is not switched on for this account"
        );
    }
    let alone = home.run(&variables, &["ls", "gpus", "--region", "me-central-1"]);
    assert_eq!(alone.code, 2);
    assert!(
        alone
            .err
            .contains("me-central-1 is not switched on for this account"),
        "{}",
        alone.err
    );
    assert!(!alone.err.contains("log in"), "{}", alone.err);
}

#[test]
fn all_regions_come_from_the_account() {
    let stub = Stub::new(|request| {
        (request.operation == "DescribeRegions").then(|| {
            let item = |name: &str, status: &str| {
                format!(
                    "<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>"
                )
            };
            let items = item("us-east-1", "opt-in-not-required") + &item("ap-east-1", "opted-in");
            let text = format!(
                "<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
            );
            (200, "text/xml", text)
        })
    });
    let home = Home::new("", &format!("[default]\n{KEYS}"));
    let said = home.run(&on(&stub, &[]), &["ls", "gpus", "--region", "all"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let calls = stub.calls.lock().unwrap();
    let mut listed: Vec<&str> = calls
        .iter()
        .filter(|call| call.operation == "DescribeInstances")
        .map(|call| call.region.as_str())
        .collect();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed, ["ap-east-1", "us-east-1"]);
}

#[test]
fn clock_skew_is_reported_in_minutes() {
    let stub = Stub::new(|request| {
        (request.service == "sts").then(|| {
            refuse(
                request,
                "SignatureDoesNotMatch",
                "Signature expired: 20261129T231442Z is now earlier than 20261129T235442Z \
                 (20261129T235942Z - 5 min.)",
            )
        })
    });
    let home = Home::new("", &format!("[default]\n{KEYS}"));
    let said = home.run(&on(&stub, &[]), &["ls", "gpus"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(
        said.err
            .contains("this machine's clock is 45 minutes behind AWS"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("sso login"), "{}", said.err);
}

/// States of an account, each with its own advice, and none of them an error for cron.
#[test]
fn billing_states_are_not_errors() {
    type Refusal = fn(&Request) -> Option<crate::stub::Answer>;
    let cases: [(Refusal, &str, &str); 4] = [
        (
            |request| {
                let message = "User not enabled for cost explorer access";
                (request.service == "ce").then(|| refuse(request, "AccessDeniedException", message))
            },
            "spend",
            "Enable Cost Explorer in the management account",
        ),
        (
            |request| {
                let message = "Linked account doesn't have access to cost explorer.";
                (request.service == "ce").then(|| refuse(request, "AccessDeniedException", message))
            },
            "spend",
            "The management account must allow linked accounts",
        ),
        (
            |request| {
                let message = "Data is not available. Please try to adjust the time period.";
                (request.service == "ce")
                    .then(|| refuse(request, "DataUnavailableException", message))
            },
            "spend",
            "the first data takes up to 24 hours",
        ),
        (
            |request| {
                (request.operation == "GetAnomalyMonitors").then(|| {
                    let text = r#"{"AnomalyMonitors":[]}"#.to_owned();
                    (200, "application/x-amz-json-1.1", text)
                })
            },
            "anomalies",
            "Create a monitor in AWS Cost Anomaly Detection",
        ),
    ];
    for (handler, pane, advice) in cases {
        let stub = Stub::new(handler);
        let home = Home::new("", &format!("[default]\n{KEYS}"));
        let said = home.run(&on(&stub, &[]), &["ls", pane]);
        assert_eq!(said.code, 0, "{advice}: {}", said.err);
        assert!(said.err.contains(advice), "{advice}: {}", said.err);
        assert!(!said.err.contains("Allow this identity"), "{}", said.err);
    }
}

#[test]
fn profiles_sign_with_their_own_keys() {
    let home = Home::new(
        "",
        "[a]\naws_access_key_id = AKIDA\naws_secret_access_key = s\n\
         [b]\naws_access_key_id = AKIDB\naws_secret_access_key = s\n",
    );
    let stub = Stub::new(|request| {
        (request.operation == "GetCallerIdentity").then(|| match request.key.as_str() {
            "AKIDA" => identity("111122223333"),
            _ => identity("444455556666"),
        })
    });
    let begun = Instant::now();
    let said = home.run(&on(&stub, &[]), &["ls", "gpus", "--profile", "a,b"]);
    assert_eq!(
        (said.code, said.out.lines().count() <= 1),
        (0, true),
        "{}",
        said.err
    );
    assert!(begun.elapsed().as_secs() < 20);
}
