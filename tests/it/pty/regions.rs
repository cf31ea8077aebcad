//! Several regions, on a stub that knows nothing of the mock.

use super::{PtySession, TIMEOUT};
use crate::stub::Stub;
use std::{
    thread,
    time::{Duration, Instant},
};

/// Less than the time limit of one attempt of a request (10 s): nobody waited for one.
const SOON: Duration = Duration::from_secs(6);

/// A region that accepts connections and never answers.
#[test]
fn silent_region_listed_first_does_not_hold_up_the_others() {
    let stub = Stub::new(|request| {
        if request.region == "us-west-2" {
            thread::sleep(10 * TIMEOUT);
        }
        (request.operation == "DescribeInstances").then(|| {
            let item = "<item><reservationId>r</reservationId><ownerId>111122223333</ownerId>\
                <instancesSet><item><instanceId>i-alive</instanceId>\
                <instanceType>g5.12xlarge</instanceType><instanceState><code>16</code>\
                <name>running</name></instanceState>\
                <launchTime>2026-11-20T08:00:00.000Z</launchTime></item></instancesSet></item>";
            let text = format!(
                "<DescribeInstancesResponse><reservationSet>{item}</reservationSet>\
                 </DescribeInstancesResponse>"
            );
            (200, "text/xml", text.into())
        })
    });
    let mut session = PtySession::new(
        &["--region", "us-west-2,us-east-1"],
        &[
            ("AWS_ENDPOINT_URL", &stub.url),
            ("AWS_ACCESS_KEY_ID", "AKIDMINE"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ],
        (140, 40),
    );
    let start = Instant::now();
    while stub.calls.lock().unwrap().is_empty() {
        assert!(start.elapsed() < TIMEOUT, "no request");
        thread::sleep(Duration::from_millis(5));
    }
    let first_request = Instant::now();
    session.wait_for("i-alive");
    let taken = first_request.elapsed();
    assert!(taken < SOON, "{taken:?}");
    // The account is that of the region that answers.
    session.wait_for("1111-2222-3333");
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
}
