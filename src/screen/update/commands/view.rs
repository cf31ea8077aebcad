//! Commands that change the view: order, filter, view of a pane, theme, regions and profiles;
//! and a view's file.

use super::super::super::{App, Command, export::ExportFormat, notices::Notice};
use super::super::{copy_export, display, groupings, rows};
use super::first_word;
use crate::domain::Location;
use crate::screen::notices;
use std::sync::Arc;

/// The fields of the focused table.
pub(super) fn sort_options(app: &App) -> Vec<String> {
    app.focused()
        .map(|table| {
            table
                .fields
                .iter()
                .map(|field| field.id.to_owned())
                .collect()
        })
        .unwrap_or_default()
}

/// `:sort burn desc`; without a field it asks.
pub(super) fn sort(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    if text.is_empty() {
        return Ok(rows::sort(app));
    }
    let (field, direction) = first_word(text);
    let descending = match direction {
        "" => None,
        "asc" | "up" => Some(false),
        "desc" | "down" => Some(true),
        other => {
            return Err(Notice::UnknownWord {
                word: other.to_owned(),
                known: notices::ASC_OR_DESC,
            });
        }
    };
    let Some(table) = app.focused() else {
        return Ok(Vec::new());
    };
    if table.field(field).is_none() {
        return Err(rows::unknown_field(table, field));
    }
    Ok(rows::sort_by(app, field, descending))
}

/// `:filter age>2h`; without terms it opens the filter line.
pub(super) fn filter(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    if text.is_empty() {
        Ok(rows::filter(app))
    } else {
        rows::filter_by(app, text).map(|()| Vec::new())
    }
}

/// The views of the focused table.
pub(super) fn group_options(app: &App) -> Vec<String> {
    app.focused()
        .map(|table| {
            table
                .groupings
                .values
                .iter()
                .map(ToString::to_string)
                .collect()
        })
        .unwrap_or_default()
}

/// `:group account`.
pub(super) fn group(app: &mut App, name: &str) -> Result<Vec<Command>, Notice> {
    groupings::show_named(app, name)
}

/// All themes.
pub(super) fn theme_options(app: &App) -> Vec<String> {
    app.themes.iter().map(|theme| theme.name.clone()).collect()
}

/// `:theme nord`; without a name it asks.
pub(super) fn theme(app: &mut App, name: &str) -> Result<Vec<Command>, Notice> {
    if name.is_empty() {
        return Ok(display::themes(app));
    }
    if theme_options(app).iter().any(|known| known == name) {
        Ok(display::use_theme(app, name))
    } else {
        Err(display::unknown_theme(app, name))
    }
}

/// The regions that are read.
pub(super) fn region_options(app: &App) -> Vec<String> {
    names(app, |place| &place.region)
}

/// The profiles that are read.
pub(super) fn profile_options(app: &App) -> Vec<String> {
    names(app, |place| &place.profile)
}

fn names(app: &App, of: fn(&Location) -> &Arc<str>) -> Vec<String> {
    let mut names: Vec<String> = app
        .locations
        .iter()
        .map(|place| of(place).to_string())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn some_of(text: &str, known: &[String], what: &'static str) -> Result<Vec<Arc<str>>, Notice> {
    let named: Vec<&str> = text
        .split([' ', ','])
        .filter(|name| !name.is_empty())
        .collect();
    match named
        .iter()
        .find(|name| !known.iter().any(|known| known == *name))
    {
        Some(stranger) => Err(Notice::UnknownLocation {
            what,
            name: (*stranger).to_owned(),
            known: known.join(", "),
        }),
        None => Ok(named.into_iter().map(Arc::from).collect()),
    }
}

/// `:region us-east-1 us-west-2`; without one: all.
pub(super) fn region(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    let regions = some_of(text, &region_options(app), "region")?;
    Ok(display::show_regions(app, regions))
}

/// `:profile ml-prod`; without one: all.
pub(super) fn profile(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    let profiles = some_of(text, &profile_options(app), "profile")?;
    Ok(display::show_profiles(app, profiles))
}

/// The formats of a file.
pub(super) fn export_options(_app: &App) -> Vec<String> {
    ExportFormat::ALL
        .iter()
        .map(|format| format.id().to_owned())
        .collect()
}

/// `:export csv`; without a format it asks.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a command of the list, and others do refuse"
)]
pub(super) fn export(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    Ok(if text.is_empty() {
        copy_export::export(app)
    } else {
        copy_export::write(app, text)
    })
}
