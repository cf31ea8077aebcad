//! Usage read directly from the simulated CloudWatch.

use super::super::mock_wire::config;
use aws_sdk_cloudwatch::{Client, primitives::DateTime, types::Dimension};
use spendtop::mock::{Mock, Options, Scenario};

/// A second mock of the scenario; its seed makes both equal.
pub(super) fn start_mock(scenario: &str) -> Mock {
    Mock::start(Options::new(Scenario::find(scenario).unwrap())).unwrap()
}

/// The ARN of a provisioned throughput.
pub(super) async fn throughput(mock: &Mock, region: &'static str, name: &str) -> String {
    let client = aws_sdk_bedrock::Client::new(&config(mock, region).await);
    let all = client
        .list_provisioned_model_throughputs()
        .send()
        .await
        .unwrap();
    let service = all
        .provisioned_model_summaries()
        .iter()
        .find(|service| service.provisioned_model_name() == name);
    service.unwrap().provisioned_model_arn().to_owned()
}

/// The sum of an `AWS/Bedrock` metric of a model over the last `hours` whole hours.
pub(super) async fn tokens(
    mock: &Mock,
    region: &'static str,
    model: &str,
    metric: &str,
    hours: i64,
) -> f64 {
    let client = Client::new(&config(mock, region).await);
    let end = mock.now().as_second() / 3600 * 3600;
    let answer = client
        .get_metric_statistics()
        .namespace("AWS/Bedrock")
        .metric_name(metric)
        .dimensions(Dimension::builder().name("ModelId").value(model).build())
        .start_time(DateTime::from_secs(end - hours * 3600))
        .end_time(DateTime::from_secs(end))
        .period(3600)
        .statistics("Sum".into())
        .send()
        .await
        .unwrap();
    answer
        .datapoints()
        .iter()
        .filter_map(aws_sdk_cloudwatch::types::Datapoint::sum)
        .sum()
}
