//! Chooses the fields of a pane that are columns at a width, and places them.
//!
//! The name and the money come first, then the fields marked for narrow screens, then for wider
//! ones. The contents of rows do not count, so that columns stay while rows change.

use crate::domain::{
    FieldMeta, Visibility, Width, pane::FieldSource, resource::columns::CommonField,
};

/// Columns a flexible column may grow by for each unit of its weight.
const GROWTH: u16 = 16;
/// Widest gap between two columns.
const GAP: u16 = 3;

/// A field's place on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// The field's place in the pane's list.
    pub field: usize,
    /// Columns from the left end of the table.
    pub x: u16,
    /// Columns it takes.
    pub width: u16,
}

/// The columns of `fields` in `width` columns.
pub fn choose(fields: &[FieldMeta], width: u16) -> Vec<TableColumn> {
    let gap = if width < 64 { 1 } else { 2 };
    let mut order: Vec<usize> = (0..fields.len())
        .filter(|place| fields[*place].show != Visibility::Detail)
        .collect();
    order.sort_by_key(|place| (rank(&fields[*place]), *place));
    let mut chosen: Vec<usize> = Vec::new();
    let mut used = 0;
    for place in order {
        let needs = least(&fields[place]) + if chosen.is_empty() { 0 } else { gap };
        if used + needs <= width || chosen.is_empty() {
            used += needs;
            chosen.push(place);
        }
    }
    chosen.sort_unstable();
    let mut widths: Vec<u16> = chosen
        .iter()
        .map(|place| least(&fields[*place]).min(width))
        .collect();
    let mut left = width.saturating_sub(used);
    grow(fields, &chosen, &mut widths, &mut left);
    let gaps = (chosen.len() as u16).saturating_sub(1).max(1);
    let gap = gap + (left / gaps).min(GAP - gap);
    let mut x = 0;
    chosen
        .into_iter()
        .zip(widths)
        .map(|(field, width)| {
            let column = TableColumn { field, x, width };
            x += width + gap;
            column
        })
        .collect()
}

/// Shares `left` among flexible columns by weight, round by round, up to their most.
fn grow(fields: &[FieldMeta], chosen: &[usize], widths: &mut [u16], left: &mut u16) {
    while *left > 0 {
        let before = *left;
        for (place, width) in chosen.iter().zip(widths.iter_mut()) {
            if let Width::Flex { min, weight } = fields[*place].width {
                let more = weight
                    .min(*left)
                    .min((min + GROWTH * weight).saturating_sub(*width));
                *width += more;
                *left -= more;
            }
        }
        if *left == before {
            break;
        }
    }
}

fn rank(field: &FieldMeta) -> u8 {
    match (field.from, field.show) {
        (FieldSource::Head(CommonField::Name | CommonField::Burn), _) => 0,
        (_, Visibility::Always) => 1,
        (_, Visibility::Medium) => 2,
        _ => 3,
    }
}

fn least(field: &FieldMeta) -> u16 {
    match field.width {
        Width::Fixed(width) => width,
        Width::Flex { min, .. } => min,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Align;
    use proptest::prelude::*;

    fn field(id: &'static str, width: Width, show: Visibility, from: FieldSource) -> FieldMeta {
        FieldMeta {
            id,
            title: id,
            doc: "",
            width,
            align: Align::Left,
            show,
            from,
        }
    }

    fn fields() -> Vec<FieldMeta> {
        vec![
            field(
                "name",
                Width::Flex { min: 12, weight: 2 },
                Visibility::Always,
                FieldSource::Head(CommonField::Name),
            ),
            field(
                "type",
                Width::Fixed(14),
                Visibility::Always,
                FieldSource::Own(0),
            ),
            field(
                "region",
                Width::Fixed(10),
                Visibility::Medium,
                FieldSource::Head(CommonField::Region),
            ),
            field(
                "spark",
                Width::Fixed(12),
                Visibility::Wide,
                FieldSource::Own(1),
            ),
            field(
                "usd",
                Width::Fixed(7),
                Visibility::Always,
                FieldSource::Head(CommonField::Burn),
            ),
            field(
                "arn",
                Width::Fixed(60),
                Visibility::Detail,
                FieldSource::Head(CommonField::Arn),
            ),
        ]
    }

    fn names(width: u16) -> Vec<&'static str> {
        let fields = fields();
        choose(&fields, width)
            .into_iter()
            .map(|column| fields[column.field].id)
            .collect()
    }

    #[test]
    fn name_and_cost_columns_stay_longest() {
        assert_eq!(names(22), ["name", "usd"]);
        assert_eq!(names(40), ["name", "type", "usd"]);
        assert_eq!(names(52), ["name", "type", "region", "usd"]);
        assert_eq!(names(200), ["name", "type", "region", "spark", "usd"]);
    }

    proptest! {
        #[test]
        fn columns_do_not_overlap_or_pass_the_edge(width in 20u16..300) {
            let mut end = 0;
            for (place, column) in choose(&fields(), width).into_iter().enumerate() {
                prop_assert!(place == 0 || column.x > end);
                end = column.x + column.width;
                prop_assert!(end <= width);
            }
        }
    }
}
