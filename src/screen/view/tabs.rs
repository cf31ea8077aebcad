//! The second line: the pages with their digits and counts, and how fresh the numbers are.
//!
//! Must not know what a page shows.

use super::{facts, pen::Canvas, words::Words};
use crate::{
    domain::{Phase, Reading, Scope, time},
    screen::{App, Page, Tile, theme::Role},
};
use ratatui::layout::Rect;

/// Draws it.
pub fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let tabs = labels(app, area.width);
    let fresh = freshness(app);
    let mut pen = canvas.line(area, 0);
    pen.skip(1);
    for (page, digit, title, count, calls) in &tabs {
        let here = *page == app.page;
        pen.say(digit, Role::Key);
        pen.say(" ", Role::Text);
        pen.say(title, if here { Role::Focus } else { Role::Text });
        if !count.is_empty() {
            pen.say(count, if *calls { Role::Hot } else { Role::Dim });
        }
        pen.skip(2);
    }
    if fresh.width() < usize::from(pen.left()) {
        pen.skip(pen.left() - fresh.width() as u16 - 1);
        fresh.write(&mut pen);
    }
}

type Label = (Page, String, String, String, bool);

/// The tabs' texts, shortened until they fit.
fn labels(app: &App, width: u16) -> Vec<Label> {
    let make = |letters: usize, counts: bool| -> Vec<Label> {
        app.tabs()
            .into_iter()
            .enumerate()
            .map(|(place, page)| {
                let (title, count, calls) = match page {
                    Page::Overview => ("Overview".to_owned(), String::new(), false),
                    Page::Full(tile) => {
                        let (count, calls) = counted(app, tile);
                        (facts::title(app, tile).to_owned(), count, calls)
                    }
                };
                let title: String = title.chars().take(letters).collect();
                (page, (place + 1).to_string(), title, if counts { count } else { String::new() }, calls)
            })
            .collect()
    };
    let fits = |tabs: &Vec<Label>| tabs.iter().map(label_width).sum::<u16>() < width;
    [(20, true), (8, true), (5, true), (5, false), (3, false), (0, false)]
        .into_iter()
        .map(|(letters, counts)| make(letters, counts))
        .find(fits)
        .unwrap_or_default()
}

fn label_width((_, digit, title, count, _): &Label) -> u16 {
    (digit.len() + 1 + crate::domain::text::width(title) + count.len() + 2) as u16
}

/// ` 14`, or ` 2!` where the rows are alarms; and whether they call.
fn counted(app: &App, tile: Tile) -> (String, bool) {
    let Tile::Pane(id) = tile else { return (String::new(), false) };
    if app.world.loading(id) {
        return (" …".replace('…', ".."), false);
    }
    let rows = app.world.totals(Some(id)).rows;
    let alarm = app.pane(id).is_some_and(|pane| pane.scope == Scope::Account)
        && app.world.rows(id).any(|record| record.head.state.phase == Phase::Still);
    if alarm { (format!(" {rows}!"), true) } else { (format!(" {rows}"), false) }
}

/// The page whose tab is at column `x`.
pub fn at(app: &App, area: Rect, x: u16) -> Option<Page> {
    let mut left = area.x + 1;
    for label in labels(app, area.width) {
        let width = label_width(&label);
        if x >= left && x < left + width - 2 {
            return Some(label.0);
        }
        left += width;
    }
    None
}

/// `live 3s · CE to Fri 18:00`.
fn freshness(app: &App) -> Words {
    let mut newest = None;
    let mut failing = 0;
    for pane in app.world.panes().iter() {
        for (_, health) in app.world.health(pane.id) {
            newest = newest.max(health.last_good);
            failing += usize::from(health.is_failing());
        }
    }
    let mut words = match (app.frozen, newest) {
        (Some(since), _) => Words::of(format!("frozen {}", time::short(time::seconds_between(since, app.now))), Role::Warn),
        (None, Some(at)) => {
            let age = time::seconds_between(at, app.now).max(0.0);
            let role = if age > 120.0 { Role::Warn } else { Role::Good };
            Words::of(if age > 120.0 { "stale " } else { "live " }, role).add(time::short(age), Role::Dim)
        }
        (None, None) => Words::of("reading …", Role::Changing),
    };
    if failing > 0 {
        words = words.add(format!(" · {failing} failing"), Role::Bad);
    }
    if let Reading::Known(month) = app.world.month_to_date()
        && let Some(through) = month.through
    {
        words = words.add(format!(" · CE to {}", facts::clock(app, through)), Role::Dim);
    }
    words
}
