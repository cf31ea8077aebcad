//! The plans of this run, newest first: how each came out, alike results together, with every name
//! and AWS's own words.

use crate::screen::view::{
    overlay::Overlay,
    phrases,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::text,
    screen::{
        App,
        state::activity::{PlanRun, ResultGroup, ResultKind},
        theme::Role,
    },
};

/// The sheet.
pub fn activity(app: &App, scroll: usize, width: u16) -> Overlay {
    let noun = if app.activity.len() == 1 {
        "plan"
    } else {
        "plans"
    };
    let mut out = Overlay::new(
        StyledLine::of("Done in this run", Role::Focus)
            .add(format!("  {} {noun}", app.activity.len()), Role::Dim),
        width,
    );
    out.scroll = scroll;
    for ran in app.activity.newest() {
        if !out.lines.is_empty() {
            out.lines.push(StyledLine::new());
        }
        out.lines.extend(plan(app, ran, width));
    }
    if out.lines.is_empty() {
        out.lines
            .push(StyledLine::of("Nothing was done in this run.", Role::Dim));
    }
    out
}

fn plan(app: &App, ran: &PlanRun, width: u16) -> Vec<StyledLine> {
    let what = match ran.targets.as_slice() {
        [one] => text::printable(&one.name).into_owned(),
        many => format!("{} resources", many.len()),
    };
    let told = if ran.targets.len() == 1 {
        ran.groups()
            .first()
            .map_or("", |group| group.end.word())
            .to_owned()
    } else {
        ran.told()
    };
    let role = ran
        .counts()
        .keys()
        .map(|end| sign(*end))
        .max_by_key(|(_, role)| *role as u8)
        .map_or(Role::Text, |(_, role)| role);
    let head = StyledLine::of(phrases::clock(app, ran.at), Role::Dim)
        .add(format!("  {} {what}", ran.operation), Role::Strong);
    let mut out = vec![head];
    if out[0].width() + 2 + told.len() <= usize::from(width) {
        out = out
            .into_iter()
            .map(|head| head.add(format!("  {told}"), role))
            .collect();
    } else {
        out.extend(lines(&told, role, 2, width));
    }
    let found = if ran.recovered {
        "an earlier run ended before the result; looked at now"
    } else {
        ""
    };
    for note in [found, ran.reason.as_deref().unwrap_or("")]
        .into_iter()
        .filter(|note| !note.is_empty())
    {
        out.extend(lines(note, Role::Dim, 2, width));
    }
    out.extend(
        ran.groups()
            .iter()
            .flat_map(|group| together(group, ran.recovered, width)),
    );
    out
}

/// One way to come out: its sign, its names, its words.
fn together(group: &ResultGroup<'_>, recovered: bool, width: u16) -> Vec<StyledLine> {
    let (sign, role) = sign(group.end);
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
    let word = if recovered && group.end == ResultKind::Cancelled {
        "not done"
    } else {
        group.end.word()
    };
    let head = StyledLine::of(format!("  {sign} {count}{word}"), role);
    let mut out =
        crate::screen::view::styled_line::beside(head, &names.join(", "), Role::Text, 26, width);
    if !group.words.is_empty() {
        out.extend(lines(&group.words, Role::Dim, 6, width));
    }
    out
}

/// The sign and the role of a result.
pub fn sign(end: ResultKind) -> (&'static str, Role) {
    match end {
        ResultKind::Waiting => ("·", Role::Dim),
        ResultKind::Moving => ("→", Role::Changing),
        ResultKind::Denied
        | ResultKind::Refused
        | ResultKind::Throttled
        | ResultKind::Partly
        | ResultKind::Unknown => ("✗", Role::Bad),
        ResultKind::Unsettled | ResultKind::Drifted => ("!", Role::Warn),
        ResultKind::Cancelled => ("·", Role::Off),
        ResultKind::Done => ("✓", Role::Good),
    }
}
