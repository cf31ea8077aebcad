//! The shipped scenarios as a whole.

use super::{EAST, endpoints::gpu, simulation};
use crate::mock::{
    Scenario,
    billing::{BillingPeriod, settled_until},
    price_facts::{Component, Facts},
    simulation::*,
};

#[test]
fn the_fleet_and_the_tokens_of_the_default_scenario_are_anomalies() {
    let (simulation, now) = simulation();
    let rows: usize = simulation
        .regions
        .iter()
        .map(|region| {
            simulation.instances(region, now).len()
                + simulation.notebooks(region, now).len()
                + simulation.apps(region, now).len()
                + simulation.endpoints(region, now).len()
                + simulation.components(region, now).len()
                + simulation.throughputs(region, now).len()
        })
        .sum();
    assert!((50..75).contains(&rows), "{rows}");
    // S1: eight p4d since Friday 17:00, in the bill and in an anomaly.
    let anomalies = simulation.anomalies(now);
    assert_eq!(anomalies.len(), 2);
    let fleet = anomalies
        .iter()
        .find(|one| one.dimension_value.contains("Elastic Compute"))
        .unwrap();
    let hours = settled_until(now)
        .duration_since("2026-11-20T17:00:00Z".parse().unwrap())
        .as_secs_f64()
        / 3_600.0;
    let expected = 8.0 * hours * Facts::get().on_demand("p4d.24xlarge", EAST).unwrap();
    assert!(
        (fleet.total_impact / expected - 1.0).abs() < 0.01,
        "{} {expected}",
        fleet.total_impact
    );
    assert_eq!(
        (fleet.root_causes[0].usage_type.as_str(), fleet.percentage()),
        ("BoxUsage:p4d.24xlarge", None)
    );
    // S4: input tokens tripled on Saturday.
    let tokens = anomalies
        .iter()
        .find(|one| one.dimension_value == "Amazon Bedrock")
        .unwrap();
    assert!(tokens.percentage().unwrap() > 100.0, "{tokens:?}");
}

#[test]
fn the_endpoint_and_the_throughput_of_the_default_scenario_are_underused() {
    let (simulation, now) = simulation();
    // S7: eight instances whose week peaks under a fifth.
    let week = after(now, -7.0 * 86_400.0);
    let peak = (0..1_008)
        .map(|n| gpu(&simulation, after(week, 600.0 * f64::from(n)), now))
        .fold(0.0, |max: f64, stats| max.max(stats.max))
        / 400.0;
    assert!((0.16..0.20).contains(&peak), "{peak}");
    assert!(
        Facts::get()
            .sagemaker("ml.g5.12xlarge", Component::Hosting, EAST)
            .is_some()
    );
    // S8: committed until January, used to under a third.
    let pilot = simulation
        .throughput("us-west-2", "chat-pilot-pt", now)
        .unwrap();
    assert_eq!(
        pilot.commitment_ends.unwrap().to_string(),
        "2027-01-14T09:12:00Z"
    );
    let used = (0..168)
        .map(|n| pilot.used.at(after(now, -3_600.0 * f64::from(n))))
        .sum::<f64>()
        / 168.0;
    assert!((26.0..32.0).contains(&used), "{used}");
}

#[test]
fn a_shifted_simulation_has_the_same_resources_and_states() {
    let scenario = Scenario::find("weekend-spike").unwrap();
    let here = Simulation::new(&scenario, scenario.now, 1.0);
    let shift = 41.0 * 86_400.0 + 3_723.0;
    let there = Simulation::new(&scenario, after(scenario.now, shift), 1.0);
    for (a, b) in here.instances.iter().zip(&there.instances) {
        let t = after(scenario.now, -86_400.0);
        assert_eq!((&a.id, a.state(t)), (&b.id, b.state(after(t, shift))));
        assert_eq!(a.cpu.at(t), b.cpu.at(after(t, shift)));
    }
    let _ = here.charges(
        after(scenario.now, -86_400.0),
        scenario.now,
        BillingPeriod::Day,
        scenario.now,
    );
}

#[test]
fn a_quiet_scenario_has_no_anomaly_and_an_empty_one_no_costs() {
    let quiet = Scenario::find("quiet").unwrap();
    assert!(
        Simulation::new(&quiet, quiet.now, 1.0)
            .anomalies(quiet.now)
            .is_empty()
    );
    let empty = Scenario::find("empty").unwrap();
    let simulation = Simulation::new(&empty, empty.now, 1.0);
    assert!(simulation.metrics(EAST, empty.now).is_empty() && simulation.monitors().is_empty());
    assert!(
        simulation
            .charges(
                after(empty.now, -1e6),
                empty.now,
                BillingPeriod::Month,
                empty.now
            )
            .is_empty()
    );
}
