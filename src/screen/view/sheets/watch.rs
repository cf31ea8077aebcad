//! The cost of watching: the calls of this run by account and operation, how often metrics are
//! asked, and what a larger budget would change.

use super::details::part;
use crate::{
    domain::{ApiUse, WatchUse},
    screen::{
        App,
        notices::{self, sheets::watch as wording},
        theme::Role,
        view::{
            overlay::Overlay,
            styled_line::{StyledLine, lines},
        },
    },
};

/// Columns of an operation, of its requests, and of its dollars.
const OPERATION: usize = 50;
const REQUESTS: usize = 64;

/// The sheet.
pub fn watch(app: &App, scroll: usize, width: u16) -> Overlay {
    let head = StyledLine::of(wording::TITLE, Role::Focus);
    let mut out = Overlay::new(head.add(format!("  {}", wording::SCOPE), Role::Dim), width);
    out.scroll = scroll;
    for (account, watch) in app.inventory.store().watch() {
        if !out.lines.is_empty() {
            out.lines.push(StyledLine::new());
        }
        out.lines.extend(part(account));
        out.lines.extend(plan(watch, width));
        out.lines.extend(calls(watch));
    }
    if out.lines.is_empty() {
        out.lines
            .push(StyledLine::of(notices::sheets::watch::NONE, Role::Dim));
    }
    out
}

/// How often metrics are asked, and what that costs.
fn plan(watch: &WatchUse, width: u16) -> Vec<StyledLine> {
    let role = if watch.plan.is_limited {
        Role::Warning
    } else {
        Role::Text
    };
    let mut out = lines(&wording::plan(&watch.plan), role, 1, width);
    out.extend(lines(&wording::so_far(watch), Role::Text, 1, width));
    out
}

/// The operations, the dearest first.
fn calls(watch: &WatchUse) -> Vec<StyledLine> {
    let mut calls: Vec<&ApiUse> = watch.calls.iter().collect();
    calls.sort_by(|a, b| {
        let dearest = b.cost.0.total_cmp(&a.cost.0);
        dearest.then(b.requests.cmp(&a.requests))
    });
    let [operation, requests, cost] = wording::HEADINGS;
    let line = |texts: [String; 3], role| {
        let [operation, requests, cost] = texts;
        StyledLine::of(format!(" {operation}"), role)
            .tab(OPERATION)
            .add(requests, role)
            .tab(REQUESTS)
            .add(cost, role)
    };
    let head = line([operation, requests, cost].map(str::to_owned), Role::Dim);
    let rows = calls.iter().map(|call| {
        let texts = [
            call.operation.to_owned(),
            call.requests.to_string(),
            wording::cost(call.cost),
        ];
        line(texts, Role::Text)
    });
    std::iter::once(head).chain(rows).collect()
}
