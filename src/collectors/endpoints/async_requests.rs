//! The requests of asynchronous endpoints, which publish no `Invocations`.

use super::metrics::has_data;
use crate::domain::{Measured, Series};

/// Utilisation in percent from which a device works.
const BUSY_PERCENT: f64 = 5.0;

/// The requests of an asynchronous endpoint: as counted under either name. Where neither is
/// published, an empty queue beside idle devices is no request, and anything else is one.
pub(super) fn async_requests(
    own: &[Measured<Series>; 7],
    [other, backlog]: [Measured<Series>; 2],
) -> Measured<Series> {
    let [processed, .., gpu, cpu] = own;
    let sources = [processed, &other, &backlog];
    if let Some(unread) = sources.into_iter().find(|series| series.is_unread()) {
        return unread.clone();
    }
    if has_data(processed) || !has_data(&other) && !has_data(&backlog) {
        return processed.clone();
    }
    if has_data(&other) {
        return other;
    }
    let device = if has_data(gpu) { gpu } else { cpu };
    match (backlog, device.known()) {
        (Measured::Known(backlog), Some(device)) => Measured::Known(activity(&backlog, device)),
        _ => processed.clone(),
    }
}

/// Per point: 1 if something was queued or the device worked, 0 if not, nothing if either is not
/// known.
fn activity(backlog: &Series, device: &Series) -> Series {
    let points = backlog
        .points
        .iter()
        .zip(&device.points)
        .map(|pair| match pair {
            (Some(queued), Some(percent)) => {
                Some(f64::from(*queued > 0.0 || *percent >= BUSY_PERCENT))
            }
            _ => None,
        });
    Series {
        points: points.collect(),
        ..*backlog
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    const PERIOD: u32 = 300;

    /// The metrics of an asynchronous endpoint that publishes only its queue.
    #[test]
    fn an_empty_queue_beside_idle_devices_is_no_request() {
        let series = |points: &[Option<f64>]| {
            Measured::Known(Series {
                start: Timestamp::UNIX_EPOCH,
                step: PERIOD,
                points: points.to_vec(),
            })
        };
        let none = || series(&[None, None, None, None]);
        let gpu = series(&[Some(0.0), Some(60.0), Some(0.0), Some(0.0)]);
        let own = [none(), none(), none(), none(), none(), gpu, none()];
        let backlog = series(&[Some(0.0), Some(0.0), Some(4.0), None]);
        let requests = async_requests(&own, [none(), backlog.clone()]);
        let Measured::Known(requests) = requests else {
            panic!("the queue and the GPU are known")
        };
        assert_eq!(requests.points, [Some(0.0), Some(1.0), Some(1.0), None]);
        let counted = series(&[None, Some(7.0), None, None]);
        let requests = async_requests(&own, [counted.clone(), backlog]);
        assert_eq!(requests, counted, "a count wins, under either name");
        assert_eq!(async_requests(&own, [none(), none()]), none(), "unknown");
    }
}
