//! Sums over all rows and the bill, computed once a report so that a frame costs the same at any
//! number of rows.

use super::{MonthForecast, Reconciliation, Store, WindowCost};
use crate::domain::{
    CostWindow, Measured, Reason, Record, ResourceKind, Timestamp, time::timestamp::seconds_between,
};
use std::sync::Arc;

/// Seconds after which sums that grow with time are computed again although nothing was read.
const MAX_AGE: f64 = 30.0;

/// The sums of one snapshot of the store.
#[derive(Clone, Debug)]
pub struct Sums {
    /// When they were computed.
    pub at: Timestamp,
    /// The forecast of the month.
    pub month: MonthForecast,
    /// The amount spent since the last Friday 18:00.
    pub friday: WindowCost,
    /// The amount spent since midnight.
    pub today: WindowCost,
    /// The console's estimates and the bills, by service.
    pub reconciliation: Vec<Reconciliation>,
    /// Billed resources without a known price, with the reasons.
    pub unpriced: Vec<(Arc<Record>, Reason)>,
    /// Rows of budgets and of commitment coverage, by name.
    pub bill: Vec<Arc<Record>>,
}

impl Sums {
    /// The sums of a store that has read nothing.
    pub(super) fn empty() -> Self {
        let unknown = || "not read yet";
        Self {
            at: Timestamp::UNIX_EPOCH,
            month: MonthForecast {
                month_to_date: Measured::unknown(unknown()),
                month_end: Measured::unknown(unknown()),
                budget: None,
            },
            friday: WindowCost::default(),
            today: WindowCost::default(),
            reconciliation: Vec::new(),
            unpriced: Vec::new(),
            bill: Vec::new(),
        }
    }

    /// The sums of `store` at `now`.
    pub(super) fn of(store: &Store, now: Timestamp) -> Self {
        let is_bill =
            |kind: ResourceKind| matches!(kind, ResourceKind::BUDGET | ResourceKind::COVERAGE);
        let mut bill: Vec<Arc<Record>> = store
            .records()
            .filter(|record| is_bill(record.head.key.kind))
            .cloned()
            .collect();
        bill.sort_by(|a, b| a.head.name.cmp(&b.head.name));
        let ledger = store.ledger();
        let spent =
            |window: CostWindow| store.spent_by(&ledger, window.start(now).unwrap_or(now), now);
        Self {
            at: now,
            month: store.month_forecast_by(&ledger, now),
            friday: spent(CostWindow::Friday),
            today: spent(CostWindow::Today),
            reconciliation: store.reconciliation(),
            unpriced: store.unpriced(),
            bill,
        }
    }

    /// Whether the sums that grow with time are too old to show at `now`.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        seconds_between(self.at, now).abs() >= MAX_AGE
    }
}
