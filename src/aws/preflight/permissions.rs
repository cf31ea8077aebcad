//! Whether this identity may send the EC2 requests of a plan, by dry runs: one request for all
//! targets of a kind, and one each only where EC2 refuses that.

use super::PreflightSession;
use crate::{
    aws::{actions, api},
    domain::{ApiCall, Fault, FaultKind, Target, Warning},
};
use futures_util::future::join_all;
use std::{collections::HashMap, mem::discriminant, sync::Arc};

/// The results of the dry runs of a plan, by instance.
#[derive(Debug, Default)]
pub(super) struct DryRunResults(HashMap<Arc<str>, Result<(), Fault>>);

impl DryRunResults {
    /// Sends dry runs of the EC2 requests of `targets`.
    pub(super) async fn read(reader: &PreflightSession<'_>, targets: &[&Target]) -> Self {
        let mut groups: Vec<Vec<&ApiCall>> = Vec::new();
        for call in targets
            .iter()
            .map(|target| &target.call)
            .filter(|call| call.instance().is_some())
        {
            match groups.iter_mut().find(|group| {
                group
                    .first()
                    .is_some_and(|first| discriminant(*first) == discriminant(call))
            }) {
                Some(group) => group.push(call),
                None => groups.push(vec![call]),
            }
        }
        Self(
            join_all(groups.iter().map(|group| dry_run_group(reader, group)))
                .await
                .into_iter()
                .flatten()
                .collect(),
        )
    }

    /// The warning about `call`, if EC2 denied its dry run.
    pub(super) fn of(&self, call: &ApiCall) -> Result<Option<Warning>, Fault> {
        match call.instance().and_then(|id| self.0.get(id)) {
            Some(Err(fault)) if fault.kind == FaultKind::Denied => {
                let request = call
                    .requests()
                    .first()
                    .and_then(|request| request.split(' ').next().map(Arc::<str>::from));
                let operation = request.unwrap_or_else(|| fault.operation.clone());
                Ok(Some(Warning::DryRunRefused {
                    operation,
                    message: fault.message.clone(),
                }))
            }
            Some(Err(fault)) => Err(fault.clone()),
            Some(Ok(())) | None => Ok(None),
        }
    }
}

async fn dry_run_group(
    reader: &PreflightSession<'_>,
    calls: &[&ApiCall],
) -> Vec<(Arc<str>, Result<(), Fault>)> {
    let named =
        |call: &ApiCall, answer: Result<(), Fault>| call.instance().map(|id| (id.clone(), answer));
    let all = dry_run(reader, calls).await;
    // EC2 refuses the whole request if one instance is forbidden or gone: one request each shows
    // which one.
    let of_one = |fault: &Fault| {
        matches!(
            fault.kind,
            FaultKind::Denied | FaultKind::NotFound | FaultKind::Refused
        )
    };
    if calls.len() > 1 && all.as_ref().is_err_and(of_one) {
        let each = calls
            .iter()
            .map(|call| async move { named(call, dry_run(reader, &[call]).await) });
        return join_all(each).await.into_iter().flatten().collect();
    }
    calls
        .iter()
        .filter_map(|call| named(call, all.clone()))
        .collect()
}

async fn dry_run(reader: &PreflightSession<'_>, calls: &[&ApiCall]) -> Result<(), Fault> {
    let Some(first) = calls.first() else {
        return Ok(());
    };
    let run = async {
        actions::dry_run_together(reader.session, calls)
            .await
            .unwrap_or(Ok(()))
    };
    reader
        .read(
            "ec2:DryRun",
            api::restrict(actions::dry_run_requests(first), run),
        )
        .await
}
