//! Every shape of an answer, to every sort of change, before and after the effect: what is said of
//! it is what is so, and it is asked once.

use super::{
    Bench,
    gateway::{Gateway, Odd, Shape},
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
const A_PAGE: &str = "<html><body><h1>Oops</h1></body></html>";

/// What is known when nothing is to be seen of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Unseen {
    /// It cannot be told.
    Unknown,
    /// Someone said no who is not AWS, and it was looked at.
    NotCarriedOut,
}

/// The shapes, and what is known where it was not done.
fn shapes(error: &'static str, kind: &'static str) -> Vec<(Shape, Unseen)> {
    use Unseen::{NotCarriedOut, Unknown};
    vec![
        (Shape::Page(500, HTML, A_PAGE), NotCarriedOut),
        (Shape::Page(501, HTML, A_PAGE), NotCarriedOut),
        (Shape::Page(404, HTML, A_PAGE), NotCarriedOut),
        (Shape::Page(403, HTML, A_PAGE), NotCarriedOut),
        (Shape::Page(429, HTML, A_PAGE), NotCarriedOut),
        (Shape::Page(302, HTML, ""), NotCarriedOut),
        (Shape::Page(500, kind, error), Unknown),
        (Shape::Page(500, kind, ""), Unknown),
        (Shape::Page(500, kind, "{\"__ty"), Unknown),
        (Shape::Page(502, HTML, A_PAGE), Unknown),
        (Shape::Page(503, HTML, A_PAGE), Unknown),
        (Shape::Page(503, kind, ""), Unknown),
        (Shape::Page(504, HTML, A_PAGE), Unknown),
        (Shape::Page(408, HTML, ""), Unknown),
        (Shape::Page(200, HTML, A_PAGE), Unknown),
        (Shape::Page(200, kind, "<<{[ not an answer"), Unknown),
        (Shape::Cut(200, kind, "{"), Unknown),
        (Shape::Cut(500, HTML, A_PAGE), NotCarriedOut),
        (Shape::Noise, Unknown),
        (Shape::Close, Unknown),
        (Shape::Silence, Unknown),
    ]
}

/// A sort of change: what its requests have, the shapes in its protocol, its rows by number.
struct Sort {
    ask: ActionRequest,
    pane: &'static str,
    name: &'static str,
    needle: &'static str,
    shapes: Vec<(Shape, Unseen)>,
}

fn sorts() -> [Sort; 3] {
    let json = "{\"__type\": \"InternalFailure\", \"message\": \"oops\"}";
    let xml = "<Response><Errors><Error><Code>InternalError</Code><Message>oops</Message></Error></Errors></Response>";
    let tag = Operation::Tag.request(Input::Tags {
        set: [("cost-centre".to_owned(), "42".to_owned())].into(),
        remove: Vec::new(),
    });
    [
        Sort {
            ask: Operation::Stop.request(Input::None),
            pane: "notebooks",
            name: "book",
            needle: "SageMaker.StopNotebookInstance",
            shapes: shapes(json, JSON),
        },
        Sort {
            ask: Operation::Stop.request(Input::None),
            pane: "gpus",
            name: "stopped",
            needle: "Action=StopInstances",
            shapes: shapes(xml, XML),
        },
        // Answered with nothing that the SDK reads.
        Sort {
            ask: tag,
            pane: "gpus",
            name: "tagged",
            needle: "Action=CreateTags",
            shapes: shapes(xml, XML),
        },
    ]
}

/// Rows for each shape, twice.
fn estate(count: usize) -> String {
    let mut world = "description = \"a row for each answer\"\nnow = \"2026-11-23T08:30:00Z\"\nseed = 7\nregions = [\"us-east-1\"]\n\
        account = { id = \"111122223333\", alias = \"ml-sandbox\", caller = \"user/finops\" }\n"
        .to_owned();
    for name in ["stopped", "tagged"] {
        write!(
            world,
            "[[instance]]\nname = \"{name}-{{n}}\"\ncount = {count}\ntype = \"g5.xlarge\"\nlaunched = \"fri 17:00\"\ngpu = \"steady 3\"\n"
        )
        .unwrap();
    }
    for n in 1..=count {
        write!(world, "[[notebook]]\nname = \"book-{n}\"\ntype = \"ml.g5.2xlarge\"\ncreated = \"-12d\"\nstarted = \"fri 09:00\"\n")
            .unwrap();
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_is_truthful_for_every_response_shape() {
    let sorts = sorts();
    let count = sorts[0].shapes.len() * 2;
    let scenario = Scenario::parse(&estate(count), "answers.toml").unwrap();
    let mock = Mock::start(Options {
        pace: 0.01,
        ..Options::new(scenario)
    })
    .unwrap();
    let gateway = Gateway::before(mock.addr()).await;
    let mut bench = Bench::at(mock, &gateway.url, 12).await;
    let mut expected = BTreeMap::new();
    let mut rows: Vec<(usize, Vec<Record>)> = Vec::new();
    for (place, sort) in sorts.iter().enumerate() {
        let mut known = bench.rows(sort.pane).await;
        let mut own = Vec::new();
        for n in 1..=count {
            let name = format!("{}-{n}", sort.name);
            let row = known.remove(&name).unwrap_or_else(|| panic!("no {name}"));
            let (done, (shape, unseen)) = (n > count / 2, sort.shapes[(n - 1) % (count / 2)]);
            // A notebook's name stands in quotes: one is the beginning of another.
            let id = if sort.pane == "notebooks" {
                format!("\"{name}\"")
            } else {
                row.head.key.id.to_string()
            };
            gateway.odd.lock().unwrap().push(Odd {
                needles: [sort.needle.to_owned(), id.clone()],
                done,
                shape,
                asked: 0,
            });
            expected.insert(name, (id, done, shape, unseen));
            own.push(row);
        }
        rows.push((place, own));
    }
    for (place, own) in &rows {
        bench.begin(&sorts[*place].ask, &own.iter().collect::<Vec<_>>());
    }
    bench.ends(expected.len()).await;
    let (stories, lines) = (bench.stories(), bench.lines());
    let mut wrong = bench.judge(&expected.keys().cloned().collect::<Vec<_>>(), false);
    for (name, (id, done, shape, unseen)) in &expected {
        let want = match (done, unseen) {
            (true, _) => ("intent accepted succeeded", Outcome::Succeeded),
            (false, Unseen::Unknown) => ("intent unknown", Outcome::Unknown),
            (false, Unseen::NotCarriedOut) => ("intent refused", Outcome::Refused),
        };
        let (steps, class) = &stories[name];
        if (steps.as_str(), *class) != (want.0, Some(want.1)) {
            wrong.push(format!("{name} {shape:?} done={done}: {steps} {class:?}"));
        }
        let note = lines
            .iter()
            .rev()
            .find(|line| *line.name == **name)
            .and_then(|line| line.detail.clone())
            .unwrap_or_default();
        if want.1 == Outcome::Refused && !note.contains("not carried out") {
            wrong.push(format!("{name} {shape:?}: {note}"));
        }
        let asked: usize = gateway
            .odd
            .lock()
            .unwrap()
            .iter()
            .filter(|odd| odd.needles[1] == *id)
            .map(|odd| odd.asked)
            .sum();
        if asked != 1 {
            wrong.push(format!("{name} {shape:?}: asked {asked} times"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    bench.leave().await;
    bench.mock.stop().await;
}
