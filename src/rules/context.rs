//! The input and output of a rule, with the formats and checks that rules share.

use super::{Confidence, Finding, RECURRING_RULES, UNMEASURED_RULES, Verdict};
use crate::domain::{
    CommonFields, Controller, HourlyCost, Measured, Operation, Prepaid, Reason, Replacement,
    Timestamp, Usd, UsdPerHour, Value,
    time::{series::SeriesSummary, timestamp::seconds_between},
};

/// A row and the time it is judged at.
#[derive(Clone, Copy)]
pub(super) struct RuleContext<'a> {
    pub head: &'a CommonFields,
    pub now: Timestamp,
}

/// A finding before its dollars are computed.
pub(super) struct FindingDraft {
    pub rule: &'static str,
    /// See [`Finding::message`].
    pub message: String,
    pub waste: Waste,
    pub confidence: Confidence,
    /// See [`Finding::fix`].
    pub fix: Option<Operation>,
    /// The remedy as an imperative without its saving: `stop it`.
    pub remedy: String,
    /// See [`Finding::evidence`].
    pub evidence: Vec<(&'static str, Value)>,
}

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
struct Dollars {
    waste: UsdPerHour,
    waste_estimate: Option<UsdPerHour>,
    exposure: UsdPerHour,
    saving: UsdPerHour,
    arithmetic: String,
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
    /// The same row at the time for which `rule` judges it: that of its metrics, if they could not
    /// be read again since.
    pub(super) fn of_rule(&self, rule: &str) -> Self {
        Self {
            now: as_of(self.head, rule).unwrap_or(self.now),
            ..*self
        }
    }

    /// Hours since the row started; `None` if that is unknown.
    pub(super) fn age_hours(&self) -> Option<f64> {
        self.head
            .since
            .map(|since| seconds_between(since, self.now) / 3600.0)
    }

    /// `operation` if the row can do it now.
    pub(super) fn available(&self, operation: Operation) -> Option<Operation> {
        self.head.capability(operation).known().map(|_| operation)
    }

    /// Whether the row is billed by the hour, at a known price or not.
    pub(super) fn is_billed(&self) -> bool {
        match &self.head.burn {
            HourlyCost::Priced { unit, quantity, .. } => unit.0 * quantity > 0.0,
            HourlyCost::Unpriced(_) => true,
            HourlyCost::Nothing(_) => false,
        }
    }

    /// The prepaid capacity of the row, if all of it is prepaid.
    pub(super) fn prepaid(&self) -> Option<&Prepaid> {
        let prepaid = self.head.prepaid.as_deref();
        prepaid.filter(|_| self.head.is_prepaid())
    }

    /// The list rate; `None` if the row is not billed or its price is unknown.
    pub(super) fn rate(&self) -> Option<UsdPerHour> {
        match &self.head.burn {
            HourlyCost::Priced { unit, quantity, .. } => Some(*unit * *quantity),
            HourlyCost::Nothing(_) | HourlyCost::Unpriced(_) => None,
        }
    }

    /// The finding that `draft` describes, or [`Verdict::Unknown`] if the row is not billed.
    pub(super) fn finding(&self, draft: FindingDraft) -> Verdict {
        let FindingDraft {
            rule,
            message,
            waste,
            confidence,
            fix,
            remedy,
            evidence,
        } = self.draft_of_prepaid(draft);
        let dollars = match self.dollars(waste) {
            Ok(dollars) => dollars,
            Err(why) => {
                return Verdict::Unknown {
                    rule,
                    why: Reason::new(format!("{message}; {why}")),
                };
            }
        };
        let Dollars {
            waste,
            waste_estimate,
            exposure,
            saving,
            arithmetic,
        } = dollars;
        let message = match waste_estimate {
            Some(_) if !message.contains(PRICE_UNKNOWN) => format!("{message}; {PRICE_UNKNOWN}"),
            _ => message,
        };
        let (fix, remedy) = self.lasting(fix, remedy);
        let hours_left = self
            .head
            .evidence
            .hours_left()
            .filter(|_| !RECURRING_RULES.contains(&rule));
        let about = if waste.0 > 0.0 { waste } else { exposure };
        let amount = waste_estimate.unwrap_or(about).within_month(hours_left);
        let mark = waste_estimate.map_or("", |_| "~");
        Verdict::Finding(Box::new(Finding {
            rule,
            key: self.head.key.clone(),
            name: self.head.name.clone(),
            message,
            waste,
            waste_estimate,
            exposure,
            saving,
            recommendation: format_recommendation(&remedy, saving, hours_left),
            confidence,
            fix,
            evidence,
            arithmetic: match hours_left {
                _ if amount.0 == 0.0 => arithmetic,
                Some(hours) => {
                    format!("{arithmetic}; x {hours:.0} h until it ends = {mark}{amount:#} at most")
                }
                None => format!("{arithmetic}; x 730 h = {mark}{amount:#} a month"),
            },
            hours_left,
            as_of: as_of(self.head, rule),
        }))
    }

    /// `fix` and `remedy`, or the lever of a controller that would start a replacement: `stop`
    /// saves nothing then.
    fn lasting(&self, fix: Option<Operation>, remedy: String) -> (Option<Operation>, String) {
        let ends = matches!(fix, Some(Operation::Stop | Operation::Terminate));
        let tags = self.head.tags.known().filter(|_| ends);
        match tags.and_then(Controller::find) {
            Some(controller) if controller.replacement == Replacement::Always => {
                (None, format!("keep it off with `{}`", controller.lever))
            }
            _ => (fix, remedy),
        }
    }

    /// `draft`; for a prepaid row with other work as the remedy, because a stop saves nothing.
    fn draft_of_prepaid(&self, draft: FindingDraft) -> FindingDraft {
        let Some(prepaid) = self.prepaid() else {
            return draft;
        };
        let until = prepaid.to.map_or(String::new(), |to| {
            format!(", which is paid for until {}", to.strftime("%F %H:%M UTC"))
        });
        FindingDraft {
            message: format!("{}; paid in advance", draft.message),
            fix: None,
            remedy: format!("give its capacity to other work{until}; a stop saves nothing"),
            ..draft
        }
    }

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
    fn dollars(&self, waste: Waste) -> Result<Dollars, Reason> {
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
            (Waste::Amount(waste, arithmetic), _) => {
                let waste = match self.rate() {
                    Some(rate) if rate < waste => rate,
                    _ => waste,
                };
                Ok(Dollars::wasted(waste, arithmetic))
            }
            (waste, HourlyCost::Unpriced(why)) => Ok(self.dollars_of_unpriced(&waste, why)),
            (_, HourlyCost::Nothing(why)) => Err(why.clone()),
            (waste, HourlyCost::Priced { unit, quantity, .. }) => {
                let (waste, arithmetic) = waste_of_part(&waste, *unit, *quantity);
                Ok(Dollars::wasted(waste, arithmetic))
            }
        }
    }
}

/// The text of a finding on a row without a known price.
pub(super) const PRICE_UNKNOWN: &str = "price unknown";

/// See [`Finding::as_of`].
fn as_of(head: &CommonFields, rule: &str) -> Option<Timestamp> {
    head.as_of.filter(|_| !UNMEASURED_RULES.contains(&rule))
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

/// The remedy with its saving: `stop it: $21.96/h, $16,029.08 a month at list`.
fn format_recommendation(remedy: &str, saving: UsdPerHour, hours_left: Option<f64>) -> String {
    let amount = saving.within_month(hours_left);
    match hours_left {
        _ if saving.0 <= 0.0 => remedy.to_owned(),
        Some(hours) => format!(
            "{remedy}: {saving:#}, at most {amount:#} at list until it ends in {hours:.0} h"
        ),
        None => format!("{remedy}: {saving:#}, {amount:#} a month at list"),
    }
}

/// The verdict that the rule found nothing.
pub(super) fn pass(rule: &'static str) -> Verdict {
    Verdict::Pass { rule, note: None }
}

/// The verdict that the rule found nothing, with a note on the judged values.
pub(super) fn pass_with_note(rule: &'static str, note: impl Into<String>) -> Verdict {
    Verdict::Pass {
        rule,
        note: Some(note.into()),
    }
}

/// `amount` spread evenly over `hours`.
pub(super) fn spread_over(amount: Usd, hours: f64) -> UsdPerHour {
    UsdPerHour(amount.0 / hours)
}

/// A factor as text: `2.4 x`, `11 x`.
pub(super) fn format_factor(factor: f64) -> String {
    if factor < 9.95 {
        format!("{factor:.1} x")
    } else {
        format!("{factor:.0} x")
    }
}

/// The row's instance type without SageMaker's `ml.`; empty if it has none.
pub(super) fn instance_type<'a>(case: &RuleContext<'a>) -> &'a str {
    case.head
        .compute
        .as_ref()
        .map_or("", |compute| &*compute.unit)
        .trim_start_matches("ml.")
}

/// The word for the accelerators of an instance type: `GPU` or `accelerators`.
pub(super) fn device_name(unit: &str) -> &'static str {
    if ["trn", "inf", "dl"]
        .iter()
        .any(|family| unit.starts_with(family))
    {
        "accelerators"
    } else {
        "GPU"
    }
}

/// Whether `hours` of data count as `needed`. 95 % are enough, because a sample may be missing at
/// either end of the window.
pub(super) fn has_enough_data(hours: f64, needed: f64) -> bool {
    hours >= needed * 0.95
}

/// The verdict, or [`Verdict::Unknown`] with the reason.
pub(super) fn verdict_or_unknown(rule: &'static str, judged: Result<Verdict, Reason>) -> Verdict {
    judged.unwrap_or_else(|why| Verdict::Unknown { rule, why })
}

/// The measured value, or the reason it is unknown.
pub(super) fn require<T>(reading: &Measured<T>) -> Result<&T, Reason> {
    match reading {
        Measured::Known(value) => Ok(value),
        Measured::Unknown(why) => Err(why.clone()),
    }
}

/// Succeeds if there are `needed` hours of data; else the reason, with both amounts.
pub(super) fn require_hours(rule: &'static str, hours: f64, needed: f64) -> Result<(), Reason> {
    if has_enough_data(hours, needed) {
        return Ok(());
    }
    Err(Reason::new(format!(
        "only {} of data, {rule} needs {}",
        format_hours(hours),
        format_hours(needed)
    )))
}

/// Hours as text: `61 h`, `1.5 h`; whole hours from ten on, as in the columns.
pub(super) fn format_hours(hours: f64) -> String {
    if hours < 9.95 && (hours - hours.round()).abs() > 0.05 {
        format!("{hours:.1} h")
    } else {
        format!("{:.0} h", (hours + 0.05).floor())
    }
}

/// A fraction as a percentage: `3 %`, `0.4 %`.
pub(super) fn format_share(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// The hours of data and of the window behind `seen`, as evidence.
pub(super) fn data_evidence(seen: &SeriesSummary) -> [(&'static str, Value); 2] {
    [
        ("data", Value::Span(seen.hours * 3600.0)),
        ("window", Value::Span(seen.window * 3600.0)),
    ]
}
