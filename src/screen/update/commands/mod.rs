//! The command palette's language: one line a command, with its arguments' completions.
//!
//! Every action and every operation is a command too, by its word.

mod offered;
mod operations;
mod read_only;
mod view;

use super::super::{
    App, Command, Page, Tile,
    actions::{Action, ENTRIES},
    input::keymap::Context,
    notices::Notice,
    state::{modal_stack::Layer, palette::Palette},
};
use super::{actions, pages, quit, scheduled, snooze};
use crate::domain::{
    Operation,
    pane_id::{FINDINGS, OVERVIEW},
};
pub use offered::{candidates, completions};

type Run = fn(&mut App, &str) -> Result<Vec<Command>, Notice>;
type Options = fn(&App) -> Vec<String>;

/// A command with an argument.
struct PaletteCommand {
    word: &'static str,
    args: &'static str,
    doc: &'static str,
    run: Run,
    options: Options,
}

/// Nothing to choose from.
fn free(_app: &App) -> Vec<String> {
    Vec::new()
}

const COMMANDS: &[PaletteCommand] = &[
    PaletteCommand {
        word: "sort",
        args: "[FIELD [asc|desc]]",
        doc: "sort by a field",
        run: view::sort,
        options: view::sort_options,
    },
    PaletteCommand {
        word: "filter",
        args: "[TERMS]",
        doc: "filter the rows",
        run: view::filter,
        options: free,
    },
    PaletteCommand {
        word: "group",
        args: "NAME",
        doc: "show another grouping of this pane",
        run: view::group,
        options: view::group_options,
    },
    PaletteCommand {
        word: "theme",
        args: "[NAME]",
        doc: "choose the theme",
        run: view::theme,
        options: view::theme_options,
    },
    PaletteCommand {
        word: "region",
        args: "[CODE ...]",
        doc: "show only these regions; without CODE all",
        run: view::region,
        options: view::region_options,
    },
    PaletteCommand {
        word: "profile",
        args: "[NAME ...]",
        doc: "show only these profiles; without NAME all",
        run: view::profile,
        options: view::profile_options,
    },
    PaletteCommand {
        word: "export",
        args: "[csv|json|markdown]",
        doc: "write this view to a file",
        run: view::export,
        options: view::export_options,
    },
    PaletteCommand {
        word: "read-only",
        args: "on|off [PROFILE]",
        doc: "disable or enable actions, for all profiles or one",
        run: read_only::run,
        options: read_only::options,
    },
    PaletteCommand {
        word: "scheduled",
        args: "[[mark] OPERATION TIME | hours DAYS HOURS]",
        doc: "schedule an action: `stop 19:00`, `stop friday`, `stop in 2h`; without one list \
              scheduled actions",
        run: scheduled::command,
        options: free,
    },
    PaletteCommand {
        word: "snooze",
        args: "[2h]",
        doc: "snooze the findings of the marked rows or the row under the cursor",
        run: snooze::command,
        options: free,
    },
    PaletteCommand {
        word: "cancel",
        args: "",
        doc: "cancel running actions that have not called AWS yet",
        run: |app, _| Ok(actions::cancel_running(app)),
        options: free,
    },
];

/// Every palette command with an argument: word, arguments, help text.
pub fn palette_commands() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    COMMANDS
        .iter()
        .map(|command| (command.word, command.args, command.doc))
}

/// Other words for commands and actions.
const ALIASES: &[(&str, &str)] = &[
    ("q", "leave"),
    ("q!", "leave"),
    ("quit", "leave"),
    ("exit", "leave"),
    ("h", "help"),
    ("ro", "read-only on"),
];

/// The effect of a line of the palette.
#[derive(Debug)]
pub enum Effect {
    /// The line was executed.
    Commands(Vec<Command>),
    /// The line names this action.
    Action(Action),
}

/// Opens the command palette.
pub fn open(app: &mut App) -> Vec<Command> {
    let all = candidates(app);
    app.layers.push(Layer::Palette(Palette::new(all)));
    Vec::new()
}

/// The line that Enter in the palette runs: the one that was chosen, else the one typed, else the
/// best match.
pub fn chosen(app: &App, palette: &Palette) -> String {
    let typed = palette.field.text().trim();
    match palette.current() {
        Some(best) if palette.chosen || typed.is_empty() || !is_command(app, typed) => {
            best.text.clone()
        }
        _ => typed.to_owned(),
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace)
        .map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

fn is_command(app: &App, text: &str) -> bool {
    let (word, _) = first_word(text);
    ALIASES.iter().any(|(alias, _)| *alias == word)
        || COMMANDS.iter().any(|command| command.word == word)
        || operations::named(word).is_some()
        || page(app, word).is_some()
        || plain_action(word).is_some()
}

/// An action that makes sense as a command.
fn plain_action(word: &str) -> Option<Action> {
    Action::parse(word).filter(|action| {
        !matches!(action, Action::Command(_))
            && action
                .contexts()
                .iter()
                .any(|context| matches!(context, Context::Table | Context::Global))
    })
}

fn page(app: &App, word: &str) -> Option<Page> {
    match word {
        OVERVIEW => Some(Page::Overview),
        FINDINGS | "waste" => Some(Page::Full(Tile::Waste)),
        _ => app.pane(word).map(|pane| Page::Full(Tile::Pane(pane.id))),
    }
}

/// Runs a line, or returns the action that it names.
pub fn run(app: &mut App, text: &str) -> Result<Effect, Notice> {
    let (word, rest) = first_word(text);
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        return if *meant == "leave" {
            Ok(Effect::Commands(quit::leave(app)))
        } else {
            run(app, &format!("{meant} {rest}"))
        };
    }
    if let Some(command) = COMMANDS.iter().find(|command| command.word == word) {
        return (command.run)(app, rest).map(Effect::Commands);
    }
    if let Some(operation) = operations::named(word) {
        return operations::run(app, operation, rest).map(Effect::Commands);
    }
    if let Some(page) = page(app, word) {
        pages::show(app, page);
        return if rest.is_empty() {
            Ok(Effect::Commands(Vec::new()))
        } else {
            view::filter(app, rest).map(Effect::Commands)
        };
    }
    if let Some(action) = plain_action(word) {
        return if rest.is_empty() {
            Ok(Effect::Action(action))
        } else {
            Err(Notice::TakesNoArgument {
                word: word.to_owned(),
            })
        };
    }
    let words = COMMANDS
        .iter()
        .map(|command| command.word)
        .chain(Operation::ALL.iter().map(|operation| operation.id()));
    let words = words.chain(ENTRIES.iter().map(|entry| entry.id));
    let nearest = words
        .chain(app.inventory.panes().iter().map(|pane| pane.id))
        .min_by_key(|known| strsim::levenshtein(word, known));
    Err(Notice::UnknownCommand {
        word: word.to_owned(),
        nearest: nearest.unwrap_or("help").to_owned(),
    })
}
