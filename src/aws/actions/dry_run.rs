//! Asks EC2 whether a change would be permitted, by its own `DryRun`: nothing is changed.
//!
//! Stands among the changes, so that their requests are written in one place only. Must not send
//! one without `dry_run(true)`.

use super::ec2::once;
use crate::{
    aws::{Session, fault},
    domain::{
        Fault, FaultKind,
        action::operation::{ApiCall, TagRoute},
    },
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::{error::Error, mem::discriminant, sync::Arc};

/// The code that says yes.
const PERMITTED: &str = "DryRunOperation";

/// Whether this identity may make `call`: `None` where its service cannot be asked, a fault of kind
/// [`FaultKind::Denied`] where it may not, any other where the question was not answered. AWS looks
/// at permissions only: a protected or already stopped instance is permitted too.
pub async fn dry_run(session: &Session, call: &ApiCall) -> Option<Result<(), Fault>> {
    together(session, &[call]).await
}

/// As [`dry_run`], in one request for all `calls` that do the same to instances as the first. A
/// fault does not tell whose it is.
pub async fn together(session: &Session, calls: &[&ApiCall]) -> Option<Result<(), Fault>> {
    let ec2 = &session.ec2;
    let first = *calls.first()?;
    let alike = calls
        .iter()
        .filter(|call| discriminant(**call) == discriminant(first));
    let ids = Some(
        alike
            .filter_map(|call| instance(call))
            .map(ToString::to_string)
            .collect(),
    );
    let answer = match first {
        ApiCall::StopInstance(_) => {
            let request = ec2.stop_instances().dry_run(true).set_instance_ids(ids);
            judged(
                "ec2:StopInstances",
                request.customize().config_override(once()).send().await,
            )
        }
        ApiCall::StartInstance(_) => {
            let request = ec2.start_instances().dry_run(true).set_instance_ids(ids);
            judged(
                "ec2:StartInstances",
                request.customize().config_override(once()).send().await,
            )
        }
        ApiCall::RebootInstance(_) => {
            let request = ec2.reboot_instances().dry_run(true).set_instance_ids(ids);
            judged(
                "ec2:RebootInstances",
                request.customize().config_override(once()).send().await,
            )
        }
        ApiCall::TerminateInstance(_) => {
            let request = ec2
                .terminate_instances()
                .dry_run(true)
                .set_instance_ids(ids);
            judged(
                "ec2:TerminateInstances",
                request.customize().config_override(once()).send().await,
            )
        }
        ApiCall::Tag {
            route: TagRoute::Ec2(id),
            set,
            remove,
        } => {
            let tag = |key: &String, value: Option<&String>| {
                aws_sdk_ec2::types::Tag::builder()
                    .key(key)
                    .set_value(value.cloned())
                    .build()
            };
            let mut answer = Ok(());
            if !set.is_empty() {
                let tags = set
                    .iter()
                    .map(|(key, value)| tag(key, Some(value)))
                    .collect();
                let request = ec2
                    .create_tags()
                    .dry_run(true)
                    .resources(id.as_ref())
                    .set_tags(Some(tags));
                answer = judged(
                    "ec2:CreateTags",
                    request.customize().config_override(once()).send().await,
                );
            }
            if answer.is_ok() && !remove.is_empty() {
                let tags = remove.iter().map(|key| tag(key, None)).collect();
                let request = ec2
                    .delete_tags()
                    .dry_run(true)
                    .resources(id.as_ref())
                    .set_tags(Some(tags));
                answer = judged(
                    "ec2:DeleteTags",
                    request.customize().config_override(once()).send().await,
                );
            }
            answer
        }
        _ => return None,
    };
    Some(answer)
}

/// The instance that `call` is about.
pub fn instance(call: &ApiCall) -> Option<&Arc<str>> {
    match call {
        ApiCall::StopInstance(id)
        | ApiCall::StartInstance(id)
        | ApiCall::RebootInstance(id)
        | ApiCall::TerminateInstance(id) => Some(id),
        _ => None,
    }
}

/// Success comes as an error. Whoever answers as if it were meant took the rehearsal for the play.
fn judged<T, E>(operation: &str, answer: Result<T, SdkError<E, HttpResponse>>) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Err(SdkError::ServiceError(refusal)) if refusal.err().meta().code() == Some(PERMITTED) => {
            Ok(())
        }
        Err(error) => Err(fault::from_sdk(operation, &error)),
        Ok(_) => Err(Fault::new(
            FaultKind::Broken,
            operation,
            "the dry run was answered as if it were carried out",
        )),
    }
}
