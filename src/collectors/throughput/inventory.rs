//! Lists provisioned throughput, and the custom models that it can serve.

use super::item::ThroughputItem;
use crate::{
    aws::{
        Api,
        convert::{
            state,
            time::{optional_timestamp, timestamp},
        },
        paging::read_pages,
    },
    collectors::{
        Context, Listing,
        shared::context::{is_answered, push_fault},
    },
    domain::{Fault, Measured},
    pricing::Term,
};
use aws_sdk_bedrock::types::{CommitmentDuration, ProvisionedModelSummary};
use std::sync::Arc;

/// Lists all provisioned throughput.
pub(super) async fn inventory(cx: &Context) -> Listing<ThroughputItem> {
    let pages = cx
        .session
        .bedrock
        .list_provisioned_model_throughputs()
        .into_paginator()
        .send();
    let mut items = Vec::new();
    let read = read_pages(Api::BedrockListProvisionedModelThroughputs, pages, |page| {
        items.extend(page.provisioned_model_summaries().iter().map(item));
    });
    let mut faults: Vec<Fault> = read.await.err().into_iter().collect();
    let complete = faults.is_empty();
    let has_answer = is_answered(&faults) || !items.is_empty();
    if let Some(fault) = custom_models(cx, &mut items).await {
        push_fault(&mut faults, fault);
    }
    Listing {
        items,
        complete,
        has_answer,
        faults,
    }
}

/// Adds to each item the custom models of its base; without a custom model it reads nothing.
async fn custom_models(cx: &Context, items: &mut [ThroughputItem]) -> Option<Fault> {
    if !items.iter().any(ThroughputItem::serves_custom_model) {
        return None;
    }
    let pages = cx
        .session
        .bedrock
        .list_custom_models()
        .into_paginator()
        .send();
    let read = read_pages(Api::BedrockListCustomModels, pages, |page| {
        for model in page.model_summaries() {
            let base = model
                .base_model_arn()
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let fits = |item: &&mut ThroughputItem| {
                item.serves_custom_model() && is_same_base(&item.model, base)
            };
            items
                .iter_mut()
                .filter(fits)
                .for_each(|item| item.others.push(model.model_arn().into()));
        }
    });
    read.await.err()
}

/// `amazon.titan-text-lite-v1` and `amazon.titan-text-lite-v1:0:4k` are of one base.
fn is_same_base(a: &str, b: &str) -> bool {
    a.split(':').next() == b.split(':').next()
}

fn item(summary: &ProvisionedModelSummary) -> ThroughputItem {
    let arn: Arc<str> = summary.provisioned_model_arn().into();
    let id: Arc<str> = arn.rsplit('/').next().unwrap_or(&arn).into();
    let model = summary.foundation_model_arn();
    let (term, committed) = match summary
        .commitment_duration()
        .map(CommitmentDuration::as_str)
    {
        Some("OneMonth") => (Term::OneMonth, true),
        Some("SixMonths") => (Term::SixMonths, true),
        _ => (Term::NoCommitment, false),
    };
    ThroughputItem {
        name: match summary.provisioned_model_name() {
            "" => id.clone(),
            name => name.into(),
        },
        model: model.rsplit('/').next().unwrap_or(model).into(),
        serves: summary.model_arn().into(),
        units: u32::try_from(summary.model_units()).unwrap_or(0),
        desired: u32::try_from(summary.desired_model_units()).unwrap_or(0),
        state: state::throughput(summary.status().as_str()),
        term,
        ends: optional_timestamp(summary.commitment_expiration_time()).filter(|_| committed),
        created: timestamp(summary.creation_time()),
        tags: Measured::unknown("tags not read yet"),
        others: Vec::new(),
        arn,
        id,
    }
}
