//! The data files read, every operation of the mock is in them, and trees are judged by them.

use super::*;
use crate::mock::{
    protocol::{rest, value::fields},
    services,
};

#[test]
fn every_file_reads_and_covers_what_the_mock_answers() {
    let mut count = 0;
    for (service, data) in DATA {
        let contract = parse::parse(data).unwrap();
        let under: Vec<&str> = contract
            .operations()
            .iter()
            .map(|operation| operation.name)
            .collect();
        let mut answered: Vec<&str> = services::operations(service)
            .iter()
            .map(|(name, _)| *name)
            .collect();
        answered.sort_unstable();
        count += answered.len();
        assert_eq!(under, answered, "{}: see data/README.md", contract.service);
    }
    assert_eq!(operation_count(), count);
    for service in MockService::known() {
        assert!(contract(service).is_some(), "{service:?}");
    }
}

fn mismatches(service: MockService, operation: &str, input: &Value) -> Vec<String> {
    let contract = contract(service).unwrap();
    let encoding = if service == MockService::Ec2 {
        ValueEncoding::Form
    } else {
        ValueEncoding::Typed
    };
    contract
        .check_input(contract.operation(operation).unwrap(), input, encoding)
        .iter()
        .map(ToString::to_string)
        .collect()
}

type WrongRequest = (MockService, &'static str, Value, &'static str);

fn wrong_requests_of_sagemaker() -> Vec<WrongRequest> {
    let tag = |key: &'static str| fields! { "Key": key, "Value": "x" };
    let arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/a";
    vec![
        (
            MockService::SageMaker,
            "DescribeEndpoint",
            fields! {},
            "EndpointName is required and absent",
        ),
        (
            MockService::SageMaker,
            "ListEndpoints",
            fields! { "MaxResults": 101_u32 },
            "MaxResults = `101`: Member must have value less than or equal to 100",
        ),
        (
            MockService::SageMaker,
            "ListEndpoints",
            fields! { "MaxResult": 10_u32 },
            "MaxResult is no member of the model",
        ),
        (
            MockService::SageMaker,
            "ListEndpoints",
            fields! { "MaxResults": "10" },
            "MaxResults has the type string, expected integer",
        ),
        (
            MockService::SageMaker,
            "ListEndpoints",
            fields! { "SortOrder": "Up" },
            "SortOrder = `Up`: Member must satisfy enum value set: [Ascending, Descending]",
        ),
        (
            MockService::SageMaker,
            "AddTags",
            fields! { "ResourceArn": arn, "Tags": vec![tag("team"), tag("a#b")] },
            "Tags.2.member.Key = `a#b`: Member must satisfy regular expression pattern: \
             ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)",
        ),
    ]
}

fn wrong_requests_of_other_services() -> Vec<WrongRequest> {
    vec![
        (
            MockService::Ec2,
            "DescribeInstances",
            fields! { "Filter": vec![fields! { "Nam": "x" }] },
            "Filter.1.Nam is no member of the model",
        ),
        (
            MockService::Ec2,
            "DescribeInstanceTypes",
            fields! { "MaxResults": "many" },
            "MaxResults has the type string, expected integer",
        ),
        (
            MockService::AutoScaling,
            "DeleteScheduledAction",
            fields! {
                "ServiceNamespace": "sagemaker",
                "ScheduledActionName": "",
                "ResourceId": "endpoint/a/variant/b",
                "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            },
            "ScheduledActionName = ``: Member must have length greater than or equal to 1",
        ),
    ]
}

#[test]
fn each_kind_of_mistake_in_a_request_is_named_with_its_path() {
    let others = wrong_requests_of_other_services();
    for (service, operation, input, want) in wrong_requests_of_sagemaker().into_iter().chain(others)
    {
        assert_eq!(mismatches(service, operation, &input), [want]);
    }
}

#[test]
fn forms_and_query_strings_are_text_and_bodies_are_typed() {
    let ec2 = fields! { "MaxResults": "50", "DryRun": "true", "InstanceId": "" };
    assert_eq!(
        mismatches(MockService::Ec2, "DescribeInstances", &ec2),
        [""; 0]
    );
    let listed = fields! { "maxResults": "5", "creationTimeAfter": "2026-11-20T00:00:00Z" };
    let operation = "ListProvisionedModelThroughputs";
    assert_eq!(
        mismatches(MockService::Bedrock, operation, &listed),
        [""; 0]
    );
    let many = fields! { "maxResults": "5000" };
    assert_eq!(mismatches(MockService::Bedrock, operation, &many).len(), 1);
}

#[test]
fn answers_with_wrong_members_are_named() {
    let contract = contract(MockService::Ec2).unwrap();
    let operation = contract.operation("DescribeInstances").unwrap();
    let instance = |member: &'static str, value: &'static str| {
        let mut instance = fields! { "instanceId": "i-0123456789abcdef0" };
        instance.set(member, value);
        let reserved = fields! { "instancesSet": vec![instance] };
        contract
            .check_output(operation, &fields! { "reservationSet": vec![reserved] })
            .iter()
            .map(ToString::to_string)
            .collect::<String>()
    };
    assert_eq!(instance("instanceType", "p4d.24xlarge"), "");
    let path = "reservationSet.1.instancesSet.1";
    assert_eq!(
        instance("instanceTyp", "p4d.24xlarge"),
        format!("{path}.instanceTyp is no member of the model")
    );
    assert!(instance("instanceType", "p4d.25xlarge").contains("instanceType = `p4d.25xlarge`"));
    assert!(instance("launchTime", "soon").contains("expected timestamp"));
}

/// JSON as a decoded tree; texts that are moments become moments.
fn tree(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Int),
        serde_json::Value::String(text) => text
            .parse()
            .map_or_else(|_| Value::from(text.clone()), Value::Timestamp),
        serde_json::Value::Array(items) => Value::List(items.iter().map(tree).collect()),
        serde_json::Value::Object(members) => Value::Map(
            members
                .iter()
                .map(|(name, value)| (name.clone().into(), tree(value)))
                .collect(),
        ),
    }
}

#[test]
fn answers_in_the_form_of_live_ones_are_accepted() {
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("data/recorded.json")).unwrap();
    for (name, answers) in recorded.as_object().unwrap() {
        let (service, operation) = name.split_once('.').unwrap();
        let contract = contract(MockService::find(service).unwrap()).unwrap();
        let operation = contract.operation(operation).unwrap();
        for answer in answers.as_array().unwrap() {
            let found = contract.check_output(operation, &tree(answer));
            assert_eq!(found, [], "{name}: {answer}");
        }
    }
}

#[test]
fn what_live_accounts_answer_is_in_the_models() {
    // Each line of `answers.tsv` names an operation under contract, so that none outlives it.
    for line in include_str!("data/answers.tsv").lines() {
        if line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let service = MockService::find(cells[0]).unwrap();
        let contract = contract(service).unwrap();
        assert!(contract.operation(cells[1]).is_some(), "{line}");
    }
}

#[test]
fn only_patterns_with_look_around_inside_are_not_checked() {
    let all = DATA.iter().flat_map(|(_, data)| data.lines());
    let unchecked: Vec<&str> = all
        .filter(|line| {
            let pattern = line.split_once("pattern=").map(|(_, pattern)| pattern);
            pattern.is_some_and(|source| !pattern::Pattern::new(source).is_checked())
        })
        .filter_map(|line| line.split('\t').nth(1))
        .collect();
    assert_eq!(
        unchecked,
        [
            "accountAliasType",
            "MetricsEndpointPath",
            "VersionedArnOrName"
        ]
    );
}

#[test]
fn bedrock_is_routed_as_its_model_says() {
    let contract = contract(MockService::Bedrock).unwrap();
    let mut model: Vec<_> = contract
        .operations()
        .iter()
        .map(|operation| (operation.method, operation.path, operation.name))
        .collect();
    let mut routed = rest::ADDRESSES.to_vec();
    model.sort_unstable();
    routed.sort_unstable();
    assert_eq!(routed, model);
    for line in include_str!("data/bedrock.tsv").lines() {
        let Some((before, sent)) = line.split_once("at=querystring:") else {
            continue;
        };
        let member = before.split('\t').nth(1).unwrap();
        let renamed = rest::RENAMED.contains(&(sent, member));
        assert_eq!(renamed, sent != member, "{line}");
    }
}
