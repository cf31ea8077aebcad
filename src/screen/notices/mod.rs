//! Every sentence a person reads in the console, grouped by where it appears.
//!
//! ```text
//! toasts.rs        Notice: what happened, as a short message or an error in the palette
//! reasons.rs       why the console refuses or postpones something
//! ```
//!
//! A sentence has a subject and a verb, in the present or past tense: what happened, then what to
//! do. A toast has at most 12 words, names and numbers aside.

pub mod reasons;
#[cfg(test)]
mod tests;
mod toasts;

pub use toasts::{Notice, Tone};

/// `1 row`, `3 rows`: `count` and the form of the word that fits it.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `web`, or `web and 2 more`: the first of `count` names.
fn and_more(name: &str, count: usize) -> String {
    match count.saturating_sub(1) {
        0 => name.to_owned(),
        more => format!("{name} and {more} more"),
    }
}
