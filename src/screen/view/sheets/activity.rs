//! The activity panel: the plans of this session, newest first, targets grouped by status with
//! every name and reason.

use crate::screen::view::{
    action_progress,
    overlay::Overlay,
    styled_line::{StyledLine, lines},
    times,
};
use crate::{
    domain::text,
    screen::{
        App,
        notices::sheets::activity as wording,
        state::activity::{PlanRun, StatusGroup},
        theme::Role,
    },
};

/// The panel.
pub fn activity(app: &App, scroll: usize, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of(wording::TITLE, Role::Focus).add(
            format!("  {}", wording::plans(app.activity.len())),
            Role::Dim,
        ),
        width,
    );
    out.scroll = scroll;
    for run in app.activity.newest() {
        if !out.lines.is_empty() {
            out.lines.push(StyledLine::new());
        }
        out.lines.extend(plan(app, run, width));
    }
    if out.lines.is_empty() {
        out.lines.push(StyledLine::of(wording::NONE, Role::Dim));
    }
    out
}

fn plan(app: &App, run: &PlanRun, width: u16) -> Vec<StyledLine> {
    let what = match run.targets.as_slice() {
        [one] => text::printable(&one.name).into_owned(),
        many => wording::resources(many.len()),
    };
    let summary = if run.targets.len() == 1 {
        run.groups()
            .first()
            .map_or("", |group| group.kind.short())
            .to_owned()
    } else {
        run.summary()
    };
    let role = run
        .counts()
        .keys()
        .map(|kind| action_progress::status_role(*kind))
        .max_by_key(|role| *role as u8)
        .unwrap_or(Role::Text);
    let head = StyledLine::of(times::clock(app, run.at), Role::Dim)
        .add(format!("  {} {what}", run.operation), Role::Emphasis);
    let mut out = vec![head];
    if out[0].width() + 2 + summary.len() <= usize::from(width) {
        out = out
            .into_iter()
            .map(|head| head.add(format!("  {summary}"), role))
            .collect();
    } else {
        out.extend(lines(&summary, role, 2, width));
    }
    let recovered = if run.recovered {
        wording::RECOVERED
    } else {
        ""
    };
    for note in [recovered, run.reason.as_deref().unwrap_or("")]
        .into_iter()
        .filter(|note| !note.is_empty())
    {
        out.extend(lines(note, Role::Dim, 2, width));
    }
    out.extend(
        run.groups()
            .iter()
            .flat_map(|group| group_lines(group, width)),
    );
    out
}

/// One group: symbol, count, status, names, reason.
fn group_lines(group: &StatusGroup<'_>, width: u16) -> Vec<StyledLine> {
    let (symbol, role) = (
        group.kind.symbol(),
        action_progress::status_role(group.kind),
    );
    let names: Vec<_> = group
        .targets
        .iter()
        .map(|target| text::printable(&target.name))
        .collect();
    let count = if names.len() > 1 {
        format!("{} ", names.len())
    } else {
        String::new()
    };
    let head = StyledLine::of(format!("  {symbol} {count}{}", group.kind.short()), role);
    let mut out = super::super::styled_line::beside(head, &names.join(", "), Role::Text, 26, width);
    if !group.reason.is_empty() {
        out.extend(lines(&group.reason, Role::Dim, 6, width));
    }
    out
}
