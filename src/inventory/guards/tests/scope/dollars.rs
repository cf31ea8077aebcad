//! Guards by dollars count all parts together.

use super::*;

#[test]
fn the_dollars_of_all_parts_count_together() {
    let rows = scope_rows();
    let all = |count: usize| format!("skipped: guard 1: burn>50; all {count} with the same parent");
    let delete = |name: &str| ApiCall::Delete(ops::delete::Call::Endpoint(name.into()));
    let (deleting, scaling) = (Operation::Delete, Operation::Scale);
    for (operation, call, id, expected) in [
        (deleting, delete("rec"), "rec/a", all(3)),
        (deleting, delete("rec2"), "rec2/a", "type rec2/a".to_owned()),
        (scaling, scale_group("workers"), "i-1", all(2)),
        (scaling, scale_group("head"), "i-3", "yes".to_owned()),
    ] {
        let rule = guard("burn>50", &[], GuardEffect::Deny);
        assert_eq!(
            describe(&applied(&[rule], operation, &call, id, &rows)),
            expected,
            "{id}"
        );
    }
}

#[test]
fn a_tuning_job_costs_what_its_tries_cost() {
    let word_of = |rows: &[Record]| {
        let rule = guard("kind:tuning-job burn>20", &[], GuardEffect::Deny);
        let applied = applied(&[rule], Operation::Stop, &stop_tuning(), "tune", rows);
        describe(&applied)
    };
    let mut rows = scope_rows();
    assert_eq!(
        word_of(&rows),
        "skipped: guard 1: kind:tuning-job burn>20; all 2 with the same parent"
    );
    // If the price of one part is unknown, so is the sum.
    for row in &mut rows {
        if &*row.head.key.id == "try-1" {
            row.head.burn = crate::domain::HourlyCost::Unpriced(Reason::new("-"));
        }
    }
    assert_eq!(
        word_of(&rows),
        "skipped: its burn is unknown: guard 1: kind:tuning-job burn>20; all 2 with the same parent"
    );
}
