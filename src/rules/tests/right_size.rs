//! The type of the family that carries the load.

use super::{resources::p3, *};
use crate::domain::evidence::AdjacentType;

#[test]
fn right_size_takes_the_cheapest_type_that_carries_the_load() {
    let type_of = |unit: &str, rate: f64, cpu_size: f64| AdjacentType {
        unit: unit.into(),
        rate: UsdPerHour(rate),
        size: 0.25,
        cpu_size,
    };
    let mut machine = p3(0.2, 168.0);
    let Evidence::Accelerators {
        neighbours, cpu, ..
    } = &mut machine.evidence
    else {
        panic!()
    };
    // p95 of 20 % of four accelerators is 80 % of one; 30 % of 48 vCPUs is 90 % of 16.
    *cpu = Measured::Known(seen(0.3, 168.0, 168.0));
    neighbours.smaller = vec![
        type_of("g4dn.xlarge", 0.526, 4.0 / 48.0),
        type_of("g4dn.2xlarge", 0.752, 8.0 / 48.0),
        type_of("g4dn.4xlarge", 1.204, 16.0 / 48.0),
        type_of("g4dn.8xlarge", 2.176, 32.0 / 48.0),
    ];
    let found = finding_of(&machine, "right-size");
    assert!(
        found.message.starts_with("g4dn.4xlarge would do"),
        "{}",
        found.message
    );
    assert_dollars(found.waste, 12.24 - 1.204);
}
