//! Machines that a controller started.

use crate::{
    aws::{Session, api::Api, convert::time::optional_timestamp, paging::read_pages},
    domain::{Controller, Fault, Timestamp},
};
use aws_sdk_ec2::types::{Filter, Reservation};
use std::sync::Arc;

/// Ids of the machines of `controller` that run or start and were launched at `since` or later,
/// oldest first. A machine that is started again has a new launch time.
pub async fn started_since(
    session: &Session,
    controller: &Controller,
    since: Timestamp,
) -> Result<Vec<Arc<str>>, Fault> {
    let (key, value) = &controller.tag;
    let filter = |name: String, values: Vec<String>| {
        Filter::builder()
            .name(name)
            .set_values(Some(values))
            .build()
    };
    let pages = session
        .ec2
        .describe_instances()
        .filters(filter(format!("tag:{key}"), vec![value.to_string()]))
        .filters(filter(
            "instance-state-name".to_owned(),
            vec!["pending".to_owned(), "running".to_owned()],
        ))
        .into_paginator()
        .send();
    let mut found = Vec::new();
    read_pages(Api::Ec2DescribeInstances, pages, |page| {
        let instances = page.reservations().iter().flat_map(Reservation::instances);
        found.extend(instances.filter_map(|one| {
            let launched = optional_timestamp(one.launch_time())?;
            // AWS gives whole seconds.
            let is_later = launched.as_second() >= since.as_second();
            is_later.then_some((launched, Arc::<str>::from(one.instance_id()?)))
        }));
    })
    .await?;
    found.sort();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}
