//! A value that may be missing, with the reason. A missing value is never zero by default.

use super::Fault;
use std::{borrow::Cow, sync::Arc};

/// Why a value is unknown, as users read it: `no GPU power metric for this type`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    text: Arc<str>,
    kind: ReasonKind,
}

/// Whether an earlier value still holds while the present one is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ReasonKind {
    /// There is no such value now.
    Absent,
    /// The request failed: the value read before is the best known.
    Unread,
    /// The value was not requested yet.
    Pending,
}

impl Reason {
    /// There is no such value, because of `text`.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(ReasonKind::Absent, text)
    }

    /// The request for the value failed.
    pub fn unread(fault: &Fault) -> Self {
        let text = format!("{}: {}", fault.operation, fault.kind.word());
        Self::of(ReasonKind::Unread, text)
    }

    /// The metrics of the resource were not requested yet.
    pub fn pending() -> Self {
        Self::of(ReasonKind::Pending, "not measured yet")
    }

    fn of(kind: ReasonKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: Arc::from(text.into().as_ref()),
            kind,
        }
    }

    /// The reason in words.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a request failed: an earlier value still holds.
    pub fn is_unread(&self) -> bool {
        self.kind == ReasonKind::Unread
    }

    /// Whether the value was not requested yet.
    pub fn is_pending(&self) -> bool {
        self.kind == ReasonKind::Pending
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A value, or the reason it is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured<T> {
    /// The value.
    Known(T),
    /// Why the value is unknown.
    Unknown(Reason),
}

impl<T> Measured<T> {
    /// An unknown value with its reason.
    pub fn unknown(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Unknown(Reason::new(reason))
    }
    /// A value that could not be read.
    pub fn unread(fault: &Fault) -> Self {
        Self::Unknown(Reason::unread(fault))
    }
    /// A value that was not requested yet.
    pub fn pending() -> Self {
        Self::Unknown(Reason::pending())
    }
    /// Whether it is unknown because a request failed.
    pub fn is_unread(&self) -> bool {
        self.why().is_some_and(Reason::is_unread)
    }
    /// The value; `None` if unknown.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
    /// The reason; `None` if the value is known.
    pub fn why(&self) -> Option<&Reason> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(why),
        }
    }
    /// Applies `change` to a known value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Self::Known(value) => Measured::Known(change(value)),
            Self::Unknown(why) => Measured::Unknown(why),
        }
    }
    /// Borrows the value.
    pub fn as_ref(&self) -> Measured<&T> {
        match self {
            Self::Known(value) => Measured::Known(value),
            Self::Unknown(why) => Measured::Unknown(why.clone()),
        }
    }
    /// `Some` as known, `None` as unknown because of `reason`.
    pub fn or_why(value: Option<T>, reason: impl Into<Cow<'static, str>>) -> Self {
        value.map_or_else(|| Self::unknown(reason), Self::Known)
    }
}
