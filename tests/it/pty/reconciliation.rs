//! Reconciles the journal with all effects: each effect is a journalled request, and a resource
//! without intent is unchanged.

use super::Fixture;
use serde_json::Value;
use spendtop::mock::LoggedCall;
use std::{collections::BTreeMap, process::Command};

/// The panes whose rows can be changed.
const PANES: &[&str] = &["gpus", "notebooks", "endpoints", "jobs", "throughput"];

/// A row as another client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    name: String,
    state: String,
    /// The instance count, unless autoscaling changes it.
    count: Option<u64>,
    tags: BTreeMap<String, String>,
}

/// Kind and id.
type Key = (String, String);

/// The account as another client sees it.
pub(super) type Account = BTreeMap<Key, Row>;

/// Lists every pane in a process with its own home.
pub(super) fn list_account(fixture: &Fixture) -> Account {
    let home = tempfile::tempdir().unwrap();
    let children: Vec<_> = PANES
        .iter()
        .map(|pane| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_spendtop"));
            command
                .args([
                    "--endpoint-url",
                    &fixture.mock.url(),
                    "ls",
                    pane,
                    "--output",
                    "json",
                ])
                .env_clear()
                .current_dir(home.path());
            command.envs([
                ("HOME", home.path()),
                ("XDG_CONFIG_HOME", home.path()),
                ("XDG_STATE_HOME", home.path()),
            ]);
            command.envs([
                ("AWS_ACCESS_KEY_ID", "mock"),
                ("AWS_SECRET_ACCESS_KEY", "mock"),
                ("AWS_REGION", "us-east-1"),
            ]);
            command
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut account = Account::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        for row in rows {
            let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let scales_itself = row["fields"]["autoscaling"]
                .as_str()
                .is_some_and(|word| word != "off");
            let count = row["fields"]["count"].as_u64().filter(|_| !scales_itself);
            let tags = serde_json::from_value(row["tags"].clone()).unwrap_or_default();
            account.insert(
                (word("kind"), word("id")),
                Row {
                    name: word("name"),
                    state: word("state"),
                    count,
                    tags,
                },
            );
        }
    }
    account
}

/// One request of an intent.
struct Request {
    operation: String,
    region: String,
    text: String,
    accepted: bool,
    used: bool,
}

impl Request {
    /// Whether `call` has the operation, region and rows of this request.
    fn is(&self, call: &LoggedCall) -> bool {
        // Tag keys and values are not resource names.
        let parameters = self
            .text
            .split(" Tags=[")
            .next()
            .and_then(|text| text.split(" TagKeys=[").next())
            .unwrap_or_default();
        let words: Vec<&str> = parameters
            .split([' ', '=', '[', ']', ',', '/', ':'])
            .collect();
        let names = |wanted: &str| words.contains(&wanted);
        self.operation == call.operation
            && self.region == call.region
            && call
                .resources
                .iter()
                .all(|row| names(&row.id) || names(&row.name) || parameters.contains(&row.arn))
    }
}

fn word(line: &Value, name: &str) -> String {
    line[name].as_str().unwrap_or_default().to_owned()
}

/// Whether the journal has the event `step` for the plan and row of `line`.
fn has_event(journal: &[Value], line: &Value, step: &str) -> bool {
    journal.iter().any(|other| {
        other["event"] == step && other["plan"] == line["plan"] && other["id"] == line["id"]
    })
}

fn intents(journal: &[Value]) -> impl Iterator<Item = &Value> {
    journal.iter().filter(|line| line["event"] == "intent")
}

/// Asserts that each effect is one journalled request, and each accepted request is one effect.
pub(super) fn assert_every_effect_is_journalled(fixture: &Fixture, journal: &[Value]) {
    let mut requests: Vec<Request> = Vec::new();
    for line in intents(journal) {
        let accepted = has_event(journal, line, "accepted");
        for text in line["requests"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
        {
            let operation = text.split([' ', ':']).nth(1).unwrap().to_owned();
            requests.push(Request {
                operation,
                region: word(line, "region"),
                text: text.to_owned(),
                accepted,
                used: false,
            });
        }
    }
    // Of two equal requests, match the accepted one first.
    requests.sort_by_key(|request| !request.accepted);
    for call in fixture.mock.calls().iter().filter(|call| call.effect) {
        let own = requests
            .iter_mut()
            .find(|request| !request.used && request.is(call));
        own.unwrap_or_else(|| panic!("nothing in the journal tells of {call:?}\n{journal:#?}"))
            .used = true;
    }
    let without_effect: Vec<&str> = requests
        .iter()
        .filter(|request| request.accepted && !request.used)
        .map(|request| request.text.as_str())
        .collect();
    assert!(
        without_effect.is_empty(),
        "accepted, and without effect: {without_effect:#?}"
    );
}

/// Asserts that rows without intent are unchanged, and that tags and states of the others match the
/// accepted requests.
pub(super) fn assert_nothing_else_changed(before: &Account, after: &Account, journal: &[Value]) {
    for (key, old) in before {
        let lines: Vec<&Value> = intents(journal)
            .filter(|line| is_for(line, key, old))
            .collect();
        match after.get(key) {
            is if lines.is_empty() => {
                let is = is.map(|is| without_own_changes(key, old, is));
                assert_eq!(is.as_ref(), Some(old), "{key:?} is in no intent");
            }
            None => {
                let ends = |line: &&Value| has_operation(line, &["terminate", "delete"]);
                assert!(lines.iter().any(ends), "{key:?} is gone: {lines:#?}");
            }
            Some(is) => assert_only_intended_changes(key, old, is, &lines, journal),
        }
    }
    let new: Vec<_> = after
        .keys()
        .filter(|key| !before.contains_key(*key))
        .collect();
    assert!(new.is_empty(), "appeared: {new:?}");
}

/// The row as it is, with the old state of a job: a job may end by itself.
fn without_own_changes(key: &Key, old: &Row, is: &Row) -> Row {
    let state = if key.0.contains("job") {
        &old.state
    } else {
        &is.state
    };
    Row {
        state: state.clone(),
        ..is.clone()
    }
}

fn has_operation(line: &Value, operations: &[&str]) -> bool {
    operations.contains(&word(line, "operation").as_str())
}

/// Asserts that tags, count and state of a row are as the intents `lines` say.
fn assert_only_intended_changes(
    key: &Key,
    old: &Row,
    is: &Row,
    lines: &[&Value],
    journal: &[Value],
) {
    let accepted = |operations: &'static [&str]| {
        lines.iter().filter(move |line| {
            has_operation(line, operations) && has_event(journal, line, "accepted")
        })
    };
    let mut tags = old.tags.clone();
    for line in accepted(&["tag"]) {
        let change = &line["change"]["call"]["tag"];
        tags.extend(
            serde_json::from_value::<BTreeMap<String, String>>(change["set"].clone()).unwrap(),
        );
        for removed in serde_json::from_value::<Vec<String>>(change["remove"].clone()).unwrap() {
            tags.remove(&removed);
        }
    }
    assert_eq!(is.tags, tags, "tags of {key:?}: {lines:#?}");
    let scales =
        |line: &&Value| has_operation(line, &["scale", "scheduled-scaling", "autoscaling-limits"]);
    if !lines.iter().any(scales) {
        assert_eq!(is.count, old.count, "{key:?} was not scaled");
    }
    match accepted(&["stop", "start", "terminate"]).next_back() {
        None => assert_eq!(
            is.state, old.state,
            "{key:?} was neither stopped nor started"
        ),
        Some(last) if has_event(journal, last, "succeeded") => {
            let running = ["running", "InService"].contains(&is.state.as_str());
            assert_eq!(
                running,
                last["operation"] == "start",
                "{key:?} is {}: {last:#}",
                is.state
            );
        }
        Some(_) => {}
    }
}

/// Whether `line` names the row `key` or all variants of its endpoint.
fn is_for(line: &Value, key: &Key, row: &Row) -> bool {
    let covers_endpoint = line["operation"] == "delete" || line["operation"] == "tag";
    word(line, "kind") == key.0
        && (word(line, "id") == key.1 || covers_endpoint && word(line, "name") == row.name)
}
