//! Rows from answers in AWS's own shapes, on a stub that knows nothing of the mock, for accounts
//! with many, half-made and unusual resources. Members and status words are those of the service
//! models (`sagemaker-2017-07-24`, `ec2-2016-11-15`).

mod anomalies;
mod bedrock;
mod capacity;
mod gpus;
mod machines;
mod sagemaker;

use crate::stub::{Answer, Request, Stub, refuse};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

pub(crate) const ARN: &str = "arn:aws:sagemaker:us-east-1:111122223333";

/// The exit code and output of one run.
pub(crate) struct Run {
    pub code: i32,
    pub rows: Vec<Value>,
    pub errors: String,
}

impl Run {
    pub(crate) fn row(&self, name: &str) -> &Value {
        let found = self.rows.iter().find(|row| row["name"] == name);
        found.unwrap_or_else(|| panic!("no row {name} in {:?}; {}", self.rows, self.errors))
    }
}

/// `spendtop ls PANE -o json` against `stub`.
pub(crate) fn ls(stub: &Stub, pane: &str) -> Run {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_spendtop"))
        .args(["ls", pane, "-o", "json"])
        .env_clear()
        .current_dir(home.path())
        .stdin(Stdio::null())
        .env("HOME", home.path())
        .env("AWS_ENDPOINT_URL", &stub.url)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "AKIDMINE")
        .env("AWS_SECRET_ACCESS_KEY", "s")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    Run {
        code: output.status.code().unwrap(),
        rows: serde_json::from_str(&out).unwrap_or_else(|_| panic!("no JSON: {out}{errors}")),
        errors,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a handler may have no answer")]
pub(crate) fn answer(body: &Value) -> Option<Answer> {
    Some((200, "application/x-amz-json-1.1", body.to_string().into()))
}

pub(crate) fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap_or_default()
}

/// Seconds since the epoch, as SageMaker sends times; `hours` ago.
pub(crate) fn ago(hours: f64) -> f64 {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    now.as_secs_f64().floor() - hours * 3600.0
}

/// A list page of 100 of `total` items, from the offset that the token names.
fn page(request: &Request, total: usize, member: &str, item: impl Fn(usize) -> Value) -> Value {
    let token = body(request)["NextToken"].as_str().map(str::to_owned);
    let start: usize = token.map_or(0, |token| token.parse().unwrap());
    let end = (start + 100).min(total);
    let items: Vec<Value> = (start..end).map(item).collect();
    let mut page = json!({ member: items });
    if end < total {
        page["NextToken"] = json!(end.to_string());
    }
    page
}

#[test]
fn every_one_of_1200_running_jobs_is_a_row() {
    let stub = Stub::new(|request| match request.operation.as_str() {
        "ListTrainingJobs" => answer(&page(request, 1200, "TrainingJobSummaries", |n| {
            json!({
                "TrainingJobName": format!("job-{n:04}"),
                "TrainingJobArn": format!("{ARN}:training-job/job-{n:04}"),
                "CreationTime": ago(3.0),
                "TrainingJobStatus": "InProgress",
            })
        })),
        "DescribeTrainingJob" => {
            let name = body(request)["TrainingJobName"].clone();
            answer(&json!({
                "TrainingJobName": name,
                "TrainingJobArn": format!("{ARN}:training-job/{}", name.as_str().unwrap()),
                "TrainingJobStatus": "InProgress",
                "CreationTime": ago(3.0),
                "TrainingStartTime": ago(2.9),
                "ResourceConfig": {
                    "InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 30,
                },
            }))
        }
        _ => None,
    });
    let run = ls(&stub, "jobs");
    assert_eq!(run.rows.len(), 1200, "{}", run.errors);
}

#[test]
fn a_list_without_end_is_cut_and_says_so() {
    let pages = std::sync::atomic::AtomicUsize::new(0);
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListNotebookInstances" => {
            let next = pages.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            answer(&json!({ "NotebookInstances": [], "NextToken": next.to_string() }))
        }
        _ => None,
    });
    let run = ls(&stub, "notebooks");
    assert_eq!(run.code, 3, "{}", run.errors);
    assert!(
        run.errors.contains("the list goes on after 500 pages"),
        "{}",
        run.errors
    );
}

/// An app as ListApps shows it.
fn app(owner: (&str, &str), kind: &str, spec: &Value) -> Value {
    json!({
        "DomainId": "d-abc", owner.0: owner.1, "AppType": kind, "AppName": "default",
        "Status": "InService", "CreationTime": ago(120.0), "ResourceSpec": spec,
    })
}

#[test]
fn studio_apps_are_priced_by_what_aws_bills() {
    let configuration = format!("{ARN}:studio-lifecycle-config/auto-stop-idle-60");
    let plan = format!("{ARN}:training-plan/tp");
    let apps = json!({ "Apps": [
        app(("UserProfileName", "ben"), "Canvas", &json!({ "InstanceType": "system" })),
        app(("UserProfileName", "ana"), "JupyterServer", &json!({ "InstanceType": "system" })),
        app(("UserProfileName", "cy"), "KernelGateway", &json!({ "InstanceType": "system" })),
        app(("SpaceName", "lcc"), "JupyterLab",
            &json!({ "InstanceType": "ml.g5.2xlarge", "LifecycleConfigArn": configuration })),
        app(("SpaceName", "plain"), "JupyterLab", &json!({ "InstanceType": "ml.g5.2xlarge" })),
        app(("SpaceName", "prepaid"), "JupyterLab",
            &json!({ "InstanceType": "ml.p5.48xlarge", "TrainingPlanArn": plan })),
    ] });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListApps" => answer(&apps),
        "DescribeApp" => {
            // A health check moves both times, as the API reference says.
            let seen = ago(0.05);
            answer(&json!({ "LastHealthCheckTimestamp": seen, "LastUserActivityTimestamp": seen }))
        }
        "DescribeDomain" => answer(&json!({ "DomainId": "d-abc", "DefaultUserSettings": {
            "JupyterLabAppSettings": { "AppLifecycleManagement": {
                "IdleSettings": { "LifecycleManagement": "DISABLED" } } },
        } })),
        _ => None,
    });
    let run = ls(&stub, "notebooks");
    let rate = |name: &str| run.row(name)["usd_per_hour_list"].clone();
    assert_eq!(rate("ben"), json!(1.9), "a Canvas session is open");
    assert_eq!(
        rate("ana"),
        json!(0.0),
        "a JupyterServer app on `system` is free"
    );
    let kernel = rate("cy").as_f64().unwrap();
    assert!((0.04..0.06).contains(&kernel), "ml.t3.medium: {kernel}");
    assert_eq!(rate("prepaid"), json!(0.0), "the training plan paid for it");
    let auto_stop = |name: &str| run.row(name)["fields"]["auto_stop"].clone();
    assert_eq!(auto_stop("plain"), json!(false));
    assert_eq!(
        auto_stop("lcc"),
        Value::Null,
        "its lifecycle configuration may stop it"
    );
    let findings = ls(&stub, "findings");
    let silent: Vec<&Value> = findings
        .rows
        .iter()
        .filter(|row| row["kind"] == "no-auto-stop")
        .map(|row| &row["name"])
        .collect();
    assert!(silent.contains(&&json!("plain")), "{silent:?}");
    assert!(
        findings
            .rows
            .iter()
            .all(|row| row["kind"] != "idle-notebook")
    );
}

#[test]
fn endpoints_without_running_variants_are_rows() {
    let list = json!({ "Endpoints": (["stuck", "failed"]).map(|name| json!({
        "EndpointName": name, "EndpointArn": format!("{ARN}:endpoint/{name}"),
        "EndpointStatus": "Creating", "CreationTime": ago(3.0), "LastModifiedTime": ago(3.0),
    })) });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListEndpoints" => answer(&list),
        "DescribeEndpoint" => {
            let name = body(request)["EndpointName"].clone();
            let status = if name == "stuck" {
                "Creating"
            } else {
                "Failed"
            };
            answer(&json!({
                "EndpointName": name, "EndpointConfigName": "config",
                "EndpointArn": format!("{ARN}:endpoint/{}", name.as_str().unwrap()),
                "EndpointStatus": status, "CreationTime": ago(3.0), "LastModifiedTime": ago(3.0),
            }))
        }
        "DescribeEndpointConfig" => answer(&json!({
            "EndpointConfigName": "config", "EndpointConfigArn": ARN, "CreationTime": ago(3.0),
            "ProductionVariants": [{
                "VariantName": "AllTraffic", "ModelName": "m", "InstanceType": "ml.p5.48xlarge",
                "InitialInstanceCount": 1,
            }],
        })),
        _ => None,
    });
    let run = ls(&stub, "endpoints");
    assert_eq!(run.row("stuck")["state"], "Creating");
    assert_eq!(run.row("failed")["state"], "Failed");
    assert_eq!(run.row("stuck")["fields"]["type"], "ml.p5.48xlarge");
}

/// An EC2 instance that was bought by a Spot request.
fn spot_instance(id: &str, request: &str) -> String {
    format!(
        "<item><reservationId>r</reservationId><ownerId>111122223333</ownerId><instancesSet><item>\
         <instanceId>{id}</instanceId><instanceType>g5.12xlarge</instanceType><instanceState>\
         <code>16</code><name>running</name></instanceState>\
         <launchTime>2026-11-20T08:00:00.000Z</launchTime>\
         <instanceLifecycle>spot</instanceLifecycle>\
         <spotInstanceRequestId>{request}</spotInstanceRequestId></item></instancesSet></item>"
    )
}

/// terraform-provider-aws#17054: one id that EC2 has forgotten fails a request that names ids.
#[test]
fn a_forgotten_spot_request_concerns_one_row() {
    let stub = Stub::new(|request| match request.operation.as_str() {
        "DescribeInstances" => {
            let items = spot_instance("i-1", "sir-known") + &spot_instance("i-2", "sir-gone");
            let text = format!(
                "<DescribeInstancesResponse><reservationSet>{items}</reservationSet>\
                 </DescribeInstancesResponse>"
            );
            Some((200, "text/xml", text.into()))
        }
        "DescribeSpotInstanceRequests" if request.body.contains("SpotInstanceRequestId.") => {
            let code = "InvalidSpotInstanceRequestID.NotFound";
            Some(refuse(
                request,
                code,
                "The spot instance request ID does not exist",
            ))
        }
        "DescribeSpotInstanceRequests" => Some((
            200,
            "text/xml",
            "<DescribeSpotInstanceRequestsResponse><spotInstanceRequestSet><item>\
             <spotInstanceRequestId>sir-known</spotInstanceRequestId><type>persistent</type>\
             <state>active</state></item></spotInstanceRequestSet>\
             </DescribeSpotInstanceRequestsResponse>"
                .into(),
        )),
        _ => None,
    });
    let run = ls(&stub, "gpus");
    assert_eq!(run.rows.len(), 2, "{}", run.errors);
    assert_eq!(run.code, 0, "{}", run.errors);
    assert!(
        !run.errors.contains("DescribeSpotInstanceRequests"),
        "{}",
        run.errors
    );
}
