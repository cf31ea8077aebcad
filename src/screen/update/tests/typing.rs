//! Filter, palette, paste, pickers, copy and export.

use super::*;

#[test]
fn filter_applies_while_typing_and_esc_reverts_it() {
    let mut app = on("gpus");
    let all = names(&app).len();
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    assert_eq!(names(&app).len(), 8, "while typing");
    press(&mut app, "esc");
    assert_eq!(names(&app).len(), all);
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter /");
    super::super::update(&mut app, Message::Paste(" burn>dear".to_owned()));
    assert_eq!(names(&app).len(), 8, "what cannot be read changes nothing");
    assert!(app.focused().unwrap().filter.error.is_some());
    assert_eq!(
        (press(&mut app, "enter"), top(&app)),
        (vec![], "filter"),
        "and is not taken"
    );
    press(&mut app, "esc");
    let table = app.focused().unwrap();
    assert_eq!(
        (
            names(&app).len(),
            table.filter.text.as_str(),
            table.filter.error.clone()
        ),
        (8, "hpo", None)
    );
}

#[test]
fn n_moves_between_matches_of_the_last_filter() {
    let mut app = on("gpus");
    press(&mut app, "n");
    assert_eq!(notice(&app), Some(&Notice::NoFilter));
    press(&mut app, "/");
    type_in(&mut app, "dev-box");
    press(&mut app, "enter esc n");
    assert_eq!(id(&app), "i-0dev1");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter");
    press(&mut app, "esc g g N");
    assert!(id(&app).starts_with("i-0hpo"));
    let place = app.focused().unwrap().cursor;
    press(&mut app, "n n N N");
    assert_eq!(app.focused().unwrap().cursor, place);
}

#[test]
fn tab_completes_fields_and_values() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo reg");
    press(&mut app, "tab");
    assert_eq!(app.focused().unwrap().filter.text, "hpo region:");
    type_in(&mut app, "us-e");
    press(&mut app, "tab");
    assert_eq!(app.focused().unwrap().filter.text, "hpo region:us-east-1");
    press(&mut app, "ctrl-u tab tab shift-tab");
    assert_eq!(app.focused().unwrap().filter.text, "name:");
}

#[test]
fn pasted_text_presses_no_key() {
    let mut app = on("gpus");
    assert_eq!(
        super::super::update(&mut app, Message::Paste("S\ny\nq\n".to_owned())),
        []
    );
    assert_eq!((top(&app), app.page), ("", Page::Full(Tile::Pane("gpus"))));
    press(&mut app, "S");
    assert_eq!(
        super::super::update(&mut app, Message::Paste("y\n\n".to_owned())),
        []
    );
    assert_eq!(top(&app), "confirm");
    press(&mut app, "esc /");
    super::super::update(&mut app, Message::Paste("hpo\u{1b}\n".to_owned()));
    assert_eq!(
        (top(&app), app.focused().unwrap().filter.text.as_str()),
        ("filter", "hpo")
    );
    press(&mut app, "esc C");
    let mut app = on("endpoints");
    press(&mut app, "C ctrl-u");
    assert_eq!(
        super::super::update(&mut app, Message::Paste("4\n".to_owned())),
        []
    );
    assert_eq!(top(&app), "count");
}

#[test]
fn palette_matches_abbreviations() {
    for (typed, page) in [
        ("gpus", "gpus"),
        ("endp", "endpoints"),
        ("thr", "throughput"),
        ("anom", "anomalies"),
        ("overview", "overview"),
    ] {
        let mut app = on("notebooks");
        press(&mut app, ":");
        type_in(&mut app, typed);
        press(&mut app, "enter");
        let is = match app.page {
            Page::Full(tile) => tile.id(),
            Page::Overview => "overview",
        };
        assert_eq!(is, page, "{typed}");
    }
}

#[test]
fn palette_commands_run() {
    for (line, check) in [
        (
            "sort age",
            (|app| {
                app.focused().unwrap().sort.field == "age" && app.focused().unwrap().sort.descending
            }) as fn(&App) -> bool,
        ),
        ("sort burn asc", |app| {
            !app.focused().unwrap().sort.descending
        }),
        ("sort name", |app| !app.focused().unwrap().sort.descending),
        ("filter state:stopped", |app| names(app) == ["old-trainer"]),
        ("gpus hpo", |app| names(app).len() == 8),
        ("filter", |app| top(app) == "filter"),
        ("theme light", |app| app.themes[app.theme].name == "light"),
        ("region us-west-2", |app| {
            names(app).len() == 3 && !app.visibility.is_all()
        }),
        ("read-only on", |app| app.read_only),
        ("waste-only", |app| app.focused().unwrap().waste_only),
        ("help", |app| top(app) == "help"),
        ("findings", |app| app.page == Page::Full(Tile::Waste)),
        ("export", |app| top(app) == "pick"),
    ] {
        let mut app = on("gpus");
        press(&mut app, ":");
        type_in(&mut app, line);
        press(&mut app, "enter");
        assert!(check(&app), "{line}: {:?}", notice(&app));
        assert_ne!(top(&app), "palette", "{line}");
    }
    let mut app = on("gpus");
    for line in ["q", "quit", "q!"] {
        assert_eq!(
            super::super::dispatch::line(&mut app, line),
            [Command::Quit],
            "{line}"
        );
    }
}

/// Invalid lines and the error of each.
fn invalid_lines() -> Vec<(&'static str, Notice)> {
    let unknown = |word: &str, known| Notice::UnknownWord {
        word: word.to_owned(),
        known,
    };
    let no_argument = |word: &str| Notice::TakesNoArgument {
        word: word.to_owned(),
    };
    let themes: Vec<String> = on("gpus").themes.iter().map(|t| t.name.clone()).collect();
    let field = Notice::UnknownField {
        name: "brn".to_owned(),
        nearest: "burn".to_owned(),
    };
    let theme = Notice::UnknownTheme {
        name: "nightly".to_owned(),
        known: themes.join(", "),
    };
    let region = Notice::UnknownLocation {
        what: "region",
        name: "mars-1".to_owned(),
        known: "us-east-1, us-west-2".to_owned(),
    };
    let unavailable = Notice::Unavailable {
        operation: Operation::Scale,
        name: "llm-pretrain".into(),
        rows: 1,
        why: Reason::new("ec2-instance has no `scale`"),
    };
    let tag = Notice::InputInvalid {
        error: "`team`: type key=value, or -key to remove a tag".to_owned(),
    };
    vec![
        ("sort brn", field),
        ("sort burn sideways", unknown("sideways", "asc or desc")),
        ("theme nightly", theme),
        ("region mars-1", region),
        ("scale many", unavailable),
        ("stop everything", no_argument("stop")),
        ("read-only maybe", unknown("maybe", "on or off")),
        ("refresh now", no_argument("refresh")),
        ("tag team", tag),
    ]
}

#[test]
fn invalid_palette_command_suggests_a_fix() {
    for (line, expected) in invalid_lines() {
        let mut app = on("gpus");
        press(&mut app, ":");
        type_in(&mut app, line);
        assert_eq!(press(&mut app, "enter"), [], "{line}");
        let Some(Layer::Palette(palette)) = app.layers.last() else {
            panic!("{line} was taken")
        };
        assert_eq!(palette.error, Some(expected), "{line}");
    }
}

#[test]
fn unknown_command_is_named() {
    let mut app = on("gpus");
    super::super::dispatch::line(&mut app, "xyzzyq");
    assert!(
        matches!(notice(&app), Some(Notice::UnknownCommand { word, .. }) if word == "xyzzyq"),
        "{:?}",
        notice(&app)
    );
}

#[test]
fn sort_field_is_picked_and_inverted() {
    let mut app = on("gpus");
    assert_eq!(app.focused().unwrap().sort.field, "burn");
    press(&mut app, "o");
    let Some(Layer::Dialog(Dialog::Pick(picker))) = app.layers.last() else {
        panic!("no list")
    };
    assert_eq!(
        &*picker.items[picker.cursor].id, "burn",
        "it starts on the present one"
    );
    let saved = press(&mut app, "home enter");
    assert!(matches!(&saved[..], [Command::Save(_)]));
    let sort = app.focused().unwrap().sort;
    assert_eq!((sort.field, sort.descending), ("name", false));
    press(&mut app, "O");
    let sort = app.focused().unwrap().sort;
    assert_eq!((sort.field, sort.descending), ("name", true));
    assert_eq!(
        app.prefs.sorts.get("gpus"),
        Some(&("name".to_owned(), true))
    );
}

#[test]
fn regions_are_picked_from_a_list() {
    let mut app = on("gpus");
    let all = names(&app).len();
    press(&mut app, "R space enter");
    assert_eq!(
        app.visibility
            .regions
            .iter()
            .map(|region| &**region)
            .collect::<Vec<_>>(),
        ["us-west-2"]
    );
    assert_eq!(names(&app).len(), 3);
    press(&mut app, "R space enter");
    assert!(app.visibility.is_all());
    assert_eq!(names(&app).len(), all);
}

#[test]
fn copied_text_has_no_control_characters() {
    let mut app = on("gpus");
    assert_eq!(press(&mut app, "y"), [Command::Copy(id(&app))]);
    let arn = app
        .focused()
        .unwrap()
        .current()
        .unwrap()
        .head
        .arn
        .clone()
        .unwrap();
    assert_eq!(press(&mut app, "Y"), [Command::Copy(arn.to_string())]);
    let first = id(&app);
    press(&mut app, "space");
    let second = id(&app);
    assert_eq!(
        press(&mut app, "space y"),
        [Command::Copy(format!("{first}\n{second}"))]
    );
    let mut app = on("anomalies");
    assert_eq!(
        (press(&mut app, "Y"), notice(&app)),
        (vec![], Some(&Notice::NothingToCopy { what: "ARN" }))
    );
}

#[test]
fn export_matches_the_visible_rows() {
    let mut app = on("endpoints");
    press(&mut app, "/");
    type_in(&mut app, "rec");
    press(&mut app, "enter");
    let commands = press(&mut app, "x enter");
    let [Command::Export { name, content }] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert_eq!(name, "spendtop-endpoints-20261123T083000Z.csv");
    let lines: Vec<&str> = content.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[0].starts_with("name,state,type,count,util,invocations,age,burn"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("rec-endpoint,InService,ml.g5.12xlarge,8,0.16,"),
        "{}",
        lines[1]
    );
    let commands = press(&mut app, "x j enter");
    let [Command::Export { content, .. }] = &commands[..] else {
        panic!("{commands:?}")
    };
    let rows: serde_json::Value = serde_json::from_str(content).unwrap();
    assert_eq!(rows[0]["burn"], 8.0 * 7.09);
    let commands = press(&mut app, "x j j enter");
    let [Command::Export { name, content }] = &commands[..] else {
        panic!("{commands:?}")
    };
    assert!(
        std::path::Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "md")
            && content.starts_with("| name | state |"),
        "{content}"
    );
}

#[test]
fn help_and_hints_come_from_the_keymap() {
    use crate::screen::{
        help,
        input::keymap::{Context, Keymap},
    };
    let rows = help::help(&Keymap::default(), &[Context::Table, Context::Global]);
    assert_eq!(rows[0].keys, "S");
    assert!(rows.iter().any(|row| row.action == "down"
        && row.context == Context::Global
        && row.keys == "j  down"));
    let table = help::key_table(&Keymap::default());
    assert!(table.contains("| `g g` `home` | `top` |"), "{table}");
    assert!(table.contains("| `S` | `operation:stop` |"));
    let app = on("gpus");
    let words: Vec<_> = help::hints(&app)
        .into_iter()
        .map(|hint| format!("{} {}", hint.key, hint.word))
        .collect();
    assert_eq!(
        words.join("  "),
        "S stop  T tag  space mark  a all operations  L schedule  e why  ⏎ open  / filter  o sort  \
         : command  ? help"
    );
}
