//! Cost Anomaly Detection as a large organisation shows it.

use super::{answer, body, ls};
use crate::stub::Stub;
use serde_json::{Value, json};

/// `MaxResults` of GetAnomalyMonitors as the console asks: a page of its list.
const PAGE: usize = 100;

fn monitor(number: usize) -> String {
    format!("arn:aws:ce::111122223333:anomalymonitor/m-{number}")
}

/// An account with `monitors` monitors and an anomaly of the last of them.
fn organization(monitors: usize) -> Stub {
    Stub::new(move |request| match request.operation.as_str() {
        "GetAnomalyMonitors" => {
            let asked = body(request);
            let listed: Vec<usize> = match asked["MonitorArnList"].as_array() {
                Some(arns) => (0..monitors)
                    .filter(|number| arns.iter().any(|arn| *arn == *monitor(*number)))
                    .collect(),
                None => (0..monitors.min(PAGE)).collect(),
            };
            let listed = listed.into_iter().map(|number| {
                json!({
                    "MonitorArn": monitor(number),
                    "MonitorName": format!("team {number}"),
                    "MonitorType": "CUSTOM",
                })
            });
            answer(&json!({ "AnomalyMonitors": listed.collect::<Vec<Value>>() }))
        }
        "GetAnomalies" => answer(&json!({ "Anomalies": [{
            "AnomalyId": "a-1",
            "AnomalyScore": { "MaxScore": 0.9, "CurrentScore": 0.9 },
            "Impact": { "MaxImpact": 420.0, "TotalImpact": 420.0 },
            "MonitorArn": monitor(monitors - 1),
            "AnomalyStartDate": (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(48))
                .strftime("%Y-%m-%d").to_string(),
        }] })),
        _ => None,
    })
}

#[test]
fn monitor_beyond_the_first_page_is_named() {
    for (monitors, requests) in [(250, 2), (3, 1)] {
        let stub = organization(monitors);
        let run = ls(&stub, "anomalies");
        assert_eq!(run.rows.len(), 1, "{}", run.errors);
        let expected = format!("team {}", monitors - 1);
        let monitor = &run.rows[0]["fields"]["monitor"];
        assert_eq!(*monitor, expected.as_str(), "{}", run.rows[0]);
        assert_eq!(stub.count("GetAnomalyMonitors"), requests);
    }
}
