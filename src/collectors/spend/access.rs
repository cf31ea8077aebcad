//! What an account has switched on in Cost Explorer, as far as the answers about its bill tell.

use super::{SpendPane, billing_data::BillingData, cost_lines};
use crate::{
    aws::{Clock, Session, api},
    collectors::{Context, Pane, SpendSettings, shared::part::Part},
    domain::{Fault, Timestamp},
    pricing::Prices,
};
use std::sync::Arc;

/// Access to the bill of an account.
#[derive(Clone, Debug)]
pub struct BillingAccess {
    /// When Cost Explorer was asked last.
    pub asked: Timestamp,
    /// Why there is no bill.
    pub bill: Result<(), Fault>,
    /// Why there are no costs by the hour: the payer has to switch them on.
    pub hours: Result<(), Fault>,
    /// Whether the bill has values of a tag, by tag key: without an activation it has none.
    pub tags: Vec<(String, Result<bool, Fault>)>,
}

impl BillingAccess {
    /// By the stored answers; sends nothing. `None`: none are stored.
    pub fn stored(session: &Session, clock: &Clock, settings: &SpendSettings) -> Option<Self> {
        let cx = context(session, clock, settings);
        let mut pane = SpendPane::default();
        pane.read_stored(&cx);
        (pane.known.lines.asked > 0).then(|| Self::of(&pane.known, settings))
    }

    /// Sends the requests that are due: at most ten pages of $0.01 each.
    pub async fn ask(session: &Session, clock: &Clock, settings: &SpendSettings) -> Self {
        let cx = context(session, clock, settings);
        let mut pane = SpendPane::default();
        Box::pin(api::restrict(SpendPane::NEEDS, pane.refresh(&cx))).await;
        Self::of(&pane.known, settings)
    }

    fn of(known: &BillingData, settings: &SpendSettings) -> Self {
        let has_values = |key: &String| {
            let part = known.tag(key)?;
            let values = answer(part);
            let values = values.map(|slices| !cost_lines::is_without_values(key, slices));
            Some((key.clone(), values))
        };
        Self {
            asked: known.at(),
            bill: answer(&known.lines).map(drop),
            hours: answer(&known.hours).map(drop),
            tags: settings.showback.iter().filter_map(has_values).collect(),
        }
    }
}

fn context(session: &Session, clock: &Clock, settings: &SpendSettings) -> Context {
    let context = Context::new(session, Prices::embedded(), clock, &[]);
    context.spending(&Arc::new(settings.clone()))
}

fn answer<T>(part: &Part<T>) -> Result<&T, Fault> {
    let fault = |fault: &crate::collectors::shared::part::PartFault| {
        Fault::new(fault.kind, fault.operation.as_str(), fault.message.as_str())
    };
    part.answer.as_ref().map_err(fault)
}
