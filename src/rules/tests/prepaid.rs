//! Rules on prepaid capacity: its idle part is exposure, never waste.

use super::*;
use crate::domain::{Prepaid, Reason};

/// `head` in a block of a week that has run for four days, at `unit` an hour an instance.
fn in_block(mut head: CommonFields, unit: Option<f64>, instances: u32) -> CommonFields {
    head.burn = HourlyCost::Nothing(Reason::new("prepaid"));
    head.prepaid = Some(Box::new(Prepaid {
        unit: Measured::or_why(unit.map(UsdPerHour), "no price"),
        source: "list".into(),
        instances,
        elsewhere: 0,
        by: None,
        from: Some(ago(96.0)),
        to: Some(ago(-72.0)),
    }));
    head
}

fn idle() -> CommonFields {
    gpu(Measured::Known(seen(0.03, 61.0, 61.0)), 61.0)
}

#[test]
fn an_idle_machine_in_a_block_is_exposure_and_saves_nothing() {
    let found = finding_of(&in_block(idle(), Some(30.0), 1), "gpu-idle");
    assert_eq!(
        found.message,
        "GPU 3 % for 61 h (61 h of data); paid in advance"
    );
    assert_dollars(found.exposure, 30.0);
    assert_eq!(
        (found.waste, found.saving, found.fix),
        (UsdPerHour::ZERO, UsdPerHour::ZERO, None)
    );
    assert_eq!(
        found.recommendation,
        "give its capacity to other work, which is paid for until 2026-11-26 08:30 UTC; a stop \
         saves nothing"
    );
    assert_eq!(
        found.arithmetic,
        "1 x $30.00/h = $30.00/h, all of it; paid in advance; x 730 h = $21,900.00 a month"
    );
}

#[test]
fn an_idle_machine_in_a_block_without_a_price_is_a_finding() {
    let found = finding_of(&in_block(idle(), None, 1), "gpu-idle");
    assert_eq!(found.exposure, UsdPerHour::ZERO);
    assert!(found.arithmetic.starts_with("price unknown; paid in"));
}

#[test]
fn only_rules_about_idleness_judge_what_is_prepaid() {
    let mut head = in_block(resources::p3(0.12, 168.0), Some(30.0), 1);
    head.tags = Measured::Known(crate::domain::Tags::new());
    let rules: Vec<&str> = judge(&head, &Thresholds::default(), now())
        .iter()
        .map(Verdict::rule)
        .collect();
    assert_eq!(rules, ["gpu-idle"], "no right-size, no untagged");
}

#[test]
fn unused_instances_of_a_reservation_by_the_hour_are_waste() {
    let evidence = Evidence::Capacity {
        instances: 4,
        unused: 2,
    };
    let reserve = head("p5.48xlarge", 2, 55.04, evidence);
    let found = finding_of(&reserve, "capacity-unused");
    assert_eq!(found.message, "2 of 4 instances unused");
    assert_dollars(found.waste, 110.08);
    assert!(
        found
            .recommendation
            .starts_with("start work on it, or cancel it: $110.08/h")
    );
    assert_eq!(found.fix, None);
}

#[test]
fn unused_instances_of_a_block_are_exposure() {
    let block = |unused| {
        let evidence = Evidence::Capacity {
            instances: 8,
            unused,
        };
        let mut head = in_block(head("p5.48xlarge", 8, 0.0, evidence), Some(30.0), 8);
        head.since = Some(ago(96.0));
        head
    };
    let found = finding_of(&block(3), "capacity-unused");
    assert_eq!(found.message, "3 of 8 instances unused; paid in advance");
    assert_dollars(found.exposure, 90.0);
    assert_eq!(
        (found.waste, found.saving),
        (UsdPerHour::ZERO, UsdPerHour::ZERO)
    );
    assert_eq!(found.confidence, Confidence::High);
    assert_eq!(pass_note(&block(0), "capacity-unused"), "");
    let mut young = block(3);
    young.since = Some(ago(0.5));
    assert_eq!(
        pass_note(&young, "capacity-unused"),
        "3 of 8 instances unused, it has just begun"
    );
}
