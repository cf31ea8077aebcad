//! Every shape of response to every kind of change, with and without effect: the journal is
//! truthful, and the request is sent once.

use super::{
    BOOK, EngineHarness, HEAD,
    gateway::{Gateway, Interception, Shape},
};
use crate::requests::request;
use spendtop::{
    domain::{ActionRequest, Outcome, Record},
    mock::{Mock, Options, Scenario},
};
use std::collections::BTreeMap;

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
    let xml = "<Response><Errors><Error><Code>InternalError</Code>\
               <Message>oops</Message></Error></Errors></Response>";
    [
        Change {
            request: request("stop"),
            pane: "notebooks",
            name: "book",
            needle: "SageMaker.StopNotebookInstance",
            shapes: shapes(json, JSON),
        },
        Change {
            request: request("stop"),
            pane: "gpus",
            name: "stopped",
            needle: "Action=StopInstances",
            shapes: shapes(xml, XML),
        },
        // The SDK reads nothing of this response.
        Change {
            request: request("tag cost-centre=42"),
            pane: "gpus",
            name: "tagged",
            needle: "Action=CreateTags",
            shapes: shapes(xml, XML),
        },
    ]
}

/// A scenario with `count` rows per kind of change.
fn scenario(count: usize) -> Scenario {
    let instance = |name: &str| {
        INSTANCES
            .replace("{name}", name)
            .replace("{count}", &count.to_string())
    };
    let books = (1..=count).map(|n| BOOK.replace("{n}", &n.to_string()));
    let text = HEAD.to_owned() + &instance("stopped") + &instance("tagged");
    Scenario::parse(&(text + &books.collect::<String>()), "answers.toml").unwrap()
}

const INSTANCES: &str = r#"
[[instance]]
name = "{name}-{n}"
count = {count}
type = "g5.xlarge"
launched = "fri 17:00"
gpu = "steady 3"
"#;

/// The expected treatment of one row's request.
struct Expected {
    /// Id of the resource in the request.
    id: String,
    is_forwarded: bool,
    shape: Shape,
    without_effect: WithoutEffect,
}

impl Expected {
    /// The journalled events and the outcome.
    fn history(&self) -> (&'static str, Outcome) {
        match (self.is_forwarded, self.without_effect) {
            (true, _) => ("intent accepted succeeded", Outcome::Succeeded),
            (false, WithoutEffect::Unknown) => ("intent unknown", Outcome::Unknown),
            (false, WithoutEffect::NotCarriedOut) => ("intent refused", Outcome::Refused),
        }
    }
}

/// Intercepts the request for each row of `change`, the second half after it was forwarded.
async fn intercept(
    harness: &EngineHarness,
    gateway: &Gateway,
    change: &Change,
) -> Vec<(Record, Expected)> {
    let mut known = harness.rows(change.pane).await;
    let mut own = Vec::new();
    let count = change.shapes.len();
    for n in 1..=2 * count {
        let name = format!("{}-{n}", change.name);
        let row = known.remove(&name).unwrap_or_else(|| panic!("no {name}"));
        let (is_forwarded, (shape, without_effect)) = (n > count, change.shapes[(n - 1) % count]);
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
        let expected = Expected {
            id,
            is_forwarded,
            shape,
            without_effect,
        };
        own.push((row, expected));
    }
    own
}

/// The differences between the expected and the actual result of each row, by name.
fn find_mismatches(
    harness: &EngineHarness,
    gateway: &Gateway,
    expected: &BTreeMap<String, Expected>,
) -> Vec<String> {
    let (histories, lines) = (harness.histories(), harness.lines());
    let mut mismatches =
        harness.find_mismatches(&expected.keys().cloned().collect::<Vec<_>>(), false);
    for (name, row) in expected {
        let (shape, is_forwarded) = (row.shape, row.is_forwarded);
        let (expected_events, expected_outcome) = row.history();
        let (events, outcome) = &histories[name];
        if (events.as_str(), *outcome) != (expected_events, Some(expected_outcome)) {
            mismatches.push(format!(
                "{name} {shape:?} done={is_forwarded}: {events} {outcome:?}"
            ));
        }
        let last = lines.iter().rev().find(|line| *line.name == **name);
        let detail = last
            .and_then(|line| line.detail.clone())
            .unwrap_or_default();
        if expected_outcome == Outcome::Refused && !detail.contains("not carried out") {
            mismatches.push(format!("{name} {shape:?}: {detail}"));
        }
        let request_count = gateway.count_requests(&row.id);
        if request_count != 1 {
            mismatches.push(format!("{name} {shape:?}: asked {request_count} times"));
        }
    }
    mismatches
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_is_truthful_for_every_response_shape() {
    let changes = changes();
    let mock = Mock::start(Options {
        pace: 0.01,
        ..Options::new(scenario(changes[0].shapes.len() * 2))
    })
    .unwrap();
    let gateway = Gateway::before(mock.addr()).await;
    let mut harness = EngineHarness::at(mock, &gateway.url, 12).await;
    let mut plans = Vec::new();
    let mut expected = BTreeMap::new();
    for change in &changes {
        let (rows, of_rows): (Vec<Record>, Vec<Expected>) = intercept(&harness, &gateway, change)
            .await
            .into_iter()
            .unzip();
        let names = rows.iter().map(|row| row.head.name.to_string());
        expected.extend(names.zip(of_rows));
        plans.push((&change.request, rows));
    }
    for (request, rows) in plans {
        harness.run(request, &rows.iter().collect::<Vec<_>>());
    }
    harness.wait_for_final(expected.len()).await;
    let mismatches = find_mismatches(&harness, &gateway, &expected);
    assert!(mismatches.is_empty(), "{mismatches:#?}");
    harness.shut_down().await;
    harness.mock.stop().await;
}
