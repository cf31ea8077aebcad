//! The input and output of a rule, with the formats and checks that rules share.

pub(super) use super::dollars::{PRICE_UNKNOWN, Waste};

use super::{Confidence, Finding, RECURRING_RULES, UNMEASURED_RULES, Verdict, dollars::Dollars};
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
            Some(_) => format!("{message}; {PRICE_UNKNOWN}"),
            None => message,
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
                _ => format!("{arithmetic}; {}", total(hours_left, mark, amount)),
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
}

/// See [`Finding::as_of`].
fn as_of(head: &CommonFields, rule: &str) -> Option<Timestamp> {
    head.metrics_as_of()
        .filter(|_| !UNMEASURED_RULES.contains(&rule))
}

/// The amount of a month, or until the end: `x 730 h = $16,029.08 a month`.
fn total(hours_left: Option<f64>, mark: &str, amount: Usd) -> String {
    match hours_left {
        Some(hours) => format!("x {hours:.0} h until it ends = {mark}{amount:#} at most"),
        None => format!("x 730 h = {mark}{amount:#} a month"),
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
