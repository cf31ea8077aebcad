//! Filters on name, time and status, sorting and pages of SageMaker's list operations.

use super::super::{Answer, Context};
use crate::{
    domain::Timestamp,
    mock::protocol::{Failure, Value},
};

/// The members that lists are filtered and sorted by.
pub(super) struct ListKeys {
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Its state.
    pub status: &'static str,
}

/// The default order of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// By name, ascending.
    Name,
    /// The oldest first.
    Oldest,
    /// The newest first.
    Newest,
}

/// Filters and sorts `items` by the request. `contains` names the member that filters by part of
/// the name.
pub(super) fn filter_and_sort<T>(
    context: &Context<'_>,
    mut items: Vec<T>,
    facts: impl Fn(&T) -> ListKeys,
    contains: &str,
    order: Order,
) -> Result<Vec<T>, Failure> {
    let input = &context.input;
    let part = input.text(contains)?.map(str::to_lowercase);
    let status = input.text("StatusEquals")?;
    let time = |name: &str| input.timestamp(name);
    let (created_after, created_before) = (time("CreationTimeAfter")?, time("CreationTimeBefore")?);
    let (modified_after, modified_before) = (
        time("LastModifiedTimeAfter")?,
        time("LastModifiedTimeBefore")?,
    );
    let sort = input.text("SortBy")?;
    let direction = input.text("SortOrder")?;
    items.retain(|item| {
        let facts = facts(item);
        part.as_ref()
            .is_none_or(|part| facts.name.to_lowercase().contains(part))
            && status.is_none_or(|status| facts.status == status)
            && created_after.is_none_or(|at| facts.created > at)
            && created_before.is_none_or(|at| facts.created < at)
            && modified_after.is_none_or(|at| facts.modified > at)
            && modified_before.is_none_or(|at| facts.modified < at)
    });
    sort_items(&mut items, facts, sort, direction, order);
    Ok(items)
}

/// Sorts by the member and direction that the request names, or else in `order`.
fn sort_items<T>(
    items: &mut [T],
    facts: impl Fn(&T) -> ListKeys,
    member: Option<&str>,
    direction: Option<&str>,
    order: Order,
) {
    let member = member.unwrap_or(if order == Order::Name {
        "Name"
    } else {
        "CreationTime"
    });
    let is_descending = direction.map_or(order == Order::Newest, |direction| {
        direction == "Descending"
    });
    items.sort_by(|a, b| {
        let (a, b) = (facts(a), facts(b));
        let by_name = || a.name.cmp(&b.name);
        let ordering = match member {
            "Name" => by_name(),
            "Status" => a.status.cmp(b.status).then_with(by_name),
            "LastModifiedTime" => a.modified.cmp(&b.modified).then_with(by_name),
            _ => a.created.cmp(&b.created).then_with(by_name),
        };
        if is_descending {
            ordering.reverse()
        } else {
            ordering
        }
    });
}

/// The answer of a list operation: one page of `items`, of 10 unless asked and 100 at most, in the
/// member `name`. `id` identifies an item across pages.
pub(super) fn answer<T>(
    context: &Context<'_>,
    items: Vec<T>,
    id: impl Fn(&T) -> String,
    name: &'static str,
    summary: impl Fn(T) -> Value,
) -> Answer {
    let page = context.page(items, ("NextToken", "MaxResults"), 10, id)?;
    let items: Vec<Value> = page.items.into_iter().map(summary).collect();
    let mut out = Value::EMPTY;
    out.set(name, items);
    out.set("NextToken", page.next);
    Ok(out)
}
