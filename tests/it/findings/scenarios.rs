//! One test per documented scenario.

use super::{FindingCase, list_prices, usage};

const EAST: &str = "us-east-1";

#[tokio::test(flavor = "multi_thread")]
async fn runaway_jobs_of_a_long_weekend_are_found_and_stopped() {
    let fleet = 12.0 * list_prices::ml_by_rule("ml.p4d.24xlarge", 1.15, EAST);
    let case = FindingCase {
        scenario: "long-weekend",
        rule: "runaway-job",
        on: "llm-sweep",
        findings: 12,
        waste: fleet,
        message_words: &[
            "running 63 h",
            "so far",
            "by Tue 09:00 UTC",
            "at its limit of 120 h",
        ],
        fix: &[("S", "StopTrainingJob"), ("y", "")],
        success_count: 12,
        cost_rate_drop: fleet,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_loop_is_found_and_stopped() {
    // 36 minutes of each hour are wasted.
    let machine = list_prices::ml_by_rule("ml.p4d.24xlarge", 1.15, EAST);
    let failing = 0.6 * machine;
    let case = FindingCase {
        scenario: "retry-loop",
        rule: "retry-loop",
        on: "churn-hpo",
        findings: 1,
        waste: failing,
        message_words: &["FileNotFoundError", "24 h", "next"],
        fix: &[("S", "StopHyperParameterTuningJob"), ("y", "")],
        success_count: 1,
        // The running training job ends too.
        cost_rate_drop: machine,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_sized_for_the_yearly_peak_is_found_and_scaled() {
    // 1,050 requests a minute over 600 and 0.7 need 2.5 instances.
    let surplus = 9.0 * list_prices::ml("ml.g5.2xlarge", "hosting", EAST);
    let case = FindingCase {
        scenario: "black-friday",
        rule: "oversized-endpoint",
        on: "search-ranker",
        findings: 1,
        waste: surplus,
        message_words: &["12 x g5.2xlarge where 3 would do", "of data"],
        fix: &[
            ("C", "shows the plan"),
            ("enter", "DesiredInstanceCount=3"),
            ("y", ""),
        ],
        success_count: 1,
        cost_rate_drop: surplus,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notebook_unused_since_friday_is_found_and_stopped() {
    let dearest = list_prices::ml_by_rule("ml.g5.12xlarge", 1.25, EAST);
    let case = FindingCase {
        scenario: "notebook-weekend",
        rule: "idle-notebook",
        on: "credit-features",
        findings: 1,
        waste: dearest,
        message_words: &[
            "no sign of work for 63 h",
            "since Fri 17:30 UTC",
            "Jupyter log",
        ],
        fix: &[("S", "StopNotebookInstance"), ("y", "")],
        success_count: 1,
        cost_rate_drop: dearest,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processing_job_without_gpu_use_is_found_with_a_type_that_would_do() {
    // 48 vCPUs and 192 GiB, as its own type has. Its CPU works: nothing stops it.
    let now = list_prices::ml_by_rule("ml.g4dn.12xlarge", 1.25, EAST);
    let difference = 2.0 * (now - list_prices::cpu("ml.m5.12xlarge"));
    let case = FindingCase {
        scenario: "two-peak-hours",
        rule: "gpu-unused",
        on: "archive-dedupe",
        findings: 1,
        waste: difference,
        message_words: &["GPU", "ml.m5.12xlarge has as many vCPUs"],
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_used_two_hours_a_day_is_found() {
    // A schedule would save 98 / 168 x 3 instances. Serverless saves more: 156.25 requests a minute
    // (2.5 of 24 hours at 1,500) of 90 ms on 6 GB at $0.00002 a GB-second.
    let serverless = 156.25 * 60.0 * 0.09 * 6.0 * 0.000_02;
    let off = 4.0 * list_prices::cpu("ml.m5.2xlarge") - serverless;
    let case = FindingCase {
        scenario: "two-peak-hours",
        rule: "office-hours",
        on: "headline-ranker",
        findings: 1,
        rank: 1,
        waste: off,
        message_words: &[
            "used 14 of 168 h a week",
            "11-21 UTC",
            "serverless would cost $",
            "of data",
        ],
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicate_jobs_of_three_teams_are_found_and_stopped() {
    // The oldest of the three is kept.
    let two = 2.0 * list_prices::ml("ml.p3.16xlarge", "training", EAST);
    let case = FindingCase {
        scenario: "three-teams",
        rule: "duplicate-jobs",
        on: "",
        findings: 2,
        waste: two,
        message_words: &["fraud-detection-cards"],
        fix: &[(" ", ""), (" ", ""), ("S", "StopTrainingJob"), ("y", "")],
        success_count: 2,
        cost_rate_drop: two,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_endpoint_is_found_and_scaled() {
    let unit = list_prices::ml("ml.g5.12xlarge", "hosting", EAST);
    let case = FindingCase {
        scenario: "eight-where-two",
        rule: "oversized-endpoint",
        on: "rec-endpoint",
        findings: 1,
        waste: 6.0 * unit,
        message_words: &["8 x g5.12xlarge where 2 would do", "of data"],
        fix: &[
            ("C", "shows the plan"),
            ("enter", "DesiredInstanceCount=2"),
            ("y", ""),
        ],
        success_count: 1,
        cost_rate_drop: 6.0 * unit,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unused_throughput_is_found_and_deleted() {
    let mock = usage::start_mock("early-commitment");
    let arn = usage::throughput(&mock, EAST, "embed-batch-pt").await;
    let tokens = usage::tokens(&mock, EAST, &arn, "InputTokenCount", 168).await;
    mock.stop().await;
    let model = "cohere.embed-multilingual-v3";
    let rate = 2.0 * list_prices::unit(model, 4);
    let on_demand = tokens / 168.0 / 1000.0 * list_prices::tokens(model).0;
    let case = FindingCase {
        scenario: "early-commitment",
        rule: "throughput-underused",
        on: "embed-batch-pt",
        findings: 1,
        rank: 1,
        waste: rate - on_demand,
        tolerance: 0.01,
        message_words: &["no commitment"],
        fix: &[
            ("j", ""),
            ("D", "type embed-batch-pt"),
            ("type:embed-batch-pt", "enter deletes"),
            ("enter", ""),
        ],
        success_count: 1,
        cost_rate_drop: rate,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn underused_gpu_is_found_with_the_type_that_would_do() {
    let large = list_prices::ec2("p3.8xlarge", EAST);
    let case = FindingCase {
        scenario: "half-idle-gpu",
        rule: "right-size",
        on: "nlp-serve",
        findings: 1,
        waste: large - list_prices::ec2("p3.2xlarge", EAST),
        message_words: &["p3.2xlarge", "12 %"],
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn untagged_resources_are_found_and_tagged() {
    let case = FindingCase {
        scenario: "untagged",
        rule: "untagged",
        findings: 8,
        fix: &[
            ("T", "Tags of"),
            ("type:team=x", "team=x"),
            ("enter", "on the 6 without it"),
            ("enter", "Tag 6 "),
            ("y", ""),
        ],
        success_count: 6,
        word_gone: "team",
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoint_used_in_office_hours_is_found_and_scheduled() {
    // Workdays from 7 to 19 o'clock are 60 of 168 hours; one of four instances stays.
    let off = 108.0 / 168.0 * 3.0 * list_prices::ml("ml.g5.2xlarge", "hosting", EAST);
    let case = FindingCase {
        scenario: "office-hours",
        rule: "office-hours",
        on: "credit-risk",
        findings: 1,
        waste: off,
        message_words: &["mon-fri 07-19 UTC", "of data"],
        fix: &[
            ("H", "suggested mon-fri 07-19"),
            ("enter", "PutScheduledAction"),
            ("y", ""),
        ],
        success_count: 1,
        // The schedule takes effect the next evening.
        cost_rate_drop: 0.0,
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cache_opportunity_of_a_chatbot_is_found() {
    let mock = usage::start_mock("chatbot-growth");
    let model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let input = usage::tokens(&mock, EAST, model, "InputTokenCount", 168).await / 168.0;
    mock.stop().await;
    // Of the input 80 % repeats; a tenth of that is written at 125 % of the price, the rest read at
    // a tenth of it.
    let price = list_prices::tokens(model).0;
    let saves = input / 1000.0 * 0.8 * price * (1.0 - 0.1 * 1.25 - 0.9 * 0.1);
    let case = FindingCase {
        scenario: "chatbot-growth",
        rule: "cache-opportunity",
        on: "US Claude Sonnet 4.5",
        findings: 1,
        exposure: saves,
        tolerance: 0.01,
        message_words: &["0 % of its input is read from the cache", "of data"],
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn budget_breach_is_found() {
    let case = FindingCase {
        scenario: "budget-breach",
        rule: "budget-breach",
        on: "ml-platform",
        findings: 1,
        message_words: &["exceeded in 8 days", "of $34,500", "foreseen"],
        ..FindingCase::default()
    };
    case.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_scenario_has_no_findings() {
    super::assert_no_findings("quiet").await;
}
