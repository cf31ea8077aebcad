//! Studio apps: lists them, and describes them and the settings that may stop them.

mod settings;
pub(super) mod spaces;

use self::{
    settings::{LevelSettings, SettingsLevel},
    spaces::{Space, SpaceCache, find_space},
};
use super::item::{APP, NotebookItem};
use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::context::{push_fault, run_bounded},
};
use crate::domain::ops;
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault,
        paging::read_pages,
    },
    domain::{
        Arn, Fault, Measured, Timestamp,
        action::{ApiCall, AppOwner},
        time::timestamp::seconds_between,
    },
};
use aws_sdk_sagemaker::types::{AppDetails, AppInstanceType};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Seconds after which an app is described again, and after which that is tried again if it failed.
const STALE: f64 = 300.0;
const RETRY: f64 = 60.0;
/// Seconds after which the settings of a level are read again.
const STALE_SETTINGS: f64 = 900.0;

/// The cache of described Studio apps and of the settings that may stop them.
#[derive(Default)]
pub(super) struct StudioCache {
    /// The settings of each level, and when they were read.
    settings: HashMap<SettingsLevel, (Measured<LevelSettings>, Timestamp)>,
    /// By app: its description, the status it had then, and the time of the request.
    apps: HashMap<Arc<str>, (AppDescription, Arc<str>, Timestamp)>,
    /// The apps that are deleted: AWS lists them for a day.
    pub gone: Vec<NotebookItem>,
    /// Whether apps were listed before.
    pub apps_listed: bool,
    /// Whether notebook instances were listed before.
    pub notebooks_listed: bool,
    pub(super) spaces: SpaceCache,
}

#[derive(Clone, Debug)]
struct AppDescription {
    arn: Option<Arn>,
    activity: Measured<Timestamp>,
    is_observable: bool,
    /// When AWS gave it, if AWS did not give it again since.
    as_of: Option<Timestamp>,
    checked: Option<Timestamp>,
}

/// Lists the apps, also those that are deleted.
pub(super) async fn apps(cx: &Context) -> (Vec<AppDetails>, Vec<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_apps()
        .max_results(100)
        .into_paginator()
        .send();
    let mut apps = Vec::new();
    let read = read_pages(Api::SageMakerListApps, pages, |page| {
        apps.extend_from_slice(page.apps());
    });
    let faults = read.await.err().into_iter().collect();
    (apps, faults)
}

/// The levels whose settings may stop an app, the nearest first; none for types that no setting
/// stops.
fn levels(app: &AppDetails, spaces: &[Space]) -> Vec<SettingsLevel> {
    let is_stoppable = app.app_type().is_some_and(|app_type| {
        matches!(
            app_type.as_str(),
            "JupyterLab" | "CodeEditor" | "JupyterServer" | "KernelGateway"
        )
    });
    let (Some(domain), Some(holder), true) = (app.domain_id(), owner(app), is_stoppable) else {
        return Vec::new();
    };
    let id: Arc<str> = domain.into();
    match holder {
        AppOwner::User(user) => vec![
            SettingsLevel::Profile(id.clone(), user),
            SettingsLevel::Domain(id),
        ],
        AppOwner::Space(space) => {
            let nearest = SettingsLevel::Space(id.clone(), space.clone());
            let known = find_space(spaces, domain, &space);
            if known.is_some_and(|space| space.is_shared) {
                return vec![nearest, SettingsLevel::SharedSpaces(id)];
            }
            let owner = known.and_then(|space| space.owner.clone());
            let profile = owner.map(|owner| SettingsLevel::Profile(id.clone(), owner));
            std::iter::once(nearest)
                .chain(profile)
                .chain([SettingsLevel::Domain(id)])
                .collect()
        }
    }
}

fn status(app: &AppDetails) -> &str {
    app.status().map_or("unknown", |status| status.as_str())
}

fn owner(app: &AppDetails) -> Option<AppOwner> {
    app.space_name()
        .map(|space| AppOwner::Space(space.into()))
        .or_else(|| {
            app.user_profile_name()
                .map(|user| AppOwner::User(user.into()))
        })
}

fn app_id(app: &AppDetails) -> Option<Arc<str>> {
    let (AppOwner::User(owner) | AppOwner::Space(owner)) = owner(app)?;
    Some(
        format!(
            "{}/{owner}/{}/{}",
            app.domain_id()?,
            app.app_type()?.as_str(),
            app.app_name()?
        )
        .into(),
    )
}

/// The apps that exist, and those that are deleted and were not made anew.
pub(super) fn split_gone(listed: Vec<AppDetails>) -> (Vec<AppDetails>, Vec<AppDetails>) {
    let is_gone = |app: &AppDetails| status(app) == "Deleted";
    let (mut gone, apps): (Vec<_>, Vec<_>) = listed.into_iter().partition(is_gone);
    let known: BTreeSet<Arc<str>> = apps.iter().filter_map(app_id).collect();
    gone.retain(|app| app_id(app).is_some_and(|id| !known.contains(&id)));
    (apps, gone)
}

impl StudioCache {
    /// Brings the settings of all levels of the apps that run up to date, and forgets the others.
    pub(super) async fn describe_settings(
        &mut self,
        cx: &Context,
        apps: &[AppDetails],
        spaces: &[Space],
        faults: &mut Vec<Fault>,
    ) {
        let now = cx.clock.now();
        let running = apps
            .iter()
            .filter(|app| matches!(status(app), "InService" | "Pending"));
        let wanted: BTreeSet<SettingsLevel> = running.flat_map(|app| levels(app, spaces)).collect();
        self.settings.retain(|level, _| wanted.contains(level));
        let is_due = |level: &SettingsLevel| {
            self.settings
                .get(level)
                .is_none_or(|(_, read)| seconds_between(*read, now) > STALE_SETTINGS)
        };
        let jobs = wanted.into_iter().filter(is_due).map(|level| async move {
            let answer = Box::pin(settings::describe(cx, &level)).await;
            (level, answer)
        });
        for (level, answer) in run_bounded(jobs.collect()).await {
            let known = match answer {
                Ok(settings) => Measured::Known(settings),
                Err(fault) => {
                    let unread = Measured::unread(&fault);
                    push_fault(faults, fault);
                    let old = self.settings.remove(&level).map(|(old, _)| old);
                    old.filter(|old| old.known().is_some()).unwrap_or(unread)
                }
            };
            self.settings.insert(level, (known, now));
        }
    }

    pub(super) async fn describe_apps(
        &mut self,
        cx: &Context,
        apps: &[AppDetails],
        faults: &mut Vec<Fault>,
    ) {
        let now = cx.clock.now();
        let present: BTreeSet<Arc<str>> = apps.iter().filter_map(app_id).collect();
        self.apps.retain(|id, _| present.contains(id));
        let due = apps.iter().filter(|app| {
            app_id(app).is_some_and(|id| {
                self.apps
                    .get(&id)
                    .is_none_or(|(described, described_status, asked)| {
                        let is_current = described.as_of.is_none();
                        described_status.as_ref() != status(app)
                            || seconds_between(*asked, now) > if is_current { STALE } else { RETRY }
                    })
            })
        });
        let due: Vec<&AppDetails> = due.collect();
        let jobs = due
            .into_iter()
            .map(|app| async move { (app, describe_app(cx, app).await) });
        for (app, answer) in run_bounded(jobs.collect()).await {
            let Some(id) = app_id(app) else { continue };
            let known = answer.unwrap_or_else(|fault| {
                let unread = AppDescription {
                    arn: None,
                    activity: Measured::unread(&fault),
                    is_observable: true,
                    as_of: Some(now),
                    checked: None,
                };
                if status(app) != "Deleted" {
                    push_fault(faults, fault);
                }
                match self.apps.remove(&id) {
                    Some((old, _, asked)) if !old.activity.is_unread() => AppDescription {
                        as_of: old.as_of.or(Some(asked)),
                        ..old
                    },
                    _ => unread,
                }
            });
            self.apps.insert(id, (known, status(app).into(), now));
        }
    }

    /// The item of an app. `spaces` has the user and volume of each space.
    pub(super) fn item(
        &self,
        cx: &Context,
        app: &AppDetails,
        spaces: &[Space],
    ) -> Option<NotebookItem> {
        let id = app_id(app)?;
        let (domain, owner, name) = (app.domain_id()?, owner(app)?, app.app_name()?);
        let app_type: Arc<str> = app.app_type()?.as_str().into();
        let described = self.apps.get(&id).map(|(described, ..)| described.clone());
        let (AppOwner::User(owner_name) | AppOwner::Space(owner_name)) = &owner;
        let path = format!("app/{domain}/{owner_name}/{app_type}/{name}");
        let space = match &owner {
            AppOwner::Space(name) => find_space(spaces, domain, name),
            AppOwner::User(_) => None,
        };
        let user = match &owner {
            AppOwner::User(user) => Some(user.clone()),
            AppOwner::Space(_) => space.and_then(|space| space.owner.clone()),
        };
        let spec = app.resource_spec();
        Some(NotebookItem {
            kind: APP,
            name: known_name(name, owner_name),
            arn: described
                .as_ref()
                .and_then(|described| described.arn.clone())
                .or_else(|| cx.arn("sagemaker", None, &path)),
            state: state::app(status(app)),
            since: optional_timestamp(app.creation_time()),
            changed: described.as_ref().and_then(|described| described.checked),
            ty: instance_type(app, &app_type),
            user,
            auto_stop: self.auto_stop(app, &app_type, spaces),
            is_observable: described.as_ref().is_none_or(|one| one.is_observable),
            as_of: described
                .as_ref()
                .filter(|described| !described.activity.is_unread())
                .and_then(|described| described.as_of),
            plan: spec.and_then(|spec| spec.training_plan_arn().map(Arc::from)),
            activity: described.map_or_else(
                || Measured::unknown("not described yet"),
                |described| described.activity,
            ),
            stop: ApiCall::Stop(ops::stop::Call::App {
                domain: domain.into(),
                owner,
                app_type: app_type.clone(),
                name: name.into(),
            }),
            volume_gb: Measured::or_why(
                space.and_then(|space| space.volume_gb),
                "its volume is not that of a space",
            ),
            tags: Measured::unknown("tags not read yet"),
            app_type,
            id,
        })
    }

    /// Whether an app stops by itself.
    fn auto_stop(&self, app: &AppDetails, app_type: &str, spaces: &[Space]) -> Measured<bool> {
        let unread = || Measured::unknown("its settings are not read yet");
        let levels: Vec<(SettingsLevel, Measured<LevelSettings>)> = levels(app, spaces)
            .into_iter()
            .map(|level| {
                let settings = self.settings.get(&level);
                let settings = settings.map_or_else(unread, |(settings, _)| settings.clone());
                (level, settings)
            })
            .collect();
        let own = app
            .resource_spec()
            .and_then(|spec| spec.lifecycle_config_arn())
            .map(settings::name_of_config);
        settings::auto_stop(app_type, own, &levels)
    }
}

/// Every space calls its app `default`: the space is the name people know.
fn known_name(name: &str, owner: &Arc<str>) -> Arc<str> {
    if name == "default" {
        owner.clone()
    } else {
        name.into()
    }
}

/// The instance type of an app; `None` for one on the `system` instance.
fn instance_type(app: &AppDetails, app_type: &str) -> Option<Arc<str>> {
    let ty = app
        .resource_spec()
        .and_then(|spec| spec.instance_type())
        .map(AppInstanceType::as_str)
        .filter(|ty| *ty != "system");
    // SageMaker API Reference, ResourceSpec: "For KernelGateway apps, the system value is
    // translated to ml.t3.medium".
    ty.or_else(|| (app_type == "KernelGateway").then_some("ml.t3.medium"))
        .map(Arc::from)
}

async fn describe_app(cx: &Context, app: &AppDetails) -> Result<AppDescription, Fault> {
    let request = cx
        .session
        .sagemaker
        .describe_app()
        .set_domain_id(app.domain_id().map(ToOwned::to_owned));
    let request = request
        .set_app_type(app.app_type().cloned())
        .set_app_name(app.app_name().map(ToOwned::to_owned));
    let request = match owner(app) {
        Some(AppOwner::Space(space)) => request.space_name(space.as_ref()),
        Some(AppOwner::User(user)) => request.user_profile_name(user.as_ref()),
        None => request,
    };
    let answer = request
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::SageMakerDescribeApp, &error))?;
    let activity = match (
        optional_timestamp(answer.last_user_activity_timestamp()),
        optional_timestamp(answer.last_health_check_timestamp()),
    ) {
        (None, _) => Measured::unknown("SageMaker has seen no activity in it"),
        (Some(at), Some(check)) if seconds_between(at, check).abs() <= 1.0 => Measured::unknown(
            "its last activity is only a health check: SageMaker gives no idle signal",
        ),
        (Some(at), _) => Measured::Known(at),
    };
    Ok(AppDescription {
        arn: answer.app_arn().and_then(|arn| arn.parse().ok()),
        is_observable: activity.known().is_some(),
        checked: optional_timestamp(answer.last_health_check_timestamp()),
        activity,
        as_of: None,
    })
}
