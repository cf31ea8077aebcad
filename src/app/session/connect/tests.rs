//! The header text, and the error of a run that cannot start.

use super::*;

fn place(profile: &str, account: &str) -> Location {
    Location {
        profile: profile.into(),
        account: account.into(),
        region: "us-east-1".into(),
    }
}

#[test]
fn title_names_one_account_and_counts_several() {
    let (prod, dev, dark) = (
        place("ml-prod", "111122223333"),
        place("ml-dev", "444455556666"),
        place("", "-"),
    );
    let aliases = AccountAliases([("111122223333".into(), "ml-prod".into())].into());
    for (label, places, expected) in [
        (
            "",
            vec![prod.clone(), prod.clone()],
            "ml-prod 1111-2222-3333",
        ),
        (
            "",
            vec![place("p", "111122223333")],
            "p ml-prod 1111-2222-3333",
        ),
        ("", vec![prod.clone(), dev], "2 profiles 2 accounts"),
        ("", vec![dark], ""),
        (
            "demo",
            vec![place("", "111122223333")],
            "demo ml-prod 1111-2222-3333",
        ),
        (
            "demo",
            vec![place("", "444455556666")],
            "demo 4444-5555-6666",
        ),
    ] {
        assert_eq!(header_title(label, &places, &aliases), expected);
    }
}

#[test]
fn environment_credentials_inherit_read_only_of_their_profile() {
    let profiles: BTreeSet<Arc<str>> = ["ml-prod".into()].into();
    for (name, value, expected) in [
        ("AWS_PROFILE", "ml-prod", true),
        ("AWS_VAULT", "ml-prod", true),
        ("AWS_PROFILE", "ml-dev", false),
        ("AWS_REGION", "ml-prod", false),
    ] {
        assert_eq!(
            environment_names_one_of(&profiles, |variable| (variable == name)
                .then(|| value.to_owned())),
            expected,
            "{name} {value}"
        );
    }
}

#[test]
fn credentials_error_names_the_next_step() {
    let fault = Fault::new(
        FaultKind::NoCredentials,
        "sts:GetCallerIdentity",
        "no providers in chain provided credentials",
    );
    let failure = credentials_error(&fault, &[Some("nope".into())]);
    assert!(
        failure
            .message
            .starts_with("no AWS credentials were found for profile nope. "),
        "{failure}"
    );
    assert!(failure.message.ends_with("spendtop demo"));
    assert_eq!((failure.code, failure.message.lines().count()), (2, 1));
}
