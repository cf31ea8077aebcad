//! Reads tags: of one resource by its own service, or of many at once.

use super::{Session, fault, paging::read_pages};
use crate::aws::Api;
use crate::domain::{Fault, Tags};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// ARNs whose tags this program changed and has not read since, and anomalies that it gave feedback
/// on. Both are read seldom; a change made here is read at the next poll.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecentlyChanged(Arc<Mutex<BTreeSet<Arc<str>>>>);

impl RecentlyChanged {
    /// Records a change of the tags of `arn`.
    pub(crate) fn mark(&self, arn: &Arc<str>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(arn.clone());
    }

    /// Whether the tags of `arn` were changed; forgets it.
    pub(crate) fn take(&self, arn: &str) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(arn)
    }
}

/// Tags of a SageMaker resource.
pub async fn sagemaker(session: &Session, arn: &str) -> Result<Tags, Fault> {
    let mut tags = Tags::new();
    let pages = session
        .sagemaker
        .list_tags()
        .resource_arn(arn)
        .max_results(100)
        .into_paginator()
        .send();
    read_pages(Api::SageMakerListTags, pages, |page| {
        tags.extend(page.tags().iter().filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        }));
    })
    .await?;
    Ok(tags)
}

/// Tags of a Bedrock resource.
pub async fn bedrock(session: &Session, arn: &str) -> Result<Tags, Fault> {
    let answer = session
        .bedrock
        .list_tags_for_resource()
        .resource_arn(arn)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::BedrockListTagsForResource, &error))?;
    Ok(answer
        .tags()
        .iter()
        .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
        .collect())
}

/// Most ARNs that a request for the tags of many resources takes.
pub const MAX_ARNS: usize = 100;

/// Tags by ARN of at most [`MAX_ARNS`] resources of any service, which takes another permission
/// than each service's own request. A resource that never had tags is left out.
pub async fn resources(
    session: &Session,
    arns: &[Arc<str>],
) -> Result<HashMap<Arc<str>, Tags>, Fault> {
    let names = arns.iter().map(|arn| Value::from(arn.as_ref())).collect();
    let input = Map::from_iter([("ResourceARNList".to_owned(), Value::Array(names))]);
    let mut found = HashMap::new();
    let keep = |page: ResourceTags| {
        for one in page.resource_tag_mapping_list.into_iter().flatten() {
            let tags = one
                .tags
                .into_iter()
                .flatten()
                .map(|tag| (tag.key, tag.value));
            found.insert(one.resource_arn, tags.collect());
        }
    };
    let client = &session.json;
    client.read_pages(Api::TagGetResources, input, keep).await?;
    Ok(found)
}

/// An answer of `GetResources`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceTags {
    resource_tag_mapping_list: Option<Vec<ResourceTagMapping>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceTagMapping {
    #[serde(rename = "ResourceARN")]
    resource_arn: Arc<str>,
    tags: Option<Vec<ResourceTag>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceTag {
    key: String,
    value: String,
}

/// Converts the tags in an answer of EC2.
pub fn ec2(tags: &[aws_sdk_ec2::types::Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        })
        .collect()
}
