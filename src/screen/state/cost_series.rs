//! Costs by day or hour for the chart of a pane: of one row or summed over many, and their mean.

use crate::domain::{
    FieldMeta, Record, Series, Timestamp, Value, pane::FieldSource,
    time::timestamp::seconds_between,
};
use std::sync::Arc;

/// The series of `record` in `field`.
pub fn of(record: &Record, field: &FieldMeta) -> Option<Arc<Series>> {
    let FieldSource::Own(place) = field.from else {
        return None;
    };
    match record.own.get(place) {
        Some(Value::Series(series)) => Some(series.clone()),
        _ => None,
    }
}

/// The sum of the series of `rows` in `field`, point by point. A point without a reading in any row
/// stays a gap. Series with another step than the first are skipped.
pub fn sum<'a>(
    rows: impl Iterator<Item = &'a Arc<Record>>,
    field: &FieldMeta,
) -> Option<Arc<Series>> {
    let all: Vec<Arc<Series>> = rows
        .filter_map(|row| of(row, field))
        .filter(|series| !series.points.is_empty())
        .collect();
    let step = all.first()?.step.max(1);
    let start = all.iter().map(|series| series.start).min()?;
    let mut points: Vec<Option<f64>> = Vec::new();
    for series in all.iter().filter(|series| series.step == step) {
        let offset = (seconds_between(start, series.start) / f64::from(step)).round() as usize;
        points.resize(points.len().max(offset + series.points.len()), None);
        for (point, place) in series.points.iter().zip(points.iter_mut().skip(offset)) {
            if let Some(dollars) = point {
                *place = Some(place.unwrap_or(0.0) + dollars);
            }
        }
    }
    Some(Arc::new(Series {
        start,
        step,
        points,
    }))
}

/// The mean of the points whose period has ended at `now`; `None` without one.
pub fn mean(series: &Series, now: Timestamp) -> Option<f64> {
    let over = series
        .points
        .iter()
        .enumerate()
        .filter(|(place, _)| is_over(series, *place, now));
    let (sum, count) = over
        .filter_map(|(_, point)| *point)
        .fold((0.0, 0.0), |(sum, count), dollars| {
            (sum + dollars, count + 1.0)
        });
    (count > 0.0).then(|| sum / count)
}

/// Whether the period of point `place` has ended at `now`.
pub fn is_over(series: &Series, place: usize, now: Timestamp) -> bool {
    series.at(place + 1) <= now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Align, screen::fixture};

    fn field() -> FieldMeta {
        FieldMeta {
            id: "days",
            title: "days",
            doc: "",
            width: crate::domain::Width::Fixed(9),
            align: Align::Left,
            show: crate::domain::Visibility::Detail,
            from: FieldSource::Own(0),
        }
    }

    fn row(start: &str, points: &[Option<f64>]) -> Arc<Record> {
        let mut record = fixture::instance(1);
        let series = Series {
            start: start.parse().unwrap(),
            step: 86_400,
            points: points.to_vec(),
        };
        record.own = vec![Value::Series(Arc::new(series))];
        Arc::new(record)
    }

    #[test]
    fn series_sum_aligns_days() {
        let rows = [
            row("2026-11-02T00:00:00Z", &[Some(1.0), None, Some(3.0)]),
            row("2026-11-01T00:00:00Z", &[Some(10.0), Some(20.0), None]),
            Arc::new(fixture::instance(2)),
        ];
        let sum = sum(rows.iter(), &field()).unwrap();
        assert_eq!(sum.start.to_string(), "2026-11-01T00:00:00Z");
        assert_eq!(sum.points, [Some(10.0), Some(21.0), None, Some(3.0)]);
        // The last day is still open.
        assert_eq!(
            mean(&sum, "2026-11-04T12:00:00Z".parse().unwrap()),
            Some(15.5)
        );
        assert_eq!(mean(&sum, "2026-11-01T12:00:00Z".parse().unwrap()), None);
    }
}
