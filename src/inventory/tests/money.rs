//! Properties of totals over random inventories: sums, waste and discounts.

use super::{at, pane, place, record, report};
use crate::domain::{
    Evidence, HourlyCost, Measured, Phase, Reason, Service, SourceScope, State, Tags, Usd,
    UsdPerHour,
    evidence::{FailedAttempts, JobEvidence},
    time::series::SeriesSummary,
};
use crate::inventory::*;
use proptest::{collection::vec, option, prelude::*};

fn any_seen() -> impl Strategy<Value = Measured<SeriesSummary>> {
    prop_oneof![
        1 => Just(Measured::unknown("no data")),
        4 => (0.0f64..1.2, 0.0f64..1.0, 0.0f64..400.0).prop_map(|(low, spread, hours)| {
            let at = |share: f64| low + spread * share;
            Measured::Known(SeriesSummary {
                mean: at(0.4),
                p50: at(0.3),
                p95: at(0.9),
                p99: at(0.95),
                max: at(1.0),
                hours,
                window: hours,
            })
        }),
    ]
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    prop_oneof![
        Just(Evidence::None),
        (any_seen(), any_seen(), 0.0f64..1e6)
            .prop_map(|(used, cpu, running)| Evidence::accelerators(used, cpu, running)),
        (1u32..9, 0u32..3, any_seen(), any_seen()).prop_map(|(running, minimum, used, called)| {
            Evidence::replicas(
                running,
                minimum,
                used.map(|seen| (seen, "CPU".into())),
                called,
            )
        }),
        (0u32..4, any_seen()).prop_map(|(units, used)| Evidence::units(units, used, None)),
        (any_seen(), 0.0f64..200.0, option::of(1u32..50)).prop_map(
            |(utilization, hours, failed)| {
                Evidence::Job(Box::new(JobEvidence {
                    created: Some(at(-hours * 60.0)),
                    elapsed: hours * 3600.0,
                    limit: None,
                    accelerators: 1.0,
                    utilization,
                    cpu: Measured::unknown("not read"),
                    past: Measured::unknown("no earlier run"),
                    failures: Measured::or_why(
                        failed.map(|day| FailedAttempts {
                            day,
                            all: day,
                            same_reason: day,
                            reason: "OutOfMemory".into(),
                            spent: Usd(f64::from(day)),
                            since: at(-1440.0),
                            next_due: None,
                            every: None,
                        }),
                        "no earlier try",
                    ),
                    twins: Measured::unknown("not read"),
                    ends_in: None,
                    cpu_type: None,
                }))
            }
        ),
        vec(option::of(0.0f64..1e4), 0..40).prop_map(|points| Evidence::Spend {
            days: Measured::Known(Arc::new(Series {
                start: at(-60_000.0),
                step: 86_400,
                points
            }))
        }),
    ]
}

prop_compose! {
    fn any_row()(
        id in 0u8..12,
        usd in option::of(0.0f64..100.0),
        nothing in any::<bool>(),
        estimate in any::<bool>(),
        quantity in 0u32..9,
        phase in 0usize..8,
        evidence in any_evidence(),
        tagged in any::<bool>(),
        service in 0usize..4,
    ) -> Record {
        let mut row = record(&place("", "1"), &format!("r{id}"), None);
        let phase = [
            Phase::Stopped,
            Phase::Changing,
            Phase::Failed,
            Phase::Gone,
            Phase::Still,
        ]
        .get(phase)
        .copied()
        .unwrap_or(Phase::Running);
        row.head.state = State::new(phase, "a-state");
        // As in the panes: a stopped or gone resource is not billed.
        row.head.burn = match usd {
            _ if nothing
                || matches!(
                    phase,
                    Phase::Stopped | Phase::Failed | Phase::Gone | Phase::Still
                ) =>
            {
                HourlyCost::Nothing(Reason::new("not billed"))
            }
            Some(unit) => HourlyCost::Priced {
                unit: UsdPerHour(unit),
                quantity: f64::from(quantity),
                source: "list".into(),
                estimate,
            },
            None => HourlyCost::Unpriced(Reason::new("no price")),
        };
        row.head.service = [Service::Ec2, Service::SageMaker, Service::Bedrock]
            .get(service)
            .copied();
        row.head.evidence = evidence;
        if !tagged {
            row.head.tags = Measured::Known(Tags::new());
        }
        row
    }
}

fn any_discounts() -> impl Strategy<Value = Vec<Discount>> {
    vec((0usize..3, -0.2f64..0.9), 0..3).prop_map(|discounts| {
        let service =
            |place: usize| [Service::Ec2, Service::SageMaker, Service::Bedrock][place % 3];
        discounts
            .into_iter()
            .map(|(place, share)| Discount {
                service: service(place),
                share,
                source: "configured".into(),
            })
            .collect()
    })
}

/// Whether two sums differ only by rounding.
fn agree(a: UsdPerHour, b: f64) -> bool {
    (a.0 - b).abs() <= 1e-9 * (1.0 + b.abs())
}

/// Checks the waste, the burn and the discount of one row against its findings.
fn check_row(world: &Inventory, row: &Record) -> Result<(), TestCaseError> {
    let head = &row.head;
    let own: Vec<&Finding> = world
        .findings()
        .iter()
        .filter(|finding| finding.key == head.key)
        .collect();
    // A row counts once, however many findings it has.
    let largest = own
        .iter()
        .map(|finding| finding.waste.0)
        .fold(0.0, f64::max);
    match &head.waste {
        Measured::Known(waste) => prop_assert_eq!(waste.0, largest),
        Measured::Unknown(_) => {
            prop_assert!(own.iter().all(|finding| finding.waste.0 == 0.0) || own.is_empty());
        }
    }
    prop_assert!(head.evidence != Evidence::None || own.is_empty());
    if let (HourlyCost::Priced { .. }, Some(burn)) = (&head.burn, head.burn.rate()) {
        prop_assert!(largest <= burn.0 * (1.0 + 1e-12), "{largest} > {burn:?}");
    }
    if matches!(
        head.state.phase,
        Phase::Stopped | Phase::Gone | Phase::Failed
    ) {
        prop_assert!(head.burn.rate() == Some(UsdPerHour::ZERO) && largest == 0.0);
    }
    // The effective rate exceeds list only with a negative discount.
    if let (Some(list), Some(effective)) = (head.burn.rate(), head.effective()) {
        let dearer = head
            .discount
            .as_ref()
            .is_some_and(|discount| discount.share < 0.0);
        prop_assert!(effective.0 <= list.0 || dearer, "{effective:?} > {list:?}");
        prop_assert!(head.discount.is_some() || effective == list);
    }
    for finding in own {
        prop_assert!(
            [finding.waste, finding.exposure, finding.saving]
                .iter()
                .all(|money| money.0.is_finite() && money.0 >= 0.0)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn totals_equal_sums_over_rows_and_findings(
        reports in vec((vec(any_row(), 0..8), any::<bool>()), 1..4),
        discounts in any_discounts(),
    ) {
        let here = place("", "1");
        let mut world = Inventory::new([pane(SourceScope::Region)].into(), Thresholds::default())
            .with_discounts(discounts);
        for (minute, (rows, complete)) in reports.into_iter().enumerate() {
            world.apply(
                report(&here, minute as f64, complete, rows),
                at(minute as f64),
            );
        }
        let rows: Vec<_> = world.rows("gpus").cloned().collect();
        let totals = world.totals(None);
        let sum = |of: &dyn Fn(&Record) -> Option<f64>| {
            rows.iter().filter_map(|row| of(row)).sum::<f64>()
        };
        prop_assert_eq!(totals.rows, rows.len());
        prop_assert!(agree(
            totals.burn,
            sum(&|row| row.head.burn.rate().map(|rate| rate.0))
        ));
        prop_assert!(
            agree(
                totals.effective,
                sum(&|row| row.head.effective().map(|rate| rate.0))
            ),
            "{:?}",
            totals
        );
        prop_assert!(agree(
            totals.waste,
            sum(&|row| row.head.waste.known().map(|waste| waste.0))
        ));
        prop_assert_eq!(
            totals.wasting_rows,
            rows.iter()
                .filter(|row| row.head.waste.known().is_some_and(|waste| waste.0 > 0.0))
                .count()
        );
        for row in &rows {
            check_row(&world, row)?;
        }
        for pair in world.findings().windows(2) {
            let [a, b] = pair else { continue };
            let rank = |one: &Finding| one.waste_estimate.unwrap_or(one.waste).0;
            prop_assert!(rank(a) >= rank(b));
            let is_alike = rank(a) == rank(b) && a.is_waste() == b.is_waste();
            prop_assert!(!is_alike || a.exposure.0 >= b.exposure.0);
        }
        for money in [totals.burn, totals.effective, totals.waste] {
            prop_assert!(money.0.is_finite());
        }
    }
}
