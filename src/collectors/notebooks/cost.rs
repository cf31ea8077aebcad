//! The cost of a notebook instance or Studio app, now and before it stopped.

use super::item::{NOTEBOOK, NotebookItem};
use crate::{
    collectors::Context,
    domain::{CostGap, CostHistory, HourlyCost, Measured, Phase, Prepaid, Reason},
    pricing::{self, Component, Quote},
};

/// The price of its instance; unknown for an app on the `system` instance, which is free.
fn quote(cx: &Context, item: &NotebookItem) -> Measured<Quote> {
    match &item.ty {
        _ if item.is_canvas() => cx.prices.canvas_session(cx.region()),
        None => Measured::unknown("system apps are free"),
        Some(ty) if item.kind == NOTEBOOK => {
            cx.prices.sagemaker(ty, Component::Notebook, cx.region())
        }
        Some(ty) => cx.prices.sagemaker(ty, Component::Studio, cx.region()),
    }
}

/// The cost before it stopped. For a notebook instance SageMaker reports when it stopped, or began
/// to, but not when it was started; for an app both, with its last health check as the end.
pub(super) fn past_runs(cx: &Context, item: &NotebookItem) -> CostHistory {
    let quote = quote(cx, item);
    let quote = quote.known().filter(|_| item.plan.is_none());
    let (Some(quote), Some(changed)) = (quote, item.changed) else {
        return CostHistory::default();
    };
    let has_stopped = matches!(&*item.state.name, "Stopped" | "Stopping" | "Deleting");
    match (item.state.phase, item.since) {
        (Phase::Gone, Some(created)) => CostHistory::once(created, changed, quote.unit),
        _ if item.kind == NOTEBOOK && has_stopped => CostHistory {
            gap: Some(CostGap {
                until: changed,
                why: Reason::new("SageMaker does not say when a stopped notebook was started"),
                rate: Some(quote.unit),
            }),
            ..CostHistory::default()
        },
        _ => CostHistory::default(),
    }
}

/// Its capacity, while a training plan pays for it.
pub(super) fn prepaid(item: &NotebookItem) -> Option<Box<Prepaid>> {
    let is_up = matches!(item.state.phase, Phase::Running | Phase::Changing);
    let plan = item.plan.clone().filter(|_| is_up)?;
    Some(Box::new(Prepaid::on(plan, 1, item.since)))
}

/// Its cost now, at list price.
pub(super) fn burn(cx: &Context, item: &NotebookItem) -> HourlyCost {
    let nothing = |why: String| HourlyCost::Nothing(Reason::new(why));
    let is_up = matches!(item.state.phase, Phase::Running | Phase::Changing);
    match item.state.name.as_ref() {
        _ if !item.is_billed_while_running() => nothing("system apps are free".to_owned()),
        "Pending" | "Updating" => nothing("not in service yet: not billed".to_owned()),
        state if !is_up => nothing(format!("{state}: compute is not billed")),
        _ if item.plan.is_some() => nothing("prepaid by a training plan".to_owned()),
        _ => pricing::burn(&quote(cx, item), 1.0),
    }
}
