//! Adjacent types: of the same family, and without accelerators.

use super::*;

#[test]
fn adjacent_types_are_of_the_same_family_priced_and_no_larger() {
    let smaller_g5 = [
        ("g5.xlarge", 0.25),
        ("g5.2xlarge", 0.25),
        ("g5.4xlarge", 0.25),
        ("g5.8xlarge", 0.25),
    ];
    for (ty, region, smaller, larger) in [
        (
            "p5.48xlarge",
            "us-east-1",
            &[("p5.4xlarge", 0.125)][..],
            None,
        ),
        ("p5.4xlarge", "us-east-1", &[], Some(("p5.48xlarge", 8.0))),
        // g5.16xlarge has one accelerator, but more vCPUs.
        (
            "g5.12xlarge",
            "us-east-1",
            &smaller_g5,
            Some(("g5.24xlarge", 1.0)),
        ),
        ("g5.xlarge", "us-east-1", &[], Some(("g5.2xlarge", 1.0))),
        ("p4d.24xlarge", "us-east-1", &[], None),
        (
            "m5.xlarge",
            "us-east-1",
            &[("m5.large", 0.5)],
            Some(("m5.2xlarge", 2.0)),
        ),
        ("x9.large", "us-east-1", &[], None),
        ("g5.xlarge", "moon-1", &[], None),
    ] {
        let next = prices().adjacent_types(ty, region, false);
        let shown: Vec<(&str, f64)> = next
            .smaller
            .iter()
            .map(|one| (&*one.unit, one.size))
            .collect();
        assert_eq!(shown, smaller, "{ty}");
        let shown = next.larger.as_ref().map(|one| (&*one.unit, one.size));
        assert_eq!(shown, larger, "{ty}");
        for one in next.smaller.iter().chain(&next.larger) {
            let quote = prices().ec2(&one.unit, region);
            assert_eq!(one.rate, quote.known().unwrap().unit);
        }
    }
}

#[test]
fn spot_is_compared_with_spot() {
    let next = prices().adjacent_types("g5.12xlarge", "us-east-1", true);
    assert!(!next.smaller.is_empty());
    for one in next.smaller {
        let quote = prices().spot(&one.unit, "us-east-1");
        assert_eq!(one.rate, quote.known().unwrap().unit, "{}", one.unit);
    }
}

#[test]
fn adjacent_ml_types_have_prices_of_their_component() {
    let next = prices().adjacent_ml_types("ml.g5.2xlarge", Component::Hosting, "us-east-1");
    assert_eq!(next.smaller[0].unit.as_ref(), "ml.g5.xlarge");
    assert_eq!(
        next.larger.as_ref().map(|one| one.rate),
        prices()
            .sagemaker("ml.g5.4xlarge", Component::Hosting, "us-east-1")
            .known()
            .map(|q| q.unit)
    );
}

#[test]
fn type_without_accelerators_has_at_least_the_cpus_and_is_x86() {
    for (ty, found) in [
        ("ml.p3.2xlarge", Some("ml.r5.2xlarge")),
        ("ml.g5.xlarge", Some("ml.m5.xlarge")),
        ("ml.x9.large", None),
    ] {
        let other = prices().ml_cpu_type(ty, Component::Training, "us-east-1");
        assert_eq!(other.as_ref().map(|one| &*one.unit), found, "{ty}");
        let Some(other) = other else { continue };
        let price = prices().sagemaker(&other.unit, Component::Training, "us-east-1");
        assert_eq!(Some(other.rate), price.known().map(|quote| quote.unit));
        assert!(other.cpu_size >= 1.0, "{other:?}");
    }
}
