//! A reading that may be missing, with the reason: never zero, never "idle" by default.

use std::{borrow::Cow, sync::Arc};

/// Why something is not known, as a person should read it: "no CloudWatch agent on this instance".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason(pub Arc<str>);

impl Reason {
    /// The reason in words.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::from(reason.into().as_ref()))
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A thing known, or the reason it is not.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured<T> {
    /// Known.
    Known(T),
    /// Not known, because.
    Unknown(Reason),
}

impl<T> Measured<T> {
    /// Not known, because of `reason`.
    pub fn unknown(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Unknown(Reason::new(reason))
    }
    /// The value if known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
    /// The reason if not known.
    pub fn why(&self) -> Option<&Reason> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(why),
        }
    }
    /// Known stays known, through `change`.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Measured<U> {
        match self {
            Self::Known(value) => Measured::Known(change(value)),
            Self::Unknown(why) => Measured::Unknown(why),
        }
    }
    /// By reference.
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
