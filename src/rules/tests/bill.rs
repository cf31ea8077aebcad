//! Rules on bill lines, budgets and tokens.

use super::*;
use crate::domain::{
    Usd,
    evidence::{BudgetCrossing, TokenUse},
    money::costs::Forecast,
};

/// A row without state and burn.
fn still(evidence: Evidence) -> CommonFields {
    let mut head = head("", 0, 0.0, evidence);
    head.state = State::new(Phase::Still, "");
    head.compute = None;
    head.burn = HourlyCost::Nothing(Reason::new("a line of the bill"));
    head
}

fn line(days: Vec<f64>) -> CommonFields {
    still(Evidence::Spend {
        days: Measured::Known(series(86_400, days)),
    })
}

fn days(before: f64, count: usize, last: f64) -> Vec<f64> {
    let mut days = vec![before; count];
    days.push(last);
    days
}

#[test]
fn daily_spike_reports_a_day_far_above_the_mean() {
    let found = finding_of(&line(days(1000.0, 28, 2140.0)), "daily-spike");
    assert_eq!(
        found.message,
        "$2,140 on Sun 22 Nov: 214 % of the mean day, $1,000 (28 days of data)"
    );
    assert_eq!(
        (found.waste, found.confidence, found.fix),
        (UsdPerHour::ZERO, Confidence::High, None)
    );
    assert_dollars(found.exposure, 1140.0 / 24.0);
    assert_eq!(
        found.arithmetic,
        "($2,140.00 - $1,000.00) / 24 h = $47.50/h more; x 730 h = $34,675.00 a month"
    );
    // Only 28 days count, and ten are enough.
    let mut old = vec![1e6; 9];
    old.extend(days(1000.0, 28, 2140.0));
    assert_dollars(
        finding_of(&line(old), "daily-spike").exposure,
        1140.0 / 24.0,
    );
    assert!(
        finding_of(&line(days(1000.0, 10, 2140.0)), "daily-spike")
            .message
            .contains("(10 days of data)")
    );
    // A line with a cost once a week is compared with such days.
    let weekly = (0..29).map(|day| if day % 7 == 0 { 500.0 } else { 0.0 });
    assert_eq!(
        unknown_reason(&line(weekly.collect()), "daily-spike"),
        "only 4 days with a cost before it, daily-spike needs 10"
    );
    let every_other = (0..29).map(|day| if day % 2 == 0 { 500.0 } else { 0.0 });
    assert_eq!(pass_note(&line(every_other.collect()), "daily-spike"), "");
    for (before, last) in [(1000.0, 1500.0), (1.0, 50.9), (1000.0, 10.0)] {
        assert_eq!(
            pass_note(&line(days(before, 28, last)), "daily-spike"),
            "",
            "{before} {last}"
        );
    }
    assert_eq!(
        unknown_reason(&line(days(1000.0, 9, 9000.0)), "daily-spike"),
        "only 9 days with a cost before it, daily-spike needs 10"
    );
    assert_eq!(
        unknown_reason(
            &still(Evidence::Spend {
                days: Measured::unknown("denied")
            }),
            "daily-spike"
        ),
        "denied"
    );
    assert_eq!(
        unknown_reason(&line(Vec::new()), "daily-spike"),
        "no closed day"
    );
}

#[test]
fn weekly_growth_reports_a_week_far_above_the_last() {
    let weeks = |before: f64, last: f64| [vec![before; 7], vec![last; 7]].concat();
    let found = finding_of(&line(weeks(1000.0, 1630.0)), "weekly-growth");
    assert_eq!(
        found.message,
        "$11,410 in 7 days: 63 % more than the $7,000 of the 7 before (14 days of data)"
    );
    assert_dollars(found.exposure, 4410.0 / 168.0);
    assert_eq!(
        found.arithmetic,
        "($11,410.00 - $7,000.00) / 168 h = $26.25/h more; x 730 h = $19,162.50 a month"
    );
    assert_eq!(
        (found.waste, found.confidence),
        (UsdPerHour::ZERO, Confidence::Medium)
    );
    assert_eq!(
        pass_note(&line(weeks(0.0, 100.0)), "weekly-growth"),
        "$700 in 7 days, and nothing before: new"
    );
    for (before, last) in [(1000.0, 1500.0), (1.0, 15.0), (1000.0, 1.0)] {
        assert_eq!(
            pass_note(&line(weeks(before, last)), "weekly-growth"),
            "",
            "{before} {last}"
        );
    }
    assert_eq!(
        unknown_reason(&line(vec![1000.0; 13]), "weekly-growth"),
        "only 13 days of data, weekly-growth needs 14 in a row"
    );
}

fn budget(
    limit: f64,
    spent: f64,
    crossing: Measured<Option<BudgetCrossing>>,
    month_end: f64,
) -> CommonFields {
    let month_end = Forecast {
        mean: Usd(month_end),
        low: Usd(month_end * 0.9),
        high: Usd(month_end * 1.1),
        level: 0.8,
        source: "own burn".into(),
    };
    still(Evidence::Budget {
        limit: Usd(limit),
        spent: Usd(spent),
        crossing,
        month_end: Measured::Known(month_end),
    })
}

fn crossing(hours: f64, latest: Option<f64>) -> Measured<Option<BudgetCrossing>> {
    Measured::Known(Some(BudgetCrossing {
        at: ago(-hours),
        earliest: ago(-hours + 48.0),
        latest: latest.map(|hours| ago(-hours)),
    }))
}

#[test]
fn budget_breach_reports_the_crossing_day() {
    let found = finding_of(
        &budget(50_000.0, 41_000.0, crossing(72.0, Some(120.0)), 57_300.0),
        "budget-breach",
    );
    assert_eq!(
        found.message,
        "exceeded in 3 days, on Thu 26 Nov (Tue 24 Nov to Sat 28 Nov): $41,000 of $50,000 spent, \
         $57,300 foreseen at month end"
    );
    assert_dollars(found.exposure, 7300.0 / 730.0);
    assert_eq!(
        found.arithmetic,
        "($57,300.00 foreseen - $50,000.00) / 730 h = $10.00/h over the budget; x 730 h = \
         $7,300.00 a month"
    );
    assert_eq!(
        (found.waste, found.confidence, found.fix),
        (UsdPerHour::ZERO, Confidence::High, None)
    );
    assert_eq!(
        finding_of(
            &budget(50_000.0, 41_000.0, crossing(72.0, None), 57_300.0),
            "budget-breach"
        )
        .confidence,
        Confidence::Medium
    );
}

#[test]
fn a_budget_that_is_passed() {
    let passed = finding_of(
        &budget(50_000.0, 52_000.0, Measured::unknown("not asked"), 40_000.0),
        "budget-breach",
    );
    assert_eq!(
        passed.message,
        "exceeded: $52,000 of $50,000 spent (104 %), $40,000 foreseen at month end"
    );
    assert_dollars(passed.exposure, 2000.0 / 730.0);
}

#[test]
fn a_budget_that_is_not_passed_soon() {
    assert_eq!(
        pass_note(
            &budget(50_000.0, 1000.0, Measured::Known(None), 40_000.0),
            "budget-breach"
        ),
        "not exceeded this month, $40,000 foreseen at month end"
    );
    assert_eq!(
        pass_note(
            &budget(50_000.0, 1000.0, crossing(15.0 * 24.0, None), 60_000.0),
            "budget-breach"
        ),
        "exceeded in 15 days, on Tue 08 Dec"
    );
    assert_eq!(
        unknown_reason(
            &budget(
                50_000.0,
                1000.0,
                Measured::unknown("no closed day yet"),
                1.0
            ),
            "budget-breach"
        ),
        "no closed day yet"
    );
}

/// On-demand tokens of a model with hourly costs `dollars`.
fn tokens(dollars: Vec<f64>, change: impl FnOnce(&mut TokenUse)) -> CommonFields {
    let mut tokens = TokenUse {
        dollars: Measured::Known(series(3600, dollars)),
        input: Measured::Known(1_000_000.0),
        cache_read: Measured::Known(0.0),
        output: Measured::Known(200_000.0),
        requests: Measured::Known(500.0),
        rates: Measured::Known((Usd(0.003), Some(Usd(0.0003)))),
        unit: Measured::Known((UsdPerHour(20.0), "1 month".into())),
    };
    change(&mut tokens);
    still(Evidence::Tokens(Box::new(tokens)))
}

#[test]
fn throughput_pays_off_reports_units_that_save() {
    // $80 at night, $120 by day; a unit of $20 serves 20 / 0.65 = $30.77: two are full at the
    // median of $80.
    let hours = || {
        (0..168)
            .map(|hour| if hour % 24 < 13 { 80.0 } else { 120.0 })
            .collect::<Vec<_>>()
    };
    let found = finding_of(&tokens(hours(), |_| ()), "throughput-pays-off");
    assert_eq!(
        found.message,
        "2 provisioned units (1 month) would save $22/h: p50 $80/h on demand over 168 h (168 h \
         of data); look at 90 days before committing"
    );
    assert_dollars(found.exposure, 2.0 * 20.0 / 0.65 - 40.0);
    assert_eq!(
        (found.waste, found.saving, found.confidence),
        (UsdPerHour::ZERO, found.exposure, Confidence::Medium)
    );
    assert_eq!(
        found.arithmetic,
        "tokens of $61.54/h on demand - 2 x $20.00/h = $21.54/h; x 730 h = $15,723.08 a month"
    );
    assert_eq!(
        found.recommendation,
        "buy 2 for the p50 floor and leave the peaks on demand: $21.54/h, $15,723.08 a month at \
         list"
    );
    assert_eq!(
        finding_of(&tokens(vec![80.0; 2160], |_| ()), "throughput-pays-off").confidence,
        Confidence::High
    );
    assert_eq!(
        pass_note(&tokens(vec![19.0; 168], |_| ()), "throughput-pays-off"),
        "its p50 hour costs $19.00/h on demand, one unit $20.00/h (1 month)"
    );
    // Half of the hours above the price, half far below: nothing saved.
    let peaks = (0..168)
        .map(|hour| if hour % 2 == 0 { 1.0 } else { 21.0 })
        .chain([21.0, 21.0])
        .collect();
    assert!(pass_note(&tokens(peaks, |_| ()), "throughput-pays-off").contains("too little"));
    assert_eq!(
        unknown_reason(&tokens(vec![80.0; 100], |_| ()), "throughput-pays-off"),
        "only 100 h of data, throughput-pays-off needs 168 h"
    );
    assert_eq!(
        unknown_reason(
            &tokens(hours(), |tokens| tokens.unit =
                Measured::unknown("no unit price")),
            "throughput-pays-off"
        ),
        "no unit price"
    );
}

#[test]
fn cache_opportunity_reports_uncached_prompts() {
    let found = finding_of(&tokens(vec![6.0; 168], |_| ()), "cache-opportunity");
    assert_eq!(
        found.message,
        "caching would save $1,375.32 a month: 0 % of its input is read from the cache, 80 % \
         could be; over 168 h (168 h of data)"
    );
    // 800K tokens an hour: nine tenths read at a tenth of the price, one tenth written at 125 % of
    // it.
    assert_dollars(
        found.saving,
        800.0 * (0.003 - 0.1 * 0.003 * 1.25 - 0.9 * 0.0003),
    );
    assert_eq!(
        (found.waste, found.exposure, found.confidence),
        (UsdPerHour::ZERO, found.saving, Confidence::Medium)
    );
    // Input that is read from the cache already does not count.
    let some = finding_of(
        &tokens(vec![6.0; 168], |tokens| {
            tokens.cache_read = Measured::Known(111_111.0);
        }),
        "cache-opportunity",
    );
    assert_dollars(some.saving, (1_111.111 * 0.8 - 111.111) * 0.002_355);
}

#[test]
fn prompts_that_a_cache_would_not_make_cheaper() {
    for (change, note) in [
        (
            Box::new(|tokens: &mut TokenUse| tokens.cache_read = Measured::Known(250_000.0))
                as Box<dyn FnOnce(&mut TokenUse)>,
            "20 % of the input is read from the cache",
        ),
        (
            Box::new(|tokens: &mut TokenUse| tokens.requests = Measured::Known(2000.0)),
            "500 input tokens a request are too few: caches begin at 1024",
        ),
        (
            Box::new(|tokens: &mut TokenUse| tokens.input = Measured::Known(0.0)),
            "no input token",
        ),
        (
            Box::new(|tokens: &mut TokenUse| {
                tokens.rates = Measured::Known((Usd(0.00003), Some(Usd(0.000_003))));
            }),
            "caching would save $13.75 a month: too little",
        ),
    ] {
        assert_eq!(
            pass_note(&tokens(vec![6.0; 168], change), "cache-opportunity"),
            note
        );
    }
    assert_eq!(
        verdict_of(
            &tokens(vec![6.0; 168], |tokens| tokens.rates =
                Measured::Known((Usd(0.003), None))),
            "cache-opportunity"
        ),
        None
    );
    assert_eq!(
        unknown_reason(&tokens(vec![6.0; 5], |_| ()), "cache-opportunity"),
        "only 5 h of data, cache-opportunity needs 24 h"
    );
    assert_eq!(
        unknown_reason(
            &tokens(vec![6.0; 168], |tokens| tokens.rates =
                Measured::unknown("no rate")),
            "cache-opportunity"
        ),
        "no rate"
    );
}

#[test]
fn weekly_growth_reports_tokens() {
    let hours = |last: f64| [vec![1.0; 168], vec![last; 168]].concat();
    assert_dollars(
        finding_of(&tokens(hours(3.0), |_| ()), "weekly-growth").exposure,
        2.0,
    );
    assert_eq!(pass_note(&tokens(hours(1.4), |_| ()), "weekly-growth"), "");
    assert_eq!(
        verdict_of(&tokens(vec![1.0; 168], |_| ()), "weekly-growth"),
        None
    );
}
