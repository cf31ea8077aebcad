//! The spaces of Studio: who owns them, and their volumes.

use crate::{
    aws::{Api, convert::time::optional_timestamp, paging::read_pages},
    collectors::{Context, shared::context::side_list_fault},
    domain::{Fault, Timestamp, time::timestamp::seconds_between},
};
use aws_sdk_sagemaker::types::{AppDetails, SharingType, SpaceDetails};
use std::sync::Arc;

/// Seconds after which spaces are listed again.
const AGE: f64 = 300.0;

/// The spaces as last listed, with the fault of the list, and when.
#[derive(Default)]
pub(in super::super) struct SpaceCache(Option<(Vec<Space>, Option<Fault>, Timestamp)>);

impl SpaceCache {
    /// The spaces, listed again after a while, or when an app is in a space that is not known.
    pub(in super::super) async fn list(
        &mut self,
        cx: &Context,
        apps: &[AppDetails],
    ) -> (Vec<Space>, Option<Fault>) {
        let now = cx.clock.now();
        let is_known = |app: &AppDetails, spaces: &[Space]| {
            let is_its = |space: &Space| {
                app.space_name() == Some(&*space.name) && app.domain_id() == Some(&*space.domain)
            };
            app.space_name().is_none() || spaces.iter().any(is_its)
        };
        let holds = |(spaces, fault, read): &(Vec<Space>, Option<Fault>, Timestamp)| {
            seconds_between(*read, now) <= AGE
                && (fault.is_some() || apps.iter().all(|app| is_known(app, spaces)))
        };
        if !self.0.as_ref().is_some_and(holds) {
            let (spaces, fault) = Box::pin(spaces(cx)).await;
            self.0 = Some((spaces, fault, now));
        }
        let known = self.0.clone();
        known.map_or_else(Default::default, |(spaces, fault, _)| (spaces, fault))
    }
}

/// The space of that name in `domain`.
pub(super) fn find_space<'a>(spaces: &'a [Space], domain: &str, name: &str) -> Option<&'a Space> {
    spaces
        .iter()
        .find(|space| *space.name == *name && *space.domain == *domain)
}

/// Lists the spaces.
async fn spaces(cx: &Context) -> (Vec<Space>, Option<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_spaces()
        .max_results(100)
        .into_paginator()
        .send();
    let mut spaces = Vec::new();
    let read = read_pages(Api::SageMakerListSpaces, pages, |page| {
        spaces.extend(page.spaces().iter().filter_map(Space::of));
    });
    let fault = side_list_fault(read.await);
    (spaces, fault)
}

/// A space of Studio.
#[derive(Clone, Debug)]
pub(in super::super) struct Space {
    pub(in super::super) domain: Arc<str>,
    pub(in super::super) name: Arc<str>,
    /// The user profile that it belongs to.
    pub(in super::super) owner: Option<Arc<str>>,
    /// Whether all users of the domain share it.
    pub(super) is_shared: bool,
    /// GB of its volume, if it has one.
    pub(in super::super) volume_gb: Option<i32>,
    pub(in super::super) created: Option<Timestamp>,
}

impl Space {
    /// The space of a list; `None` for one that is being deleted.
    fn of(one: &SpaceDetails) -> Option<Self> {
        let is_going = one
            .status()
            .is_some_and(|status| status.as_str() == "Deleting");
        (!is_going).then_some(())?;
        let owner = one
            .ownership_settings_summary()
            .and_then(|summary| summary.owner_user_profile_name());
        let storage = one
            .space_settings_summary()
            .and_then(|summary| summary.space_storage_settings());
        let volume = storage.and_then(|storage| storage.ebs_storage_settings());
        Some(Self {
            domain: one.domain_id()?.into(),
            name: one.space_name()?.into(),
            owner: owner.map(Arc::from),
            is_shared: one
                .space_sharing_settings_summary()
                .and_then(|summary| summary.sharing_type())
                == Some(&SharingType::Shared),
            volume_gb: volume
                .and_then(aws_sdk_sagemaker::types::EbsStorageSettings::ebs_volume_size_in_gb),
            created: optional_timestamp(one.creation_time()),
        })
    }
}
