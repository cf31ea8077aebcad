//! Reservations, plans, tracking servers and own models from answers in AWS's own shapes: members
//! that are missing or null, words that the models do not have yet, empty pages with a token.
//! Members are those of `ec2-2016-11-15`, `sagemaker-2017-07-24` and `bedrock-2023-04-20`.

use super::{ARN, ago, answer, body, ls};
use crate::stub::{Request, Stub, refuse};
use serde_json::{Value, json};

/// A reservation as EC2 writes it; `rest` are further members.
fn reservation(id: &str, ty: &str, state: &str, rest: &str) -> String {
    format!(
        "<item><capacityReservationId>{id}</capacityReservationId><instanceType>{ty}</instanceType>\
         <state>{state}</state>{rest}</item>"
    )
}

fn counts(total: u32, available: u32) -> String {
    format!(
        "<totalInstanceCount>{total}</totalInstanceCount>\
         <availableInstanceCount>{available}</availableInstanceCount>"
    )
}

fn own_reservations() -> String {
    let own = "<ownerId>111122223333</ownerId><reservationType>default</reservationType>";
    let items = [
        reservation(
            "cr-idle",
            "p5.48xlarge",
            "active",
            &format!("{own}{}", counts(3, 3)),
        ),
        reservation(
            "cr-full",
            "p5.48xlarge",
            "active",
            &format!("{own}{}", counts(2, 0)),
        ),
        reservation(
            "cr-later",
            "p5.48xlarge",
            "scheduled",
            &format!("{own}{}", counts(4, 4)),
        ),
        reservation(
            "cr-gone",
            "p5.48xlarge",
            "cancelled",
            &format!("{own}{}", counts(0, 0)),
        ),
        reservation(
            "cr-web",
            "m5.large",
            "active",
            &format!("{own}{}", counts(9, 9)),
        ),
    ];
    items.concat()
}

/// Of another account, in a state that the model does not have, and paid in advance.
fn other_reservations() -> String {
    let items = [
        reservation("cr-bare", "p5.48xlarge", "brand-new-state", ""),
        reservation(
            "cr-theirs",
            "p5.48xlarge",
            "active",
            &format!("<ownerId>999988887777</ownerId>{}", counts(2, 2)),
        ),
        reservation(
            "cr-assigned",
            "p5.48xlarge",
            "active",
            &format!(
                "<ownerId>999988887777</ownerId><unusedReservationBillingOwnerId>111122223333\
                 </unusedReservationBillingOwnerId>{}",
                counts(1, 1)
            ),
        ),
        reservation(
            "cr-block",
            "p5.48xlarge",
            "active",
            &format!(
                "<reservationType>capacity-block</reservationType>{}",
                counts(2, 2)
            ),
        ),
    ];
    items.concat()
}

fn reservations(request: &Request) -> String {
    let page = |items: &str, next: &str| {
        format!(
            "<DescribeCapacityReservationsResponse><capacityReservationSet>{items}\
             </capacityReservationSet>{next}</DescribeCapacityReservationsResponse>"
        )
    };
    if !request.body.contains("NextToken=") {
        return page("", "<nextToken>more</nextToken>");
    }
    page(&(own_reservations() + &other_reservations()), "")
}

/// A region or an emulator without a service has nothing of it: no fault, exit code 0.
#[test]
fn lists_that_do_not_exist_there_are_no_faults() {
    let stub = Stub::new(|request| {
        let code = match request.operation.as_str() {
            "DescribeCapacityReservations" => "InvalidAction",
            "ListTrainingPlans"
            | "ListMlflowTrackingServers"
            | "ListPartnerApps"
            | "ListCustomModelDeployments"
            | "ListImportedModels" => "UnknownOperationException",
            _ => return None,
        };
        Some(refuse(request, code, "no such operation"))
    });
    for pane in ["gpus", "notebooks", "throughput"] {
        let run = ls(&stub, pane);
        assert_eq!((run.code, run.rows.len()), (0, 0), "{pane}: {}", run.errors);
        assert!(
            !run.errors.contains("unavailable"),
            "{pane}: {}",
            run.errors
        );
    }
}

#[test]
fn a_reservation_burns_what_this_account_pays_for_and_does_not_use() {
    let stub = Stub::new(|request| match request.operation.as_str() {
        "DescribeCapacityReservations" => Some((200, "text/xml", reservations(request).into())),
        _ => None,
    });
    let run = ls(&stub, "gpus");
    let rate = |name: &str| run.row(name)["usd_per_hour_list"].clone();
    let expected = [
        ("cr-idle", 3.0 * 55.04),
        ("cr-full", 0.0),
        ("cr-later", 0.0),
        ("cr-theirs", 0.0),
        ("cr-assigned", 55.04),
        ("cr-block", 0.0),
    ];
    for (name, usd) in expected {
        let found = rate(name).as_f64().unwrap();
        assert!((found - usd).abs() < 0.01, "{name}: {found}, not {usd}");
    }
    assert_eq!(rate("cr-bare"), Value::Null, "a state that nobody knows");
    assert_eq!(run.rows.len(), expected.len() + 1, "{:?}", run.rows);
    assert_eq!(run.row("cr-idle")["fields"]["unused"], "3 of 3");
}

#[test]
fn training_plans_are_prepaid_whatever_is_known_of_them() {
    let plan = |name: &str, status: &str, rest: Value| {
        let mut plan = json!({
            "TrainingPlanArn": format!("{ARN}:training-plan/{name}"),
            "TrainingPlanName": name, "Status": status,
        });
        let members = rest.as_object().unwrap().clone();
        plan.as_object_mut().unwrap().extend(members);
        plan
    };
    let plans = json!({ "TrainingPlanSummaries": [
        plan("whole", "Active", json!({
            "DurationHours": 100, "UpfrontFee": "50000.00", "CurrencyCode": "USD",
            "TotalInstanceCount": 4, "AvailableInstanceCount": 4, "InUseInstanceCount": 0,
            "ReservedCapacitySummaries": [{
                "ReservedCapacityArn": format!("{ARN}:reserved-capacity/x"),
                "InstanceType": "ml.p9-x900.48xlarge", "TotalInstanceCount": 4,
                "Status": "Active", "EndTime": ago(-40.0),
            }],
        })),
        plan("bare", "Active", json!({ "UpfrontFee": null, "ReservedCapacitySummaries": null })),
        plan("euros", "Scheduled", json!({
            "DurationHours": 10, "UpfrontFee": "100", "CurrencyCode": "EUR",
        })),
        plan("over", "Expired", json!({})),
    ] });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListTrainingPlans" if body(request)["NextToken"].is_null() => {
            answer(&json!({ "TrainingPlanSummaries": [], "NextToken": "more" }))
        }
        "ListTrainingPlans" => answer(&plans),
        _ => None,
    });
    let run = ls(&stub, "gpus");
    assert_eq!(run.rows.len(), 3, "{:?}", run.rows);
    for name in ["whole", "bare", "euros"] {
        assert_eq!(run.row(name)["usd_per_hour_list"], json!(0.0), "{name}");
    }
    let prepaid = |name: &str| run.row(name)["fields"]["prepaid"].clone();
    assert_eq!(prepaid("whole"), json!(500.0));
    assert_eq!(prepaid("euros"), Value::Null, "its fee is not in dollars");
    assert_eq!(run.row("whole")["fields"]["type"], "ml.p9-x900.48xlarge");
}

#[test]
fn tracking_servers_and_partner_apps_without_details_are_rows() {
    let stub = Stub::new(|request| match request.operation.as_str() {
        "ListMlflowTrackingServers" => answer(&json!({ "TrackingServerSummaries": [
            { "TrackingServerName": "small", "TrackingServerStatus": "MaintenanceComplete" },
            { "TrackingServerName": "secret", "TrackingServerStatus": "Created",
              "IsActive": "Active" },
            { "TrackingServerName": "off", "TrackingServerStatus": "Updated",
              "IsActive": "Inactive" },
        ] })),
        "DescribeMlflowTrackingServer" if body(request)["TrackingServerName"] == "secret" => {
            Some(refuse(request, "AccessDeniedException", "not allowed"))
        }
        "DescribeMlflowTrackingServer" => answer(&json!({ "TrackingServerSize": "Small" })),
        "ListPartnerApps" => answer(&json!({ "Summaries": [
            { "Arn": format!("{ARN}:partner-app/app-ABCDEF123456"), "Status": "UpdateFailed" },
            { "Arn": format!("{ARN}:partner-app/app-FEDCBA654321"), "Status": "Deleted" },
        ] })),
        _ => None,
    });
    let run = ls(&stub, "notebooks");
    assert_eq!(run.rows.len(), 4, "{:?}", run.rows);
    assert_eq!(run.row("small")["usd_per_hour_list"], json!(0.6));
    assert_eq!(run.row("secret")["usd_per_hour_list"], Value::Null);
    assert_eq!(run.row("off")["usd_per_hour_list"], json!(0.0));
    assert!(
        run.errors.contains("DescribeMlflowTrackingServer"),
        "{}",
        run.errors
    );
}

#[test]
fn spaces_without_an_app_keep_their_volume() {
    let space = |name: &str, status: &str, storage: Value| {
        json!({
            "DomainId": "d-abc", "SpaceName": name, "Status": status, "CreationTime": ago(900.0),
            "SpaceSettingsSummary": { "AppType": "JupyterLab", "SpaceStorageSettings": storage },
            "OwnershipSettingsSummary": { "OwnerUserProfileName": "ana" },
        })
    };
    let ebs = |gb: u32| json!({ "EbsStorageSettings": { "EbsVolumeSizeInGb": gb } });
    let spaces = json!({ "Spaces": [
        space("left", "InService", ebs(100)),
        space("busy", "InService", ebs(5)),
        space("going", "Deleting", ebs(5)),
        space("bare", "Failed", Value::Null),
    ] });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListSpaces" => answer(&spaces),
        "ListApps" => answer(&json!({ "Apps": [{
            "DomainId": "d-abc", "SpaceName": "busy", "AppType": "JupyterLab",
            "AppName": "default", "Status": "InService", "CreationTime": ago(1.0),
            "ResourceSpec": { "InstanceType": "ml.t3.medium" },
        }] })),
        _ => None,
    });
    let run = ls(&stub, "notebooks");
    let storage = |name: &str| run.row(name)["fields"]["storage"].clone();
    assert_eq!(run.row("left")["kind"], "studio-space");
    let near = |name: &str, usd: f64| (storage(name).as_f64().unwrap() - usd).abs() < 1e-6;
    assert!(
        near("left", 14.0) && near("busy", 0.7),
        "with its app or not"
    );
    assert_eq!(storage("bare"), Value::Null);
    assert_eq!(run.rows.len(), 3, "{:?}", run.rows);
}

#[test]
fn own_models_of_bedrock_without_details_are_rows() {
    const BEDROCK: &str = "arn:aws:bedrock:us-east-1:111122223333";
    let json = |value: Value| Some((200, "application/json", value.to_string().into()));
    let stub = Stub::new(move |request| {
        let path = request.operation.as_str();
        match path {
            "/model-customization/custom-model-deployments" => json(json!({
                "modelDeploymentSummaries": [{
                    "customModelDeploymentArn": format!("{BEDROCK}:custom-model-deployment/a"),
                    "customModelDeploymentName": "tone", "status": "SomethingNew",
                    "modelArn": format!("{BEDROCK}:custom-model/imported/abcdef123456"),
                    "createdAt": "2026-10-01T00:00:00Z",
                }],
            })),
            "/imported-models" => json(json!({ "modelSummaries": [{
                "modelArn": format!("{BEDROCK}:imported-model/b"), "modelName": "llama",
                "creationTime": "2026-10-01T00:00:00Z",
            }] })),
            path if path.starts_with("/imported-models/") => json(json!({
                "modelName": "llama", "customModelUnits": null,
            })),
            _ => None,
        }
    });
    let run = ls(&stub, "throughput");
    assert_eq!(run.rows.len(), 2, "{:?}", run.rows);
    assert_eq!(run.row("tone")["usd_per_hour_list"], json!(0.0));
    assert_eq!(run.row("llama")["kind"], "imported-model");
}

#[test]
fn instances_on_an_ml_reservation_are_prepaid() {
    let names = ["whole", "half"];
    let list = json!({ "Endpoints": names.map(|name| json!({
        "EndpointName": name, "EndpointArn": format!("{ARN}:endpoint/{name}"),
        "EndpointStatus": "InService", "CreationTime": ago(30.0), "LastModifiedTime": ago(30.0),
    })) });
    let stub = Stub::new(move |request| match request.operation.as_str() {
        "ListEndpoints" => answer(&list),
        "DescribeEndpoint" => {
            let name = body(request)["EndpointName"].clone();
            let used = if name == "whole" { 2 } else { 1 };
            answer(&json!({
                "EndpointName": name, "EndpointConfigName": "config",
                "EndpointArn": format!("{ARN}:endpoint/{}", name.as_str().unwrap()),
                "EndpointStatus": "InService", "CreationTime": ago(30.0),
                "LastModifiedTime": ago(30.0),
                "ProductionVariants": [{
                    "VariantName": "AllTraffic", "CurrentInstanceCount": 2,
                    "DesiredInstanceCount": 2,
                    "CapacityReservationConfig": {
                        "MlReservationArn": format!("{ARN}:training-plan/tp"),
                        "CapacityReservationPreference": "capacity-reservations-only",
                        "TotalInstanceCount": 4, "AvailableInstanceCount": 2,
                        "UsedByCurrentEndpoint": used,
                    },
                }],
            }))
        }
        "DescribeEndpointConfig" => answer(&json!({
            "EndpointConfigName": "config", "EndpointConfigArn": ARN, "CreationTime": ago(30.0),
            "ProductionVariants": [{
                "VariantName": "AllTraffic", "ModelName": "m", "InstanceType": "ml.g5.12xlarge",
                "InitialInstanceCount": 2,
            }],
        })),
        _ => None,
    });
    let run = ls(&stub, "endpoints");
    assert_eq!(run.row("whole")["usd_per_hour_list"], json!(0.0));
    assert_eq!(run.row("half")["usd_per_hour_list"], json!(7.09));
}
