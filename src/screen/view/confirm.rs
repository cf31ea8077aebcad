//! The last question before an account is changed: where, what, the exact requests, the dollars, the warnings.
//!
//! No is lit until someone moves it. Must not know how a plan is made.

use super::{
    overlay::Overlay,
    words::{Words, lines},
};
use crate::{
    domain::{Plan, Survey, Target, Usd, UsdPerHour, Verb, Weight, text, when},
    screen::{
        App,
        dialog::{Confirm, Facts},
        theme::Role,
    },
};
use std::collections::BTreeSet;

/// The dialog.
pub fn confirm(app: &App, ask: &Confirm, width: u16) -> Overlay {
    let plan = &ask.plan;
    let count = plan.targets.len();
    let noun = if count == 1 { "resource".to_owned() } else { format!("{count} resources") };
    let what = if count == 1 { plan.targets.first().map_or(noun, name) } else { noun };
    let title = match (&plan.undoes, ask.later) {
        (Some(_), _) => format!("Undo {} of {what}?", undone(plan.verb)),
        (None, Some(_)) => format!("{} {what} later?", capital(plan.verb)),
        (None, None) => format!("{} {what}?", capital(plan.verb)),
    };
    let title = Words::of(title, Role::Warn);
    let mut out = Overlay::new(title, width);
    out.role = Role::Warn;
    out.scroll = ask.scroll;
    out.head = place(app, plan);
    out.head.extend(hour(app, ask, width));
    super::demand::ask(ask, &mut out, width);
    out.lines = targets(app, ask, width);
    out.foot = foot(app, ask, width);
    out
}

fn capital(verb: Verb) -> &'static str {
    match verb {
        Verb::Stop => "Stop",
        Verb::Start => "Start",
        Verb::Reboot => "Reboot",
        Verb::Terminate => "Terminate",
        Verb::Scale => "Scale",
        Verb::Tag => "Tag",
        Verb::Delete => "Delete",
        Verb::Schedule => "Schedule",
        Verb::Bounds => "Bound",
        Verb::SwapModel => "Swap the model of",
        Verb::Feedback => "Give feedback on",
    }
}

/// What is taken back by `verb`.
fn undone(verb: Verb) -> Verb {
    match verb {
        Verb::Start => Verb::Stop,
        Verb::Stop => Verb::Start,
        other => other,
    }
}

/// When it is done, if not now.
fn hour(app: &App, ask: &Confirm, width: u16) -> Vec<Words> {
    let Some(due) = ask.later else { return Vec::new() };
    let at = when::comes_to(due, app.now, &app.zone);
    let mut out = vec![Words::of("not now: ", Role::Dim).add(at, Role::Changing)];
    out.extend(lines("if a console runs then, and the row, the guards and this answer are as they are now", Role::Dim, 0, width));
    out.push(Words::new());
    out
}

fn name(target: &Target) -> String {
    let name = if target.name.trim().is_empty() { &target.key.id } else { &target.name };
    text::printable(name).into_owned()
}

/// Account, regions, profiles.
fn place(app: &App, plan: &Plan) -> Vec<Words> {
    let gather = |of: fn(&Target) -> &str| -> String {
        let all: BTreeSet<&str> = plan.targets.iter().map(of).filter(|word| !word.is_empty()).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    let profile = gather(|target| &target.profile);
    let accounts: BTreeSet<&str> = plan.targets.iter().map(|target| &*target.key.account).collect();
    let words = super::demand::accounts(app, accounts.into_iter())
        .add("  region ", Role::Dim)
        .add(gather(|target| &target.key.region), Role::Strong);
    vec![if profile.is_empty() { words } else { words.add("  profile ", Role::Dim).add(profile, Role::Strong) }, Words::new()]
}

fn targets(app: &App, ask: &Confirm, width: u16) -> Vec<Words> {
    let plan = &ask.plan;
    let mut out = Vec::new();
    for target in &plan.targets {
        let rate = target.burn.rate().map_or_else(|| "unpriced".to_owned(), |rate| format!("{rate:#}"));
        let owner = target.owner.as_ref().map_or_else(|| "no owner".to_owned(), |owner| format!("@{owner}"));
        let count = match (target.seen.count, target.seen.desired) {
            (Some(now), Some(desired)) if plan.verb == Verb::Scale && now != desired => format!("  {now} run, {desired} wanted"),
            (Some(now), _) if plan.verb == Verb::Scale => format!("  {now} run"),
            _ => String::new(),
        };
        let head = Words::of(format!("{} ", app_sign(app)), Role::Warn).add(name(target), Role::Strong);
        let head = if *target.key.id == *target.name { head } else { head.add(format!("  {}", target.key.id), Role::Dim) };
        let facts = Words::of(format!("  {}", target.seen.state.name), Role::of(target.seen.state.phase))
            .add(count, Role::Text)
            .add(format!("  {owner}"), Role::Text)
            .add(format!("  {rate}"), Role::heat(target.burn.rate().unwrap_or(UsdPerHour::ZERO).0));
        if head.width() + facts.width() <= usize::from(width) {
            out.push(head.and(facts));
        } else {
            out.push(head);
            out.push(facts);
        }
        for request in target.call.requests() {
            out.extend(lines(&request, Role::Text, 4, width));
        }
        for warning in &target.warnings {
            out.extend(lines(&format!("! {warning}"), Role::Warn, 4, width));
        }
        out.extend(ask.survey(&target.key).into_iter().flat_map(|survey| warnings(survey, width)));
    }
    if !plan.skipped.is_empty() {
        out.push(Words::new());
        let all = plan.targets.len() + plan.skipped.len();
        out.push(Words::of(format!("{} of {all} left out", plan.skipped.len()), Role::Warn));
        for skipped in &plan.skipped {
            let name = if skipped.name.trim().is_empty() { &skipped.key.id } else { &skipped.name };
            out.extend(lines(&format!("{}: {}", text::printable(name), skipped.why), Role::Dim, 2, width));
        }
    }
    out
}

/// What speaks against a yes, the heaviest first, and what is not known.
fn warnings(survey: &Survey, width: u16) -> Vec<Words> {
    let mut out = Vec::new();
    for warning in &survey.warnings {
        let role = match warning.weight() {
            Weight::Refusal => Role::Bad,
            Weight::Danger => Role::Warn,
            Weight::Note => Role::Dim,
        };
        out.extend(lines(&format!("! {warning}"), role, 4, width));
    }
    for fault in &survey.unread {
        out.extend(lines(&format!("? not read: {fault}"), Role::Dim, 4, width));
    }
    out
}

/// How far reading what may go wrong is; nothing once it is there.
fn reading(ask: &Confirm) -> Option<Words> {
    match ask.facts {
        Facts::Reading => Some(Words::of("reading what could go wrong …", Role::Warn)),
        Facts::Late => Some(Words::of("what could go wrong was not read in time", Role::Warn)),
        Facts::Read(_) => None,
    }
}

fn app_sign(app: &App) -> &'static str {
    super::glyphs::Glyphs::of(app.ascii).bullet
}

fn left_words(left: f64) -> String {
    format!("each is looked at again before it is changed · {left:.0}s")
}

/// Dollars, time left, and the two answers.
fn foot(app: &App, ask: &Confirm, width: u16) -> Vec<Words> {
    let (saves, unpriced) = ask.plan.saves();
    let mut out = vec![Words::new()];
    out.extend(reading(ask));
    if ask.plan.verb != Verb::Tag {
        let words = if saves.0 >= 0.0 {
            Words::of("saves ", Role::Dim).add(format!("{saves:#}"), Role::Good).add(format!("  ≈ {} a month", saves.monthly()), Role::Dim)
        } else {
            let more = UsdPerHour(-saves.0);
            Words::of("costs ", Role::Dim)
                .add(format!("{more:#} more"), Role::Hot)
                .add(format!("  ≈ {} a month", Usd(-saves.monthly().0)), Role::Dim)
        };
        out.push(if unpriced > 0 { words.add(format!("  +{unpriced} unpriced"), Role::Warn) } else { words });
    }
    if ask.typed.is_some() {
        let note = if ask.left(app.now) <= 0.0 { "too old: esc, and ask again".to_owned() } else { left_words(ask.left(app.now)) };
        out.push(Words::of(text::cut(&note, usize::from(width)), Role::Dim));
        return out;
    }
    let (no, yes) = if ask.yes { (Role::Dim, Role::Cursor) } else { (Role::Cursor, Role::Dim) };
    let left = ask.left(app.now);
    let expired = left <= 0.0;
    let note = if expired { "too old: esc, and ask again".to_owned() } else { left_words(left) };
    let answers = Words::of(if ask.yes { "  No  " } else { "▸ No  " }, no)
        .add("   ", Role::Text)
        .add(if ask.yes { "▸ Yes " } else { "  Yes " }, yes)
        .add("   ", Role::Text);
    let room = usize::from(width).saturating_sub(answers.width());
    out.push(answers.add(text::cut(&note, room), if expired { Role::Bad } else { Role::Dim }));
    out
}
