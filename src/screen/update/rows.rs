//! Rows of the focused table: marks, filter, order, matches, waste only, pause.

use super::super::{
    App, Command,
    dialogs::{Dialog, Picker, PickerItem, PickerPurpose},
    input::text_field::TextField,
    notices::Notice,
    state::{
        modal_stack::{FilterLine, Layer},
        table::Table,
    },
};
use super::{contributors, toast};
use crate::inventory::{pane_view::SortOrder, query::Query};
use crate::screen::notices::dialogs as wording;

/// Changes the focused table; has no effect while a layer is open.
fn on_table(app: &mut App, change: impl FnOnce(&mut Table)) -> Vec<Command> {
    let focus = app.focus;
    if app.layers.is_empty()
        && let Some(table) = app.table_mut(focus)
    {
        change(table);
    }
    Vec::new()
}

/// Marks or unmarks the row and moves down.
pub fn mark(app: &mut App) -> Vec<Command> {
    if let Some(sheet) = contributors::on_top(&mut app.layers) {
        sheet.mark();
        return Vec::new();
    }
    on_table(app, |table| {
        table.toggle_mark();
        table.go(table.cursor + 1);
    })
}

/// Marks all rows shown; if all are marked, unmarks them.
pub fn mark_all(app: &mut App) -> Vec<Command> {
    if let Some(sheet) = contributors::on_top(&mut app.layers) {
        sheet.mark_all();
        return Vec::new();
    }
    on_table(app, |table| {
        table.pin_cursor();
        // Rows without waste are not marked together with rows that have waste.
        let no_waste = |key| table.exposure(key).is_some();
        let all_alike = table.rows.iter().all(|record| no_waste(&record.head.key));
        let rows = table
            .rows
            .iter()
            .filter(|record| all_alike || !no_waste(&record.head.key));
        let shown: Vec<_> = rows
            .flat_map(|record| table.members(&record.head.key))
            .cloned()
            .collect();
        if shown.iter().all(|key| table.marks.contains(key)) {
            table.marks.retain(|key| !shown.contains(key));
        } else {
            table.marks.extend(shown);
        }
    })
}

/// Takes all marks away.
pub fn clear_marks(app: &mut App) -> Vec<Command> {
    if let Some(sheet) = contributors::on_top(&mut app.layers) {
        sheet.marks.clear();
        return Vec::new();
    }
    on_table(app, Table::clear_marks)
}

/// Opens the filter line.
pub fn filter(app: &mut App) -> Vec<Command> {
    if app.layers.is_empty() {
        let before = app
            .focused()
            .map(|table| table.filter.text.clone())
            .unwrap_or_default();
        app.layers.push(Layer::Filter(FilterLine {
            field: TextField::new(&before),
            before,
            completion: None,
        }));
    }
    Vec::new()
}

/// Filters the focused table, as the palette and configuration do.
pub fn filter_by(app: &mut App, text: &str) -> Result<(), Notice> {
    let Some(table) = app.table_mut(app.focus) else {
        return Ok(());
    };
    let before = table.filter.text.clone();
    table.set_filter(text);
    if let Some(error) = table.filter.error.clone() {
        table.set_filter(&before);
        return Err(Notice::FilterInvalid {
            error: error.message,
        });
    }
    if !table.filter.query.is_empty() {
        table.filter.last = Some(table.filter.query.clone());
    }
    Ok(())
}

/// Moves to the next row that the last filter matches.
pub fn next_match(app: &mut App) -> Vec<Command> {
    seek(app, true)
}

/// Moves to the previous row that the last filter matches.
pub fn previous_match(app: &mut App) -> Vec<Command> {
    seek(app, false)
}

fn seek(app: &mut App, forward: bool) -> Vec<Command> {
    let (now, focus) = (app.now, app.focus);
    if !app.layers.is_empty() {
        return Vec::new();
    }
    let Some(table) = app.table_mut(focus) else {
        return Vec::new();
    };
    let Some(query) = table
        .filter
        .last
        .clone()
        .filter(|query: &Query| !query.is_empty())
    else {
        return toast(app, Notice::NoFilter);
    };
    let len = table.rows.len();
    let hit = (1..=len)
        .map(|step| {
            if forward {
                (table.cursor + step) % len
            } else {
                (table.cursor + len - step) % len
            }
        })
        .find(|place| {
            table
                .rows
                .get(*place)
                .is_some_and(|record| query.matches(record, &table.fields, now))
        });
    match hit {
        Some(place) => {
            table.go(place);
            Vec::new()
        }
        None => toast(app, Notice::NoMatch),
    }
}

/// Asks for the field to sort by.
pub fn sort(app: &mut App) -> Vec<Command> {
    if !app.layers.is_empty() {
        return Vec::new();
    }
    let Some(table) = app.focused() else {
        return Vec::new();
    };
    let items = table
        .fields
        .iter()
        .map(|field| PickerItem {
            id: field.id.into(),
            label: field.title.to_owned(),
            note: field.doc.to_owned(),
            on: field.id == table.sort.field,
        })
        .collect();
    let title = wording::sort_title(table.sort.descending);
    app.layers.push(Layer::Dialog(Dialog::Pick(Picker::new(
        PickerPurpose::Sort,
        title,
        items,
    ))));
    Vec::new()
}

/// Sorts by `field`; again by the same: the other way round, unless a direction is given.
pub fn sort_by(app: &mut App, field: &str, descending: Option<bool>) -> Vec<Command> {
    let Some(table) = app.table_mut(app.focus) else {
        return Vec::new();
    };
    let Some(id) = table.field(field).map(|meta| meta.id) else {
        let notice = unknown_field(table, field);
        return toast(app, notice);
    };
    let other_way = table.sort.field == id && !table.sort.descending;
    let fresh = table.sort.field != id && !starts_ascending(table, id);
    table.set_sort(SortOrder {
        field: id,
        descending: descending.unwrap_or(other_way || fresh),
    });
    remember(app)
}

/// The error that names the nearest field.
pub(super) fn unknown_field(table: &Table, name: &str) -> Notice {
    let nearest = table
        .fields
        .iter()
        .map(|field| field.id)
        .min_by_key(|known| strsim::levenshtein(name, known))
        .unwrap_or("name");
    Notice::UnknownField {
        name: name.to_owned(),
        nearest: nearest.to_owned(),
    }
}

/// Words are first sorted from a, numbers from the highest.
fn starts_ascending(table: &Table, id: &str) -> bool {
    table
        .field(id)
        .is_some_and(|field| field.align == crate::domain::Align::Left)
}

/// Turns the order round.
pub fn invert(app: &mut App) -> Vec<Command> {
    on_table(app, |table| {
        table.set_sort(SortOrder {
            descending: !table.sort.descending,
            ..table.sort
        });
    });
    remember(app)
}

fn remember(app: &mut App) -> Vec<Command> {
    if let Some(table) = app.focused() {
        let (id, sort) = (
            table.tile.id().to_owned(),
            (table.sort.field.to_owned(), table.sort.descending),
        );
        if app.prefs.sorts.get(&id) != Some(&sort) {
            app.prefs.sorts.insert(id, sort);
            return vec![Command::Save(app.prefs.clone())];
        }
    }
    Vec::new()
}

/// Shows only rows with waste, or all rows again.
pub fn waste_only(app: &mut App) -> Vec<Command> {
    on_table(app, |table| {
        table.waste_only = !table.waste_only;
        table.mark_stale();
    })
}

/// Pauses or resumes the rows. Reports that arrive meanwhile are stored and shown afterwards.
pub fn pause(app: &mut App) -> Vec<Command> {
    app.paused_at = if app.paused_at.is_some() {
        None
    } else {
        Some(app.now)
    };
    Vec::new()
}
