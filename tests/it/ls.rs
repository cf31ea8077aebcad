//! `spendtop ls` against the mock: the panes it names, and the filter over findings.

use super::cli::MockServer;

#[test]
fn ls_help_names_every_pane() {
    let help = MockServer::new("weekend-spike").ask(&["ls", "--help"]).out;
    let words: Vec<&str> = help.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    for pane in spendtop::domain::pane_id::ALL {
        assert!(words.contains(pane), "{pane} in {help}");
    }
}

#[test]
fn findings_are_filtered_by_the_id_of_their_rule() {
    let server = MockServer::new("weekend-spike");
    let kinds = |filter: &[&str]| -> Vec<String> {
        let args = [&["ls", "findings", "--output", "json"], filter].concat();
        let output = server.ask(&args);
        assert_eq!(output.code, 0, "{}", output.err);
        let findings: Vec<serde_json::Value> = serde_json::from_str(&output.out).unwrap();
        findings
            .iter()
            .map(|finding| finding["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = kinds(&[]);
    let idle = all.iter().filter(|kind| *kind == "gpu-idle").count();
    assert!(idle > 0 && idle < all.len(), "{all:?}");
    assert_eq!(kinds(&["kind:gpu-idle"]), vec!["gpu-idle"; idle]);
    assert_eq!(kinds(&["!kind:gpu-idle"]).len(), all.len() - idle);
    let words = kinds(&["gpu-idle"]);
    assert_eq!(
        words.iter().filter(|kind| *kind == "gpu-idle").count(),
        idle
    );
}

#[test]
fn columns_order_and_number_of_rows_can_be_chosen() {
    let server = MockServer::new("weekend-spike");
    let list = |options: &[&str]| {
        let output = server.ask(&[&["ls", "gpus"], options].concat());
        assert_eq!(output.code, 0, "{}", output.err);
        output.out
    };
    let columns = "--columns=name,cost_friday,gpu";
    let csv = list(&[
        columns,
        "--sort",
        "cost_friday",
        "--limit",
        "3",
        "-o",
        "csv",
    ]);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("name,cost_friday,gpu"));
    let costs: Vec<f64> = lines
        .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    assert_eq!(costs.len(), 3);
    assert!(costs.is_sorted_by(|a, b| a >= b), "{costs:?}");

    let ndjson = list(&[columns, "--sort", "name:desc", "-o", "ndjson"]);
    let rows: Vec<serde_json::Value> = ndjson
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&str> = rows
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert!(
        names.is_sorted_by(|a, b| a.to_lowercase() >= b.to_lowercase()),
        "{names:?}"
    );
    let keys: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["cost_friday", "fields", "name"]);
    assert!(rows[0]["fields"]["gpu"].is_number() || rows[0]["fields"]["gpu"].is_null());

    let table = list(&["--columns", "name,since", "--limit", "1"]);
    let heading: Vec<&str> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(heading, ["name", "since"]);
    assert_eq!(table.lines().count(), 2);
}

#[test]
fn findings_carry_their_money() {
    let server = MockServer::new("weekend-spike");
    let output = server.ask(&["ls", "findings", "--output", "json"]);
    let findings: Vec<serde_json::Value> = serde_json::from_str(&output.out).unwrap();
    for finding in &findings {
        let usd = |key: &str| finding["fields"][key].as_f64().unwrap();
        for money in ["saving", "exposure"] {
            let hourly = usd(&format!("{money}_usd_per_hour"));
            let monthly = usd(&format!("{money}_usd_per_month"));
            assert!((monthly - hourly * 730.0).abs() < 0.005, "{finding}");
        }
        assert!(usd("exposure_usd_per_hour") >= finding["waste_usd_per_hour"].as_f64().unwrap());
        assert!(
            !finding["fields"]["arithmetic"].as_str().unwrap().is_empty(),
            "{finding}"
        );
    }
    let sorted = server.ask(&[
        "ls",
        "findings",
        "--sort",
        "saving_usd_per_hour",
        "-o",
        "csv",
    ]);
    assert_eq!(sorted.code, 0, "{}", sorted.err);
}

#[test]
fn unknown_column_gets_one_error_with_the_nearest() {
    let server = MockServer::new("weekend-spike");
    for (options, message) in [
        (
            ["ls", "gpus", "--columns", "name,cost_firday"],
            "--columns: there is no column `cost_firday` here: did you mean `cost_friday`?",
        ),
        (
            ["ls", "findings", "--sort", "mesage"],
            "--sort: there is no column `mesage` here: did you mean `message`?",
        ),
    ] {
        let output = server.ask(&options);
        assert_eq!(output.code, 2);
        assert_eq!(output.out, "");
        assert_eq!(output.err.trim(), format!("spendtop: {message}"));
    }
}

#[test]
fn focus_holds_every_dollar_of_the_bill_once() {
    let server = MockServer::new("weekend-spike");
    let output = server.ask(&["ls", "spend", "--output", "focus"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let rows: Vec<std::collections::HashMap<String, String>> =
        csv::Reader::from_reader(output.out.as_bytes())
            .deserialize()
            .map(Result::unwrap)
            .collect();
    let cost = |row: &std::collections::HashMap<String, String>| -> f64 {
        row["EffectiveCost"].parse().unwrap()
    };
    assert!(rows.iter().map(cost).sum::<f64>() > 0.0);
    // Nothing may be billed yet on the first day of a month.
    let month = jiff::Timestamp::now()
        .strftime("%Y-%m-01T00:00:00Z")
        .to_string();
    let of_month = rows.iter().filter(|row| row["BillingPeriodStart"] == month);
    let exported: f64 = of_month.map(cost).sum();
    let output = server.ask(&["ls", "spend", "group:service", "--output", "json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_str(&output.out).unwrap();
    let billed: f64 = lines
        .iter()
        .map(|line| line["fields"]["month"].as_f64().unwrap())
        .sum();
    assert!(
        (exported - billed).abs() <= billed * 1e-9,
        "{exported} {billed}"
    );

    let output = server.ask(&[
        "ls",
        "spend",
        "usage-type",
        "-o",
        "focus",
        "service:*bedrock*",
    ]);
    assert!(output.out.lines().count() > 1, "{}", output.out);
    assert!(!output.out.contains("SageMaker"), "{}", output.out);
}

#[test]
fn focus_of_anything_but_the_bill_gets_one_error() {
    let server = MockServer::new("weekend-spike");
    for (args, message) in [
        (
            &["ls", "gpus", "-o", "focus"][..],
            "--output focus writes the charges of the bill: expected `ls spend --output focus`",
        ),
        (
            &["ls", "findings", "-o", "focus"],
            "--output focus writes the charges of the bill: expected `ls spend --output focus`",
        ),
        (
            &["ls", "spend", "-o", "focus", "--columns", "name"],
            "--output focus has the columns and the order of FOCUS 1.2: expected no --columns",
        ),
    ] {
        let output = server.ask(args);
        assert_eq!((output.code, output.out.as_str()), (2, ""), "{args:?}");
        assert_eq!(output.err.trim(), format!("spendtop: {message}"));
    }
}

/// A read of everything costs as many cents as the mock was asked for.
#[test]
fn meter_has_every_billed_call() {
    let server = MockServer::new("weekend-spike");
    let output = server.ask(&["ls", "meter", "--output", "json"]);
    assert_eq!(output.code, 0, "{}", output.err);
    let calls: Vec<serde_json::Value> = serde_json::from_str(&output.out).unwrap();
    let requests = |service: &str| -> u64 {
        let of = calls.iter().filter(|call| call["service"] == service);
        of.map(|call| call["requests"].as_u64().unwrap()).sum()
    };
    let cost: f64 = calls
        .iter()
        .map(|call| call["cost"].as_f64().unwrap())
        .sum();
    assert!(requests("ec2") > 0 && requests("ce") > 0, "{calls:?}");
    assert!(cost >= requests("ce") as f64 * 0.01, "{cost}");
    assert!(calls.is_sorted_by(|a, b| a["cost"].as_f64() >= b["cost"].as_f64()));
    let refused = server.ask(&["ls", "meter", "--limit", "3"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("expected no --limit"),
        "{}",
        refused.err
    );
}
