//! Files that are refused, and the reference in `docs/mock.md` compared with the reader.

use super::*;

/// Each body is refused at its line of a file that begins with `HEAD`, with those words.
pub(super) fn refused(cases: &[(&str, usize, &str)]) {
    for (body, line, part) in cases {
        let error = Scenario::parse(&format!("{HEAD}{body}\n"), "x.toml").expect_err(body);
        assert_eq!(
            (error.file.as_str(), error.line),
            ("x.toml", *line),
            "{body}: {error}"
        );
        assert!(error.message.contains(part), "{body}: {error}");
    }
}

const HEAD: &str = r#"description = "x"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "a" }
regions = ["us-east-1"]
"#;

#[test]
fn the_examples_of_the_reference_are_scenarios() {
    let reference = include_str!("../../../docs/mock.md");
    let blocks: Vec<_> = reference
        .split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix("toml\n"))
        .collect();
    let whole: Vec<_> = blocks
        .into_iter()
        .filter(|block| block.contains("[["))
        .collect();
    assert!(whole.len() >= 3);
    for block in whole {
        let text = if block.contains("description =") {
            block.to_owned()
        } else {
            format!("{HEAD}{block}")
        };
        assert!(
            Scenario::parse(&text, "mock.md")
                .map_err(|error| error.to_string())
                .is_ok(),
            "{block}"
        );
    }
}

/// An unknown key makes serde list the valid ones.
#[test]
fn the_reference_names_every_key() {
    let reference = include_str!("../../../docs/mock.md");
    let groups = "instance notebook domain app endpoint endpoint.variants component \
                  training tuning cluster cluster.groups customization batch-inference \
                  throughput model cost monitor anomaly discount savings-plan reservation \
                  credit budget linked-account list-price fault latency";
    for group in groups.split_whitespace() {
        let (parent, _) = group.split_once('.').unwrap_or((group, ""));
        let text = format!("{HEAD}[[{parent}]]\n[[{group}]]\nno-such-key = 1\n");
        let text = text.replace(
            &format!("[[{group}]]\n[[{group}]]"),
            &format!("[[{group}]]"),
        );
        let message = Scenario::parse(&text, "a.toml").unwrap_err().to_string();
        let (_, keys) = message.split_once("expected ").unwrap();
        let keys: Vec<&str> = keys.split('`').skip(1).step_by(2).collect();
        assert!(keys.len() >= 2, "{message}");
        for key in keys {
            let table = format!("[[{group}.{key}]]");
            assert!(
                reference.contains(&format!("`{key}`")) || reference.contains(&table),
                "docs/mock.md does not name `{key}` of [[{group}]]"
            );
        }
    }
}

/// Wrong keys and instances: the body of a file, the line of the problem, words of the message.
const INSTANCES: &[(&str, usize, &str)] = &[
    ("seed = ", 5, ""),
    ("sed = 3", 5, "unknown field `sed`, expected one of"),
    (
        "[[instance]]\nname = \"a\"\ncoutn = 2",
        7,
        "unknown field `coutn`, expected one of",
    ),
    (
        "[[instance]]\nname = \"a\"\ntype = \"m5.large\"",
        5,
        "missing field `launched`",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"p4d.24xlagre\"",
        8,
        "did you mean `p4d.24xlarge`?",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"ml.m5.large\"",
        8,
        "is no instance type",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"soon\"\ntype = \"m5.large\"",
        7,
        "write `fri 17:00`, `-3d`",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\nstopped = \"-2d\"\n\
         type = \"m5.large\"",
        8,
        "but it began at",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"m5.large\"\n\
         gpu = \"steady 3\"",
        9,
        "has no accelerators",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"g5.xlarge\"",
        6,
        "needs their load",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"g5.xlarge\"\n\
         gpu = \"steady 300\"",
        9,
        "at most 100",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"g5.xlarge\"\n\
         gpu = \"lunar 3\"",
        9,
        "known are steady",
    ),
    (
        "[[instance]]\nname = \"a\"\nregion = \"eu-west-1\"\nlaunched = \"-1d\"\n\
         type = \"m5.large\"",
        7,
        "write one of us-east-1",
    ),
    (
        "[[instance]]\nname = \"a\"\nlaunched = \"-1d\"\ntype = \"g5.xlarge\"\n\
         gpu = \"steady 3\"\nmarket = \"free\"",
        10,
        "unknown variant `free`",
    ),
];

/// Wrong resources of SageMaker: the body of a file, the line of the problem, words of the message.
const RESOURCES: &[(&str, usize, &str)] = &[
    (
        "[[notebook]]\nname = \"a\"\ntype = \"m5.large\"\ncreated = \"-1d\"",
        7,
        "did you mean `ml.m5.large`?",
    ),
    (
        "[[app]]\ndomain = \"d\"\nuser = \"u\"\nkind = \"JupyterServer\"\n\
         type = \"system\"\nstarted = \"-1d\"",
        6,
        "no [[domain]] `d`",
    ),
    (
        "[[endpoint]]\nname = \"e\"\ncreated = \"-1d\"\nrequests = \"steady 3\"",
        6,
        "either `type` and `instances`",
    ),
    (
        "[[endpoint]]\nname = \"e\"\ntype = \"ml.m5.large\"\ninstances = 1\n\
         created = \"-1d\"\nrequests = \"steady 3\"\nschedule = [\n\
         { at = \"cron(0 8)\", min = 1 }]",
        12,
        "is no schedule; write `cron(0 18 ? * MON-FRI *)`",
    ),
    (
        "[[endpoint]]\nname = \"e\"\ntype = \"ml.m5.large\"\ninstances = 1\n\
         created = \"-1d\"\nrequests = \"steady 3\"\nschedule = [\n\
         { at = \"rate(1 day)\", timezone = \"Moon/Base\", min = 1 }]",
        12,
        "is no time zone",
    ),
    (
        "[[endpoint]]\nname = \"e\"\ntype = \"ml.m5.large\"\ninstances = 1\n\
         created = \"-1d\"\nrequests = \"steady 3\"\nschedule = [\n\
         { at = \"rate(1 day)\", min = 3, max = 1 }]",
        12,
        "min <= max",
    ),
    (
        "[[component]]\nname = \"c\"\nendpoint = \"e\"\nmodel = \"m\"\ncopies = 1\n\
         requests = \"steady 3\"",
        7,
        "no [[endpoint]] `e`",
    ),
];

/// Wrong costs and agreements: the body of a file, the line of the problem, words of the message.
const AGREEMENTS: &[(&str, usize, &str)] = &[
    (
        "[[anomaly]]\nservice = \"x\"\nstart = \"-1d\"",
        6,
        "needs a [[monitor]]",
    ),
    (
        "[[discount]]\nservice = \"ec2\"\npercent = 120",
        7,
        "below 100",
    ),
    (
        "[[discount]]\nservice = \"s3\"\npercent = 12",
        6,
        "unknown variant `s3`",
    ),
    (
        "[[savings-plan]]\ntype = \"sagemaker\"\ncommitment = 0\npercent = 20\n\
         start = \"-9d\"",
        7,
        "dollars an hour",
    ),
    (
        "[[savings-plan]]\ntype = \"compute\"\ncommitment = 5\npercent = 20\n\
         start = \"-9d\"\nyears = 2",
        10,
        "1 or 3",
    ),
    (
        "[[reservation]]\ntype = \"p9.large\"\nusd-per-hour = 1\nstart = \"-9d\"",
        6,
        "no on-demand price of `p9.large`",
    ),
    (
        "[[credit]]\nservice = \"x\"\nusd = 5\nat = \"-1d\"\nuntil = \"-2d\"",
        9,
        "`until` is after `at`",
    ),
    (
        "[[budget]]\nname = \"a\"\nusd-per-month = 1\n[[budget]]\nname = \"a\"\n\
         usd-per-month = 2",
        9,
        "different names",
    ),
    (
        "[[linked-account]]\nid = \"12\"\nname = \"x\"",
        6,
        "twelve digits",
    ),
    (
        "[[linked-account]]\nid = \"444455556666\"\nname = \"a*\"",
        7,
        "without `*`",
    ),
    (
        "[[linked-account]]\nid = \"444455556666\"\nname = \"b\"\nemail = \"nobody\"",
        8,
        "`nobody`: ",
    ),
    (
        "[[instance]]\naccount = \"research\"\nname = \"a\"\ntype = \"m5.large\"\n\
         launched = \"-1d\"",
        6,
        "no [[linked-account]] has the id or the name `research`",
    ),
    (
        "[[latency]]\nservice = \"ecs\"\ndelay = \"1s\"",
        6,
        "is no service of the mock",
    ),
    (
        "[[cost]]\nservice = \"x\"\nusage-type = \"y\"\nusd-per-day = \"steady 1\"\n\
         account = \"444455556666\"",
        9,
        "no [[linked-account]]",
    ),
    (
        "[[list-price]]\nservice = \"bedrock\"\ntype = \"amazon.nova-pro-v1:0\"\nusd = 1",
        7,
        "needs `component`",
    ),
    (
        "[[list-price]]\nservice = \"sagemaker\"\ntype = \"ml.g5.xlarge\"\n\
         component = \"host\"\nusd = 1",
        8,
        "one of hosting, notebook",
    ),
];

/// Wrong models: the body of a file, the line of the problem, words of the message.
const MODELS: &[(&str, usize, &str)] = &[
    (
        "[[model]]\nid = \"amazon.nova-por-v1:0\"\nrequests = \"steady 3\"\n\
         input-tokens = 1\noutput-tokens = 1",
        6,
        "did you mean `amazon.nova-pro-v1:0`?",
    ),
    (
        "[[model]]\nid = \"ai21.j2-mid-v1\"\nrequests = \"steady 3\"\ninput-tokens = 1\n\
         output-tokens = 1\ntier = \"priority\"",
        6,
        "no priority price",
    ),
    (
        "[[model]]\nid = \"amazon.nova-pro-v1:0\"\nrequests = \"steady 3\"\n\
         input-tokens = 1\noutput-tokens = 1\ncache-read-percent = 130",
        10,
        "together at most 100",
    ),
    (
        "[[model]]\nid = \"amazon.nova-pro-v1:0\"\nrequests = \"steady 3\"\n\
         input-tokens = 1\noutput-tokens = 1\ntags = { team = \"x\" }",
        6,
        "call it through a `profile`",
    ),
];

#[test]
fn a_wrong_instance_is_refused_at_its_line_with_the_correction() {
    refused(INSTANCES);
}

#[test]
fn a_wrong_sagemaker_resource_is_refused_at_its_line_with_the_correction() {
    refused(RESOURCES);
}

#[test]
fn a_wrong_agreement_is_refused_at_its_line_with_the_correction() {
    refused(AGREEMENTS);
}

#[test]
fn a_wrong_model_is_refused_at_its_line_with_the_correction() {
    refused(MODELS);
}

#[test]
fn a_wrong_head_or_name_is_refused() {
    for (text, part) in [
        (HEAD.replace("111122223333", "1111"), "twelve digits"),
        (HEAD.replace("us-east-1", "moon-1"), "is no region"),
        (HEAD.replace("08:30", "8.30"), "is no moment"),
        (HEAD.replace("\"x\"", "\"\""), "one line that says"),
    ] {
        assert!(
            Scenario::parse(&text, "x.toml")
                .unwrap_err()
                .message
                .contains(part),
            "{part}"
        );
    }
    assert!(Scenario::parse(HEAD, "x.toml").is_ok());
    assert!(
        Scenario::find("nobody")
            .unwrap_err()
            .message
            .contains("shipped are weekend-spike, ")
    );
}
