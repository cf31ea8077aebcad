//! Moves between pages.

use super::super::{App, Command, Page, Tile, notices::Notice, state::table::Table};
use super::{confirm, panels, toast};

/// Shows `page` and closes all layers.
pub fn show(app: &mut App, page: Page) {
    confirm::close_all(app);
    app.page = page;
    if let Page::Full(tile) = page {
        app.focus = tile;
    }
}

/// Shows the page with this number. On the Overview first focuses its tile, if that is visible and
/// does not have the focus.
pub fn tab(app: &mut App, number: u8) -> Vec<Command> {
    let tabs = app.tabs();
    let Some(page) = usize::from(number)
        .checked_sub(1)
        .and_then(|place| tabs.get(place))
        .copied()
    else {
        return toast(app, Notice::PageCount { count: tabs.len() });
    };
    match page {
        Page::Full(tile)
            if app.page == Page::Overview && app.focus != tile && app.tiles().contains(&tile) =>
        {
            confirm::close_all(app);
            app.focus = tile;
        }
        page => show(app, page),
    }
    Vec::new()
}

/// Moves to the next tile or page.
pub fn next_tab(app: &mut App) -> Vec<Command> {
    step(app, true)
}

/// Moves to the previous tile or page.
pub fn previous_tab(app: &mut App) -> Vec<Command> {
    step(app, false)
}

fn step(app: &mut App, forward: bool) -> Vec<Command> {
    fn neighbour<T: PartialEq + Copy>(list: &[T], at: T, forward: bool) -> Option<T> {
        let place = list.iter().position(|one| *one == at).unwrap_or(0);
        let next = if forward {
            place + 1
        } else {
            place + list.len().saturating_sub(1)
        };
        list.get(next.checked_rem(list.len())?).copied()
    }
    let tiles = app.tiles();
    if app.page == Page::Overview && tiles.len() > 1 {
        confirm::close_all(app);
        if let Some(tile) = neighbour(&tiles, app.focus, forward) {
            app.focus = tile;
        }
    } else if let Some(page) = neighbour(&app.tabs(), app.page, forward) {
        show(app, page);
    }
    Vec::new()
}

/// Maximizes the focused tile, or returns to the Overview. The cursor stays on its resource,
/// because the table is the same.
pub fn zoom(app: &mut App) -> Vec<Command> {
    if app.layers.is_empty() {
        app.page = if app.page == Page::Overview {
            Page::Full(app.focus)
        } else {
            Page::Overview
        };
    }
    Vec::new()
}

/// Jumps from a finding about a line of the bill or a budget to that line in its pane; returns
/// whether there is one.
fn jump(app: &mut App) -> bool {
    if app.focus != Tile::Waste {
        return false;
    }
    let Some(record) = app.focused().and_then(Table::current).cloned() else {
        return false;
    };
    let Some(pane) = app
        .pane_of(&record.head.key)
        .filter(|pane| pane.grouping.is_some())
        .map(|pane| pane.id)
    else {
        return false;
    };
    let now = app.now;
    if let Some(table) = app.table_mut(Tile::Pane(pane)) {
        table.select(&record, now);
    }
    show(app, Page::Full(Tile::Pane(pane)));
    true
}

/// Opens the row: a line of the bill in its pane, a group as its rows; else maximizes the tile on
/// the Overview, and shows details elsewhere.
pub fn open(app: &mut App) -> Vec<Command> {
    if app.layers.is_empty() && app.table_mut(app.focus).is_some_and(Table::open_group) {
        return Vec::new();
    }
    if app.layers.is_empty() && jump(app) {
        return Vec::new();
    }
    match (app.layers.is_empty(), app.page) {
        (true, Page::Overview) => zoom(app),
        (true, Page::Full(Tile::Waste)) => panels::why(app),
        (true, Page::Full(Tile::Pane(_))) => panels::details(app),
        (false, _) => Vec::new(),
    }
}

/// Goes back one level; at the root a toast names the key to quit.
pub fn back(app: &mut App) -> Vec<Command> {
    if step_back(app) {
        return Vec::new();
    }
    let (focus, at_root) = (app.focus, app.page == Page::Overview);
    match app.table_mut(focus) {
        Some(table) if !table.filter.text.is_empty() => table.set_filter(""),
        Some(table) if table.has_open_groups() => table.close_groups(),
        Some(table) if table.waste_only => {
            table.waste_only = false;
            table.mark_stale();
        }
        _ if at_root => return leave_hint(app),
        _ => app.page = Page::Overview,
    }
    Vec::new()
}

fn leave_hint(app: &mut App) -> Vec<Command> {
    let keys = super::super::help::keys_of(&app.keymap, &super::super::actions::Action::Quit);
    let keys = if keys.is_empty() {
        ":quit".to_owned()
    } else {
        keys
    };
    toast(app, Notice::QuitHint { keys })
}

/// Closes the layer on top.
pub(super) fn step_back(app: &mut App) -> bool {
    let had = !app.layers.is_empty();
    if had {
        confirm::cancel(app);
    }
    had
}
