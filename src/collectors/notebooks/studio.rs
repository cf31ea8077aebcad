//! Studio apps: lists them, and describes them and the idle settings of their domains.

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
use aws_sdk_sagemaker::types::{self, AppDetails, AppInstanceType};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Seconds after which a domain or an app is described again.
const STALE: f64 = 300.0;

/// The cache of described Studio domains and apps.
#[derive(Default)]
pub(super) struct StudioCache {
    /// By domain: whether idle apps of a type are stopped, and when that was read.
    domains: HashMap<Arc<str>, (IdleSettings, Timestamp)>,
    /// By app: its description, the status it had then, and the time.
    apps: HashMap<Arc<str>, (AppDescription, Arc<str>, Timestamp)>,
    /// Whether apps were listed before.
    pub apps_listed: bool,
    /// Whether notebook instances were listed before.
    pub notebooks_listed: bool,
}

/// Idle shutdown by app type, as far as the domain's default says. A user profile may say
/// otherwise.
#[derive(Clone, Debug)]
struct IdleSettings {
    jupyter_lab: Measured<bool>,
    code_editor: Measured<bool>,
}

#[derive(Clone, Debug)]
struct AppDescription {
    arn: Option<Arn>,
    activity: Measured<Timestamp>,
    is_observable: bool,
}

/// Lists the apps that are not deleted.
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
        let listed = page.apps().iter();
        apps.extend(listed.filter(|app| status(app) != "Deleted").cloned());
    });
    let faults = read.await.err().into_iter().collect();
    (apps, faults)
}

/// Lists the owner of each space, by domain and space.
pub(super) async fn spaces(
    cx: &Context,
    faults: &mut Vec<Fault>,
) -> HashMap<(String, String), Arc<str>> {
    let pages = cx
        .session
        .sagemaker
        .list_spaces()
        .max_results(100)
        .into_paginator()
        .send();
    let mut owners = HashMap::new();
    let read = read_pages(Api::SageMakerListSpaces, pages, |page| {
        owners.extend(page.spaces().iter().filter_map(|space| {
            let owner = space
                .ownership_settings_summary()?
                .owner_user_profile_name()?;
            let key = (
                space.domain_id()?.to_owned(),
                space.space_name()?.to_owned(),
            );
            Some((key, Arc::from(owner)))
        }));
    });
    if let Err(fault) = read.await {
        push_fault(faults, fault);
    }
    owners
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

impl StudioCache {
    pub(super) async fn describe_domains(
        &mut self,
        cx: &Context,
        apps: &[AppDetails],
        faults: &mut Vec<Fault>,
    ) {
        let now = cx.clock.now();
        let wanted: BTreeSet<&str> = apps.iter().filter_map(AppDetails::domain_id).collect();
        let is_due = |domain: &&str| {
            self.domains
                .get(*domain)
                .is_none_or(|(_, read)| seconds_between(*read, now) > STALE)
        };
        let due: Vec<&str> = wanted.into_iter().filter(is_due).collect();
        let jobs = due
            .into_iter()
            .map(|domain| async move { (domain, describe_domain(cx, domain).await) });
        for (domain, answer) in run_bounded(jobs.collect()).await {
            let known = answer.unwrap_or_else(|fault| {
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                IdleSettings {
                    jupyter_lab: Measured::unknown(why.clone()),
                    code_editor: Measured::unknown(why),
                }
            });
            self.domains.insert(domain.into(), (known, now));
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
                    .is_none_or(|(_, described_status, read)| {
                        described_status.as_ref() != status(app)
                            || seconds_between(*read, now) > STALE
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
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                AppDescription {
                    arn: None,
                    activity: Measured::unknown(why),
                    is_observable: true,
                }
            });
            self.apps.insert(id, (known, status(app).into(), now));
        }
    }

    /// The item of an app. `owners` has the user of each space.
    pub(super) fn item(
        &self,
        cx: &Context,
        app: &AppDetails,
        owners: &HashMap<(String, String), Arc<str>>,
    ) -> Option<NotebookItem> {
        let id = app_id(app)?;
        let (domain, owner, name) = (app.domain_id()?, owner(app)?, app.app_name()?);
        let app_type: Arc<str> = app.app_type()?.as_str().into();
        let described = self.apps.get(&id).map(|(described, ..)| described.clone());
        let (AppOwner::User(owner_name) | AppOwner::Space(owner_name)) = &owner;
        let path = format!("app/{domain}/{owner_name}/{app_type}/{name}");
        let user = match &owner {
            AppOwner::User(user) => Some(user.clone()),
            AppOwner::Space(space) => owners.get(&(domain.to_owned(), space.to_string())).cloned(),
        };
        let spec = app.resource_spec();
        let ty = spec
            .and_then(|spec| spec.instance_type())
            .map(AppInstanceType::as_str)
            .filter(|ty| *ty != "system")
            // SageMaker API Reference, ResourceSpec: "For KernelGateway apps, the system value is
            // translated to ml.t3.medium".
            .or_else(|| (&*app_type == "KernelGateway").then_some("ml.t3.medium"));
        Some(NotebookItem {
            kind: APP,
            // Every space calls its app `default`: the space is the name people know.
            name: if name == "default" {
                owner_name.clone()
            } else {
                name.into()
            },
            arn: described
                .as_ref()
                .and_then(|described| described.arn.clone())
                .or_else(|| cx.arn("sagemaker", None, &path)),
            state: state::app(status(app)),
            since: optional_timestamp(app.creation_time()),
            ty: ty.map(Arc::from),
            user,
            auto_stop: self.auto_stop(app, domain, &app_type),
            is_observable: described
                .as_ref()
                .is_none_or(|described| described.is_observable),
            is_prepaid: spec.is_some_and(|spec| spec.training_plan_arn().is_some()),
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
            tags: Measured::unknown("tags not read yet"),
            app_type,
            id,
        })
    }

    /// Whether an app stops by itself: by the idle settings of its domain, where its type has them,
    /// or perhaps by its own lifecycle configuration, which is a script.
    fn auto_stop(&self, app: &AppDetails, domain: &str, app_type: &str) -> Measured<bool> {
        let settings = self.domains.get(domain).map(|(settings, _)| settings);
        let idle_shutdown = match (app_type, settings) {
            ("JupyterLab", Some(settings)) => settings.jupyter_lab.clone(),
            ("CodeEditor", Some(settings)) => settings.code_editor.clone(),
            _ => Measured::Known(false),
        };
        let lifecycle_config = app
            .resource_spec()
            .and_then(|spec| spec.lifecycle_config_arn());
        match (idle_shutdown, lifecycle_config) {
            (Measured::Known(true), _) => Measured::Known(true),
            (_, Some(arn)) => {
                let name = arn.rsplit('/').next().unwrap_or(arn);
                Measured::unknown(format!("its lifecycle configuration {name} may stop it"))
            }
            (idle_shutdown, None) => idle_shutdown,
        }
    }
}

async fn describe_domain(cx: &Context, domain: &str) -> Result<IdleSettings, Fault> {
    let answer = cx
        .session
        .sagemaker
        .describe_domain()
        .domain_id(domain)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeDomain, &error))?;
    let defaults = answer.default_user_settings();
    let enabled = |settings: Option<&types::IdleSettings>| {
        let management = settings.and_then(|settings| settings.lifecycle_management());
        Measured::Known(management.is_some_and(|management| management.as_str() == "ENABLED"))
    };
    Ok(IdleSettings {
        jupyter_lab: enabled(
            defaults
                .and_then(|settings| settings.jupyter_lab_app_settings())
                .and_then(|app| app.app_lifecycle_management())
                .and_then(|management| management.idle_settings()),
        ),
        code_editor: enabled(
            defaults
                .and_then(|settings| settings.code_editor_app_settings())
                .and_then(|app| app.app_lifecycle_management())
                .and_then(|management| management.idle_settings()),
        ),
    })
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
        activity,
    })
}
