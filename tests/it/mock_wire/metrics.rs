//! CloudWatch over CBOR, as the SDK speaks it.

use super::{config, mock};
use aws_sdk_cloudwatch::{
    Client,
    error::ProvideErrorMetadata,
    operation::get_metric_data::builders::GetMetricDataFluentBuilder,
    primitives::DateTime,
    types::{Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode},
};
use spendtop::mock::Mock;

async fn all_metrics(client: &Client) -> Vec<Metric> {
    let mut pages = client.list_metrics().into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.metrics().len() <= 500);
        all.extend(page.metrics().to_vec());
    }
    all
}

fn query(id: usize, metric: &Metric, period: i32) -> MetricDataQuery {
    let stat = MetricStat::builder()
        .metric(metric.clone())
        .period(period)
        .stat("Average")
        .build();
    MetricDataQuery::builder()
        .id(format!("m{id}"))
        .metric_stat(stat)
        .build()
}

/// The request for five metrics of the last two hours.
fn ask(client: &Client, metrics: &[Metric], mock: &Mock) -> GetMetricDataFluentBuilder {
    let five = metrics.iter().take(5).enumerate();
    let queries = five.map(|(n, metric)| query(n, metric, 300)).collect();
    let end = mock.now().as_second() / 300 * 300;
    client
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(DateTime::from_secs(end - 7_200))
        .end_time(DateTime::from_secs(end))
}

#[tokio::test]
async fn every_metric_is_listed() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    assert_eq!(
        all_metrics(&client).await.len(),
        mock.simulation().metrics("us-east-1", mock.now()).len()
    );
}

#[tokio::test]
async fn metric_data_is_equal_in_pages() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let ask = ask(&client, &all_metrics(&client).await, &mock);
    let ask = ask.scan_by(ScanBy::TimestampAscending);
    let whole = ask.clone().send().await.unwrap();
    let mut pages = ask.max_datapoints(7).into_paginator().send();
    let mut paged = vec![(Vec::new(), Vec::new()); 5];
    while let Some(page) = pages.next().await {
        for result in page.unwrap().metric_data_results() {
            let place: usize = result.id().unwrap()[1..].parse().unwrap();
            paged[place].0.extend(result.timestamps().to_vec());
            paged[place].1.extend(result.values().to_vec());
        }
    }
    for (result, (timestamps, values)) in whole.metric_data_results().iter().zip(&paged) {
        assert_eq!(result.status_code(), Some(&StatusCode::Complete));
        assert_eq!(result.timestamps(), timestamps);
        assert_eq!(result.values(), values);
    }
    assert_eq!(whole.metric_data_results().len(), 5);
    assert!(paged.iter().any(|(_, values)| !values.is_empty()));
}

#[tokio::test]
async fn metric_data_is_sorted_in_both_orders() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let ask = ask(&client, &all_metrics(&client).await, &mock);
    let range = ask.get_start_time().unwrap()..ask.get_end_time().unwrap();
    let ascending = ask.clone().scan_by(ScanBy::TimestampAscending);
    let ascending = ascending.send().await.unwrap();
    let descending = ask.scan_by(ScanBy::TimestampDescending);
    let descending = descending.send().await.unwrap();
    let results = ascending.metric_data_results().iter();
    for (result, turned) in results.zip(descending.metric_data_results()) {
        assert!(result.timestamps().is_sorted());
        assert!(result.timestamps().iter().all(|at| range.contains(at)));
        let mut reversed = turned.values().to_vec();
        reversed.reverse();
        assert_eq!(result.values(), reversed);
    }
}

#[tokio::test]
async fn invalid_requests_get_cloudwatch_codes() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let metric = Metric::builder()
        .namespace("AWS/EC2")
        .metric_name("CPUUtilization")
        .build();
    let (start, end) = (
        DateTime::from_secs(1_795_000_000),
        DateTime::from_secs(1_795_003_600),
    );
    let ask = |queries| {
        client
            .get_metric_data()
            .set_metric_data_queries(Some(queries))
            .start_time(start)
            .end_time(end)
    };
    let many = (0..501).map(|n| query(n, &metric, 300)).collect();
    let error = ask(many).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationError"));
    assert_eq!(
        ask(vec![query(0, &metric, 61)])
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("ValidationError")
    );
    assert_eq!(
        ask(vec![query(0, &metric, 60)])
            .next_token("none")
            .send()
            .await
            .unwrap_err()
            .code(),
        Some("InvalidNextToken")
    );
    let expression = MetricDataQuery::builder()
        .id("e1")
        .expression("m1 * 2")
        .build();
    let error = ask(vec![expression]).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationError"));
    let absent = ask(vec![query(0, &metric, 60)]).send().await.unwrap();
    assert!(absent.metric_data_results()[0].values().is_empty());
    assert_eq!(
        client.list_dashboards().send().await.unwrap_err().code(),
        Some("UnknownOperationException")
    );
}

#[tokio::test]
async fn metric_statistics_are_returned() {
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let metrics = all_metrics(&client).await;
    let metric = metrics
        .iter()
        .find(|one| {
            one.metric_name() == Some("CPUUtilization") && one.namespace() == Some("AWS/EC2")
        })
        .unwrap();
    let end = mock.now().as_second();
    let ask = client
        .get_metric_statistics()
        .namespace("AWS/EC2")
        .metric_name("CPUUtilization")
        .set_dimensions(Some(metric.dimensions().to_vec()))
        .start_time(DateTime::from_secs(end - 3_600))
        .end_time(DateTime::from_secs(end))
        .period(300)
        .statistics(aws_sdk_cloudwatch::types::Statistic::Average)
        .extended_statistics("p99");
    let answer = ask.send().await.unwrap();
    assert!(!answer.datapoints().is_empty());
    assert!(
        answer
            .datapoints()
            .iter()
            .all(|point| point.average().is_some()
                && point.extended_statistics().unwrap().contains_key("p99"))
    );
}
