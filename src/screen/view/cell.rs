//! One cell of a table: a value in its column, coloured by what it means.
//!
//! Must not know the row's place or the column's.

use super::{pen::Pen, spark::spark};
use crate::{
    domain::{Align, Burn, FieldMeta, Record, Stamp, Value, pane::From, record::HeadField, text},
    screen::theme::Role,
};

/// Writes the value of `field` of `record` over all columns of `pen`. `faded`: the whole row steps
/// back.
pub fn cell(pen: &mut Pen<'_>, record: &Record, field: &FieldMeta, now: Stamp, faded: bool) {
    let value = match field.from {
        From::Own(place) => match record.own.get(place) {
            Some(Value::Series(series)) => {
                let full = series
                    .points
                    .iter()
                    .flatten()
                    .all(|reading| *reading <= 1.0)
                    .then_some(1.0);
                return spark(
                    pen,
                    series,
                    full,
                    if faded { Role::Dim } else { Role::Graph },
                );
            }
            Some(value) => std::borrow::Cow::Borrowed(value),
            None => return,
        },
        From::Head(_) => std::borrow::Cow::Owned(field.value(record, now)),
    };
    let role = if faded {
        Role::Dim
    } else {
        role(&value, field)
    };
    let shown = match (field.from, &record.head.burn) {
        (From::Head(HeadField::Burn), Burn::Unpriced(_)) if pen.left() >= 8 => "unpriced".into(),
        (From::Head(HeadField::Burn), Burn::Priced { estimate: true, .. }) => {
            format!("~{}", value.show()).into()
        }
        (From::Head(HeadField::Name), _) if record.head.name.trim().is_empty() => {
            text::printable(&record.head.key.id)
        }
        (From::Head(HeadField::Owner), _) if value.is_known() => {
            format!("@{}", value.show()).into()
        }
        _ => value.show(),
    };
    let wide = text::width(&shown) as u16;
    if field.align == Align::Right {
        pen.skip(pen.left().saturating_sub(wide));
    }
    pen.say(&shown, role);
}

/// What the value means.
fn role(value: &Value, field: &FieldMeta) -> Role {
    match (value, field.from) {
        (Value::Unknown(_) | Value::None, _) => Role::Dim,
        (Value::State(state), _) => Role::of(state.phase),
        (Value::Rate(rate), From::Head(HeadField::Burn)) => Role::heat(rate.0),
        (Value::Rate(rate), From::Head(HeadField::Waste)) => waste(rate.0),
        (Value::Moving { now, to }, _) if now != to => Role::Changing,
        (_, From::Head(HeadField::Name)) => Role::Strong,
        (
            _,
            From::Head(
                HeadField::Region
                | HeadField::Account
                | HeadField::Id
                | HeadField::Kind
                | HeadField::Tags
                | HeadField::Arn,
            ),
        ) => Role::Dim,
        _ => Role::Text,
    }
}

/// The role of a waste of `per_hour` dollars.
pub fn waste(per_hour: f64) -> Role {
    match per_hour {
        rate if rate >= 10.0 => Role::Hot,
        rate if rate > 0.0 => Role::Warm,
        _ => Role::Dim,
    }
}
