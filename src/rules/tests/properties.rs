//! What no rule may ever say, over random rows.

use super::*;
use crate::domain::{
    Tags, Usd,
    evidence::{
        AdjacentType, AdjacentTypes, BudgetCrossing, DuplicateJob, FailedAttempts, JobEvidence,
        PastRuns, TokenUse,
    },
    money::costs::Forecast,
};
use proptest::{collection::vec, option, prelude::*};

prop_compose! {
    fn any_seen()(low in 0.0f64..1.5, spread in 0.0f64..1.0, hours in 0.0f64..400.0, gap in 0.0f64..100.0) -> SeriesSummary {
        let at = |share: f64| low + spread * share;
        SeriesSummary { mean: at(0.4), p50: at(0.3), p95: at(0.9), p99: at(0.97), max: at(1.0), hours, window: hours + gap }
    }
}

fn any_reading() -> impl Strategy<Value = Measured<SeriesSummary>> {
    prop_oneof![3 => any_seen().prop_map(Measured::Known), 1 => Just(Measured::unknown("no data"))]
}

fn any_neighbours() -> impl Strategy<Value = AdjacentTypes> {
    let one = || {
        option::of(
            (0.0f64..50.0, 0.0f64..4.0).prop_map(|(rate, size)| AdjacentType {
                unit: "p3.2xlarge".into(),
                rate: UsdPerHour(rate),
                size,
            }),
        )
    };
    (one(), one()).prop_map(|(smaller, larger)| AdjacentTypes { smaller, larger })
}

fn any_past() -> impl Strategy<Value = Measured<PastRuns>> {
    prop_oneof![
        Just(Measured::unknown("not read")),
        (0u32..6, 0.0f64..1e5, 0.0f64..1e5).prop_map(|(runs, median, more)| Measured::Known(
            PastRuns {
                runs,
                longest: median + more,
                median
            }
        )),
    ]
}

/// Points of `step` seconds, some of them missing.
fn any_series(step: u32, most: usize) -> impl Strategy<Value = Measured<Arc<Series>>> {
    let points = vec(
        prop_oneof![1 => Just(None), 2 => Just(Some(0.0)), 6 => (0.0f64..500.0).prop_map(Some)],
        0..most,
    );
    let start: Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
    prop_oneof![
        1 => Just(Measured::unknown("no data")),
        5 => points.prop_map(move |points| Measured::Known(Arc::new(Series { start, step, points }))),
        2 => (0.0f64..500.0, most / 2..most).prop_map(move |(level, count)| {
            Measured::Known(Arc::new(Series { start, step, points: vec![Some(level); count] }))
        }),
    ]
}

fn any_rate() -> impl Strategy<Value = Measured<UsdPerHour>> {
    prop_oneof![
        Just(Measured::unknown("not priced")),
        (0.0f64..100.0).prop_map(|rate| Measured::Known(UsdPerHour(rate)))
    ]
}

fn any_number(most: f64) -> impl Strategy<Value = Measured<f64>> {
    prop_oneof![1 => Just(Measured::unknown("not read")), 4 => (0.0..most).prop_map(Measured::Known), 1 => Just(Measured::Known(0.0))]
}

fn any_owner() -> impl Strategy<Value = Option<Arc<str>>> {
    prop_oneof![
        Just(None),
        Just(Some("risk".into())),
        Just(Some("cards".into()))
    ]
}

fn any_job() -> impl Strategy<Value = Evidence> {
    let failures = prop_oneof![
        Just(Measured::unknown("not read")),
        (0u32..30, 0u32..100, 0u32..100, 0.0f64..1e5).prop_map(|(day, more, alike, spent)| {
            Measured::Known(FailedAttempts {
                day,
                all: day + more,
                alike: alike.min(day + more),
                reason: "OutOfMemory".into(),
                spent: Usd(spent),
                since: ago(200.0),
                next_due: Some(ago(-1.0)),
                every: None,
            })
        }),
    ];
    let twins = prop_oneof![
        Just(Measured::unknown("not read")),
        vec((any_owner(), 0.0f64..100.0, 0u8..9), 0..4).prop_map(|twins| Measured::Known(
            twins
                .into_iter()
                .map(|(owner, hours, n)| DuplicateJob {
                    name: format!("twin-{n}").into(),
                    owner,
                    created: Some(ago(hours))
                })
                .collect()
        )),
    ];
    let seen = (
        0.0f64..300.0,
        option::of(0.0f64..1e6),
        0u8..9,
        any_reading(),
        any_reading(),
    );
    (seen, any_past(), failures, twins).prop_map(
        |((hours, limit, accelerators, utilization, cpu), past, failures, twins)| {
            Evidence::Job(Box::new(JobEvidence {
                created: Some(ago(hours)),
                elapsed: hours * 3600.0,
                limit,
                accelerators: f64::from(accelerators),
                utilization,
                cpu,
                past,
                failures,
                twins,
            }))
        },
    )
}

fn any_tokens() -> impl Strategy<Value = Evidence> {
    let rates = prop_oneof![
        Just(Measured::unknown("no rate")),
        (0.0f64..0.1, option::of(0.0f64..0.1))
            .prop_map(|(input, cached)| Measured::Known((Usd(input), cached.map(Usd)))),
    ];
    let counts = (
        any_number(1e7),
        any_number(1e7),
        any_number(1e7),
        any_number(1e4),
    );
    (any_series(3600, 400), counts, rates, any_rate()).prop_map(
        |(dollars, (input, cache_read, output, requests), rates, unit)| {
            let unit = unit.map(|rate| (rate, Arc::from("1 month")));
            Evidence::Tokens(Box::new(TokenUse {
                dollars,
                input,
                cache_read,
                output,
                requests,
                rates,
                unit,
            }))
        },
    )
}

fn any_budget() -> impl Strategy<Value = Evidence> {
    let crossing = prop_oneof![
        Just(Measured::unknown("not foreseen")),
        Just(Measured::Known(None)),
        (0.0f64..800.0, option::of(0.0f64..800.0)).prop_map(|(hours, later)| Measured::Known(
            Some(BudgetCrossing {
                at: ago(-hours),
                earliest: ago(-hours / 2.0),
                latest: later.map(|later| ago(-hours - later)),
            })
        )),
    ];
    let month_end = prop_oneof![
        Just(Measured::unknown("not foreseen")),
        (0.0f64..1e6).prop_map(|mean| {
            let (low, high) = (Usd(mean * 0.9), Usd(mean * 1.1));
            Measured::Known(Forecast {
                mean: Usd(mean),
                low,
                high,
                level: 0.8,
                source: "own burn".into(),
            })
        }),
    ];
    (0.0f64..1e6, 0.0f64..1e6, crossing, month_end).prop_map(
        |(limit, spent, crossing, month_end)| Evidence::Budget {
            limit: Usd(limit),
            spent: Usd(spent),
            crossing,
            month_end,
        },
    )
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let machine = (
        any_reading(),
        any_reading(),
        0.0f64..1e6,
        any_neighbours(),
        any_past(),
    )
        .prop_map(
            |(utilization, cpu, running, neighbours, past)| Evidence::Accelerators {
                utilization,
                cpu,
                running,
                neighbours,
                past,
            },
        );
    let workspace =
        (-10.0f64..200.0, any::<bool>()).prop_map(|(hours, known)| Evidence::Workspace {
            last_activity: if known {
                Measured::Known((ago(hours), Arc::from("a sign")))
            } else {
                Measured::unknown("no sign")
            },
            is_observable: known,
            auto_stop: Measured::Known(false),
        });
    let scheduled = prop_oneof![
        Just(Measured::Known(false)),
        Just(Measured::Known(true)),
        Just(Measured::unknown("denied"))
    ];
    let replicas = (
        (0u32..20, 0u32..4),
        any_reading(),
        any_reading(),
        any_series(3600, 400),
        any_rate(),
        scheduled,
    )
        .prop_map(
            |((running, minimum), utilization, invocations, hourly, serverless, scheduled)| {
                let utilization = utilization.map(|seen| (seen, Arc::from("CPU")));
                Evidence::Replicas {
                    running,
                    minimum,
                    utilization,
                    invocations,
                    hourly,
                    serverless,
                    scheduled,
                }
            },
        );
    let ends = prop_oneof![
        Just(None),
        (-500.0f64..500.0).prop_map(|hours| Some(ago(hours)))
    ];
    prop_oneof![
        1 => Just(Evidence::None),
        3 => machine,
        2 => workspace,
        3 => replicas,
        2 => (0u32..5, any_reading(), ends).prop_map(|(units, utilization, ends)| Evidence::units(units, utilization, ends)),
        4 => any_job(),
        2 => any_tokens(),
        2 => any_series(86_400, 45).prop_map(|days| Evidence::Spend { days }),
        2 => any_budget(),
    ]
}

fn any_burn() -> impl Strategy<Value = HourlyCost> {
    prop_oneof![
        1 => Just(HourlyCost::Nothing(Reason::new("billed elsewhere"))),
        1 => Just(HourlyCost::Unpriced(Reason::new("no price"))),
        5 => (0.0f64..100.0, 0u32..20).prop_map(|(usd, count)| HourlyCost::Priced {
            unit: UsdPerHour(usd),
            quantity: f64::from(count),
            source: "list".into(),
            estimate: false,
        }),
    ]
}

prop_compose! {
    fn any_head()(
        evidence in any_evidence(), burn in any_burn(), phase in 0usize..8, age in option::of(0.0f64..500.0),
        owner in any_owner(), tags in option::of(vec(0usize..5, 0..5)),
    ) -> CommonFields {
        let mut head = head("ml.g5.xlarge", 1, 1.0, evidence);
        head.burn = burn;
        head.state.phase = [Phase::Stopped, Phase::Changing, Phase::Failed, Phase::Gone, Phase::Still].get(phase).copied().unwrap_or(Phase::Running);
        head.since = age.map(ago);
        head.owner = owner;
        head.tags = Measured::or_why(tags.map(|keys| {
            let key = |key: usize| ["team", "Environment", "MODEL", "costCenter", "other"].get(key).copied().unwrap_or("x").to_owned();
            keys.into_iter().map(|at| (key(at), "value".to_owned())).collect::<Tags>()
        }), "not read");
        head
    }
}

/// The evidence has no reading at all.
fn is_blank(evidence: &Evidence) -> bool {
    match evidence {
        Evidence::None | Evidence::Anomaly(_) => true,
        Evidence::Accelerators {
            utilization, past, ..
        } => utilization.known().is_none() && past.known().is_none(),
        Evidence::Units { utilization, .. } => utilization.known().is_none(),
        Evidence::Workspace { last_activity, .. } => last_activity.known().is_none(),
        Evidence::Replicas {
            utilization,
            invocations,
            hourly,
            ..
        } => {
            utilization.known().is_none()
                && invocations.known().is_none()
                && hourly.known().is_none()
        }
        Evidence::Spend { days } => days.known().is_none(),
        Evidence::Tokens(tokens) => tokens.dollars.known().is_none(),
        // Their own running time, and what was spent, are readings.
        Evidence::Job(_) | Evidence::Budget { .. } => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn findings_need_evidence_and_stay_below_the_cost_rate(head in any_head()) {
        let of_money = matches!(head.evidence, Evidence::Spend { .. } | Evidence::Budget { .. } | Evidence::Tokens(_));
        let verdicts = judge(&head, &Thresholds::default(), now());
        let mut rules: Vec<_> = Vec::new();
        for verdict in &verdicts {
            let rule = match verdict {
                Verdict::Finding(finding) => finding.rule,
                Verdict::Unknown { rule, .. } | Verdict::Pass { rule, .. } => rule,
            };
            prop_assert!(RULES.contains(&rule) && !rules.contains(&rule), "{rule}");
            rules.push(rule);
            let Verdict::Finding(finding) = verdict else { continue };
            prop_assert!(rule == "untagged" || !is_blank(&head.evidence), "{rule}");
            let failed = rule == "retry-loop" && head.state.phase == Phase::Failed;
            prop_assert!(head.state.phase == Phase::Running || of_money || failed, "{rule}");
            prop_assert!(finding.waste.0 == 0.0 || !of_money, "{rule}");
            for money in [finding.waste, finding.exposure, finding.saving] {
                prop_assert!(money.0.is_finite() && money.0 >= 0.0, "{rule}: {money:?}");
            }
            prop_assert!(finding.waste.0 <= finding.exposure.0 && finding.waste.0 <= finding.saving.0, "{rule}");
            if let HourlyCost::Priced { unit, quantity, .. } = head.burn {
                let burn = unit.0 * quantity;
                prop_assert!(finding.waste.0 <= burn * (1.0 + 1e-12), "{rule}: {} > {burn}", finding.waste.0);
            }
            prop_assert!(!finding.evidence.is_empty() && !finding.recommendation.is_empty() && !finding.arithmetic.is_empty(), "{rule}");
            for text in [&finding.message, &finding.arithmetic, &finding.recommendation] {
                prop_assert!(!text.contains("NaN") && !text.contains("inf ") && !text.contains("$?"), "{rule}: {text}");
            }
            if let Some(operation) = finding.fix {
                prop_assert!(head.capability(operation).known().is_some(), "{rule}");
            }
        }
        for (speaks, silent) in [("gpu-idle", "gpu-unused"), ("gpu-idle", "right-size"), ("idle-endpoint", "office-hours"), ("idle-endpoint", "oversized-endpoint")] {
            let found = |rule: &str| verdicts.iter().any(|verdict| matches!(verdict, Verdict::Finding(finding) if finding.rule == rule));
            prop_assert!(!(found(speaks) && found(silent)), "{speaks} and {silent}");
        }
    }

    #[test]
    fn findings_rank_by_waste_then_exposure(heads in vec(any_head(), 2..9)) {
        let mut findings: Vec<Finding> = heads
            .iter()
            .flat_map(|head| judge(head, &Thresholds::default(), now()))
            .filter_map(|verdict| if let Verdict::Finding(finding) = verdict { Some(*finding) } else { None })
            .collect();
        findings.sort_by(Finding::by_rank);
        for pair in findings.windows(2) {
            let [a, b] = pair else { continue };
            prop_assert!(a.waste.0 > b.waste.0 || (a.waste.0 == b.waste.0 && a.exposure.0 >= b.exposure.0));
        }
    }

    #[test]
    fn duplicate_jobs_always_keeps_one(jobs in vec((any_owner(), 0u8..4, 0u8..6), 2..6)) {
        // Jobs with the same image and data: each has all the others as twins.
        let twins: Vec<DuplicateJob> = jobs
            .iter()
            .enumerate()
            .map(|(place, (owner, hours, name))| DuplicateJob {
                name: format!("{}-{place}", ["fraud", "churn", "score"][usize::from(*name) % 3]).into(),
                owner: owner.clone(),
                created: Some(ago(f64::from(*hours))),
            })
            .collect();
        let duplicates = (0..twins.len()).filter(|own| {
            let others = twins.iter().enumerate().filter(|(place, _)| place != own).map(|(_, twin)| twin.clone()).collect();
            let job = JobEvidence {
                created: twins[*own].created,
                elapsed: 3600.0,
                limit: None,
                accelerators: 0.0,
                utilization: Measured::unknown("none"),
                cpu: Measured::unknown("none"),
                past: Measured::unknown("none"),
                failures: Measured::unknown("none"),
                twins: Measured::Known(others),
            };
            let mut head = head("ml.p3.16xlarge", 1, 28.0, Evidence::Job(Box::new(job)));
            head.name = twins[*own].name.clone();
            head.owner.clone_from(&twins[*own].owner);
            matches!(says(&head, "duplicate-jobs"), Some(Verdict::Finding(_)))
        });
        prop_assert!(duplicates.count() < twins.len());
    }

    #[test]
    fn min_replicas_stay_below_the_utilization_limit(running in 1u32..200, peak in 0.0f64..1.0, minimum in 0u32..10) {
        let count = min_replicas(running, peak, 0.7, minimum);
        prop_assert!(count >= minimum.max(1));
        if count < running {
            prop_assert!(peak * f64::from(running) / f64::from(count) <= 0.7 + 1e-6);
        }
    }
}
