//! Tags of all resources, by the three services' tagging APIs, with their limits and refusals.

use super::{InstanceState, ServiceError, Simulation};
use crate::domain::{Tags, Timestamp};

/// Most tags of a resource, not counting those that start with `aws:`.
const MAX_TAGS: usize = 50;

/// A tagging API; it decides the error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagging {
    /// `CreateTags`, `DeleteTags`, by resource id.
    Ec2,
    /// `AddTags`, `DeleteTags`, `ListTags`, by ARN.
    SageMaker,
    /// `TagResource`, `UntagResource`, `ListTagsForResource`, by ARN.
    Bedrock,
}

impl Simulation {
    /// The tags of a resource.
    pub fn tags(
        &self,
        api: Tagging,
        region: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<Tags, ServiceError> {
        let mut all = self.all_tags(region, now);
        all.find(|(service, names, _)| *service == api && names.contains(&id))
            .map(|(_, _, tags)| tags.clone())
            .ok_or_else(|| missing(api, id))
    }

    /// Adds or overwrites tags of all the resources, or of none when one is refused.
    pub fn set_tags(
        &mut self,
        api: Tagging,
        region: &str,
        ids: &[String],
        new: &Tags,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        new.iter()
            .try_for_each(|(key, value)| check_tag(api, key, value))?;
        for id in ids {
            let mut after = self.tags(api, region, id, now)?;
            after.extend(new.clone());
            if after.keys().filter(|key| !key.starts_with("aws:")).count() > MAX_TAGS {
                return Err(too_many(api, id));
            }
        }
        for id in ids {
            if let Some(tags) = self.tags_mut(api, region, id) {
                tags.extend(new.clone());
            }
        }
        Ok(())
    }

    /// Removes the tags of each key, or (EC2) only those with the given value. Absent tags are no
    /// error.
    pub fn remove_tags(
        &mut self,
        api: Tagging,
        region: &str,
        ids: &[String],
        keys: &[(String, Option<String>)],
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        keys.iter()
            .try_for_each(|(key, _)| check_tag(api, key, ""))?;
        for id in ids {
            self.tags(api, region, id, now)?;
        }
        for id in ids {
            if let Some(tags) = self.tags_mut(api, region, id) {
                for (key, value) in keys {
                    if value.is_none() || tags.get(key) == value.as_ref() {
                        tags.remove(key);
                    }
                }
            }
        }
        Ok(())
    }

    /// ARN and tags of everything that has tags and is no instance.
    pub fn tagged_resources<'a>(
        &'a self,
        region: &'a str,
        now: Timestamp,
    ) -> impl Iterator<Item = (String, Tags)> + 'a {
        self.all_tags(region, now)
            .filter(|(api, _, tags)| *api != Tagging::Ec2 && !tags.is_empty())
            .map(|(_, [arn, _], tags)| (arn.to_owned(), tags.clone()))
    }

    fn all_tags<'a>(
        &'a self,
        region: &'a str,
        now: Timestamp,
    ) -> impl Iterator<Item = (Tagging, [&'a str; 2], &'a Tags)> + 'a {
        let alive = move |instance: &&super::Instance| {
            instance
                .state(now)
                .is_some_and(|state| state != InstanceState::Terminated)
        };
        let instances = self
            .instances
            .iter()
            .filter(move |one| one.region == region)
            .filter(alive)
            .map(|one| (Tagging::Ec2, [one.id.as_str(), ""], &one.tags));
        macro_rules! by_arn {
            ($api:expr, $list:ident) => {
                self.$list
                    .iter()
                    .filter(move |one| one.region == region)
                    .map(|one| ($api, [one.arn.as_str(), ""], &one.tags))
            };
        }
        let jobs = self
            .jobs
            .iter()
            .filter(move |one| one.region == region && one.created <= now)
            .map(|one| (Tagging::SageMaker, [one.arn.as_str(), ""], &one.tags));
        instances
            .chain(by_arn!(Tagging::SageMaker, notebooks))
            .chain(by_arn!(Tagging::SageMaker, domains))
            .chain(by_arn!(Tagging::SageMaker, user_profiles))
            .chain(by_arn!(Tagging::SageMaker, spaces))
            .chain(by_arn!(Tagging::SageMaker, apps))
            .chain(by_arn!(Tagging::SageMaker, endpoints))
            .chain(by_arn!(Tagging::SageMaker, components))
            .chain(jobs)
            .chain(by_arn!(Tagging::SageMaker, tunings))
            .chain(by_arn!(Tagging::SageMaker, clusters))
            .chain(by_arn!(Tagging::SageMaker, training_plans))
            .chain(by_arn!(Tagging::SageMaker, tracking_servers))
            .chain(by_arn!(Tagging::SageMaker, partner_apps))
            .chain(by_arn!(Tagging::Bedrock, model_deployments))
            .chain(by_arn!(Tagging::Bedrock, imported_models))
            .chain(by_arn!(Tagging::Bedrock, model_jobs))
            .chain(by_arn!(Tagging::Bedrock, throughputs))
            .chain(by_arn!(Tagging::Bedrock, profiles))
    }

    fn tags_mut(&mut self, api: Tagging, region: &str, id: &str) -> Option<&mut Tags> {
        macro_rules! by_arn {
            ($($list:ident),*) => {
                {$(
                    let mut own = self.$list.iter_mut().filter(|one| one.region == region);
                    if let Some(one) = own.find(|one| one.arn == id) {
                        return Some(&mut one.tags);
                    }
                )*}
            };
        }
        match api {
            Tagging::Ec2 => {
                return self
                    .instances
                    .iter_mut()
                    .find(|one| one.region == region && one.id == id)
                    .map(|one| &mut one.tags);
            }
            Tagging::SageMaker => by_arn!(
                notebooks,
                domains,
                user_profiles,
                spaces,
                apps,
                endpoints,
                components,
                jobs,
                tunings,
                clusters,
                training_plans,
                tracking_servers,
                partner_apps
            ),
            Tagging::Bedrock => by_arn!(
                throughputs,
                profiles,
                model_jobs,
                model_deployments,
                imported_models
            ),
        }
        None
    }
}

fn missing(api: Tagging, id: &str) -> ServiceError {
    match api {
        Tagging::Ec2 => ServiceError::new(
            "InvalidInstanceID.NotFound",
            format!("The instance ID '{id}' does not exist"),
        ),
        Tagging::SageMaker => {
            ServiceError::invalid(format!("Could not find resource with ARN {id}."))
        }
        Tagging::Bedrock => ServiceError::new(
            "ResourceNotFoundException",
            format!("The resource {id} could not be found."),
        )
        .status(404),
    }
}

fn too_many(api: Tagging, id: &str) -> ServiceError {
    match api {
        Tagging::Ec2 => ServiceError::new(
            "TagLimitExceeded",
            "You have reached the maximum number of tags on a single resource.",
        ),
        Tagging::SageMaker => ServiceError::new(
            "ResourceLimitExceeded",
            format!("The resource {id} may not have more than {MAX_TAGS} tags."),
        ),
        Tagging::Bedrock => ServiceError::new(
            "TooManyTagsException",
            format!("The resource {id} may not have more than {MAX_TAGS} tags."),
        ),
    }
}

fn check_tag(api: Tagging, key: &str, value: &str) -> Result<(), ServiceError> {
    let reserved = key.to_ascii_lowercase().starts_with("aws:");
    let fits = !key.is_empty() && key.chars().count() <= 128 && value.chars().count() <= 256;
    match api {
        Tagging::Ec2 if reserved => Err(ServiceError::new(
            "InvalidParameterValue",
            format!(
                "Value ( {key} ) for parameter key is invalid. Tag keys starting with 'aws:' are \
                 reserved for internal use"
            ),
        )),
        Tagging::Ec2 if !fits => Err(ServiceError::new(
            "InvalidParameterValue",
            "Tag keys have 1 to 128 characters, tag values at most 256.",
        )),
        Tagging::SageMaker | Tagging::Bedrock if reserved => Err(ServiceError::invalid(
            "aws: prefixed tag key names are not allowed for external use.",
        )),
        Tagging::SageMaker | Tagging::Bedrock if !fits => Err(ServiceError::invalid(
            "Tag keys have 1 to 128 characters, tag values at most 256.",
        )),
        _ => Ok(()),
    }
}
