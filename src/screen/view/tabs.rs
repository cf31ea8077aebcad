//! The tab line: pages with digits and counts, and the age of the data. Not ratatui's `Tabs`: titles
//! shorten and counts disappear until all fit.

use super::{phrases, styled_line::StyledLine, text_writer::Canvas};
use crate::{
    domain::{Measured, Phase, SourceScope, time::timestamp},
    screen::{App, Page, Tile, state::MouseTarget, theme::Role},
};
use ratatui::layout::Rect;

/// Seconds without a report after which the data is stale.
const OLD: f64 = 120.0;

/// Draws it.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let tabs = labels(app, area.width);
    // On narrow screens the age stands in the header.
    let fresh = freshness(app, area.width >= 120);
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
                        (phrases::title(app, tile).to_owned(), count, calls)
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
    // Its rows are the same money in several views.
    if app.pane(id).is_some_and(|pane| pane.facet.is_some()) {
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

/// `live 3s`: the time since the last report.
pub fn age(app: &App) -> StyledLine {
    let newest = app
        .inventory
        .panes()
        .iter()
        .flat_map(|pane| app.inventory.health(pane.id))
        .filter_map(|(_, health)| health.last_good)
        .max();
    match (app.paused_at, newest) {
        (Some(since), _) => StyledLine::of(
            format!(
                "paused {}",
                timestamp::short(timestamp::seconds_between(since, app.now))
            ),
            Role::Warning,
        ),
        (None, Some(at)) => {
            let age = timestamp::seconds_between(at, app.now).max(0.0);
            let (word, role) = if age > OLD {
                ("stale ", Role::Warning)
            } else {
                ("live ", Role::Success)
            };
            StyledLine::of(word, role).add(timestamp::short(age), Role::Dim)
        }
        (None, None) if phrases::failing(app) > 0 => StyledLine::new(),
        (None, None) => StyledLine::of("reading …", Role::Changing),
    }
}

/// Whether the data is stale or the rows are paused.
pub fn is_old(app: &App) -> bool {
    let newest = app
        .inventory
        .panes()
        .iter()
        .flat_map(|pane| app.inventory.health(pane.id))
        .filter_map(|(_, health)| health.last_good)
        .max();
    app.paused_at.is_some()
        || newest.is_some_and(|at| timestamp::seconds_between(at, app.now) > OLD)
}

/// `live 3s · 1 failing · CE to Fri 18:00`.
fn freshness(app: &App, with_age: bool) -> StyledLine {
    let mut words = if with_age {
        age(app)
    } else {
        StyledLine::new()
    };
    let dot = |words: &StyledLine| if words.is_empty() { "" } else { " · " };
    let failing = phrases::failing(app);
    if failing > 0 {
        words = words
            .clone()
            .add(format!("{}{failing} failing", dot(&words)), Role::Error);
    }
    if let Measured::Known(month) = app.inventory.month_to_date()
        && let Some(through) = month.through
    {
        words = words.clone().add(
            format!("{}CE to {}", dot(&words), phrases::clock(app, through)),
            Role::Dim,
        );
    }
    words
}
