//! Tags added and removed, each resource by the tagging API of its own service.
//!
//! One attempt each.

use super::{ThrottleRetry, bedrock, ec2, response, sagemaker};
use crate::{
    aws::Session,
    domain::{Fault, Tags, action::operation::TagRoute},
};

/// First what is added, then what is removed: should the second fail, nothing is lost. No token: a
/// tag is set by its key, and one that is not there is removed without complaint.
pub(super) async fn tag(
    patience: ThrottleRetry<'_>,
    session: &Session,
    route: &TagRoute,
    set: &Tags,
    remove: &[String],
) -> Result<(), Fault> {
    if let TagRoute::SageMaker(arn) | TagRoute::Bedrock(arn) = route {
        session.retagged.mark(arn);
    }
    if !set.is_empty() {
        patience
            .unless_throttled(|| add_tags(session, route, set))
            .await?;
    }
    if remove.is_empty() {
        return Ok(());
    }
    patience
        .unless_throttled(|| remove_tags(session, route, remove))
        .await
        .map_err(|fault| {
            if set.is_empty() {
                return fault;
            }
            let message = format!("tags were added, then: {}", fault.message);
            Fault {
                message: message.into(),
                ..fault
            }
        })
}

async fn add_tags(session: &Session, route: &TagRoute, set: &Tags) -> Result<(), Fault> {
    match route {
        TagRoute::Ec2(id) => {
            let tags = set
                .iter()
                .map(|(key, value)| {
                    aws_sdk_ec2::types::Tag::builder()
                        .key(key)
                        .value(value)
                        .build()
                })
                .collect();
            let request = session
                .ec2
                .create_tags()
                .resources(id.as_ref())
                .set_tags(Some(tags));
            let sent = request
                .customize()
                .config_override(ec2::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("ec2:CreateTags", &error))
        }
        TagRoute::SageMaker(arn) => {
            let tags = set
                .iter()
                .map(|(key, value)| {
                    aws_sdk_sagemaker::types::Tag::builder()
                        .key(key)
                        .value(value)
                        .build()
                })
                .collect();
            let request = session
                .sagemaker
                .add_tags()
                .resource_arn(arn.as_ref())
                .set_tags(Some(tags));
            let sent = request
                .customize()
                .config_override(sagemaker::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("sagemaker:AddTags", &error))
        }
        TagRoute::Bedrock(arn) => {
            let make = |(key, value): (&String, &String)| {
                aws_sdk_bedrock::types::Tag::builder()
                    .key(key)
                    .value(value)
                    .build()
                    .ok()
            };
            let tags = set.iter().filter_map(make).collect();
            let request = session
                .bedrock
                .tag_resource()
                .resource_arn(arn.as_ref())
                .set_tags(Some(tags));
            let sent = request
                .customize()
                .config_override(bedrock::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("bedrock:TagResource", &error))
        }
    }
}

async fn remove_tags(session: &Session, route: &TagRoute, keys: &[String]) -> Result<(), Fault> {
    match route {
        TagRoute::Ec2(id) => {
            let tags = keys
                .iter()
                .map(|key| aws_sdk_ec2::types::Tag::builder().key(key).build())
                .collect();
            let request = session
                .ec2
                .delete_tags()
                .resources(id.as_ref())
                .set_tags(Some(tags));
            let sent = request
                .customize()
                .config_override(ec2::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("ec2:DeleteTags", &error))
        }
        TagRoute::SageMaker(arn) => {
            let request = session
                .sagemaker
                .delete_tags()
                .resource_arn(arn.as_ref())
                .set_tag_keys(Some(keys.to_vec()));
            let sent = request
                .customize()
                .config_override(sagemaker::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("sagemaker:DeleteTags", &error))
        }
        TagRoute::Bedrock(arn) => {
            let request = session
                .bedrock
                .untag_resource()
                .resource_arn(arn.as_ref())
                .set_tag_keys(Some(keys.to_vec()));
            let sent = request
                .customize()
                .config_override(bedrock::once())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("bedrock:UntagResource", &error))
        }
    }
}
