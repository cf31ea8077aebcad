//! Help, footer hints and the key table of `docs/keys.md`, generated from actions and keymap.

use super::{
    App, Page, Tile,
    actions::{Action, ENTRIES},
    dialogs::Dialog,
    input::keymap::{Chord, Context, Keymap, spell},
    state::{access, modal_stack::Layer},
};
use crate::domain::{Operation, Record};
use std::{fmt::Write, sync::Arc};

/// One line of help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpRow {
    /// The context in which the keys apply.
    pub context: Context,
    /// The keys, spelled and separated by two spaces; empty if there is none.
    pub keys: String,
    /// The action's word.
    pub action: String,
    /// The effect of the action.
    pub doc: String,
}

/// One word of the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The key, short.
    pub key: String,
    /// The effect of the key in one or two words.
    pub word: String,
    /// Whether the key has an effect now.
    pub enabled: bool,
}

/// The keys of `action` in the first context that binds it, spelled.
pub fn keys_of(keymap: &Keymap, action: &Action) -> String {
    let context = action
        .contexts()
        .iter()
        .find(|context| !keymap.keys(**context, action).is_empty());
    context.map_or_else(String::new, |context| {
        spelled(&keymap.keys(*context, action))
    })
}

fn spelled(keys: &[&[Chord]]) -> String {
    keys.iter()
        .map(|chords| spell(chords))
        .collect::<Vec<_>>()
        .join("  ")
}

/// Every action of `context` in its order: those with keys, and those without.
fn actions(keymap: &Keymap, context: Context) -> Vec<Action> {
    let mut list: Vec<Action> = Vec::new();
    let bound = |wanted: fn(&Action) -> bool| {
        let mut found: Vec<Action> = Vec::new();
        for bind in keymap
            .binds()
            .iter()
            .filter(|bind| bind.context == context && wanted(&bind.action))
        {
            if !found.contains(&bind.action) {
                found.push(bind.action.clone());
            }
        }
        found
    };
    if context == Context::Table {
        list.extend(Operation::ALL.iter().copied().map(Action::Operation));
    }
    list.extend(
        ENTRIES
            .iter()
            .zip(Action::PLAIN)
            .filter(|(entry, _)| entry.contexts.contains(&context))
            .map(|(_, action)| action.clone()),
    );
    list.extend(bound(|action| matches!(action, Action::Command(_))));
    list
}

/// One line for all pages, with their digits as a range.
fn pages(keymap: &Keymap) -> Option<HelpRow> {
    let mut tabs: Vec<(u8, &[Chord])> = Vec::new();
    for bind in keymap
        .binds()
        .iter()
        .filter(|bind| bind.context == Context::Global)
    {
        if let Action::Tab(number) = bind.action {
            tabs.push((number, &bind.keys));
        }
    }
    tabs.sort_by_key(|(number, _)| *number);
    let ((first, from), (last, to)) = (tabs.first()?, tabs.last()?);
    let (keys, action) = if first == last {
        (spell(from), format!("tab:{first}"))
    } else {
        (
            format!("{} … {}", spell(from), spell(to)),
            format!("tab:{first} … tab:{last}"),
        )
    };
    let doc = "page by number; on the Overview its tile, again: its page".to_owned();
    Some(HelpRow {
        context: Context::Global,
        keys,
        action,
        doc,
    })
}

/// Every line of help, `first` contexts first.
pub fn help(keymap: &Keymap, first: &[Context]) -> Vec<HelpRow> {
    let order = first.iter().chain(
        Context::ALL
            .iter()
            .filter(|context| !first.contains(context)),
    );
    order
        .flat_map(|context| {
            let rows = actions(keymap, *context).into_iter().map(|action| HelpRow {
                context: *context,
                keys: spelled(&keymap.keys(*context, &action)),
                doc: action.doc(),
                action: action.to_string(),
            });
            rows.chain(
                (*context == Context::Global)
                    .then(|| pages(keymap))
                    .flatten(),
            )
        })
        .collect()
}

/// The keymap as Markdown tables, one per context, for `docs/keys.md`.
pub fn key_table(keymap: &Keymap) -> String {
    let mut text = String::new();
    for context in Context::ALL {
        let _ = write!(
            text,
            "**[{}]** {}\n\n| keys | action | description |\n| --- | --- | --- |\n",
            context.word(),
            context.doc()
        );
        for row in help(keymap, &[*context])
            .into_iter()
            .filter(|row| row.context == *context && !row.keys.is_empty())
        {
            let keys: Vec<String> = row
                .keys
                .split("  ")
                .map(|keys| format!("`{}`", keys.replace('|', "\\|")))
                .collect();
            let _ = writeln!(
                text,
                "| {} | `{}` | {} |",
                keys.join(" "),
                row.action,
                row.doc.replace('|', "\\|")
            );
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The footer hints for the top layer.
pub fn hints(app: &App) -> Vec<Hint> {
    let contexts = app.contexts();
    let mut hints = Vec::new();
    for context in contexts {
        if *context == Context::Table {
            operations(app, &mut hints);
        }
        let entries = ENTRIES
            .iter()
            .zip(Action::PLAIN)
            .filter(|(entry, _)| entry.contexts.contains(context) && !entry.hint.is_empty());
        for (entry, action) in entries.filter(|(_, action)| makes_sense(app, action)) {
            push(app, &mut hints, contexts, action, entry.hint, true);
        }
    }
    if !app.layers.is_empty() && contexts.contains(&Context::Global) {
        push(app, &mut hints, contexts, &Action::Back, "back", true);
    }
    hints
}

fn operations(app: &App, hints: &mut Vec<Hint>) {
    let refused = access::refusal(app).is_some();
    // The group of a rule offers the operations of its first row.
    let members = app
        .focused()
        .zip(app.subject())
        .map(|(table, subject)| table.members(&subject.head.key))
        .unwrap_or_default();
    let subject = app.subject().and_then(|subject| {
        app.inventory
            .record(members.first().unwrap_or(&subject.head.key))
            .or(Some(subject))
    });
    for operation in Operation::ALL
        .iter()
        .filter(|operation| listed(app, subject, **operation))
    {
        let offered =
            subject.is_some_and(|record| record.head.capability(*operation).known().is_some());
        let offered = offered
            || (operation.definition().is_about_anomaly
                && matches!(app.layers.last(), Some(Layer::Contributors(_))));
        let marked =
            app.layers.is_empty() && app.focused().is_some_and(|table| !table.marks.is_empty());
        push(
            app,
            hints,
            &[Context::Table],
            &Action::Operation(*operation),
            operation.id(),
            !refused && (offered || marked),
        );
    }
}

/// Whether rows in sight may offer the operation at all.
fn listed(app: &App, subject: Option<&Arc<Record>>, operation: Operation) -> bool {
    if let Some(Layer::Contributors(_)) = app.layers.last() {
        let pane = subject.and_then(|record| app.pane_of(&record.head.key));
        return operation.definition().is_about_anomaly
            || pane.is_some_and(|pane| pane.operations.contains(&operation));
    }
    match app.focus {
        Tile::Waste => subject
            .and_then(|record| app.pane_of(&record.head.key))
            .is_none_or(|pane| pane.operations.contains(&operation)),
        Tile::Pane(id) => app
            .pane(id)
            .is_some_and(|pane| pane.operations.contains(&operation)),
    }
}

/// Whether the footer shows `action`: on a sheet only actions on its resource; `open` only if it
/// opens something other than `details`; dialogs show their own keys for yes, no and completion.
fn makes_sense(app: &App, action: &Action) -> bool {
    match (app.layers.last(), action) {
        (None, Action::Details) => app.page == Page::Overview,
        (None, Action::NextGrouping) => app
            .focused()
            .is_some_and(|table| table.groupings.values.len() > 1),
        (None, Action::Chart) => {
            app.page != Page::Overview && app.focused().is_some_and(|table| table.dollars.is_some())
        }
        (_, Action::Contributors) => {
            app.layers.is_empty()
                && app
                    .pane(app.focus.id())
                    .is_some_and(|pane| pane.has_contributors)
        }
        (Some(Layer::Contributors(_)), action) => {
            matches!(
                action,
                Action::Operations
                    | Action::Mark
                    | Action::Details
                    | Action::Palette
                    | Action::Help
            )
        }
        (Some(Layer::Details(_)), Action::Why)
        | (Some(Layer::Why(_)), Action::Details)
        | (None, _) => true,
        (Some(Layer::Details(_) | Layer::Why(_)), action) => {
            matches!(action, Action::Operations | Action::Palette | Action::Help)
        }
        // A dialog that uses completion names the key in its own hints.
        (Some(Layer::Dialog(_) | Layer::Journal(_)), Action::Complete)
        | (Some(Layer::JournalEntry(_)), Action::OpenEntry | Action::FilterEntries) => false,
        (Some(Layer::Dialog(Dialog::Confirm(confirm))), Action::Accept) => confirm.typed.is_some(),
        (Some(Layer::Dialog(Dialog::Confirm(_) | Dialog::Quit(_))), action) => {
            !matches!(action, Action::Accept)
        }
        (Some(_), action) => !matches!(action, Action::Yes | Action::No),
    }
}

fn push(
    app: &App,
    hints: &mut Vec<Hint>,
    contexts: &[Context],
    action: &Action,
    word: &str,
    enabled: bool,
) {
    let keys = contexts
        .iter()
        .find_map(|context| app.keymap.keys(*context, action).first().copied());
    if let Some(keys) = keys {
        let key = keys.iter().map(Chord::short).collect::<Vec<_>>().join(" ");
        hints.push(Hint {
            key,
            word: word.to_owned(),
            enabled,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tab_keys_share_one_line_of_help() {
        let rows = help(&Keymap::default(), &[Context::Global]);
        let tabs: Vec<_> = rows
            .iter()
            .filter(|row| row.action.starts_with("tab:"))
            .map(|row| row.keys.as_str())
            .collect();
        assert_eq!(tabs, ["1 … 9"]);
    }
}
