//! GetDimensionValues and GetTags.

use super::super::{Answer, Context};
use super::{attributes, charges, dimension as value_of, period};
use crate::mock::{
    billing::{BillingPeriod, Charge},
    protocol::{Failure, Value, pagination::Page, value::fields},
    simulation::Simulation,
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
            1_000,
            String::clone,
        )?,
        total,
    ))
}

/// The charges in the requested period, by the month.
fn requested_charges(
    context: &Context<'_>,
    simulation: &Simulation,
) -> Result<Vec<Charge>, Failure> {
    let requested = period::period(context)?;
    period::check_range(context, &requested, BillingPeriod::Day)?;
    charges(
        context,
        simulation,
        requested.start,
        requested.end,
        BillingPeriod::Month,
    )
}

/// `GetDimensionValues`
pub(super) fn dimension(context: &Context<'_>) -> Answer {
    let key = context.input.need_text("Dimension")?;
    let simulation = context.simulation();
    let charges = requested_charges(context, &simulation)?;
    let values = charges
        .iter()
        .filter_map(|charge| value_of(key, charge, &simulation.account.id))
        .collect();
    let (page, total) = page(context, values)?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|value| {
            let attributes = attributes(key, &value, &simulation);
            fields! { "Value": value, "Attributes": attributes }
        })
        .collect();
    Ok(fields! {
        "ReturnSize": items.len(),
        "DimensionValues": items,
        "TotalSize": total,
        "NextPageToken": page.next,
    })
}

/// `GetTags`: keys, or the values of one key.
pub(super) fn tags(context: &Context<'_>) -> Answer {
    let key = context.input.text("TagKey")?;
    let simulation = context.simulation();
    let charges = requested_charges(context, &simulation)?;
    let values = charges.iter().flat_map(|charge| match key {
        Some(key) => vec![charge.tags.get(key).cloned().unwrap_or_default()],
        None => charge.tags.keys().cloned().collect(),
    });
    let (page, total) = page(context, values.collect())?;
    Ok(fields! {
        "ReturnSize": page.items.len(),
        "Tags": page.items,
        "TotalSize": total,
        "NextPageToken": page.next,
    })
}
