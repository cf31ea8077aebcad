//! The names of resources, which of them a request names, and the simulation without some of them.

use super::{Holder, Simulation};
use crate::mock::{glob::matches, protocol::Value};
use std::{borrow::Cow, collections::HashSet};

/// The names of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceName {
    /// The identifier in requests: an instance's id, the name of most SageMaker resources.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

impl ResourceName {
    fn new(id: &str, name: &str, arn: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            arn: arn.to_owned(),
        }
    }

    /// Whether its id, name or ARN matches `pattern`.
    pub fn matches(&self, pattern: &str) -> bool {
        [&self.id, &self.name, &self.arn]
            .into_iter()
            .any(|text| matches(pattern, text))
    }
}

impl Simulation {
    /// The resources in `region` that `input` names, in the order of the simulation.
    pub fn resources_named_in(&self, region: &str, input: &Value) -> Vec<ResourceName> {
        let mut texts = HashSet::new();
        collect_texts(input, &mut texts);
        if texts.is_empty() {
            return Vec::new();
        }
        let names = |text: &str| texts.contains(text);
        let mut found = Vec::new();
        for one in self
            .instances
            .iter()
            .filter(|one| one.region == region && names(&one.id))
        {
            let name = one.tags.get("Name").cloned().unwrap_or_default();
            let arn = format!(
                "arn:aws:ec2:{region}:{}:instance/{}",
                self.account.id, one.id
            );
            found.push(ResourceName::new(&one.id, &name, &arn));
        }
        macro_rules! by_name {
            ($($list:ident),*) => {$(
                let own = self.$list.iter().filter(|one| {
                    one.region == region && (names(&one.name) || names(&one.arn))
                });
                found.extend(own.map(|one| ResourceName::new(&one.name, &one.name, &one.arn)));
            )*};
        }
        by_name!(
            notebooks, spaces, endpoints, components, jobs, tunings, model_jobs
        );
        for one in self.apps.iter().filter(|one| one.region == region) {
            let holder = match &one.holder {
                Holder::User(holder) | Holder::Space(holder) => holder,
            };
            if names(&one.arn) || (names(&one.name) && names(holder) && names(&one.domain)) {
                found.push(ResourceName::new(&one.name, &one.name, &one.arn));
            }
        }
        macro_rules! by_id {
            ($($list:ident),*) => {$(
                let own = self.$list.iter().filter(|one| {
                    one.region == region
                        && (names(&one.name) || names(&one.id) || names(&one.arn))
                });
                found.extend(own.map(|one| ResourceName::new(&one.id, &one.name, &one.arn)));
            )*};
        }
        by_id!(domains, clusters, throughputs);
        found
    }

    /// A copy of the simulation without `resources`.
    #[must_use]
    pub fn without(&self, resources: &[ResourceName]) -> Self {
        let mut rest = self.clone();
        let gone = |arn: &str| resources.iter().any(|resource| resource.arn == arn);
        rest.instances
            .retain(|one| !resources.iter().any(|resource| resource.id == one.id));
        macro_rules! all_but {
            ($($list:ident),*) => {$( rest.$list.retain(|one| !gone(&one.arn)); )*};
        }
        all_but!(
            notebooks,
            spaces,
            apps,
            endpoints,
            components,
            jobs,
            tunings,
            clusters,
            domains,
            model_jobs,
            throughputs
        );
        rest
    }
}

/// Every text of a request that may name a resource, and the parts of paths; tags name none.
fn collect_texts<'a>(node: &'a Value, texts: &mut HashSet<&'a str>) {
    match node {
        Value::Text(text) => {
            let text: &'a Cow<'static, str> = text;
            texts.insert(text.as_ref());
            if !text.starts_with("arn:") {
                texts.extend(text.split('/'));
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Map(members) | Value::Entries(members) => {
            let own = members.iter().filter(|(name, _)| {
                !name.to_ascii_lowercase().starts_with("tag") && name != "Action"
            });
            own.for_each(|(_, value)| collect_texts(value, texts));
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Timestamp(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{
        Scenario,
        protocol::value::{fields, text},
    };

    fn simulation() -> Simulation {
        let scenario = Scenario::find("weekend-spike").unwrap();
        Simulation::new(&scenario, scenario.now, 1.0)
    }

    #[test]
    fn requests_name_resources_by_id_name_arn_and_path() {
        let simulation = simulation();
        let worker = simulation
            .instances
            .iter()
            .find(|one| {
                one.tags
                    .get("Name")
                    .is_some_and(|name| name == "hpo-worker-3")
            })
            .unwrap();
        let mut throughputs = simulation.throughputs.iter();
        let region = worker.region.as_str();
        let throughput = throughputs.find(|one| one.region == region).unwrap();
        for (input, names) in [
            (
                fields! { "InstanceId": Value::List(vec![text(&worker.id)]) },
                vec!["hpo-worker-3"],
            ),
            (
                fields! { "EndpointName": "rec-endpoint" },
                vec!["rec-endpoint"],
            ),
            (
                fields! { "ResourceId": "endpoint/rec-endpoint/variant/AllTraffic" },
                vec!["rec-endpoint"],
            ),
            (
                fields! { "provisionedModelId": text(&throughput.arn) },
                vec![throughput.name.as_str()],
            ),
            (
                fields! {
                    "Tag": Value::List(vec![fields! {
                        "Key": "rec-endpoint",
                        "Value": "rec-endpoint",
                    }]),
                },
                vec![],
            ),
            (fields! { "MaxResults": 100_u32 }, vec![]),
        ] {
            let found = simulation.resources_named_in(region, &input);
            assert_eq!(
                found
                    .iter()
                    .map(|called| called.name.as_str())
                    .collect::<Vec<_>>(),
                names,
                "{input:?}"
            );
            assert!(
                simulation
                    .without(&found)
                    .resources_named_in(region, &input)
                    .is_empty()
            );
        }
    }

    #[test]
    fn a_request_names_no_resource_of_another_region() {
        let input = fields! { "EndpointName": "rec-endpoint" };
        assert!(
            simulation()
                .resources_named_in("eu-west-1", &input)
                .is_empty()
        );
    }
}
