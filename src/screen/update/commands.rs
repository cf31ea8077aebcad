//! The command palette's language: one line a command, with its arguments' completions.
//!
//! Every action is a command too, by its word. Must not know how the palette is drawn.

use super::{
    super::{
        App, Cmd, Page, Tile, access,
        actions::{Action, ENTRIES},
        app::Tone,
        docs,
        export::Format,
        keymap::Context,
        layer::Layer,
        palette::{self, Candidate, Palette},
        theme::distance,
    },
    act, facets, later, look, pages, rows, share, snooze, toast,
};
use crate::domain::{Ask, Tags, Verb};
use std::sync::Arc;

type Run = fn(&mut App, &str) -> Result<Vec<Cmd>, String>;
type Options = fn(&App) -> Vec<String>;

/// A command with an argument.
struct Command {
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

const COMMANDS: &[Command] = &[
    Command { word: "sort", args: "[FIELD [asc|desc]]", doc: "sort by a field", run: sort, options: sort_options },
    Command { word: "filter", args: "[TERMS]", doc: "filter the rows", run: filter, options: free },
    Command { word: "group", args: "NAME", doc: "show another view of this pane", run: group, options: group_options },
    Command { word: "theme", args: "[NAME]", doc: "choose the theme", run: theme, options: theme_options },
    Command { word: "region", args: "[CODE ...]", doc: "show only these regions; without one: all", run: region, options: region_options },
    Command {
        word: "profile",
        args: "[NAME ...]",
        doc: "show only these profiles; without one: all",
        run: profile,
        options: profile_options,
    },
    Command {
        word: "export",
        args: "[csv|json|markdown]",
        doc: "write this view to a file",
        run: |app, text| Ok(if text.is_empty() { share::export(app) } else { share::write(app, text) }),
        options: export_options,
    },
    Command {
        word: "read-only",
        args: "on|off [PROFILE]",
        doc: "refuse or allow verbs, in all or on what a profile reaches",
        run: read_only,
        options: on_off,
    },
    Command { word: "stop", args: "", doc: "stop the marked rows or the row under the cursor (asks first)", run: stop, options: free },
    Command {
        word: "scale",
        args: "[COUNT]",
        doc: "scale the marked rows or the row under the cursor (asks first)",
        run: scale,
        options: free,
    },
    Command { word: "delete", args: "", doc: "delete for good (asks for the name)", run: delete, options: free },
    Command {
        word: "schedule",
        args: "[DAYS HOURS IN OUT]",
        doc: "scale by the clock: `mon-fri 08-18 4 1`, hours in UTC (asks first)",
        run: schedule,
        options: free,
    },
    Command {
        word: "later",
        args: "[[mark] VERB WHEN | hours DAYS HOURS]",
        doc: "`stop 19:00`, `stop friday`, `stop in 2h`: do it then (asks first); nothing after it: all that is ahead",
        run: later::command,
        options: free,
    },
    Command {
        word: "snooze",
        args: "[2h]",
        doc: "let the findings of the marked rows or the row under the cursor rest",
        run: snooze::command,
        options: free,
    },
    Command {
        word: "tag",
        args: "[KEY=VALUE | -KEY ...]",
        doc: "tag the marked rows or the row under the cursor (asks first)",
        run: tag,
        options: free,
    },
    Command {
        word: "cancel",
        args: "",
        doc: "leave out what has not begun of the actions under way",
        run: |app, _| Ok(act::cancel_running(app)),
        options: free,
    },
];

/// Other words for commands and actions.
const ALIASES: &[(&str, &str)] =
    &[("q", "leave"), ("q!", "leave"), ("quit", "leave"), ("exit", "leave"), ("h", "help"), ("ro", "read-only on")];

/// Runs a line; what is wrong with it is told.
pub fn run_text(app: &mut App, text: &str) -> Vec<Cmd> {
    match try_text(app, text) {
        Ok(commands) => commands,
        Err(error) => toast(app, Tone::Bad, &error),
    }
}

/// Enter in the palette: the line that was chosen, else the one typed, else the best match.
pub fn run_palette(app: &mut App, mut palette: Palette) -> Vec<Cmd> {
    let typed = palette.field.text().trim().to_owned();
    let best = palette.current().map(|candidate| candidate.text.clone());
    let line = match best {
        Some(best) if palette.chosen || typed.is_empty() || !is_command(app, &typed) => best,
        _ => typed,
    };
    if line.is_empty() {
        return Vec::new();
    }
    match try_text(app, &line) {
        Ok(commands) => commands,
        Err(error) => {
            palette.error = Some(error);
            app.layers.push(Layer::Palette(palette));
            Vec::new()
        }
    }
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

fn is_command(app: &App, text: &str) -> bool {
    let (word, _) = first_word(text);
    ALIASES.iter().any(|(alias, _)| *alias == word)
        || COMMANDS.iter().any(|command| command.word == word)
        || page(app, word).is_some()
        || plain_action(word).is_some()
}

/// An action that makes sense as a command.
fn plain_action(word: &str) -> Option<Action> {
    Action::parse(word).filter(|action| {
        !matches!(action, Action::Command(_)) && action.contexts().iter().any(|context| matches!(context, Context::Table | Context::Global))
    })
}

fn page(app: &App, word: &str) -> Option<Page> {
    match word {
        "overview" => Some(Page::Overview),
        "findings" | "waste" => Some(Page::Full(Tile::Waste)),
        _ => app.pane(word).map(|pane| Page::Full(Tile::Pane(pane.id))),
    }
}

fn try_text(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    let (word, rest) = first_word(text);
    if let Some((_, meant)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        return if *meant == "leave" { Ok(pages::leave(app)) } else { try_text(app, &format!("{meant} {rest}")) };
    }
    if let Some(command) = COMMANDS.iter().find(|command| command.word == word) {
        return (command.run)(app, rest);
    }
    if let Some(page) = page(app, word) {
        pages::show(app, page);
        return if rest.is_empty() { Ok(Vec::new()) } else { filter(app, rest) };
    }
    if let Some(action) = plain_action(word) {
        return if rest.is_empty() { Ok(action.run(app)) } else { Err(format!("`{word}` takes nothing after it")) };
    }
    let words = COMMANDS.iter().map(|command| command.word).chain(ENTRIES.iter().map(|entry| entry.id));
    let nearest = words.chain(app.world.panes().iter().map(|pane| pane.id)).min_by_key(|known| distance(word, known));
    Err(format!("there is no command `{word}`; the nearest is `{}`", nearest.unwrap_or("help")))
}

/// Every line the palette offers at first: pages, commands, actions, then commands with each of their arguments.
pub fn candidates(app: &App) -> Vec<Candidate> {
    let plain = |text: &str, doc: String, keys: String| Candidate { text: text.to_owned(), doc, keys, hits: Vec::new() };
    let mut all: Vec<Candidate> = Vec::new();
    for (at, page) in app.tabs().into_iter().enumerate() {
        let keys = u8::try_from(at + 1).map(|number| docs::keys_of(&app.keymap, &Action::Tab(number))).unwrap_or_default();
        match page {
            Page::Full(Tile::Pane(id)) => all.push(plain(id, app.pane(id).map(|pane| pane.doc.to_owned()).unwrap_or_default(), keys)),
            _ => all.push(plain("overview", "all tiles".to_owned(), keys)),
        }
    }
    all.push(plain("findings", "all that burns with nothing to show for it".to_owned(), String::new()));
    for (entry, action) in ENTRIES.iter().zip(Action::PLAIN).filter(|(entry, _)| plain_action(entry.id).is_some()) {
        all.push(plain(entry.id, entry.doc.to_owned(), docs::keys_of(&app.keymap, action)));
    }
    for command in COMMANDS {
        if plain_action(command.word).is_none() {
            let keys = Verb::ALL.iter().find(|verb| verb.id() == command.word).map(|verb| docs::keys_of(&app.keymap, &Action::Verb(*verb)));
            all.push(plain(command.word, format!("{} {}", command.args, command.doc).trim().to_owned(), keys.unwrap_or_default()));
        }
        for option in (command.options)(app) {
            all.push(plain(&format!("{} {option}", command.word), command.doc.to_owned(), String::new()));
        }
    }
    all
}

/// Lines that go on from `text`: filters, after `filter`.
pub fn completions(app: &App, text: &str) -> Vec<Candidate> {
    let Some((rest, table)) = text.strip_prefix("filter ").zip(app.focused()) else { return Vec::new() };
    let line = |filter: String| Candidate { text: format!("filter {filter}"), doc: String::new(), keys: String::new(), hits: Vec::new() };
    let whole = (!rest.trim().is_empty()).then(|| line(rest.to_owned()));
    whole.into_iter().chain(palette::filter_completions(table, &app.records(table.tile), rest, app.now).into_iter().map(line)).collect()
}

fn sort_options(app: &App) -> Vec<String> {
    app.focused().map(|table| table.fields.iter().map(|field| field.id.to_owned()).collect()).unwrap_or_default()
}

fn sort(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() {
        return Ok(rows::sort(app));
    }
    let (field, direction) = first_word(text);
    let descending = match direction {
        "" => None,
        "asc" | "up" => Some(false),
        "desc" | "down" => Some(true),
        other => return Err(format!("`{other}`: asc or desc")),
    };
    let Some(table) = app.focused() else { return Ok(Vec::new()) };
    if table.field(field).is_none() {
        let nearest = table.fields.iter().map(|known| known.id).min_by_key(|known| distance(field, known)).unwrap_or("name");
        return Err(format!("there is no field `{field}` here; the nearest is `{nearest}`"));
    }
    Ok(rows::sort_by(app, field, descending))
}

fn filter(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() { Ok(rows::filter(app)) } else { rows::filter_by(app, text).map(|()| Vec::new()) }
}

fn group_options(app: &App) -> Vec<String> {
    app.focused().map(|table| table.facets.values.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn group(app: &mut App, name: &str) -> Result<Vec<Cmd>, String> {
    facets::show_named(app, name)
}

fn theme_options(app: &App) -> Vec<String> {
    app.themes.iter().map(|theme| theme.name.clone()).collect()
}

fn theme(app: &mut App, name: &str) -> Result<Vec<Cmd>, String> {
    if name.is_empty() {
        return Ok(look::themes(app));
    }
    if theme_options(app).iter().any(|known| known == name) {
        Ok(look::use_theme(app, name))
    } else {
        Err(format!("there is no theme `{name}`: {}", theme_options(app).join(", ")))
    }
}

fn region_options(app: &App) -> Vec<String> {
    names(app, |place| &place.region)
}

fn profile_options(app: &App) -> Vec<String> {
    names(app, |place| &place.profile)
}

fn names(app: &App, of: fn(&crate::domain::Place) -> &Arc<str>) -> Vec<String> {
    let mut names: Vec<String> = app.places.iter().map(|place| of(place).to_string()).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

fn some_of(text: &str, known: &[String], what: &str) -> Result<Vec<Arc<str>>, String> {
    let named: Vec<&str> = text.split([' ', ',']).filter(|name| !name.is_empty()).collect();
    match named.iter().find(|name| !known.iter().any(|known| known == *name)) {
        Some(stranger) => Err(format!("no {what} `{stranger}` is read: {}", known.join(", "))),
        None => Ok(named.into_iter().map(Arc::from).collect()),
    }
}

fn region(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    let regions = some_of(text, &region_options(app), "region")?;
    Ok(look::show_regions(app, regions))
}

fn profile(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    let profiles = some_of(text, &profile_options(app), "profile")?;
    Ok(look::show_profiles(app, profiles))
}

fn export_options(_app: &App) -> Vec<String> {
    Format::ALL.iter().map(|format| format.id().to_owned()).collect()
}

fn on_off(app: &App) -> Vec<String> {
    let profiles = profile_options(app);
    let of = |word: &'static str| profiles.iter().map(move |profile| format!("{word} {profile}"));
    let plain = ["on", "off"].map(str::to_owned);
    if profiles.len() > 1 { plain.into_iter().chain(of("on")).chain(of("off")).collect() } else { plain.into() }
}

fn read_only(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    let (word, profile) = text.split_once(char::is_whitespace).map_or((text, None), |(word, profile)| (word, Some(profile.trim())));
    let on = match word {
        "on" => true,
        "off" => false,
        _ => return Err("on or off".to_owned()),
    };
    if !on && !app.may_write {
        return Err("this run was started read-only: it has no means to act".to_owned());
    }
    match profile {
        None => app.read_only = on,
        Some(name) => hold(app, name, on)?,
    }
    Ok(toast(
        app,
        Tone::Info,
        &match access::badge(app) {
            None => "verbs are allowed; each asks first".to_owned(),
            Some(badge) => format!("{badge}: verbs are refused there"),
        },
    ))
}

/// Sets what the profile `name` reaches read-only, or lifts that.
fn hold(app: &mut App, name: &str, on: bool) -> Result<(), String> {
    let watched = access::profiles(app);
    let known: Vec<_> = watched.iter().map(|profile| access::shown(profile)).collect();
    let found = watched.iter().find(|profile| access::shown(profile) == name).map(|profile| Arc::clone(profile));
    let profile = found.ok_or_else(|| format!("there is no profile `{name}` here: {}", known.join(", ")))?;
    if on {
        app.access.held.insert(profile);
    } else if app.access.locked.contains(&profile) {
        return Err(format!("profile {name} is configured read-only: this run has no means to change what it reaches"));
    } else {
        app.access.held.remove(&profile);
    }
    Ok(())
}

fn stop(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() { Ok(act::verb(app, Verb::Stop)) } else { Err("`stop` takes nothing after it: mark rows first".to_owned()) }
}

fn scale(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() {
        return Ok(act::verb(app, Verb::Scale));
    }
    let count: u32 = text.parse().map_err(|_| format!("`{text}` is not a whole number"))?;
    Ok(propose(app, &Ask::Scale(count)))
}

fn delete(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() { Ok(act::verb(app, Verb::Delete)) } else { Err("`delete` takes nothing after it: mark rows first".to_owned()) }
}

fn schedule(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() {
        return Ok(act::verb(app, Verb::Schedule));
    }
    Ok(propose(app, &Ask::Schedule(crate::domain::Schedule::parse(text)?)))
}

fn tag(app: &mut App, text: &str) -> Result<Vec<Cmd>, String> {
    use super::super::dialog::tags::{Change, parse};
    if text.is_empty() {
        return Ok(act::verb(app, Verb::Tag));
    }
    let (mut set, mut remove) = (Tags::new(), Vec::new());
    for word in text.split_whitespace() {
        match parse(word)? {
            (key, Change::Set(value)) => {
                set.insert(key, value);
            }
            (key, _) => remove.push(key),
        }
    }
    Ok(propose(app, &Ask::Tag { set, remove }))
}

fn propose(app: &mut App, ask: &Ask) -> Vec<Cmd> {
    let keys: Vec<_> = act::targets(app).iter().map(|record| record.head.key.clone()).collect();
    if keys.is_empty() { toast(app, Tone::Info, "no row here to act on") } else { act::propose(app, ask, &keys) }
}
