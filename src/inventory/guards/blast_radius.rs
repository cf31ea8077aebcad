//! The blast radius of an operation on a row: the strictest guard of any part decides.
//!
//! Each part is judged as it is, and as if it cost as much as all parts together.

use super::Ruling;
use crate::{
    domain::{ApiCall, HourlyCost, Measured, PaneMeta, Reason, Record, ResourceKey, UsdPerHour},
    inventory::Inventory,
};
use std::sync::Arc;

/// A row and the pane it is in.
pub(super) type PaneRow<'a> = (&'a Arc<Record>, &'a PaneMeta);

/// The row `key` and its pane.
pub(super) fn row<'a>(world: &'a Inventory, key: &ResourceKey) -> Option<PaneRow<'a>> {
    Some((world.record(key)?, world.pane(world.pane_of(key)?)?))
}

/// The other rows that `call`, requested on the row `own`, also changes.
pub(super) fn others<'a>(world: &'a Inventory, own: &Record, call: &ApiCall) -> Vec<PaneRow<'a>> {
    let Some(reach) = call.blast_radius() else {
        return Vec::new();
    };
    let own = &own.head.key;
    let goes_with = |row: &Record| {
        let key = &row.head.key;
        (&key.account, &key.region) == (&own.account, &own.region)
            && key != own
            && row.head.is_covered_by(&reach)
    };
    let rows = world
        .panes()
        .iter()
        .flat_map(|pane| world.rows(pane.id).map(move |row| (row, pane)));
    let mut found: Vec<PaneRow<'a>> = rows.filter(|(row, _)| goes_with(row)).collect();
    found.sort_by(|(a, _), (b, _)| a.head.key.cmp(&b.head.key));
    found
}

/// The ruling on the row `own` and `others` together; `judge` returns the ruling on one row.
pub(super) fn strictest(
    own: PaneRow<'_>,
    others: &[PaneRow<'_>],
    judge: impl Fn(&Record, &PaneMeta) -> Ruling,
) -> Ruling {
    let (record, pane) = own;
    let mut ruling = judge(record, pane);
    if others.is_empty() {
        return ruling;
    }
    let whole: Vec<&Record> = std::iter::once(&**record)
        .chain(others.iter().map(|(record, _)| &***record))
        .collect();
    let (burn, waste) = (burn(&whole), waste(&whole));
    let together = |record: &Record| {
        let mut record = record.clone();
        (record.head.burn, record.head.waste) = (burn.clone(), waste.clone());
        record
    };
    ruling.join(
        judge(&together(record), pane),
        &format!("all {} with the same parent", whole.len()),
    );
    for (part, pane) in others {
        ruling.join(
            judge(part, pane),
            &format!("{}, affected by it", part.head.name),
        );
        ruling.join(
            judge(&together(part), pane),
            &format!("all {} with the same parent", whole.len()),
        );
    }
    ruling
}

/// The cost of all rows; unknown if that of one is.
fn burn(rows: &[&Record]) -> HourlyCost {
    if let Some(unpriced) = rows
        .iter()
        .find(|row| matches!(row.head.burn, HourlyCost::Unpriced(_)))
    {
        return unpriced.head.burn.clone();
    }
    let rate: UsdPerHour = rows.iter().filter_map(|row| row.head.burn.rate()).sum();
    if rate.0 > 0.0 {
        HourlyCost::Priced {
            unit: rate,
            quantity: 1.0,
            source: "all with the same parent".into(),
            estimate: false,
        }
    } else {
        HourlyCost::Nothing(Reason::new("none of it is billed"))
    }
}

/// The waste of all rows; unknown if that of one is.
fn waste(rows: &[&Record]) -> Measured<UsdPerHour> {
    let mut sum = UsdPerHour::ZERO;
    for row in rows {
        match &row.head.waste {
            Measured::Known(waste) => sum += *waste,
            Measured::Unknown(why) => return Measured::Unknown(why.clone()),
        }
    }
    Measured::Known(sum)
}
