//! A value that may be missing, with the reason. A missing value is never zero by default.

use std::{borrow::Cow, sync::Arc};

/// Why a value is unknown, as users read it: `no GPU power metric for this type`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason(pub Arc<str>);

impl Reason {
    /// Creates a reason.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::from(reason.into().as_ref()))
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
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
