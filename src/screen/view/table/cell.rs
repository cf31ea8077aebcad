//! One cell of a table.

use crate::screen::view::{sparkline::spark, text_writer::TextWriter};
use crate::{
    domain::{
        Align, FieldMeta, HourlyCost, Record, Timestamp, Value, pane::FieldSource,
        resource::columns::CommonField, text,
    },
    screen::theme::Role,
};

/// Writes the value of `field` of `record` over all columns of `writer`, dim if `faded`.
pub fn cell(
    writer: &mut TextWriter<'_>,
    record: &Record,
    field: &FieldMeta,
    now: Timestamp,
    faded: bool,
) {
    let value = match field.from {
        FieldSource::Own(place) => match record.own.get(place) {
            Some(Value::Series(series)) => {
                let full = series
                    .points
                    .iter()
                    .flatten()
                    .all(|reading| *reading <= 1.0)
                    .then_some(1.0);
                return spark(
                    writer,
                    series,
                    full,
                    if faded { Role::Dim } else { Role::Chart },
                );
            }
            Some(value) => std::borrow::Cow::Borrowed(value),
            None => return,
        },
        FieldSource::Head(_) | FieldSource::Paid(_) => {
            std::borrow::Cow::Owned(field.value(record, now))
        }
    };
    let role = if faded {
        Role::Dim
    } else {
        role(&value, field)
    };
    let shown = match (field.from, &record.head.burn) {
        (FieldSource::Head(CommonField::Burn), HourlyCost::Unpriced(_))
            if writer.remaining() >= 8 =>
        {
            "unpriced".into()
        }
        (FieldSource::Head(CommonField::Burn), HourlyCost::Priced { estimate: true, .. }) => {
            format!("~{}", value.show()).into()
        }
        (FieldSource::Head(CommonField::Name), _) if record.head.name.trim().is_empty() => {
            text::printable(&record.head.key.id)
        }
        (FieldSource::Head(CommonField::Owner), _) if value.is_known() => {
            format!("@{}", value.show()).into()
        }
        _ => value.show(),
    };
    let wide = text::width(&shown) as u16;
    if field.align == Align::Right {
        writer.advance(writer.remaining().saturating_sub(wide));
    }
    writer.write(&shown, role);
}

/// The role of a value.
fn role(value: &Value, field: &FieldMeta) -> Role {
    match (value, field.from) {
        (Value::Unknown(_) | Value::None, _) => Role::Dim,
        (Value::State(state), _) => Role::of(state.phase),
        (Value::Rate(rate), FieldSource::Head(CommonField::Burn)) => Role::of_cost(rate.0),
        (Value::Rate(rate), FieldSource::Head(CommonField::Waste)) => waste(rate.0),
        (Value::Moving { now, to }, _) if now != to => Role::Changing,
        (_, FieldSource::Head(CommonField::Name)) => Role::Emphasis,
        (
            _,
            FieldSource::Head(
                CommonField::Region
                | CommonField::Account
                | CommonField::Id
                | CommonField::Kind
                | CommonField::Tags
                | CommonField::Arn,
            ),
        ) => Role::Dim,
        _ => Role::Text,
    }
}

/// The role of a waste of `per_hour` dollars.
pub fn waste(per_hour: f64) -> Role {
    match per_hour {
        rate if rate >= 10.0 => Role::HighCost,
        rate if rate > 0.0 => Role::MediumCost,
        _ => Role::Dim,
    }
}
