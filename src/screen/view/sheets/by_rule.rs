//! The findings of one rule without waste: missing tags, burn, rows.

use super::details::{AT, part};
use crate::screen::notices;
use crate::screen::notices::details as wording;
use crate::screen::view::{
    amounts, key_labels,
    styled_line::{StyledLine, labelled},
};
use crate::{
    domain::{UsdPerHour, text},
    screen::{
        App,
        actions::Action,
        state::group::by_rule::{RuleGroup, RuleGroupMember},
        theme::Role,
    },
};

/// Most rows listed: opening the row of the ranking shows all.
const MAX_LISTED: usize = 50;
/// Columns of a name.
const NAME: usize = 24;

/// The lines about them.
pub fn body(app: &App, group: &RuleGroup, width: u16) -> Vec<StyledLine> {
    let mut out =
        vec![
            StyledLine::of(" exposure", Role::Dim)
                .tab(AT)
                .and(amounts::per_hour_and_month(
                    group.exposure,
                    None,
                    Role::of_cost(group.exposure.0),
                )),
        ];
    out.extend(labelled("", wording::NOT_WASTE, Role::Dim, AT, width));
    out.extend(labelled("rule", group.rule, Role::Text, AT, width));
    let count = if group.missing.is_empty() {
        group.count()
    } else {
        wording::tagged(
            &group.count(),
            group.complying(group.members.len()),
            group.exposure,
            group.burn,
        )
    };
    out.extend(labelled("rows", &count, Role::Text, AT, width));
    out.push(
        StyledLine::new()
            .tab(AT)
            .add(key_labels::key(app, &Action::Open), Role::Key)
            .add(wording::OPENS_ROWS, Role::Text)
            .add(key_labels::key(app, &Action::MarkAll), Role::Key)
            .add(wording::MARKS_ALL, Role::Text),
    );
    if !group.missing.is_empty() {
        out.extend(part(wording::MISSING_TAGS));
        out.extend(missing_tags(group));
    }
    out.extend(part(wording::ROWS));
    out.extend(rows(group, width));
    out
}

/// A line for each missing tag: exposure and number of rows.
fn missing_tags(group: &RuleGroup) -> Vec<StyledLine> {
    let line = |(tag, count, exposure): &(String, usize, UsdPerHour)| {
        let have = group.complying(*count);
        let tag = text::printable(tag);
        let missing = wording::tag_missing(*count, group.billed, have);
        StyledLine::of(format!(" {}", text::cut(&tag, AT - 3)), Role::Emphasis)
            .tab(AT)
            .add(
                format!("{:>9}", exposure.to_string()),
                Role::of_cost(exposure.0),
            )
            .add(format!("  {missing}"), Role::Text)
    };
    group.missing.iter().map(line).collect()
}

/// The first rows: exposure, name, message.
fn rows(group: &RuleGroup, width: u16) -> Vec<StyledLine> {
    let room = usize::from(width).saturating_sub(NAME + 14).max(8);
    let line = |member: &RuleGroupMember| {
        let name = text::printable(if member.name.trim().is_empty() {
            &member.key.id
        } else {
            &member.name
        });
        let message = text::printable(&member.sentence);
        StyledLine::of(
            format!(" {:>9}", member.exposure.to_string()),
            Role::of_cost(member.exposure.0),
        )
        .add(format!("  {}", text::cut(&name, NAME - 1)), Role::Text)
        .tab(NAME + 12)
        .add(text::cut(&message, room).into_owned(), Role::Dim)
    };
    let mut out: Vec<StyledLine> = group.members.iter().take(MAX_LISTED).map(line).collect();
    let more = group.members.len().saturating_sub(MAX_LISTED);
    if more > 0 {
        let more = format!(" {}", notices::and_more(more));
        out.push(StyledLine::of(more, Role::Dim));
    }
    out
}
