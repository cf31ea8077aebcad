//! Bills in AWS's own shape, written by hand: figures of published bills and of the price lists,
//! none of the mock's.

use super::*;
use crate::domain::Timestamp;

const DAY: i64 = 86_400;
/// 2026-11-29, 12:00 UTC.
const NOW: i64 = 1_795_953_600;

/// The same line on each of the last nine days.
fn daily(service: &str, usage: &str, usd: f64, quantity: f64) -> Vec<UsageLine> {
    let line = |back: i64| UsageLine {
        day: NOW.div_euclid(DAY) * DAY - back * DAY,
        service: service.to_owned(),
        usage: usage.to_owned(),
        usd,
        quantity,
        ..UsageLine::default()
    };
    (0..9).map(line).collect()
}

fn bill(lines: &[Vec<UsageLine>]) -> BillLines {
    BillLines {
        lines: lines.concat(),
        ..BillLines::default()
    }
}

/// The inferred share of `service`, and all notes.
fn infer(bill: &BillLines, service: Service) -> (Measured<f64>, Vec<Note>) {
    let now = Timestamp::from_second(NOW).unwrap();
    let calendar = Calendar::of(&bill.lines, now).unwrap();
    let list = ListPrices::new(bill, &calendar, Prices::embedded());
    let share = list
        .of_service(service)
        .map_or_else(|| Measured::unknown("nothing at list"), |(_, share)| share);
    (share, list.notes)
}

const SONNET: &str = "Claude Sonnet 4.6 (Amazon Bedrock Edition)";
const IN: &str = "USE1-MP:USE1_InputTokenCount-Units";
const OUT: &str = "USE1-MP:USE1_OutputTokenCount-Units";
const EC2: &str = "Amazon Elastic Compute Cloud - Compute";

/// 96M tokens in and 7.2M out a day at $3.30 and $16.50 a million, the price list of the
/// Marketplace offer; Nova Pro at $0.0008 a thousand.
#[test]
fn a_bill_at_list_is_at_list() {
    let bill = bill(&[
        daily(SONNET, IN, 96.0 * 3.3, 96.0),
        daily(SONNET, OUT, 7.2 * 16.5, 7.2),
        daily(
            "Amazon Bedrock",
            "USE1-NovaPro-input-tokens",
            19.2,
            24_000.0,
        ),
    ]);
    let (share, notes) = infer(&bill, Service::Bedrock);
    assert!(share.known().unwrap().abs() < 1e-6, "{share:?}");
    assert_eq!(notes, []);
}

#[test]
fn a_unit_that_fits_nothing_teaches_nothing() {
    let bill = bill(&[
        daily(SONNET, IN, 1_600.0, 96.0),
        daily(
            "Amazon Bedrock",
            "USE1-NovaPro-input-tokens",
            19.2,
            24_000.0,
        ),
    ]);
    let (share, notes) = infer(&bill, Service::Bedrock);
    let why = share.why().unwrap().to_string();
    assert!(why.starts_with("the bill is 4.8 x list"), "{why}");
    assert!(matches!(&notes[0], Note::LineNotAtList { usage, .. } if usage.contains("Sonnet")));
    assert!(matches!(
        notes[1],
        Note::ServiceNotAtList {
            service: Service::Bedrock,
            ..
        }
    ));
}

/// The inference skips a small line with an implausible price and uses the rest.
#[test]
fn one_misread_line_does_not_spoil_the_others() {
    let bill = bill(&[
        daily(SONNET, IN, 96.0 * 3.3 * 0.8, 96.0),
        daily(
            "Amazon Bedrock",
            "USE1-NovaPro-input-tokens",
            50.0,
            24_000.0,
        ),
    ]);
    let (share, notes) = infer(&bill, Service::Bedrock);
    assert!((share.known().unwrap() - 0.2).abs() < 1e-6, "{share:?}");
    assert_eq!(notes.len(), 1, "{notes:?}");
}

/// 100 Windows workstations at Windows list beside Linux at list: $0.526 and $0.710 an hour.
#[test]
fn windows_is_not_held_against_the_price_of_linux() {
    let hours = 100.0 * 24.0;
    let lines = bill(&[
        daily(EC2, "BoxUsage:g4dn.xlarge", hours * 0.71, hours),
        daily(EC2, "BoxUsage:p4d.24xlarge", 24.0 * 21.957_642 * 0.9, 24.0),
    ]);
    let (share, notes) = infer(&lines, Service::Ec2);
    assert!(
        share.why().is_some(),
        "most of it may be Windows: {share:?}"
    );
    assert!(notes.contains(&Note::SystemUnknown));
    let operation = |usage, operation: &str, usd, quantity| {
        let mut lines = daily(EC2, usage, usd, quantity);
        for line in &mut lines {
            operation.clone_into(&mut line.operation);
        }
        lines
    };
    let operations = [
        operation(
            "BoxUsage:g4dn.xlarge",
            "RunInstances:0002",
            hours * 0.71,
            hours,
        ),
        operation(
            "BoxUsage:p4d.24xlarge",
            "RunInstances",
            24.0 * 21.957_642 * 0.9,
            24.0,
        ),
    ];
    let told = BillLines {
        operations: Some(operations.concat()),
        ..lines
    };
    let (share, notes) = infer(&told, Service::Ec2);
    assert!((share.known().unwrap() - 0.1).abs() < 1e-3, "{share:?}");
    assert_eq!(notes, []);
}

/// FOCUS's `ListCost` as Cost Explorer serves it: whatever the system, unit and currency.
#[test]
fn list_prices_of_cost_explorer_win() {
    let mut lines = bill(&[
        daily(EC2, "BoxUsage:g4dn.xlarge", 1_363.2, 2_400.0),
        daily(EC2, "SpotUsage:g5.xlarge", 10.0, 24.0),
    ]);
    for line in &mut lines.lines {
        line.list = Some(if line.usage.starts_with("Spot") {
            24.1
        } else {
            1_704.0
        });
    }
    lines.currency = "CNY".to_owned();
    let (share, notes) = infer(&lines, Service::Ec2);
    assert!((share.known().unwrap() - 0.2).abs() < 1e-6, "{share:?}");
    assert!(matches!(notes[..], [Note::Currency { .. }]), "{notes:?}");
}

#[test]
fn another_currency_is_not_held_against_dollars() {
    let mut lines = bill(&[daily(
        "Amazon SageMaker",
        "CNN1-Host:ml.g4dn.xlarge",
        120.0,
        24.0,
    )]);
    lines.currency = "CNY".to_owned();
    let (share, notes) = infer(&lines, Service::SageMaker);
    assert!(share.known().is_none());
    assert!(matches!(notes[..], [Note::Currency { .. }]), "{notes:?}");
}

/// Half off here and twice the list there is no discount of both.
#[test]
fn a_line_that_explains_more_than_the_whole_teaches_nothing() {
    let lines = bill(&[
        daily(
            "Amazon SageMaker",
            "USE1-Host:ml.g5.12xlarge",
            24.0 * 7.09 * 0.75,
            24.0,
        ),
        daily(
            "Amazon SageMaker",
            "USE1-Notebk:ml.g5.12xlarge",
            24.0 * 7.09 * 1.24,
            24.0,
        ),
    ]);
    let (share, notes) = infer(&lines, Service::SageMaker);
    assert!(share.why().is_some(), "{share:?}");
    assert!(
        matches!(notes[..], [Note::LineOutweighsService { .. }]),
        "{notes:?}"
    );
}
