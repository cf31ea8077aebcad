//! The last question before an account is changed: where, what, the exact requests, the dollars,
//! the warnings.
//!
//! ```text
//!  head   place.rs: account, regions, profile; why; when, if not now   always seen, where the screen has room for it
//!  lines  targets.rs: each target with its requests; what is left out  scrolls
//!  foot   doubts.rs: the heaviest warnings; what is left out; dollars  always seen
//!         and the way back; what is to be typed, or No and Yes
//! ```
//!
//! What is cut in the head or the foot stands in full among the lines. No is selected until someone
//! moves it.

mod level;
mod location;
mod targets;
mod warnings;

use crate::screen::view::{overlay::Overlay, styled_line::StyledLine};
use crate::{
    domain::{Plan, Saving, Target, Usd, UsdPerHour, action::definition::Undo, text},
    screen::{
        App,
        dialogs::{ConfirmDialog, PreflightState},
        state::access,
        theme::Role,
    },
};
use warnings::{WarningGroup, doubts};

/// Lines of the screen that are not the dialog's: header, tabs, footer, and the two edges of its
/// frame.
const AROUND: usize = 5;
/// Lines of targets that stay in sight however much else there is to say.
const TARGETS: usize = 5;
/// Lines that scroll, at the least: with fewer the head scrolls too.
const SCROLLING: usize = 2;

/// The dialog.
pub fn confirm(app: &App, ask: &ConfirmDialog, width: u16) -> Overlay {
    let plan = &ask.plan;
    let mut out = Overlay::new(title(app, ask, width), width);
    out.role = Role::Warning;
    out.scroll = ask.scroll;
    out.head = location::place(app, plan, width);
    out.head.extend(location::reasons(app, ask, width));
    out.lines = targets::targets(app, plan, width);
    let doubts = doubts(ask);
    let mut end = left_out(plan, width);
    end.extend(dollars(ask, width));
    let answer = level::answer(app, ask, width);
    let fixed = out.head.len() + 1 + end.len() + answer.lines.len();
    let room =
        usize::from(app.size.1).saturating_sub(AROUND + fixed + TARGETS.min(out.lines.len()));
    let (mut heavy, all_said) = heaviest(&doubts, reading(ask), room, width);
    if !all_said {
        out.lines.push(StyledLine::new());
        out.lines
            .push(StyledLine::of("What may go wrong", Role::Emphasis));
        out.lines
            .extend(doubts.iter().flat_map(|doubt| doubt.in_full(width)));
    }
    out.lines.extend(targets::left_out(plan, width));
    out.lines.extend(location::reason_in_full(plan, width));
    out.lines.extend(level::reasons_in_full(ask, width));
    out.foot.push(StyledLine::new());
    out.foot.append(&mut heavy);
    out.foot.append(&mut end);
    out.answering = answer
        .cursor
        .map(|(line, column)| (out.foot.len() + line, column));
    out.foot.extend(answer.lines);
    let inside = usize::from(app.size.1).saturating_sub(AROUND);
    if out.head.len() + out.foot.len() + SCROLLING.min(out.lines.len()) > inside {
        out.head.append(&mut out.lines);
        std::mem::swap(&mut out.head, &mut out.lines);
    }
    out
}

fn title(app: &App, ask: &ConfirmDialog, width: u16) -> StyledLine {
    let plan = &ask.plan;
    let what = match plan.targets.as_slice() {
        [one] => name(one),
        many => format!("{} resources", many.len()),
    };
    let title = match (&plan.undoes, ask.later) {
        (Some(_), _) => format!(
            "Undo {} of {what}",
            plan.operation.opposite().unwrap_or(plan.operation)
        ),
        (None, Some(_)) => format!("{} {what} later", plan.operation.definition().texts.title),
        (None, None) => format!("{} {what}", plan.operation.definition().texts.title),
    };
    let protected = plan
        .targets
        .iter()
        .any(|target| access::is_protected(app, &target.key.account));
    let role = if protected {
        Role::Protected
    } else {
        Role::Warning
    };
    StyledLine::of(
        format!(
            "{}?",
            text::cut(&title, usize::from(width).saturating_sub(2))
        ),
        role,
    )
}

fn name(target: &Target) -> String {
    text::printable(&target.called()).into_owned()
}

/// How far reading what may go wrong is; nothing once it is there.
fn reading(ask: &ConfirmDialog) -> Option<StyledLine> {
    match ask.facts {
        PreflightState::Reading => Some(StyledLine::of(
            "… reading what could go wrong; no yes counts before that",
            Role::Changing,
        )),
        PreflightState::Late => Some(StyledLine::of(
            "? what could go wrong was not read in time: nobody looked",
            Role::Warning,
        )),
        PreflightState::Read(_) => None,
    }
}

/// The heaviest doubts in at most `room` lines, and whether that is all there is to say.
fn heaviest(
    doubts: &[WarningGroup],
    state: Option<StyledLine>,
    room: usize,
    width: u16,
) -> (Vec<StyledLine>, bool) {
    let mut out: Vec<StyledLine> = state.into_iter().collect();
    let full: Vec<StyledLine> = doubts.iter().flat_map(|doubt| doubt.said(width)).collect();
    if out.len() + full.len() <= room {
        out.extend(full);
        return (out, true);
    }
    let lines = room.saturating_sub(out.len()).max(1);
    let shown = if doubts.len() > lines {
        lines.saturating_sub(1).max(1)
    } else {
        doubts.len()
    };
    out.extend(doubts.iter().take(shown).map(|doubt| doubt.short(width)));
    if shown < doubts.len() && lines > 1 {
        let noun = if doubts.len() - shown == 1 {
            "warning"
        } else {
            "warnings"
        };
        out.push(StyledLine::of(
            format!(
                "… and {} more {noun}, below the targets",
                doubts.len() - shown
            ),
            Role::Warning,
        ));
    }
    (out, false)
}

/// `1 of 14 left out: already stopped`, in one line.
fn left_out(plan: &Plan, width: u16) -> Vec<StyledLine> {
    if plan.skipped.is_empty() {
        return Vec::new();
    }
    let mut reasons: Vec<(String, usize)> = Vec::new();
    for skipped in &plan.skipped {
        let why = skipped.why.to_string();
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((why, 1)),
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let head = format!(
        "{} of {} left out: ",
        plan.skipped.len(),
        plan.targets.len() + plan.skipped.len()
    );
    let several = reasons.len() > 1;
    let told: Vec<String> = reasons
        .iter()
        .map(|(why, count)| {
            if several {
                format!("{count} {why}")
            } else {
                why.clone()
            }
        })
        .collect();
    let told = told.join("; ");
    let room = usize::from(width).saturating_sub(head.len());
    vec![
        StyledLine::of(head, Role::Warning)
            .add(text::cut(&text::printable(&told), room), Role::Dim),
    ]
}

/// What it saves or costs, what of that is billed all the same, and whether there is a way back.
fn dollars(ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let plan = &ask.plan;
    let saving = plan.saving(|key| ask.survey(key));
    let words = earned(plan, &saving);
    let some = saving.unpriced > 0 && saving.unpriced < plan.targets.len();
    let words = if some {
        words.add(format!("  +{} unpriced", saving.unpriced), Role::Warning)
    } else {
        words
    };
    let pieces = [words]
        .into_iter()
        .chain(billed_anyway(&saving))
        .chain([way_back(plan)]);
    let mut out: Vec<StyledLine> = Vec::new();
    for piece in pieces {
        match out.pop() {
            Some(line) if line.width() + 3 + piece.width() <= usize::from(width) => {
                out.push(line.add("   ", Role::Text).and(piece));
            }
            line => out.extend(line.into_iter().chain([piece])),
        }
    }
    out
}

fn earned(plan: &Plan, saving: &Saving) -> StyledLine {
    let month = |rate: UsdPerHour| format!("  ≈ {} a month", Usd(rate.monthly().0));
    let nothing = saving.net.0.abs() < 1e-9 && saving.unpriced == 0;
    match saving.net.0 {
        _ if !plan.operation.definition().affects_cost => {
            StyledLine::of("costs and saves nothing", Role::Dim)
        }
        _ if saving.unpriced == plan.targets.len() => {
            StyledLine::of("what it saves is not known: unpriced", Role::Warning)
        }
        _ if nothing && saving.anyway.0 > 0.0 => StyledLine::of("saves nothing", Role::Warning),
        _ if nothing && saving.anyway.0 < 0.0 => StyledLine::of("costs nothing more", Role::Dim),
        _ if nothing => StyledLine::of("costs and saves nothing by itself", Role::Dim),
        net if net >= 0.0 => {
            let at_most = if saving.at_most {
                "saves at most "
            } else {
                "saves "
            };
            StyledLine::of(at_most, Role::Dim)
                .add(format!("{:#}", saving.net), Role::Success)
                .add(month(saving.net), Role::Dim)
        }
        net => {
            let more = UsdPerHour(-net);
            StyledLine::of("costs ", Role::Dim)
                .add(format!("{more:#} more"), Role::HighCost)
                .add(month(more), Role::Dim)
        }
    }
}

/// `$76.36/h is billed anyway: replaced`.
fn billed_anyway(saving: &Saving) -> Option<StyledLine> {
    let why: Vec<String> = saving.why.iter().map(ToString::to_string).collect();
    let rate = UsdPerHour(saving.anyway.0.abs());
    (rate.0 > 1e-9).then(|| {
        StyledLine::of(
            format!("{rate:#} is billed anyway: {}", why.join(", ")),
            Role::Warning,
        )
    })
}

/// Whether an undo exists.
fn way_back(plan: &Plan) -> StyledLine {
    let undos: Vec<Undo> = plan
        .targets
        .iter()
        .map(|target| target.call.undo())
        .collect();
    let restored = |undo: &Undo| match undo {
        Undo::Restores(what) => Some(*what),
        Undo::Unneeded | Undo::Impossible => None,
    };
    let (count, all) = (undos.iter().filter_map(restored).count(), undos.len());
    match undos.iter().find_map(restored) {
        None if undos.first() == Some(&Undo::Unneeded) => {
            StyledLine::of("undo: nothing to take back", Role::Dim)
        }
        None => StyledLine::of("no way back", Role::Error),
        Some(what) if count == all => StyledLine::of("undo: ", Role::Dim).add(what, Role::Text),
        Some(what) => StyledLine::of("undo: ", Role::Dim)
            .add(format!("{what}, {count} of {all}"), Role::Text)
            .add("; no way back for the rest", Role::Error),
    }
}
