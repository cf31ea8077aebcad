//! The commands of the operations: the id of an operation, with the input of its dialog as an
//! argument: `scale 2`, `autoscaling-limits 2-6`.

use super::super::super::{
    App, Command,
    actions::Action,
    dialogs::{
        AutoscalingLimitsInput, CountInput, ScheduledScalingInput, SwapModelInput,
        tag_editor::{TagChange, parse},
    },
    help,
    notices::Notice,
    state::palette::Candidate,
};
use super::super::actions;
use crate::domain::{ActionRequest, AnomalyFeedback, Input, Operation, Prompt, Record, Tags};
use crate::screen::notices;
use std::sync::Arc;

/// The operation with this name.
pub(super) fn named(word: &str) -> Option<Operation> {
    Operation::parse(word)
}

/// The syntax of its arguments.
fn args(operation: Operation) -> &'static str {
    match operation.definition().prompt {
        Prompt::None => "",
        Prompt::Count => "[COUNT]",
        Prompt::Tags => "[KEY=VALUE | -KEY ...]",
        Prompt::Limits => "[MIN-MAX]",
        Prompt::Hours => "[DAYS HOURS IN OUT]",
        Prompt::Model => "[MODEL]",
        Prompt::Feedback => "[yes | no | planned]",
    }
}

/// Plans the operation on the marked rows, or on the row under the cursor. Without input it asks
/// for it, as its key does.
pub(super) fn run(app: &mut App, operation: Operation, text: &str) -> Result<Vec<Command>, Notice> {
    if text.is_empty() {
        return Ok(actions::operation(app, operation));
    }
    if args(operation).is_empty() {
        return Err(Notice::TakesNoArgument {
            word: operation.to_string(),
        });
    }
    let (keys, able) = actions::actionable_rows(app, operation)?;
    let ask = answered(operation, text, &able)?;
    Ok(actions::propose(app, &ask, &keys))
}

/// The request with the input in `text`, if the dialog of `operation` would take it.
fn answered(
    operation: Operation,
    text: &str,
    able: &[Arc<Record>],
) -> Result<ActionRequest, Notice> {
    let none = || Notice::NothingAsked { operation };
    let invalid = |error| Notice::InputInvalid { error };
    let input = match operation.definition().prompt {
        Prompt::None => Input::None,
        Prompt::Count => {
            let mut ask = CountInput::new(operation, able).ok_or_else(none)?;
            ask.field.set(text);
            Input::Count(ask.count().map_err(invalid)?)
        }
        Prompt::Limits => {
            let mut ask = AutoscalingLimitsInput::new(operation, able).ok_or_else(none)?;
            ask.field.set(text);
            let (min, max) = ask.limits().map_err(invalid)?;
            Input::Limits { min, max }
        }
        Prompt::Hours => {
            let mut ask = ScheduledScalingInput::new(operation, able).ok_or_else(none)?;
            ask.field.set(text);
            Input::Hours(ask.schedule().map_err(invalid)?)
        }
        Prompt::Model => {
            let mut ask = SwapModelInput::new(operation, able).ok_or_else(none)?;
            ask.field.set(text);
            Input::Model(ask.model().map_err(invalid)?)
        }
        Prompt::Feedback => AnomalyFeedback::parse(text)
            .map(Input::Feedback)
            .ok_or_else(|| Notice::UnknownWord {
                word: text.to_owned(),
                known: notices::FEEDBACK_WORDS,
            })?,
        Prompt::Tags => tags(text)?,
    };
    Ok(operation.request(input))
}

/// `owner=ana !cost-centre=ml -team`: tags to fill in, to set and to remove.
fn tags(text: &str) -> Result<Input, Notice> {
    let (mut fill, mut set, mut remove) = (Tags::new(), Tags::new(), Vec::new());
    for word in text.split_whitespace() {
        match parse(word).map_err(|error| Notice::InputInvalid { error })? {
            (key, TagChange::Fill(value)) => {
                fill.insert(key, value);
            }
            (key, TagChange::Set(value)) => {
                set.insert(key, value);
            }
            (key, _) => remove.push(key),
        }
    }
    Ok(Input::Tags { fill, set, remove })
}

/// The lines the palette offers for all operations, with their keys.
pub(super) fn candidates(app: &App) -> impl Iterator<Item = Candidate> {
    let targets = actions::targets(app);
    Operation::ALL.iter().flat_map(move |operation| {
        let action = Action::Operation(*operation);
        let line = |text: String, doc: String, keys: String| Candidate {
            text,
            doc,
            keys,
            hits: Vec::new(),
        };
        let whole = line(
            operation.id().to_owned(),
            format!("{} {}", args(*operation), action.doc())
                .trim()
                .to_owned(),
            help::keys_of(&app.keymap, &action),
        );
        let answers: Vec<_> = answers(*operation, &targets)
            .into_iter()
            .map(|(answer, doc)| line(format!("{operation} {answer}"), doc, String::new()))
            .collect();
        std::iter::once(whole).chain(answers)
    })
}

/// The possible answers and their meaning.
fn answers(operation: Operation, targets: &[Arc<Record>]) -> Vec<(String, String)> {
    match operation.definition().prompt {
        Prompt::Feedback => {
            let word = |one: AnomalyFeedback| {
                one.id()
                    .to_lowercase()
                    .split('_')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            };
            AnomalyFeedback::ALL
                .into_iter()
                .map(|one| (word(one), format!("{} (asks first)", one.doc())))
                .collect()
        }
        Prompt::Model => {
            let known = SwapModelInput::new(operation, targets)
                .map(|ask| ask.known)
                .unwrap_or_default();
            known
                .into_iter()
                .map(|model| {
                    (
                        model.to_string(),
                        format!("{} (asks first)", operation.doc()),
                    )
                })
                .collect()
        }
        _ => Vec::new(),
    }
}
