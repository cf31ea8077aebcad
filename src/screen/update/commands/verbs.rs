//! The commands of the verbs: every verb of the one list is a command by its word, and may carry
//! its answer: `scale 2`, `bounds 2-6`.
//!
//! What is said here is what the dialog of the verb would take, no more.

use super::super::super::{
    App, Command,
    actions::Action,
    dialogs::{
        AutoscalingLimitsInput, CountInput, ScheduledScalingInput, SwapModelInput,
        tag_editor::{TagChange, parse},
    },
    help,
    state::palette::Candidate,
};
use super::super::actions;
use crate::domain::{ActionRequest, Feedback, Record, Tags, Verb};
use std::sync::Arc;

/// The verb that is called so.
pub fn named(word: &str) -> Option<Verb> {
    Verb::ALL.iter().copied().find(|verb| verb.id() == word)
}

/// What may stand after its word.
fn args(verb: Verb) -> &'static str {
    match verb {
        Verb::Stop | Verb::Start | Verb::Reboot | Verb::Terminate | Verb::Delete => "",
        Verb::Scale => "[COUNT]",
        Verb::Tag => "[KEY=VALUE | -KEY ...]",
        Verb::Bounds => "[FEWEST-MOST]",
        Verb::Schedule => "[DAYS HOURS IN OUT]",
        Verb::SwapModel => "[MODEL]",
        Verb::Feedback => "[yes | no | planned]",
    }
}

/// The verb on the marked rows, or on the row under the cursor. Without an answer it asks as its
/// key does.
pub fn run(app: &mut App, verb: Verb, text: &str) -> Result<Vec<Command>, String> {
    if text.is_empty() {
        return Ok(actions::verb(app, verb));
    }
    if args(verb).is_empty() {
        return Err(format!("`{verb}` takes nothing after it: mark rows first"));
    }
    let (keys, able) = actions::able(app, verb).map_err(|(_, why)| why)?;
    let ask = answered(verb, text, &able)?;
    Ok(actions::propose(app, &ask, &keys))
}

/// What `text` answers, if the dialog of `verb` would take it.
fn answered(verb: Verb, text: &str, able: &[Arc<Record>]) -> Result<ActionRequest, String> {
    let none = || format!("`{verb}` has nothing to ask here");
    match verb {
        Verb::Stop => Ok(ActionRequest::Stop),
        Verb::Start => Ok(ActionRequest::Start),
        Verb::Reboot => Ok(ActionRequest::Reboot),
        Verb::Terminate => Ok(ActionRequest::Terminate),
        Verb::Delete => Ok(ActionRequest::Delete),
        Verb::Scale => {
            let mut ask = CountInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.count().map(ActionRequest::Scale)
        }
        Verb::Bounds => {
            let mut ask = AutoscalingLimitsInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.bounds()
                .map(|(least, most)| ActionRequest::Bounds { least, most })
        }
        Verb::Schedule => {
            let mut ask = ScheduledScalingInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.schedule().map(ActionRequest::Schedule)
        }
        Verb::SwapModel => {
            let mut ask = SwapModelInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.model().map(ActionRequest::SwapModel)
        }
        Verb::Feedback => Feedback::parse(text)
            .map(ActionRequest::Feedback)
            .ok_or_else(|| format!("`{text}`: yes, no or planned")),
        Verb::Tag => tags(text),
    }
}

/// `cost-centre=ml -team`: what is set and what is taken away.
fn tags(text: &str) -> Result<ActionRequest, String> {
    let (mut set, mut remove) = (Tags::new(), Vec::new());
    for word in text.split_whitespace() {
        match parse(word)? {
            (key, TagChange::Set(value)) => {
                set.insert(key, value);
            }
            (key, _) => remove.push(key),
        }
    }
    Ok(ActionRequest::Tag { set, remove })
}

/// The lines the palette offers for all verbs, with their keys.
pub fn candidates(app: &App) -> impl Iterator<Item = Candidate> {
    let targets = actions::targets(app);
    Verb::ALL.iter().flat_map(move |verb| {
        let action = Action::Verb(*verb);
        let line = |text: String, doc: String, keys: String| Candidate {
            text,
            doc,
            keys,
            hits: Vec::new(),
        };
        let whole = line(
            verb.id().to_owned(),
            format!("{} {}", args(*verb), action.doc())
                .trim()
                .to_owned(),
            help::keys_of(&app.keymap, &action),
        );
        let answers: Vec<_> = answers(*verb, &targets)
            .into_iter()
            .map(|(answer, doc)| line(format!("{verb} {answer}"), doc, String::new()))
            .collect();
        std::iter::once(whole).chain(answers)
    })
}

/// Answers to choose from, with what each means.
fn answers(verb: Verb, targets: &[Arc<Record>]) -> Vec<(String, String)> {
    match verb {
        Verb::Feedback => {
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
        Verb::SwapModel => {
            let known = SwapModelInput::new(targets)
                .map(|ask| ask.known)
                .unwrap_or_default();
            known
                .into_iter()
                .map(|model| (model.to_string(), format!("{} (asks first)", verb.doc())))
                .collect()
        }
        _ => Vec::new(),
    }
}
