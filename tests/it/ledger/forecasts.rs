//! The forecasts of the lines of the bill, beside the header's.

use super::Books;
use spendtop::domain::{Record, ResourceKind, Value};
use std::{collections::BTreeMap, sync::Arc};

/// The lines of the Spend pane that contradict the header, as text.
pub(super) fn contradictions(name: &str, books: &Books) -> Vec<String> {
    let now = books.now();
    let month = books.inventory.month_forecast(now);
    let Some(end) = month.month_end.known().map(|end| end.mean.0) else {
        let lines = books.inventory.rows("spend");
        let lines = lines.filter(|row| row.head.key.kind == ResourceKind::COST_LINE);
        let forecast = |row: &Arc<Record>| crate::panes::cell("spend", row, "forecast", now);
        return lines
            .filter(|row| forecast(row).is_known())
            .map(|row| format!("{name} {}: {:?}", row.head.key.id, forecast(row)))
            .collect();
    };
    let mut wrong = Vec::new();
    let mut groups: BTreeMap<&str, f64> = BTreeMap::new();
    for row in books.inventory.rows("spend") {
        let id = &row.head.key.id;
        let cell = |field| match crate::panes::cell("spend", row, field, now) {
            Value::Usd(usd) => usd.0,
            other => panic!("{id} {field}: {other:?}"),
        };
        let known = [ResourceKind::COST_LINE, ResourceKind::BUDGET];
        if !known.contains(&row.head.key.kind) {
            continue;
        }
        let (so_far, end) = (cell("month"), cell("forecast"));
        if end < so_far - 0.01 {
            wrong.push(format!("{name} {id}: {so_far} so far, {end} at the end"));
        }
        if let Some((group, _)) = id.split_once('/')
            && row.head.key.kind == ResourceKind::COST_LINE
        {
            *groups.entry(group).or_default() += end;
        }
    }
    for whole in ["service", "usage-type"] {
        let sum = groups.get(whole).copied().unwrap_or_default();
        println!("{name} {whole}: {sum:.2} of {end:.2}");
        if (sum - end).abs() > (end * 1e-4).max(0.05) {
            wrong.push(format!(
                "{name}: {whole} adds up to {sum}, the header has {end}"
            ));
        }
    }
    for (group, sum) in groups {
        if sum > end + (end * 1e-4).max(0.05) {
            wrong.push(format!(
                "{name}: {group} adds up to {sum}, the header has {end}"
            ));
        }
    }
    wrong
}
