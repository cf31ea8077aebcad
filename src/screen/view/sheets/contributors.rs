//! Suspects of an anomaly, as a table: what each explains of its dollars, and why it is one.

use crate::screen::view::{
    overlay::Overlay,
    phrases,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::{Evidence, Operation, ResourceKey, Usd, UsdPerHour, text},
    inventory::contributors::Contributor,
    screen::{App, actions::Action, state::contributors::ContributorsSheet, theme::Role},
};

/// Columns of: mark, name, state, dollars, share, $/h, start.
const NAME: usize = 3;
const NARROW: usize = 100;

/// The sheet.
pub fn contributors(app: &App, sheet: &ContributorsSheet, width: u16) -> Overlay {
    let title = StyledLine::of(
        text::cut(
            &text::printable(&sheet.record.head.name),
            usize::from(width).saturating_sub(14),
        ),
        Role::Focus,
    );
    let mut out = Overlay::new(title.add("  contributors", Role::Dim), width);
    out.head = head(sheet, width);
    let wide = usize::from(width) >= NARROW;
    if !sheet.list.is_empty() {
        out.head.push(row(
            wide,
            width,
            [" ", "name", "state", "explains", "share", "$/h", "started"]
                .map(|word| (word.to_owned(), Role::Dim)),
        ));
    }
    out.lines = sheet
        .list
        .iter()
        .map(|one| line(app, sheet, one, wide, width))
        .collect();
    if out.lines.is_empty() {
        let why = sheet.blind.as_ref().map_or_else(
            || "Nothing that runs now fits: it may have ended already.".to_owned(),
            |why| format!("Nobody to suspect: {why}."),
        );
        out.lines = lines(&why, Role::Dim, 1, width);
    } else {
        out.selected = Some(sheet.cursor);
        out.list = Some(0);
    }
    out.foot = foot(app, sheet, width);
    out
}

/// The anomaly in a line, and what the suspects explain of it.
fn head(sheet: &ContributorsSheet, width: u16) -> Vec<StyledLine> {
    let Evidence::Anomaly(anomaly) = &sheet.record.head.evidence else {
        return Vec::new();
    };
    let since = anomaly.since.map_or_else(|| "?".to_owned(), phrases::day);
    let days = anomaly.until.map_or_else(
        || format!("since {since}"),
        |until| format!("{since} to {}", phrases::day(last_day(until))),
    );
    let explained: f64 = sheet
        .list
        .iter()
        .filter_map(|one| one.explains.known())
        .map(|usd| usd.0)
        .sum();
    let share = if anomaly.impact.0 > 0.0 {
        format!(", {:.0} % of it", explained / anomaly.impact.0 * 100.0)
    } else {
        String::new()
    };
    let mut words = StyledLine::of(
        format!("{} over what was expected", anomaly.impact),
        Role::HighCost,
    )
    .add(format!("  {days} UTC"), Role::Dim);
    let tail = StyledLine::of(
        format!("  those below explain {}", Usd(explained)),
        Role::Text,
    )
    .add(share, Role::Text);
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
    out.push(StyledLine::new());
    out
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
    let state = phrases::progress(app, std::slice::from_ref(&one.key))
        .map(|(text, role)| (text.into_owned(), role));
    let state = state.unwrap_or_else(|| match record {
        Some(record) => (
            record.head.state.name.to_string(),
            Role::of(record.head.state.phase),
        ),
        None => ("gone".to_owned(), Role::Dim),
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
            .map_or_else(unknown, |since| (phrases::clock(app, since), Role::Text)),
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

/// Why the one under the cursor, what was there before, and what comes next.
fn foot(app: &App, sheet: &ContributorsSheet, width: u16) -> Vec<StyledLine> {
    let mut out = vec![StyledLine::new()];
    if let Some(one) = sheet.list.get(sheet.cursor) {
        out.extend(lines(&text::printable(&one.why), Role::Text, 0, width));
    }
    if sheet.earlier > 0 {
        let noun = if sheet.earlier == 1 {
            "one more fits"
        } else {
            "more fit"
        };
        let count = if sheet.earlier == 1 {
            String::new()
        } else {
            format!("{} ", sheet.earlier)
        };
        out.extend(lines(
            &format!("{count}{noun} but ran well before it began"),
            Role::Dim,
            0,
            width,
        ));
    }
    let key = |action: &Action| phrases::key(app, action);
    let feedback = key(&Action::Operation(Operation::Feedback));
    out.push(
        match (sheet.feedback(), sheet.acted, under_way(app, sheet)) {
            (Some(given), ..) => StyledLine::of(format!("AWS was told: {given}  "), Role::Success)
                .add(feedback, Role::Key)
                .add(" tells it otherwise", Role::Dim),
            (None, true, 0) => StyledLine::of("done: ", Role::Success)
                .add(feedback, Role::Key)
                .add(" tells AWS whether it was an anomaly", Role::Text),
            (None, true, open) => StyledLine::of(format!("{open} under way  "), Role::Changing)
                .add(feedback, Role::Key)
                .add(" tells AWS whether it was an anomaly", Role::Text),
            (None, false, _) if sheet.list.is_empty() => StyledLine::of(feedback, Role::Key)
                .add(" tells AWS whether it was an anomaly", Role::Dim),
            (None, false, _) => StyledLine::of(key(&Action::Mark), Role::Key)
                .add(" marks  ", Role::Dim)
                .add(key(&Action::MarkAll), Role::Key)
                .add(" all  ", Role::Dim)
                .add(key(&Action::Operation(Operation::Stop)), Role::Key)
                .add(" stops  ", Role::Dim)
                .add(key(&Action::Operations), Role::Key)
                .add(" all operations  ", Role::Dim)
                .add(feedback, Role::Key)
                .add(" tells AWS", Role::Dim),
        },
    );
    out
}

fn under_way(app: &App, sheet: &ContributorsSheet) -> usize {
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
