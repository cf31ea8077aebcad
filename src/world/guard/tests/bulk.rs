//! Several rows at once: some denied, some typed, limits.

use super::*;

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
