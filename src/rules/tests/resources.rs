//! Rules on instances, endpoints, throughput and tags.

use super::*;
use crate::domain::{
    PriceEstimate, Tags,
    evidence::{AdjacentType, AdjacentTypes, PastRuns},
};

/// A p3.8xlarge on demand in us-east-1, whose smaller neighbour is a p3.2xlarge.
pub(super) fn p3(level: f64, hours: f64) -> CommonFields {
    let neighbour = |unit: &str, rate: f64, size: f64| AdjacentType {
        unit: unit.into(),
        rate: UsdPerHour(rate),
        size,
        cpu_size: size,
    };
    head(
        "p3.8xlarge",
        1,
        12.24,
        Evidence::Accelerators {
            utilization: Measured::Known(seen(level, hours, 168.0)),
            cpu: Measured::Known(seen(0.06, hours, 168.0)),
            running: hours * 3600.0,
            neighbours: AdjacentTypes {
                smaller: vec![neighbour("p3.2xlarge", 3.06, 0.25)],
                larger: Some(neighbour("p3.16xlarge", 24.48, 2.0)),
            },
            past: Measured::Known(PastRuns {
                runs: 4,
                longest: 20.0 * 3600.0,
                median: 9.0 * 3600.0,
            }),
        },
    )
}

#[test]
fn right_size_suggests_a_smaller_type() {
    let found = finding_of(&p3(0.12, 168.0), "right-size");
    assert_eq!(
        found.message,
        "p3.2xlarge would do: GPU 12 % over 168 h (168 h of data), 48 % on it; $3.06/h instead \
         of $12.24/h"
    );
    assert_dollars(found.waste, 12.24 - 3.06);
    assert_eq!(
        found.arithmetic,
        "1 x ($12.24/h - $3.06/h) = $9.18/h; x 730 h = $6,701.40 a month"
    );
    assert_eq!(
        found.recommendation,
        "change its type to p3.2xlarge (stop, modify-instance-attribute, start): $9.18/h, \
         $6,701.40 a month at list"
    );
    assert_eq!((found.confidence, found.fix), (Confidence::High, None));
    for (level, note) in [
        (0.35, "GPU 35 % over 168 h (168 h of data), 30-70 %: tune"),
        (0.7, "GPU 70 % over 168 h (168 h of data), 70-90 %: right"),
        (
            0.93,
            "GPU 93 % over 168 h (168 h of data), over 90 %: consider larger: p3.16xlarge at \
             $24.48/h",
        ),
        (
            0.23,
            "GPU 23 % over 168 h (168 h of data), under 30 %, but its p95 of 23 % would be 92 % \
             on p3.2xlarge",
        ),
    ] {
        assert_eq!(pass_note(&p3(level, 168.0), "right-size"), note);
    }
    assert_eq!(
        unknown_reason(&p3(0.12, 61.0), "right-size"),
        "only 61 h of data, right-size needs 168 h"
    );
}

#[test]
fn right_size_requires_cpu_and_memory_to_fit() {
    let mut busy = p3(0.12, 168.0);
    let Evidence::Accelerators { cpu, .. } = &mut busy.evidence else {
        panic!()
    };
    *cpu = Measured::Known(seen(0.3, 168.0, 168.0));
    assert!(
        pass_note(&busy, "right-size").ends_with("but its CPU would be at 120 % on p3.2xlarge")
    );
    let mut alone = p3(0.12, 168.0);
    let Evidence::Accelerators { neighbours, .. } = &mut alone.evidence else {
        panic!()
    };
    neighbours.smaller.clear();
    assert!(
        pass_note(&alone, "right-size")
            .ends_with("and no smaller type in its family has a price here")
    );
    // Spot can cost less than the smaller type on demand.
    let mut spot = p3(0.12, 168.0);
    spot.burn = HourlyCost::Priced {
        unit: UsdPerHour(2.9),
        quantity: 1.0,
        source: "spot".into(),
        estimate: true,
    };
    assert!(pass_note(&spot, "right-size").ends_with("but p3.2xlarge costs no less"));
}

#[test]
fn gpu_idle_suppresses_right_size() {
    let idle = p3(0.02, 168.0);
    assert_eq!(finding_of(&idle, "gpu-idle").waste, UsdPerHour(12.24));
    assert_eq!(pass_note(&idle, "right-size"), "included in gpu-idle");
}

#[test]
fn fix_of_a_replaced_machine_is_the_lever_of_its_controller() {
    let mut idle = p3(0.02, 168.0);
    assert_eq!(finding_of(&idle, "gpu-idle").fix, Some(Operation::Stop));
    let tag = (
        "aws:autoscaling:groupName".to_owned(),
        "trainers".to_owned(),
    );
    idle.tags = Measured::Known([tag].into());
    let found = finding_of(&idle, "gpu-idle");
    assert_eq!(found.fix, None);
    assert!(
        found.recommendation.starts_with(
            "keep it off with `aws autoscaling update-auto-scaling-group \
             --auto-scaling-group-name trainers"
        ),
        "{}",
        found.recommendation
    );
}

#[test]
fn longer_than_ever_reports_the_longest_run() {
    let mut long = p3(0.8, 24.0);
    let found = finding_of(&long, "longer-than-ever");
    assert_eq!(
        found.message,
        "running 24 h, longer than ever: 20 h at most in 4 earlier runs; $294 so far"
    );
    assert_eq!(
        (found.waste, found.saving, found.confidence),
        (UsdPerHour::ZERO, UsdPerHour::ZERO, Confidence::Medium)
    );
    assert_dollars(found.exposure, 12.24);
    assert_eq!(
        finding_of(&p3(0.8, 41.0), "longer-than-ever").confidence,
        Confidence::High
    );
    assert_eq!(pass_note(&p3(0.8, 21.9), "longer-than-ever"), "");
    let Evidence::Accelerators { past, .. } = &mut long.evidence else {
        panic!()
    };
    *past = Measured::Known(PastRuns {
        runs: 2,
        longest: 3600.0,
        median: 3600.0,
    });
    assert_eq!(
        unknown_reason(&long, "longer-than-ever"),
        "only 2 earlier runs known, longer-than-ever needs 3"
    );
}

#[test]
fn throughput_underused_counts_units_for_the_floor() {
    let found = finding_of(
        &units(seen(0.5, 168.0, 168.0), None),
        "throughput-underused",
    );
    assert!(
        found
            .message
            .contains("; 1 of 2 units cover the p50 floor; no commitment: delete it any time"),
        "{}",
        found.message
    );
    assert_eq!(
        found.recommendation,
        "keep 1 of 2 units and pay the rest by the token: $63.00/h, $45,990.00 a month at list"
    );
    assert_eq!(
        [(2, 0.49), (2, 0.5), (3, 0.99), (1, 1.5), (4, f64::NAN)]
            .map(|(units, p50)| throughput_underused::units_worth_keeping(units, p50)),
        [0, 1, 2, 1, 0]
    );
}

#[test]
fn untagged_reports_missing_owner_tags() {
    let tagged = |tags: &[(&str, &str)]| {
        let mut head = notebook(1.0);
        head.tags = Measured::Known(
            tags.iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect::<Tags>(),
        );
        head
    };
    let found = finding_of(
        &tagged(&[("Team", "risk"), ("environment", " ")]),
        "untagged",
    );
    assert_eq!(
        found.message,
        "no environment, model, cost-centre tag: $3.83/h without a known owner"
    );
    assert_eq!(
        (found.waste, found.exposure, found.saving),
        (UsdPerHour::ZERO, UsdPerHour(3.825), UsdPerHour::ZERO)
    );
    assert_eq!(
        found.recommendation,
        "tag it with environment, model, cost-centre; tags alone save nothing"
    );
    assert_eq!(
        found.arithmetic,
        "$3.83/h of a row with 1 of 4 required tags; x 730 h = $2,792.25 a month"
    );
    for cost in ["cost-centre", "CostCentre", "cost_center", "Cost Center"] {
        assert_eq!(
            pass_note(
                &tagged(&[
                    ("TEAM", "a"),
                    ("Environment", "b"),
                    ("model", "c"),
                    (cost, "d")
                ]),
                "untagged"
            ),
            ""
        );
    }
    assert_eq!(unknown_reason(&notebook(1.0), "untagged"), "not read");
    let mut unpriced = tagged(&[]);
    unpriced.burn = HourlyCost::Unpriced(Reason::new("no price for ml.x9.large"));
    let found = finding_of(&unpriced, "untagged");
    assert_eq!(
        (&*found.message, found.exposure, found.is_waste()),
        (
            "no team, environment, model, cost-centre tag: price unknown",
            UsdPerHour::ZERO,
            false
        )
    );
    let none: Thresholds = toml::from_str("[untagged]\nkeys = []").unwrap();
    assert_eq!(verdict_with(&tagged(&[]), "untagged", &none), None);
}

#[test]
fn stopped_or_free_resources_are_not_judged() {
    for (phase, name) in [
        (Phase::Stopped, "stopped"),
        (Phase::Changing, "stopping"),
        (Phase::Failed, "failed"),
        (Phase::Gone, "terminated"),
    ] {
        let mut head = notebook(61.0);
        head.state = State::new(phase, name);
        assert_eq!(judge(&head, &Thresholds::default(), now()), []);
    }
    let mut free = notebook(61.0);
    free.burn = HourlyCost::Nothing(Reason::new("billed with its endpoint"));
    assert_eq!(judge(&free, &Thresholds::default(), now()), []);
}

#[test]
fn waste_at_an_unknown_price_is_found_with_an_estimate() {
    let idle = |estimate: Option<f64>| {
        let mut head = gpu(Measured::Known(seen(0.03, 61.0, 72.0)), 61.0);
        head.burn = HourlyCost::Unpriced(Reason::new("no price for p9.48xlarge"));
        head.price_estimate = estimate.map(|unit| {
            Arc::new(PriceEstimate {
                unit: UsdPerHour(unit),
                quantity: 1.0,
                basis: "p8.48xlarge in us-east-1".into(),
            })
        });
        finding_of(&head, "gpu-idle")
    };
    let near = idle(Some(98.0));
    assert!(
        near.message.ends_with("; price unknown"),
        "{}",
        near.message
    );
    assert_eq!(
        (near.waste, near.saving, near.waste_estimate),
        (UsdPerHour::ZERO, UsdPerHour::ZERO, Some(UsdPerHour(98.0)))
    );
    assert_eq!(
        near.arithmetic,
        "price unknown (no price for p9.48xlarge); by p8.48xlarge in us-east-1: 1 x $98.00/h = \
         $98.00/h, all of it; x 730 h = ~$71,540.00 a month"
    );
    assert_eq!(
        near.recommendation, "stop it",
        "no dollars that nobody knows"
    );
    let unlike = idle(None);
    assert_eq!(unlike.waste_estimate, Some(UsdPerHour::ZERO));
    assert!(unlike.is_waste() && near.by_rank(&unlike).is_lt());
}
