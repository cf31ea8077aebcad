//! Which deed is taken back: the last one on a resource, or the last plan of this user.
//!
//! Must not know how it is taken back: the journal does.

use crate::{
    domain::{
        Inverse, Key, Why,
        deed::{Line, Word},
    },
    engine::journal,
};

/// What takes back the last deed on `key`, or the last plan of `user` (of anyone, if there is none).
pub fn inverse(lines: &[Line], key: Option<&Key>, user: Option<&str>) -> Result<Inverse, Why> {
    let Some(key) = key else {
        let mine: Vec<Line> = lines.iter().filter(|line| user.is_none_or(|user| *line.by == *user)).cloned().collect();
        return match (mine.is_empty(), lines.is_empty()) {
            (true, true) => Err(Why::new("nothing was done yet")),
            (true, false) => Err(Why::new("nothing was done yet by you")),
            _ => journal::inverse(&mine, None),
        };
    };
    let touched = |line: &&Line| line.key() == *key && is_effect(line.step);
    let last = lines.iter().rev().find(touched).ok_or_else(|| Why::new("nothing was done to it yet"))?;
    let mut inverse = journal::inverse(lines, Some(&last.plan))?;
    inverse.asks.retain(|(asked, _)| asked == key);
    if inverse.asks.is_empty() { Err(Why::new("the journal does not know what it was before")) } else { Ok(inverse) }
}

/// Whether something may have come of it.
fn is_effect(step: Word) -> bool {
    match step {
        Word::Accepted | Word::Settled | Word::Unsettled | Word::Unknown | Word::Recovered => true,
        Word::Intent | Word::Drifted | Word::Cancelled | Word::Refused => false,
    }
}
