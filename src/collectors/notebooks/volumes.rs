//! The volumes of notebook instances, which are billed while the instance is stopped as well. Only
//! a description of each has its size, so that a few are described in each look.

use super::item::{APP, NOTEBOOK, NotebookItem};
use crate::{
    aws::{Api, fault},
    collectors::{
        Context,
        shared::context::{push_fault, run_bounded},
    },
    domain::{Fault, FaultKind, Measured, Timestamp, Usd, Value, time::timestamp::seconds_between},
    pricing::StorageKind,
};
use std::{collections::HashMap, sync::Arc};

/// Seconds after which an instance is described again: its volume grows only while it is stopped.
const AGE: f64 = 3_600.0;
/// Instances described in one look.
const DESCRIBED: usize = 20;

/// GB of each volume by the name of the instance.
#[derive(Default)]
pub(super) struct Volumes(HashMap<Arc<str>, (Measured<i32>, Timestamp)>);

impl Volumes {
    /// Describes those that are due, and sets the volumes of `items`.
    pub(super) async fn refresh(
        &mut self,
        cx: &Context,
        items: &mut [NotebookItem],
        faults: &mut Vec<Fault>,
    ) {
        let now = cx.clock.now();
        let notebooks = || items.iter().filter(|item| item.kind == NOTEBOOK);
        self.0
            .retain(|name, _| notebooks().any(|item| item.name == *name));
        let is_due = |item: &&NotebookItem| {
            self.0
                .get(&item.name)
                .is_none_or(|(_, read)| seconds_between(*read, now) > AGE)
        };
        let due: Vec<Arc<str>> = notebooks()
            .filter(is_due)
            .map(|item| item.name.clone())
            .take(DESCRIBED)
            .collect();
        let jobs = due.into_iter().map(|name| async move {
            let answer = volume(cx, &name).await;
            (name, answer)
        });
        for (name, answer) in run_bounded(jobs.collect()).await {
            match answer {
                Ok(volume) => drop(self.0.insert(name, (volume, now))),
                // It was deleted since it was listed.
                Err(fault) if fault.kind == FaultKind::NotFound => {}
                Err(fault) => {
                    let why = format!("{}: {}", fault.operation, fault.kind.word());
                    if matches!(fault.kind, FaultKind::Denied | FaultKind::Unavailable) {
                        self.0.insert(name, (Measured::unknown(why), now));
                    }
                    push_fault(faults, fault);
                }
            }
        }
        for item in items.iter_mut().filter(|item| item.kind == NOTEBOOK) {
            if let Some((volume, _)) = self.0.get(&item.name) {
                item.volume_gb = volume.clone();
            }
        }
    }
}

async fn volume(cx: &Context, name: &str) -> Result<Measured<i32>, Fault> {
    let request = cx
        .session
        .sagemaker
        .describe_notebook_instance()
        .notebook_instance_name(name);
    let answer = request
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::SageMakerDescribeNotebookInstance, &error))?;
    Ok(Measured::or_why(
        answer.volume_size_in_gb(),
        "SageMaker does not say the size of its volume",
    ))
}

/// List dollars a month of a volume.
pub(super) fn monthly(cx: &Context, kind: StorageKind, gb: i32) -> Measured<Usd> {
    let quote = cx.prices.storage(kind, cx.region());
    quote.map(|quote| Usd(quote.unit.0 * f64::from(gb)))
}

/// Dollars a month of its volume, whether it runs or not. An app without a space has none of its
/// own.
pub(super) fn storage(cx: &Context, item: &NotebookItem) -> Value {
    let kind = if item.kind == NOTEBOOK {
        StorageKind::Notebook
    } else {
        StorageKind::Studio
    };
    match &item.volume_gb {
        Measured::Known(gb) => Value::read(&monthly(cx, kind, *gb), Value::Usd),
        Measured::Unknown(_) if item.kind == APP => Value::None,
        Measured::Unknown(why) => Value::Unknown(why.clone()),
    }
}
