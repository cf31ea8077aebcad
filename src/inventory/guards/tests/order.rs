//! Guards match in order, limits are separate, and production needs the typed name by default.

use super::*;

#[test]
fn first_match_decides_and_limits_are_skipped() {
    let prod = || {
        row(
            PROD,
            "box",
            30.0,
            Some(&[("env", "prod"), ("legal", "hold")]),
        )
    };
    let (deny, confirm) = (
        guard("tag:legal=hold", &[], GuardEffect::Deny),
        guard("tag:env=prod", &[], GuardEffect::Confirm),
    );
    let (name, limit) = (
        guard("burn>20", &[], GuardEffect::TypeName),
        guard("", &[], GuardEffect::MaxBulk(1)),
    );
    let account = guard("account:1111*", &[], GuardEffect::TypeAccount);
    for (rules, expected) in [
        (vec![], "yes"),
        (vec![&deny, &confirm], "skipped: guard 1: tag:legal=hold"),
        (vec![&confirm, &deny], "yes"),
        (vec![&name, &deny], "type box"),
        (vec![&account, &name], "type 111122223333 or acme-prod"),
        (vec![&name, &account], "type box"),
        (vec![&limit, &deny], "skipped: guard 2: tag:legal=hold"),
        (vec![&limit, &name, &confirm], "type box"),
    ] {
        let guards = numbered(rules.into_iter().cloned().collect(), false);
        assert_eq!(describe_one(&guards, Operation::Stop, prod()), expected);
    }
    // A configured rule loosens or tightens the built-in ones.
    assert_eq!(
        describe_one(&numbered(vec![], true), Operation::Stop, prod()),
        "type box"
    );
    assert_eq!(
        describe_one(&numbered(vec![confirm], true), Operation::Stop, prod()),
        "yes"
    );
    assert_eq!(
        describe_one(&numbered(vec![limit], true), Operation::Stop, prod()),
        "type box"
    );
    assert_eq!(
        describe_one(&numbered(vec![account], true), Operation::Stop, prod()),
        "type 111122223333 or acme-prod"
    );
}

#[test]
fn builtin_guard_requires_typed_name_in_production() {
    let guards = numbered(vec![], true);
    for (key, value, typed) in [
        ("env", "prod", true),
        ("Env", "PROD", true),
        ("environment", "Production", true),
        ("Stage", "live", true),
        ("stage", "prd", true),
        ("env", "dev", false),
        ("env", "preprod", false),
        ("team", "prod", false),
    ] {
        let row = || row(DEV, "box", 1.0, Some(&[(key, value)]));
        for &operation in Operation::ALL {
            let own = matches!(operation, Operation::Terminate | Operation::Delete);
            let harmless = matches!(operation, Operation::Tag | Operation::Feedback);
            let expected = if own || (typed && !harmless) {
                "type box"
            } else {
                "yes"
            };
            assert_eq!(
                describe_one(&guards, operation, row()),
                expected,
                "{key}={value} {operation}"
            );
        }
    }
    let plan = apply(
        &guards,
        Operation::Stop,
        &[row(DEV, "box", 1.0, Some(&[("Stage", "Live")]))],
    )
    .unwrap();
    assert_eq!(
        plan.confirm_reasons,
        [Reason::new("production (built in: tag:stage=live)")]
    );
}

#[test]
fn tag_filters_ignore_case_and_match_key_alone() {
    for (when, tags, matches) in [
        ("tag:env=prod", &[("Env", "PROD")][..], true),
        ("tag:ENV=Prod", &[("env", "prod")], true),
        ("tag:env=prod", &[("environment", "prod")], false),
        ("tag:env=prod", &[("env", "prod-eu")], false),
        ("tag:env=prod*", &[("env", "Prod-EU")], true),
        ("tag:Legal", &[("LEGAL", "")], true),
        ("tag:env=prod", &[("env", "dev"), ("Env", "prod")], true),
        ("!tag:env=prod", &[("ENV", "prod")], false),
        ("!tag:env=prod", &[("env", "dev")], true),
        ("tag:env=prod tag:tier=1", &[("env", "prod")], false),
        (
            "tag:aws:autoscaling:groupName",
            &[("aws:autoscaling:groupName", "x")],
            true,
        ),
    ] {
        let expected = if matches {
            format!("skipped: guard 1: {when}")
        } else {
            "yes".to_owned()
        };
        let guards = numbered(vec![guard(when, &[], GuardEffect::Deny)], false);
        assert_eq!(
            describe_one(&guards, Operation::Stop, row(DEV, "box", 1.0, Some(tags))),
            expected,
            "{when} {tags:?}"
        );
    }
}
