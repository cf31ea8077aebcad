//! Paste, resize, Esc and Ctrl-C on every open sheet, prompt and dialog.

use super::*;
use crate::screen::{
    dialogs::QuitTarget,
    view::tests::every::{every, kind},
};
use crossterm::event::{KeyCode, KeyEvent};

/// The text in the top layer's field, if it has one.
fn typed(app: &mut App) -> Option<String> {
    app.layers
        .last_mut()?
        .field()
        .map(|field| field.text().to_owned())
}

/// The kinds of all layers, the top one last.
fn layers(app: &App) -> Vec<&'static str> {
    app.layers.iter().map(kind).collect()
}

/// The text that the top dialog asks to type.
fn wanted(app: &App) -> Option<String> {
    match app.layers.last() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm
            .plan
            .confirm_level
            .text_to_type()
            .map(|wanted| wanted.to_string()),
        _ => None,
    }
}

#[test]
fn paste_confirms_nothing_and_resize_keeps_input() {
    for (name, make) in every() {
        let mut app = make((80, 24));
        fixture::draw(&mut app);
        let open = layers(&app);
        // Resizing keeps the typed text and the top layer.
        let before = typed(&mut app);
        for (columns, rows) in [(200, 60), (20, 5), (0, 0), (40, 12), (80, 24)] {
            let commands = super::super::update(&mut app, Message::Resize(columns, rows));
            assert_eq!(
                (commands, layers(&app), typed(&mut app)),
                (vec![], open.clone(), before.clone()),
                "{name} at {columns}x{rows}"
            );
        }
        let answers = [
            "y",
            "Y\n",
            "\r",
            "\n",
            "q",
            "\u{3}",
            "\u{1b}[A\r",
            "yes\ry\r",
            "2-6\r",
        ]
        .map(str::to_owned);
        for text in answers
            .into_iter()
            .chain(wanted(&app).map(|wanted| format!("{wanted}\n")))
        {
            let commands = super::super::update(&mut app, Message::Paste(text.clone()));
            assert_eq!(
                (commands, layers(&app)),
                (vec![], open.clone()),
                "{name}: {text:?} was pasted"
            );
            fixture::draw(&mut app);
            let more = tick(&mut app, 0);
            assert!(
                !more
                    .iter()
                    .any(|command| matches!(command, Command::Run(_) | Command::Quit)),
                "{name}: {text:?} was pasted a while ago"
            );
        }
        // The pasted text is in the field, in one line.
        assert!(
            typed(&mut app).is_none_or(|text| !text.chars().any(char::is_control)),
            "{name}"
        );
    }
}

#[test]
fn pasted_name_requires_enter() {
    let (name, make) = every()
        .into_iter()
        .find(|(name, _)| *name == "demand_name")
        .unwrap();
    let mut app = make((80, 24));
    fixture::draw(&mut app);
    let text = wanted(&app).unwrap();
    assert_eq!(
        super::super::update(&mut app, Message::Paste(format!("{text}\r\n"))),
        [],
        "{name}"
    );
    fixture::draw(&mut app);
    assert_eq!(targets(ran(&press(&mut app, "enter"))), ["i-0hpo01"]);
}

#[test]
fn esc_closes_one_layer_and_ctrl_c_closes_all() {
    for (name, make) in every() {
        let mut app = make((80, 24));
        fixture::draw(&mut app);
        let theme = app.theme;
        let open = layers(&app);
        let Some(top) = app.layers.last().cloned() else {
            continue;
        };
        let esc = super::super::update(&mut app, Message::Key(KeyEvent::from(KeyCode::Esc)));
        assert_eq!(esc, [], "{name}");
        match &top {
            // Esc ends the typing of the filter first.
            Layer::Journal(sheet) if sheet.typing => {
                assert_eq!(layers(&app), ["journal"], "{name}");
            }
            _ => assert_eq!(layers(&app), open[..open.len() - 1], "{name}"),
        }
        assert!(app.theme == theme || kind(&top) == "theme", "{name}");

        app.layers.push(top.clone());
        let commands = press(&mut app, "ctrl-c");
        match top {
            // A second ctrl-c quits; in the cancel dialog it opens the quit dialog.
            Layer::Dialog(Dialog::Quit(ask)) if ask.target == QuitTarget::Program => {
                assert_eq!(commands, [Command::Quit], "{name}");
            }
            Layer::Dialog(Dialog::Quit(_)) => {
                assert_eq!((commands, layers(&app)), (vec![], vec!["quit"]), "{name}");
            }
            _ => assert_eq!((commands, app.layers.len()), (vec![], 0), "{name}"),
        }
    }
}
