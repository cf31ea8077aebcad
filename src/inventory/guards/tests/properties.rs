//! Properties of guards for any rules and rows.

use super::*;
use crate::domain::Operation;
use proptest::prelude::*;

fn any_effect() -> impl Strategy<Value = GuardEffect> {
    prop_oneof![
        Just(GuardEffect::Confirm),
        Just(GuardEffect::TypeName),
        Just(GuardEffect::TypeAccount),
        Just(GuardEffect::Deny),
        (1usize..4).prop_map(GuardEffect::MaxBulk),
    ]
}

pub(super) fn any_guard() -> impl Strategy<Value = Guard> {
    const WHENS: [&str; 9] = [
        "",
        "tag:env=prod",
        "!tag:env=prod",
        "burn>5",
        "name:a*",
        "state:running",
        "account:1111*",
        "tag:team burn<20",
        "owner:x",
    ];
    let operations = prop::collection::vec(prop::sample::select(Operation::ALL), 0..3);
    let accounts = prop::collection::vec(
        prop::sample::select(&[PROD, DEV, "acme-prod", "other"][..]),
        0..2,
    );
    (
        prop::sample::select(&WHENS[..]),
        operations,
        accounts,
        any_effect(),
    )
        .prop_map(|(when, operations, accounts, then)| Guard {
            accounts: accounts.into_iter().map(Arc::from).collect(),
            ..guard(when, &operations, then)
        })
}

fn any_rows() -> impl Strategy<Value = Vec<Record>> {
    let tags = prop_oneof![
        Just(None),
        Just(Some(&[][..])),
        Just(Some(&[("env", "prod")][..])),
        Just(Some(&[("env", "dev"), ("team", "a")][..])),
    ];
    let one = (
        prop::sample::select(&[PROD, DEV][..]),
        prop::sample::select(&["a", "b"][..]),
        0.0..40.0,
        tags,
    );
    prop::collection::vec(one, 1..6).prop_map(|rows| {
        rows.into_iter()
            .zip(1..)
            .map(|((account, name, usd, tags), number)| {
                row(account, &format!("{name}{number}"), usd, tags)
            })
            .collect()
    })
}

pub(super) fn weight(confirm_level: &ConfirmLevel) -> u8 {
    match confirm_level {
        ConfirmLevel::Yes => 0,
        ConfirmLevel::Type(_) => 1,
        ConfirmLevel::Account { .. } => 2,
    }
}

fn keys(plan: &Plan) -> BTreeSet<ResourceKey> {
    plan.targets
        .iter()
        .map(|target| target.key.clone())
        .collect()
}

proptest! {
    #[test]
    fn guards_never_lower_the_confirm_level_or_lose_rows(
        rules in prop::collection::vec(any_guard(), 0..6),
        builtin in any::<bool>(),
        operation in prop::sample::select(Operation::ALL),
        rows in any_rows(),
    ) {
        let asked = plan(operation, &rows);
        if let Ok(plan) = apply(&numbered(rules, builtin), operation, &rows) {
            prop_assert_eq!(plan.targets.len() + plan.skipped.len(), asked.targets.len());
            prop_assert!(keys(&plan).is_subset(&keys(&asked)));
            if !plan.targets.is_empty() {
                prop_assert!(weight(&plan.confirm_level) >= weight(&asked.confirm_level));
            }
            match &plan.confirm_level {
                ConfirmLevel::Type(text) => prop_assert_eq!(text, &plan.name()),
                ConfirmLevel::Account { id, .. } => {
                    prop_assert!(plan.targets.iter().all(|target| target.key.account == *id));
                }
                ConfirmLevel::Yes => {}
            }
        }
    }

    #[test]
    fn additional_deny_never_enlarges_a_plan(
        rules in prop::collection::vec(any_guard(), 0..6),
        denial in any_guard(),
        place in any::<prop::sample::Index>(),
        operation in prop::sample::select(Operation::ALL),
        rows in any_rows(),
    ) {
        let mut more = rules.clone();
        more.insert(
            place.index(rules.len() + 1),
            Guard {
                effect: GuardEffect::Deny,
                ..denial
            },
        );
        let (before, after) = (
            apply(&numbered(rules, true), operation, &rows),
            apply(&numbered(more, true), operation, &rows),
        );
        match (before, after) {
            // The new denial removed targets, so that a limit that refused the plan no longer does.
            (Err(_), Ok(after)) => prop_assert!(after.targets.len() < rows.len()),
            (Err(_), Err(_)) => {}
            (Ok(_), Err(why)) => prop_assert!(false, "{}", why),
            (Ok(before), Ok(after)) => prop_assert!(keys(&after).is_subset(&keys(&before))),
        }
    }

    /// Unread tags never lower the confirm level, unless a rule lowers it.
    #[test]
    fn unread_tags_never_lower_the_confirm_level(
        rules in prop::collection::vec(any_guard(), 0..5),
        operation in prop::sample::select(Operation::ALL),
        rows in any_rows(),
    ) {
        let strict: Vec<Guard> = rules
            .into_iter()
            .filter(|rule| !matches!(rule.effect, GuardEffect::Confirm | GuardEffect::MaxBulk(_)))
            .collect();
        let guards = numbered(strict, true);
        for row in rows {
            let mut unread = row.clone();
            unread.head.tags = Measured::unknown("denied");
            let (read, unread) = (
                apply(&guards, operation, &[row]).unwrap(),
                apply(&guards, operation, &[unread]).unwrap(),
            );
            if unread.confirm_level == ConfirmLevel::Yes && !unread.targets.is_empty() {
                prop_assert!(read.confirm_level == ConfirmLevel::Yes && !read.targets.is_empty());
            }
        }
    }
}

/// A filter, and the same condition as a function.
type Plain = (&'static str, fn(&Record) -> bool);

const PLAIN: [Plain; 6] = [
    ("", |_| true),
    ("burn>5", |row| row.head.burn.rate().unwrap().0 > 5.0),
    ("name:a*", |row| row.head.name.starts_with('a')),
    ("tag:env=prod", |row| tag(row, "env") == Some("prod")),
    ("!tag:env=prod", |row| tag(row, "env") != Some("prod")),
    ("account:1111* burn<20", |row| {
        row.head.key.account.starts_with("1111") && row.head.burn.rate().unwrap().0 < 20.0
    }),
];

fn tag<'a>(row: &'a Record, key: &str) -> Option<&'a str> {
    row.head
        .tags
        .known()
        .and_then(|tags| tags.get(key))
        .map(String::as_str)
}

proptest! {
    /// If all values are known, the first matching rule that is not a limit decides.
    #[test]
    fn first_matching_guard_decides(
        rules in prop::collection::vec((prop::sample::select(&PLAIN[..]), any_effect()), 0..6),
        operation in prop::sample::select(Operation::ALL),
        rows in any_rows(),
    ) {
        let mut row = rows[0].clone();
        if row.head.tags.known().is_none() {
            row.head.tags = Measured::Known(Tags::new());
        }
        let first = rules
            .iter()
            .find(|((_, holds), then)| holds(&row) && !matches!(then, GuardEffect::MaxBulk(_)))
            .map(|(_, then)| *then);
        let name = row.head.name.clone();
        let own = if operation.definition().is_irreversible {
            format!("type {name}")
        } else {
            "yes".to_owned()
        };
        let expected = match first {
            Some(GuardEffect::Deny) => "skipped".to_owned(),
            Some(GuardEffect::TypeName) => format!("type {name}"),
            Some(GuardEffect::TypeAccount) if &*row.head.key.account == PROD => {
                format!("type {PROD} or acme-prod")
            }
            Some(GuardEffect::TypeAccount) => format!("type {DEV}"),
            Some(GuardEffect::Confirm | GuardEffect::MaxBulk(_)) | None => own,
        };
        let guards = numbered(
            rules
                .iter()
                .map(|((when, _), then)| guard(when, &[], *then))
                .collect(),
            false,
        );
        let answer = describe_one(&guards, operation, row);
        prop_assert_eq!(answer.split(": ").next().unwrap(), expected);
    }
}
