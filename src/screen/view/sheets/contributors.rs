//! The contributors to an anomaly, as a table: the part of its cost that each explains, and why.

use crate::screen::view::{
    action_progress, key_labels,
    overlay::Overlay,
    styled_line::{StyledLine, lines},
    times,
};
use crate::{
    domain::{Evidence, Operation, ResourceKey, Usd, UsdPerHour, text},
    inventory::contributors::Contributor,
    screen::{
        App, actions::Action, notices::sheets::contributors as wording,
        state::contributors::ContributorsSheet, theme::Role,
    },
};

/// Columns of: mark, name, state, dollars, share, $/h, start.
const NAME: usize = 3;
const NARROW: usize = 100;
/// Share of the impact from which the rest of it is named.
const NOTICEABLE: f64 = 0.05;

/// The sheet.
pub fn contributors(app: &App, sheet: &ContributorsSheet, width: u16) -> Overlay {
    let title = StyledLine::of(
        text::cut(
            &text::printable(&sheet.record.head.name),
            usize::from(width).saturating_sub(14),
        ),
        Role::Focus,
    );
    let mut out = Overlay::new(title.add(format!("  {}", wording::TITLE), Role::Dim), width);
    out.head = head(sheet, width);
    let wide = usize::from(width) >= NARROW;
    if !sheet.list.is_empty() {
        out.head.push(row(
            wide,
            width,
            wording::HEADINGS.map(|word| (word.to_owned(), Role::Dim)),
        ));
    }
    out.lines = sheet
        .list
        .iter()
        .map(|one| line(app, sheet, one, wide, width))
        .collect();
    if out.lines.is_empty() {
        let why = sheet.blind.as_ref().map_or_else(
            || wording::NONE.to_owned(),
            |why| wording::impossible(&why.to_string()),
        );
        out.lines = lines(&why, Role::Dim, 1, width);
    } else {
        out.selected = Some(sheet.cursor);
        out.list = Some(0);
    }
    out.foot = foot(app, sheet, width);
    out
}

/// The anomaly in a line, and what the contributors explain of it.
fn head(sheet: &ContributorsSheet, width: u16) -> Vec<StyledLine> {
    let Evidence::Anomaly(anomaly) = &sheet.record.head.evidence else {
        return Vec::new();
    };
    let since = anomaly.since.map_or_else(|| "?".to_owned(), times::day);
    let days = anomaly.until.map_or_else(
        || wording::since(&since),
        |until| wording::from_to(&since, &times::day(last_day(until))),
    );
    let explained: f64 = sheet
        .list
        .iter()
        .filter_map(|one| one.explains.known())
        .map(|usd| usd.0)
        .sum();
    let share = (anomaly.impact.0 > 0.0).then(|| explained / anomaly.impact.0);
    let mut words = StyledLine::of(wording::impact(anomaly.impact), Role::HighCost)
        .add(format!("  {days} UTC"), Role::Dim);
    let tail = StyledLine::of(
        format!("  {}", wording::explained(Usd(explained), share)),
        Role::Text,
    );
    let mut out = Vec::new();
    if sheet.list.is_empty() {
        out.push(words);
    } else if words.width() + tail.width() <= usize::from(width) {
        words = words.and(tail);
        out.push(words);
    } else {
        out.push(words);
        out.push(tail);
    }
    out.extend(rest(Usd(explained), anomaly.impact).filter(|_| !sheet.list.is_empty()));
    out.push(StyledLine::new());
    out
}

/// The part of the impact that no contributor explains, or their excess over it; `None` within 5 %.
fn rest(explained: Usd, impact: Usd) -> Option<StyledLine> {
    let rest = impact.0 - explained.0;
    let share = rest / impact.0;
    if impact.0 <= 0.0 || share.abs() < NOTICEABLE {
        return None;
    }
    let words = if rest > 0.0 {
        wording::rest(Usd(rest), share)
    } else {
        wording::more_than_impact(Usd(-rest))
    };
    Some(StyledLine::of(words, Role::Dim))
}

/// The last moment of the day before a midnight.
fn last_day(end: crate::domain::Timestamp) -> crate::domain::Timestamp {
    end - jiff::SignedDuration::from_secs(1)
}

fn line(
    app: &App,
    sheet: &ContributorsSheet,
    one: &Contributor,
    wide: bool,
    width: u16,
) -> StyledLine {
    let record = app.inventory.record(&one.key);
    let name = if one.name.trim().is_empty() {
        &one.key.id
    } else {
        &one.name
    };
    let mark = if sheet.marks.contains(&one.key) {
        crate::screen::view::glyphs::Glyphs::of(app.ascii).bullet
    } else {
        " "
    };
    let state = action_progress::progress(app, std::slice::from_ref(&one.key))
        .map(|(text, role)| (text.into_owned(), role));
    let state = state.unwrap_or_else(|| match record {
        Some(record) => (
            record.head.state.name.to_string(),
            Role::of(record.head.state.phase),
        ),
        None => (wording::GONE.to_owned(), Role::Dim),
    });
    let unknown = || ("?".to_owned(), Role::Dim);
    let rate = record.map_or(one.rate, |record| record.head.burn.rate());
    let cells = [
        (mark.to_owned(), Role::Marked),
        (text::printable(name).into_owned(), Role::Emphasis),
        state,
        one.explains
            .known()
            .map_or_else(unknown, |usd| (usd.to_string(), Role::Text)),
        one.share.map_or_else(unknown, |share| {
            (format!("{:.0}%", share * 100.0), Role::Text)
        }),
        rate.map_or_else(unknown, |UsdPerHour(rate)| {
            (Usd(rate).to_string(), Role::of_cost(rate))
        }),
        one.since
            .map_or_else(unknown, |since| (times::clock(app, since), Role::Text)),
    ];
    let mut words = row(wide, width, cells);
    if wide {
        let room = usize::from(width).saturating_sub(words.width() + 2);
        words = words.add(
            format!("  {}", text::cut(&text::printable(&one.why), room)),
            Role::Dim,
        );
    }
    words
}

/// Seven cells at their columns: words left, figures right.
fn row(wide: bool, width: u16, cells: [(String, Role); 7]) -> StyledLine {
    let name = if wide {
        24
    } else {
        usize::from(width).saturating_sub(NAME + 49).max(8)
    };
    let widths = [2, name, 10, 10, 7, 8, 11];
    let mut words = StyledLine::new();
    for (place, (cell, role)) in cells.into_iter().enumerate() {
        let room = widths[place];
        let cell = text::cut(&cell, room.saturating_sub(1)).into_owned();
        let pad = " ".repeat(room.saturating_sub(text::width(&cell)));
        let figure = (3..=5).contains(&place);
        words = if figure {
            words.add(pad, Role::Text).add(cell, role)
        } else if place == 6 {
            words
                .add("  ", Role::Text)
                .add(cell, role)
                .add(pad, Role::Text)
        } else {
            words.add(cell, role).add(pad, Role::Text)
        };
    }
    words
}

/// The reason for the contributor under the cursor, the count of earlier ones, and the keys.
fn foot(app: &App, sheet: &ContributorsSheet, width: u16) -> Vec<StyledLine> {
    let mut out = vec![StyledLine::new()];
    if let Some(one) = sheet.list.get(sheet.cursor) {
        out.extend(lines(&text::printable(&one.why), Role::Text, 0, width));
    }
    if sheet.earlier > 0 {
        out.extend(lines(&wording::earlier(sheet.earlier), Role::Dim, 0, width));
    }
    let key = |action: &Action| key_labels::key(app, action);
    let feedback = key(&Action::Operation(Operation::Feedback));
    let [marks, marks_all, stops, operations, sends] = wording::KEYS;
    out.push(
        match (sheet.feedback(), sheet.acted, in_progress(app, sheet)) {
            (Some(given), ..) => StyledLine::of(wording::sent(&given.to_string()), Role::Success)
                .add(feedback, Role::Key)
                .add(wording::CHANGES, Role::Dim),
            (None, true, 0) => StyledLine::of(wording::DONE, Role::Success)
                .add(feedback, Role::Key)
                .add(wording::SENDS_FEEDBACK, Role::Text),
            (None, true, open) => StyledLine::of(wording::in_progress(open), Role::Changing)
                .add(feedback, Role::Key)
                .add(wording::SENDS_FEEDBACK, Role::Text),
            (None, false, _) if sheet.list.is_empty() => {
                StyledLine::of(feedback, Role::Key).add(wording::SENDS_FEEDBACK, Role::Dim)
            }
            (None, false, _) => StyledLine::of(key(&Action::Mark), Role::Key)
                .add(marks, Role::Dim)
                .add(key(&Action::MarkAll), Role::Key)
                .add(marks_all, Role::Dim)
                .add(key(&Action::Operation(Operation::Stop)), Role::Key)
                .add(stops, Role::Dim)
                .add(key(&Action::Operations), Role::Key)
                .add(operations, Role::Dim)
                .add(feedback, Role::Key)
                .add(sends, Role::Dim),
        },
    );
    out
}

fn in_progress(app: &App, sheet: &ContributorsSheet) -> usize {
    let waits = |key: &ResourceKey| {
        !app.running_plans.is_empty() && app.activity.waiting_operation(key).is_some()
    };
    let open = |key: &ResourceKey| {
        waits(key)
            || app
                .inventory
                .pending(key)
                .is_some_and(|pending| !pending.is_over())
    };
    sheet.list.iter().filter(|one| open(&one.key)).count()
}
