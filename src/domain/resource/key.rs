//! Identity: which resource, in which account and region. Cursor, marks, plans and journal hold a
//! `ResourceKey`, never an index.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// How many kinds are learnt from files.
const MOST_NAMES: usize = 1_000;

/// The sort of resource, as the journal and `ls` print it: `ec2-instance`, `endpoint-variant`.
/// Declared by the pane that lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKind(pub &'static str);

impl ResourceKind {
    /// The kind called `name`, as a file tells it. A name that is told again costs nothing; of a
    /// thousandth one nobody heard before, only that it is unheard of.
    pub fn named(name: &str) -> Self {
        static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Self(known);
        }
        if names.len() >= MOST_NAMES {
            return Self("unheard-of");
        }
        let kept: &'static str = Box::leak(name.into());
        names.insert(kept);
        Self(kept)
    }
}

impl Serialize for ResourceKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ResourceKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|name| Self::named(&name))
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Where something is: the profile that reaches it, the account it belongs to, the region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The named profile, empty for the environment's own credentials.
    pub profile: Arc<str>,
    /// Twelve digits, or `-` while STS has not answered.
    pub account: Arc<str>,
    /// A region code.
    pub region: Arc<str>,
}

/// One resource, for as long as it lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey {
    /// Twelve digits, or `-` while STS has not answered.
    pub account: Arc<str>,
    /// A region code.
    pub region: Arc<str>,
    /// The sort of resource.
    pub kind: ResourceKind,
    /// The service's own identifier, unique within account, region and kind: `i-0ab...`,
    /// `rec-endpoint/AllTraffic`.
    pub id: Arc<str>,
}

impl ResourceKey {
    /// The key of `id` at `place`.
    pub fn new(place: &Location, kind: ResourceKind, id: impl Into<Arc<str>>) -> Self {
        Self {
            account: place.account.clone(),
            region: place.region.clone(),
            kind,
            id: id.into(),
        }
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}/{}",
            self.account, self.region, self.kind, self.id
        )
    }
}
