//! `spendtop prices`, from the cards and from the Price List of a mock.

use super::cli::Served;
use serde_json::Value;

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
fn price(served: &Served, name: &str, what: &str) -> (f64, String) {
    let said = served.ask(&["prices", name, "--region", "us-east-1", "--output", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let lines: Vec<Value> = serde_json::from_str(&said.out).unwrap();
    let line = lines
        .iter()
        .find(|line| line["name"] == name && line["dimension"] == what)
        .unwrap_or_else(|| panic!("{}", said.out));
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
    let served = Served::new(path.to_str().unwrap());
    assert_eq!(price(&served, "p5.48xlarge", "EC2 on demand").0, 55.04);
    let said = served.ask(&["prices", "refresh", "--region", "us-east-1"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let (usd, source) = price(&served, "p5.48xlarge", "EC2 on demand");
    assert_eq!(usd, 49.99, "{source}");
    assert!(source.contains("Price List"), "{source}");
    assert_eq!(price(&served, "ml.g5.xlarge", "SageMaker hosting").0, 1.5);

    // What is listed burns at the new price.
    let said = served.ask(&["ls", "gpus", "--output", "json"]);
    let rows: Vec<Value> =
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err));
    assert_eq!(rows[0]["usd_per_hour_list"], 49.99);
    let said = served.ask(&["ls", "endpoints", "--output", "json"]);
    let rows: Vec<Value> =
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}{}", said.out, said.err));
    assert_eq!(rows[0]["usd_per_hour_list"], 3.0);
}

#[test]
fn unknown_price_name_is_rejected_with_valid_forms() {
    let served = Served::new("empty");
    let said = served.ask(&["prices", "x9.large"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("expected an instance type"),
        "{}",
        said.err
    );
}
