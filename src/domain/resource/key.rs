//! Identity: which resource, in which account and region. Cursor, marks, plans and journal hold a
//! `ResourceKey`, never an index.

use super::kind::ResourceKind;
use std::{fmt, sync::Arc};

/// The account of rows that were read before STS named the account.
pub const UNKNOWN_ACCOUNT: &str = "-";

/// The place of a resource: the profile that reaches it, the account it belongs to, the region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The named profile, empty for the environment's own credentials.
    pub profile: Arc<str>,
    /// Twelve digits, or `-` while STS has not answered.
    pub account: Arc<str>,
    /// A region code.
    pub region: Arc<str>,
}

/// The identity of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey {
    /// Twelve digits, or `-` while STS has not answered.
    pub account: Arc<str>,
    /// A region code.
    pub region: Arc<str>,
    /// The kind of resource.
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
