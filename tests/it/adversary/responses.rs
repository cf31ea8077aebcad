//! Every shape of response to every kind of change, with and without effect: the journal is
//! truthful, and the request is sent once.

use super::{
    EngineHarness,
    gateway::{Gateway, Interception, Shape},
};
use spendtop::domain::{Input, Operation};
use spendtop::{
    domain::{ActionRequest, Outcome, Record},
    mock::{Mock, Options, Scenario},
};
use std::{collections::BTreeMap, fmt::Write};

const HTML: &str = "text/html";
const JSON: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";
const ERROR_PAGE: &str = "<html><body><h1>Oops</h1></body></html>";

/// The outcome of a request that had no effect.
#[derive(Clone, Copy, Debug, PartialEq)]
enum WithoutEffect {
    /// The outcome is unknown.
    Unknown,
    /// Another server refused the request, and the resource is unchanged.
    NotCarriedOut,
}

/// The shapes, and the outcome of each if the request had no effect.
fn shapes(error: &'static str, kind: &'static str) -> Vec<(Shape, WithoutEffect)> {
    use WithoutEffect::{NotCarriedOut, Unknown};
    vec![
        (Shape::Page(500, HTML, ERROR_PAGE), NotCarriedOut),
        (Shape::Page(501, HTML, ERROR_PAGE), NotCarriedOut),
        (Shape::Page(404, HTML, ERROR_PAGE), NotCarriedOut),
        (Shape::Page(403, HTML, ERROR_PAGE), NotCarriedOut),
        (Shape::Page(429, HTML, ERROR_PAGE), NotCarriedOut),
        (Shape::Page(302, HTML, ""), NotCarriedOut),
        (Shape::Page(500, kind, error), Unknown),
        (Shape::Page(500, kind, ""), Unknown),
        (Shape::Page(500, kind, "{\"__ty"), Unknown),
        (Shape::Page(502, HTML, ERROR_PAGE), Unknown),
        (Shape::Page(503, HTML, ERROR_PAGE), Unknown),
        (Shape::Page(503, kind, ""), Unknown),
        (Shape::Page(504, HTML, ERROR_PAGE), Unknown),
        (Shape::Page(408, HTML, ""), Unknown),
        (Shape::Page(200, HTML, ERROR_PAGE), Unknown),
        (Shape::Page(200, kind, "<<{[ not an answer"), Unknown),
        (Shape::Cut(200, kind, "{"), Unknown),
        (Shape::Cut(500, HTML, ERROR_PAGE), NotCarriedOut),
        (Shape::Noise, Unknown),
        (Shape::Close, Unknown),
        (Shape::Silence, Unknown),
    ]
}

/// A kind of change with its rows and the response shapes of its protocol.
struct Change {
    request: ActionRequest,
    pane: &'static str,
    name: &'static str,
    needle: &'static str,
    shapes: Vec<(Shape, WithoutEffect)>,
}

fn changes() -> [Change; 3] {
    let json = "{\"__type\": \"InternalFailure\", \"message\": \"oops\"}";
    let xml = "<Response><Errors><Error><Code>InternalError</Code><Message>oops</Message></Error></Errors></Response>";
    let tag = Operation::Tag.request(Input::Tags {
        set: [("cost-centre".to_owned(), "42".to_owned())].into(),
        remove: Vec::new(),
    });
    [
        Change {
            request: Operation::Stop.request(Input::None),
            pane: "notebooks",
            name: "book",
            needle: "SageMaker.StopNotebookInstance",
            shapes: shapes(json, JSON),
        },
        Change {
            request: Operation::Stop.request(Input::None),
            pane: "gpus",
            name: "stopped",
            needle: "Action=StopInstances",
            shapes: shapes(xml, XML),
        },
        // The SDK reads nothing of this response.
        Change {
            request: tag,
            pane: "gpus",
            name: "tagged",
            needle: "Action=CreateTags",
            shapes: shapes(xml, XML),
        },
    ]
}

/// A scenario with two rows per shape.
fn scenario_text(count: usize) -> String {
    let mut scenario = "description = \"a row for each answer\"\nnow = \"2026-11-23T08:30:00Z\"\nseed = 7\nregions = [\"us-east-1\"]\n\
        account = { id = \"111122223333\", alias = \"ml-sandbox\", caller = \"user/finops\" }\n"
        .to_owned();
    for name in ["stopped", "tagged"] {
        write!(
            scenario,
            "[[instance]]\nname = \"{name}-{{n}}\"\ncount = {count}\ntype = \"g5.xlarge\"\nlaunched = \"fri 17:00\"\ngpu = \"steady 3\"\n"
        )
        .unwrap();
    }
    for n in 1..=count {
        write!(scenario, "[[notebook]]\nname = \"book-{n}\"\ntype = \"ml.g5.2xlarge\"\ncreated = \"-12d\"\nstarted = \"fri 09:00\"\n")
            .unwrap();
    }
    scenario
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_is_truthful_for_every_response_shape() {
    let changes = changes();
    let count = changes[0].shapes.len() * 2;
    let scenario = Scenario::parse(&scenario_text(count), "answers.toml").unwrap();
    let mock = Mock::start(Options {
        pace: 0.01,
        ..Options::new(scenario)
    })
    .unwrap();
    let gateway = Gateway::before(mock.addr()).await;
    let mut harness = EngineHarness::at(mock, &gateway.url, 12).await;
    let mut expected = BTreeMap::new();
    let mut rows: Vec<(usize, Vec<Record>)> = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        let mut known = harness.rows(change.pane).await;
        let mut own = Vec::new();
        for n in 1..=count {
            let name = format!("{}-{n}", change.name);
            let row = known.remove(&name).unwrap_or_else(|| panic!("no {name}"));
            let (is_forwarded, (shape, without_effect)) =
                (n > count / 2, change.shapes[(n - 1) % (count / 2)]);
            // Quotes keep `book-1` from matching `book-10`.
            let id = if change.pane == "notebooks" {
                format!("\"{name}\"")
            } else {
                row.head.key.id.to_string()
            };
            gateway.interceptions.lock().unwrap().push(Interception {
                needles: [change.needle.to_owned(), id.clone()],
                is_forwarded,
                shape,
                request_count: 0,
            });
            expected.insert(name, (id, is_forwarded, shape, without_effect));
            own.push(row);
        }
        rows.push((place, own));
    }
    for (place, own) in &rows {
        harness.run(&changes[*place].request, &own.iter().collect::<Vec<_>>());
    }
    harness.wait_for_final(expected.len()).await;
    let (histories, lines) = (harness.histories(), harness.lines());
    let mut mismatches =
        harness.find_mismatches(&expected.keys().cloned().collect::<Vec<_>>(), false);
    for (name, (id, is_forwarded, shape, without_effect)) in &expected {
        let expected_outcome = match (is_forwarded, without_effect) {
            (true, _) => ("intent accepted succeeded", Outcome::Succeeded),
            (false, WithoutEffect::Unknown) => ("intent unknown", Outcome::Unknown),
            (false, WithoutEffect::NotCarriedOut) => ("intent refused", Outcome::Refused),
        };
        let (steps, outcome) = &histories[name];
        if (steps.as_str(), *outcome) != (expected_outcome.0, Some(expected_outcome.1)) {
            mismatches.push(format!(
                "{name} {shape:?} done={is_forwarded}: {steps} {outcome:?}"
            ));
        }
        let detail = lines
            .iter()
            .rev()
            .find(|line| *line.name == **name)
            .and_then(|line| line.detail.clone())
            .unwrap_or_default();
        if expected_outcome.1 == Outcome::Refused && !detail.contains("not carried out") {
            mismatches.push(format!("{name} {shape:?}: {detail}"));
        }
        let request_count: usize = gateway
            .interceptions
            .lock()
            .unwrap()
            .iter()
            .filter(|interception| interception.needles[1] == *id)
            .map(|interception| interception.request_count)
            .sum();
        if request_count != 1 {
            mismatches.push(format!("{name} {shape:?}: asked {request_count} times"));
        }
    }
    assert!(mismatches.is_empty(), "{mismatches:#?}");
    harness.shut_down().await;
    harness.mock.stop().await;
}
