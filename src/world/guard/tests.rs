//! Guards by tables and properties: every verb, state and effect; order; what is not known; several rules and accounts at once.
//!
//! Must not know the screen.

use super::*;
use crate::{
    domain::{Ask, Call, Offer, Offered, Phase, PlanId, Reading, Scope, State, Tags, Want},
    pricing::findings::Thresholds,
    world::tests::{at, pane, place, record, report},
};
use proptest::prelude::*;

const PROD: &str = "111122223333";
const DEV: &str = "444455556666";

fn panes() -> [PaneMeta; 1] {
    [pane(Scope::Region)]
}

fn guard(when: &str, verbs: &[Verb], then: Effect) -> Guard {
    Guard {
        name: "guard".into(),
        when: Condition::parse(when, &panes()).unwrap(),
        verbs: verbs.to_vec(),
        accounts: Vec::new(),
        profiles: Vec::new(),
        then,
        reason: None,
    }
}

fn numbered(rules: Vec<Guard>, builtin: bool) -> Guards {
    let named = rules.into_iter().zip(1..).map(|(rule, number)| Guard { name: format!("guard {number}").into(), ..rule });
    Guards::new(named.collect(), builtin, &panes())
}

/// A row of `account` with these tags; `None`: they could not be read.
fn row(account: &str, id: &str, usd: f64, tags: Option<&[(&str, &str)]>) -> Record {
    let mut record = record(&place(if account == PROD { "ml-prod" } else { "ml-dev" }, account), id, Some(usd));
    record.head.tags = match tags {
        Some(tags) => Reading::Known(tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Tags>()),
        None => Reading::unknown("denied"),
    };
    record
}

fn world(rows: &[Record]) -> World {
    let mut world = World::new(panes().into(), Thresholds::default());
    for (profile, account) in [("ml-prod", PROD), ("ml-dev", DEV), ("", "-")] {
        let place = place(profile, account);
        let mine = rows.iter().filter(|row| *row.head.key.account == *account).cloned().collect();
        world.apply(report(&place, 0.0, true, mine), at(0.0));
    }
    world
}

/// A plan of `verb` on all of `rows`, with what the verb itself demands. What it would call is of no interest here.
fn plan(verb: Verb, rows: &[Record]) -> Plan {
    let target = |row: &Record| Target {
        key: row.head.key.clone(),
        profile: row.head.profile.clone(),
        name: row.head.name.clone(),
        owner: None,
        burn: row.head.burn.clone(),
        saves: None,
        ask: Ask::Stop,
        call: Call::StopInstance(row.head.key.id.clone()),
        seen: row.head.look(),
        want: Want::Stopped,
        warnings: Vec::new(),
    };
    let empty = Plan::each(PlanId::new(at(0.0), 1), verb, &[], at(0.0));
    let mut plan = Plan { targets: rows.iter().map(target).collect(), ..empty };
    if verb.has_no_way_back() {
        plan.demand = Demand::Type(plan.name());
    }
    plan
}

fn apply(guards: &Guards, verb: Verb, rows: &[Record]) -> Result<Plan, Why> {
    guards.apply(plan(verb, rows), &Known { world: &world(rows), aliases: &aliases(), now: at(0.0) })
}

fn aliases() -> BTreeMap<Arc<str>, Arc<str>> {
    BTreeMap::from([(PROD.into(), "acme-prod".into())])
}

/// The answer in one word: what is demanded, `left out: why`, or `refused: why`.
fn word(applied: &Result<Plan, Why>) -> String {
    match applied {
        Err(why) => format!("refused: {why}"),
        Ok(plan) if plan.targets.is_empty() => format!("left out: {}", plan.skipped[0].why),
        Ok(plan) => match &plan.demand {
            Demand::Yes => "yes".to_owned(),
            demand => format!("type {}", demand.wanted().unwrap()),
        },
    }
}

fn one(guards: &Guards, verb: Verb, row: Record) -> String {
    word(&apply(guards, verb, &[row]))
}

#[test]
fn every_verb_in_every_state_under_every_effect() {
    let states = [(Phase::Running, "running"), (Phase::Stopped, "stopped"), (Phase::Changing, "stopping")];
    for &verb in Verb::ALL {
        let own = if matches!(verb, Verb::Terminate | Verb::Delete) { "type box" } else { "yes" };
        for (phase, state) in &states {
            let mut row = row(DEV, "box", 3.0, Some(&[]));
            row.head.state = State::new(*phase, *state);
            let when = format!("state:{state}");
            let expected = [
                (Effect::Deny, format!("left out: guard 1: {when}")),
                (Effect::Confirm, own.to_owned()),
                (Effect::TypeName, "type box".to_owned()),
                (Effect::TypeAccount, format!("type {DEV}")),
                (Effect::MaxBulk(1), own.to_owned()),
            ];
            for (effect, expected) in expected {
                let guards = numbered(vec![guard(&when, &[verb], effect)], false);
                assert_eq!(one(&guards, verb, row.clone()), expected, "{verb} {state} {effect:?}");
                // A rule for another state, and one for all other verbs, say nothing.
                let others: Vec<Verb> = Verb::ALL.iter().copied().filter(|other| *other != verb).collect();
                let elsewhere = vec![guard(&format!("!state:{state}"), &[], effect), guard("", &others, effect)];
                assert_eq!(one(&numbered(elsewhere, false), verb, row.clone()), own, "{verb} {state} {effect:?}");
            }
            let two =
                [row.clone(), Record { head: crate::domain::Head { key: key_of(&row, "box-2"), ..row.head.clone() }, own: Vec::new() }];
            let bulk = numbered(vec![guard(&when, &[verb], Effect::MaxBulk(1))], false);
            assert_eq!(word(&apply(&bulk, verb, &two)), format!("refused: 2 at once, 1 at most: guard 1: {when}"), "{verb} {state}");
        }
    }
}

fn key_of(row: &Record, id: &str) -> Key {
    Key { id: id.into(), ..row.head.key.clone() }
}

/// What is not offered stays out with the offer's reason, whatever a rule says of it.
#[test]
fn what_is_not_offered_is_not_made_possible() {
    let mut off = row(DEV, "off", 0.0, Some(&[("env", "prod")]));
    off.head.offers = vec![Offered { verb: Verb::Stop, offer: Reading::unknown("already stopped") }];
    let mut on = row(DEV, "on", 5.0, Some(&[("env", "prod")]));
    on.head.offers = vec![Offered { verb: Verb::Stop, offer: Reading::Known(Offer::Stop(Call::StopInstance("on".into()))) }];
    for effect in [Effect::Confirm, Effect::TypeName, Effect::TypeAccount, Effect::MaxBulk(1)] {
        let plan = Plan::new(PlanId::new(at(0.0), 1), &Ask::Stop, &[&off, &on], at(0.0));
        let world = world(&[off.clone(), on.clone()]);
        let guards = numbered(vec![guard("", &[], effect)], false);
        let plan = guards.apply(plan, &Known { world: &world, aliases: &BTreeMap::new(), now: at(0.0) }).unwrap();
        assert_eq!((plan.targets.len(), plan.skipped.len()), (1, 1), "{effect:?}");
        assert_eq!(plan.skipped[0].why.to_string(), "already stopped");
    }
}

#[test]
fn the_first_match_decides_and_a_limit_decides_nothing() {
    let prod = || row(PROD, "box", 30.0, Some(&[("env", "prod"), ("legal", "hold")]));
    let (deny, confirm) = (guard("tag:legal=hold", &[], Effect::Deny), guard("tag:env=prod", &[], Effect::Confirm));
    let (name, limit) = (guard("burn>20", &[], Effect::TypeName), guard("", &[], Effect::MaxBulk(1)));
    let account = guard("account:1111*", &[], Effect::TypeAccount);
    for (rules, expected) in [
        (vec![], "yes"),
        (vec![&deny, &confirm], "left out: guard 1: tag:legal=hold"),
        (vec![&confirm, &deny], "yes"),
        (vec![&name, &deny], "type box"),
        (vec![&account, &name], "type 111122223333 or acme-prod"),
        (vec![&name, &account], "type box"),
        (vec![&limit, &deny], "left out: guard 2: tag:legal=hold"),
        (vec![&limit, &name, &confirm], "type box"),
    ] {
        let guards = numbered(rules.into_iter().cloned().collect(), false);
        assert_eq!(one(&guards, Verb::Stop, prod()), expected);
    }
    // A rule of the user's loosens or tightens what is built in.
    assert_eq!(one(&numbered(vec![], true), Verb::Stop, prod()), "type box");
    assert_eq!(one(&numbered(vec![confirm], true), Verb::Stop, prod()), "yes");
    assert_eq!(one(&numbered(vec![limit], true), Verb::Stop, prod()), "type box");
    assert_eq!(one(&numbered(vec![account], true), Verb::Stop, prod()), "type 111122223333 or acme-prod");
}

#[test]
fn production_is_typed_out_of_the_box() {
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
        for &verb in Verb::ALL {
            let own = matches!(verb, Verb::Terminate | Verb::Delete);
            let harmless = matches!(verb, Verb::Tag | Verb::Feedback);
            let expected = if own || (typed && !harmless) { "type box" } else { "yes" };
            assert_eq!(one(&guards, verb, row()), expected, "{key}={value} {verb}");
        }
    }
    let plan = apply(&guards, Verb::Stop, &[row(DEV, "box", 1.0, Some(&[("Stage", "Live")]))]).unwrap();
    assert_eq!(plan.because, [Why::new("production (built in: tag:stage=live)")]);
}

#[test]
fn what_is_not_known_does_not_slip_through() {
    let untagged = || row(PROD, "box", 30.0, None);
    let mut unpriced = row(PROD, "box", 1.0, Some(&[]));
    unpriced.head.burn = crate::domain::Burn::Unpriced(Why::new("no price"));
    let tags = Some("its tags are not known");
    for (when, effect, row, expected, because) in [
        ("tag:env=prod", Effect::Deny, untagged(), "type box", tags),
        ("tag:env=prod", Effect::TypeName, untagged(), "type box", tags),
        ("!tag:env=dev", Effect::TypeName, untagged(), "type box", tags),
        ("tag:env=prod", Effect::TypeAccount, untagged(), "type 111122223333 or acme-prod", tags),
        ("tag:env=prod", Effect::MaxBulk(1), untagged(), "type box", tags),
        // That it may be loosened is no reason to demand more, nor less.
        ("tag:env=dev", Effect::Confirm, untagged(), "yes", None),
        // What settles the matter without the tags does.
        ("tag:env=prod burn>50", Effect::Deny, untagged(), "yes", None),
        ("tag:env=prod burn>20", Effect::Deny, untagged(), "type box", tags),
        ("owner:search", Effect::Deny, untagged(), "type box", Some("its owner is not known")),
        ("search", Effect::Deny, untagged(), "type box", tags),
        ("box", Effect::TypeName, untagged(), "type box", Some("guard 1: box")),
        ("burn>20", Effect::Deny, unpriced.clone(), "type box", Some("its burn is not known")),
        ("burn:n/a", Effect::Deny, unpriced.clone(), "left out: guard 1: burn:n/a", None),
        // A field the row does not have is known to be nothing.
        ("gpu<5", Effect::Deny, untagged(), "yes", None),
    ] {
        let applied = apply(&numbered(vec![guard(when, &[], effect)], false), Verb::Stop, &[row]);
        assert_eq!(word(&applied), expected, "{when} {effect:?}");
        assert_eq!(applied.unwrap().because.first().map(ToString::to_string).as_deref(), because, "{when} {effect:?}");
    }
    // An unread rule is a floor; the search goes on to a stricter one.
    let then = vec![guard("tag:env=prod", &[], Effect::Deny), guard("", &[], Effect::TypeAccount)];
    assert_eq!(one(&numbered(then, false), Verb::Stop, untagged()), "type 111122223333 or acme-prod");
    // A row that is not listed any more: who knows.
    let world = world(&[]);
    let known = Known { world: &world, aliases: &BTreeMap::new(), now: at(0.0) };
    let gone = numbered(vec![guard("tag:env=prod", &[], Effect::Deny)], false).apply(plan(Verb::Stop, &[untagged()]), &known);
    assert_eq!(word(&gone), "type box");
}

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

#[test]
fn a_bulk_over_several_rules_and_accounts() {
    let tagged = |account, id, tags: &[(&str, &str)]| row(account, id, 10.0, Some(tags));
    let rows = [
        tagged(PROD, "held", &[("legal", "hold")]),
        tagged(PROD, "live", &[("env", "prod")]),
        tagged(PROD, "plain", &[]),
        tagged(DEV, "dev", &[("env", "dev")]),
    ];
    let deny = guard("tag:legal=hold", &[], Effect::Deny);
    let guards = numbered(vec![deny.clone()], true);
    let plan = apply(&guards, Verb::Stop, &rows).unwrap();
    assert_eq!(plan.demand, Demand::Type("stop 3 resources".into()), "the strictest decides, and the name is of what is left");
    assert_eq!(plan.because, [Why::new("production (built in: tag:env=prod)")]);
    assert_eq!(plan.skipped.iter().map(|one| one.why.to_string()).collect::<Vec<_>>(), ["guard 1: tag:legal=hold"]);
    // Deleting demands the name of what is left, too.
    assert_eq!(apply(&guards, Verb::Delete, &rows).unwrap().demand, Demand::Type("delete 3 resources".into()));
    // The account can be typed for one account only; the refusal says which rule wants it.
    let account = Guard { reason: Some("production".into()), ..guard("tag:env=prod", &[], Effect::TypeAccount) };
    let guards = numbered(vec![deny.clone(), account], false);
    assert_eq!(word(&apply(&guards, Verb::Stop, &rows)), "refused: one account at a time: production (guard 2: tag:env=prod)");
    assert_eq!(word(&apply(&guards, Verb::Stop, &rows[..3])), "type 111122223333 or acme-prod");
    // What is denied counts for no limit; all of the rest or nothing.
    for (most, expected) in [(3, "yes"), (2, "refused: 3 at once, 2 at most: guard 1")] {
        let limits = numbered(vec![guard("", &[], Effect::MaxBulk(most)), deny.clone()], false);
        assert_eq!(word(&apply(&limits, Verb::Stop, &rows)), expected);
    }
}

fn any_effect() -> impl Strategy<Value = Effect> {
    prop_oneof![
        Just(Effect::Confirm),
        Just(Effect::TypeName),
        Just(Effect::TypeAccount),
        Just(Effect::Deny),
        (1usize..4).prop_map(Effect::MaxBulk),
    ]
}

fn any_guard() -> impl Strategy<Value = Guard> {
    const WHENS: [&str; 9] =
        ["", "tag:env=prod", "!tag:env=prod", "burn>5", "name:a*", "state:running", "account:1111*", "tag:team burn<20", "owner:x"];
    let verbs = prop::collection::vec(prop::sample::select(Verb::ALL), 0..3);
    let accounts = prop::collection::vec(prop::sample::select(&[PROD, DEV, "acme-prod", "other"][..]), 0..2);
    (prop::sample::select(&WHENS[..]), verbs, accounts, any_effect()).prop_map(|(when, verbs, accounts, then)| Guard {
        accounts: accounts.into_iter().map(Arc::from).collect(),
        ..guard(when, &verbs, then)
    })
}

fn any_rows() -> impl Strategy<Value = Vec<Record>> {
    let tags =
        prop_oneof![Just(None), Just(Some(&[][..])), Just(Some(&[("env", "prod")][..])), Just(Some(&[("env", "dev"), ("team", "a")][..])),];
    let one = (prop::sample::select(&[PROD, DEV][..]), prop::sample::select(&["a", "b"][..]), 0.0..40.0, tags);
    prop::collection::vec(one, 1..6).prop_map(|rows| {
        rows.into_iter().zip(1..).map(|((account, name, usd, tags), number)| row(account, &format!("{name}{number}"), usd, tags)).collect()
    })
}

fn weight(demand: &Demand) -> u8 {
    match demand {
        Demand::Yes => 0,
        Demand::Type(_) => 1,
        Demand::Account { .. } => 2,
    }
}

fn keys(plan: &Plan) -> BTreeSet<Key> {
    plan.targets.iter().map(|target| target.key.clone()).collect()
}

proptest! {
    #[test]
    fn a_guard_never_asks_less_nor_loses_a_row(
        rules in prop::collection::vec(any_guard(), 0..6),
        builtin in any::<bool>(),
        verb in prop::sample::select(Verb::ALL),
        rows in any_rows(),
    ) {
        let asked = plan(verb, &rows);
        if let Ok(plan) = apply(&numbered(rules, builtin), verb, &rows) {
            prop_assert_eq!(plan.targets.len() + plan.skipped.len(), asked.targets.len());
            prop_assert!(keys(&plan).is_subset(&keys(&asked)));
            if !plan.targets.is_empty() {
                prop_assert!(weight(&plan.demand) >= weight(&asked.demand));
            }
            match &plan.demand {
                Demand::Type(text) => prop_assert_eq!(text, &plan.name()),
                Demand::Account { id, .. } => prop_assert!(plan.targets.iter().all(|target| target.key.account == *id)),
                Demand::Yes => {}
            }
        }
    }

    #[test]
    fn one_more_denial_never_makes_a_plan_larger(
        rules in prop::collection::vec(any_guard(), 0..6),
        denial in any_guard(),
        place in any::<prop::sample::Index>(),
        verb in prop::sample::select(Verb::ALL),
        rows in any_rows(),
    ) {
        let mut more = rules.clone();
        more.insert(place.index(rules.len() + 1), Guard { then: Effect::Deny, ..denial });
        let (before, after) = (apply(&numbered(rules, true), verb, &rows), apply(&numbered(more, true), verb, &rows));
        match (before, after) {
            // A limit that held all of it back counts fewer now: what is left was asked for.
            (Err(_), Ok(after)) => prop_assert!(after.targets.len() < rows.len()),
            (Err(_), Err(_)) => {}
            (Ok(_), Err(why)) => prop_assert!(false, "{}", why),
            (Ok(before), Ok(after)) => prop_assert!(keys(&after).is_subset(&keys(&before))),
        }
    }

    /// Reading less never makes an answer easier, as long as no rule loosens.
    #[test]
    fn unread_tags_are_never_an_easier_way(
        rules in prop::collection::vec(any_guard(), 0..5),
        verb in prop::sample::select(Verb::ALL),
        rows in any_rows(),
    ) {
        let strict: Vec<Guard> = rules.into_iter().filter(|rule| !matches!(rule.then, Effect::Confirm | Effect::MaxBulk(_))).collect();
        let guards = numbered(strict, true);
        for row in rows {
            let mut unread = row.clone();
            unread.head.tags = Reading::unknown("denied");
            let (read, unread) = (apply(&guards, verb, &[row]).unwrap(), apply(&guards, verb, &[unread]).unwrap());
            if unread.demand == Demand::Yes && !unread.targets.is_empty() {
                prop_assert!(read.demand == Demand::Yes && !read.targets.is_empty());
            }
        }
    }
}
