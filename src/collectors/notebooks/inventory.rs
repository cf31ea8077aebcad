//! Lists notebook instances and Studio apps, with what their domains and spaces say.

use super::{APP, NOTEBOOK, NotebookItem};
use crate::aws::Api;
use crate::collectors::{
    Context, Listing,
    shared::context::{is_complete, push_fault, run_bounded},
};
use crate::domain::ops;
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault,
        paging::read_pages,
    },
    domain::{
        Arn, Fault, Measured, Phase, Timestamp,
        action::{ApiCall, AppOwner},
        time::timestamp::seconds_between,
    },
};
use aws_sdk_sagemaker::types::{AppDetails, AppInstanceType, NotebookInstanceSummary};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Seconds after which a domain or an app is described again.
const STALE: f64 = 300.0;

/// Studio domains and apps that were read, kept between polls.
#[derive(Default)]
pub(super) struct StudioCache {
    /// By domain: whether idle apps of a type are stopped, and when that was read.
    domains: HashMap<Arc<str>, (Domain, Timestamp)>,
    /// By app: its description, the status it had then, and the time.
    apps: HashMap<Arc<str>, (AppDescription, Arc<str>, Timestamp)>,
    /// Apps, notebook instances were listed at least once.
    seen: (bool, bool),
}

/// Idle shutdown by app type, as far as the domain's default says. A user profile may say
/// otherwise.
#[derive(Clone, Debug)]
struct Domain {
    jupyter_lab: Measured<bool>,
    code_editor: Measured<bool>,
}

#[derive(Clone, Debug)]
struct AppDescription {
    arn: Option<Arn>,
    activity: Measured<Timestamp>,
    is_observable: bool,
}

/// Everything of both kinds. One list that fails does not lose the other.
pub(super) async fn inventory(studio: &mut StudioCache, cx: &Context) -> Listing<NotebookItem> {
    let (mut items, failed_notebooks) = notebooks(cx).await;
    let (apps, failed_apps) = apps(cx).await;
    studio.seen = (
        studio.seen.0 || failed_apps.is_empty(),
        studio.seen.1 || failed_notebooks.is_empty(),
    );
    let complete =
        is_complete(&failed_apps, studio.seen.0) && is_complete(&failed_notebooks, studio.seen.1);
    let mut faults = failed_notebooks;
    faults.extend(failed_apps);
    let owners = if apps.iter().any(|app| app.space_name().is_some()) {
        spaces(cx, &mut faults).await
    } else {
        HashMap::new()
    };
    studio.describe_domains(cx, &apps, &mut faults).await;
    studio.describe_apps(cx, &apps, &mut faults).await;
    items.extend(apps.iter().filter_map(|app| studio.item(cx, app, &owners)));
    Listing {
        items,
        complete,
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
        sort: "notebook".into(),
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

/// Apps that are not deleted.
async fn apps(cx: &Context) -> (Vec<AppDetails>, Vec<Fault>) {
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

/// The owner of each space, by domain and space.
async fn spaces(cx: &Context, faults: &mut Vec<Fault>) -> HashMap<(String, String), Arc<str>> {
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
    async fn describe_domains(
        &mut self,
        cx: &Context,
        apps: &[AppDetails],
        faults: &mut Vec<Fault>,
    ) {
        let now = cx.clock.now();
        let wanted: BTreeSet<&str> = apps.iter().filter_map(AppDetails::domain_id).collect();
        let fresh = |domain: &&str| {
            self.domains
                .get(*domain)
                .is_none_or(|(_, read)| seconds_between(*read, now) > STALE)
        };
        let due: Vec<&str> = wanted.into_iter().filter(fresh).collect();
        let jobs = due
            .into_iter()
            .map(|domain| async move { (domain, describe_domain(cx, domain).await) });
        for (domain, answer) in run_bounded(jobs.collect()).await {
            let known = answer.unwrap_or_else(|fault| {
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                Domain {
                    jupyter_lab: Measured::unknown(why.clone()),
                    code_editor: Measured::unknown(why),
                }
            });
            self.domains.insert(domain.into(), (known, now));
        }
    }

    async fn describe_apps(&mut self, cx: &Context, apps: &[AppDetails], faults: &mut Vec<Fault>) {
        let now = cx.clock.now();
        let present: BTreeSet<Arc<str>> = apps.iter().filter_map(app_id).collect();
        self.apps.retain(|id, _| present.contains(id));
        let due = apps.iter().filter(|app| {
            app_id(app).is_some_and(|id| {
                self.apps.get(&id).is_none_or(|(_, seen, read)| {
                    seen.as_ref() != status(app) || seconds_between(*read, now) > STALE
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

    fn item(
        &self,
        cx: &Context,
        app: &AppDetails,
        owners: &HashMap<(String, String), Arc<str>>,
    ) -> Option<NotebookItem> {
        let id = app_id(app)?;
        let (domain, owner, name) = (app.domain_id()?, owner(app)?, app.app_name()?);
        let sort: Arc<str> = app.app_type()?.as_str().into();
        let described = self.apps.get(&id).map(|(described, ..)| described.clone());
        let (AppOwner::User(whose) | AppOwner::Space(whose)) = &owner;
        let built = || {
            cx.arn(
                "sagemaker",
                None,
                &format!("app/{domain}/{whose}/{sort}/{name}"),
            )
        };
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
            .or_else(|| (&*sort == "KernelGateway").then_some("ml.t3.medium"));
        let idle = self.domains.get(domain).map(|(idle, _)| idle);
        let idle_shutdown = match (sort.as_ref(), idle) {
            ("JupyterLab", Some(idle)) => idle.jupyter_lab.clone(),
            ("CodeEditor", Some(idle)) => idle.code_editor.clone(),
            _ => Measured::Known(false),
        };
        let configuration = spec.and_then(|spec| spec.lifecycle_config_arn());
        let auto_stop = merge_auto_stop(idle_shutdown, configuration);
        Some(NotebookItem {
            kind: APP,
            // Every space calls its app `default`: the space is the name people know.
            name: if name == "default" {
                whose.clone()
            } else {
                name.into()
            },
            arn: described
                .as_ref()
                .and_then(|described| described.arn.clone())
                .or_else(built),
            state: state::app(status(app)),
            since: optional_timestamp(app.creation_time()),
            ty: ty.map(Arc::from),
            user,
            auto_stop,
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
                app_type: sort.clone(),
                name: name.into(),
            }),
            tags: Measured::unknown("tags not read yet"),
            sort,
            id,
        })
    }
}

/// Whether an app stops by itself: by its idle settings, or perhaps by its own lifecycle
/// configuration, which is a script.
fn merge_auto_stop(idle_shutdown: Measured<bool>, configuration: Option<&str>) -> Measured<bool> {
    match (idle_shutdown, configuration) {
        (Measured::Known(true), _) => Measured::Known(true),
        (_, Some(arn)) => {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            Measured::unknown(format!("its lifecycle configuration {name} may stop it"))
        }
        (idle_shutdown, None) => idle_shutdown,
    }
}

async fn describe_domain(cx: &Context, domain: &str) -> Result<Domain, Fault> {
    let answer = cx
        .session
        .sagemaker
        .describe_domain()
        .domain_id(domain)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeDomain, &error))?;
    let defaults = answer.default_user_settings();
    let enabled = |settings: Option<&aws_sdk_sagemaker::types::IdleSettings>| {
        let management = settings.and_then(|settings| settings.lifecycle_management());
        Measured::Known(management.is_some_and(|management| management.as_str() == "ENABLED"))
    };
    Ok(Domain {
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
