//! Lists notebook instances, Studio apps and spaces, tracking servers and partner apps.

use super::{
    item::{NOTEBOOK, NotebookItem},
    managed::{ManagedApp, ManagedApps},
    studio::{StudioCache, apps, spaces::Space, split_gone},
    volumes::Volumes,
};
use crate::aws::Api;
use crate::collectors::{Context, Listing, shared::context::ListOutcome};
use crate::domain::ops;
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        paging::read_pages,
    },
    domain::{Arn, Fault, Measured, Phase, Tags, action::ApiCall},
};
use aws_sdk_sagemaker::types::NotebookInstanceSummary;
use std::sync::Arc;

/// The parts of the inventory that the pane keeps between polls.
#[derive(Default)]
pub(super) struct InventoryCache {
    pub(super) studio: StudioCache,
    volumes: Volumes,
    managed: ManagedApps,
}

/// A notebook instance or Studio app, or something else that SageMaker runs for a team.
#[derive(Clone, Debug)]
pub(crate) enum Workspace {
    Notebook(Box<NotebookItem>),
    Managed(Box<ManagedApp>),
}

impl Workspace {
    pub(super) fn notebook(&self) -> Option<&NotebookItem> {
        match self {
            Self::Notebook(item) => Some(item),
            Self::Managed(_) => None,
        }
    }

    /// Its ARN, and the field of its tags.
    pub(super) fn tagged(&mut self) -> (Option<&Arn>, &mut Measured<Tags>) {
        match self {
            Self::Notebook(item) => (item.arn.as_ref(), &mut item.tags),
            Self::Managed(one) => (one.arn.as_ref(), &mut one.tags),
        }
    }
}

/// Lists all of them. A list that fails does not lose the others.
pub(super) async fn inventory(cache: &mut InventoryCache, cx: &Context) -> Listing<Workspace> {
    let studio = &mut cache.studio;
    let (mut items, failed_notebooks) = notebooks(cx).await;
    let (listed, failed_apps) = apps(cx).await;
    let (apps, gone) = split_gone(listed);
    let known_spaces = studio.spaces.list(cx, &apps).await;
    studio.apps_listed |= failed_apps.is_empty();
    studio.notebooks_listed |= failed_notebooks.is_empty();
    let mut lists = ListOutcome::default();
    lists.add(&failed_apps, studio.apps_listed);
    lists.add(&failed_notebooks, studio.notebooks_listed);
    let mut faults = failed_notebooks;
    faults.extend(failed_apps);
    let (spaces, failed_spaces) = known_spaces;
    faults.extend(failed_spaces);
    studio
        .describe_settings(cx, &apps, &spaces, &mut faults)
        .await;
    let described = [&apps[..], &gone[..]].concat();
    studio.describe_apps(cx, &described, &mut faults).await;
    let gone = gone.iter().filter_map(|app| studio.item(cx, app, &spaces));
    let gone: Vec<NotebookItem> = gone.collect();
    studio.gone = gone;
    items.extend(apps.iter().filter_map(|app| studio.item(cx, app, &spaces)));
    cache.volumes.refresh(cx, &mut items, &mut faults).await;
    let is_used = |space: &&Space| {
        let mut used = apps
            .iter()
            .filter(|app| app.space_name() == Some(&*space.name));
        used.any(|app| app.domain_id() == Some(&*space.domain))
    };
    let unused = spaces.iter().filter(|space| !is_used(space));
    let unused: Vec<ManagedApp> = unused
        .map(|space| ManagedApp::of_space(cx, space))
        .collect();
    let (managed, has_all) = cache.managed.list(cx, &mut faults).await;
    let managed = managed.into_iter().chain(unused);
    let items = items
        .into_iter()
        .map(|item| Workspace::Notebook(Box::new(item)))
        .chain(managed.map(|one| Workspace::Managed(Box::new(one))))
        .collect();
    Listing {
        items,
        complete: lists.is_complete() && has_all,
        has_answer: lists.is_answered(),
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
    let changed = optional_timestamp(summary.last_modified_time());
    let is_moving = matches!(state.phase, Phase::Running | Phase::Changing);
    let since = changed.filter(|_| is_moving);
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
        changed,
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
        as_of: None,
        plan: None,
        stop: ApiCall::Stop(ops::stop::Call::Notebook(name.clone())),
        volume_gb: Measured::unknown("not described yet"),
        tags: Measured::unknown("tags not read yet"),
        name,
    })
}
