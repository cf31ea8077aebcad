//! The dollars of a finding: of a priced, an unpriced or a prepaid row.

use super::context::RuleContext;
use crate::domain::{HourlyCost, Measured, Prepaid, Reason, UsdPerHour};

/// The text of a finding on a row without a known price.
pub(super) const PRICE_UNKNOWN: &str = "price unknown";

/// The wasted part of the hourly cost.
pub(super) enum Waste {
    /// The whole burn.
    Whole,
    /// This many of the billed units.
    Units(u32),
    /// This fraction of the burn.
    Share(f64),
    /// A rate and its arithmetic; capped at the row's own rate if it has one.
    Amount(UsdPerHour, String),
    /// All of it, where the price is not known: at least this rate.
    AtLeast(UsdPerHour),
    /// None of it; these are the values of [`Finding::exposure`], [`Finding::saving`] and
    /// [`Finding::arithmetic`].
    Nothing {
        exposure: UsdPerHour,
        saving: UsdPerHour,
        arithmetic: String,
    },
}

/// The dollars of a finding, and their arithmetic.
#[derive(Default)]
pub(super) struct Dollars {
    pub waste: UsdPerHour,
    pub waste_estimate: Option<UsdPerHour>,
    pub exposure: UsdPerHour,
    pub saving: UsdPerHour,
    pub arithmetic: String,
}

impl Dollars {
    /// Dollars of a finding where a remedy saves all of `waste`.
    fn wasted(waste: UsdPerHour, arithmetic: String) -> Self {
        Self {
            waste,
            waste_estimate: None,
            exposure: waste,
            saving: waste,
            arithmetic,
        }
    }
}

impl RuleContext<'_> {
    /// The dollars of `waste` on a prepaid row.
    fn exposure_of_prepaid(prepaid: &Prepaid, waste: Waste) -> Dollars {
        let exposed = |exposure, arithmetic| Dollars {
            exposure,
            arithmetic: format!("{arithmetic}; paid in advance"),
            ..Dollars::default()
        };
        let (unit, rate) = match (&prepaid.unit, prepaid.rate()) {
            (Measured::Known(unit), Measured::Known(rate)) => (*unit, rate),
            _ => return exposed(UsdPerHour::ZERO, PRICE_UNKNOWN.to_owned()),
        };
        match waste {
            Waste::Amount(amount, arithmetic) if amount < rate => exposed(amount, arithmetic),
            part => {
                let (exposure, arithmetic) = waste_of_part(&part, unit, rate.0 / unit.0.max(1e-9));
                exposed(exposure, arithmetic)
            }
        }
    }

    /// The dollars of `waste` on a row without a known price, for the reason `why`.
    fn dollars_of_unpriced(&self, waste: &Waste, why: &Reason) -> Dollars {
        let known = self.head.price_estimate.as_deref();
        let estimate = known.map(|known| {
            let (amount, arithmetic) = waste_of_part(waste, known.unit, known.quantity);
            (amount, format!("by {}: {arithmetic}", known.basis))
        });
        let (amount, arithmetic) = match (estimate, waste) {
            (Some((amount, by)), Waste::AtLeast(floor)) if amount > *floor => (amount, by),
            (_, Waste::AtLeast(floor)) => (*floor, format!("at least {floor:#}")),
            (_, Waste::Amount(amount, arithmetic)) => (*amount, arithmetic.clone()),
            (Some(estimate), _) => estimate,
            (None, _) => (UsdPerHour::ZERO, "nothing like it has one".to_owned()),
        };
        Dollars {
            waste_estimate: Some(amount),
            arithmetic: format!("{PRICE_UNKNOWN} ({why}); {arithmetic}"),
            ..Dollars::default()
        }
    }

    /// The dollars of `waste` on this row; the reason if it is not billed.
    pub(super) fn dollars(&self, waste: Waste) -> Result<Dollars, Reason> {
        if let Some(prepaid) = self.prepaid()
            && !matches!(waste, Waste::Nothing { .. })
        {
            return Ok(Self::exposure_of_prepaid(prepaid, waste));
        }
        match (waste, &self.head.burn) {
            (
                Waste::Nothing {
                    exposure,
                    saving,
                    arithmetic,
                },
                _,
            ) => Ok(Dollars {
                exposure,
                saving,
                arithmetic,
                ..Dollars::default()
            }),
            (waste, HourlyCost::Unpriced(why)) => Ok(self.dollars_of_unpriced(&waste, why)),
            (Waste::Amount(waste, arithmetic), _) => {
                let waste = match self.rate() {
                    Some(rate) if rate < waste => rate,
                    _ => waste,
                };
                Ok(Dollars::wasted(waste, arithmetic))
            }
            (_, HourlyCost::Nothing(why)) => Err(why.clone()),
            (waste, HourlyCost::Priced { unit, quantity, .. }) => {
                let (waste, arithmetic) = waste_of_part(&waste, *unit, *quantity);
                Ok(Dollars::wasted(waste, arithmetic))
            }
        }
    }
}

/// The wasted part of `quantity` x `unit`, and its arithmetic.
fn waste_of_part(waste: &Waste, unit: UsdPerHour, quantity: f64) -> (UsdPerHour, String) {
    let burn = unit * quantity;
    match waste {
        Waste::Units(surplus) => {
            let waste = unit * f64::from(*surplus).min(quantity);
            (
                waste,
                format!("{surplus} of {quantity} x {unit:#} = {waste:#}"),
            )
        }
        Waste::Share(share) => {
            let waste = burn * share.clamp(0.0, 1.0);
            (
                waste,
                format!(
                    "{quantity} x {unit:#} x {:.0} % unused = {waste:#}",
                    share * 100.0
                ),
            )
        }
        Waste::Whole | Waste::AtLeast(_) | Waste::Amount(..) | Waste::Nothing { .. } => {
            (burn, format!("{quantity} x {unit:#} = {burn:#}, all of it"))
        }
    }
}
