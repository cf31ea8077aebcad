//! The candidates of the palette: pages, actions, commands with their arguments, operations with
//! their answers; and the completions of a filter.

use super::super::super::{
    App, Page, Tile,
    actions::{Action, ENTRIES},
    help,
    state::palette::{self, Candidate},
};
use super::{COMMANDS, operations, plain_action};
use crate::domain::pane_id::{FINDINGS, OVERVIEW};

/// Every line the palette offers at first: pages, commands, actions, then commands with each of
/// their arguments.
pub fn candidates(app: &App) -> Vec<Candidate> {
    let plain = |text: &str, doc: String, keys: String| Candidate {
        text: text.to_owned(),
        doc,
        keys,
        hits: Vec::new(),
    };
    let mut all: Vec<Candidate> = Vec::new();
    for (at, page) in app.tabs().into_iter().enumerate() {
        let keys = u8::try_from(at + 1)
            .map(|number| help::keys_of(&app.keymap, &Action::Tab(number)))
            .unwrap_or_default();
        match page {
            Page::Full(Tile::Pane(id)) => all.push(plain(
                id,
                app.pane(id)
                    .map(|pane| pane.doc.to_owned())
                    .unwrap_or_default(),
                keys,
            )),
            _ => all.push(plain(OVERVIEW, "all tiles".to_owned(), keys)),
        }
    }
    all.push(plain(
        FINDINGS,
        "findings of all panes, ranked by waste".to_owned(),
        String::new(),
    ));
    for (entry, action) in ENTRIES
        .iter()
        .zip(Action::PLAIN)
        .filter(|(entry, _)| plain_action(entry.id).is_some())
    {
        all.push(plain(
            entry.id,
            entry.doc.to_owned(),
            help::keys_of(&app.keymap, action),
        ));
    }
    for command in COMMANDS {
        if plain_action(command.word).is_none() {
            all.push(plain(
                command.word,
                format!("{} {}", command.args, command.doc)
                    .trim()
                    .to_owned(),
                String::new(),
            ));
        }
        for option in (command.options)(app) {
            all.push(plain(
                &format!("{} {option}", command.word),
                command.doc.to_owned(),
                String::new(),
            ));
        }
    }
    all.extend(operations::candidates(app));
    all
}

/// Lines that go on from `text`: filters, after `filter`.
pub fn completions(app: &App, text: &str) -> Vec<Candidate> {
    let Some((rest, table)) = text.strip_prefix("filter ").zip(app.focused()) else {
        return Vec::new();
    };
    let line = |filter: String| Candidate {
        text: format!("filter {filter}"),
        doc: String::new(),
        keys: String::new(),
        hits: Vec::new(),
    };
    let whole = (!rest.trim().is_empty()).then(|| line(rest.to_owned()));
    whole
        .into_iter()
        .chain(
            palette::filter_completions(table, &app.records(table.tile), rest, app.now)
                .into_iter()
                .map(line),
        )
        .collect()
}
