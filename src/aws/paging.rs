//! Reads a list of AWS to its end, page by page.
//!
//! A list is complete or a fault: a list that is cut says how many pages were read. The paginators
//! of the SDK stop at a token that comes twice in a row.

use super::fault;
use crate::domain::{Fault, FaultKind};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::{error::Error, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Most pages of one list: 50,000 resources at 100 a page.
const MAX_PAGES: usize = 500;
/// Longest time for one list.
const MAX_TIME: Duration = Duration::from_mins(2);
/// Most pages and longest time of a list of prices, which nobody watches.
const SLOW: (usize, Duration) = (5_000, Duration::from_mins(30));

/// Hands every page of a list to `read`. What was read before a failure stays read.
///
/// # Errors
///
/// A request fails, or the list has no end within 500 pages or two minutes.
pub async fn read_pages<O, E>(
    operation: impl Into<Arc<str>>,
    pages: PaginationStream<Result<O, SdkError<E, HttpResponse>>>,
    read: impl FnMut(O),
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    read_within((MAX_PAGES, MAX_TIME), operation, pages, read).await
}

/// [`read_pages`] of a list that may be long: a service's prices.
///
/// # Errors
///
/// A request fails, or the list has no end within 5,000 pages or half an hour.
pub async fn read_slow_pages<O, E>(
    operation: impl Into<Arc<str>>,
    pages: PaginationStream<Result<O, SdkError<E, HttpResponse>>>,
    read: impl FnMut(O),
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    read_within(SLOW, operation, pages, read).await
}

async fn read_within<O, E>(
    (pages_at_most, time): (usize, Duration),
    operation: impl Into<Arc<str>>,
    mut pages: PaginationStream<Result<O, SdkError<E, HttpResponse>>>,
    mut read: impl FnMut(O),
) -> Result<(), Fault>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let operation = operation.into();
    let mut limit = PageLimit {
        pages: pages_at_most,
        time,
        ..PageLimit::new(operation.clone())
    };
    let mut is_first = true;
    while let Some(page) = pages.next().await {
        if !is_first {
            limit.check()?;
        }
        is_first = false;
        read(page.map_err(|error| fault::from_sdk(operation.clone(), &error))?);
    }
    Ok(())
}

/// The limits of one list that is read page by page.
#[derive(Debug)]
pub(super) struct PageLimit {
    operation: Arc<str>,
    pages: usize,
    time: Duration,
    start: Instant,
    count: usize,
}

impl PageLimit {
    /// The limits of a list of `operation` that begins now.
    pub(super) fn new(operation: impl Into<Arc<str>>) -> Self {
        Self {
            operation: operation.into(),
            pages: MAX_PAGES,
            time: MAX_TIME,
            start: Instant::now(),
            count: 0,
        }
    }

    /// Counts a page that was read, before the next one.
    ///
    /// # Errors
    ///
    /// The list goes on beyond the limits.
    pub(super) fn check(&mut self) -> Result<(), Fault> {
        self.count += 1;
        if self.count < self.pages && self.start.elapsed() <= self.time {
            return Ok(());
        }
        let message = format!(
            "the list goes on after {} pages: its rest is not read",
            self.count
        );
        Err(Fault::new(
            FaultKind::Incomplete,
            self.operation.clone(),
            message,
        ))
    }
}
