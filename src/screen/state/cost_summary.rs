//! Sums over all rows and figures of the bill, cached so that a frame costs the same at any number
//! of rows.

use crate::{
    domain::{
        CostWindow, Measured, Reason, Record, ResourceKind, Timestamp, Usd,
        time::timestamp::seconds_between,
    },
    inventory::{Inventory, MonthForecast, Reconciliation},
};
use std::sync::Arc;

/// Seconds after which sums that grow with time are computed again although nothing was read.
const AGES: f64 = 30.0;

/// The cached sums.
#[derive(Clone, Debug)]
pub struct CostSummary {
    made: Option<(u64, Timestamp)>,
    /// The forecast of the month.
    pub outlook: MonthForecast,
    /// The cost of what runs now since the last Friday 18:00.
    pub friday: Usd,
    /// The cost of what runs now since midnight.
    pub today: Usd,
    /// Our estimates compared with the bill.
    pub reconciled: Vec<Reconciliation>,
    /// Billed resources without a known price, with the reasons.
    pub unpriced: Vec<(Arc<Record>, Reason)>,
    /// Budgets and coverage, as the spend pane lists them.
    pub bill: Vec<Arc<Record>>,
}

impl Default for CostSummary {
    fn default() -> Self {
        let unknown = || "nothing was read yet";
        let outlook = MonthForecast {
            month_to_date: Measured::unknown(unknown()),
            month_end: Measured::unknown(unknown()),
            budget: None,
        };
        Self {
            made: None,
            outlook,
            friday: Usd::ZERO,
            today: Usd::ZERO,
            reconciled: Vec::new(),
            unpriced: Vec::new(),
            bill: Vec::new(),
        }
    }
}

impl CostSummary {
    /// Computes all of it again if `inventory` or the time has changed enough.
    pub fn refresh(&mut self, inventory: &Inventory, now: Timestamp) {
        let kept = self.made.is_some_and(|(version, at)| {
            version == inventory.version() && seconds_between(at, now).abs() < AGES
        });
        if kept {
            return;
        }
        self.made = Some((inventory.version(), now));
        self.outlook = inventory.month_forecast(now);
        self.friday = inventory.accrued(CostWindow::Friday, now);
        self.today = inventory.accrued(CostWindow::Today, now);
        self.reconciled = inventory.reconciliation();
        self.unpriced = inventory.unpriced();
        self.bill.clear();
        for pane in inventory.panes().iter().filter(|pane| pane.facet.is_some()) {
            self.bill.extend(
                inventory
                    .rows(pane.id)
                    .filter(|record| {
                        matches!(
                            record.head.key.kind,
                            ResourceKind::BUDGET | ResourceKind::COVERAGE
                        )
                    })
                    .cloned(),
            );
        }
        self.bill.sort_by(|a, b| a.head.name.cmp(&b.head.name));
    }
}
