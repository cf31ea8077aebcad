//! Every sheet, prompt and dialog: a new one needs an entry here, and common invariants are checked
//! on each.

use super::{settings::capability, *};
use crate::{
    domain::{ConfirmLevel, Operation, Plan},
    screen::{
        dialogs::{
            ConfirmDialog, Dialog, Picker, PickerPurpose, PreflightState, QuitDialog, QuitTarget,
            ScheduleActionInput, schedule_action::ScheduleExecutor,
        },
        state::{journal::JournalSheet, modal_stack::Layer},
        theme::Role,
        update::actions::propose,
    },
};
use ratatui::style::Modifier;
use std::collections::BTreeSet;

macro_rules! kinds {
    ($($word:literal = $pattern:pat,)*) => {
        /// Every kind of layer.
        pub(super) const KINDS: &[&str] = &[$($word,)*];

        /// The name of the top layer. Does not compile for a layer, dialog, picker or confirm level
        /// without an arm below.
        pub(in crate::screen) fn kind(layer: &Layer) -> &'static str {
            match layer { $($pattern => $word,)* }
        }
    };
}

kinds! {
    "details" = Layer::Details(_),
    "why" = Layer::Why(_),
    "help" = Layer::Help(_),
    "errors" = Layer::Errors(_),
    "forecast" = Layer::Forecast(_),
    "watch" = Layer::Watch(_),
    "unpriced" = Layer::Unpriced(_),
    "journal" = Layer::Journal(JournalSheet { typing: false, .. }),
    "journal's filter" = Layer::Journal(JournalSheet { typing: true, .. }),
    "journal entry" = Layer::JournalEntry(_),
    "activity" = Layer::Activity(_),
    "contributors" = Layer::Contributors(_),
    "filter" = Layer::Filter(_),
    "palette" = Layer::Palette(_),
    "confirm: the account is to be typed" = Layer::Dialog(Dialog::Confirm(ConfirmDialog {
        plan: Plan { confirm_level: ConfirmLevel::Account { .. }, .. },
        ..
    })),
    "confirm: the name is to be typed" = Layer::Dialog(Dialog::Confirm(ConfirmDialog {
        plan: Plan { confirm_level: ConfirmLevel::Type(_), .. },
        ..
    })),
    "confirm: later" = Layer::Dialog(Dialog::Confirm(ConfirmDialog {
        due: Some(_),
        plan: Plan { confirm_level: ConfirmLevel::Yes, .. },
        ..
    })),
    "confirm: being read" = Layer::Dialog(Dialog::Confirm(ConfirmDialog {
        preflight: PreflightState::Reading,
        plan: Plan { confirm_level: ConfirmLevel::Yes, .. },
        ..
    })),
    "confirm: read too late" = Layer::Dialog(Dialog::Confirm(ConfirmDialog {
        preflight: PreflightState::Late,
        plan: Plan { confirm_level: ConfirmLevel::Yes, .. },
        ..
    })),
    "confirm" = Layer::Dialog(Dialog::Confirm(ConfirmDialog {
        preflight: PreflightState::Read(_),
        plan: Plan { confirm_level: ConfirmLevel::Yes, .. },
        ..
    })),
    "count" = Layer::Dialog(Dialog::Count(_)),
    "schedule" = Layer::Dialog(Dialog::ScheduledScaling(_)),
    "schedule an action" = Layer::Dialog(Dialog::ScheduleAction(ScheduleActionInput {
        executor: ScheduleExecutor::Console,
        ..
    })),
    "schedule by tag" = Layer::Dialog(Dialog::ScheduleAction(ScheduleActionInput {
        executor: ScheduleExecutor::Mark,
        ..
    })),
    "schedule by hours" = Layer::Dialog(Dialog::ScheduleAction(ScheduleActionInput {
        executor: ScheduleExecutor::Hours,
        ..
    })),
    "scheduled list" = Layer::Dialog(Dialog::ScheduledList(_)),
    "snooze" = Layer::Dialog(Dialog::Snooze(_)),
    "bounds" = Layer::Dialog(Dialog::AutoscalingLimits(_)),
    "model" = Layer::Dialog(Dialog::SwapModel(_)),
    "tags" = Layer::Dialog(Dialog::Tags(_)),
    "sort" = Layer::Dialog(Dialog::Pick(Picker { pick: PickerPurpose::Sort, .. })),
    "regions" = Layer::Dialog(Dialog::Pick(Picker { pick: PickerPurpose::Regions, .. })),
    "profiles" = Layer::Dialog(Dialog::Pick(Picker { pick: PickerPurpose::Profiles, .. })),
    "theme" = Layer::Dialog(Dialog::Pick(Picker { pick: PickerPurpose::Theme, .. })),
    "export" = Layer::Dialog(Dialog::Pick(Picker { pick: PickerPurpose::Export, .. })),
    "feedback" = Layer::Dialog(Dialog::Pick(Picker { pick: PickerPurpose::Feedback(_), .. })),
    "operations" = Layer::Dialog(Dialog::Operations(_)),
    "quit" = Layer::Dialog(Dialog::Quit(QuitDialog { target: QuitTarget::Program, .. })),
    "cancel" = Layer::Dialog(Dialog::Quit(QuitDialog { target: QuitTarget::Plans, .. })),
}

/// Every screen: pages and all layers.
pub(in crate::screen) fn every() -> Vec<Shot> {
    [
        dialogs::SHEETS,
        dialogs::ALIKE,
        dialogs::DIALOGS,
        dialogs::LATER,
        actions::QUESTIONS,
        actions::DEMANDS,
        actions::PLANS,
        journal::JOURNAL,
        settings::OPERATIONS,
        settings::SUSPECTS,
        guards::GUARDED,
        MONEY,
        FILTERS,
        PAGES,
    ]
    .concat()
}

/// The top confirm dialog.
fn question(app: &App) -> Option<&ConfirmDialog> {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => Some(confirm),
        _ => None,
    }
}

/// The question of an operation that takes no input, on a row that offers a sample of it.
fn sample_question(operation: Operation) -> App {
    let mut rows = fixture::estate();
    let key = rows[0].head.key.clone();
    capability(&mut rows[0], operation, operation.sample(&key.id));
    let mut app = App::new(fixture::setup(fixture::inventory(&rows), (80, 24)));
    let request = operation.complete_request().unwrap();
    propose(&mut app, &request, &[key]);
    app
}

#[test]
fn every_layer_and_operation_has_a_legible_screen() {
    let mut names = BTreeSet::new();
    let (mut seen, mut asked) = (BTreeSet::new(), BTreeSet::new());
    for (name, make) in every() {
        assert!(names.insert(name), "two pictures are called {name}");
        let mut app = make((80, 24));
        seen.extend(app.layers.last().map(kind));
        asked.extend(question(&app).map(|ask| ask.plan.operation));
        nothing_is_hidden(name, &app);
        stands_out_without_colour(name, &mut app);
        has_letters_in_sixteen_colours(name, &mut app);
        for size in [(40, 12), (60, 15), (120, 11), (140, 40)] {
            update(&mut app, Message::Resize(size.0, size.1));
            nothing_is_hidden(name, &app);
        }
    }
    let missing: Vec<_> = KINDS.iter().filter(|kind| !seen.contains(**kind)).collect();
    assert!(missing.is_empty(), "no picture shows {missing:?}");
    let is_missing = |operation: &&Operation| !asked.contains(*operation);
    let (complete, missing): (Vec<&Operation>, Vec<&Operation>) = Operation::ALL
        .iter()
        .filter(is_missing)
        .partition(|operation| operation.complete_request().is_some());
    for operation in complete {
        let mut app = sample_question(*operation);
        let name = operation.id();
        assert!(question(&app).is_some(), "{name}");
        nothing_is_hidden(name, &app);
        stands_out_without_colour(name, &mut app);
    }
    assert!(
        missing.is_empty(),
        "no picture shows the question of {missing:?}"
    );
}

/// The confirm dialog shows the answer keys and, at usual sizes, the account and the request or how
/// to scroll to it.
fn nothing_is_hidden(name: &str, app: &App) {
    sizes::well_formed(&drawn(app));
    let Some(ask) = question(app) else { return };
    let shown = text(&drawn(app));
    let answer = if ask.typed.is_some() { "> " } else { "Yes" };
    assert!(
        shown.contains(answer),
        "{name} at {:?}: no answer in sight\n{shown}",
        app.size
    );
    if app.size.0 < 80 || app.size.1 < 24 {
        return;
    }
    let request = ask.plan.targets[0].call.requests()[0]
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    let scrolls = ask.scroll > 0 || shown.contains("more below pgdn");
    assert!(
        scrolls || shown.contains(&request),
        "{name} at {:?}: no request in sight\n{shown}",
        app.size
    );
    for target in &ask.plan.targets {
        let last = &target.key.account[8..];
        assert!(
            shown.contains(last),
            "{name} at {:?}: account {last} is not in sight\n{shown}",
            app.size
        );
        assert!(
            shown.contains(&*target.key.region),
            "{name} at {:?}: region {} is not in sight\n{shown}",
            app.size,
            target.key.region
        );
    }
}

/// The positions of the cells of `text` on every line.
fn cells_of(buf: &Buffer, wanted: &str) -> Vec<(usize, usize)> {
    let columns = usize::from(buf.area.width);
    let mut out = Vec::new();
    for (y, row) in buf.content.chunks(columns).enumerate() {
        let line: Vec<&str> = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        let sought: Vec<String> = wanted.chars().map(String::from).collect();
        for x in 0..columns.saturating_sub(sought.len() - 1) {
            if line[x..]
                .iter()
                .zip(&sought)
                .all(|(cell, sign)| *cell == sign)
            {
                out.extend((x..x + sought.len()).map(|x| (x, y)));
            }
        }
    }
    out
}

/// Texts that stand out on a screen without colours.
const STANDING_OUT: &[(&str, Modifier)] = &[
    ("cannot be undone", Modifier::UNDERLINED),
    ("skipped: ", Modifier::UNDERLINED),
    ("wanted by name", Modifier::UNDERLINED),
    ("wanted by account", Modifier::UNDERLINED),
    ("nobody looked", Modifier::UNDERLINED),
    ("stop protection is on", BOLD_AND_UNDERLINED),
    ("too old: esc", BOLD_AND_UNDERLINED),
    ("typed text does not match", BOLD_AND_UNDERLINED),
];
const BOLD_AND_UNDERLINED: Modifier = Modifier::BOLD.union(Modifier::UNDERLINED);

/// The modifiers of each cell of `text`, for each of its occurrences in `buf`.
fn modifiers_of(buf: &Buffer, text: &str) -> Vec<Modifier> {
    let at = |(x, y): (usize, usize)| buf.content[y * usize::from(buf.area.width) + x].modifier;
    cells_of(buf, text).into_iter().map(at).collect()
}

fn stands_out_without_colour(name: &str, app: &mut App) {
    let coloured = text(&drawn(app));
    let before = (app.theme, app.color_support);
    let mono = crate::screen::theme::SHIPPED
        .iter()
        .position(|(name, _)| *name == "mono")
        .unwrap();
    for (theme, depth) in [
        (0, ColorSupport::None),
        (mono, ColorSupport::True),
        (mono, ColorSupport::Ansi),
    ] {
        (app.theme, app.color_support) = (theme, depth);
        let buf = drawn(app);
        let plain = |color| color == ratatui::style::Color::Reset;
        assert!(
            buf.content
                .iter()
                .all(|cell| plain(cell.fg) && plain(cell.bg)),
            "{name}: a colour in {depth:?}"
        );
        assert_eq!(text(&buf), coloured, "{name}: colours change no word");
        for (wanted, modifier) in STANDING_OUT {
            assert!(
                modifiers_of(&buf, wanted)
                    .iter()
                    .all(|found| found.contains(*modifier)),
                "{name}, {depth:?}: `{wanted}` does not stand out"
            );
        }
        if let Some(ask) = question(app) {
            question_stands_out(name, &buf, ask);
        }
    }
    (app.theme, app.color_support) = before;
}

/// The account is reversed if it is protected; the answer that Enter gives is reversed, and has a
/// sign; the other has neither.
fn question_stands_out(name: &str, buf: &Buffer, ask: &ConfirmDialog) {
    let count_reversed = |text| {
        let modifiers = modifiers_of(buf, text);
        let reversed = modifiers
            .iter()
            .filter(|found| found.contains(Modifier::REVERSED));
        (modifiers.len(), reversed.count())
    };
    if name == "confirm_protected" {
        let (title, reversed) = count_reversed("Stop llm-pretrain?");
        assert_eq!(title, reversed, "a protected account is unlike others");
    }
    if ask.typed.is_some() {
        return;
    }
    let (selected, other) = if ask.yes {
        ("▸ Yes ", "  No  ")
    } else {
        ("▸ No  ", "  Yes ")
    };
    let (cells, reversed) = count_reversed(selected);
    assert!(cells > 0 && reversed == cells, "{name}");
    let (cells, reversed) = count_reversed(other);
    assert!(cells > 0 && reversed == 0, "{name}");
}

fn has_letters_in_sixteen_colours(name: &str, app: &mut App) {
    let before = (app.theme, app.color_support);
    for (theme, (theme_name, _)) in crate::screen::theme::SHIPPED.iter().enumerate() {
        (app.theme, app.color_support) = (theme, ColorSupport::Ansi);
        let buf = drawn(app);
        let hidden = buf.content.iter().position(|cell| {
            let letter = cell.symbol().chars().any(char::is_alphanumeric);
            letter && cell.fg == cell.bg && cell.fg != ratatui::style::Color::Reset
        });
        assert_eq!(
            hidden,
            None,
            "{name} in {theme_name}: a letter in the colour of its ground\n{}",
            text(&buf)
        );
    }
    (app.theme, app.color_support) = before;
}

#[test]
fn warning_roles_differ_from_text_in_every_theme() {
    for theme in crate::screen::theme::Theme::shipped() {
        for depth in [
            ColorSupport::True,
            ColorSupport::Indexed,
            ColorSupport::Ansi,
            ColorSupport::None,
        ] {
            let styles = theme.styles(depth);
            for (danger, calm) in [
                (Role::Error, Role::Text),
                (Role::Error, Role::Dim),
                (Role::Warning, Role::Text),
                (Role::Warning, Role::Dim),
                (Role::HighCost, Role::Dim),
                (Role::Protected, Role::Emphasis),
                (Role::Cursor, Role::Dim),
            ] {
                assert_ne!(
                    styles.of(danger),
                    styles.of(calm),
                    "{theme} at {depth:?}: {danger:?} looks like {calm:?}"
                );
            }
        }
    }
}
