//! Regions, the clock and the states of an account.

use super::{Home, KEYS, on};
use crate::stub::{Answer, Request, Stub, refuse};

/// A region that the account has not enabled answers as if the keys were bad. The test sets service
/// endpoints one by one, so that requests differ by region as on AWS.
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
    let services = [
        "STS",
        "EC2",
        "SAGEMAKER",
        "IAM",
        "CLOUDWATCH",
        "COST_EXPLORER",
        "BUDGETS",
    ];
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
                    "<item><regionName>{name}</regionName>\
                     <optInStatus>{status}</optInStatus></item>"
                )
            };
            let items = item("us-east-1", "opt-in-not-required") + &item("ap-east-1", "opted-in");
            let text = format!(
                "<DescribeRegionsResponse><regionInfo>{items}</regionInfo>\
                 </DescribeRegionsResponse>"
            );
            (200, "text/xml", text.into())
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
    type Refusal = fn(&Request) -> Option<Answer>;
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
                    (200, "application/x-amz-json-1.1", text.into())
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
