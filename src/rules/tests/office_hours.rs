//! `office-hours`: an endpoint that is used in some hours only.

use super::*;

/// Four `ml.g5.xlarge` at $1.408 called `inside` times an hour on workdays from 8 to 18, else
/// `outside` times, for `days` days.
fn office(running: u32, minimum: u32, (inside, outside): (f64, f64), days: usize) -> CommonFields {
    // It ends on Sunday, and whole weeks begin on Monday.
    let points = (0..days * 24).map(|hour| {
        let (day, hour) = ((hour / 24) % 7, hour % 24);
        if day < 5 && (8..18).contains(&hour) {
            inside
        } else {
            outside
        }
    });
    head(
        "ml.g5.xlarge",
        running,
        1.408,
        Evidence::Replicas {
            running,
            minimum,
            utilization: Measured::Known((seen(0.6, 168.0, 168.0), "GPU".into())),
            invocations: Measured::Known(seen(inside / 60.0, 168.0, 168.0)),
            hourly: Measured::Known(series(3600, points.collect())),
            serverless: Measured::unknown("GPUs have no serverless inference"),
            scheduled: Measured::Known(false),
        },
    )
}

#[test]
fn office_hours_reports_unused_hours() {
    let found = finding_of(&office(4, 1, (900.0, 9.0), 7), "office-hours");
    assert_eq!(
        found.message,
        "used 50 of 168 h a week, all in mon-fri 08-18 UTC: 3 of 4 could be off for the other \
         118 h; over 168 h (168 h of data)"
    );
    assert_dollars(found.waste, 3.0 * 1.408 * 118.0 / 168.0);
    assert_eq!(
        found.arithmetic,
        "3 x $1.41/h x 118 of 168 h unused = $2.97/h; x 730 h = $2,165.81 a month"
    );
    assert_eq!(
        found.recommendation,
        "schedule 1 outside mon-fri 08-18 UTC: $2.97/h, $2,165.81 a month at list"
    );
    assert_eq!((found.confidence, found.fix), (Confidence::Medium, None));
    assert_eq!(
        finding_of(&office(4, 1, (900.0, 9.0), 14), "office-hours").confidence,
        Confidence::High
    );
    // The traffic outside needs one of eight.
    assert_dollars(
        finding_of(&office(8, 1, (900.0, 80.0), 7), "office-hours").waste,
        7.0 * 1.408 * 118.0 / 168.0,
    );
    // Without traffic outside all of them can stop.
    assert_dollars(
        finding_of(&office(4, 0, (900.0, 0.0), 7), "office-hours").waste,
        4.0 * 1.408 * 118.0 / 168.0,
    );
}

#[test]
fn office_hours_names_what_saves_most() {
    let mut four = office(4, 1, (900.0, 9.0), 7);
    let Evidence::Replicas { serverless, .. } = &mut four.evidence else {
        panic!()
    };
    *serverless = Measured::Known(UsdPerHour(0.05));
    let found = finding_of(&four, "office-hours");
    assert_dollars(found.waste, 4.0 * 1.408 - 0.05);
    assert!(found.recommendation.starts_with("make it serverless: "));
    // No operation makes an endpoint serverless.
    assert_eq!(found.fix, None);
}

#[test]
fn office_hours_suggests_delete_or_serverless_for_one_instance() {
    let mut one = office(1, 1, (900.0, 0.0), 7);
    let found = finding_of(&one, "office-hours");
    assert!(
        found
            .message
            .contains("paid and not called for the other 118 h"),
        "{}",
        found.message
    );
    assert_dollars(found.waste, 1.408 * 118.0 / 168.0);
    assert_eq!(
        found.recommendation,
        "delete it outside mon-fri 08-18 UTC and create it again: $0.9890/h, $721.94 a month at \
         list"
    );
    let Evidence::Replicas { serverless, .. } = &mut one.evidence else {
        panic!()
    };
    *serverless = Measured::Known(UsdPerHour(0.05));
    let found = finding_of(&one, "office-hours");
    assert!(
        found
            .message
            .contains("serverless would cost $0.0500/h instead of $1.41/h"),
        "{}",
        found.message
    );
    assert_dollars(found.waste, 1.358);
    assert_eq!(
        pass_note(&office(1, 1, (900.0, 9.0), 7), "office-hours"),
        "used 50 of 168 h a week, but all 1 are needed outside of them"
    );
}

#[test]
fn office_hours_ignores_used_scheduled_or_unknown_hours() {
    assert_eq!(
        pass_note(&office(4, 1, (900.0, 500.0), 7), "office-hours"),
        ""
    );
    let mut followed = office(4, 1, (900.0, 0.0), 7);
    let Evidence::Replicas { scheduled, .. } = &mut followed.evidence else {
        panic!()
    };
    *scheduled = Measured::Known(true);
    assert_eq!(
        pass_note(&followed, "office-hours"),
        "a scheduled action already scales it"
    );
    let Evidence::Replicas { scheduled, .. } = &mut followed.evidence else {
        panic!()
    };
    *scheduled = Measured::unknown("denied");
    assert_eq!(
        finding_of(&followed, "office-hours").confidence,
        Confidence::Low
    );
    assert_eq!(
        unknown_reason(&office(4, 1, (900.0, 0.0), 6), "office-hours"),
        "only 144 h of data, office-hours needs 168 h"
    );
    let mut idle = office(4, 1, (0.0, 0.0), 7);
    assert_eq!(pass_note(&idle, "office-hours"), "");
    idle.since = Some(ago(30.0));
    assert_eq!(
        unknown_reason(&idle, "office-hours"),
        "only 30 h of data, office-hours needs 168 h"
    );
    assert_eq!(
        finding_of(&idle, "idle-endpoint").waste,
        UsdPerHour(4.0 * 1.408)
    );
    assert_eq!(verdict_of(&idle, "oversized-endpoint"), None);
}
