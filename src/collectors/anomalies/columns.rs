//! The columns of the Anomalies pane.

use super::AnomalyCells;
use crate::{
    collectors::shared::column::Column,
    domain::{CommonField, Visibility},
};

pub(super) const FIELDS: &[Column<AnomalyCells>] = &[
    Column::common(CommonField::Since, Visibility::Always),
    Column::text(
        "service",
        "service",
        18,
        Visibility::Always,
        "service of the first root cause",
        |row| row.service.clone(),
    ),
    Column::text(
        "usage_type",
        "usage type",
        20,
        Visibility::Always,
        "usage type of the first root cause",
        |row| row.usage_type.clone(),
    ),
    Column::number(
        "impact",
        "impact",
        8,
        Visibility::Always,
        "dollars above the expected spend, in total",
        |row| row.impact.clone(),
    ),
    Column::number(
        "impact_percent",
        "impact%",
        7,
        Visibility::Always,
        "impact over expected spend, fraction",
        |row| row.share.clone(),
    ),
    Column::sized(CommonField::State, 6, Visibility::Medium),
    Column::text(
        "cause_region",
        "cause reg",
        10,
        Visibility::Medium,
        "region of the first root cause",
        |row| row.cause_region.clone(),
    ),
    Column::text(
        "root_cause",
        "root cause",
        30,
        Visibility::Wide,
        "the first root cause, and how many there are",
        |row| row.cause.clone(),
    ),
    Column::number(
        "actual",
        "actual",
        8,
        Visibility::Wide,
        "dollars spent",
        |row| row.actual.clone(),
    ),
    Column::number(
        "expected",
        "expected",
        8,
        Visibility::Wide,
        "dollars expected",
        |row| row.expected.clone(),
    ),
    Column::text(
        "last_day",
        "last day",
        16,
        Visibility::Detail,
        "last day of the anomaly",
        |row| row.last_day.clone(),
    ),
    Column::text(
        "monitor",
        "monitor",
        20,
        Visibility::Wide,
        "monitor that detected it",
        |row| row.monitor.clone(),
    ),
    Column::text(
        "feedback",
        "feedback",
        10,
        Visibility::Detail,
        "feedback given to AWS",
        |row| row.feedback.clone(),
    ),
    Column::common(CommonField::Age, Visibility::Detail),
    Column {
        show: Visibility::Detail,
        ..Column::name(20)
    },
];
