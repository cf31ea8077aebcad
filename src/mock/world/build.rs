//! From a scenario to a world: ids, states, histories.
//!
//! Must not know requests.

use super::{Account, World};
use crate::{domain::Stamp, mock::Scenario};

impl World {
    /// The world of `scenario`, moved so that its `now` is `now`. `pace` is a factor on how long state changes take.
    pub fn new(scenario: &Scenario, now: Stamp, pace: f64) -> Self {
        let _ = (scenario, now);
        let account = Account { id: String::new(), alias: String::new(), caller_arn: String::new(), caller_id: String::new() };
        Self {
            account,
            regions: vec![],
            seed: 0,
            pace,
            instances: vec![],
            notebooks: vec![],
            domains: vec![],
            user_profiles: vec![],
            spaces: vec![],
            apps: vec![],
            endpoints: vec![],
            components: vec![],
            trainings: vec![],
            throughputs: vec![],
            model_uses: vec![],
            extras: vec![],
            monitors: vec![],
            anomalies: vec![],
        }
    }
}
