//! Requests to the services with one or two operations.

use super::{NOBODY, Request, sent};
use crate::{
    aws::{Api, Session},
    domain::{Timestamp, UNKNOWN_ACCOUNT},
};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use serde_json::{Map, Value, json};

/// Seconds of the metric that is asked for.
const PERIOD: i32 = 300;

pub(super) fn request(session: &Session, api: Api) -> Option<Request> {
    let scaling = &session.scaling;
    Some(match api {
        Api::AutoScalingDescribeScalableTargets => {
            let request = scaling.describe_scalable_targets();
            let request = request.service_namespace(ServiceNamespace::Sagemaker);
            sent(api, request.max_results(1).send())
        }
        Api::AutoScalingDescribeScheduledActions => {
            let request = scaling.describe_scheduled_actions();
            let request = request.service_namespace(ServiceNamespace::Sagemaker);
            sent(api, request.max_results(1).send())
        }
        Api::BudgetsDescribeBudgets if &*session.place.account != UNKNOWN_ACCOUNT => {
            let request = session.budgets.describe_budgets();
            let request = request.account_id(session.place.account.to_string());
            sent(api, request.max_results(1).send())
        }
        Api::CloudWatchGetMetricData => metric_data(session),
        Api::CloudWatchListMetrics => {
            let request = session.cloudwatch.list_metrics().namespace("AWS/EC2");
            sent(api, request.metric_name("CPUUtilization").send())
        }
        Api::LogsDescribeLogStreams => {
            let group = json!("/aws/sagemaker/NotebookInstances");
            let input = [("logGroupName", group), ("limit", json!(1))];
            json_page(session, api, input)
        }
        Api::TagGetResources => json_page(session, api, [("ResourcesPerPage", json!(1))]),
        _ => return None,
    })
}

fn json_page<const N: usize>(session: &Session, api: Api, input: [(&str, Value); N]) -> Request {
    let input = input.map(|(key, value)| (key.to_owned(), value));
    let (client, input) = (session.json.clone(), Map::from_iter(input));
    Box::pin(async move { client.read_page(api, input).await })
}

/// The CPU of an instance that does not exist: one metric, $0.00001.
fn metric_data(session: &Session) -> Request {
    let metric = Metric::builder()
        .namespace("AWS/EC2")
        .metric_name("CPUUtilization")
        .dimensions(
            aws_sdk_cloudwatch::types::Dimension::builder()
                .name("InstanceId")
                .value(NOBODY)
                .build(),
        )
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(PERIOD)
        .stat("Average")
        .build();
    let query = MetricDataQuery::builder().id("m").metric_stat(stat).build();
    let end = Timestamp::now().as_second();
    let end = end - end.rem_euclid(i64::from(PERIOD));
    session.calls.add_metrics(1);
    let request = session
        .cloudwatch
        .get_metric_data()
        .metric_data_queries(query)
        .start_time(DateTime::from_secs(end - i64::from(PERIOD)))
        .end_time(DateTime::from_secs(end));
    sent(Api::CloudWatchGetMetricData, request.send())
}
