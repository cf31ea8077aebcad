//! Accounts by id and alias, profiles by name.

use super::*;

#[test]
fn accounts_go_by_id_or_alias_and_profiles_by_name() {
    let listed = |accounts: &[&str], profiles: &[&str]| Guard {
        accounts: accounts.iter().map(|one| Arc::from(*one)).collect(),
        profiles: profiles.iter().map(|one| Arc::from(*one)).collect(),
        ..guard("", &[], Effect::Deny)
    };
    for (accounts, profiles, account, expected) in [
        (&[PROD][..], &[][..], PROD, "left out: guard 1"),
        (&["acme-prod"], &[], PROD, "left out: guard 1"),
        (&["acme-dev"], &[], PROD, "yes"),
        (&[PROD], &[], DEV, "yes"),
        // An account whose alias is not known may be the one that is meant.
        (&["acme-prod"], &[], DEV, "type box"),
        (&[PROD], &[], "-", "type box"),
        (&[], &["ml-prod"], PROD, "left out: guard 1"),
        (&[], &["ml-prod"], DEV, "yes"),
        (&[PROD], &["ml-dev"], PROD, "yes"),
    ] {
        let mut row = row(account, "box", 1.0, Some(&[]));
        if account == "-" {
            row.head.profile = "".into();
        }
        assert_eq!(
            one(&numbered(vec![listed(accounts, profiles)], false), Verb::Stop, row),
            expected,
            "{accounts:?} {profiles:?} {account}"
        );
    }
}
