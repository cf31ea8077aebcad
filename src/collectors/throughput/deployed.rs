//! Models of the account's own that answer on demand: deployed custom models and imported models.
//!
//! | kind | billed |
//! | --- | --- |
//! | custom model deployment | by the token, at the rates of its base model; an idle one costs nothing |
//! | imported model | custom model units of each active copy, in windows of five minutes from the first request on; without requests it has no copy |
//!
//! The number of copies is CloudWatch's `ModelCopy` (Bedrock User Guide, "Calculate the cost of
//! running a custom model").

use super::{ModelCapacity, ThroughputMetrics, columns::ThroughputCells};
use crate::{
    aws::{
        Api,
        convert::{
            state,
            time::{add_seconds, timestamp},
        },
        fault,
        metrics::{self, MetricQuery},
        paging::read_pages,
    },
    collectors::{
        Context,
        shared::{
            context::{push_fault, run_bounded, side_list_fault, unavailable},
            side_lists::SideLists,
        },
    },
    domain::{
        Arn, CommonFields, Compute, Fault, HourlyCost, Measured, Operation, Phase, Reason,
        ResourceKind, Series, Service, State, Tags, Timestamp, Value,
    },
    pricing,
};
use aws_sdk_bedrock::types::{CustomModelDeploymentSummary, ImportedModelSummary};
use std::{collections::HashMap, sync::Arc};

/// Seconds after which the models are listed again.
const AGE: f64 = 60.0;
/// Seconds that a point of the copies covers: a window of the bill.
const WINDOW: u32 = 300;
/// Points of the last hour.
const LAST_HOUR: usize = 12;

/// A deployed or imported model.
#[derive(Clone, Debug)]
pub(crate) struct DeployedModel {
    kind: ResourceKind,
    id: Arc<str>,
    name: Arc<str>,
    pub arn: Arc<str>,
    state: State,
    created: Option<Timestamp>,
    /// The base model of a deployment, the architecture of an imported model.
    model: Arc<str>,
    /// Of an imported model.
    units: Measured<CopyUnits>,
    pub tags: Measured<Tags>,
}

/// Custom model units of a copy.
#[derive(Clone, Debug, PartialEq)]
struct CopyUnits {
    count: i32,
    /// `v1.0`, which prices them.
    version: Arc<str>,
}

/// The models as last listed.
#[derive(Default)]
pub(super) struct DeployedModels {
    /// Deployments, imported models.
    lists: SideLists<DeployedModel>,
    /// By ARN: the units of a model are set when it is imported.
    units: HashMap<Arc<str>, CopyUnits>,
}

impl DeployedModels {
    /// All of them; the flag says whether the lists are complete.
    pub(super) async fn list(
        &mut self,
        cx: &Context,
        faults: &mut Vec<Fault>,
    ) -> (Vec<DeployedModel>, bool) {
        let now = cx.clock.now();
        if self.lists.is_due(now, AGE) {
            let answers = [
                Box::pin(deployments(cx)).await,
                Box::pin(imported(cx)).await,
            ];
            self.lists.take(answers, now);
            self.describe(cx, faults).await;
        }
        let is_complete = self.lists.report(faults);
        (self.lists.lists.concat(), is_complete)
    }

    /// Describes the imported models whose units are not known yet.
    async fn describe(&mut self, cx: &Context, faults: &mut Vec<Fault>) {
        let [_, models] = &mut self.lists.lists;
        self.units
            .retain(|arn, _| models.iter().any(|model| model.arn == *arn));
        let due = models
            .iter()
            .filter(|model| !self.units.contains_key(&model.arn));
        let jobs = due.map(|model| async { (model.arn.clone(), units(cx, &model.arn).await) });
        let mut unknown: HashMap<Arc<str>, String> = HashMap::new();
        for (arn, answer) in run_bounded(jobs.collect()).await {
            match answer {
                Ok(Some(units)) => drop(self.units.insert(arn, units)),
                Ok(None) => drop(unknown.insert(arn, "Bedrock does not say its units".to_owned())),
                Err(fault) => {
                    let why = format!("{}: {}", fault.operation, fault.kind.word());
                    unknown.insert(arn, why);
                    push_fault(faults, fault);
                }
            }
        }
        for model in models {
            model.units = match (self.units.get(&model.arn), unknown.remove(&model.arn)) {
                (Some(units), _) => Measured::Known(units.clone()),
                (None, Some(why)) => Measured::unknown(why),
                (None, None) => continue,
            };
        }
    }
}

async fn units(cx: &Context, arn: &str) -> Result<Option<CopyUnits>, Fault> {
    let request = cx
        .session
        .bedrock
        .get_imported_model()
        .model_identifier(arn);
    let answer = request
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::BedrockGetImportedModel, &error))?;
    let units = answer.custom_model_units();
    Ok(units.and_then(|units| {
        Some(CopyUnits {
            count: units.custom_model_units_per_model_copy()?,
            version: units.custom_model_units_version()?.into(),
        })
    }))
}

async fn deployments(cx: &Context) -> (Vec<DeployedModel>, Option<Fault>) {
    let pages = cx
        .session
        .bedrock
        .list_custom_model_deployments()
        .max_results(100)
        .into_paginator()
        .send();
    let mut models = Vec::new();
    let read = read_pages(Api::BedrockListCustomModelDeployments, pages, |page| {
        models.extend(page.model_deployment_summaries().iter().map(deployment));
    });
    let fault = side_list_fault(read.await);
    (models, fault)
}

fn deployment(one: &CustomModelDeploymentSummary) -> DeployedModel {
    let arn = one.custom_model_deployment_arn();
    // `...:custom-model/amazon.nova-pro-v1:0/abcdef123456`: the base precedes the id.
    let base = one.model_arn().rsplit('/').nth(1);
    DeployedModel {
        kind: ResourceKind::MODEL_DEPLOYMENT,
        id: last(arn),
        name: one.custom_model_deployment_name().into(),
        arn: arn.into(),
        state: state::model_deployment(one.status().as_str()),
        created: timestamp(one.created_at()),
        model: base.unwrap_or_else(|| one.model_arn()).into(),
        units: Measured::unknown("a deployment has no units"),
        tags: Measured::unknown("tags not read yet"),
    }
}

async fn imported(cx: &Context) -> (Vec<DeployedModel>, Option<Fault>) {
    let pages = cx
        .session
        .bedrock
        .list_imported_models()
        .max_results(100)
        .into_paginator()
        .send();
    let mut models = Vec::new();
    let read = read_pages(Api::BedrockListImportedModels, pages, |page| {
        models.extend(page.model_summaries().iter().map(imported_model));
    });
    let fault = side_list_fault(read.await);
    (models, fault)
}

fn imported_model(one: &ImportedModelSummary) -> DeployedModel {
    DeployedModel {
        kind: ResourceKind::IMPORTED_MODEL,
        id: last(one.model_arn()),
        name: one.model_name().into(),
        arn: one.model_arn().into(),
        // Bedrock gives an imported model no status.
        state: State::new(Phase::Running, "imported"),
        created: timestamp(one.creation_time()),
        model: one.model_architecture().unwrap_or("unknown").into(),
        units: Measured::unknown("not described yet"),
        tags: Measured::unknown("tags not read yet"),
    }
}

/// The copies of the last hour of all imported models.
pub(super) async fn measure(
    cx: &Context,
    items: &[ModelCapacity],
    now: Timestamp,
) -> (Vec<(Arc<str>, ThroughputMetrics, Timestamp)>, Vec<Fault>) {
    let model = |item: &ModelCapacity| match item {
        ModelCapacity::Deployed(model) => Some((model.id(), model.query()?)),
        ModelCapacity::Provisioned(_) => None,
    };
    let (ids, queries): (Vec<_>, Vec<_>) = items.iter().filter_map(model).unzip();
    if queries.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let read = metrics::fetch(&cx.session, &queries, add_seconds(now, -3_600), now).await;
    let copies = read.series().map(ThroughputMetrics::Copies);
    let copies = ids.into_iter().zip(copies).zip(read.asked());
    let copies = copies.map(|((id, copies), asked)| (id, copies, asked));
    let copies = copies.collect();
    (copies, read.faults.clone())
}

/// The last part of an ARN.
fn last(arn: &str) -> Arc<str> {
    arn.rsplit('/').next().unwrap_or(arn).into()
}

impl DeployedModel {
    /// Unique in its source.
    pub(super) fn id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// The query of its copies; `None` for one that has no copies.
    pub(super) fn query(&self) -> Option<MetricQuery> {
        let dims = [("ModelId", self.arn.as_ref())];
        (self.kind == ResourceKind::IMPORTED_MODEL)
            .then(|| MetricQuery::new("AWS/Bedrock", "ModelCopy", &dims, "Maximum", WINDOW))
    }

    /// Copies in the last window that has a point, of the last hour; a model without requests
    /// publishes none.
    fn copies(copies: &Measured<Series>) -> Measured<f64> {
        copies.as_ref().map(|series| {
            let hour = series.tail(LAST_HOUR);
            let recent = hour.points.iter().rev().take(2);
            recent.flatten().next().copied().unwrap_or(0.0)
        })
    }

    fn burn(&self, cx: &Context, copies: Option<&Measured<Series>>) -> HourlyCost {
        let nothing = |why: &str| HourlyCost::Nothing(Reason::new(why.to_owned()));
        if self.kind == ResourceKind::MODEL_DEPLOYMENT {
            return nothing("billed by the token: its calls are in the Models pane");
        }
        let copies = match copies.map(Self::copies) {
            Some(Measured::Known(copies)) => copies,
            Some(Measured::Unknown(why)) => return HourlyCost::Unpriced(why),
            None => return HourlyCost::Unpriced(Reason::new("its copies are not measured yet")),
        };
        if copies <= 0.0 {
            return nothing("no active copy: only copies are billed, in windows of 5 minutes");
        }
        match &self.units {
            Measured::Known(units) => {
                let quote = cx.prices.custom_model_unit(&units.version, cx.region());
                pricing::burn(&quote, copies * f64::from(units.count))
            }
            Measured::Unknown(why) => HourlyCost::Unpriced(why.clone()),
        }
    }

    /// Its row; `copies` by [`WINDOW`].
    pub(super) fn row(
        &self,
        cx: &Context,
        copies: Option<&Measured<Series>>,
        now: Timestamp,
    ) -> (CommonFields, ThroughputCells) {
        let mut head = cx.head(
            self.kind,
            &self.id,
            &self.name,
            self.state.clone(),
            &self.tags,
            now,
        );
        head.arn = self.arn.parse::<Arn>().ok();
        head.since = self.created;
        head.service = Some(Service::Bedrock);
        head.burn = self.burn(cx, copies);
        let count = copies.and_then(|copies| Self::copies(copies).known().copied());
        head.compute = count.map(|copies| Compute {
            unit: "copies".into(),
            count: copies as u32,
            desired: copies as u32,
        });
        let is_deployment = self.kind == ResourceKind::MODEL_DEPLOYMENT;
        let why = if is_deployment {
            "it costs nothing without calls"
        } else {
            "Bedrock takes its copies away by itself when no requests come"
        };
        head.actions = vec![
            unavailable(Operation::Stop, why),
            unavailable(Operation::Delete, "spendtop does not delete models"),
            unavailable(Operation::Tag, "spendtop does not tag it"),
        ];
        let units = Value::opt(self.units.known(), |units| {
            Value::Count(u64::from(units.count.unsigned_abs()))
        });
        let verdict = match &head.burn {
            HourlyCost::Nothing(_) if is_deployment => "billed by the token",
            HourlyCost::Nothing(_) => "no copy",
            _ => "billed by its copies",
        };
        (
            head,
            ThroughputCells::of_model(self.model.clone(), units, verdict),
        )
    }
}
