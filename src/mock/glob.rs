//! Wildcards of EC2's filters and of the mock's faults.

use crate::domain::Glob;

/// Whether `text` matches `pattern`: `*` any characters, `?` one, `\` takes the next literally.
pub fn matches(pattern: &str, text: &str) -> bool {
    Glob::with_escapes(pattern).matches(text)
}
