//! Resources that SageMaker bills without an instance in the account: MLflow tracking servers,
//! partner apps, and Studio spaces without an app, whose volume remains.

use super::{columns::NotebookCells, studio::spaces::Space, volumes::monthly};
use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::{
        context::{push_fault, run_bounded, side_list_fault, unavailable},
        side_lists::SideLists,
    },
};
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault,
        paging::read_pages,
    },
    domain::{
        Arn, CommonFields, Fault, HourlyCost, Measured, Operation, Phase, Reason, ResourceKind,
        Service, State, Tags, Timestamp, Usd, Value,
    },
    pricing,
};
use aws_sdk_sagemaker::types::{PartnerAppSummary, TrackingServerSummary};
use std::{collections::HashMap, sync::Arc};

/// Seconds after which tracking servers and partner apps are listed again.
const AGE: f64 = 60.0;

/// A tracking server, partner app or space.
#[derive(Clone, Debug)]
pub(crate) struct ManagedApp {
    kind: ResourceKind,
    id: Arc<str>,
    name: Arc<str>,
    pub arn: Option<Arn>,
    state: State,
    created: Option<Timestamp>,
    /// `mlflow`, the vendor of a partner app, `space`.
    app_type: Arc<str>,
    /// Of a tracking server: `Small`.
    size: Measured<Arc<str>>,
    /// Volume of a Studio space in GB; `None` for a server or partner app.
    volume_gb: Option<i32>,
    user: Option<Arc<str>>,
    pub tags: Measured<Tags>,
}

/// The tracking servers and partner apps as last listed.
#[derive(Default)]
pub(super) struct ManagedApps {
    /// Servers, partner apps.
    lists: SideLists<ManagedApp>,
    /// By ARN: the size of a server never changes without an update.
    sizes: HashMap<Arc<str>, Measured<Arc<str>>>,
}

impl ManagedApps {
    /// All tracking servers and partner apps; the flag says whether the lists are complete.
    pub(super) async fn list(
        &mut self,
        cx: &Context,
        faults: &mut Vec<Fault>,
    ) -> (Vec<ManagedApp>, bool) {
        let now = cx.clock.now();
        if self.lists.is_due(now, AGE) {
            let answers = [Box::pin(servers(cx)).await, Box::pin(partners(cx)).await];
            self.lists.take(answers, now);
            self.describe(cx, faults).await;
        }
        let is_complete = self.lists.report(faults);
        (self.lists.lists.concat(), is_complete)
    }

    /// Describes the servers whose size is not known yet.
    async fn describe(&mut self, cx: &Context, faults: &mut Vec<Fault>) {
        let [servers, _] = &self.lists.lists;
        self.sizes
            .retain(|id, _| servers.iter().any(|one| one.id == *id));
        let due = servers.iter().filter(|one| {
            self.sizes
                .get(&one.id)
                .is_none_or(|size| size.known().is_none())
        });
        let jobs = due.map(|one| async move { (one.id.clone(), size(cx, &one.name).await) });
        for (id, answer) in run_bounded(jobs.collect()).await {
            let size = answer.unwrap_or_else(|fault| {
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                Measured::unknown(why)
            });
            self.sizes.insert(id, size);
        }
        for one in &mut self.lists.lists[0] {
            if let Some(size) = self.sizes.get(&one.id) {
                one.size = size.clone();
            }
        }
    }
}

async fn size(cx: &Context, name: &str) -> Result<Measured<Arc<str>>, Fault> {
    let request = cx
        .session
        .sagemaker
        .describe_mlflow_tracking_server()
        .tracking_server_name(name);
    let answer = request
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::SageMakerDescribeMlflowTrackingServer, &error))?;
    let size = answer.tracking_server_size();
    Ok(Measured::or_why(
        size.map(|size| Arc::from(size.as_str())),
        "SageMaker does not say its size",
    ))
}

async fn servers(cx: &Context) -> (Vec<ManagedApp>, Option<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_mlflow_tracking_servers()
        .max_results(100)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::SageMakerListMlflowTrackingServers, pages, |page| {
        items.extend(page.tracking_server_summaries().iter().filter_map(server));
    });
    let fault = side_list_fault(read.await);
    (items, fault)
}

fn server(one: &TrackingServerSummary) -> Option<ManagedApp> {
    let name: Arc<str> = one.tracking_server_name()?.into();
    let status = one
        .tracking_server_status()
        .map_or("unknown", |status| status.as_str());
    let is_active = one.is_active().map(|active| active.as_str() == "Active");
    Some(ManagedApp {
        kind: ResourceKind::TRACKING_SERVER,
        id: format!("mlflow/{name}").into(),
        arn: one.tracking_server_arn().and_then(|arn| arn.parse().ok()),
        state: state::tracking_server(status, is_active),
        created: optional_timestamp(one.creation_time()),
        app_type: "mlflow".into(),
        size: Measured::unknown("not described yet"),
        volume_gb: None,
        user: None,
        tags: Measured::unknown("tags not read yet"),
        name,
    })
}

async fn partners(cx: &Context) -> (Vec<ManagedApp>, Option<Fault>) {
    let pages = cx
        .session
        .sagemaker
        .list_partner_apps()
        .max_results(100)
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::SageMakerListPartnerApps, pages, |page| {
        items.extend(page.summaries().iter().filter_map(partner));
    });
    let fault = side_list_fault(read.await);
    (items, fault)
}

fn partner(one: &PartnerAppSummary) -> Option<ManagedApp> {
    let state = state::partner_app(one.status().map_or("unknown", |status| status.as_str()));
    if state.phase == Phase::Gone {
        return None;
    }
    let arn = one.arn()?;
    Some(ManagedApp {
        kind: ResourceKind::PARTNER_APP,
        id: arn.rsplit('/').next().unwrap_or(arn).into(),
        name: one.name().unwrap_or(arn).into(),
        arn: arn.parse().ok(),
        state,
        created: optional_timestamp(one.creation_time()),
        app_type: one
            .r#type()
            .map_or("partner app", |kind| kind.as_str())
            .into(),
        size: Measured::unknown("a partner app has no size"),
        volume_gb: None,
        user: None,
        tags: Measured::unknown("tags not read yet"),
    })
}

impl ManagedApp {
    /// A space in which no app runs.
    pub(super) fn of_space(cx: &Context, space: &Space) -> Self {
        let path = format!("space/{}/{}", space.domain, space.name);
        Self {
            kind: ResourceKind::STUDIO_SPACE,
            id: path.as_str().into(),
            name: space.name.clone(),
            arn: cx.arn("sagemaker", None, &path),
            state: State::new(Phase::Stopped, "no app"),
            created: space.created,
            app_type: "space".into(),
            size: Measured::unknown("a space has no size"),
            volume_gb: space.volume_gb,
            user: space.owner.clone(),
            tags: Measured::unknown("tags not read yet"),
        }
    }

    /// Unique in its source.
    pub(super) fn id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// Dollars a month of its volume.
    fn storage(&self, cx: &Context) -> Option<Measured<Usd>> {
        let kind = pricing::StorageKind::Studio;
        self.volume_gb.map(|gb| monthly(cx, kind, gb))
    }

    fn burn(&self, cx: &Context) -> HourlyCost {
        let nothing = |why: &str| HourlyCost::Nothing(Reason::new(why.to_owned()));
        match self.kind {
            ResourceKind::STUDIO_SPACE => nothing("no app runs: only its volume is billed"),
            _ if !matches!(self.state.phase, Phase::Running | Phase::Changing) => {
                nothing(&format!("{}: not billed", self.state.name))
            }
            ResourceKind::TRACKING_SERVER if &*self.state.name == "Creating" => {
                nothing("being created: not billed yet")
            }
            ResourceKind::TRACKING_SERVER => match &self.size {
                Measured::Known(size) => {
                    pricing::burn(&cx.prices.tracking_server(size, cx.region()), 1.0)
                }
                Measured::Unknown(why) => HourlyCost::Unpriced(why.clone()),
            },
            _ => HourlyCost::Unpriced(Reason::new(
                "a partner app is billed by its tier, whose price is its vendor's",
            )),
        }
    }

    /// Its row.
    pub(super) fn row(&self, cx: &Context, now: Timestamp) -> (CommonFields, NotebookCells) {
        let mut head = cx.head(
            self.kind,
            &self.id,
            &self.name,
            self.state.clone(),
            &self.tags,
            now,
        );
        head.arn.clone_from(&self.arn);
        head.since = self.created;
        head.service = Some(Service::SageMaker);
        head.owner = head.owner.or_else(|| self.user.clone());
        head.burn = self.burn(cx);
        let why = match self.kind {
            ResourceKind::TRACKING_SERVER => {
                "spendtop does not stop it: `aws sagemaker stop-mlflow-tracking-server`"
            }
            ResourceKind::STUDIO_SPACE => {
                "its volume goes with the space: `aws sagemaker delete-space`"
            }
            _ => "a partner app cannot be stopped, only deleted",
        };
        head.actions = vec![
            unavailable(Operation::Stop, why),
            unavailable(Operation::Start, "spendtop does not start it"),
            unavailable(Operation::Tag, "spendtop does not tag it"),
        ];
        let row = NotebookCells {
            app_type: self.app_type.clone(),
            ty: Value::opt(self.size.known(), |size| Value::Text(size.clone())),
            user: Value::opt(self.user.clone(), Value::Text),
            idle: Value::None,
            wasted: Value::None,
            auto_stop: Value::None,
            last: Value::None,
            activity_source: Value::None,
            cpu: Value::None,
            storage: Value::opt(self.storage(cx), |usd| Value::read(&usd, Value::Usd)),
        };
        (head, row)
    }
}
