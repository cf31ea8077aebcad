//! The commands of the operations: every operation of the one list is a command by its word, and may carry
//! its answer: `scale 2`, `autoscaling-limits 2-6`.
//!
//! What is said here is what the dialog of the operation would take, no more.

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
use crate::domain::{ActionRequest, Feedback, Operation, Record, Tags};
use std::sync::Arc;

/// The operation that is called so.
pub fn named(word: &str) -> Option<Operation> {
    Operation::ALL
        .iter()
        .copied()
        .find(|operation| operation.id() == word)
}

/// What may stand after its word.
fn args(operation: Operation) -> &'static str {
    match operation {
        Operation::Stop
        | Operation::Start
        | Operation::Reboot
        | Operation::Terminate
        | Operation::Delete => "",
        Operation::Scale => "[COUNT]",
        Operation::Tag => "[KEY=VALUE | -KEY ...]",
        Operation::AutoscalingLimits => "[FEWEST-MOST]",
        Operation::ScheduledScaling => "[DAYS HOURS IN OUT]",
        Operation::SwapModel => "[MODEL]",
        Operation::Feedback => "[yes | no | planned]",
    }
}

/// The operation on the marked rows, or on the row under the cursor. Without an answer it asks as its
/// key does.
pub fn run(app: &mut App, operation: Operation, text: &str) -> Result<Vec<Command>, Notice> {
    if text.is_empty() {
        return Ok(actions::operation(app, operation));
    }
    if args(operation).is_empty() {
        return Err(Notice::TakesNoArgument {
            word: operation.to_string(),
        });
    }
    let (keys, able) = actions::able(app, operation)?;
    let ask = answered(operation, text, &able)?;
    Ok(actions::propose(app, &ask, &keys))
}

/// What `text` answers, if the dialog of `operation` would take it.
fn answered(
    operation: Operation,
    text: &str,
    able: &[Arc<Record>],
) -> Result<ActionRequest, Notice> {
    let none = || Notice::NothingAsked { operation };
    let invalid = |error| Notice::InputInvalid { error };
    match operation {
        Operation::Stop => Ok(ActionRequest::Stop),
        Operation::Start => Ok(ActionRequest::Start),
        Operation::Reboot => Ok(ActionRequest::Reboot),
        Operation::Terminate => Ok(ActionRequest::Terminate),
        Operation::Delete => Ok(ActionRequest::Delete),
        Operation::Scale => {
            let mut ask = CountInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.count().map(ActionRequest::Scale).map_err(invalid)
        }
        Operation::AutoscalingLimits => {
            let mut ask = AutoscalingLimitsInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.bounds()
                .map(|(least, most)| ActionRequest::Bounds { least, most })
                .map_err(invalid)
        }
        Operation::ScheduledScaling => {
            let mut ask = ScheduledScalingInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.schedule().map(ActionRequest::Schedule).map_err(invalid)
        }
        Operation::SwapModel => {
            let mut ask = SwapModelInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.model().map(ActionRequest::SwapModel).map_err(invalid)
        }
        Operation::Feedback => Feedback::parse(text)
            .map(ActionRequest::Feedback)
            .ok_or_else(|| Notice::UnknownWord {
                word: text.to_owned(),
                known: "yes, no or planned",
            }),
        Operation::Tag => tags(text),
    }
}

/// `cost-centre=ml -team`: what is set and what is taken away.
fn tags(text: &str) -> Result<ActionRequest, Notice> {
    let (mut set, mut remove) = (Tags::new(), Vec::new());
    for word in text.split_whitespace() {
        match parse(word).map_err(|error| Notice::InputInvalid { error })? {
            (key, TagChange::Set(value)) => {
                set.insert(key, value);
            }
            (key, _) => remove.push(key),
        }
    }
    Ok(ActionRequest::Tag { set, remove })
}

/// The lines the palette offers for all operations, with their keys.
pub fn candidates(app: &App) -> impl Iterator<Item = Candidate> {
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

/// Answers to choose from, with what each means.
fn answers(operation: Operation, targets: &[Arc<Record>]) -> Vec<(String, String)> {
    match operation {
        Operation::Feedback => {
            let word = |one: Feedback| {
                one.id()
                    .to_lowercase()
                    .split('_')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            };
            Feedback::ALL
                .into_iter()
                .map(|one| (word(one), format!("{} (asks first)", one.doc())))
                .collect()
        }
        Operation::SwapModel => {
            let known = SwapModelInput::new(targets)
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
