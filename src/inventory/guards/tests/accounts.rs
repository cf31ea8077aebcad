//! Guards on accounts, profiles and regions.

use super::*;

#[test]
fn guards_match_accounts_by_id_or_alias_and_profiles_by_name() {
    let listed = |accounts: &[&str], profiles: &[&str]| Guard {
        accounts: accounts.iter().map(|one| Arc::from(*one)).collect(),
        profiles: profiles.iter().map(|one| Arc::from(*one)).collect(),
        ..guard("", &[], GuardEffect::Deny)
    };
    for (accounts, profiles, account, expected) in [
        (&[PROD][..], &[][..], PROD, "skipped: guard 1"),
        (&["acme-prod"], &[], PROD, "skipped: guard 1"),
        (&["acme-dev"], &[], PROD, "yes"),
        (&[PROD], &[], DEV, "yes"),
        // An account with an unknown alias may be the listed one.
        (&["acme-prod"], &[], DEV, "type box"),
        (
            &[PROD],
            &[],
            "-",
            "skipped: its account is unknown: guard 1",
        ),
        (&[], &["ml-prod"], PROD, "skipped: guard 1"),
        (&[], &["ml-prod"], DEV, "yes"),
        (&[PROD], &["ml-dev"], PROD, "yes"),
    ] {
        let mut row = row(account, "box", 1.0, Some(&[]));
        if account == "-" {
            row.head.profile = "".into();
        }
        assert_eq!(
            describe_one(
                &numbered(vec![listed(accounts, profiles)], false),
                Operation::Stop,
                row
            ),
            expected,
            "{accounts:?} {profiles:?} {account}"
        );
    }
}

#[test]
fn region_guard_applies_to_its_rows_only() {
    let in_region = |region: &str, id: &str| {
        let mut row = row(PROD, id, 1.0, Some(&[]));
        row.head.key.region = region.into();
        row
    };
    let rows = [
        in_region("us-east-1", "a"),
        in_region("us-west-2", "b"),
        in_region("eu-west-1", "c"),
        in_region("us-gov-west-1", "d"),
    ];
    for (when, left) in [
        ("region:us-*", vec!["c"]),
        ("region:us-east-1", vec!["b", "c", "d"]),
        ("region:US-EAST-1", vec!["b", "c", "d"]),
        ("!region:us-*", vec!["a", "b", "d"]),
        ("region:us-west", vec!["a", "b", "c", "d"]),
        ("region:*west*", vec!["a"]),
    ] {
        let plan = apply(
            &numbered(vec![guard(when, &[], GuardEffect::Deny)], false),
            Operation::Stop,
            &rows,
        )
        .unwrap();
        let ids: Vec<&str> = plan.targets.iter().map(|target| &*target.key.id).collect();
        assert_eq!(ids, left, "{when}");
        assert_eq!(plan.skipped.len(), rows.len() - left.len(), "{when}");
    }
    // One account over several regions is one account.
    let account = numbered(
        vec![guard("region:us-*", &[], GuardEffect::TypeAccount)],
        false,
    );
    assert_eq!(
        describe(&apply(&account, Operation::Stop, &rows)),
        "type 111122223333 or acme-prod"
    );
}
