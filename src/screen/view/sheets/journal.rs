//! The journal panel: one row an action, newest first, and one row in full. Integrity violations
//! are shown on top.

use crate::screen::view::{
    action_progress,
    overlay::Overlay,
    styled_line::{StyledLine, beside, labelled, lines},
    times,
};
use crate::{
    domain::{Outcome, audit::AuditEntry, text},
    screen::{
        App,
        notices::sheets::journal as wording,
        state::journal::{EntrySheet, JournalContents, JournalRow, JournalSheet},
        theme::Role,
    },
};

/// How many violations are listed.
const MAX_VIOLATIONS: usize = 4;
/// Widths of the columns when, who, operation, name, status.
const COLUMNS: [usize; 5] = [11, 10, 9, 20, 11];
/// Column of the values of a row in full.
const VALUE_COLUMN: usize = 14;

/// The panel.
pub fn journal(app: &App, sheet: &JournalSheet, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of(wording::TITLE, Role::Focus).add(format!("  {}", sheet.path), Role::Dim),
        width,
    );
    out.scroll = sheet.scroll;
    let Some(contents) = &sheet.contents else {
        out.lines
            .push(StyledLine::of(wording::READING, Role::Changing));
        return out;
    };
    if !contents.violations.is_empty() {
        out.role = Role::Error;
    }
    out.head.extend(integrity(contents, width));
    if sheet.typing || !sheet.filter.is_empty() {
        let (line, column) = crate::screen::view::dialogs::parts::field(
            "/",
            &sheet.filter,
            width.saturating_sub(14),
        );
        out.typing = sheet.typing.then_some((out.head.len(), column));
        out.head.push(line.add(
            format!("  {} of {}", sheet.shown.len(), sheet.total()),
            Role::Marked,
        ));
    }
    out.head.push(cells_line(
        wording::HEADINGS.map(|title| (title.to_owned(), Role::Dim)),
        width,
    ));
    out.lines = sheet
        .shown
        .iter()
        .map(|entry| journal_row(app, entry, width))
        .collect();
    if out.lines.is_empty() {
        out.lines.push(StyledLine::of(
            if sheet.total() == 0 {
                wording::EMPTY
            } else {
                wording::NO_MATCH
            },
            Role::Dim,
        ));
    } else {
        out.selected = Some(sheet.cursor);
        out.list = Some(0);
    }
    out
}

/// The result of the verification; the first violations.
fn integrity(contents: &JournalContents, width: u16) -> Vec<StyledLine> {
    let count = contents.violations.len();
    if count == 0 {
        let text = wording::verified(contents.total, contents.interrupted_writes);
        return vec![StyledLine::of(text, Role::Success)];
    }
    let mut out = vec![StyledLine::of(wording::altered(count), Role::Error)];
    let violations = contents.violations.iter().take(MAX_VIOLATIONS);
    out.extend(violations.flat_map(|violation| lines(violation, Role::Error, 2, width)));
    if count > MAX_VIOLATIONS {
        let more = wording::more_violations(count - MAX_VIOLATIONS);
        out.push(StyledLine::of(format!("  {more}"), Role::Error));
    }
    out
}

fn cells_line(cells: [(String, Role); 6], width: u16) -> StyledLine {
    let used: usize = COLUMNS.iter().map(|column| column + 1).sum();
    // On a wide screen the name gets the remaining columns first.
    let more = usize::from(width).saturating_sub(used + 24).min(16);
    let mut line = StyledLine::new();
    for (place, (cell, role)) in cells.into_iter().enumerate() {
        let room = usize::from(width).saturating_sub(line.width());
        let column = COLUMNS
            .get(place)
            .map_or(room, |column| column + if place == 3 { more } else { 0 });
        let cell = text::fit(&text::printable(&cell), column.min(room), false);
        line = line.add(cell, role);
        if place < COLUMNS.len() {
            line = line.add(" ", Role::Text);
        }
    }
    line
}

fn journal_row(app: &App, row: &JournalRow, width: u16) -> StyledLine {
    let Some(first) = row.first() else {
        return StyledLine::new();
    };
    let when = first
        .at
        .to_zoned(app.zone.clone())
        .strftime("%m-%d %H:%M")
        .to_string();
    let name = first.display_name();
    cells_line(
        [
            (when, Role::Dim),
            (row.actor(), Role::Text),
            (first.operation.to_string(), Role::Emphasis),
            (name.to_string(), Role::Text),
            (row.status_text().to_owned(), role(row)),
            (row.reason(), Role::Dim),
        ],
        width,
    )
}

fn role(row: &JournalRow) -> Role {
    row.status()
        .map_or(Role::Warning, action_progress::status_role)
}

/// One row in full: requests, prior state, and each entry with its place in the chain.
pub fn entry(app: &App, sheet: &EntrySheet, width: u16) -> Overlay {
    let row = &sheet.row;
    let Some(first) = row.first() else {
        return Overlay::new(StyledLine::of(wording::ENTRY, Role::Focus), width);
    };
    let name = first.display_name();
    let title = StyledLine::of(
        format!("{} {}", first.operation, text::printable(name)),
        Role::Focus,
    );
    let mut out = Overlay::new(
        title.add(format!("  {}", row.status_text()), role(row)),
        width,
    );
    out.scroll = sheet.scroll;
    out.lines = facts(first, width);
    out.lines.push(StyledLine::new());
    out.lines.extend(first.requests.iter().flat_map(|request| {
        labelled(
            "request",
            &text::printable(request),
            Role::Text,
            VALUE_COLUMN,
            width,
        )
    }));
    out.lines.extend(prior_state(first, width));
    out.lines.extend(labelled(
        "expected",
        &text::printable(&first.expected),
        Role::Text,
        VALUE_COLUMN,
        width,
    ));
    out.lines.push(StyledLine::new());
    out.lines.extend(
        row.entries
            .iter()
            .flat_map(|entry| event_lines(app, entry, width)),
    );
    out
}

fn facts(entry: &AuditEntry, width: u16) -> Vec<StyledLine> {
    let saves = entry
        .saves_usd_per_hour
        .map_or_else(|| "unpriced".to_owned(), wording::saving);
    let place = format!("{}  {}  {}", entry.account, entry.region, entry.profile);
    let mut out: Vec<StyledLine> = Vec::new();
    for (label, value) in [
        ("resource", format!("{} {}", entry.kind.0, entry.id)),
        ("location", place),
        (
            "principal",
            entry
                .principal_arn
                .as_deref()
                .unwrap_or("unknown")
                .to_owned(),
        ),
        ("user", entry.os_user.to_string()),
        ("reason", entry.reason.as_deref().unwrap_or("").to_owned()),
        ("saving", saves),
        ("plan", entry.plan.to_string()),
        (
            "undoes",
            entry
                .undoes
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
    ] {
        if !value.trim().is_empty() {
            out.extend(labelled(
                label,
                &text::printable(&value),
                Role::Text,
                VALUE_COLUMN,
                width,
            ));
        }
    }
    out
}

fn prior_state(entry: &AuditEntry, width: u16) -> Vec<StyledLine> {
    let before = &entry.before;
    let mut parts = vec![before.state.clone()];
    if let (Some(count), Some(desired)) = (before.count, before.desired) {
        parts.push(wording::count(count, desired));
    }
    for (key, value) in before.tags.iter().flatten() {
        parts.push(
            value
                .as_ref()
                .map_or_else(|| wording::no_tag(key), |value| format!("{key}={value}")),
        );
    }
    parts.extend(before.setting.iter().map(ToString::to_string));
    parts.extend(
        before
            .scheduled_actions
            .iter()
            .flatten()
            .map(|action| format!("{} {} {}", action.name, action.cron, action.format_limits())),
    );
    let parts = parts.join(", ");
    labelled(
        "before",
        &text::printable(&parts),
        Role::Text,
        VALUE_COLUMN,
        width,
    )
}

/// One entry: when, event, detail, place in the chain.
fn event_lines(app: &App, entry: &AuditEntry, width: u16) -> Vec<StyledLine> {
    let outcome = entry.outcome.map_or("", Outcome::id);
    let mut what = entry.event.id().replace('_', " ");
    if !outcome.is_empty() && outcome != what {
        what = format!("{what} ({outcome})");
    }
    if entry.recovered {
        what += wording::RECOVERED;
    }
    let head = StyledLine::of(format!(" {}", times::date(app, entry.at)), Role::Dim);
    let mut out = beside(head, &what, Role::Emphasis, 20, width);
    out.extend(
        entry
            .detail
            .iter()
            .flat_map(|detail| lines(&text::printable(detail), Role::Text, 20, width)),
    );
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    let previous = (!entry.prev.is_empty()).then(|| short(&entry.prev));
    let chain = wording::chain(entry.seq, &short(&entry.hash), previous.as_deref());
    out.extend(lines(&chain, Role::Dim, 20, width));
    out.extend(entry.integrity_error.iter().flat_map(|error| {
        lines(
            &wording::integrity_error(&text::printable(error)),
            Role::Error,
            20,
            width,
        )
    }));
    out
}
