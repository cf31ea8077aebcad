//! Each target of a plan with its exact requests, and the skipped resources, grouped by reason.

use super::{location::PlanLocations, name};
use crate::screen::notices::confirm as wording;
use crate::screen::view::{
    glyphs::Glyphs,
    styled_line::{StyledLine, beside, lines},
};
use crate::{
    domain::{ExpectedState, Operation, Plan, Target, UsdPerHour, text},
    screen::{App, theme::Role},
};
use std::collections::BTreeMap;

/// A target in pieces: name, id, state, count, owner, rate.
type Pieces = [(String, Role); 6];

/// The targets, in columns where the widest of them fits on a line.
pub(super) fn targets(app: &App, plan: &Plan, width: u16) -> Vec<StyledLine> {
    let all: Vec<Pieces> = plan
        .targets
        .iter()
        .map(|target| pieces(plan.operation, target))
        .collect();
    let mut columns = [0; 6];
    for pieces in &all {
        for (column, (piece, _)) in columns.iter_mut().zip(pieces) {
            *column = (*column).max(text::width(piece));
        }
    }
    let used = columns
        .iter()
        .filter(|column| **column > 0)
        .map(|column| column + 2)
        .sum::<usize>();
    let aligned = used <= usize::from(width);
    let mut out = Vec::new();
    let spread = PlanLocations::of(plan);
    for (target, pieces) in plan.targets.iter().zip(all) {
        let sign = StyledLine::of(format!("{} ", Glyphs::of(app.ascii).bullet), Role::Warning);
        if aligned {
            out.push(in_columns(sign, &pieces, &columns));
        } else {
            out.extend(flowing(sign, pieces, width));
        }
        out.extend(requests(target, &spread.place(app, target), width));
    }
    out
}

/// The requests of `target`, after its location if that differs among the targets of the plan.
fn requests(target: &Target, place: &str, width: u16) -> Vec<StyledLine> {
    let mut out: Vec<StyledLine> = target
        .call
        .requests()
        .iter()
        .flat_map(|request| lines(request, Role::Text, 4, width))
        .collect();
    let place = StyledLine::of(
        if place.is_empty() {
            String::new()
        } else {
            format!("    {place}")
        },
        Role::Emphasis,
    );
    match out.as_mut_slice() {
        _ if place.width() == 0 => {}
        // The request is indented by four columns: two of them separate it from its location.
        [one] if place.width() + one.width() <= usize::from(width) + 2 => {
            *one = place
                .add("  ", Role::Text)
                .add(one.text().trim_start(), Role::Text);
        }
        _ => out.insert(0, place),
    }
    out
}

fn pieces(operation: Operation, target: &Target) -> Pieces {
    let rate = target.burn.rate();
    let id = if *target.key.id == *target.name {
        String::new()
    } else {
        text::printable(&target.key.id).into_owned()
    };
    let count = match (
        &target.expected,
        target.observed.count,
        target.observed.desired,
    ) {
        (ExpectedState::Count(wanted), Some(now), Some(desired)) if now != desired => {
            wording::changing_count(now, desired, *wanted)
        }
        (ExpectedState::Count(wanted), Some(now), _) => format!("{now} → {wanted}"),
        _ => String::new(),
    };
    let owner = target.owner.as_ref();
    [
        (name(target), Role::Emphasis),
        (id, Role::Dim),
        (
            text::printable(&target.observed.state.name).into_owned(),
            Role::of(target.observed.state.phase),
        ),
        (count, Role::Emphasis),
        owner.map_or_else(
            || (wording::NO_OWNER.to_owned(), Role::Warning),
            |owner| (format!("@{}", text::printable(owner)), Role::Text),
        ),
        match rate {
            Some(rate) => (format!("{rate:#}"), Role::of_cost(rate.0)),
            None if operation == Operation::Tag => (String::new(), Role::Dim),
            None => (
                wording::UNPRICED.to_owned(),
                Role::of_cost(UsdPerHour::ZERO.0),
            ),
        },
    ]
}

fn in_columns(sign: StyledLine, pieces: &Pieces, columns: &[usize; 6]) -> StyledLine {
    let last = pieces.len() - 1;
    pieces
        .iter()
        .zip(columns)
        .enumerate()
        .filter(|(_, (_, column))| **column > 0)
        .fold(sign, |line, (place, ((piece, role), column))| {
            let line = if place == 0 {
                line
            } else {
                line.add("  ", Role::Text)
            };
            line.add(text::fit(piece, *column, place == last), *role)
        })
}

/// The pieces in as many lines as they need, without a cut.
fn flowing(sign: StyledLine, pieces: Pieces, width: u16) -> Vec<StyledLine> {
    let mut out = vec![sign];
    for (piece, role) in pieces.into_iter().filter(|(piece, _)| !piece.is_empty()) {
        let line = out.pop().unwrap_or_default();
        let first = line.width() == 2;
        if first || line.width() + 2 + text::width(&piece) <= usize::from(width) {
            let gap = if first { "" } else { "  " };
            let room = usize::from(width).saturating_sub(line.width());
            if text::width(&piece) <= room {
                out.push(line.add(gap, Role::Text).add(piece, role));
            } else {
                out.extend(beside(line, &piece, role, 3, width));
            }
        } else {
            out.push(line);
            out.push(StyledLine::of("  ", Role::Text).add(piece, role));
        }
    }
    out
}

/// The skipped targets by name, grouped by reason.
pub(super) fn skipped(plan: &Plan, width: u16) -> Vec<StyledLine> {
    if plan.skipped.is_empty() {
        return Vec::new();
    }
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for skipped in &plan.skipped {
        let name = if skipped.name.trim().is_empty() {
            &skipped.key.id
        } else {
            &skipped.name
        };
        reasons
            .entry(text::printable(&skipped.why.to_string()).into_owned())
            .or_default()
            .push(text::printable(name).into_owned());
    }
    let mut out = vec![
        StyledLine::new(),
        StyledLine::of(wording::SKIPPED, Role::Emphasis),
    ];
    for (why, names) in reasons {
        let head = if names.len() > 1 {
            format!("{}, {why}: ", names.len())
        } else {
            format!("{why}: ")
        };
        out.extend(lines(
            &format!("{head}{}", names.join(", ")),
            Role::Dim,
            2,
            width,
        ));
    }
    out
}
