//! An organization over HTTP: its accounts, sessions of roles, the resources and bill of each
//! account, request limits and delays.

use super::{config, raw::send};
use aws_config::SdkConfig;
use aws_sdk_costexplorer::types::{
    DateInterval, Granularity, GroupDefinition, GroupDefinitionType,
};
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use serde_json::Value;
use spendtop::mock::{Mock, Options, Scenario};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

const SCENARIO: &str = include_str!("scenario.toml");
const VISION: &str = "444455556666";
const SPEECH: &str = "444455557777";
const SANDBOX: &str = "444455558888";

/// The mock of the scenario, with further lines at its start.
fn start(head: &str) -> Mock {
    let text = SCENARIO.replacen("regions =", &format!("{head}\nregions ="), 1);
    let scenario = Scenario::parse(&text, "scenario.toml").unwrap();
    Mock::start(Options::new(scenario)).unwrap()
}

/// The status line and the JSON of a call to Organizations by `key`.
async fn organizations(mock: &Mock, key: &str, operation: &str, body: &str) -> (String, Value) {
    let authorization = format!(
        "authorization: AWS4-HMAC-SHA256 Credential={key}/20261123/us-east-1/organizations/\
         aws4_request, SignedHeaders=host, Signature=0"
    );
    let target = format!("x-amz-target: AWSOrganizationsV20161128.{operation}");
    let json = "content-type: application/x-amz-json-1.1";
    let headers = [authorization.as_str(), &target, json];
    let (head, answer) = send(mock, "POST /", &headers, body.as_bytes()).await;
    let status = head.lines().next().unwrap_or_default().to_owned();
    (status, serde_json::from_str(&answer).unwrap())
}

/// A request for the role of `account`, as a client with the external id sends it.
async fn assume(
    mock: &Mock,
    account: &str,
    external_id: Option<&str>,
) -> Result<Credentials, String> {
    let sts = aws_sdk_sts::Client::new(&config(mock, "us-east-1").await);
    let request = sts
        .assume_role()
        .role_arn(format!("arn:aws:iam::{account}:role/finops-reader"))
        .role_session_name("spendtop")
        .set_external_id(external_id.map(str::to_owned));
    match request.send().await {
        Ok(answer) => {
            let given = answer.credentials().unwrap();
            Ok(Credentials::new(
                given.access_key_id(),
                given.secret_access_key(),
                Some(given.session_token().to_owned()),
                None,
                "test",
            ))
        }
        Err(error) => Err(error.code().unwrap_or_default().to_owned()),
    }
}

/// The configuration of a session in `account`.
async fn session(mock: &Mock, account: &str, region: &'static str) -> SdkConfig {
    let keys = assume(mock, account, Some("spendtop-7")).await.unwrap();
    config(mock, region)
        .await
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build()
}

async fn instances(sdk: &SdkConfig) -> BTreeSet<String> {
    let answer = aws_sdk_ec2::Client::new(sdk).describe_instances().send();
    let answer = answer.await.unwrap();
    let instances = answer
        .reservations()
        .iter()
        .flat_map(aws_sdk_ec2::types::Reservation::instances);
    instances
        .map(|one| one.instance_id().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn accounts_are_listed_in_pages_of_twenty_to_the_management_account() {
    let mock = start("");
    let (status, answer) = organizations(&mock, "AKID", "ListAccounts", "{}").await;
    assert!(status.contains("200"), "{answer}");
    let first = answer["Accounts"].as_array().unwrap();
    assert_eq!(first.len(), 20);
    assert_eq!(first[0]["Id"], "111122223333");
    assert_eq!(first[1]["Name"], "research vision");
    assert_eq!(first[1]["Email"], "vision@example.org");
    assert_eq!(first[1]["State"], "ACTIVE");
    assert_eq!(first[4]["State"], "SUSPENDED");
    let next = format!(r#"{{"NextToken": {}}}"#, answer["NextToken"]);
    let (_, answer) = organizations(&mock, "AKID", "ListAccounts", &next).await;
    assert_eq!(answer["Accounts"].as_array().unwrap().len(), 4);
    assert!(answer["NextToken"].is_null(), "{answer}");
    let (_, answer) = organizations(&mock, VISION, "DescribeOrganization", "{}").await;
    assert_eq!(answer["Organization"]["MasterAccountId"], "111122223333");
    let (status, answer) = organizations(&mock, VISION, "ListAccounts", "{}").await;
    assert!(status.contains("400"), "{status}");
    assert_eq!(answer["__type"], "AccessDeniedException");
}

#[tokio::test]
async fn accounts_without_an_organization_are_in_none() {
    let mock = super::mock();
    let (status, answer) = organizations(&mock, "AKID", "ListAccounts", "{}").await;
    assert!(status.contains("400"), "{status}");
    assert_eq!(answer["__type"], "AWSOrganizationsNotInUseException");
}

#[tokio::test]
async fn a_session_of_a_role_sees_the_resources_of_its_account() {
    let mock = start("");
    let sdk = session(&mock, VISION, "eu-west-1").await;
    let identity = aws_sdk_sts::Client::new(&sdk).get_caller_identity().send();
    let identity = identity.await.unwrap();
    assert_eq!(identity.account(), Some(VISION));
    assert_eq!(
        identity.arn(),
        Some("arn:aws:sts::444455556666:assumed-role/finops-reader/spendtop")
    );
    let vision = instances(&sdk).await;
    let speech = instances(&session(&mock, SPEECH, "eu-west-1").await).await;
    assert_eq!(
        (vision.len(), speech.len()),
        (2, 2),
        "a row in two accounts"
    );
    assert!(vision.is_disjoint(&speech), "{vision:?} {speech:?}");
    let payer = instances(&config(&mock, "eu-west-1").await).await;
    assert!(payer.is_empty(), "{payer:?}");
    let answered = mock.calls();
    let accounts = answered.iter().filter(|call| call.service == "ec2");
    let accounts: Vec<&str> = accounts.map(|call| call.account.as_str()).collect();
    assert_eq!(accounts, [VISION, SPEECH, "111122223333"]);
}

#[tokio::test]
async fn a_role_is_assumed_by_those_whom_its_trust_policy_admits() {
    let mock = start("");
    for (account, external_id, refused) in [
        (VISION, Some("spendtop-7"), false),
        (VISION, Some("spendtop-8"), true),
        (VISION, None, true),
        (SANDBOX, Some("spendtop-7"), true),
        ("444455559999", Some("spendtop-7"), true),
        ("999999999999", Some("spendtop-7"), true),
    ] {
        let answer = assume(&mock, account, external_id).await;
        let refusal = answer.err();
        let expected = refused.then(|| "AccessDenied".to_owned());
        assert_eq!(refusal, expected, "{account} {external_id:?}");
    }
}

#[tokio::test]
async fn a_role_may_ask_for_the_code_of_a_device() {
    let device = "arn:aws:iam::111122223333:mfa/finops";
    let text = SCENARIO.replacen(
        "external-id = \"spendtop-7\"",
        &format!("mfa-device = \"{device}\""),
        1,
    );
    let mock = Mock::start(Options::new(
        Scenario::parse(&text, "scenario.toml").unwrap(),
    ))
    .unwrap();
    let sts = aws_sdk_sts::Client::new(&config(&mock, "us-east-1").await);
    for (code, answered) in [
        (None, false),
        (Some("000000"), false),
        (Some("123456"), true),
    ] {
        let request = sts
            .assume_role()
            .role_arn("arn:aws:iam::444455556666:role/finops-reader")
            .role_session_name("spendtop")
            .set_serial_number(code.map(|_| device.to_owned()))
            .set_token_code(code.map(str::to_owned));
        assert_eq!(request.send().await.is_ok(), answered, "{code:?}");
    }
}

/// Dollars of a day by account and region.
async fn bill(sdk: &SdkConfig) -> BTreeMap<(String, String), f64> {
    let group = |key: &str| {
        let group = GroupDefinition::builder().key(key);
        group.r#type(GroupDefinitionType::Dimension).build()
    };
    let day = DateInterval::builder()
        .start("2026-11-20")
        .end("2026-11-21");
    let asked = aws_sdk_costexplorer::Client::new(sdk)
        .get_cost_and_usage()
        .time_period(day.build().unwrap())
        .granularity(Granularity::Daily)
        .metrics("UnblendedCost")
        .group_by(group("LINKED_ACCOUNT"))
        .group_by(group("REGION"));
    let answer = asked.send().await.unwrap();
    let groups = answer.results_by_time()[0].groups().iter();
    groups
        .map(|one| {
            let amount = one.metrics().unwrap()["UnblendedCost"].amount().unwrap();
            let [account, region] = one.keys() else {
                panic!("two keys: {:?}", one.keys())
            };
            ((account.clone(), region.clone()), amount.parse().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn the_payer_has_the_bill_of_every_account_and_a_member_its_own() {
    let mock = start("");
    let whole = bill(&config(&mock, "us-east-1").await).await;
    let key = |account: &str, region: &str| (account.to_owned(), region.to_owned());
    let fleet = whole[&key(VISION, "eu-west-1")];
    assert!(fleet > 2.0 * 24.0 * 20.0, "two p4d for a day: {fleet}");
    assert!((whole[&key(SANDBOX, "us-east-1")] - 50.0).abs() < 1e-6);
    assert!(
        whole.contains_key(&key(SPEECH, "us-east-1")),
        "the notebook"
    );
    assert!(whole.contains_key(&key("111122223333", "us-east-1")));
    let own = bill(&session(&mock, VISION, "eu-west-1").await).await;
    assert_eq!(own.keys().collect::<Vec<_>>(), [&key(VISION, "eu-west-1")]);
    assert!((own[&key(VISION, "eu-west-1")] - fleet).abs() < 1e-6);
    let sdk = config(&mock, "us-east-1").await.to_builder();
    let keys = Credentials::new(SANDBOX, "any", None, None, "test");
    let sandbox = sdk.credentials_provider(SharedCredentialsProvider::new(keys));
    let own = bill(&sandbox.build()).await;
    assert_eq!(own.keys().collect::<Vec<_>>(), [&key(SANDBOX, "us-east-1")]);
}

#[tokio::test]
async fn calls_beyond_the_limits_of_aws_are_throttled_account_by_account() {
    let mock = start("rate-limits = true");
    let denied = |sdk: SdkConfig| async move {
        let client = aws_sdk_sagemaker::Client::new(&sdk);
        let mut codes = Vec::new();
        for _ in 0..4 {
            let answer = client.list_training_jobs().send().await;
            codes.extend(
                answer
                    .err()
                    .and_then(|error| error.code().map(str::to_owned)),
            );
        }
        codes
    };
    let codes = denied(session(&mock, VISION, "eu-west-1").await).await;
    assert!(
        codes.contains(&"ThrottlingException".to_owned()),
        "{codes:?}"
    );
    let calls = mock.calls();
    let answered = calls
        .iter()
        .filter(|call| call.operation == "ListTrainingJobs" && call.status == 200);
    assert!(answered.count() >= 2);
    let speech = aws_sdk_sagemaker::Client::new(&session(&mock, SPEECH, "eu-west-1").await);
    assert!(speech.list_training_jobs().send().await.is_ok());
}

#[tokio::test]
async fn answers_of_an_account_may_be_late() {
    let mock = start("latency = [{ account = \"research vision\", delay = \"600ms\" }]");
    let late = session(&mock, VISION, "eu-west-1").await;
    let begin = Instant::now();
    instances(&late).await;
    assert!(begin.elapsed() >= Duration::from_millis(600));
    assert_eq!(mock.count("ec2", "DescribeInstances"), 1, "no fault fired");
}

#[tokio::test]
async fn faults_and_counters_are_told_apart_by_account() {
    let mock = start("");
    let plan = r#"{"kind": "deny", "service": "ec2", "account": "research vision"}"#;
    let (head, _) = send(&mock, "POST /_spendtop/faults", &[], plan.as_bytes()).await;
    assert!(head.contains("200"), "{head}");
    let vision = session(&mock, VISION, "eu-west-1").await;
    let answer = aws_sdk_ec2::Client::new(&vision)
        .describe_instances()
        .send();
    assert_eq!(
        answer.await.unwrap_err().code(),
        Some("UnauthorizedOperation")
    );
    instances(&session(&mock, SPEECH, "eu-west-1").await).await;
    let path = format!("GET /_spendtop/calls?account={SPEECH}&service=ec2");
    let (_, body) = send(&mock, &path, &[], b"").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["requests"], 1, "{body}");
    assert_eq!(body["counters"][0]["account"], SPEECH);
    assert_eq!(body["counters"][0]["status"], 200);
}
