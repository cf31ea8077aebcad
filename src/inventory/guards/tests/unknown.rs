//! What is not known does not slip through: tags, owner, price, account.

use super::*;

#[test]
fn unknown_values_match_guards() {
    let untagged = || row(PROD, "box", 30.0, None);
    let mut unpriced = row(PROD, "box", 1.0, Some(&[]));
    unpriced.head.burn = crate::domain::HourlyCost::Unpriced(Reason::new("no price"));
    let tags = Some("its tags are not known");
    for (when, effect, row, expected, because) in [
        (
            "tag:env=prod",
            Effect::Deny,
            untagged(),
            "left out: its tags are not known: guard 1: tag:env=prod",
            None,
        ),
        (
            "tag:env=prod",
            Effect::TypeName,
            untagged(),
            "type box",
            tags,
        ),
        (
            "!tag:env=dev",
            Effect::TypeName,
            untagged(),
            "type box",
            tags,
        ),
        (
            "tag:env=prod",
            Effect::TypeAccount,
            untagged(),
            "type 111122223333 or acme-prod",
            tags,
        ),
        (
            "tag:env=prod",
            Effect::MaxBulk(1),
            untagged(),
            "type box",
            tags,
        ),
        // That it may be loosened is no reason to demand more, nor less.
        ("tag:env=dev", Effect::Confirm, untagged(), "yes", None),
        // What settles the matter without the tags does.
        (
            "tag:env=prod burn>50",
            Effect::Deny,
            untagged(),
            "yes",
            None,
        ),
        (
            "tag:env=prod burn>20",
            Effect::Deny,
            untagged(),
            "left out: its tags are not known: guard 1: tag:env=prod burn>20",
            None,
        ),
        (
            "owner:search",
            Effect::TypeName,
            untagged(),
            "type box",
            Some("its owner is not known"),
        ),
        (
            "owner:search",
            Effect::Deny,
            untagged(),
            "left out: its owner is not known: guard 1: owner:search",
            None,
        ),
        ("search", Effect::TypeName, untagged(), "type box", tags),
        (
            "box",
            Effect::TypeName,
            untagged(),
            "type box",
            Some("guard 1: box"),
        ),
        (
            "burn>20",
            Effect::Deny,
            unpriced.clone(),
            "left out: its burn is not known: guard 1: burn>20",
            None,
        ),
        (
            "burn<20",
            Effect::Deny,
            unpriced.clone(),
            "left out: its burn is not known: guard 1: burn<20",
            None,
        ),
        (
            "!burn<20",
            Effect::TypeName,
            unpriced.clone(),
            "type box",
            Some("its burn is not known"),
        ),
        (
            "burn>20",
            Effect::TypeName,
            unpriced.clone(),
            "type box",
            Some("its burn is not known"),
        ),
        (
            "burn>20",
            Effect::TypeAccount,
            unpriced.clone(),
            "type 111122223333 or acme-prod",
            Some("its burn is not known"),
        ),
        (
            "burn>20",
            Effect::MaxBulk(1),
            unpriced.clone(),
            "type box",
            Some("its burn is not known"),
        ),
        ("burn<20", Effect::Confirm, unpriced.clone(), "yes", None),
        (
            "burn:n/a",
            Effect::Deny,
            unpriced.clone(),
            "left out: guard 1: burn:n/a",
            None,
        ),
        // A field the row does not have is known to be nothing.
        ("gpu<5", Effect::Deny, untagged(), "yes", None),
    ] {
        let applied = apply(
            &numbered(vec![guard(when, &[], effect)], false),
            Operation::Stop,
            &[row],
        );
        assert_eq!(word(&applied), expected, "{when} {effect:?}");
        assert_eq!(
            applied
                .unwrap()
                .because
                .first()
                .map(ToString::to_string)
                .as_deref(),
            because,
            "{when} {effect:?}"
        );
    }
    // An unread rule is a floor; the search goes on to a stricter one.
    let then = vec![
        guard("tag:env=prod", &[], Effect::TypeName),
        guard("", &[], Effect::TypeAccount),
    ];
    assert_eq!(
        one(&numbered(then, false), Operation::Stop, untagged()),
        "type 111122223333 or acme-prod"
    );
    // A row that is not listed any more: who knows.
    let world = world(&[]);
    let known = GuardContext {
        world: &world,
        aliases: &BTreeMap::new(),
        now: at(0.0),
    };
    let gone = numbered(vec![guard("tag:env=prod", &[], Effect::Deny)], false)
        .apply(plan(Operation::Stop, &[untagged()]), &known);
    assert_eq!(word(&gone), "type box");
}

/// A limit counts what may be one of its own, too.
#[test]
fn unpriced_rows_count_toward_cost_limits() {
    let mut rows = [
        row(DEV, "a", 30.0, Some(&[])),
        row(DEV, "b", 1.0, Some(&[])),
        row(DEV, "c", 1.0, Some(&[])),
    ];
    rows[1].head.burn = crate::domain::HourlyCost::Unpriced(Reason::new("no price"));
    for (most, expected) in [
        (1, "refused: 2 at once, 1 at most: guard 1: burn>20"),
        (2, "type stop 3 resources"),
    ] {
        let guards = numbered(vec![guard("burn>20", &[], Effect::MaxBulk(most))], false);
        assert_eq!(word(&apply(&guards, Operation::Stop, &rows)), expected);
    }
}
