//! GetDimensionValues, GetTags, ListCostAllocationTags.

use super::super::{Answer, Context};
use super::{attributes, charges, dimension as value_of, invalid, known_dimension, period};
use crate::mock::{
    billing::Step,
    protocol::{Failure, Value, pagination::Page, value::fields},
};
use std::collections::BTreeSet;

fn page(context: &Context<'_>, values: BTreeSet<String>) -> Result<(Page<String>, usize), Failure> {
    let search = context.input.text("SearchString")?.map(str::to_lowercase);
    let kept = values.into_iter().filter(|value| {
        search
            .as_ref()
            .is_none_or(|part| value.to_lowercase().contains(part))
    });
    let values: Vec<String> = kept.collect();
    let total = values.len();
    Ok((
        context.page(
            values,
            ("NextPageToken", "MaxResults"),
            1..=1_000,
            1_000,
            String::clone,
        )?,
        total,
    ))
}

/// `GetDimensionValues`
pub fn dimension(context: &Context<'_>) -> Answer {
    let key = context.input.need_text("Dimension")?;
    if !known_dimension(key) {
        return Err(context
            .input
            .invalid("Dimension", "Member must satisfy enum value set"));
    }
    context.input.one_of(
        "Context",
        &["COST_AND_USAGE", "RESERVATIONS", "SAVINGS_PLANS"],
    )?;
    let asked = period::period(context)?;
    period::past(context, &asked, Step::Day)?;
    let world = context.world();
    let charges = charges(context, &world, asked.start, asked.end, Step::Month)?;
    let values = charges
        .iter()
        .filter_map(|charge| value_of(key, charge, &world.account.id))
        .collect();
    let (page, total) = page(context, values)?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|value| {
            let attributes = attributes(key, &value, &world);
            fields! { "Value": value, "Attributes": attributes }
        })
        .collect();
    Ok(
        fields! { "ReturnSize": items.len(), "DimensionValues": items, "TotalSize": total, "NextPageToken": page.next },
    )
}

/// `GetTags`: keys, or the values of one key.
pub fn tags(context: &Context<'_>) -> Answer {
    let key = context.input.text("TagKey")?;
    let asked = period::period(context)?;
    period::past(context, &asked, Step::Day)?;
    let world = context.world();
    let charges = charges(context, &world, asked.start, asked.end, Step::Month)?;
    let values = charges.iter().flat_map(|charge| match key {
        Some(key) => vec![charge.tags.get(key).cloned().unwrap_or_default()],
        None => charge.tags.keys().cloned().collect(),
    });
    let (page, total) = page(context, values.collect())?;
    Ok(
        fields! { "ReturnSize": page.items.len(), "Tags": page.items, "TotalSize": total, "NextPageToken": page.next },
    )
}

/// `ListCostAllocationTags`: every tag key in use is active.
pub fn allocation_tags(context: &Context<'_>) -> Answer {
    let status = context.input.one_of("Status", &["Active", "Inactive"])?;
    let kind = context
        .input
        .one_of("Type", &["AWSGenerated", "UserDefined"])?;
    if context.input.has("Status") && status.is_none() {
        return invalid("Invalid status");
    }
    let world = context.world();
    let start = crate::mock::simulation::after(context.now, -30.0 * 86_400.0);
    let charges = world.charges(start, context.now, Step::Month, context.now);
    let mut keys: BTreeSet<String> = charges
        .iter()
        .flat_map(|charge| charge.tags.keys().cloned())
        .collect();
    if status == Some("Inactive") {
        keys.clear();
    }
    keys.retain(|key| kind.is_none_or(|kind| (kind == "AWSGenerated") == key.starts_with("aws:")));
    let page = context.page(
        keys.into_iter().collect(),
        ("NextToken", "MaxResults"),
        1..=1_000,
        100,
        String::clone,
    )?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|key| {
            let kind = if key.starts_with("aws:") {
                "AWSGenerated"
            } else {
                "UserDefined"
            };
            fields! { "TagKey": key, "Type": kind, "Status": "Active" }
        })
        .collect();
    Ok(fields! { "CostAllocationTags": items, "NextToken": page.next })
}
