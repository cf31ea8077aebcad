//! Profiles of AWS's files, helpers, roles and the container's credentials.

use super::{Home, KEYS, on, quiet};
use crate::stub::{Stub, identity, refuse};
use std::{fs, time::Instant};

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
            (200, "application/json", text.into())
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

/// The output of a helper may be the secret itself: the user sees it, no log has it.
#[test]
fn output_of_a_failed_helper_is_in_no_log() {
    let helper = "sh -c 'echo SecretAccessKey=wJalrXUtnFEMI >&2; exit 3'";
    let config = format!("[profile p]\nregion = us-east-1\ncredential_process = {helper}\n");
    let (home, stub) = (Home::new(&config, ""), quiet());
    let said = home.run(
        &on(&stub, &[("SPENDTOP_LOG", "trace")]),
        &["ls", "gpus", "--profile", "p"],
    );
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(
        said.err.contains("(exit code 3): SecretAccessKey="),
        "{}",
        said.err
    );
    let log = home.path().join(".local/state/spendtop/spendtop.log");
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("exit code 3"), "{log}");
    assert!(!log.contains("wJalrXUtnFEMI"), "{log}");
}

/// A name that cannot be resolved says nothing about the credentials.
#[test]
fn unreachable_sts_is_not_a_rejection_of_credentials() {
    let config = format!(
        "[profile base]\n{KEYS}[profile p]\nregion = us-east-1\n\
         role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = base\n"
    );
    let home = Home::new(&config, "");
    let said = home.run(
        &[("AWS_ENDPOINT_URL", "http://sts.no-such-host.invalid")],
        &["ls", "gpus", "--profile", "p"],
    );
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("network"), "{}", said.err);
    for wrong in ["rejected", "log in", "Log in", "sso login"] {
        assert!(!said.err.contains(wrong), "{}", said.err);
    }
}
