//! The commands of the verbs: every verb of the one list is a command by its word, and may carry
//! its answer: `scale 2`, `bounds 2-6`.
//!
//! What is said here is what the dialog of the verb would take, no more. Must not know how a plan
//! is carried out.

use super::super::{
    super::{
        App, Cmd,
        actions::Action,
        dialog::{
            BoundsInput, CountInput, ScheduleInput, SwapInput,
            tags::{Change, parse},
        },
        docs,
        palette::Candidate,
    },
    act,
};
use crate::domain::{Ask, Feedback, Record, Tags, Verb};
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
pub fn run(app: &mut App, verb: Verb, text: &str) -> Result<Vec<Cmd>, String> {
    if text.is_empty() {
        return Ok(act::verb(app, verb));
    }
    if args(verb).is_empty() {
        return Err(format!("`{verb}` takes nothing after it: mark rows first"));
    }
    let (keys, able) = act::able(app, verb).map_err(|(_, why)| why)?;
    let ask = answered(verb, text, &able)?;
    Ok(act::propose(app, &ask, &keys))
}

/// What `text` answers, if the dialog of `verb` would take it.
fn answered(verb: Verb, text: &str, able: &[Arc<Record>]) -> Result<Ask, String> {
    let none = || format!("`{verb}` has nothing to ask here");
    match verb {
        Verb::Stop => Ok(Ask::Stop),
        Verb::Start => Ok(Ask::Start),
        Verb::Reboot => Ok(Ask::Reboot),
        Verb::Terminate => Ok(Ask::Terminate),
        Verb::Delete => Ok(Ask::Delete),
        Verb::Scale => {
            let mut ask = CountInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.count().map(Ask::Scale)
        }
        Verb::Bounds => {
            let mut ask = BoundsInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.bounds()
                .map(|(least, most)| Ask::Bounds { least, most })
        }
        Verb::Schedule => {
            let mut ask = ScheduleInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.schedule().map(Ask::Schedule)
        }
        Verb::SwapModel => {
            let mut ask = SwapInput::new(able).ok_or_else(none)?;
            ask.field.set(text);
            ask.model().map(Ask::SwapModel)
        }
        Verb::Feedback => Feedback::parse(text)
            .map(Ask::Feedback)
            .ok_or_else(|| format!("`{text}`: yes, no or planned")),
        Verb::Tag => tags(text),
    }
}

/// `cost-centre=ml -team`: what is set and what is taken away.
fn tags(text: &str) -> Result<Ask, String> {
    let (mut set, mut remove) = (Tags::new(), Vec::new());
    for word in text.split_whitespace() {
        match parse(word)? {
            (key, Change::Set(value)) => {
                set.insert(key, value);
            }
            (key, _) => remove.push(key),
        }
    }
    Ok(Ask::Tag { set, remove })
}

/// The lines the palette offers for all verbs, with their keys.
pub fn candidates(app: &App) -> impl Iterator<Item = Candidate> {
    let targets = act::targets(app);
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
            docs::keys_of(&app.keymap, &action),
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
            let known = SwapInput::new(targets)
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
