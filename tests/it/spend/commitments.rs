//! Savings Plans and reservations: their use, and the price they leave.

use super::{DEALS, cell, near, row, share, source, start, usd};
use spendtop::{
    collectors::{PollKind, SpendSettings},
    domain::{Service, Value},
    mock::Scenario,
};

const RESERVED: &str = "coverage/reservations/Amazon Elastic Compute Cloud - Compute";

/// A plan for half of the replicas at 40 % less, and a reservation for one of the two machines at
/// $10 an hour.
const COMMITMENTS: &str = r#"
[[savings-plan]]
type = "sagemaker"
commitment = 8.508
percent = 40
start = "-40d"
[[reservation]]
type = "p4d.24xlarge"
count = 1
usd-per-hour = 10
start = "-40d"
"#;

fn text() -> String {
    DEALS.split("[[discount]]").next().unwrap().to_owned() + COMMITMENTS
}

pub(crate) fn commitments() -> Scenario {
    Scenario::parse(&text(), "plans.toml").unwrap()
}

#[tokio::test]
async fn reservations_are_read_once_on_the_second_look() {
    let (mock, sessions, clock) = start(&text()).await;
    let mut source = source(&sessions, &clock, SpendSettings::default());
    let first = source.poll(PollKind::Inventory).await;
    let Value::Unknown(why) = cell(row(&first, RESERVED), "covered", clock.now()) else {
        panic!("the first look has no page left for it");
    };
    assert!(why.to_string().contains("the next look"), "{why}");
    let report = source.poll(PollKind::Inventory).await;
    assert_eq!(report.faults, []);
    assert_eq!(
        mock.count("ce", "GetReservationUtilization"),
        1,
        "its use is paid for once"
    );
    mock.stop().await;
}

/// Two of four replicas are paid at 60 %: 7.09 x 2 x 0.6 = 8.508 an hour, all of the commitment.
#[tokio::test]
async fn commitments_are_rows_and_lower_the_effective_price() {
    let (mock, sessions, clock) = start(&text()).await;
    let now = clock.now();
    let mut source = source(&sessions, &clock, SpendSettings::default());
    source.poll(PollKind::Inventory).await;
    let report = source.poll(PollKind::Inventory).await;
    assert_eq!(report.faults, []);
    near(share(&report, Service::SageMaker), 0.2);
    near(
        share(&report, Service::Ec2),
        1.0 - (21.957_642 + 10.0) / (2.0 * 21.957_642),
    );
    let usage_without_a_plan = "coverage/Savings Plans/Amazon Elastic Compute Cloud - Compute";
    for (id, field, expected) in [
        ("coverage/Savings Plans/Amazon SageMaker", "covered", 0.5),
        ("coverage/Savings Plans/all", "used", 1.0),
        (RESERVED, "covered", 0.5),
        (RESERVED, "used", 1.0),
        (usage_without_a_plan, "covered", 0.0),
    ] {
        near(usd(row(&report, id), field, now), expected);
    }
    assert!(usd(row(&report, "coverage/Savings Plans/all"), "unused", now) < 0.1);
    assert_eq!(report.costs.unwrap().coverage.len(), 4);
    mock.stop().await;
}
