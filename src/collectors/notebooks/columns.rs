//! The columns of the Notebooks pane.

use super::NotebookRow;
use crate::{
    collectors::shared::field::Field,
    domain::{CommonField, Value, Visibility},
};

pub(super) const FIELDS: &[Field<NotebookRow>] = &[
    Field::name(16),
    Field::text(
        "app_type",
        "app type",
        10,
        Visibility::Medium,
        "notebook, or the Studio app's type",
        |row| Value::Text(row.app_type.clone()),
    ),
    Field::text(
        "type",
        "type",
        15,
        Visibility::Always,
        "instance type",
        |row| row.ty.clone(),
    ),
    Field::common(CommonField::State, Visibility::Always),
    Field::text(
        "user",
        "user",
        10,
        Visibility::Wide,
        "user profile of a Studio app",
        |row| row.user.clone(),
    ),
    Field::number(
        "idle",
        "idle",
        5,
        Visibility::Always,
        "time since the last activity of a person",
        |row| row.idle.clone(),
    ),
    Field::number(
        "wasted",
        "wasted",
        7,
        Visibility::Medium,
        "list dollars since the last activity",
        |row| row.wasted.clone(),
    ),
    Field::text(
        "auto_stop",
        "auto stop",
        9,
        Visibility::Wide,
        "whether it stops automatically when idle",
        |row| row.auto_stop.clone(),
    ),
    Field::common(CommonField::Age, Visibility::Medium),
    Field::common(CommonField::Burn, Visibility::Always),
    Field::common(CommonField::Waste, Visibility::Always),
    Field::common(CommonField::Owner, Visibility::Medium),
    Field::common(CommonField::Region, Visibility::Medium),
    Field::number(
        "cpu",
        "cpu%",
        5,
        Visibility::Wide,
        "CPU utilisation, last hour, fraction",
        |row| row.cpu.clone(),
    ),
    Field::text(
        "last_activity",
        "last activity",
        16,
        Visibility::Detail,
        "last activity of a person",
        |row| row.last.clone(),
    ),
    Field::text(
        "activity_source",
        "activity source",
        20,
        Visibility::Detail,
        "source of the last-activity reading",
        |row| row.activity_source.clone(),
    ),
];
