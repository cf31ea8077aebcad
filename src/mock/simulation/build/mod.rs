//! Builds the simulation that a scenario describes: ids, states and histories.

mod bedrock;
mod billing;
mod capacity;
mod clusters;
mod ec2;
mod endpoints;
mod jobs;
mod studio;

use super::{
    CallerIdentity, Monitor, Notebook, NotebookState, Simulation, Timeline, after,
    anomaly::AnomalySource,
};
use crate::{
    domain::{Tags, Timestamp, time::timestamp::seconds_between},
    mock::{
        Scenario,
        billing::{Agreements, NonResourceCost, Tokens},
        load_shape::{Load, LoadSpec, hash},
        managed_policies::Role,
        metrics::Catalog,
        organization::slug,
        scenario::{
            spec::{CostSpec, File, LinkedSpec, NotebookSpec, RecordSpec, Text},
            when::ScenarioTime,
        },
    },
};

/// The state that every build step shares.
pub(super) struct Builder<'a> {
    pub(super) file: &'a File,
    /// The scenario's now.
    now: Timestamp,
    /// Seconds from the scenario's time to the simulation's.
    shift: f64,
    pub(super) simulation: Simulation,
}

impl Simulation {
    /// The simulation of `scenario`, shifted so that it starts at `now`. `pace` multiplies how long
    /// state changes take.
    pub fn new(scenario: &Scenario, now: Timestamp, pace: f64) -> Self {
        Self::of(&scenario.file.rows_of(None), (scenario.now, now), pace)
    }

    /// The simulation of a linked account of `scenario`. Its ids differ from those of other
    /// accounts with the same rows.
    pub(in crate::mock) fn of_member(
        scenario: &Scenario,
        linked: &LinkedSpec,
        now: Timestamp,
        pace: f64,
    ) -> Self {
        let mut file = scenario.file.rows_of(Some(linked));
        file.account.id.clone_from(&linked.id);
        file.account.alias = slug(linked.name.get_ref());
        "root".clone_into(&mut file.account.caller);
        file.account.role = None;
        file.seed = hash(file.seed, linked.id.get_ref());
        Self::of(&file, (scenario.now, now), pace)
    }

    fn of(file: &File, (scenario_now, now): (Timestamp, Timestamp), pace: f64) -> Self {
        let seed = file.seed;
        let account = caller_of(file);
        let simulation = Self {
            account,
            regions: file
                .regions
                .iter()
                .map(|region| region.get_ref().clone())
                .collect(),
            seed,
            pace,
            instances: Vec::new(),
            notebooks: Vec::new(),
            domains: Vec::new(),
            user_profiles: Vec::new(),
            spaces: Vec::new(),
            apps: Vec::new(),
            endpoints: Vec::new(),
            components: Vec::new(),
            jobs: Vec::new(),
            tunings: Vec::new(),
            clusters: Vec::new(),
            model_jobs: Vec::new(),
            throughputs: Vec::new(),
            model_uses: Vec::new(),
            profiles: Vec::new(),
            reserved_capacity: Vec::new(),
            training_plans: Vec::new(),
            tracking_servers: Vec::new(),
            partner_apps: Vec::new(),
            model_deployments: Vec::new(),
            imported_models: Vec::new(),
            extras: Vec::new(),
            monitors: Vec::new(),
            anomalies: Vec::new(),
            catalog: Catalog::default(),
            tokens: Tokens::default(),
            agreements: Agreements::default(),
        };
        let shift = seconds_between(scenario_now, now).trunc();
        let mut builder = Builder {
            file,
            now: scenario_now,
            shift,
            simulation,
        };
        builder.build();
        builder.simulation.catalog = Catalog::of(&builder.simulation);
        builder.simulation
    }
}

fn caller_of(file: &File) -> CallerIdentity {
    let id = file.account.id.get_ref().clone();
    let role = file.account.role.as_ref();
    CallerIdentity {
        caller_arn: format!("arn:aws:iam::{id}:{}", file.account.caller),
        caller_id: format!("AIDA{}", base32(hash(file.seed, "caller"))),
        alias: file.account.alias.clone(),
        role: role.and_then(|role| Role::find(role.get_ref())),
        id,
    }
}

impl Builder<'_> {
    fn build(&mut self) {
        for spec in &self.file.instance {
            self.instances(spec);
        }
        for spec in &self.file.notebook {
            self.notebook(spec);
        }
        self.jobs();
        self.clusters();
        self.model_jobs();
        self.studio();
        self.endpoints();
        self.bedrock();
        self.capacity();
        self.costs();
        self.simulation.agreements = self.agreements();
    }

    /// A scenario's time in the simulation's time.
    pub(super) fn at(&self, when: ScenarioTime) -> Timestamp {
        after(when.resolve(self.now), self.shift)
    }

    /// The load of the resource `name`.
    pub(super) fn load(&self, spec: &LoadSpec, name: &str) -> Load {
        spec.resolve(self.key(name), self.now, self.shift)
    }

    pub(super) fn key(&self, name: &str) -> u64 {
        hash(self.simulation.seed, name)
    }

    pub(super) fn region(&self, region: Option<&Text>) -> String {
        region.map_or_else(
            || self.simulation.regions[0].clone(),
            |region| region.get_ref().clone(),
        )
    }

    pub(super) fn tags(&self, own: &Tags) -> Tags {
        let mut tags = self.file.tags.clone();
        for (key, value) in own {
            // An empty value removes a common tag.
            if value.is_empty() {
                tags.remove(key);
            } else {
                tags.insert(key.clone(), value.clone());
            }
        }
        tags
    }

    pub(super) fn placeholder_id(&self, prefix: &str, name: &str) -> String {
        format!("{prefix}-0{:016x}", self.key(&format!("{prefix}/{name}")))
    }

    fn notebook(&mut self, spec: &NotebookSpec) {
        let region = self.region(spec.region.as_ref());
        let name = spec.name.get_ref();
        let own = format!("{region}/{name}");
        let created = self.at(spec.created);
        let mut life = Timeline::new(created, NotebookState::Pending);
        life.change(
            after(created, 150.0),
            if spec.failed {
                NotebookState::Failed
            } else {
                NotebookState::InService
            },
        );
        if let Some(started) = spec.started {
            // It ran on the evening of its creation, and again since.
            let started = self.at(started);
            life.change(after(created, 14_400.0), NotebookState::Stopping);
            life.change(after(created, 14_430.0), NotebookState::Stopped);
            life.change(started, NotebookState::Pending);
            life.change(after(started, 120.0), NotebookState::InService);
        }
        if let Some(stopped) = &spec.stopped {
            let at = self.at(*stopped.get_ref());
            life.change(at, NotebookState::Stopping);
            life.change(after(at, 30.0), NotebookState::Stopped);
        }
        let idle = LoadSpec::between(0.2, 1.2);
        let account = &self.simulation.account.id;
        let notebook = Notebook {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:notebook-instance/{}",
                name.to_lowercase()
            ),
            instance_type: spec.r#type.get_ref().clone(),
            created,
            lifecycle_config: spec.lifecycle_config.clone(),
            volume_gb: spec.volume_gb,
            role_arn: self.role(),
            life,
            cpu: self.load(
                spec.cpu.as_ref().map_or(&idle, |cpu| cpu.get_ref()),
                &format!("notebook/{own}"),
            ),
            publishes_cpu: spec.publishes_cpu,
            tags: self.tags(&spec.tags),
            name: name.clone(),
            region,
        };
        self.simulation.notebooks.push(notebook);
    }

    pub(super) fn role(&self) -> String {
        format!(
            "arn:aws:iam::{}:role/service-role/AmazonSageMaker-ExecutionRole",
            self.simulation.account.id
        )
    }

    fn costs(&mut self) {
        for spec in &self.file.cost {
            self.cost(spec);
        }
        for spec in &self.file.monitor {
            let monitor = Monitor {
                arn: format!(
                    "arn:aws:ce::{}:anomalymonitor/{}",
                    self.simulation.account.id,
                    self.simulation.uuid(&spec.name)
                ),
                name: spec.name.clone(),
                dimension: "SERVICE",
                created: self.at(spec.created),
            };
            self.simulation.monitors.push(monitor);
        }
        for (n, spec) in self.file.anomaly.iter().enumerate() {
            let watch = AnomalySource {
                id: self.simulation.uuid(&format!("anomaly/{n}")),
                service: spec.service.get_ref().clone(),
                usage_type: spec.usage_type.clone(),
                region: self.region(spec.region.as_ref()),
                start: self.at(spec.start),
                end: spec.end.map(|end| self.at(end)),
                score: spec.score,
                feedback: spec
                    .feedback
                    .as_ref()
                    .map(|feedback| feedback.get_ref().clone()),
            };
            self.simulation.anomalies.push(watch);
        }
    }

    /// A line for the own account, or for every linked account that the entry names.
    fn cost(&mut self, spec: &CostSpec) {
        let line = |account: Option<String>| NonResourceCost {
            service: spec.service.clone(),
            usage_type: spec.usage_type.clone(),
            region: self.region(spec.region.as_ref()),
            daily: self.load(
                &spec.usd_per_day,
                &format!("cost/{}/{}", spec.service, spec.usage_type),
            ),
            usd_per_unit: spec.usd_per_unit.as_ref().map(|usd| *usd.get_ref()),
            unit: spec.unit.clone(),
            since: spec.since.map(|since| self.at(since)),
            account,
            record_type: match spec.record_type {
                RecordSpec::Usage => "Usage",
                RecordSpec::Fee => "Fee",
                RecordSpec::Support => "Support",
                RecordSpec::Tax => "Tax",
            },
            tags: spec.tags.clone(),
        };
        let lines: Vec<NonResourceCost> = match &spec.account {
            Some(account) if !self.file.is_own(account.get_ref()) => {
                let linked = self.file.linked_account.iter();
                let named = linked.filter(|linked| linked.is_named(account.get_ref()));
                named
                    .map(|linked| line(Some(linked.id.get_ref().clone())))
                    .collect()
            }
            _ => vec![line(None)],
        };
        self.simulation.extras.extend(lines);
    }
}

/// `{n}` in a name counts from 1.
fn expand_name(name: &str, n: usize, count: usize) -> String {
    if count > 1 && !name.contains("{n}") {
        name.to_owned()
    } else {
        name.replace("{n}", &(n + 1).to_string())
    }
}

/// Thirteen capital letters and digits.
fn base32(mut n: u64) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    (0..13)
        .map(|_| {
            let digit = DIGITS[(n % 32) as usize];
            n /= 32;
            char::from(digit)
        })
        .collect()
}
