//! The plans of this run, newest first: how each came out, alike results together, with every name
//! and AWS's own words.
//!
//! Must not know where results come from.

use super::{
    facts,
    overlay::Overlay,
    words::{Words, lines},
};
use crate::{
    domain::text,
    screen::{
        App,
        deeds::{End, Group, Ran},
        theme::Role,
    },
};

/// The sheet.
pub fn deeds(app: &App, scroll: usize, width: u16) -> Overlay {
    let noun = if app.deeds.len() == 1 {
        "plan"
    } else {
        "plans"
    };
    let mut out = Overlay::new(
        Words::of("Done in this run", Role::Focus)
            .add(format!("  {} {noun}", app.deeds.len()), Role::Dim),
        width,
    );
    out.scroll = scroll;
    for ran in app.deeds.newest() {
        if !out.lines.is_empty() {
            out.lines.push(Words::new());
        }
        out.lines.extend(plan(app, ran, width));
    }
    if out.lines.is_empty() {
        out.lines
            .push(Words::of("Nothing was done in this run.", Role::Dim));
    }
    out
}

fn plan(app: &App, ran: &Ran, width: u16) -> Vec<Words> {
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
    let head = Words::of(facts::clock(app, ran.at), Role::Dim)
        .add(format!("  {} {what}", ran.verb), Role::Strong);
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
fn together(group: &Group<'_>, recovered: bool, width: u16) -> Vec<Words> {
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
    let word = if recovered && group.end == End::Cancelled {
        "not done"
    } else {
        group.end.word()
    };
    let head = Words::of(format!("  {sign} {count}{word}"), role);
    let mut out = super::words::beside(head, &names.join(", "), Role::Text, 26, width);
    if !group.words.is_empty() {
        out.extend(lines(&group.words, Role::Dim, 6, width));
    }
    out
}

/// The sign and the role of a result.
pub fn sign(end: End) -> (&'static str, Role) {
    match end {
        End::Waiting => ("·", Role::Dim),
        End::Moving => ("→", Role::Changing),
        End::Denied | End::Refused | End::Throttled | End::Partly | End::Unknown => {
            ("✗", Role::Bad)
        }
        End::Unsettled | End::Drifted => ("!", Role::Warn),
        End::Cancelled => ("·", Role::Off),
        End::Done => ("✓", Role::Good),
    }
}
