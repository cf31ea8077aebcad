//! Checks the accounts of a scenario, and that every row names one of them.

use super::{ScenarioProblem, wrong};
use crate::mock::scenario::spec::{File, Text};
use std::collections::HashSet;

/// Checks ids and names, and the accounts that rows name.
pub(super) fn check(file: &File) -> Result<(), ScenarioProblem> {
    let mut ids = HashSet::from([file.account.id.get_ref()]);
    let mut names = HashSet::from([&file.account.alias]);
    for one in &file.linked_account {
        if !is_id(one.id.get_ref()) || !ids.insert(one.id.get_ref()) {
            return Err(wrong(
                &one.id,
                "a linked account's `id` is twelve digits of its own",
            ));
        }
        let name = one.name.get_ref();
        if name.trim().is_empty() || name.contains(['*', '?', '\\']) || !names.insert(name) {
            return Err(wrong(
                &one.name,
                "a linked account's `name` is its own, without `*`, `?` and `\\`",
            ));
        }
    }
    file.placements()
        .into_iter()
        .try_for_each(|account| placed(file, account))
}

/// Whether `id` is twelve digits.
pub(super) fn is_id(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())
}

fn placed(file: &File, account: &Text) -> Result<(), ScenarioProblem> {
    let pattern = account.get_ref();
    let mut linked = file.linked_account.iter();
    if file.is_own(pattern) || linked.any(|linked| linked.is_named(pattern)) {
        return Ok(());
    }
    Err(wrong(
        account,
        format!("no [[linked-account]] has the id or the name `{pattern}`"),
    ))
}
