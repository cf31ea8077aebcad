//! What goes with a row when something is done to it, and how that is judged: the strictest of all
//! of it decides.
//!
//! Each part is judged as it is, and as if it cost what all of it costs together. Must not know the
//! rules.

use super::Ruling;
use crate::{
    domain::{Burn, Call, Key, PaneMeta, Reading, Record, UsdPerHour, Why},
    world::World,
};
use std::sync::Arc;

/// A row and the pane it is in.
pub(super) type Row<'a> = (&'a Arc<Record>, &'a PaneMeta);

/// The row `key` and its pane.
pub(super) fn row<'a>(world: &'a World, key: &Key) -> Option<Row<'a>> {
    Some((world.record(key)?, world.pane(world.pane_of(key)?)?))
}

/// The other rows that `call`, asked on the row `own`, changes as well.
pub(super) fn others<'a>(world: &'a World, own: &Record, call: &Call) -> Vec<Row<'a>> {
    let Some(reach) = call.reach() else {
        return Vec::new();
    };
    let own = &own.head.key;
    let goes_with = |row: &Record| {
        let key = &row.head.key;
        (&key.account, &key.region) == (&own.account, &own.region)
            && key != own
            && reach.takes(&row.head)
    };
    let rows = world
        .panes()
        .iter()
        .flat_map(|pane| world.rows(pane.id).map(move |row| (row, pane)));
    let mut found: Vec<Row<'a>> = rows.filter(|(row, _)| goes_with(row)).collect();
    found.sort_by(|(a, _), (b, _)| a.head.key.cmp(&b.head.key));
    found
}

/// What is said of the row `own` together with `others` by `judge`, which says it of one row.
pub(super) fn strictest(
    own: Row<'_>,
    others: &[Row<'_>],
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
        &format!("all {} that go together", whole.len()),
    );
    for (part, pane) in others {
        ruling.join(
            judge(part, pane),
            &format!("{}, which goes with it", part.head.name),
        );
        ruling.join(
            judge(&together(part), pane),
            &format!("all {} that go together", whole.len()),
        );
    }
    ruling
}

/// What all of them cost: not known if it is not known of one.
fn burn(rows: &[&Record]) -> Burn {
    if let Some(unpriced) = rows
        .iter()
        .find(|row| matches!(row.head.burn, Burn::Unpriced(_)))
    {
        return unpriced.head.burn.clone();
    }
    let rate: UsdPerHour = rows.iter().filter_map(|row| row.head.burn.rate()).sum();
    if rate.0 > 0.0 {
        Burn::Priced {
            unit: rate,
            quantity: 1.0,
            source: "all that go together".into(),
            estimate: false,
        }
    } else {
        Burn::Nothing(Why::new("none of it is billed"))
    }
}

/// What all of them waste: not known if it is not known of one.
fn waste(rows: &[&Record]) -> Reading<UsdPerHour> {
    let mut sum = UsdPerHour::ZERO;
    for row in rows {
        match &row.head.waste {
            Reading::Known(waste) => sum += *waste,
            Reading::Unknown(why) => return Reading::Unknown(why.clone()),
        }
    }
    Reading::Known(sum)
}
