//! Random keys: nothing panics, and nothing runs without an explicit yes.

use super::*;
use crate::inventory::Event;
use crate::{
    domain::{ActionStatus, StatusUpdate},
    screen::{
        actions::Action,
        input::keymap::{Chord, ChordMatch, Keymap},
        state::{Measurements, MouseTarget},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend};

#[derive(Clone, Debug)]
enum InputEvent {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    Resize(u16, u16),
    Tick(i64),
    Report(u16),
    Acted(u8),
}

const LETTERS: &str = "SCTadezgGjkq/:noOwfRPyYxJUN*! ?1236hl-=.ab0";
const OTHERS: &[KeyCode] = &[
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::F(5),
    KeyCode::Null,
];

fn any_key() -> impl Strategy<Value = KeyEvent> {
    let letters: Vec<char> = LETTERS.chars().collect();
    let code = prop_oneof![
        8 => prop::sample::select(letters).prop_map(KeyCode::Char),
        1 => any::<char>().prop_map(KeyCode::Char),
        4 => prop::sample::select(OTHERS),
    ];
    (code, prop_oneof![6 => Just(0u8), 1 => any::<u8>()])
        .prop_map(|(code, bits)| KeyEvent::new(code, KeyModifiers::from_bits_truncate(bits)))
}

fn mouse_event(column: u16, row: u16, down: bool) -> MouseEvent {
    MouseEvent {
        kind: if down {
            MouseEventKind::Down(MouseButton::Left)
        } else {
            MouseEventKind::ScrollDown
        },
        column: column % 160,
        row: row % 50,
        modifiers: KeyModifiers::NONE,
    }
}

fn any_input() -> impl Strategy<Value = InputEvent> {
    prop_oneof![
        40 => any_key().prop_map(InputEvent::Key),
        2 => (any::<u16>(), any::<u16>(), any::<bool>())
            .prop_map(|(column, row, down)| InputEvent::Mouse(mouse_event(column, row, down))),
        1 => ".{0,12}".prop_map(InputEvent::Paste),
        1 => (any::<u16>(), any::<u16>())
            .prop_map(|(columns, rows)| InputEvent::Resize(columns % 250, rows % 80)),
        1 => (0i64..400).prop_map(InputEvent::Tick),
        2 => any::<u16>().prop_map(InputEvent::Report),
        1 => any::<u8>().prop_map(InputEvent::Acted),
    ]
}

/// Whether this key confirms the top dialog.
fn confirms(app: &App, event: &KeyEvent) -> bool {
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else {
        return false;
    };
    let mut pressed = app.sequence.keys.clone();
    pressed.push(Chord::of(event));
    let action = |keys: &[Chord]| match app.keymap.find(app.contexts(), keys) {
        ChordMatch::Action(action) => Some(action),
        _ => None,
    };
    let found = action(&pressed).or_else(|| action(&[Chord::of(event)]));
    found == Some(Action::Yes) || (found == Some(Action::Accept) && confirm.yes)
}

fn message(app: &App, input: &InputEvent, seconds: &mut i64) -> Message {
    match input {
        InputEvent::Key(event) => Message::Key(*event),
        InputEvent::Mouse(event) => Message::Mouse(*event),
        InputEvent::Paste(text) => Message::Paste(text.clone()),
        InputEvent::Resize(columns, rows) => Message::Resize(*columns, *rows),
        InputEvent::Tick(more) => {
            *seconds += more / 100;
            fixture::tick(*seconds)
        }
        InputEvent::Report(mask) => {
            let rows: Vec<_> = fixture::estate()
                .into_iter()
                .enumerate()
                .filter(|(n, _)| mask & (1 << (n % 16)) != 0)
                .map(|(_, record)| record)
                .collect();
            let pane = app.inventory.panes()[usize::from(*mask) % app.inventory.panes().len()].id;
            super::super::report_message(
                app,
                fixture::report(
                    pane,
                    &fixture::place("us-east-1"),
                    &rows,
                    fixture::later(*seconds),
                ),
            )
        }
        InputEvent::Acted(n) => match app.running_plans.first_key_value() {
            Some((plan, running)) => {
                let key = running.open.first().unwrap().clone();
                let step = [
                    ActionStatus::Recorded,
                    ActionStatus::Accepted,
                    ActionStatus::Succeeded,
                    ActionStatus::Cancelled,
                ][usize::from(*n) % 4]
                    .clone();
                Message::Engine(Event::Acted(StatusUpdate {
                    plan: plan.clone(),
                    key,
                    name: "x".into(),
                    operation: running.operation,
                    at: app.now,
                    status: step,
                }))
            }
            None => Message::Notice(Notice::Refreshing),
        },
    }
}

/// Draws the screen at its current size.
fn draw(app: &mut App) {
    let mut terminal = Terminal::new(TestBackend::new(app.size.0, app.size.1)).unwrap();
    let mut measurements = Measurements::default();
    terminal
        .draw(|frame| measurements = crate::screen::view::view(app, frame))
        .unwrap();
    app.store(measurements);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_keys_run_nothing_without_a_yes(
        which in 0usize..4,
        inputs in prop::collection::vec(any_input(), 400),
    ) {
        let mut app = fixture::app((100, 30));
        let (name, _) = crate::screen::input::keymap::SHIPPED[which];
        app.keymap = Keymap::shipped(name).unwrap();
        let mut seconds = 0;
        for (at, input) in inputs.iter().enumerate() {
            let yes = matches!(input, InputEvent::Key(event) if confirms(&app, event));
            let message = message(&app, input, &mut seconds);
            let commands = super::super::update(&mut app, message);
            let runs = commands.iter().filter(|command| matches!(command, Command::Run(_))).count();
            prop_assert!(runs == 0 || (yes && runs == 1), "{input:?} ran a plan");
            for table in &app.tables {
                prop_assert!(table.cursor < table.rows.len().max(1));
            }
            prop_assert!(app.layers.len() < 400);
            if at % 8 == 0 {
                draw(&mut app);
            }
        }
    }
}

#[test]
fn click_selects_and_confirms_nothing() {
    let mut app = on("gpus");
    draw(&mut app);
    let at = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
    let spots: Vec<(u16, u16)> = at
        .filter(|(x, y)| {
            matches!(
                app.measurements.target(*x, *y),
                Some(MouseTarget::Row(_, 3))
            )
        })
        .collect();
    for (column, row) in spots.into_iter().take(1) {
        let click = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        };
        super::super::update(&mut app, Message::Mouse(click));
        assert_eq!(app.focused().unwrap().cursor, 3);
    }
    press(&mut app, "S");
    for (x, y) in (0..SIZE.1)
        .step_by(2)
        .flat_map(|y| (0..SIZE.0).step_by(3).map(move |x| (x, y)))
    {
        let click = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: x,
            row: y,
            modifiers: KeyModifiers::NONE,
        };
        assert_eq!(super::super::update(&mut app, Message::Mouse(click)), []);
    }
    assert_eq!(top(&app), "confirm");
}
