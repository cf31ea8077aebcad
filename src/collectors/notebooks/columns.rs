//! The columns of the Notebooks pane.

use crate::{
    collectors::shared::column::Column,
    domain::{CommonField, Value, Visibility},
};
use std::sync::Arc;

pub(super) const FIELDS: &[Column<NotebookCells>] = &[
    Column::name(16),
    Column::text(
        "app_type",
        "app type",
        10,
        Visibility::Medium,
        "notebook, or the Studio app's type",
        |row| Value::Text(row.app_type.clone()),
    ),
    Column::text(
        "type",
        "type",
        15,
        Visibility::Always,
        "instance type",
        |row| row.ty.clone(),
    ),
    Column::common(CommonField::State, Visibility::Always),
    Column::text(
        "user",
        "user",
        10,
        Visibility::Wide,
        "user profile of a Studio app",
        |row| row.user.clone(),
    ),
    Column::number(
        "idle",
        "idle",
        5,
        Visibility::Always,
        "time since the last activity of a person",
        |row| row.idle.clone(),
    ),
    Column::number(
        "wasted",
        "wasted",
        7,
        Visibility::Medium,
        "list dollars since the last activity",
        |row| row.wasted.clone(),
    ),
    Column::text(
        "auto_stop",
        "auto stop",
        9,
        Visibility::Wide,
        "whether it stops automatically when idle",
        |row| row.auto_stop.clone(),
    ),
    Column::common(CommonField::Age, Visibility::Medium),
    Column::common(CommonField::Burn, Visibility::Always),
    Column::common(CommonField::Waste, Visibility::Always),
    Column::common(CommonField::Owner, Visibility::Medium),
    Column::common(CommonField::Region, Visibility::Medium),
    Column::number(
        "storage",
        "storage",
        8,
        Visibility::Wide,
        "list dollars a month of its volume, which is billed while it is stopped as well",
        |row| row.storage.clone(),
    ),
    Column::number(
        "cpu",
        "cpu%",
        5,
        Visibility::Wide,
        "CPU utilisation, last hour, fraction",
        |row| row.cpu.clone(),
    ),
    Column::text(
        "last_activity",
        "last activity",
        16,
        Visibility::Detail,
        "last activity of a person",
        |row| row.last.clone(),
    ),
    Column::text(
        "activity_source",
        "activity source",
        20,
        Visibility::Detail,
        "source of the last-activity reading",
        |row| row.activity_source.clone(),
    ),
];

/// The pane's own cells of a row.
pub(crate) struct NotebookCells {
    pub(super) app_type: Arc<str>,
    pub(super) ty: Value,
    pub(super) user: Value,
    pub(super) last: Value,
    pub(super) activity_source: Value,
    pub(super) idle: Value,
    pub(super) wasted: Value,
    pub(super) auto_stop: Value,
    pub(super) cpu: Value,
    pub(super) storage: Value,
}
