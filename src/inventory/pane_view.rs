//! The rows of a pane as shown: filtered and in order.

use super::{Inventory, query::Query};
use crate::domain::{FieldMeta, PaneId, Record, SortKey, Timestamp};
use std::sync::Arc;

/// The field that rows are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortOrder {
    /// Field id; an id the pane does not have orders by name.
    pub field: &'static str,
    /// Largest first. Unknown values come last either way.
    pub descending: bool,
}

/// The rows of `pane` that match `query`, ordered by `sort`; unknown values last, ties by name,
/// then by key.
pub fn view(
    world: &Inventory,
    pane: PaneId,
    query: &Query,
    sort: &SortOrder,
    now: Timestamp,
) -> Vec<Arc<Record>> {
    let Some(meta) = world.pane(pane) else {
        return Vec::new();
    };
    let field = meta.field(sort.field);
    let rows = world
        .rows(pane)
        .filter(|record| query.matches(record, &meta.fields, now));
    ordered(rows, field, sort.descending, now)
}

/// `rows` ordered by `field` (by name without one).
pub fn ordered<'a>(
    rows: impl Iterator<Item = &'a Arc<Record>>,
    field: Option<&FieldMeta>,
    descending: bool,
    now: Timestamp,
) -> Vec<Arc<Record>> {
    let mut ranked: Vec<(SortKey, &Arc<Record>)> = rows
        .map(|record| {
            let key = field.map(|field| SortKey::from(&field.value(record, now)));
            (key.unwrap_or(SortKey::Missing), record)
        })
        .collect();
    ranked.sort_unstable_by(|(a, left), (b, right)| {
        a.order(b, descending).then_with(|| {
            (&left.head.name, &left.head.key).cmp(&(&right.head.name, &right.head.key))
        })
    });
    ranked
        .into_iter()
        .map(|(_, record)| record.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Reason, SourceScope, Value},
        inventory::tests::{at, full, pane, place, report},
        rules::Thresholds,
    };
    use proptest::prelude::*;

    fn names(world: &Inventory, filter: &str, field: &'static str, descending: bool) -> String {
        let query = Query::parse(filter, &pane(SourceScope::Region).fields).unwrap();
        let rows = view(
            world,
            "gpus",
            &query,
            &SortOrder { field, descending },
            at(0.0),
        );
        rows.iter()
            .map(|row| row.head.name.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn unknown_values_sort_last_and_ties_sort_by_name() {
        let mut world = Inventory::new([pane(SourceScope::Region)].into(), Thresholds::default());
        let row = |id: &str, usd, ty: &str| full(id, usd, vec![Value::text(ty)]);
        let rows = vec![
            row("d", Some(2.0), "b"),
            row("c", None, "a"),
            row("b", Some(9.0), "B"),
            row("a", Some(2.0), "c"),
            row("e", None, "z"),
        ];
        world.apply(report(&place("", "111122223333"), 0.0, true, rows), at(0.0));
        assert_eq!(names(&world, "", "burn", true), "b a d c e");
        assert_eq!(names(&world, "", "burn", false), "a d b c e");
        assert_eq!(names(&world, "", "type", false), "c b d a e");
        assert_eq!(names(&world, "", "gpu_util", true), "a b c d e");
        assert_eq!(names(&world, "", "no such field", true), "a b c d e");
        assert_eq!(names(&world, "burn<5", "burn", true), "a d");
        assert_eq!(
            view(
                &world,
                "endpoints",
                &Query::default(),
                &SortOrder {
                    field: "name",
                    descending: false
                },
                at(0.0)
            ),
            []
        );
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::None),
            Just(Value::Unknown(Reason::new("?"))),
            "[a-cA-C]{0,2}".prop_map(Value::text),
            any::<u8>().prop_map(|n| Value::Count(n.into())),
            (-9.0f64..9.0).prop_map(Value::Number),
        ]
    }

    proptest! {
        #[test]
        fn rows_sort_by_value_order(
            values in proptest::collection::vec(any_value(), 0..20),
            descending: bool,
        ) {
            let row = |(n, value)| Arc::new(full(&format!("{n:02}"), None, vec![value]));
            let rows: Vec<_> = values.into_iter().enumerate().map(row).collect();
            let meta = pane(SourceScope::Region);
            let out = ordered(rows.iter(), meta.field("type"), descending, at(0.0));
            prop_assert_eq!(out.len(), rows.len());
            for pair in out.windows(2) {
                let (a, b) = (&pair[0].own[0], &pair[1].own[0]);
                prop_assert!(a.is_known() || !b.is_known());
                if a.is_known() && b.is_known() {
                    let order = SortKey::from(a).order(&SortKey::from(b), descending);
                    let by_name = order.is_eq() && pair[0].head.name < pair[1].head.name;
                    prop_assert!(order.is_lt() || by_name);
                }
            }
        }
    }
}
