//! The columns of the Anomalies pane.

use super::AnomalyRow;
use crate::{
    collectors::shared::field::Field,
    domain::{CommonField, Visibility},
};

pub(super) const FIELDS: &[Field<AnomalyRow>] = &[
    Field::common(CommonField::Since, Visibility::Always),
    Field::text(
        "service",
        "service",
        18,
        Visibility::Always,
        "service of the first root cause",
        |row| row.service.clone(),
    ),
    Field::text(
        "usage_type",
        "usage type",
        20,
        Visibility::Always,
        "usage type of the first root cause",
        |row| row.usage_type.clone(),
    ),
    Field::number(
        "impact",
        "impact",
        8,
        Visibility::Always,
        "dollars above the expected spend, in total",
        |row| row.impact.clone(),
    ),
    Field::number(
        "impact_percent",
        "impact%",
        7,
        Visibility::Always,
        "impact over expected spend, fraction",
        |row| row.share.clone(),
    ),
    Field::sized(CommonField::State, 6, Visibility::Medium),
    Field::text(
        "cause_region",
        "cause reg",
        10,
        Visibility::Medium,
        "region of the first root cause",
        |row| row.cause_region.clone(),
    ),
    Field::text(
        "root_cause",
        "root cause",
        30,
        Visibility::Wide,
        "the first root cause, and how many there are",
        |row| row.cause.clone(),
    ),
    Field::number(
        "actual",
        "actual",
        8,
        Visibility::Wide,
        "dollars spent",
        |row| row.actual.clone(),
    ),
    Field::number(
        "expected",
        "expected",
        8,
        Visibility::Wide,
        "dollars expected",
        |row| row.expected.clone(),
    ),
    Field::text(
        "until",
        "until",
        16,
        Visibility::Detail,
        "last day of the anomaly",
        |row| row.until.clone(),
    ),
    Field::text(
        "monitor",
        "monitor",
        20,
        Visibility::Wide,
        "monitor that detected it",
        |row| row.monitor.clone(),
    ),
    Field::text(
        "feedback",
        "feedback",
        10,
        Visibility::Detail,
        "feedback given to AWS",
        |row| row.feedback.clone(),
    ),
    Field::common(CommonField::Age, Visibility::Detail),
    Field {
        show: Visibility::Detail,
        ..Field::name(20)
    },
];
