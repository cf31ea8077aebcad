//! The confirm dialog: location, targets, requests, savings, warnings.
//!
//! ```text
//!  head   location.rs: account, regions, profile; reason; time          fixed
//!  lines  targets.rs: each target with its requests; skipped targets    scrolls
//!  foot   warnings.rs: the gravest warnings; skipped targets; saving;   fixed
//!         undo; level.rs: the text to type, or No and Yes
//! ```
//!
//! The lines repeat in full the parts that head and foot cut. No is selected at first.

mod level;
mod location;
mod targets;
mod warnings;

use crate::screen::notices::confirm as wording;
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
use warnings::{WarningGroup, group_warnings};

/// Lines of the screen that are not the dialog's: header, tabs, footer, and the two edges of its
/// frame.
const AROUND: usize = 5;
/// Lines of targets that stay visible, however many lines the other parts have.
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
    let groups = group_warnings(ask);
    let mut end = skipped(plan, width);
    end.extend(dollars(ask, width));
    let answer = level::answer(app, ask, width);
    let fixed = out.head.len() + 1 + end.len() + answer.lines.len();
    let room =
        usize::from(app.size.1).saturating_sub(AROUND + fixed + TARGETS.min(out.lines.len()));
    let (mut heavy, all_said) = heaviest(&groups, preflight(ask), room, width);
    if !all_said {
        out.lines.push(StyledLine::new());
        out.lines
            .push(StyledLine::of(wording::WARNINGS, Role::Emphasis));
        out.lines
            .extend(groups.iter().flat_map(|group| group.in_full(width)));
    }
    out.lines.extend(targets::skipped(plan, width));
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
        many => wording::resources(many.len()),
    };
    let title = match &plan.undoes {
        Some(_) => wording::undo_title(plan.operation.opposite().unwrap_or(plan.operation), &what),
        None => wording::title(
            plan.operation.definition().texts.title,
            &what,
            ask.due.is_some(),
        ),
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
    text::printable(&target.display_name()).into_owned()
}

/// The state of the preflight checks until they are done.
fn preflight(ask: &ConfirmDialog) -> Option<StyledLine> {
    match ask.preflight {
        PreflightState::Reading => Some(StyledLine::of(wording::PREFLIGHT_RUNNING, Role::Changing)),
        PreflightState::Late => Some(StyledLine::of(wording::PREFLIGHT_TIMEOUT, Role::Warning)),
        PreflightState::Read(_) => None,
    }
}

/// The most severe groups in at most `room` lines, and whether all are shown in full.
fn heaviest(
    groups: &[WarningGroup],
    state: Option<StyledLine>,
    room: usize,
    width: u16,
) -> (Vec<StyledLine>, bool) {
    let mut out: Vec<StyledLine> = state.into_iter().collect();
    let full: Vec<StyledLine> = groups.iter().flat_map(|group| group.said(width)).collect();
    if out.len() + full.len() <= room {
        out.extend(full);
        return (out, true);
    }
    let lines = room.saturating_sub(out.len()).max(1);
    let shown = if groups.len() > lines {
        lines.saturating_sub(1).max(1)
    } else {
        groups.len()
    };
    out.extend(groups.iter().take(shown).map(|group| group.short(width)));
    if shown < groups.len() && lines > 1 {
        out.push(StyledLine::of(
            wording::more_warnings(groups.len() - shown),
            Role::Warning,
        ));
    }
    (out, false)
}

/// `1 of 14 skipped: already stopped`, in one line.
fn skipped(plan: &Plan, width: u16) -> Vec<StyledLine> {
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
    let count = plan.skipped.len();
    let head = wording::skipped(count, plan.targets.len() + count);
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

/// The saving or cost of the plan, the cost that continues, and whether an undo exists.
fn dollars(ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let plan = &ask.plan;
    let saving = plan.saving(|key| ask.preflight_of(key));
    let words = earned(plan, &saving);
    let some = saving.unpriced > 0 && saving.unpriced < plan.targets.len();
    let words = if some {
        words.add(
            format!("  {}", wording::unpriced(saving.unpriced)),
            Role::Warning,
        )
    } else {
        words
    };
    let pieces = [words]
        .into_iter()
        .chain(still_billed(&saving))
        .chain([undo(plan)]);
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
    let amount = Usd(saving.month.0.abs()).to_string();
    let month = match saving.hours_left {
        Some(hours) => format!("  {}", wording::until_end(&amount, hours)),
        None => format!("  {}", wording::month(&amount)),
    };
    let nothing = saving.net.0.abs() < 1e-9 && saving.unpriced == 0;
    match saving.net.0 {
        _ if !plan.operation.definition().affects_cost => {
            StyledLine::of(wording::NO_COST, Role::Dim)
        }
        _ if saving.unpriced == plan.targets.len() => {
            StyledLine::of(wording::SAVING_UNKNOWN, Role::Warning)
        }
        _ if nothing && saving.anyway.0 > 0.0 => {
            StyledLine::of(wording::SAVES_NOTHING, Role::Warning)
        }
        _ if nothing && saving.anyway.0 < 0.0 => StyledLine::of(wording::COSTS_NO_MORE, Role::Dim),
        _ if nothing => StyledLine::of(wording::NO_COST_ITSELF, Role::Dim),
        net if net >= 0.0 => {
            let at_most = if saving.at_most {
                wording::SAVES_AT_MOST
            } else {
                wording::SAVES
            };
            StyledLine::of(at_most, Role::Dim)
                .add(format!("{:#}", saving.net), Role::Success)
                .add(month, Role::Dim)
        }
        net => {
            let more = UsdPerHour(-net);
            StyledLine::of(wording::COSTS, Role::Dim)
                .add(wording::more(more), Role::HighCost)
                .add(month, Role::Dim)
        }
    }
}

/// `$76.36/h is still billed: replaced`.
fn still_billed(saving: &Saving) -> Option<StyledLine> {
    let why: Vec<String> = saving.why.iter().map(ToString::to_string).collect();
    let rate = UsdPerHour(saving.anyway.0.abs());
    (rate.0 > 1e-9)
        .then(|| StyledLine::of(wording::still_billed(rate, &why.join(", ")), Role::Warning))
}

/// Whether an undo exists.
fn undo(plan: &Plan) -> StyledLine {
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
            StyledLine::of(wording::NOTHING_TO_UNDO, Role::Dim)
        }
        None => StyledLine::of(wording::CANNOT_UNDO, Role::Error),
        Some(what) if count == all => {
            StyledLine::of(wording::UNDO, Role::Dim).add(what, Role::Text)
        }
        Some(what) => StyledLine::of(wording::UNDO, Role::Dim)
            .add(wording::undo_some(what, count, all), Role::Text)
            .add(wording::REST_CANNOT_UNDO, Role::Error),
    }
}
