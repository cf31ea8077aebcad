//! Display: theme, regions, profiles, refresh.

use super::super::{
    App, Command, Page, Tile,
    dialogs::{Dialog, Picker, PickerItem, PickerPurpose},
    notices::{Notice, plural},
    state::modal_stack::Layer,
};
use super::toast;
use crate::screen::notices::dialogs as wording;
use std::{collections::BTreeMap, sync::Arc};

/// Switches to the next theme.
pub fn next_theme(app: &mut App) -> Vec<Command> {
    let next = (app.theme + 1).checked_rem(app.themes.len()).unwrap_or(0);
    wear(app, next)
}

/// Switches to the theme called `name`.
pub fn use_theme(app: &mut App, name: &str) -> Vec<Command> {
    match app.themes.iter().position(|theme| theme.name == name) {
        Some(place) => wear(app, place),
        None => toast(app, unknown_theme(app, name)),
    }
}

/// The error that names the themes there are.
pub(super) fn unknown_theme(app: &App, name: &str) -> Notice {
    let known: Vec<&str> = app.themes.iter().map(|theme| theme.name.as_str()).collect();
    Notice::UnknownTheme {
        name: name.to_owned(),
        known: known.join(", "),
    }
}

fn wear(app: &mut App, place: usize) -> Vec<Command> {
    let Some(name) = app.themes.get(place).map(|theme| theme.name.clone()) else {
        return Vec::new();
    };
    app.theme = place;
    toast(app, Notice::ThemeChanged { name: name.clone() });
    if app.prefs.theme.as_ref() == Some(&name) {
        return Vec::new();
    }
    app.prefs.theme = Some(name);
    vec![Command::Save(app.prefs.clone())]
}

/// Asks for the theme; the one under the cursor is previewed.
pub fn themes(app: &mut App) -> Vec<Command> {
    let item = |(place, theme): (usize, &super::super::theme::Theme)| PickerItem {
        id: theme.name.as_str().into(),
        label: theme.name.clone(),
        note: String::new(),
        on: place == app.theme,
    };
    let items = app.themes.iter().enumerate().map(item).collect();
    app.layers.push(Layer::Dialog(Dialog::Pick(Picker::new(
        PickerPurpose::Theme,
        "Theme",
        items,
    ))));
    Vec::new()
}

/// Asks for the regions to show.
pub fn regions(app: &mut App) -> Vec<Command> {
    let names = app.locations.iter().map(|place| place.region.clone());
    let of_row = |record: &crate::domain::Record| record.head.key.region.clone();
    let items = choices(app, names, of_row, |name| {
        app.visibility.regions.is_empty() || app.visibility.regions.contains(name)
    });
    pick(app, PickerPurpose::Regions, wording::REGIONS_TITLE, items)
}

/// Asks for the profiles to show.
pub fn profiles(app: &mut App) -> Vec<Command> {
    let names = app.locations.iter().map(|place| place.profile.clone());
    let of_row = |record: &crate::domain::Record| record.head.profile.clone();
    let items = choices(app, names, of_row, |name| {
        app.visibility.profiles.is_empty() || app.visibility.profiles.contains(name)
    });
    pick(app, PickerPurpose::Profiles, wording::PROFILES_TITLE, items)
}

fn pick(
    app: &mut App,
    pick: PickerPurpose,
    title: &'static str,
    items: Vec<PickerItem>,
) -> Vec<Command> {
    if items.is_empty() {
        return toast(app, Notice::NothingToChoose);
    }
    app.layers.push(Layer::Dialog(Dialog::Pick(Picker {
        cursor: 0,
        ..Picker::new(pick, title, items)
    })));
    Vec::new()
}

fn choices(
    app: &App,
    names: impl Iterator<Item = Arc<str>>,
    of_row: fn(&crate::domain::Record) -> Arc<str>,
    on: impl Fn(&Arc<str>) -> bool,
) -> Vec<PickerItem> {
    let mut counts: BTreeMap<Arc<str>, usize> = names.map(|name| (name, 0)).collect();
    for pane in app.inventory.panes().iter() {
        for record in app.inventory.rows(pane.id) {
            *counts.entry(of_row(record)).or_default() += 1;
        }
    }
    let item = |(id, rows): (Arc<str>, usize)| PickerItem {
        label: if id.is_empty() {
            "(environment)".to_owned()
        } else {
            crate::domain::text::printable(&id).into_owned()
        },
        note: plural(rows, "row", "rows"),
        on: on(&id),
        id,
    };
    counts.into_iter().map(item).collect()
}

/// Shows only these regions; all if none is named.
pub fn show_regions(app: &mut App, regions: Vec<Arc<str>>) -> Vec<Command> {
    app.visibility.regions = regions.into_iter().collect();
    narrow(app)
}

/// Shows only these profiles; all if none is named.
pub fn show_profiles(app: &mut App, profiles: Vec<Arc<str>>) -> Vec<Command> {
    app.visibility.profiles = profiles.into_iter().collect();
    narrow(app)
}

fn narrow(app: &mut App) -> Vec<Command> {
    for table in &mut app.tables {
        table.mark_stale();
    }
    Vec::new()
}

/// Reads AWS again: on a pane its sources, elsewhere all.
pub fn refresh(app: &mut App) -> Vec<Command> {
    let pane = match app.page {
        Page::Full(Tile::Pane(id)) => Some(id),
        _ => None,
    };
    toast(app, Notice::Refreshing);
    vec![Command::Poll(pane)]
}

/// Draws the whole screen again.
pub fn redraw(_app: &mut App) -> Vec<Command> {
    vec![Command::Redraw]
}
