//! SageMaker as an account shows it: throttled descriptions, notebooks without a metric, settings
//! of Studio at every level, endpoints that nobody calls.

use super::{ARN, ago, answer, app, body, ls, page};
use crate::stub::{
    Stub,
    metrics::{StubMetric, metric_answer},
    refuse,
};
use serde_json::{Value, json};
use std::{sync::Mutex, time::Instant};

fn endpoint(name: &str, config: &str) -> Value {
    json!({
        "EndpointName": name, "EndpointConfigName": config,
        "EndpointArn": format!("{ARN}:endpoint/{name}"), "EndpointStatus": "InService",
        "CreationTime": ago(240.0), "LastModifiedTime": ago(240.0),
        "ProductionVariants": [{
            "VariantName": "main", "CurrentInstanceCount": 2, "DesiredInstanceCount": 2,
        }],
    })
}

/// cloud-custodian#2969, #5912: AWS throttles calls for each resource from a few hundred on. The
/// same poll repeats throttled calls.
#[test]
fn every_endpoint_is_a_row_although_descriptions_are_throttled() {
    const TOTAL: usize = 120;
    let bucket = Mutex::new((Instant::now(), 30.0_f64));
    let take = move || {
        let mut bucket = bucket.lock().unwrap();
        let now = Instant::now();
        let refill = now.duration_since(bucket.0).as_secs_f64() * 20.0;
        *bucket = (now, (bucket.1 + refill).min(30.0));
        let is_full = bucket.1 < 1.0;
        if !is_full {
            bucket.1 -= 1.0;
        }
        !is_full
    };
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListEndpoints" => answer(&page(request, TOTAL, "Endpoints", |n| {
            endpoint(&format!("e-{n:03}"), "config")
        })),
        "DescribeEndpoint" if !take() => {
            Some(refuse(request, "ThrottlingException", "Rate exceeded"))
        }
        "DescribeEndpoint" => answer(&endpoint(
            body(request)["EndpointName"].as_str().unwrap(),
            "config",
        )),
        "DescribeEndpointConfig" => answer(&json!({
            "EndpointConfigName": "config", "EndpointConfigArn": ARN, "CreationTime": ago(240.0),
            "ProductionVariants": [{
                "VariantName": "main", "ModelName": "m", "InstanceType": "ml.g5.xlarge",
            }],
        })),
        _ => None,
    });
    let run = ls(&stub, "endpoints");
    assert_eq!(run.rows.len(), TOTAL, "{}", run.errors);
    assert_eq!(run.code, 0, "{}", run.errors);
}

/// The log group is the only sign of work that SageMaker documents for notebook instances.
#[test]
fn a_silent_notebook_is_judged_by_its_log() {
    let notebook = |name: &str| {
        json!({
            "NotebookInstanceName": name, "NotebookInstanceStatus": "InService",
            "NotebookInstanceArn": format!("{ARN}:notebook-instance/{name}"),
            "InstanceType": "ml.g5.xlarge", "CreationTime": ago(400.0),
            "LastModifiedTime": ago(300.0),
        })
    };
    let list =
        json!({ "NotebookInstances": [notebook("quiet"), notebook("used"), notebook("new")] });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListNotebookInstances" => answer(&list),
        "DescribeLogStreams" => {
            let asked = body(request);
            assert_eq!(asked["logGroupName"], "/aws/sagemaker/NotebookInstances");
            let millis = |hours: f64| (ago(hours) * 1000.0) as i64;
            let stream = |name: &str, hours: f64| {
                json!({
                    "logStreamName": name, "lastEventTimestamp": millis(hours),
                    "creationTime": millis(400.0), "storedBytes": 0,
                })
            };
            match asked["logStreamNamePrefix"].as_str().unwrap() {
                // The first page of a prefix may be empty.
                "quiet/" if asked["nextToken"].is_null() => {
                    answer(&json!({ "logStreams": [], "nextToken": "t" }))
                }
                "quiet/" => answer(&json!({ "logStreams": [
                    stream("quiet/LifecycleConfigOnStart", 1.0),
                    stream("quiet/jupyter.log", 90.0),
                ] })),
                "used/" => answer(&json!({ "logStreams": [stream("used/jupyter.log", 0.2)] })),
                _ => answer(&json!({ "logStreams": null })),
            }
        }
        _ => metric_answer(request, &[]),
    });
    let findings = ls(&stub, "findings");
    let kinds = |name: &str| -> Vec<&str> {
        let rows = findings.rows.iter().filter(|row| row["name"] == name);
        rows.filter_map(|row| row["kind"].as_str())
            .filter(|kind| *kind != "untagged")
            .collect()
    };
    assert_eq!(kinds("quiet"), ["idle-notebook"], "{}", findings.errors);
    assert!(kinds("used").is_empty(), "{:?}", kinds("used"));
    assert_eq!(
        kinds("new"),
        ["no-auto-stop"],
        "no log, no metric, no auto-stop"
    );
    let rows = ls(&stub, "notebooks");
    let idle = rows.row("quiet")["fields"]["idle"].as_f64().unwrap() / 3600.0;
    assert!((89.0..91.0).contains(&idle), "{idle}");
    assert_eq!(
        rows.row("quiet")["fields"]["activity_source"],
        "Jupyter log"
    );
}

/// Accounts without any notebook log answer that the group does not exist: no fault.
#[test]
fn a_missing_log_group_is_no_fault() {
    let list = json!({ "NotebookInstances": [{
        "NotebookInstanceName": "n", "NotebookInstanceStatus": "InService",
        "InstanceType": "ml.t3.medium", "CreationTime": ago(9.0), "LastModifiedTime": ago(9.0),
    }] });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListNotebookInstances" => answer(&list),
        "DescribeLogStreams" => Some(refuse(
            request,
            "ResourceNotFoundException",
            "The specified log group does not exist.",
        )),
        _ => metric_answer(request, &[]),
    });
    let run = ls(&stub, "notebooks");
    assert_eq!((run.rows.len(), run.code), (1, 0), "{}", run.errors);
}

/// A space; that of the script has a default lifecycle configuration.
fn described_space(space: &Value) -> Value {
    let config = format!("{ARN}:studio-lifecycle-config/stop-when-idle");
    let settings = if space == "script" {
        json!({ "JupyterLabAppSettings": {
            "DefaultResourceSpec": { "LifecycleConfigArn": config } } })
    } else {
        json!({})
    };
    json!({ "SpaceName": space, "SpaceSettings": settings })
}

/// A user profile may switch idle shutdown on or off for itself; a space or a profile may have a
/// default lifecycle configuration.
#[test]
fn idle_settings_of_every_level_count() {
    let spec = json!({ "InstanceType": "ml.g5.xlarge" });
    let spaces = ["on", "off", "script", "shared"];
    let apps = json!({
        "Apps": spaces.map(|space| app(("SpaceName", space), "JupyterLab", &spec)),
    });
    let listed = json!({ "Spaces": spaces.map(|space| json!({
        "DomainId": "d-abc", "SpaceName": space, "Status": "InService",
        "OwnershipSettingsSummary": { "OwnerUserProfileName": format!("user-{space}") },
        "SpaceSharingSettingsSummary": {
            "SharingType": if space == "shared" { "Shared" } else { "Private" },
        },
    })) });
    let lab = |management: &str| {
        json!({ "JupyterLabAppSettings": { "AppLifecycleManagement": {
            "IdleSettings": { "LifecycleManagement": management } } } })
    };
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListApps" => answer(&apps),
        "ListSpaces" => answer(&listed),
        "DescribeApp" => answer(&json!({})),
        "DescribeDomain" => answer(&json!({
            "DomainId": "d-abc",
            "DefaultUserSettings": lab("ENABLED"), "DefaultSpaceSettings": {},
        })),
        "DescribeUserProfile" => {
            let user = body(request)["UserProfileName"].clone();
            let settings = match user.as_str() {
                Some("user-off" | "user-script") => lab("DISABLED"),
                _ => json!({}),
            };
            answer(&json!({ "UserProfileName": user, "UserSettings": settings }))
        }
        "DescribeSpace" => answer(&described_space(&body(request)["SpaceName"])),
        _ => None,
    });
    let run = ls(&stub, "notebooks");
    let auto_stop = |name: &str| run.row(name)["fields"]["auto_stop"].clone();
    assert_eq!(
        auto_stop("on"),
        true,
        "the domain's default; {}",
        run.errors
    );
    assert_eq!(auto_stop("off"), false, "the profile's own setting");
    assert_eq!(
        auto_stop("script"),
        Value::Null,
        "the space's script may stop it"
    );
    assert_eq!(
        auto_stop("shared"),
        false,
        "shared spaces have their own default"
    );
}

/// aws/sagemaker-python-sdk#5266, philschmid/terraform-aws-sagemaker-huggingface#9: an asynchronous
/// endpoint counts requests under its own metrics; nobody calls these.
#[test]
fn an_endpoint_that_nobody_calls_names_the_key_that_saves_its_dollars() {
    let metrics = || {
        let variant = |name: &str| {
            vec![
                ("EndpointName", name.to_owned()),
                ("VariantName", "main".to_owned()),
            ]
        };
        let gpu = |name| StubMetric {
            namespace: "/aws/sagemaker/Endpoints",
            name: "GPUUtilization",
            dimensions: variant(name),
            value: 0.0,
        };
        vec![
            gpu("direct"),
            gpu("queued"),
            StubMetric {
                namespace: "AWS/SageMaker",
                name: "ApproximateBacklogSize",
                dimensions: vec![("EndpointName", "queued".to_owned())],
                value: 0.0,
            },
        ]
    };
    let describe = |name: &str| {
        let mut described = endpoint(name, name);
        if name == "queued" {
            described["AsyncInferenceConfig"] =
                json!({ "OutputConfig": { "S3OutputPath": "s3://bucket/out" } });
        }
        described
    };
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListEndpoints" => {
            answer(&json!({ "Endpoints": [describe("direct"), describe("queued")] }))
        }
        "DescribeEndpoint" => answer(&describe(body(request)["EndpointName"].as_str().unwrap())),
        "DescribeEndpointConfig" => answer(&json!({
            "EndpointConfigName": body(request)["EndpointConfigName"],
            "EndpointConfigArn": ARN, "CreationTime": ago(240.0),
            "ProductionVariants": [{
                "VariantName": "main", "ModelName": "m", "InstanceType": "ml.g5.2xlarge",
            }],
        })),
        _ => metric_answer(request, &metrics()),
    });
    let findings = ls(&stub, "findings");
    for name in ["direct", "queued"] {
        let row = findings
            .rows
            .iter()
            .find(|row| row["name"] == name && row["kind"] == "idle-endpoint")
            .unwrap_or_else(|| panic!("no finding for {name}: {:?}", findings.rows));
        assert_eq!(row["waste_usd_per_hour"], row["usd_per_hour"], "{row}");
    }
}
