//! Builds the EC2 instances of a scenario.

use super::{Builder, base32, expand_name};
use crate::{
    domain::Tags,
    mock::{
        load_shape::LoadSpec,
        price_facts::Facts,
        scenario::spec::{InstanceSpec, MarketSpec, Protection},
        simulation::{Instance, InstanceState, Market, Timeline, Volume, after},
    },
};

/// An address in the network of the region.
fn private_ip(region_key: u64, key: u64) -> String {
    format!(
        "10.{}.{}.{}",
        region_key % 200 + 10,
        (key >> 8) % 250,
        key % 250 + 4
    )
}

impl Builder<'_> {
    pub(super) fn instances(&mut self, spec: &InstanceSpec) {
        let count = *spec.count.get_ref() as usize;
        for n in 0..count {
            let instance = self.one_instance(spec, n, count);
            self.simulation.instances.push(instance);
        }
    }

    /// The tags of the file, `Name` unless it starts with a dash, and that of the group.
    fn instance_tags(&self, spec: &InstanceSpec, name: String) -> Tags {
        let mut tags = self.tags(&spec.tags);
        if !tags.contains_key("Name") && !name.starts_with('-') {
            tags.insert("Name".to_owned(), name);
        }
        if let Some(group) = &spec.auto_scaling_group {
            tags.insert("aws:autoscaling:groupName".to_owned(), group.clone());
        }
        tags
    }

    fn one_instance(&self, spec: &InstanceSpec, n: usize, count: usize) -> Instance {
        let region = self.region(spec.region.as_ref());
        let group = format!("{region}/{}", spec.name.get_ref());
        let own = format!("{group}/{n}");
        let key = self.key(&own);
        let account = &self.simulation.account.id;
        let ty = spec.r#type.get_ref();
        let facts = Facts::get().instance_type(ty);
        let accelerated = facts.is_some_and(|facts| facts.accelerators.is_some());
        let gpu = spec.gpu.as_ref().filter(|_| accelerated);
        let gpu = gpu.map(|gpu| self.load(gpu.get_ref(), &format!("gpu/{own}")));
        let cpu = match (&spec.cpu, &gpu) {
            (Some(cpu), _) => self.load(cpu.get_ref(), &format!("cpu/{own}")),
            (None, Some(gpu)) => gpu.clone(),
            (None, None) => self.load(&LoadSpec::between(8.0, 35.0), &format!("cpu/{own}")),
        };
        let volume = Volume {
            id: self.placeholder_id("vol", &own),
            device: "/dev/xvda".to_owned(),
            size_gib: spec.volume_gb,
            kind: "gp3",
        };
        let zone = ["a", "b", "c"][(self.key(&group) % 3) as usize];
        Instance {
            id: self.placeholder_id("i", &own),
            zone: format!("{region}{}", spec.zone.as_deref().unwrap_or(zone)),
            instance_type: ty.clone(),
            image_id: self.placeholder_id("ami", &group),
            key_name: key.is_multiple_of(3).then(|| "ml-platform".to_owned()),
            vpc_id: self.placeholder_id("vpc", &region),
            subnet_id: self.placeholder_id("subnet", &group),
            interface_id: self.placeholder_id("eni", &own),
            private_ip: private_ip(self.key(&region), key),
            security_groups: vec![(self.placeholder_id("sg", &region), "ml-default".to_owned())],
            reservation_id: self.placeholder_id("r", &group),
            launch_index: n,
            market: self.market(spec, &own),
            auto_scaling_group: spec.auto_scaling_group.clone(),
            relaunch: spec.relaunch_seconds.map(f64::from),
            profile_arn: Some(format!("arn:aws:iam::{account}:instance-profile/ml-node")),
            volumes: vec![volume],
            ebs_root: !spec.instance_store,
            stop_protected: spec.protection.contains(&Protection::Stop),
            capacity_reservation: spec
                .capacity_reservation
                .then(|| self.placeholder_id("cr", &group)),
            no_capacity: spec.insufficient_capacity,
            termination_protected: spec.protection.contains(&Protection::Termination),
            detailed_monitoring: spec.detailed_monitoring,
            tags: self.instance_tags(spec, expand_name(spec.name.get_ref(), n, count)),
            life: self.instance_life(spec),
            facts,
            gpu,
            cpu,
            agent: reports_to_agent(spec),
            insights_cluster: spec.container_insights.clone(),
            key,
            region,
        }
    }

    pub(super) fn market(&self, spec: &InstanceSpec, own: &str) -> Market {
        let spot = |persistent| Market::Spot {
            request_id: format!(
                "sir-{}",
                &base32(self.key(&format!("sir/{own}"))).to_lowercase()[..8]
            ),
            persistent,
        };
        match (spec.market, spec.capacity_block_end) {
            (MarketSpec::Spot, _) => spot(false),
            (MarketSpec::SpotPersistent, _) => spot(true),
            (MarketSpec::CapacityBlock, Some(end)) => Market::CapacityBlock {
                reservation_id: self.placeholder_id("cr", spec.name.get_ref()),
                end: self.at(end),
            },
            (MarketSpec::OnDemand | MarketSpec::CapacityBlock, _) => Market::OnDemand,
        }
    }

    pub(super) fn instance_life(&self, spec: &InstanceSpec) -> Timeline<InstanceState> {
        let launched = self.at(spec.launched);
        let mut life = Timeline::new(launched, InstanceState::Pending);
        life.change(after(launched, 30.0), InstanceState::Running);
        if let Some(stopped) = &spec.stopped {
            let at = self.at(*stopped.get_ref());
            life.change(at, InstanceState::Stopping);
            life.change(after(at, 30.0), InstanceState::Stopped);
        }
        if let Some(terminated) = &spec.terminated {
            let at = self.at(*terminated.get_ref());
            life.change(at, InstanceState::ShuttingDown);
            life.change(after(at, 40.0), InstanceState::Terminated);
        }
        life
    }
}

/// Whether the CloudWatch agent reports the GPUs: unless Container Insights does.
fn reports_to_agent(spec: &InstanceSpec) -> bool {
    let default = spec.container_insights.is_none();
    spec.cloudwatch_agent.unwrap_or(default)
}
