//! The findings of one rule without waste: missing tags, cost rate, rows.

use super::details::{AT, part};
use crate::screen::notices;
use crate::screen::notices::details as wording;
use crate::screen::view::{
    phrases,
    styled_line::{StyledLine, labelled},
};
use crate::{
    domain::text,
    screen::{App, actions::Action, state::group::by_rule::RuleGroup, theme::Role},
};

/// Most rows listed: opening the row of the ranking shows all.
const MAX_LISTED: usize = 50;
/// Columns of a name.
const NAME: usize = 24;

/// The lines about them.
pub fn body(app: &App, alike: &RuleGroup, width: u16) -> Vec<StyledLine> {
    let mut out =
        vec![
            StyledLine::of(" exposure", Role::Dim)
                .tab(AT)
                .and(phrases::per_hour_and_month(
                    alike.exposure,
                    Role::of_cost(alike.exposure.0),
                )),
        ];
    out.extend(labelled("", wording::NOT_WASTE, Role::Dim, AT, width));
    out.extend(labelled("rule", alike.rule, Role::Text, AT, width));
    let count = if alike.missing.is_empty() {
        alike.count()
    } else {
        wording::tagged(
            &alike.count(),
            alike.complying(alike.members.len()),
            alike.exposure,
            alike.burn,
        )
    };
    out.extend(labelled("rows", &count, Role::Text, AT, width));
    out.push(
        StyledLine::new()
            .tab(AT)
            .add(phrases::key(app, &Action::Open), Role::Key)
            .add(wording::OPENS_ROWS, Role::Text)
            .add(phrases::key(app, &Action::MarkAll), Role::Key)
            .add(wording::MARKS_ALL, Role::Text),
    );
    if !alike.missing.is_empty() {
        out.extend(part(wording::MISSING_TAGS));
        for (what, count, exposure) in &alike.missing {
            let have = alike.complying(*count);
            let line = StyledLine::of(
                format!(" {}", text::cut(&text::printable(what), AT - 3)),
                Role::Emphasis,
            )
            .tab(AT)
            .add(
                format!("{:>9}", exposure.to_string()),
                Role::of_cost(exposure.0),
            )
            .add(
                format!("  {}", wording::tag_missing(*count, alike.billed, have)),
                Role::Text,
            );
            out.push(line);
        }
    }
    out.extend(part(wording::ROWS));
    for member in alike.members.iter().take(MAX_LISTED) {
        let name = text::printable(if member.name.trim().is_empty() {
            &member.key.id
        } else {
            &member.name
        });
        let room = usize::from(width).saturating_sub(NAME + 14).max(8);
        out.push(
            StyledLine::of(
                format!(" {:>9}", member.exposure.to_string()),
                Role::of_cost(member.exposure.0),
            )
            .add(format!("  {}", text::cut(&name, NAME - 1)), Role::Text)
            .tab(NAME + 12)
            .add(
                text::cut(&text::printable(&member.sentence), room).into_owned(),
                Role::Dim,
            ),
        );
    }
    if alike.members.len() > MAX_LISTED {
        out.push(StyledLine::of(
            format!(" {}", notices::and_more(alike.members.len() - MAX_LISTED)),
            Role::Dim,
        ));
    }
    out
}
