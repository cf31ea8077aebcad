//! Operations that spendtop never calls and other AWS clients do: each answers a request in the
//! wire form that botocore 1.44 sends (the aws CLI, boto3, Cloud Custodian).
//!
//! The requests were recorded from boto3; names in braces are placeholders for ids of the scenario.

use super::{mock, raw::send};
use spendtop::mock::{Mock, protocol::MockService, services};
use std::{collections::BTreeSet, fmt::Write as _, path::Path};

/// One request as botocore sends it.
struct RecordedRequest {
    /// The name in the signature.
    service: &'static str,
    operation: &'static str,
    /// `X-Amz-Target` up to the operation; empty for a form.
    target: &'static str,
    content_type: &'static str,
    body: &'static str,
    /// JSON pointers, or texts of the XML, that the answer must have.
    members: &'static [&'static str],
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

/// A request, a row: the test's name, then the fields of [`RecordedRequest`].
macro_rules! recorded {
    ($($name:ident: $service:literal $operation:literal $target:literal $content_type:ident
        $body:expr => [$($member:literal),* $(,)?];)*) => {
        /// The operations that a recorded request covers.
        const RECORDED: &[&str] = &[$($operation),*];
        $(#[tokio::test]
        async fn $name() {
            let request = RecordedRequest {
                service: $service,
                operation: $operation,
                target: $target,
                content_type: $content_type,
                body: $body,
                members: &[$($member),*],
            };
            assert_answered(&request).await;
        })*
    };
}

recorded! {
    ec2_describe_regions: "ec2" "DescribeRegions" "" FORM
        "Action=DescribeRegions&Version=2016-11-15&Filter.1.Name=opt-in-status\
         &Filter.1.Value.1=opt-in-not-required&Filter.1.Value.2=opted-in"
        => ["<regionInfo><item><regionName>", "<regionEndpoint>ec2.us-east-1.amazonaws.com<",
            "<optInStatus>"];
    ec2_describe_instance_status: "ec2" "DescribeInstanceStatus" "" FORM
        "Action=DescribeInstanceStatus&Version=2016-11-15&IncludeAllInstances=true\
         &Filter.1.Name=instance-state-name&Filter.1.Value.1=running&Filter.1.Value.2=stopped\
         &MaxResults=5"
        => ["<instanceStatusSet><item><instanceId>i-", "<instanceState><code>",
            "<systemStatus><status>", "<nextToken>"];
    ec2_describe_volumes: "ec2" "DescribeVolumes" "" FORM
        "Action=DescribeVolumes&Version=2016-11-15&Filter.1.Name=attachment.status\
         &Filter.1.Value.1=attached&Filter.2.Name=volume-type&Filter.2.Value.1=gp3&MaxResults=5"
        => ["<volumeSet><item><volumeId>vol-", "<size>", "<attachmentSet><item>",
            "<volumeType>gp3<", "<createTime>"];
    ec2_describe_tags: "ec2" "DescribeTags" "" FORM
        "Action=DescribeTags&Version=2016-11-15&Filter.1.Name=resource-type\
         &Filter.1.Value.1=instance&Filter.2.Name=key&Filter.2.Value.1=team"
        => ["<tagSet><item><resourceId>i-", "<resourceType>instance<", "<key>team<", "<value>"];
    cloudwatch_get_metric_statistics:
        "monitoring" "GetMetricStatistics" "GraniteServiceVersion20100801" JSON_1_0
        concat!(
            r#"{"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "#,
            r#""Dimensions": [{"Name": "InstanceId", "Value": "{instance}"}], "#,
            r#""StartTime": 1795417200, "EndTime": 1795420800, "Period": 300, "#,
            r#""Statistics": ["Average", "Maximum"]}"#,
        )
        => ["/Label", "/Datapoints/0/Timestamp", "/Datapoints/0/Average", "/Datapoints/0/Maximum",
            "/Datapoints/0/Unit"];
    cloudwatch_get_metric_statistics_as_older_clients_send_it:
        "monitoring" "GetMetricStatistics" "" FORM
        "Action=GetMetricStatistics&Version=2010-08-01&Namespace=AWS%2FEC2\
         &MetricName=CPUUtilization&Dimensions.member.1.Name=InstanceId\
         &Dimensions.member.1.Value={instance}&StartTime=2026-11-23T07%3A00%3A00Z\
         &EndTime=2026-11-23T08%3A00%3A00Z&Period=300&Statistics.member.1=Average"
        => ["<GetMetricStatisticsResult>", "<Datapoints><member><Timestamp>", "<Average>"];
    cloudwatch_describe_alarms:
        "monitoring" "DescribeAlarms" "GraniteServiceVersion20100801" JSON_1_0
        r#"{"StateValue": "ALARM"}"#
        => ["/MetricAlarms", "/CompositeAlarms"];
    sagemaker_list_domains: "sagemaker" "ListDomains" "SageMaker" JSON_1_1
        r#"{"MaxResults": 10}"#
        => ["/Domains/0/DomainArn", "/Domains/0/DomainId", "/Domains/0/DomainName",
            "/Domains/0/Status", "/Domains/0/CreationTime"];
    sagemaker_list_user_profiles: "sagemaker" "ListUserProfiles" "SageMaker" JSON_1_1
        r#"{"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 10}"#
        => ["/UserProfiles/0/DomainId", "/UserProfiles/0/UserProfileName",
            "/UserProfiles/0/Status"];
    sagemaker_describe_user_profile: "sagemaker" "DescribeUserProfile" "SageMaker" JSON_1_1
        r#"{"DomainId": "{domain}", "UserProfileName": "{user}"}"#
        => ["/DomainId", "/UserProfileName", "/UserProfileArn", "/Status"];
    sagemaker_list_models: "sagemaker" "ListModels" "SageMaker" JSON_1_1
        r#"{"SortBy": "Name", "SortOrder": "Ascending", "NameContains": "rec"}"#
        => ["/Models"];
    sagemaker_list_endpoint_configs: "sagemaker" "ListEndpointConfigs" "SageMaker" JSON_1_1
        r#"{"SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": 10}"#
        => ["/EndpointConfigs/0/EndpointConfigName", "/EndpointConfigs/0/EndpointConfigArn",
            "/EndpointConfigs/0/CreationTime"];
    sagemaker_search: "sagemaker" "Search" "SageMaker" JSON_1_1
        concat!(
            r#"{"Resource": "TrainingJob", "#,
            r#""SearchExpression": {"Filters": [{"Name": "TrainingJobStatus", "#,
            r#""Operator": "Equals", "Value": "InProgress"}]}, "SortBy": "CreationTime", "#,
            r#""SortOrder": "Descending", "MaxResults": 5}"#,
        )
        => ["/Results/0/TrainingJob/TrainingJobArn",
            "/Results/0/TrainingJob/ResourceConfig/InstanceType", "/Results/0/TrainingJob/Tags",
            "/TotalHits/Value"];
    cost_explorer_get_dimension_values: "ce" "GetDimensionValues" "AWSInsightsIndexService" JSON_1_1
        concat!(
            r#"{"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-22"}, "#,
            r#""Dimension": "SERVICE", "Context": "COST_AND_USAGE", "SearchString": "SageMaker"}"#,
        )
        => ["/DimensionValues/0/Value", "/DimensionValues/0/Attributes", "/ReturnSize",
            "/TotalSize"];
    cost_explorer_get_tags: "ce" "GetTags" "AWSInsightsIndexService" JSON_1_1
        r#"{"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-22"}, "TagKey": "team"}"#
        => ["/Tags/0", "/ReturnSize", "/TotalSize"];
}

/// Sends the request and checks the status, the protocol's content type and the members.
async fn assert_answered(request: &RecordedRequest) {
    let mock = mock();
    let authorization = format!(
        "authorization: AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/{}/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, Signature=0",
        request.service
    );
    let content_type = format!("content-type: {}", request.content_type);
    let target = format!("x-amz-target: {}.{}", request.target, request.operation);
    let mut headers = vec![authorization.as_str(), content_type.as_str()];
    if !request.target.is_empty() {
        headers.extend([target.as_str(), "x-amzn-query-mode: true"]);
    }
    let body = with_ids(request.body, &mock);
    let (head, answer) = send(&mock, "POST /", &headers, body.as_bytes()).await;
    assert!(head.starts_with("http/1.1 200"), "{head}\n{answer}");
    if request.target.is_empty() {
        assert!(head.contains("content-type: text/xml"), "{head}");
        for member in request.members {
            assert!(answer.contains(member), "no {member} in {answer}");
        }
        return;
    }
    let expected = format!("content-type: {}", request.content_type);
    assert!(head.contains(&expected), "{head}");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    for member in request.members {
        let found = answer.pointer(member);
        assert!(
            found.is_some_and(|value| !value.is_null()),
            "no {member} in {answer}"
        );
    }
}

/// `body` with the ids of a running instance, a Studio domain and one of its users.
fn with_ids(body: &str, mock: &Mock) -> String {
    let (simulation, now) = (mock.simulation(), mock.now());
    let instances = simulation.instances("us-east-1", now);
    let instance = instances.iter().find(|one| one.running(now)).unwrap();
    let users = simulation.user_profiles("us-east-1");
    let user = users.first().unwrap();
    body.replace("{instance}", &instance.id)
        .replace("{domain}", &user.domain)
        .replace("{user}", &user.name)
}

/// `describe_instances` for `DescribeInstances`, as the SDK names its methods.
fn snake_case(operation: &str) -> String {
    let mut name = String::new();
    for letter in operation.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// The words of every source file outside the mock.
fn words_of_the_client(folder: &Path, words: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // The table of operations names all of them, called or not.
        if path.ends_with("src/mock") || path.ends_with("src/aws/api.rs") {
            continue;
        }
        if path.is_dir() {
            words_of_the_client(&path, words);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let found = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            words.extend(found.map(str::to_owned));
        }
    }
}

#[test]
fn every_operation_has_a_caller_or_a_recorded_request() {
    let mut words = BTreeSet::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    words_of_the_client(&source, &mut words);
    let mut answered = BTreeSet::new();
    for service in MockService::known() {
        for (operation, _) in services::operations(service) {
            answered.insert(*operation);
            // Services without an SDK crate are called by the name in the table of operations.
            let by_name =
                ["Logs", "Organizations", "Tag"].map(|service| format!("{service}{operation}"));
            assert!(
                RECORDED.contains(operation)
                    || words.contains(&snake_case(operation))
                    || by_name.iter().any(|name| words.contains(name)),
                "{operation} has neither a caller in src/ nor a recorded request here: delete it, \
                 or record a request of a client that needs it"
            );
        }
    }
    for operation in RECORDED {
        assert!(answered.contains(operation), "{operation} is not answered");
    }
}

/// The table of operations in `docs/mock.md`: those in `RECORDED` are marked.
#[test]
fn reference_lists_the_operations() {
    let mut table = "| service | operations |\n| --- | --- |\n".to_owned();
    for service in MockService::known() {
        let mut operations: Vec<String> = services::operations(service)
            .iter()
            .map(|(operation, _)| {
                let mark = if RECORDED.contains(operation) {
                    "\\*"
                } else {
                    ""
                };
                format!("{operation}{mark}")
            })
            .collect();
        operations.sort();
        writeln!(
            table,
            "| `{}` | {} |",
            service.prefix(),
            operations.join(", ")
        )
        .unwrap();
    }
    super::reference::check_part("operations", &table);
}
