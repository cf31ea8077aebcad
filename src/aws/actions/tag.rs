//! Requests of `tag`: each resource by the tagging API of its own service.

use super::{client, dry_run, response, retry::ThrottleRetry, slice::Action};
use crate::{
    aws::{Session, describe, tags},
    domain::{
        Fault, ObservedState, Tags,
        action::{ops::tag::Call, setting::TagRoute},
    },
};

impl Action for Call {
    const NEEDS: &'static [&'static str] = &[
        "bedrock:TagResource",
        "bedrock:UntagResource",
        "ec2:CreateTags",
        "ec2:DeleteTags",
        "sagemaker:AddTags",
        "sagemaker:DeleteTags",
    ];

    /// First adds, then removes: if the second request fails, nothing is lost. No token: a tag is
    /// set by its key, and removing an absent one succeeds.
    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        let Self { route, set, remove } = self;
        if let TagRoute::SageMaker(arn) | TagRoute::Bedrock(arn) = route {
            session.retagged.mark(arn);
        }
        if !set.is_empty() {
            retry.send(|| add_tags(session, route, set)).await?;
        }
        if remove.is_empty() {
            return Ok(());
        }
        retry
            .send(|| remove_tags(session, route, remove))
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

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        match &self.route {
            TagRoute::Ec2(id) => describe::instance(session, id).await,
            TagRoute::SageMaker(arn) => {
                let tags = tags::sagemaker(session, arn).await?;
                Ok(describe::tagged(tags))
            }
            TagRoute::Bedrock(arn) => {
                let tags = tags::bedrock(session, arn).await?;
                Ok(describe::tagged(tags))
            }
        }
    }

    async fn dry_run(&self, session: &Session, _: Vec<String>) -> Option<Result<(), Fault>> {
        let TagRoute::Ec2(id) = &self.route else {
            return None;
        };
        let tag = |key: &String, value: Option<&String>| {
            aws_sdk_ec2::types::Tag::builder()
                .key(key)
                .set_value(value.cloned())
                .build()
        };
        let mut answer = Ok(());
        if !self.set.is_empty() {
            let tags = self.set.iter();
            let tags = tags.map(|(key, value)| tag(key, Some(value))).collect();
            let request = session
                .ec2
                .create_tags()
                .dry_run(true)
                .resources(id.as_ref())
                .set_tags(Some(tags));
            let once = request.customize().config_override(client::ec2());
            answer = dry_run::permitted("ec2:CreateTags", once.send().await);
        }
        if answer.is_ok() && !self.remove.is_empty() {
            let tags = self.remove.iter().map(|key| tag(key, None)).collect();
            let request = session
                .ec2
                .delete_tags()
                .dry_run(true)
                .resources(id.as_ref())
                .set_tags(Some(tags));
            let once = request.customize().config_override(client::ec2());
            answer = dry_run::permitted("ec2:DeleteTags", once.send().await);
        }
        Some(answer)
    }
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
                .config_override(client::ec2())
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
                .config_override(client::sagemaker())
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
                .config_override(client::bedrock())
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
                .config_override(client::ec2())
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
                .config_override(client::sagemaker())
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
                .config_override(client::bedrock())
                .send()
                .await;
            sent.map(drop)
                .map_err(|error| response::of("bedrock:UntagResource", &error))
        }
    }
}
