//! `cache-opportunity`: prompts that are paid in full each time, of a model that has a prompt
//! cache.
//!
//! It assumes that `cacheable_percent` of the input repeats, and that `write_percent` of that must
//! be written again at `write_surcharge_percent` over the input price; what is read from the cache
//! already is taken off. Because these are assumptions, it calls nothing waste.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, enough, fine, hours, known, over, share, verdict},
};
use crate::domain::{Evidence, Reason, Usd, UsdPerHour, Value, evidence::TokenUse};

const RULE: &str = "cache-opportunity";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of the input read from the cache under which there is something to win, in percent.
    pub below_percent: f64,
    /// Share of the input that could be read from the cache, in percent.
    pub cacheable_percent: f64,
    /// Share of what could be cached that has to be written, in percent.
    pub write_percent: f64,
    /// What a written token costs over the input price, in percent: 25 for five minutes.
    pub write_surcharge_percent: f64,
    /// Input tokens of a request under which a prompt is too short for the cache.
    pub least_tokens: f64,
    /// Hours of data it needs.
    pub hours: f64,
    /// Dollars a month worth the trouble.
    pub least_usd_per_month: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            below_percent: 20.0,
            cacheable_percent: 80.0,
            write_percent: 10.0,
            write_surcharge_percent: 25.0,
            least_tokens: 1024.0,
            hours: 24.0,
            least_usd_per_month: 25.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Tokens(tokens) = &case.head.evidence else {
        return None;
    };
    // A model without a prompt cache has nothing to be judged on.
    if matches!(tokens.rates.known(), Some((_, None))) {
        return None;
    }
    Some(verdict(RULE, judge(case, limits, tokens)))
}

fn judge(case: &RuleContext, limits: &Thresholds, tokens: &TokenUse) -> Result<Verdict, Reason> {
    let (fresh, read) = (*known(&tokens.input)?, *known(&tokens.cache_read)?);
    let (input, cached) = match known(&tokens.rates)? {
        (input, Some(cached)) => (input.0, cached.0),
        (_, None) => return Err(Reason::new("this model has no prompt cache")),
    };
    let seen = tokens
        .dollars
        .known()
        .and_then(|dollars| dollars.observed());
    let data = seen.map_or(0.0, |seen| seen.hours);
    over(RULE, data, limits.hours)?;
    let all = fresh + read;
    if all <= 0.0 {
        return Ok(fine(RULE, "no input token"));
    }
    let now = read / all;
    if now * 100.0 >= limits.below_percent {
        return Ok(fine(
            RULE,
            format!("{} of the input is read from the cache", share(now)),
        ));
    }
    let each = tokens
        .requests
        .known()
        .filter(|requests| **requests > 0.0)
        .map(|requests| all / requests);
    if let Some(each) = each.filter(|each| *each < limits.least_tokens) {
        return Ok(fine(
            RULE,
            format!(
                "{each:.0} input tokens a request are too few: caches begin at {:.0}",
                limits.least_tokens
            ),
        ));
    }
    let cacheable = limits.cacheable_percent / 100.0;
    let written = limits.write_percent / 100.0;
    let per_1k = input
        - (written * input * (1.0 + limits.write_surcharge_percent / 100.0)
            + (1.0 - written) * cached);
    let more = (all * cacheable - read).max(0.0);
    let saves = UsdPerHour(more / 1000.0 * per_1k);
    if saves.monthly().0 < limits.least_usd_per_month {
        return Ok(fine(
            RULE,
            format!(
                "caching would save {:#} a month: too little",
                saves.monthly()
            ),
        ));
    }
    let window = seen.map_or(data, |seen| seen.window);
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "caching would save {:#} a month: {} of its input is read from the cache, {} could be; over {} ({} of data)",
            saves.monthly(),
            share(now),
            share(cacheable),
            hours(window),
            hours(data)
        ),
        waste: Waste::Nothing {
            exposure: saves,
            saving: saves,
            arithmetic: format!(
                "{:.1}K more tokens/h from the cache x (${input} - {} written x ${:.6} - {} read x ${cached}) per 1K = {saves:#}",
                more / 1000.0,
                share(written),
                input * (1.0 + limits.write_surcharge_percent / 100.0),
                share(1.0 - written),
            ),
        },
        confidence: if each.is_some() && enough(data, 168.0) { Confidence::Medium } else { Confidence::Low },
        fix: None,
        remedy: "mark the part of the prompt that repeats as a cache point".to_owned(),
        evidence: vec![
            ("cache_read_share", Value::Percent(now)),
            ("cacheable_share", Value::Percent(cacheable)),
            ("input_per_hour", Value::Number(all)),
            ("cache_read_per_hour", Value::Number(read)),
            ("tokens_per_request", Value::opt(each, Value::Number)),
            ("input_price_per_1k", Value::Usd(Usd(input))),
            ("cache_price_per_1k", Value::Usd(Usd(cached))),
            ("data", Value::Span(data * 3600.0)),
            ("window", Value::Span(window * 3600.0)),
        ],
    }))
}
