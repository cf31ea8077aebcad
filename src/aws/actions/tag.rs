//! Requests of `tag`: each resource by the tagging API of its own service.

use super::{
    client_config::{self, send},
    dry_run,
    operation_requests::OperationRequests,
    retry::ThrottleRetry,
};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe, tags},
    domain::{
        Fault, ObservedState, Tags,
        action::{ops::tag::Call, setting::TagRoute},
    },
};
use std::sync::Arc;

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[
        Api::BedrockTagResource,
        Api::BedrockUntagResource,
        Api::Ec2CreateTags,
        Api::Ec2DeleteTags,
        Api::SageMakerAddTags,
        Api::SageMakerDeleteTags,
    ];
    const DRY_RUN: &'static [Api] = &[Api::Ec2CreateTags, Api::Ec2DeleteTags];

    fn on_instance(id: &Arc<str>) -> Option<Self> {
        const KEY: &str = "spendtop-doctor";
        Some(Self {
            route: TagRoute::Ec2(id.clone()),
            set: Tags::from([(KEY.to_owned(), String::new())]),
            remove: vec![KEY.to_owned()],
        })
    }

    /// First adds, then removes: if the second request fails, nothing is lost. No token: a tag is
    /// set by its key, and removing an absent one succeeds.
    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        let Self { route, set, remove } = self;
        if let TagRoute::SageMaker(arn) | TagRoute::Bedrock(arn) = route {
            session.recently_changed.mark(arn);
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
        let mut answer = Ok(());
        if !self.set.is_empty() {
            let tags = self.set.iter();
            let tags = tags.map(|(key, value)| ec2_tag(key, Some(value)));
            let request = session
                .ec2
                .create_tags()
                .dry_run(true)
                .resources(id.as_ref())
                .set_tags(Some(tags.collect()));
            let once = request.customize().config_override(client_config::ec2());
            answer = dry_run::permitted(Api::Ec2CreateTags, once.send().await);
        }
        if answer.is_ok() && !self.remove.is_empty() {
            let tags = self.remove.iter().map(|key| ec2_tag(key, None)).collect();
            let request = session
                .ec2
                .delete_tags()
                .dry_run(true)
                .resources(id.as_ref())
                .set_tags(Some(tags));
            let once = request.customize().config_override(client_config::ec2());
            answer = dry_run::permitted(Api::Ec2DeleteTags, once.send().await);
        }
        Some(answer)
    }
}

async fn add_tags(session: &Session, route: &TagRoute, set: &Tags) -> Result<(), Fault> {
    match route {
        TagRoute::Ec2(id) => {
            let tags = set.iter().map(|(key, value)| ec2_tag(key, Some(value)));
            let request = session.ec2.create_tags().resources(id.as_ref());
            let request = request.set_tags(Some(tags.collect()));
            send!(request, ec2, Ec2CreateTags)
        }
        TagRoute::SageMaker(arn) => {
            let tags = set.iter().map(|(key, value)| {
                let tag = aws_sdk_sagemaker::types::Tag::builder();
                tag.key(key).value(value).build()
            });
            let request = session.sagemaker.add_tags().resource_arn(arn.as_ref());
            let request = request.set_tags(Some(tags.collect()));
            send!(request, sagemaker, SageMakerAddTags)
        }
        TagRoute::Bedrock(arn) => {
            let tags = set.iter().filter_map(|(key, value)| {
                let tag = aws_sdk_bedrock::types::Tag::builder();
                tag.key(key).value(value).build().ok()
            });
            let request = session.bedrock.tag_resource().resource_arn(arn.as_ref());
            let request = request.set_tags(Some(tags.collect()));
            send!(request, bedrock, BedrockTagResource)
        }
    }
}

async fn remove_tags(session: &Session, route: &TagRoute, keys: &[String]) -> Result<(), Fault> {
    match route {
        TagRoute::Ec2(id) => {
            let tags = keys.iter().map(|key| ec2_tag(key, None)).collect();
            let request = session.ec2.delete_tags().resources(id.as_ref());
            send!(request.set_tags(Some(tags)), ec2, Ec2DeleteTags)
        }
        TagRoute::SageMaker(arn) => {
            let request = session.sagemaker.delete_tags().resource_arn(arn.as_ref());
            let request = request.set_tag_keys(Some(keys.to_vec()));
            send!(request, sagemaker, SageMakerDeleteTags)
        }
        TagRoute::Bedrock(arn) => {
            let request = session.bedrock.untag_resource().resource_arn(arn.as_ref());
            let request = request.set_tag_keys(Some(keys.to_vec()));
            send!(request, bedrock, BedrockUntagResource)
        }
    }
}

/// EC2 tag for a request; `value: None` deletes by key.
fn ec2_tag(key: &str, value: Option<&String>) -> aws_sdk_ec2::types::Tag {
    aws_sdk_ec2::types::Tag::builder()
        .key(key)
        .set_value(value.cloned())
        .build()
}
