//! Sums of spent dollars never shrink when a resource stops, shrinks or is deleted.

use super::{Books, agrees};
use spendtop::{
    domain::{CostWindow, Timestamp},
    mock::{
        Scenario, Simulation,
        simulation::{DesiredCapacity, InstanceAction},
    },
};

/// Stops, scales or deletes something of the weekend.
type Change = fn(&mut Simulation, Timestamp);

const HOME: &str = "us-east-1";

fn workers(simulation: &Simulation, now: Timestamp) -> Vec<String> {
    let all = simulation.instances(HOME, now).into_iter();
    let workers = all.filter(|one| one.instance_type == "p4d.24xlarge");
    workers.map(|one| one.id.clone()).collect()
}

fn move_workers(simulation: &mut Simulation, action: InstanceAction, now: Timestamp) {
    let ids = workers(simulation, now);
    simulation.move_instances(action, HOME, &ids, now).unwrap();
}

const CHANGES: [(&str, Change); 6] = [
    ("stop eight machines", |simulation, now| {
        move_workers(simulation, InstanceAction::Stop, now);
    }),
    ("terminate eight machines", |simulation, now| {
        move_workers(simulation, InstanceAction::Terminate, now);
    }),
    ("scale an endpoint", |simulation, now| {
        let update = DesiredCapacity {
            variant: "AllTraffic".to_owned(),
            weight: None,
            count: Some(2),
        };
        let changed =
            simulation.update_weights_and_capacities(HOME, "rec-endpoint", &[update], now);
        changed.unwrap();
    }),
    ("delete an endpoint", |simulation, now| {
        simulation
            .delete_endpoint(HOME, "rec-endpoint", now)
            .unwrap();
    }),
    ("stop a notebook", |simulation, now| {
        simulation
            .stop_notebook(HOME, "vision-labeling", now)
            .unwrap();
    }),
    ("delete provisioned throughput", |simulation, now| {
        simulation
            .delete_throughput(HOME, "embed-batch-pt", now)
            .unwrap();
    }),
];

#[tokio::test]
async fn no_action_lowers_what_was_spent() {
    for (what, change) in CHANGES {
        let mut books = Books::open(Scenario::find("weekend-spike").unwrap()).await;
        let mut last = books.told(CostWindow::Friday).usage;
        change(&mut books.mock.simulation_mut(), books.now());
        // A minute later it has stopped; two hours later AWS no longer lists deleted resources.
        for seconds in [0.0, 60.0, 600.0, 7_200.0] {
            books.advance(seconds).await;
            let (told, billed) = (
                books.told(CostWindow::Friday),
                books.billed(CostWindow::Friday),
            );
            assert!(told.usage >= last, "{what}: {told:?} after {last:?}");
            assert!(
                agrees(told.usage.0, billed),
                "{what}: {told:?}, {billed} billed"
            );
            last = told.usage;
        }
        books.close().await;
    }
}
