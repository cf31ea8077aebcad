//! Accounts, regions and profiles of a plan, its reason, and its time if it is scheduled.

use crate::screen::notices;
use crate::screen::notices::confirm as wording;
use crate::screen::view::styled_line::{StyledLine, beside, lines};
use crate::{
    domain::{Plan, Target, text, time::when},
    screen::{
        App,
        dialogs::ConfirmDialog,
        state::{AccountAliases, access},
        theme::Role,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// Most lines of accounts, of regions and of profiles: if there are several, each target shows its
/// location.
const LINES: usize = 3;
/// Columns for a comma and `and 9 more`.
const MORE: usize = 14;

/// The parts of the location that differ between the targets.
pub(super) struct PlanLocations {
    accounts: bool,
    regions: bool,
    profiles: bool,
}

impl PlanLocations {
    /// The differing parts for the targets of `plan`.
    pub(super) fn of(plan: &Plan) -> Self {
        let several = |of: fn(&Target) -> &Arc<str>| {
            let first = plan.targets.first().map(of);
            plan.targets.iter().any(|target| Some(of(target)) != first)
        };
        let accounts = several(|target| &target.key.account);
        // With several accounts, the account identifies the profile.
        Self {
            accounts,
            regions: several(|target| &target.key.region),
            profiles: !accounts && several(|target| &target.profile),
        }
    }

    /// The parts of the location of `target` that differ from other targets.
    pub(super) fn place(&self, app: &App, target: &Target) -> String {
        let account = || {
            app.aliases.of(&target.key.account).map_or_else(
                || AccountAliases::grouped(&target.key.account),
                ToString::to_string,
            )
        };
        let pieces = [
            self.accounts.then(account),
            self.regions.then(|| target.key.region.to_string()),
            self.profiles
                .then(|| access::profile_name(&target.profile).into_owned()),
        ];
        text::printable(&pieces.into_iter().flatten().collect::<Vec<_>>().join(" ")).into_owned()
    }
}

/// Account, regions, profiles: a line for all, or a few for each.
pub(super) fn place(app: &App, plan: &Plan, width: u16) -> Vec<StyledLine> {
    let gather = |of: fn(&Target) -> &str| -> Vec<String> {
        let all: BTreeSet<&str> = plan
            .targets
            .iter()
            .map(of)
            .filter(|word| !word.is_empty())
            .collect();
        all.into_iter()
            .map(|word| text::printable(word).into_owned())
            .collect()
    };
    let accounts = gather(|target| &target.key.account);
    let protected = accounts
        .iter()
        .any(|account| access::is_protected(app, account));
    let named: Vec<String> = accounts
        .iter()
        .map(|account| app.aliases.name(account))
        .collect();
    let mut out: Vec<StyledLine> = vec![StyledLine::new()];
    for (label, list, role) in [
        (
            "account",
            named,
            if protected {
                Role::Protected
            } else {
                Role::Emphasis
            },
        ),
        (
            "region",
            gather(|target| &target.key.region),
            Role::Emphasis,
        ),
        ("profile", gather(|target| &target.profile), Role::Emphasis),
    ] {
        if list.is_empty() {
            continue;
        }
        let label = wording::locations(label, list.len());
        let mut pieces = packed(&label, &list, role, width);
        let line = out.pop().unwrap_or_default();
        if line.is_empty() {
            out.append(&mut pieces);
        } else if pieces.len() == 1 && line.width() + 2 + pieces[0].width() <= usize::from(width) {
            out.push(line.add("  ", Role::Text).and(pieces.remove(0)));
        } else {
            out.push(line);
            out.append(&mut pieces);
        }
    }
    out
}

/// `label`, then `list` in at most [`LINES`] lines of whole items, and the count of those that do
/// not fit. If one item is too long for a line, wraps the whole list.
fn packed(label: &str, list: &[String], role: Role, width: u16) -> Vec<StyledLine> {
    if list
        .iter()
        .any(|item| text::width(label) + text::width(item) + MORE > usize::from(width))
    {
        return beside(
            StyledLine::of(label, Role::Dim),
            &list.join(", "),
            role,
            2,
            width,
        );
    }
    let width = usize::from(width);
    let mut out = vec![StyledLine::of(label, Role::Dim)];
    for (place, item) in list.iter().enumerate() {
        let last = place + 1 == list.len();
        let item = if last {
            item.clone()
        } else {
            format!("{item}, ")
        };
        let (count, line) = (out.len(), out.pop().unwrap_or_default());
        // The last line keeps room for the count of further items.
        let more = if last || count < LINES {
            String::new()
        } else {
            notices::and_more(list.len() - place - 1)
        };
        if place == 0 || line.width() + text::width(item.trim_end()) + text::width(&more) <= width {
            out.push(line.add(item, role));
        } else if count < LINES {
            out.extend([line, StyledLine::of("  ", Role::Dim).add(item, role)]);
        } else {
            out.push(line.add(notices::and_more(list.len() - place), Role::Warning));
            break;
        }
    }
    out
}

/// The reason of the plan and its scheduled time; an empty line closes the head.
pub(super) fn reasons(app: &App, ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let mut out = Vec::new();
    if let Some(due) = ask.due {
        out.push(StyledLine::of(wording::AT, Role::Dim).add(
            when::format_with_distance(due, app.now, &app.zone),
            Role::Changing,
        ));
        out.extend(lines(wording::ONLY_IF, Role::Dim, 0, width));
    }
    let said = |dim: &'static str, text: &str| {
        StyledLine::of(dim, Role::Dim).add(text::cut(text, room(dim, width)), Role::Text)
    };
    match (why(&ask.plan), ask.plan.undoes.as_ref()) {
        (Some((dim, reason)), _) => out.push(said(dim, &reason)),
        (None, Some(undoes)) => out.push(said(wording::UNDOES, &undoes.to_string())),
        (None, None) => {}
    }
    out.push(StyledLine::new());
    out
}

/// The reason of a plan, and the word before it.
fn why(plan: &Plan) -> Option<(&'static str, String)> {
    let reason = text::printable(plan.reason.as_deref()?);
    Some(match plan.undoes {
        Some(_) => (
            wording::UNDOES,
            reason
                .strip_prefix(wording::UNDOES)
                .unwrap_or(&reason)
                .to_owned(),
        ),
        None => (wording::REASON, reason.into_owned()),
    })
}

/// Columns beside `word`.
fn room(word: &str, width: u16) -> usize {
    usize::from(width).saturating_sub(word.len())
}

/// A reason in full, where it was cut.
pub(super) fn reason_in_full(plan: &Plan, width: u16) -> Vec<StyledLine> {
    let Some((word, reason)) =
        why(plan).filter(|(word, reason)| text::width(reason) > room(word, width))
    else {
        return Vec::new();
    };
    let mut out = vec![StyledLine::new()];
    out.extend(lines(&format!("{word}{reason}"), Role::Text, 0, width));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_do_not_fit_are_counted() {
        let list = |count: usize| {
            (0..count)
                .map(|n| format!("team-{n:02} 1111-2222-3333"))
                .collect::<Vec<_>>()
        };
        for count in 1..20 {
            for width in [50, 76, 100] {
                let lines = packed("accounts ", &list(count), Role::Emphasis, width);
                let told: String = lines
                    .iter()
                    .map(StyledLine::text)
                    .collect::<Vec<_>>()
                    .join("\n");
                assert!(lines.len() <= LINES, "{told}");
                assert!(
                    lines
                        .iter()
                        .all(|line| line.text().trim_end().len() <= usize::from(width)),
                    "{width}: {told}"
                );
                let shown = told.matches("1111-2222-3333").count();
                let more = told.split("and ").nth(1).map_or(0, |more| {
                    more.trim_end_matches(" more").parse::<usize>().unwrap()
                });
                assert_eq!(shown + more, count, "{width}: {told}");
            }
        }
        let long = format!(
            "{} 1111-2222-3333",
            "an-alias-as-long-as-aws-takes-it-".repeat(2)
        );
        let told: String = packed("account ", &[long], Role::Emphasis, 76)
            .iter()
            .map(StyledLine::text)
            .collect();
        assert!(told.contains("1111-2222-3333"), "{told}");
    }
}
