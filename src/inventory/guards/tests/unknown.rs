//! Guards on unknown tags, owners, prices and accounts.

use super::*;

fn untagged() -> Record {
    row(PROD, "box", 30.0, None)
}

fn unpriced() -> Record {
    let mut row = row(PROD, "box", 1.0, Some(&[]));
    row.head.burn = crate::domain::HourlyCost::Unpriced(Reason::new("no price"));
    row
}

/// Checks what one guard decides for a stop of `row`, and its first reason (`""`: none).
fn check(row: Record, when: &str, effect: GuardEffect, expected: &str, confirm_reasons: &str) {
    let guards = numbered(vec![guard(when, &[], effect)], false);
    let applied = apply(&guards, Operation::Stop, &[row]);
    assert_eq!(describe(&applied), expected, "{when} {effect:?}");
    let reasons = applied.unwrap().confirm_reasons;
    let first = reasons.first().map_or(String::new(), ToString::to_string);
    assert_eq!(first, confirm_reasons, "{when} {effect:?}");
}

/// A guard that may only loosen requires no more; one that the price decides needs no tags.
#[test]
fn unknown_tags_meet_a_guard() {
    for (when, effect, expected, confirm_reasons) in [
        (
            "tag:env=prod",
            GuardEffect::Deny,
            "skipped: its tags are unknown: guard 1: tag:env=prod",
            "",
        ),
        (
            "tag:env=prod",
            GuardEffect::TypeName,
            "type box",
            "its tags are unknown",
        ),
        (
            "!tag:env=dev",
            GuardEffect::TypeName,
            "type box",
            "its tags are unknown",
        ),
        (
            "tag:env=prod",
            GuardEffect::TypeAccount,
            "type 111122223333 or acme-prod",
            "its tags are unknown",
        ),
        (
            "tag:env=prod",
            GuardEffect::MaxBulk(1),
            "type box",
            "its tags are unknown",
        ),
        ("tag:env=dev", GuardEffect::Confirm, "yes", ""),
        ("tag:env=prod burn>50", GuardEffect::Deny, "yes", ""),
        (
            "tag:env=prod burn>20",
            GuardEffect::Deny,
            "skipped: its tags are unknown: guard 1: tag:env=prod burn>20",
            "",
        ),
    ] {
        check(untagged(), when, effect, expected, confirm_reasons);
    }
}

#[test]
fn an_unknown_owner_or_name_meets_a_guard() {
    for (when, effect, expected, confirm_reasons) in [
        (
            "owner:search",
            GuardEffect::TypeName,
            "type box",
            "its owner is unknown",
        ),
        (
            "owner:search",
            GuardEffect::Deny,
            "skipped: its owner is unknown: guard 1: owner:search",
            "",
        ),
        (
            "search",
            GuardEffect::TypeName,
            "type box",
            "its tags are unknown",
        ),
        ("box", GuardEffect::TypeName, "type box", "guard 1: box"),
        ("gpu<5", GuardEffect::Deny, "yes", ""),
    ] {
        check(untagged(), when, effect, expected, confirm_reasons);
    }
}

#[test]
fn an_unknown_price_meets_a_guard() {
    for (when, effect, expected, confirm_reasons) in [
        (
            "burn>20",
            GuardEffect::Deny,
            "skipped: its burn is unknown: guard 1: burn>20",
            "",
        ),
        (
            "burn<20",
            GuardEffect::Deny,
            "skipped: its burn is unknown: guard 1: burn<20",
            "",
        ),
        (
            "!burn<20",
            GuardEffect::TypeName,
            "type box",
            "its burn is unknown",
        ),
        (
            "burn>20",
            GuardEffect::TypeName,
            "type box",
            "its burn is unknown",
        ),
        (
            "burn>20",
            GuardEffect::TypeAccount,
            "type 111122223333 or acme-prod",
            "its burn is unknown",
        ),
        (
            "burn>20",
            GuardEffect::MaxBulk(1),
            "type box",
            "its burn is unknown",
        ),
        ("burn<20", GuardEffect::Confirm, "yes", ""),
        (
            "burn:n/a",
            GuardEffect::Deny,
            "skipped: guard 1: burn:n/a",
            "",
        ),
    ] {
        check(unpriced(), when, effect, expected, confirm_reasons);
    }
}

/// A guard that cannot be decided sets a minimum: a later, stricter one still counts.
#[test]
fn a_stricter_guard_counts_after_an_unknown_one() {
    let then = vec![
        guard("tag:env=prod", &[], GuardEffect::TypeName),
        guard("", &[], GuardEffect::TypeAccount),
    ];
    assert_eq!(
        describe_one(&numbered(then, false), Operation::Stop, untagged()),
        "type 111122223333 or acme-prod"
    );
}

#[test]
fn a_row_that_is_no_longer_listed_is_unknown() {
    let world = world(&[]);
    let known = GuardContext {
        world: &world,
        aliases: &BTreeMap::new(),
        now: at(0.0),
    };
    let gone = numbered(vec![guard("tag:env=prod", &[], GuardEffect::Deny)], false)
        .apply(plan(Operation::Stop, &[untagged()]), &known);
    assert_eq!(describe(&gone), "type box");
}

/// A limit also counts rows that may match.
#[test]
fn unpriced_rows_count_toward_cost_limits() {
    let mut rows = [
        row(DEV, "a", 30.0, Some(&[])),
        row(DEV, "b", 1.0, Some(&[])),
        row(DEV, "c", 1.0, Some(&[])),
    ];
    rows[1].head.burn = crate::domain::HourlyCost::Unpriced(Reason::new("no price"));
    for (most, expected) in [
        (1, "refused: 2 targets, limit 1: guard 1: burn>20"),
        (2, "type stop 3 resources"),
    ] {
        let guards = numbered(
            vec![guard("burn>20", &[], GuardEffect::MaxBulk(most))],
            false,
        );
        assert_eq!(describe(&apply(&guards, Operation::Stop, &rows)), expected);
    }
}
