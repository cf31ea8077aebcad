//! Requests in the words of the palette, for tables of cases: `stop`, `scale 3`,
//! `autoscaling-limits 1-3`.

use spendtop::domain::{
    ActionRequest, AnomalyFeedback, Input, Operation, Prompt, Tags, WeeklySchedule,
};

/// The request that `text` names: the id of an operation, and its input.
#[track_caller]
pub(crate) fn request(text: &str) -> ActionRequest {
    let (id, input) = text.split_once(' ').unwrap_or((text, ""));
    let operation = Operation::parse(id).unwrap_or_else(|| panic!("no operation {id}"));
    let input = match operation.definition().prompt {
        Prompt::None => Input::None,
        Prompt::Count => Input::Count(input.parse().unwrap()),
        Prompt::Limits => {
            let (min, max) = input.split_once('-').unwrap();
            Input::Limits {
                min: min.parse().unwrap(),
                max: max.parse().unwrap(),
            }
        }
        Prompt::Hours => Input::Hours(WeeklySchedule::parse(input).unwrap()),
        Prompt::Model => Input::Model(input.into()),
        Prompt::Feedback => Input::Feedback(AnomalyFeedback::parse(input).unwrap()),
        Prompt::Tags => return tag(&[input.split_once('=').unwrap()]),
    };
    operation.request(input)
}

/// The request that sets `pairs` and removes nothing.
pub(crate) fn tag(pairs: &[(&str, &str)]) -> ActionRequest {
    Operation::Tag.request(Input::Tags {
        fill: spendtop::domain::Tags::new(),
        set: tags(pairs),
        remove: Vec::new(),
    })
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}
