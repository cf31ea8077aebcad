//! The filter language by tables and properties.

use super::*;
use crate::{
    domain::SourceScope,
    inventory::tests::{at, full, pane},
};
use proptest::prelude::*;

fn row() -> Record {
    full(
        "gpu-box-1",
        Some(21.957_642),
        vec![
            Value::text("p4d.24xlarge"),
            Value::Percent(0.034),
            Value::Span(7300.0),
            Value::Count(8),
            Value::Unknown(crate::domain::Reason::new("?")),
        ],
    )
}

fn matches(text: &str, record: &Record) -> Result<bool, QueryError> {
    let fields = pane(SourceScope::Region).fields;
    Ok(Query::parse(text, &fields)?.matches(record, &fields, at(0.0)))
}

fn check(terms: &[(&str, bool)]) {
    for (text, matched) in terms {
        assert_eq!(matches(text, &row()), Ok(*matched), "{text}");
    }
}

#[test]
fn bare_words_match_any_text() {
    check(&[
        ("", true),
        ("   ", true),
        ("gpu", true),
        ("GPU box", true),
        ("gpu-box-2", false),
        ("running search", true),
        ("us-east", true),
        ("box*1", true),
        ("\"prod eu\"", true),
        ("p4d", true),
        ("ec2-instance", true),
    ]);
}

#[test]
fn fields_match_text_and_globs() {
    check(&[
        ("state:running", true),
        ("state:run", false),
        ("state:run*", true),
        ("status=RUNNING", true),
        ("!state:stopped", true),
        ("!!state:running", true),
        ("region:us-*", true),
        ("region:eu-*", false),
        ("account:1111*", true),
        ("owner:search", true),
        ("type:p4d.*", true),
    ]);
}

#[test]
fn fields_compare_numbers_and_durations() {
    check(&[
        ("burn>5", true),
        ("burn>$5/h", true),
        ("burn>22", false),
        ("burn>=21.957642", true),
        ("burn<1k", true),
        ("usd_per_hour_list<=21.957642", true),
        ("gpu<10%", true),
        ("gpu_util<10", true),
        ("gpu_util>3.4%", false),
        ("gpu_util>=3.4%", true),
        ("idle>2h", true),
        ("idle>7299", true),
        ("idle>3h", false),
        ("age>4d", true),
        ("age<1h", false),
        ("count:8", true),
        ("count=8", true),
        ("count:9", false),
        ("count>7 count<9", true),
        ("gpu_memory>0", false),
        ("gpu_memory<1", false),
        ("!gpu_memory>0", true),
        ("gpu_memory:n/a", true),
    ]);
}

#[test]
fn tags_match_by_key_and_value() {
    check(&[
        ("tag:team", true),
        ("tag:team=search", true),
        ("tag:TEAM=sea*", true),
        ("tag:team=ads", false),
        ("tag:env=\"prod eu\"", true),
        ("tag:owner", false),
        ("!tag:owner", true),
        ("waste:n/a", true),
        (
            "gpu state:running burn>5 age>2h tag:team=search !spot region:us-*",
            true,
        ),
    ]);
}

#[test]
fn parse_error_suggests_a_fix() {
    for (text, message, span) in [
        ("brn>5", "no field `brn` here; nearest: `burn`", 0..3),
        (
            "gpu regoin:us",
            "no field `regoin` here; nearest: `region`",
            4..10,
        ),
        (
            "gpu_:x",
            "`gpu_` may be `gpu_util` or `gpu_memory`: write one of them",
            0..4,
        ),
        (
            "burn>lots",
            "`lots` is not a number: write burn>5, 10%, 2h or 1k",
            0..9,
        ),
        ("burn>", "`` is not a number", 0..5),
        (">5", "a field's name is missing", 0..2),
        ("a \"b c", "this quote is not closed", 2..6),
        ("x !", "`!` excludes what follows it", 2..3),
        ("tag:", "a tag's key is missing", 0..4),
    ] {
        let error = matches(text, &row()).unwrap_err();
        assert!(error.message.starts_with(message), "{text}: {error}");
        assert_eq!(error.span, span, "{text}");
    }
}

#[test]
fn pasted_arn_matches_its_row() {
    let mut record = row();
    record.head.arn = "arn:aws:ec2:us-east-1:111122223333:instance/i-0ab"
        .parse()
        .ok();
    assert_eq!(
        matches("arn:aws:ec2:us-east-1:111122223333:instance/i-0ab", &record),
        Ok(true)
    );
    assert_eq!(matches("arn:*i-0ab", &record), Ok(true));
    assert_eq!(
        matches(
            "arn:aws:ec2:us-east-1:111122223333:instance/i-0abc",
            &record
        ),
        Ok(false)
    );
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("burn"),
        Just("gpu"),
        Just("tag"),
        Just("state"),
        Just("type"),
        Just(":"),
        Just(">"),
        Just("<="),
        Just("="),
        Just("!"),
        Just("\""),
        Just("\\"),
        Just(" "),
        Just("*"),
        Just("5"),
        Just("10%"),
        Just("2h"),
        Just("x"),
        Just("ä"),
        Just("running"),
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_parses_or_has_an_error_span(text in any_text()) {
        match Query::parse(&text, &pane(SourceScope::Region).fields) {
            Ok(query) => drop(query.matches(&row(), &pane(SourceScope::Region).fields, at(0.0))),
            Err(error) => prop_assert!(
                text.get(error.span.clone()).is_some() && !error.message.is_empty(),
                "{error:?}"
            ),
        }
    }

    #[test]
    fn query_text_reads_back(text in any_text()) {
        let fields = pane(SourceScope::Region).fields;
        if let Ok(query) = Query::parse(&text, &fields) {
            let again = Query::parse(&query.to_string(), &fields);
            prop_assert_eq!(again.as_ref(), Ok(&query), "{}", query);
        }
    }

    #[test]
    fn term_and_its_negation_are_complements(
        text in any_text(),
        usd in proptest::option::of(0.0f64..50.0),
    ) {
        let fields = pane(SourceScope::Region).fields;
        let row = full("x", usd, vec![Value::text("p4d"), Value::Percent(0.5)]);
        if let (Ok(plain), Ok(not)) = (
            Query::parse(&text, &fields),
            Query::parse(&format!("!{}", text.trim_start()), &fields),
        ) && plain.terms.len() == 1
        {
            prop_assert_ne!(
                plain.matches(&row, &fields, at(0.0)),
                not.matches(&row, &fields, at(0.0)),
                "{}",
                text
            );
        }
    }
}
