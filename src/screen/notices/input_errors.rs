//! Errors in the input of a dialog. They start in lower case and end without a full stop.

use crate::domain::Operation;

/// The field for a count is empty.
pub const NO_COUNT: &str = "type a number";
/// The field for limits is empty.
pub const NO_LIMITS: &str = "type minimum-maximum, for example 2-6";
/// Too many words.
pub const TOO_MANY_COUNTS: &str = "type only minimum-maximum, for example 2-6";
/// A tag cannot be written on any target.
pub const NOT_TAGGABLE: &str = "it cannot be tagged";
/// The field for a model is empty.
pub const NO_MODEL: &str = "type the ARN or the id of a custom model";
/// A character that no id has.
pub const NOT_A_MODEL: &str = "this is neither an ARN nor an id";
/// An ARN of something else.
pub const NOT_A_CUSTOM_MODEL: &str = "this is not the ARN of a custom model";
/// The tag editor has no change.
pub const NO_TAG_CHANGE: &str = "nothing to change yet: type key=value, or -key to remove a tag";
/// A tag without a key.
pub const NO_TAG_KEY: &str = "the key is missing";
/// A key with the prefix of AWS.
pub const RESERVED_TAG_KEY: &str = "AWS reserves keys that begin with aws:";

/// Less than AWS accepts.
pub fn too_few(min: u32) -> String {
    format!("AWS requires at least {min} here")
}

/// More than the limit, which catches typing errors.
pub fn too_many(max: u32) -> String {
    format!("the limit is {max}, to catch typing errors")
}

/// The value is the present one.
pub fn unchanged(value: &str) -> String {
    format!("already {value}")
}

/// All targets have the tag with another value.
pub fn tag_is_set(key: &str, value: &str) -> String {
    format!("all of them have {key}: type !{key}={value} to overwrite it")
}

/// Not digits.
pub fn not_a_number(text: &str) -> String {
    format!("`{text}` is not a whole number")
}

/// Limits in the wrong order.
pub fn min_above_max(min: u32, max: u32) -> String {
    format!("{min} is more than {max}")
}

/// Not days and hours.
pub fn not_hours(text: &str) -> String {
    format!("`{text}` is not days and hours: mon-fri 07-19")
}

/// An off-hours tag can only stop and start.
pub fn not_off_hours(operation: Operation) -> String {
    format!("an off-hours tag stops and starts: it cannot {operation}")
}

/// No target has the key.
pub fn no_such_tag(key: &str) -> String {
    format!("no target has the tag {key}")
}

/// Neither `key=value` nor `-key`.
pub fn not_a_tag(text: &str) -> String {
    format!("`{text}`: type key=value, or -key to remove a tag")
}

/// A key that is too long.
pub fn tag_key_too_long(max: usize) -> String {
    format!("AWS allows keys of at most {max} characters")
}

/// A value that is too long.
pub fn tag_value_too_long(max: usize) -> String {
    format!("AWS allows values of at most {max} characters")
}
