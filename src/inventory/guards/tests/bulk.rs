//! Guards on bulk plans: denied rows, typed names and limits.

use super::*;
use crate::domain::Operation;

#[test]
fn bulk_plan_applies_guards_of_each_account() {
    let tagged = |account, id, tags: &[(&str, &str)]| row(account, id, 10.0, Some(tags));
    let rows = [
        tagged(PROD, "held", &[("legal", "hold")]),
        tagged(PROD, "live", &[("env", "prod")]),
        tagged(PROD, "plain", &[]),
        tagged(DEV, "dev", &[("env", "dev")]),
    ];
    let deny = guard("tag:legal=hold", &[], GuardEffect::Deny);
    let guards = numbered(vec![deny.clone()], true);
    let plan = apply(&guards, Operation::Stop, &rows).unwrap();
    assert_eq!(
        plan.confirm_level,
        ConfirmLevel::Type("stop 3 resources".into()),
        "the strictest decides, and the name is of what is left"
    );
    assert_eq!(
        plan.confirm_reasons,
        [Reason::new("production (built in: tag:env=prod)")]
    );
    assert_eq!(
        plan.skipped
            .iter()
            .map(|one| one.why.to_string())
            .collect::<Vec<_>>(),
        ["guard 1: tag:legal=hold"]
    );
    // Deleting also requires the typed name of the remaining targets.
    assert_eq!(
        apply(&guards, Operation::Delete, &rows)
            .unwrap()
            .confirm_level,
        ConfirmLevel::Type("delete 3 resources".into())
    );
    // Only one account can be typed; the refusal names the rule that requires it.
    let account = Guard {
        reason: Some("production".into()),
        ..guard("tag:env=prod", &[], GuardEffect::TypeAccount)
    };
    let guards = numbered(vec![deny.clone(), account], false);
    assert_eq!(
        describe(&apply(&guards, Operation::Stop, &rows)),
        "refused: one account at a time: production (guard 2: tag:env=prod)"
    );
    assert_eq!(
        describe(&apply(&guards, Operation::Stop, &rows[..3])),
        "type 111122223333 or acme-prod"
    );
    // Denied targets count for no limit; a plan over the limit is refused as a whole.
    for (most, expected) in [(3, "yes"), (2, "refused: 3 targets, limit 2: guard 1")] {
        let limits = numbered(
            vec![guard("", &[], GuardEffect::MaxBulk(most)), deny.clone()],
            false,
        );
        assert_eq!(describe(&apply(&limits, Operation::Stop, &rows)), expected);
    }
}

#[test]
fn max_targets_allows_exactly_its_count() {
    for &operation in Operation::ALL {
        for most in [1, 2, 5] {
            for more in [0, 1] {
                let of_rule = (0..most + more)
                    .map(|number| row(DEV, &format!("in-{number}"), 1.0, Some(&[("env", "dev")])));
                let beside = (0..3).map(|number| {
                    row(DEV, &format!("out-{number}"), 1.0, Some(&[("env", "test")]))
                });
                let rows: Vec<Record> = of_rule.chain(beside).collect();
                let guards = numbered(
                    vec![guard("tag:env=dev", &[], GuardEffect::MaxBulk(most))],
                    false,
                );
                let expected = match (more, operation.definition().is_irreversible) {
                    (0, false) => "yes".to_owned(),
                    (0, true) => format!("type {operation} {} resources", rows.len()),
                    _ => format!(
                        "refused: {} targets, limit {most}: guard 1: tag:env=dev",
                        most + 1
                    ),
                };
                assert_eq!(
                    describe(&apply(&guards, operation, &rows)),
                    expected,
                    "{operation} {most}+{more}"
                );
            }
        }
    }
}

#[test]
fn mixed_bulk_skips_denied_rows_and_types_the_rest() {
    let rows = [
        row(DEV, "held-1", 1.0, Some(&[("Legal", "HOLD")])),
        row(DEV, "prod-1", 1.0, Some(&[("ENV", "Prod")])),
        row(DEV, "free-1", 1.0, Some(&[])),
        row(DEV, "unread", 1.0, None),
        row(
            DEV,
            "held-2",
            1.0,
            Some(&[("legal", "hold"), ("env", "prod")]),
        ),
        row(DEV, "free-2", 1.0, Some(&[("env", "dev")])),
    ];
    for &operation in Operation::ALL {
        let rules = vec![
            guard("tag:legal=hold", &[], GuardEffect::Deny),
            guard("tag:env=prod", &[operation], GuardEffect::TypeName),
        ];
        let plan = apply(&numbered(rules, false), operation, &rows).unwrap();
        let left: Vec<String> = plan
            .skipped
            .iter()
            .map(|one| format!("{}: {}", one.name, one.why))
            .collect();
        let held = "guard 1: tag:legal=hold";
        let unread = format!("unread: its tags are unknown: {held}");
        assert_eq!(
            left,
            [format!("held-1: {held}"), unread, format!("held-2: {held}")],
            "{operation}"
        );
        assert_eq!(
            plan.confirm_level,
            ConfirmLevel::Type(format!("{operation} 3 resources").into()),
            "{operation}"
        );
        // With only one left, its own name is typed.
        let plan = apply(
            &numbered(
                vec![
                    guard("!name:prod-1", &[], GuardEffect::Deny),
                    guard("", &[], GuardEffect::TypeName),
                ],
                false,
            ),
            operation,
            &rows,
        );
        assert_eq!(describe(&plan), "type prod-1", "{operation}");
    }
}
