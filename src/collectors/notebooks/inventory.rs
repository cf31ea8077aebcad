//! Lists notebook instances and Studio apps.

use super::{
    item::{NOTEBOOK, NotebookItem},
    studio::{StudioCache, apps, spaces},
};
use crate::aws::Api;
use crate::collectors::{Context, Listing, shared::context::ListOutcome};
use crate::domain::ops;
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        paging::read_pages,
    },
    domain::{Fault, Measured, Phase, action::ApiCall},
};
use aws_sdk_sagemaker::types::NotebookInstanceSummary;
use std::{collections::HashMap, sync::Arc};

/// Lists notebook instances and apps. A list that fails does not lose the other.
pub(super) async fn inventory(studio: &mut StudioCache, cx: &Context) -> Listing<NotebookItem> {
    let (mut items, failed_notebooks) = notebooks(cx).await;
    let (apps, failed_apps) = apps(cx).await;
    studio.apps_listed |= failed_apps.is_empty();
    studio.notebooks_listed |= failed_notebooks.is_empty();
    let mut lists = ListOutcome::default();
    lists.add(&failed_apps, studio.apps_listed);
    lists.add(&failed_notebooks, studio.notebooks_listed);
    let mut faults = failed_notebooks;
    faults.extend(failed_apps);
    let owners = if apps.iter().any(|app| app.space_name().is_some()) {
        spaces(cx, &mut faults).await
    } else {
        HashMap::new()
    };
    studio
        .describe_settings(cx, &apps, &owners, &mut faults)
        .await;
    studio.describe_apps(cx, &apps, &mut faults).await;
    items.extend(apps.iter().filter_map(|app| studio.item(cx, app, &owners)));
    Listing {
        items,
        complete: lists.is_complete(),
        faults,
    }
}

async fn notebooks(cx: &Context) -> (Vec<NotebookItem>, Vec<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_notebook_instances()
        .max_results(100)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::SageMakerListNotebookInstances, pages, |page| {
        items.extend(page.notebook_instances().iter().filter_map(notebook));
    });
    let faults = read.await.err().into_iter().collect();
    (items, faults)
}

fn notebook(summary: &NotebookInstanceSummary) -> Option<NotebookItem> {
    let name: Arc<str> = summary.notebook_instance_name()?.into();
    let state = state::notebook(
        summary
            .notebook_instance_status()
            .map_or("unknown", |status| status.as_str()),
    );
    // A start is a modification, so this is when it came into service; nothing else says.
    let since =
        optional_timestamp(summary.last_modified_time()).filter(|_| state.phase == Phase::Running);
    let auto_stop = match summary.notebook_instance_lifecycle_config_name() {
        None => Measured::Known(false),
        Some(config) => {
            let lower = config.to_lowercase();
            let says_so = ["auto-stop", "autostop", "auto_stop", "idle"]
                .iter()
                .any(|word| lower.contains(word));
            if says_so {
                Measured::Known(true)
            } else {
                Measured::unknown(format!("its lifecycle configuration {config} may stop it"))
            }
        }
    };
    Some(NotebookItem {
        kind: NOTEBOOK,
        id: name.clone(),
        arn: summary
            .notebook_instance_arn()
            .and_then(|arn| arn.parse().ok()),
        since: since.or_else(|| optional_timestamp(summary.creation_time())),
        state,
        app_type: "notebook".into(),
        ty: Some(
            summary
                .instance_type()
                .map_or("unknown", |ty| ty.as_str())
                .into(),
        ),
        user: None,
        auto_stop,
        activity: Measured::unknown("SageMaker publishes no idle signal for it"),
        is_observable: true,
        is_prepaid: false,
        stop: ApiCall::Stop(ops::stop::Call::Notebook(name.clone())),
        tags: Measured::unknown("tags not read yet"),
        name,
    })
}
