//! How a verb becomes a call on one row, or why it does not.
//!
//! Must not know what is asked for: that is [`super::Ask`].

use super::{
    Reading, Schedule,
    call::{Call, TagRoute},
    verb::Verb,
};

/// How a verb becomes a call on one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// Nothing to ask: the call is complete. It ends the row's whole burn.
    Stop(Call),
    /// A count to ask for.
    Scale {
        /// What the count counts: `instances`, `copies`.
        unit: &'static str,
        /// The fewest AWS accepts here.
        minimum: u32,
        /// What the metrics suggest.
        suggested: Option<u32>,
        /// What one unit costs per hour, if known.
        per_unit: Option<super::UsdPerHour>,
        /// The call, with any count in it.
        call: Call,
    },
    /// The call is complete, and there is no way back. It ends the row's whole burn.
    Delete(Call),
    /// Hours to ask for.
    Schedule {
        /// What the metrics suggest, or the hours of an office.
        suggested: Schedule,
        /// The fewest AWS accepts outside of the hours.
        minimum: u32,
        /// What one costs per hour, if known.
        per_unit: Option<super::UsdPerHour>,
        /// The call, with the suggestion in it, and the bounds that hold now.
        call: Call,
    },
    /// Tags to ask for.
    Tag(TagRoute),
}

/// A verb on a row: the offer, or why it is not offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// The verb.
    pub verb: Verb,
    /// The offer or the reason against it.
    pub offer: Reading<Offer>,
}
