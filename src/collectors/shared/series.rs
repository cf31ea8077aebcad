//! Series of several hosts or devices as one.

use crate::domain::{Measured, Reason, Series, time::series::SeriesSummary};

/// The mean of `series`, point by point. If one of them could not be read, the mean is unknown: the
/// missing series may be that of the busy device. Without one reading it is unknown, for the reason
/// that a series gives, or `absent`.
pub(crate) fn mean(series: Vec<Measured<Series>>, absent: Reason) -> Measured<Series> {
    let (mut known, mut why) = (Vec::new(), None);
    for one in series {
        match one {
            Measured::Known(one) => known.push(one),
            Measured::Unknown(reason) if reason.is_unread() => return Measured::Unknown(reason),
            Measured::Unknown(reason) => why = why.or(Some(reason)),
        }
    }
    let unknown = || Measured::Unknown(why.unwrap_or(absent));
    let Some(first) = known.first() else {
        return unknown();
    };
    // Devices that take turns are known up to different times.
    let longest = known.iter().map(|one| one.points.len()).max();
    let points = (0..longest.unwrap_or(0)).map(|point| {
        let values: Vec<f64> = known
            .iter()
            .filter_map(|one| one.points.get(point).copied().flatten())
            .collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    });
    let mean = Series {
        points: points.collect(),
        ..*first
    };
    if mean.last().is_some() {
        Measured::Known(mean)
    } else {
        unknown()
    }
}

/// The statistics of a series; unknown without one reading.
pub(crate) fn summary(series: &Measured<Series>) -> Measured<SeriesSummary> {
    match series {
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
        Measured::Known(series) => Measured::or_why(series.observed(), "no reading"),
    }
}

/// The sum of two series of one start and step, point by point; where only one has a reading, that
/// one. It ends with the shorter one.
pub(crate) fn sum(a: &Series, b: &Series) -> Series {
    let points = a.points.iter().zip(&b.points).map(|pair| match pair {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0.0) + b.unwrap_or(0.0)),
    });
    Series {
        points: points.collect(),
        ..*a
    }
}

/// How many of `series` could not be read.
pub(crate) fn count_unread<'a>(series: impl IntoIterator<Item = &'a Measured<Series>>) -> usize {
    series.into_iter().filter(|one| one.is_unread()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Fault, FaultKind};

    fn series(points: &[Option<f64>]) -> Measured<Series> {
        Measured::Known(Series {
            start: "2026-11-01T00:00:00Z".parse().unwrap(),
            step: 300,
            points: points.to_vec(),
        })
    }

    #[test]
    fn mean_leaves_out_what_is_not_measured() {
        let two = vec![
            series(&[Some(0.2), None, None]),
            series(&[Some(0.4), Some(0.6), None]),
        ];
        let none = || Reason::new("none");
        let points = mean(two, none()).known().unwrap().points.clone();
        assert!((points[0].unwrap() - 0.3).abs() < 1e-9 && points[1..] == [Some(0.6), None]);
        assert_eq!(mean(Vec::new(), none()), Measured::unknown("none"));
        let silent = vec![Measured::unknown("no agent"), series(&[None])];
        assert_eq!(mean(silent, none()), Measured::unknown("no agent"));
    }

    #[test]
    fn mean_is_unknown_while_a_series_could_not_be_read() {
        let throttled = Fault::new(
            FaultKind::Throttled,
            "cloudwatch:GetMetricData",
            "slow down",
        );
        let three = vec![
            series(&[Some(0.0)]),
            Measured::unread(&throttled),
            Measured::unknown("no agent"),
        ];
        assert!(mean(three, Reason::new("none")).is_unread());
    }
}
