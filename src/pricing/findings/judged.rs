//! The row under judgement, and the words and checks that rules share.
//!
//! Must not know any rule.

use super::{Confidence, Finding, Verdict};
use crate::domain::{Head, Reading, Stamp, Value, Verb, Why, series::Observed, time::seconds_between};

/// A row, as of a moment.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub head: &'a Head,
    pub now: Stamp,
}

/// A finding in the making.
pub struct Found {
    pub rule: &'static str,
    pub sentence: String,
    pub waste: Waste,
    pub confidence: Confidence,
    pub fix: Option<Verb>,
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
}

impl Case<'_> {
    /// Hours since the row started; `None` when that is not known.
    pub fn age_hours(&self) -> Option<f64> {
        self.head.since.map(|since| seconds_between(since, self.now) / 3600.0)
    }

    /// The verb if the row offers it.
    pub fn offered(&self, verb: Verb) -> Option<Verb> {
        self.head.offer(verb).known().map(|_| verb)
    }

    /// The finding; unknown where the row has no price.
    pub fn found(&self, found: Found) -> Verdict {
        let Found { rule, sentence, waste, confidence, fix, evidence } = found;
        let crate::domain::Burn::Priced { unit, quantity, .. } = self.head.burn else {
            let why = self.head.burn.value();
            let why = if let Value::Unknown(why) = why { why } else { Why::new("not billed") };
            return Verdict::Unknown { rule, why: Why::new(format!("{sentence}; unpriced: {why}")) };
        };
        let burn = unit * quantity;
        let (waste, arithmetic) = match waste {
            Waste::Whole => (burn, format!("{quantity} x {unit:#} = {burn:#}, all of it")),
            Waste::Units(surplus) => {
                let waste = unit * f64::from(surplus).min(quantity);
                (waste, format!("{surplus} of {quantity} x {unit:#} = {waste:#}"))
            }
            Waste::Share(share) => {
                let waste = burn * share.clamp(0.0, 1.0);
                (waste, format!("{quantity} x {unit:#} x {:.0} % unused = {waste:#}", share * 100.0))
            }
        };
        let arithmetic = format!("{arithmetic}; x 730 h = {:#} a month", waste.monthly());
        let key = self.head.key.clone();
        let name = self.head.name.clone();
        Verdict::Finding(Box::new(Finding { rule, key, name, sentence, waste, exposure: waste, confidence, fix, evidence, arithmetic }))
    }
}

/// Hours of data that count as `needed`: a sample may miss at either end of the window, so 95 % of them are enough.
pub fn enough(hours: f64, needed: f64) -> bool {
    hours >= needed * 0.95
}

/// The verdict, or that the rule cannot say.
pub fn verdict(rule: &'static str, judged: Result<Verdict, Why>) -> Verdict {
    judged.unwrap_or_else(|why| Verdict::Unknown { rule, why })
}

/// The reading, or why it is unknown.
pub fn known<T>(reading: &Reading<T>) -> Result<&T, Why> {
    match reading {
        Reading::Known(value) => Ok(value),
        Reading::Unknown(why) => Err(why.clone()),
    }
}

/// There are at least `needed` hours of data, or why they do not do.
pub fn over(rule: &'static str, hours: f64, needed: f64) -> Result<(), Why> {
    if enough(hours, needed) {
        return Ok(());
    }
    Err(Why::new(format!("only {} of data, {rule} needs {}", self::hours(hours), self::hours(needed))))
}

/// `61 h`, `1.5 h`: whole hours from ten on, as in the columns.
pub fn hours(hours: f64) -> String {
    if hours < 9.95 && (hours - hours.round()).abs() > 0.05 { format!("{hours:.1} h") } else { format!("{:.0} h", (hours + 0.05).floor()) }
}

/// `3 %`, `0.4 %`.
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.95 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// The amount of data behind `seen`, as evidence.
pub fn amount(seen: &Observed) -> [(&'static str, Value); 2] {
    [("data", Value::Span(seen.hours * 3600.0)), ("window", Value::Span(seen.window * 3600.0))]
}
