//! `cache-opportunity`: a model with a prompt cache whose input is hardly read from it.
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

fn judge(case: &RuleContext, limits: &Thresholds, tokens: &TokenUse) -> Result<Verdict, Reason> {
    let (fresh, cache_read) = (*require(&tokens.input)?, *require(&tokens.cache_read)?);
    let (input, cached) = match require(&tokens.rates)? {
        (input, Some(cached)) => (input.0, cached.0),
        (_, None) => return Err(Reason::new("this model has no prompt cache")),
    };
    let seen = tokens
        .dollars
        .known()
        .and_then(|dollars| dollars.observed());
    let data = seen.map_or(0.0, |seen| seen.hours);
    require_hours(RULE, data, limits.min_data_hours)?;
    let all = fresh + cache_read;
    if all <= 0.0 {
        return Ok(pass_with_note(RULE, "no input token"));
    }
    let cached_share = cache_read / all;
    if cached_share * 100.0 >= limits.max_cached_percent {
        return Ok(pass_with_note(
            RULE,
            format!(
                "{} of the input is read from the cache",
                format_share(cached_share)
            ),
        ));
    }
    let each = tokens
        .requests
        .known()
        .filter(|requests| **requests > 0.0)
        .map(|requests| all / requests);
    if let Some(each) = each.filter(|each| *each < limits.min_tokens) {
        return Ok(pass_with_note(
            RULE,
            format!(
                "{each:.0} input tokens a request are too few: caches begin at {:.0}",
                limits.min_tokens
            ),
        ));
    }
    let cacheable = limits.cacheable_percent / 100.0;
    let written = limits.write_percent / 100.0;
    let per_1k = input
        - (written * input * (1.0 + limits.write_surcharge_percent / 100.0)
            + (1.0 - written) * cached);
    let more = (all * cacheable - cache_read).max(0.0);
    let saves = UsdPerHour(more / 1000.0 * per_1k);
    if saves.monthly().0 < limits.min_usd_per_month {
        return Ok(pass_with_note(
            RULE,
            format!(
                "caching would save {:#} a month: too little",
                saves.monthly()
            ),
        ));
    }
    let window = seen.map_or(data, |seen| seen.window);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "caching would save {:#} a month: {} of its input is read from the cache, \
             {} could be; over {} ({} of data)",
            saves.monthly(),
            format_share(cached_share),
            format_share(cacheable),
            format_hours(window),
            format_hours(data)
        ),
        waste: Waste::Nothing {
            exposure: saves,
            saving: saves,
            arithmetic: format!(
                "{:.1}K more tokens/h from the cache x (${input} - {} written x ${:.6} \
                 - {} read x ${cached}) per 1K = {saves:#}",
                more / 1000.0,
                format_share(written),
                input * (1.0 + limits.write_surcharge_percent / 100.0),
                format_share(1.0 - written),
            ),
        },
        confidence: if each.is_some() && has_enough_data(data, 168.0) {
            Confidence::Medium
        } else {
            Confidence::Low
        },
        fix: None,
        remedy: "mark the part of the prompt that repeats as a cache point".to_owned(),
        evidence: vec![
            ("cache_read_share", Value::Percent(cached_share)),
            ("cacheable_share", Value::Percent(cacheable)),
            ("input_per_hour", Value::Number(all)),
            ("cache_read_per_hour", Value::Number(cache_read)),
            ("tokens_per_request", Value::opt(each, Value::Number)),
            ("input_price_per_1k", Value::Usd(Usd(input))),
            ("cache_price_per_1k", Value::Usd(Usd(cached))),
            ("data", Value::Span(data * 3600.0)),
            ("window", Value::Span(window * 3600.0)),
        ],
    }))
}
