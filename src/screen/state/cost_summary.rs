//! Sums over all rows and what the bill says, kept so that a frame costs the same at any number of
//! rows.

use crate::{
    domain::{
        CostWindow, Measured, Reason, Record, ResourceKind, Timestamp, Usd,
        time::timestamp::seconds_between,
    },
    inventory::{Inventory, MonthForecast, Reconciliation},
};
use std::sync::Arc;

/// Seconds after which sums that grow with time are made anew although nothing was read.
const AGES: f64 = 30.0;

/// What is kept.
#[derive(Clone, Debug)]
pub struct CostSummary {
    made: Option<(u64, Timestamp)>,
    /// Where the month is heading.
    pub outlook: MonthForecast,
    /// What runs now has cost since the last Friday 18:00.
    pub friday: Usd,
    /// What runs now has cost since midnight.
    pub today: Usd,
    /// The own estimate beside the bill.
    pub reconciled: Vec<Reconciliation>,
    /// What is billed at a price that is not known, and why.
    pub unpriced: Vec<(Arc<Record>, Reason)>,
    /// Budgets and coverage, as the bill's pane lists them.
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
    /// Makes all of it anew if `world` has changed, or time has.
    pub fn refresh(&mut self, world: &Inventory, now: Timestamp) {
        let kept = self.made.is_some_and(|(version, at)| {
            version == world.version() && seconds_between(at, now).abs() < AGES
        });
        if kept {
            return;
        }
        self.made = Some((world.version(), now));
        self.outlook = world.outlook(now);
        self.friday = world.accrued(CostWindow::Friday, now);
        self.today = world.accrued(CostWindow::Today, now);
        self.reconciled = world.reconciliation();
        self.unpriced = world.unpriced();
        self.bill.clear();
        for pane in world.panes().iter().filter(|pane| pane.facet.is_some()) {
            self.bill.extend(
                world
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
