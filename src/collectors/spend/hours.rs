//! Costs by the hour: the cell of a service, and the hours that are closed.
//!
//! Cost Explorer adds hour after hour, each service at its own pace: the last hour of all may still
//! grow, and a service whose lines end earlier is late, or has ended.

use super::{billing_data::BillingData, queries};
use crate::domain::{HourCosts, Reason, Series, Service, Timestamp, Value};
use std::sync::Arc;

const HOUR: i64 = 3_600;
/// Hours that the cell shows.
const SHOWN: i64 = 48;

/// The service of a line. The request filters by AI/ML, so a line of neither SageMaker nor Bedrock
/// is of an accelerated instance.
fn service(key: &str) -> Service {
    Service::of_line(key, "").unwrap_or(Service::Ec2)
}

/// Dollars of `of` in each hour of `[first, end)`.
fn series(answers: &BillingData, of: Service, first: i64, end: i64) -> Series {
    let length = usize::try_from((end - first) / HOUR).unwrap_or(0);
    let mut points = vec![Some(0.0); length];
    let slices = answers.hours.known().map_or(&[][..], Vec::as_slice);
    for slice in slices.iter().filter(|slice| service(&slice.key) == of) {
        let place = usize::try_from((slice.at - first).div_euclid(HOUR)).ok();
        let point = place.and_then(|place| points.get_mut(place));
        if let Some(sum) = point.and_then(Option::as_mut) {
            *sum += slice.usd;
        }
    }
    Series {
        start: Timestamp::from_second(first).unwrap_or_default(),
        step: 3_600,
        points,
    }
}

/// Dollars of each of the last hours that Cost Explorer returned.
pub(super) fn cell(answers: &BillingData, of: Service) -> Value {
    if let Some(why) = answers.hours.reason() {
        return Value::Unknown(Reason::new(why));
    }
    let slices = answers.hours.known().map_or(&[][..], Vec::as_slice);
    let Some(last) = slices.iter().map(|slice| slice.at).max() else {
        return Value::Unknown(Reason::new("no costs by the hour yet"));
    };
    let first = queries::next_hour(answers.hours.asked) - SHOWN * HOUR;
    let series = series(answers, of, first, last + HOUR);
    if series.points.is_empty() {
        return Value::Unknown(Reason::new("no costs by the hour yet"));
    }
    Value::Series(Arc::new(series))
}

/// The closed hours of each service.
pub(super) fn closed(answers: &BillingData) -> Vec<HourCosts> {
    let slices = answers.hours.known().map_or(&[][..], Vec::as_slice);
    let charged = || slices.iter().filter(|slice| slice.usd != 0.0);
    let Some(last) = charged().map(|slice| slice.at).max() else {
        return Vec::new();
    };
    let first = queries::first_hour(answers.hours.asked);
    let of = |of: Service| {
        let own = charged().filter(|slice| service(&slice.key) == of);
        let own = own.map(|slice| slice.at).max();
        let through = own.map_or(last, |own| last.min(own + HOUR));
        HourCosts {
            service: of,
            hours: series(answers, of, first, through),
        }
    };
    Service::ALL.map(of).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collectors::{shared::part::Part, spend::billing_data::GroupSlice};

    #[test]
    fn the_last_hour_is_open_and_a_late_service_ends_with_its_own() {
        let asked: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        let slice = |key: &str, hour: &str, usd: f64| GroupSlice {
            at: format!("2026-11-{hour}:00:00Z")
                .parse::<Timestamp>()
                .unwrap()
                .as_second(),
            key: key.to_owned(),
            usd,
        };
        let slices = vec![
            slice("Amazon Elastic Compute Cloud - Compute", "22T15", 9.0),
            slice("Amazon Elastic Compute Cloud - Compute", "22T16", 9.0),
            slice("Amazon Elastic Compute Cloud - Compute", "22T17", 2.0),
            slice("Amazon SageMaker", "22T15", 4.0),
        ];
        let answers = BillingData {
            hours: Part::of(Ok(slices), asked, |_| false),
            ..BillingData::default()
        };
        let ends: Vec<_> = closed(&answers)
            .iter()
            .map(|one| (one.service, one.span().1.to_string(), one.hours.sum()))
            .collect();
        assert_eq!(
            ends,
            [
                (Service::Ec2, "2026-11-22T17:00:00Z".to_owned(), 18.0),
                (Service::SageMaker, "2026-11-22T16:00:00Z".to_owned(), 4.0),
                (Service::Bedrock, "2026-11-22T17:00:00Z".to_owned(), 0.0),
            ]
        );
        let Value::Series(shown) = cell(&answers, Service::Ec2) else {
            panic!("no hours")
        };
        assert_eq!(shown.sum(), 20.0, "the cell shows the open hour too");
    }
}
