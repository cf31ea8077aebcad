//! `cache-opportunity`: a model with a prompt cache that serves little of its input.
//!
//! The rule assumes that `cacheable_percent` of the input repeats, and that `write_percent` of that
//! is written again at `write_surcharge_percent` over the input price. Tokens already read from the
//! cache do not count. Because these are assumptions, the saving is not waste.
//!
//! Message: `caching would save $310 a month: 2 % of its input is read from the cache, 80 % could
//! be; over 24 h (24 h of data)`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_hours, format_share, has_enough_data,
        pass_with_note, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Reason, Usd, UsdPerHour, Value, evidence::TokenUse};

const RULE: &str = "cache-opportunity";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of the input read from the cache from which the cache counts as used, in percent.
    pub max_cached_percent: f64,
    /// Share of the input that could be read from the cache, in percent.
    pub cacheable_percent: f64,
    /// Share of what could be cached that has to be written, in percent.
    pub write_percent: f64,
    /// Surcharge on the input price for a token written to the cache, in percent.
    pub write_surcharge_percent: f64,
    /// Minimum input tokens of a request: shorter prompts cannot be cached.
    pub min_tokens: f64,
    /// Minimum hours of data.
    pub min_data_hours: f64,
    /// Minimum saving in dollars a month.
    pub min_usd_per_month: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            max_cached_percent: 20.0,
            cacheable_percent: 80.0,
            write_percent: 10.0,
            write_surcharge_percent: 25.0,
            min_tokens: 1024.0,
            min_data_hours: 24.0,
            min_usd_per_month: 25.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Tokens(tokens) = &case.head.evidence else {
        return None;
    };
    // The rule does not apply to a model without a prompt cache.
    if matches!(tokens.rates.known(), Some((_, None))) {
        return None;
    }
    Some(verdict_or_unknown(RULE, judge(case, limits, tokens)))
}

/// The hourly input of a model, and the part that its prompt cache could serve.
struct CacheUse {
    /// Input tokens, of which `read` come from the cache.
    all: f64,
    read: f64,
    /// Dollars per 1,000 tokens: input, and read from the cache.
    input: f64,
    cached: f64,
    /// Further tokens that could come from the cache.
    more: f64,
}

impl CacheUse {
    fn new(limits: &Thresholds, tokens: &TokenUse) -> Result<Self, Reason> {
        let (fresh, read) = (*require(&tokens.input)?, *require(&tokens.cache_read)?);
        let (input, cached) = match require(&tokens.rates)? {
            (input, Some(cached)) => (input.0, cached.0),
            (_, None) => return Err(Reason::new("this model has no prompt cache")),
        };
        let all = fresh + read;
        Ok(Self {
            all,
            read,
            input,
            cached,
            more: (all * limits.cacheable_percent / 100.0 - read).max(0.0),
        })
    }

    fn read_share(&self) -> f64 {
        self.read / self.all
    }

    /// The saving, with its arithmetic.
    fn saving(&self, limits: &Thresholds) -> (UsdPerHour, String) {
        let Self {
            input,
            cached,
            more,
            ..
        } = self;
        let written = limits.write_percent / 100.0;
        let write = input * (1.0 + limits.write_surcharge_percent / 100.0);
        let per_1k = input - (written * write + (1.0 - written) * cached);
        let saves = UsdPerHour(more / 1000.0 * per_1k);
        let arithmetic = format!(
            "{} more tokens/h from the cache x ({} - {} written x {} - {} read x {}) per 1M = \
             {saves:#}",
            Value::Number(*more).show(),
            per_1m(*input),
            format_share(written),
            per_1m(write),
            format_share(1.0 - written),
            per_1m(*cached),
        );
        (saves, arithmetic)
    }

    fn evidence(&self, limits: &Thresholds, each: Option<f64>) -> Vec<(&'static str, Value)> {
        vec![
            ("cache_read_share", Value::Percent(self.read_share())),
            (
                "cacheable_share",
                Value::Percent(limits.cacheable_percent / 100.0),
            ),
            ("input_per_hour", Value::Number(self.all)),
            ("cache_read_per_hour", Value::Number(self.read)),
            ("tokens_per_request", Value::opt(each, Value::Number)),
            ("input_price_per_1m", Value::Usd(Usd(self.input * 1000.0))),
            ("cache_price_per_1m", Value::Usd(Usd(self.cached * 1000.0))),
            ("input_price_per_1k", Value::Usd(Usd(self.input))),
            ("cache_price_per_1k", Value::Usd(Usd(self.cached))),
        ]
    }
}

fn judge(case: &RuleContext, limits: &Thresholds, tokens: &TokenUse) -> Result<Verdict, Reason> {
    let cache = CacheUse::new(limits, tokens)?;
    let summary = tokens
        .dollars
        .known()
        .and_then(|dollars| dollars.observed());
    let data = summary.map_or(0.0, |summary| summary.hours);
    require_hours(RULE, data, limits.min_data_hours)?;
    let requests = tokens.requests.known().filter(|requests| **requests > 0.0);
    let each = requests.map(|requests| cache.all / requests);
    if let Some(note) = too_little(limits, &cache, each) {
        return Ok(pass_with_note(RULE, note));
    }
    let (saves, arithmetic) = cache.saving(limits);
    if saves.monthly().0 < limits.min_usd_per_month {
        let saves = saves.monthly();
        return Ok(pass_with_note(
            RULE,
            format!("caching would save {saves:#} a month: too little"),
        ));
    }
    let window = summary.map_or(data, |summary| summary.window);
    let mut evidence = cache.evidence(limits, each);
    evidence.extend([
        ("data", Value::Span(data * 3600.0)),
        ("window", Value::Span(window * 3600.0)),
    ]);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "caching would save {:#} a month: {} of its input is read from the cache, \
             {} could be; over {} ({} of data)",
            saves.monthly(),
            format_share(cache.read_share()),
            format_share(limits.cacheable_percent / 100.0),
            format_hours(window),
            format_hours(data)
        ),
        waste: Waste::Nothing {
            exposure: saves,
            saving: saves,
            arithmetic,
        },
        confidence: if each.is_some() && has_enough_data(data, 168.0) {
            Confidence::Medium
        } else {
            Confidence::Low
        },
        fix: None,
        remedy: "mark the part of the prompt that repeats as a cache point".to_owned(),
        evidence,
    }))
}

/// Why the rule passes: no input, much of it cached already, or short requests. `each`: input
/// tokens of a request.
fn too_little(limits: &Thresholds, cache: &CacheUse, each: Option<f64>) -> Option<String> {
    if cache.all <= 0.0 {
        return Some("no input token".to_owned());
    }
    if cache.read_share() * 100.0 >= limits.max_cached_percent {
        let share = format_share(cache.read_share());
        return Some(format!("{share} of the input is read from the cache"));
    }
    let each = each.filter(|each| *each < limits.min_tokens)?;
    Some(format!(
        "{each:.0} input tokens a request are too few: caches begin at {:.0}",
        limits.min_tokens
    ))
}

/// A price of 1,000 tokens as one of a million.
fn per_1m(per_1k: f64) -> String {
    format!("{:#}", Usd(per_1k * 1000.0))
}
