//! `spendtop prices`, from the cards and from the Price List of a mock.

use super::cli::MockServer;
use serde_json::Value;
use spendtop::{
    domain::{Component, Measured},
    mock::price_facts::Facts,
    pricing::{Prices, Quote},
};

const WORLD: &str = r#"
description = "Prices that are not those of the cards"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "a" }
regions = ["us-east-1"]

[[instance]]
name = "trainer"
type = "p5.48xlarge"
launched = "-2d"
gpu = "steady 80-90"

[[endpoint]]
name = "ranker"
created = "-20d"
type = "ml.g5.xlarge"
instances = 2
requests = "steady 100"

[[list-price]]
service = "ec2"
type = "p5.48xlarge"
region = "us-east-1"
usd = 49.99

[[list-price]]
service = "sagemaker"
type = "ml.g5.xlarge"
component = "hosting"
region = "us-east-1"
usd = 1.5
"#;

/// The dollars of `name` as `what` in the program's answer, and their source.
fn price(server: &MockServer, name: &str, what: &str) -> (f64, String) {
    let output = server.ask(&["prices", name, "--region", "us-east-1", "--output", "json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let lines: Vec<Value> = serde_json::from_str(&output.out).unwrap();
    let line = lines
        .iter()
        .find(|line| line["name"] == name && line["dimension"] == what)
        .unwrap_or_else(|| panic!("{}", output.out));
    (
        line["usd"].as_f64().unwrap(),
        line["source"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn refresh_applies_the_price_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.toml");
    std::fs::write(&path, WORLD).unwrap();
    let server = MockServer::new(path.to_str().unwrap());
    assert_eq!(price(&server, "p5.48xlarge", "EC2 on demand").0, 55.04);
    let output = server.ask(&["prices", "refresh", "--region", "us-east-1"]);
    assert_eq!(output.code, 0, "{}{}", output.out, output.err);
    let (usd, source) = price(&server, "p5.48xlarge", "EC2 on demand");
    assert_eq!(usd, 49.99, "{source}");
    assert!(source.contains("Price List"), "{source}");
    assert_eq!(price(&server, "ml.g5.xlarge", "SageMaker hosting").0, 1.5);

    // Rows use the new price.
    let output = server.ask(&["ls", "gpus", "--output", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&output.out)
        .unwrap_or_else(|_| panic!("{}{}", output.out, output.err));
    assert_eq!(rows[0]["usd_per_hour_list"], 49.99);
    let output = server.ask(&["ls", "endpoints", "--output", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&output.out)
        .unwrap_or_else(|_| panic!("{}{}", output.out, output.err));
    assert_eq!(rows[0]["usd_per_hour_list"], 3.0);
}

#[test]
fn unknown_price_name_is_rejected_with_valid_forms() {
    let server = MockServer::new("empty");
    let output = server.ask(&["prices", "x9.large"]);
    assert_eq!(output.code, 2);
    assert!(
        output.err.contains("expected an instance type"),
        "{}",
        output.err
    );
}

/// A home with a profile `elsewhere` whose endpoint is the mock's, and one of AWS.
fn write_profiles(server: &MockServer) {
    let folder = server.home().join(".aws");
    std::fs::create_dir_all(&folder).unwrap();
    let keys = "aws_access_key_id = x\naws_secret_access_key = x\nregion = us-east-1\n";
    let url = server.url();
    let text = format!(
        "[profile aws]\n{keys}\n[profile whole]\n{keys}endpoint_url = {url}\n\n\
         [profile one]\n{keys}services = own\n\n\
         [services own]\npricing =\n  endpoint_url = {url}\nsts =\n  endpoint_url = {url}\n"
    );
    std::fs::write(folder.join("config"), text).unwrap();
}

#[test]
fn prices_of_another_endpoint_price_no_account_of_aws() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.toml");
    std::fs::write(&path, WORLD).unwrap();
    let server = MockServer::new(path.to_str().unwrap());
    write_profiles(&server);
    let price_of = |options: &[&str]| {
        let args = [
            "prices",
            "p5.48xlarge",
            "--region",
            "us-east-1",
            "-o",
            "csv",
        ];
        let output = server.ask_aws(&[&args[..], options].concat());
        assert_eq!(output.code, 0, "{}", output.err);
        output.out.contains("49.99")
    };
    let option = ["--profile", "aws", "--endpoint-url", server.url()];
    for (used, others) in [
        (
            &option[..],
            &[&["--profile", "aws"][..], &["--profile", "aws,whole"]],
        ),
        (&["--profile", "whole"], &[&["--profile", "aws"], &[]]),
        (
            &["--profile", "one"],
            &[&["--profile", "aws"], &["--profile", "aws,one"]],
        ),
    ] {
        let args = ["prices", "refresh", "--region", "us-east-1"];
        let output = server.ask_aws(&[&args[..], used].concat());
        assert_eq!(output.code, 0, "{used:?}: {}{}", output.out, output.err);
        assert!(price_of(used), "{used:?}");
        for other in others {
            assert!(!price_of(other), "{used:?} prices {other:?}");
        }
    }
}

/// Prices that the console and the mock read in unlike ways.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, what: &str, console: &Measured<Quote>, mock: Option<f64>) {
        let console = console.known().map(|quote| quote.unit.0);
        let is_alike = match (console, mock) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9 * a.max(1.0),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !is_alike {
            self.0
                .push(format!("{what}: console {console:?}, mock {mock:?}"));
        }
    }

    #[track_caller]
    fn assert_none(&self) {
        assert!(
            self.0.is_empty(),
            "{} differences, first {:#?}",
            self.0.len(),
            self.0.iter().take(20).collect::<Vec<_>>()
        );
    }
}

/// Both sides read the cards on their own: a price that one has, the other has too.
#[test]
fn console_and_mock_read_the_cards_alike() {
    let (prices, facts) = (Prices::embedded(), Facts::get());
    let mut differences = Differences::default();
    for region in facts.regions() {
        for ty in facts.instance_types() {
            let name = &*ty.name;
            let at = |what: &str| format!("{name} {what} {region}");
            let (console, mock) = (prices.ec2(name, region), facts.on_demand(name, region));
            differences.compare(&at("on demand"), &console, mock);
            let console = prices.capacity_block(name, region);
            differences.compare(&at("block"), &console, facts.capacity_block(name, region));
            for component in Component::ALL {
                let ml = format!("ml.{name}");
                let console = prices.sagemaker(&ml, component, region);
                let mock = facts.sagemaker(&ml, component, region);
                differences.compare(&at(component.word()), &console, mock);
            }
        }
    }
    differences.assert_none();
}

/// GB-seconds of serverless inference: request time, concurrency kept warm, request time on it.
#[test]
fn console_and_mock_read_serverless_prices_alike() {
    let (prices, facts) = (Prices::embedded(), Facts::get());
    let mut differences = Differences::default();
    for region in facts.regions() {
        let (warm, on_it) = facts.warm_gb_second(region).unzip();
        for (console, gb_second) in [
            (prices.serverless(1024, region), facts.gb_second(region)),
            (prices.provisioned_concurrency(1024, region), warm),
            (prices.provisioned_requests(1024, region), on_it),
        ] {
            let hour = gb_second.map(|usd| usd * 3_600.0);
            differences.compare(&format!("serverless in {region}"), &console, hour);
        }
    }
    differences.assert_none();
}

/// Training by the token, of the models that the console finds by their id.
#[test]
fn console_and_mock_read_training_prices_alike() {
    let (prices, facts) = (Prices::embedded(), Facts::get());
    let (mut differences, mut compared) = (Differences::default(), 0);
    for region in facts.regions() {
        for (id, ..) in facts.models() {
            let price = prices.training(id, "FINE_TUNING", region);
            let Some(price) = price.filter(|price| &*price.unit == "1M training tokens") else {
                continue;
            };
            let million = facts.training_tokens(id, region).map(|usd| usd * 1_000.0);
            let what = format!("training of {id} in {region}");
            differences.compare(&what, &Measured::Known(price.quote), million);
            compared += 1;
        }
    }
    assert!(compared > 8, "{compared}");
    differences.assert_none();
}
