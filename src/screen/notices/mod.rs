//! Every sentence a person reads in the console, grouped by where it appears.
//!
//! ```text
//! toasts.rs          Notice: what happened, as a short message or an error in the palette
//! fault_remedies.rs  what to do about a failure, by its cause
//! reasons.rs         why the console refuses or postpones something
//! page.rs            header, tabs, footer, titles of tiles, the chart
//! empty.rs           why a table is empty, and what to do
//! dialogs.rs         dialogs with an input, lists, quit
//! input_errors.rs    errors in typed input
//! confirm.rs         the confirm dialog
//! details.rs         the panels about one row or one group of findings
//! sheets.rs          the other panels: contributors, forecast, journal, activity, errors, palette
//! notes.rs           what to know of the numbers although nothing failed
//! ```
//!
//! A view places these texts and gives them roles; it holds single words at most. Texts that belong
//! to a table elsewhere stay in that table: the help of an action (`screen::actions`) and of a
//! command (`screen::update::commands`), the texts of an operation (`domain::action::ops`), the
//! message of a rule (`rules`), a preflight warning (`domain::action::warning::words`).
//!
//! A sentence has a subject and a verb, in the present or past tense: what happened, then what to
//! do. A toast has at most 12 words, names and numbers aside.

pub mod confirm;
pub mod details;
pub mod dialogs;
pub mod empty;
pub mod fault_remedies;
pub mod input_errors;
pub mod notes;
pub mod page;
pub mod reasons;
pub mod sheets;
#[cfg(test)]
mod tests;
mod toasts;
#[cfg(test)]
mod wording_tests;

pub use toasts::{Notice, Tone};

/// Valid arguments of a command.
pub const FEEDBACK_WORDS: &str = "yes, no or planned";
/// Valid arguments of a command.
pub const ON_OR_OFF: &str = "on or off";
/// Valid arguments of a command.
pub const ASC_OR_DESC: &str = "asc or desc";
/// Valid arguments of a command.
pub const FORMATS: &str = "csv, json or markdown";

/// `1 row`, `3 rows`: `count` and the form of the word that fits it.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How many more names there are.
pub fn and_more(count: usize) -> String {
    format!("and {count} more")
}

/// `web`, or `web and 2 more`: the first of `count` names.
fn name_and_more(name: &str, count: usize) -> String {
    match count.saturating_sub(1) {
        0 => name.to_owned(),
        more => format!("{name} and {more} more"),
    }
}
