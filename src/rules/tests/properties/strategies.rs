//! Random rows with random evidence.

use super::*;

prop_compose! {
    fn any_seen()(
        low in 0.0f64..1.5,
        spread in 0.0f64..1.0,
        hours in 0.0f64..400.0,
        gap in 0.0f64..100.0,
    ) -> SeriesSummary {
        let at = |share: f64| low + spread * share;
        SeriesSummary {
            mean: at(0.4),
            p50: at(0.3),
            p95: at(0.9),
            p99: at(0.97),
            max: at(1.0),
            hours,
            window: hours + gap,
        }
    }
}

prop_compose! {
    pub(super) fn any_head()(
        evidence in any_evidence(),
        burn in any_burn(),
        phase in 0usize..8,
        age in option::of(0.0f64..500.0),
        owner in any_owner(),
        tags in option::of(vec(0usize..5, 0..5)),
        prepaid in option::weighted(0.2, (any_rate(), 0u32..9, 0u32..9)),
    ) -> CommonFields {
        let mut head = head("ml.g5.xlarge", 1, 1.0, evidence);
        head.burn = burn;
        head.state.phase = [
            Phase::Stopped,
            Phase::Changing,
            Phase::Failed,
            Phase::Gone,
            Phase::Still,
        ]
        .get(phase)
        .copied()
        .unwrap_or(Phase::Running);
        head.since = age.map(ago);
        head.prepaid = prepaid.map(|(unit, instances, elsewhere)| {
            Box::new(Prepaid {
                unit,
                source: "list".into(),
                instances,
                elsewhere,
                by: None,
                from: age.map(ago),
                to: None,
            })
        });
        head.owner = owner;
        head.tags = Measured::or_why(
            tags.map(|keys| {
                let key = |key: usize| {
                    ["team", "Environment", "MODEL", "costCenter", "other"]
                        .get(key)
                        .copied()
                        .unwrap_or("x")
                        .to_owned()
                };
                keys.into_iter()
                    .map(|at| (key(at), "value".to_owned()))
                    .collect::<Tags>()
            }),
            "not read",
        );
        head
    }
}

fn any_reading() -> impl Strategy<Value = Measured<SeriesSummary>> {
    prop_oneof![3 => any_seen().prop_map(Measured::Known), 1 => Just(Measured::unknown("no data"))]
}

fn any_neighbours() -> impl Strategy<Value = AdjacentTypes> {
    let one = || {
        (0.0f64..50.0, 0.0f64..4.0, 0.0f64..4.0).prop_map(|(rate, size, cpu_size)| AdjacentType {
            unit: "p3.2xlarge".into(),
            rate: UsdPerHour(rate),
            size,
            cpu_size,
        })
    };
    (vec(one(), 0..3), option::of(one()))
        .prop_map(|(smaller, larger)| AdjacentTypes { smaller, larger })
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
        5 => points.prop_map(move |points| {
            Measured::Known(Arc::new(Series { start, step, points }))
        }),
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
    prop_oneof![
        1 => Just(Measured::unknown("not read")),
        4 => (0.0..most).prop_map(Measured::Known),
        1 => Just(Measured::Known(0.0)),
    ]
}

pub(super) fn any_owner() -> impl Strategy<Value = Option<Arc<str>>> {
    prop_oneof![
        Just(None),
        Just(Some("risk".into())),
        Just(Some("cards".into()))
    ]
}

fn any_job() -> impl Strategy<Value = Evidence> {
    let failures = prop_oneof![
        Just(Measured::unknown("not read")),
        (0u32..30, 0u32..100, 0u32..100, 0.0f64..1e5).prop_map(
            |(day, more, same_reason, spent)| {
                Measured::Known(FailedAttempts {
                    day,
                    all: day + more,
                    same_reason: same_reason.min(day + more),
                    reason: "OutOfMemory".into(),
                    spent: Usd(spent),
                    since: ago(200.0),
                    next_due: Some(ago(-1.0)),
                    every: None,
                })
            }
        ),
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
                cpu_type: None,
                ends_in: limit.map(|limit| (limit - hours * 3600.0).max(0.0)),
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

fn any_machine() -> impl Strategy<Value = Evidence> {
    let neighbours = any_neighbours();
    (
        any_reading(),
        any_reading(),
        0.0f64..1e6,
        neighbours,
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
        )
}

fn any_workspace() -> impl Strategy<Value = Evidence> {
    (-10.0f64..200.0, any::<bool>()).prop_map(|(hours, known)| Evidence::Workspace {
        last_activity: if known {
            Measured::Known((ago(hours), Arc::from("a sign")))
        } else {
            Measured::unknown("no sign")
        },
        is_observable: known,
        is_logged: false,
        auto_stop: Measured::Known(false),
    })
}

fn any_replicas() -> impl Strategy<Value = Evidence> {
    let scheduled = prop_oneof![
        Just(Measured::Known(false)),
        Just(Measured::Known(true)),
        Just(Measured::unknown("denied"))
    ];
    (
        (0u32..20, 0u32..4),
        any_reading(),
        any_reading(),
        any_series(3600, 400),
        any_rate(),
        scheduled,
    )
        .prop_map(
            |((running, minimum), utilization, invocations, hourly, serverless, scheduled)| {
                let utilization = utilization.map(|summary| (summary, Arc::from("CPU")));
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
        )
}

fn any_units() -> impl Strategy<Value = Evidence> {
    let ends = prop_oneof![
        Just(None),
        (-500.0f64..500.0).prop_map(|hours| Some(ago(hours)))
    ];
    (0u32..5, any_reading(), ends)
        .prop_map(|(units, utilization, ends)| Evidence::units(units, utilization, ends))
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    prop_oneof![
        1 => Just(Evidence::None),
        3 => any_machine(),
        2 => any_workspace(),
        3 => any_replicas(),
        2 => any_units(),
        4 => any_job(),
        2 => any_tokens(),
        2 => any_series(86_400, 45).prop_map(|days| Evidence::Spend { days }),
        2 => any_budget(),
        1 => (0u32..9, 0u32..9).prop_map(|(instances, unused)| Evidence::Capacity {
            instances: instances + unused,
            unused,
        }),
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
