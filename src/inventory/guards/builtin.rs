//! The built-in rules: resources with production tags require the typed name.

use super::{Guard, GuardEffect};
use crate::{
    domain::{Operation, PaneMeta},
    inventory::query::Condition,
};

/// Tag keys that name the environment, in any case.
const KEYS: [&str; 3] = ["env", "environment", "stage"];
/// Their values that mean production, in any case.
const VALUES: [&str; 4] = ["prod", "production", "live", "prd"];

/// A rule for each way to tag production.
pub(super) fn production(panes: &[PaneMeta]) -> Vec<Guard> {
    let operations: Vec<Operation> = Operation::ALL
        .iter()
        .copied()
        .filter(|operation| operation.definition().affects_runtime)
        .collect();
    let tagged = KEYS
        .iter()
        .flat_map(|key| VALUES.iter().map(move |value| format!("tag:{key}={value}")));
    let rule = |filter: String| {
        Condition::parse(&filter, panes).ok().map(|filter| Guard {
            name: "built in".into(),
            filter,
            operations: operations.clone(),
            accounts: Vec::new(),
            profiles: Vec::new(),
            effect: GuardEffect::TypeName,
            reason: Some("production".into()),
        })
    };
    tagged.filter_map(rule).collect()
}
