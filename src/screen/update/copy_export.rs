//! Copies ids and ARNs to the clipboard, and writes a view to a file.

use super::super::{
    App, Command,
    dialogs::{Dialog, Picker},
    export::{self, ExportFormat},
    notices::Notice,
    state::modal_stack::Layer,
};
use super::{actions, toast};
use crate::domain::{CommonFields, text};
use crate::screen::notices;

/// Copies the id, of marked rows one a line.
pub fn copy_id(app: &mut App) -> Vec<Command> {
    copy(app, "id", |head| Some(head.key.id.to_string()))
}

/// Copies the ARN, of marked rows one a line.
pub fn copy_arn(app: &mut App) -> Vec<Command> {
    copy(app, "ARN", |head| {
        head.arn.as_ref().map(ToString::to_string)
    })
}

fn copy(
    app: &mut App,
    what: &'static str,
    get: fn(&CommonFields) -> Option<String>,
) -> Vec<Command> {
    // Text that the user pastes into a shell must not contain control characters.
    let clean = |text: String| text.chars().filter(|c| !c.is_control()).collect::<String>();
    let lines: Vec<String> = actions::pin_targets(app)
        .iter()
        .filter_map(|record| get(&record.head))
        .map(clean)
        .collect();
    match lines.as_slice() {
        [] => toast(app, Notice::NothingToCopy { what }),
        [one] => {
            let text = text::cut(one, 60).into_owned();
            toast(app, Notice::Copied { text });
            vec![Command::Copy(one.clone())]
        }
        many => {
            let count = many.len();
            toast(app, Notice::CopiedMany { count, what });
            vec![Command::Copy(many.join("\n"))]
        }
    }
}

/// Asks for the format.
pub fn export(app: &mut App) -> Vec<Command> {
    app.layers
        .push(Layer::Dialog(Dialog::Pick(Picker::formats())));
    Vec::new()
}

/// Writes the focused table as shown: its rows, in its order, all fields.
pub fn write(app: &mut App, format: &str) -> Vec<Command> {
    let Some(format) = ExportFormat::ALL
        .iter()
        .copied()
        .find(|known| known.id() == format)
    else {
        let (word, known) = (format.to_owned(), notices::FORMATS);
        return toast(app, Notice::UnknownWord { word, known });
    };
    let Some(table) = app.focused() else {
        return Vec::new();
    };
    let name = format!(
        "spendtop-{}-{}.{}",
        table.tile.id(),
        app.now.strftime("%Y%m%dT%H%M%SZ"),
        format.ending()
    );
    vec![Command::Export {
        name,
        content: export::write(format, &table.fields, &table.rows, app.now),
    }]
}
