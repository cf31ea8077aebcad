//! The row under judgement, and the words and checks that rules share.

use super::{Confidence, Finding, Verdict};
use crate::domain::{
    CommonFields, HourlyCost, Measured, Operation, Reason, Timestamp, Usd, UsdPerHour, Value,
    time::{series::SeriesSummary, timestamp::seconds_between},
};

/// A row, as of a moment.
#[derive(Clone, Copy)]
pub struct RuleContext<'a> {
    pub head: &'a CommonFields,
    pub now: Timestamp,
}

/// A finding in the making.
pub struct FindingDraft {
    pub rule: &'static str,
    pub sentence: String,
    pub waste: Waste,
    pub confidence: Confidence,
    pub fix: Option<Operation>,
    /// What to do about it, in words: `stop it`.
    pub remedy: String,
    pub evidence: Vec<(&'static str, Value)>,
}

/// Which part of the burn is wasted.
pub enum Waste {
    /// All of it.
    Whole,
    /// So many units of those billed.
    Units(u32),
    /// This share of it.
    Share(f64),
    /// So much, worked out in words; never more than the burn of a row that has one.
    Amount(UsdPerHour, String),
    /// None of it: what it is about, what the remedy would save, and both worked out in words.
    Nothing {
        exposure: UsdPerHour,
        saving: UsdPerHour,
        arithmetic: String,
    },
}

impl RuleContext<'_> {
    /// Hours since the row started; `None` when that is not known.
    pub fn age_hours(&self) -> Option<f64> {
        self.head
            .since
            .map(|since| seconds_between(since, self.now) / 3600.0)
    }

    /// The operation if the row offers it.
    pub fn offered(&self, operation: Operation) -> Option<Operation> {
        self.head.capability(operation).known().map(|_| operation)
    }

    /// Whether it is billed, at a known price or not.
    pub fn is_billed(&self) -> bool {
        match &self.head.burn {
            HourlyCost::Priced { unit, quantity, .. } => unit.0 * quantity > 0.0,
            HourlyCost::Unpriced(_) => true,
            HourlyCost::Nothing(_) => false,
        }
    }

    /// The list rate of a row that is billed; `None` for one that is not, or whose price is not
    /// known.
    pub fn rate(&self) -> Option<UsdPerHour> {
        match &self.head.burn {
            HourlyCost::Priced { unit, quantity, .. } => Some(*unit * *quantity),
            HourlyCost::Nothing(_) | HourlyCost::Unpriced(_) => None,
        }
    }

    /// The finding; unknown where its dollars hang on a price that is not known.
    pub fn found(&self, found: FindingDraft) -> Verdict {
        let FindingDraft {
            rule,
            sentence,
            waste,
            confidence,
            fix,
            remedy,
            evidence,
        } = found;
        let sums = match (waste, &self.head.burn) {
            (
                Waste::Nothing {
                    exposure,
                    saving,
                    arithmetic,
                },
                _,
            ) => Ok((UsdPerHour::ZERO, exposure, saving, arithmetic)),
            (_, HourlyCost::Unpriced(why)) => Err(why.clone()),
            (Waste::Amount(waste, arithmetic), burn) => {
                let most = if let HourlyCost::Priced { unit, quantity, .. } = burn {
                    *unit * *quantity
                } else {
                    waste
                };
                let waste = if most < waste { most } else { waste };
                Ok((waste, waste, waste, arithmetic))
            }
            (_, HourlyCost::Nothing(why)) => Err(why.clone()),
            (waste, HourlyCost::Priced { unit, quantity, .. }) => {
                let (waste, arithmetic) = part(&waste, *unit, *quantity);
                Ok((waste, waste, waste, arithmetic))
            }
        };
        let (waste, exposure, saving, arithmetic) = match sums {
            Ok(sums) => sums,
            Err(why) => {
                return Verdict::Unknown {
                    rule,
                    why: Reason::new(format!("{sentence}; unpriced: {why}")),
                };
            }
        };
        let monthly = format!(
            "x 730 h = {:#} a month",
            if waste.0 > 0.0 {
                waste.monthly()
            } else {
                exposure.monthly()
            }
        );
        Verdict::Finding(Box::new(Finding {
            rule,
            key: self.head.key.clone(),
            name: self.head.name.clone(),
            sentence,
            waste,
            exposure,
            saving,
            saves: saves(&remedy, saving),
            confidence,
            fix,
            evidence,
            arithmetic: format!("{arithmetic}; {monthly}"),
        }))
    }
}

/// A part of `quantity` x `unit`, and how it was worked out.
fn part(waste: &Waste, unit: UsdPerHour, quantity: f64) -> (UsdPerHour, String) {
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
        Waste::Whole | Waste::Amount(..) | Waste::Nothing { .. } => {
            (burn, format!("{quantity} x {unit:#} = {burn:#}, all of it"))
        }
    }
}

/// `stop it: $21.96/h, $16,029.08 a month at list`.
fn saves(remedy: &str, saving: UsdPerHour) -> String {
    if saving.0 > 0.0 {
        format!(
            "{remedy}: {saving:#}, {:#} a month at list",
            saving.monthly()
        )
    } else {
        remedy.to_owned()
    }
}

/// Nothing wrong, with a word on why.
pub fn fine(rule: &'static str, note: impl Into<String>) -> Verdict {
    Verdict::Fine {
        rule,
        note: Some(note.into()),
    }
}

/// A rate of what is spread over `hours`.
pub fn spread(amount: Usd, hours: f64) -> UsdPerHour {
    UsdPerHour(amount.0 / hours)
}

/// `2.4 x`, `11 x`.
pub fn times(factor: f64) -> String {
    if factor < 9.95 {
        format!("{factor:.1} x")
    } else {
        format!("{factor:.0} x")
    }
}

/// An instance type as people say it: without SageMaker's `ml.`.
pub fn unit<'a>(case: &RuleContext<'a>) -> &'a str {
    case.head
        .compute
        .as_ref()
        .map_or("", |compute| &*compute.unit)
        .trim_start_matches("ml.")
}

/// What the accelerators of a type are called.
pub fn device(unit: &str) -> &'static str {
    if ["trn", "inf", "dl"]
        .iter()
        .any(|family| unit.starts_with(family))
    {
        "accelerators"
    } else {
        "GPU"
    }
}

/// Hours of data that count as `needed`: a sample may miss at either end of the window, so 95 % of
/// them are enough.
pub fn enough(hours: f64, needed: f64) -> bool {
    hours >= needed * 0.95
}

/// The verdict, or that the rule cannot say.
pub fn verdict(rule: &'static str, judged: Result<Verdict, Reason>) -> Verdict {
    judged.unwrap_or_else(|why| Verdict::Unknown { rule, why })
}

/// The reading, or why it is unknown.
pub fn known<T>(reading: &Measured<T>) -> Result<&T, Reason> {
    match reading {
        Measured::Known(value) => Ok(value),
        Measured::Unknown(why) => Err(why.clone()),
    }
}

/// There are at least `needed` hours of data, or why they do not do.
pub fn over(rule: &'static str, hours: f64, needed: f64) -> Result<(), Reason> {
    if enough(hours, needed) {
        return Ok(());
    }
    Err(Reason::new(format!(
        "only {} of data, {rule} needs {}",
        self::hours(hours),
        self::hours(needed)
    )))
}

/// `61 h`, `1.5 h`: whole hours from ten on, as in the columns.
pub fn hours(hours: f64) -> String {
    if hours < 9.95 && (hours - hours.round()).abs() > 0.05 {
        format!("{hours:.1} h")
    } else {
        format!("{:.0} h", (hours + 0.05).floor())
    }
}

/// `3 %`, `0.4 %`.
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// The amount of data behind `seen`, as evidence.
pub fn amount(seen: &SeriesSummary) -> [(&'static str, Value); 2] {
    [
        ("data", Value::Span(seen.hours * 3600.0)),
        ("window", Value::Span(seen.window * 3600.0)),
    ]
}
