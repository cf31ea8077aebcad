//! The reason why a table is empty, and what to do: still reading, no rows, no match, denied. A
//! failure never looks like an empty table.

use crate::screen::notices::empty as wording;
use crate::screen::view::{
    key_labels, source_faults,
    styled_line::{StyledLine, lines},
    text_writer::Canvas,
};
use crate::{
    domain::{Fault, PaneMeta, SourceId},
    inventory::Health,
    screen::{
        App, Tile,
        actions::Action,
        notices::{fault_remedies::remedy, notes},
        state::table::Table,
        theme::Role,
    },
};
use ratatui::layout::Rect;
use std::collections::BTreeSet;

/// Draws the reason in `area`.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, table: &Table, area: Rect) {
    let inner = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let text = reason(app, table, inner.width);
    let y = if area.height > 6 {
        (area.height - 6) / 4 + 1
    } else {
        0
    };
    for (line, words) in text.iter().enumerate() {
        let mut writer = canvas.line(inner, y + line as u16);
        words.write_to(&mut writer);
    }
}

fn reason(app: &App, table: &Table, width: u16) -> Vec<StyledLine> {
    if table.total > 0 {
        return filtered(app, table, width);
    }
    match table.tile {
        Tile::Waste => no_findings(app, width),
        Tile::Pane(id) => match app.pane(id) {
            Some(pane) => no_rows(app, pane, width),
            None => Vec::new(),
        },
    }
}

fn filtered(app: &App, table: &Table, width: u16) -> Vec<StyledLine> {
    let mut out = Vec::new();
    if !table.filter.text.is_empty() {
        out.extend(lines(
            &wording::no_match(table.total, &table.filter.text),
            Role::Text,
            0,
            width,
        ));
        out.push(
            StyledLine::of(key_labels::key(app, &Action::Back), Role::Key)
                .add(format!("{}   ", wording::SHOWS_ALL), Role::Dim)
                .add(key_labels::key(app, &Action::Filter), Role::Key)
                .add(wording::CHANGES_FILTER, Role::Dim),
        );
    }
    if table.waste_only {
        out.push(StyledLine::of(
            wording::none_wasted(table.total),
            Role::Success,
        ));
        out.push(
            StyledLine::of(key_labels::key(app, &Action::WasteOnly), Role::Key)
                .add(wording::SHOWS_ALL, Role::Dim),
        );
    }
    if out.is_empty() {
        out.push(StyledLine::of(
            wording::none_visible(table.total),
            Role::Text,
        ));
        out.push(
            StyledLine::of(key_labels::key(app, &Action::Regions), Role::Key)
                .add(format!("{}  ", wording::REGIONS), Role::Dim)
                .add(key_labels::key(app, &Action::Profiles), Role::Key)
                .add(wording::PROFILES, Role::Dim),
        );
    }
    out
}

fn regions(app: &App) -> String {
    let all: BTreeSet<&str> = app.locations.iter().map(|place| &*place.region).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

fn no_findings(app: &App, width: u16) -> Vec<StyledLine> {
    let panes = app.inventory.panes();
    if panes.iter().all(|pane| app.inventory.loading(pane.id)) {
        return vec![StyledLine::of(
            wording::reading(&regions(app)),
            Role::Changing,
        )];
    }
    let totals = app.inventory.totals(None);
    let faults: Vec<SourceFault<'_>> = panes
        .iter()
        .flat_map(|pane| source_faults(app, pane))
        .filter(|one| !one.fault.is_quiet())
        .collect();
    if totals.rows == 0 && !faults.is_empty() {
        return explain(app, &faults, &[], width);
    }
    if panes.iter().any(|pane| app.inventory.loading(pane.id)) {
        return vec![StyledLine::of(wording::NOTHING_SO_FAR, Role::Changing)];
    }
    let evaluated = totals.billed_rows.saturating_sub(totals.unjudged_rows);
    let mut out = vec![StyledLine::of(wording::NO_WASTE, Role::Success)];
    out.extend(lines(
        &wording::evaluated(totals.rows, totals.billed_rows, evaluated),
        Role::Dim,
        0,
        width,
    ));
    if totals.unjudged_rows > 0 {
        out.extend(lines(
            &wording::not_evaluated(totals.unjudged_rows),
            Role::Warning,
            0,
            width,
        ));
    }
    out
}

fn no_rows(app: &App, pane: &PaneMeta, width: u16) -> Vec<StyledLine> {
    if app.inventory.loading(pane.id) {
        return vec![StyledLine::of(
            wording::reading(&regions(app)),
            Role::Changing,
        )];
    }
    let faults = source_faults(app, pane);
    if faults.is_empty() {
        let unseen = app.inventory.billed_without_rows();
        let unseen = unseen
            .iter()
            .find(|unseen| pane.service() == Some(unseen.service));
        let (words, role) = match unseen {
            Some(unseen) => (notes::none_seen(&regions(app), unseen), Role::Warning),
            None => (wording::no_resources(&regions(app)), Role::Success),
        };
        let mut out = lines(&words, role, 0, width);
        out.extend(lines(&wording::pane_lists(pane.doc), Role::Dim, 0, width));
        return out;
    }
    explain(app, &faults, &pane.needs, width)
}

/// A fault of a source, or a note that stands for its rows.
#[derive(Clone, Copy)]
struct SourceFault<'a> {
    /// The profile of the source.
    profile: &'a str,
    fault: &'a Fault,
}

fn source_faults<'a>(app: &'a App, pane: &PaneMeta) -> Vec<SourceFault<'a>> {
    let health = app.inventory.health(pane.id);
    let of_source = |(source, health): (&'a SourceId, &'a Health)| {
        let faults = health.faults.iter().chain(&health.notes);
        faults.map(move |fault| SourceFault {
            profile: &source.place.profile,
            fault,
        })
    };
    health.into_iter().flat_map(of_source).collect()
}

/// The faults, their remedies, and the messages of AWS.
fn explain(app: &App, faults: &[SourceFault<'_>], needs: &[&str], width: u16) -> Vec<StyledLine> {
    let mut out = Vec::new();
    let name = |profile: &str| {
        if source_faults::has_one_profile(app) {
            String::new()
        } else {
            format!("{profile}: ")
        }
    };
    let mut heads = BTreeSet::new();
    for SourceFault { profile, fault } in faults {
        let head = format!(
            "{}{}: {}",
            name(profile),
            fault.kind.word(),
            fault.operation
        );
        if !fault.is_quiet() && heads.len() < 3 && heads.insert(head.clone()) {
            out.extend(lines(&head, Role::Error, 0, width));
        }
    }
    let mut shown_remedies = BTreeSet::new();
    for SourceFault { profile, fault } in faults {
        if let Some(remedy) = remedy(fault, profile, needs)
            && shown_remedies.insert(remedy.clone())
        {
            out.extend(lines(&remedy, Role::Text, 0, width));
        }
    }
    let mut messages = BTreeSet::new();
    for SourceFault { fault, .. } in faults {
        let message = fault.shown();
        if messages.len() < 2 && messages.insert(message.clone()) {
            out.extend(lines(&message, Role::Dim, 2, width));
        }
    }
    out.push(
        StyledLine::of(key_labels::key(app, &Action::Refresh), Role::Key)
            .add(format!("{}   ", wording::RETRIES), Role::Dim)
            .add(key_labels::key(app, &Action::Errors), Role::Key)
            .add(wording::ALL_ERRORS, Role::Dim),
    );
    out
}
