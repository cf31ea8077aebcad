//! The tab line: pages with digits and counts, and the age of the data. Not ratatui's `Tabs`:
//! titles shorten and counts disappear until all fit.

use super::{freshness, styled_line::StyledLine, text_writer::Canvas, tile_finding, times};
use crate::screen::notices::page;
use crate::{
    domain::{Phase, SourceScope, Usd, time::timestamp},
    screen::{App, Page, Tile, state::MouseTarget, theme::Role},
};
use ratatui::layout::Rect;

/// Columns from which on the age of the data is beside the tabs, not in the header.
pub const WIDE: u16 = 120;

/// Draws it.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    // On narrow screens the age is in the header. On wide ones the tabs leave it room.
    let age = if area.width >= WIDE {
        freshness::age(app)
    } else {
        StyledLine::new()
    };
    let reserved = match age.width() as u16 {
        0 => 0,
        age => age + 2,
    };
    let tabs = labels(app, area.width.saturating_sub(reserved));
    let mut x = area.x + 1;
    for tab in &tabs {
        let label = Rect {
            x,
            width: tab.width(),
            ..area
        };
        canvas.target(label, MouseTarget::Tab(tab.page));
        x += tab.width() + tab.gap;
    }
    let mut writer = canvas.line(area, 0);
    writer.advance(1);
    for tab in &tabs {
        writer.write(&tab.digit, Role::Key).advance(1);
        writer.write(
            &tab.title,
            if tab.page == app.page {
                Role::Focus
            } else {
                Role::Text
            },
        );
        writer
            .write(
                &tab.count,
                if tab.calls { Role::HighCost } else { Role::Dim },
            )
            .advance(tab.gap);
    }
    let fresh = with_details(app, age, writer.remaining());
    if fresh.width() < usize::from(writer.remaining()) {
        writer.advance(writer.remaining() - fresh.width() as u16 - 1);
        fresh.write_to(&mut writer);
    }
}

/// One tab.
struct Label {
    page: Page,
    digit: String,
    title: String,
    count: String,
    /// The count is an alarm.
    calls: bool,
    /// Columns to the next.
    gap: u16,
}

/// The counts shown behind the titles.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    All,
    /// Alarms only.
    Calls,
    None,
}

/// The tabs' texts, shortened until they fit.
fn labels(app: &App, width: u16) -> Vec<Label> {
    let make = |letters: usize, counts: Counts, gap: u16| -> Vec<Label> {
        app.tabs()
            .into_iter()
            .enumerate()
            .map(|(place, page)| {
                let (title, count, calls) = match page {
                    Page::Overview => ("Overview".to_owned(), String::new(), false),
                    Page::Full(tile) => {
                        let (count, calls) = counted(app, tile);
                        (tile_finding::title(app, tile).to_owned(), count, calls)
                    }
                };
                let title: String = title.chars().take(letters).collect();
                Label {
                    page,
                    digit: (place + 1).to_string(),
                    title,
                    count: if counts == Counts::All || (counts == Counts::Calls && calls) {
                        count
                    } else {
                        String::new()
                    },
                    calls,
                    gap,
                }
            })
            .collect()
    };
    let fits =
        |tabs: &Vec<Label>| tabs.iter().map(|tab| tab.width() + tab.gap).sum::<u16>() <= width;
    let all = [(20, 2), (20, 1), (9, 1), (7, 1), (5, 1)]
        .map(|(letters, gap)| (letters, Counts::All, gap));
    let calls = [9, 7, 6, 5].map(|letters| (letters, Counts::Calls, 1));
    let none = [5, 4, 3, 0].map(|letters| (letters, Counts::None, 1));
    all.into_iter()
        .chain(calls)
        .chain(none)
        .map(|(letters, counts, gap)| make(letters, counts, gap))
        .find(fits)
        .unwrap_or_default()
}

impl Label {
    /// Columns of the text.
    fn width(&self) -> u16 {
        (self.digit.len() + 1 + crate::domain::text::width(&self.title) + self.count.len()) as u16
    }
}

/// ` 14`, or ` 2!` where the rows are alarms; and whether it is an alarm.
fn counted(app: &App, tile: Tile) -> (String, bool) {
    let Tile::Pane(id) = tile else {
        return (String::new(), false);
    };
    if app.inventory.loading(id) {
        return (" ..".to_owned(), false);
    }
    let rows = app.inventory.totals(Some(id)).rows;
    if rows == 0
        && app
            .inventory
            .health(id)
            .iter()
            .any(|(_, health)| health.is_failing())
    {
        return (" !".to_owned(), true);
    }
    // Its rows are the same costs in several groupings: their count says nothing.
    if app.pane(id).is_some_and(|pane| pane.grouping.is_some()) {
        return (String::new(), false);
    }
    let alarm = app
        .pane(id)
        .is_some_and(|pane| pane.scope == SourceScope::Account)
        && app
            .inventory
            .rows(id)
            .any(|record| record.head.state.phase == Phase::Still);
    if alarm {
        (format!(" {rows}!"), true)
    } else {
        (format!(" {rows}"), false)
    }
}

/// `age`, the cost of watching and the end of the bill, as far as there is room for them:
/// `live 3s · use 5m · watch $0.62/$1 · CE to Fri 18:00`.
fn with_details(app: &App, age: StyledLine, room: u16) -> StyledLine {
    let month = app.inventory.month_to_date();
    let through = month.known().and_then(|month| month.through);
    let bill = through.map_or_else(StyledLine::new, |through| {
        StyledLine::of(
            page::cost_explorer_to(&times::clock(app, through)),
            Role::Dim,
        )
    });
    let mut words = age;
    for more in [watch(app), bill] {
        let dot = if words.is_empty() { "" } else { " · " };
        let all = words.clone().add(dot, Role::Dim).and(more.clone());
        if !more.is_empty() && all.width() < usize::from(room) {
            words = all;
        }
    }
    words
}

/// How often metrics are asked, what that costs a day, and the budget; empty before any was asked.
fn watch(app: &App) -> StyledLine {
    let plans = || {
        app.inventory
            .store()
            .watch()
            .values()
            .map(|watch| &watch.plan)
    };
    if plans().all(|plan| plan.metrics == 0) {
        return StyledLine::new();
    }
    let budgets = plans().map(|plan| plan.budget);
    let age = plans().map(|plan| plan.age).fold(0.0, f64::max);
    let is_limited = plans().any(|plan| plan.is_limited);
    let words = page::watch(
        plans().map(|plan| plan.per_day).sum(),
        budgets.sum::<Option<Usd>>(),
        &timestamp::short(age),
        is_limited,
    );
    StyledLine::of(words, if is_limited { Role::Warning } else { Role::Dim })
}
