//! Reads tags, one resource at a time.

use super::{Session, fault, paging::read_pages};
use crate::aws::Api;
use crate::domain::{Fault, Tags};
use std::{
    collections::BTreeSet,
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
