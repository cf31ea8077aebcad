//! Reconciles the journal with all effects: each effect is a journalled request, and a resource
//! without intent is unchanged.

use super::Fixture;
use serde_json::Value;
use spendtop::mock::LoggedCall;
use std::{
    collections::{BTreeMap, HashMap},
    process::Command,
};

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

/// The account as another client sees it, by kind and id.
pub(super) type Account = BTreeMap<(String, String), Row>;

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
    let mut named: HashMap<(String, String), Vec<&Value>> = HashMap::new();
    for line in intents(journal) {
        for key in before.keys().filter(|key| is_for(line, key, &before[*key])) {
            named.entry(key.clone()).or_default().push(line);
        }
    }
    for (key, old) in before {
        let Some(lines) = named.get(key) else {
            // A job may end by itself.
            let with_old_state = |row: &Row| Row {
                state: old.state.clone(),
                ..row.clone()
            };
            let is = after.get(key).map(|row| {
                if key.0.contains("job") {
                    with_old_state(row)
                } else {
                    row.clone()
                }
            });
            assert_eq!(is.as_ref(), Some(old), "{key:?} is in no intent");
            continue;
        };
        let Some(is) = after.get(key) else {
            let ends =
                |line: &&Value| line["operation"] == "terminate" || line["operation"] == "delete";
            assert!(lines.iter().any(ends), "{key:?} is gone: {lines:#?}");
            continue;
        };
        let mut tags = old.tags.clone();
        for line in lines
            .iter()
            .filter(|line| line["operation"] == "tag" && has_event(journal, line, "accepted"))
        {
            let change = &line["change"]["call"]["tag"];
            tags.extend(
                serde_json::from_value::<BTreeMap<String, String>>(change["set"].clone()).unwrap(),
            );
            for removed in serde_json::from_value::<Vec<String>>(change["remove"].clone()).unwrap()
            {
                tags.remove(&removed);
            }
        }
        assert_eq!(is.tags, tags, "tags of {key:?}: {lines:#?}");
        let has_operation = |line: &Value, operations: &[&str]| {
            operations.contains(&word(line, "operation").as_str())
        };
        if !lines
            .iter()
            .any(|line| has_operation(line, &["scale", "scheduled-scaling", "autoscaling-limits"]))
        {
            assert_eq!(is.count, old.count, "{key:?} was not scaled");
        }
        let mut state_changes = lines.iter().filter(|line| {
            has_operation(line, &["stop", "start", "terminate"])
                && has_event(journal, line, "accepted")
        });
        match state_changes.next_back() {
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
    let new: Vec<_> = after
        .keys()
        .filter(|key| !before.contains_key(*key))
        .collect();
    assert!(new.is_empty(), "appeared: {new:?}");
}

/// Whether `line` names the row `key` or all variants of its endpoint.
fn is_for(line: &Value, key: &(String, String), row: &Row) -> bool {
    let covers_endpoint = line["operation"] == "delete" || line["operation"] == "tag";
    word(line, "kind") == key.0
        && (word(line, "id") == key.1 || covers_endpoint && word(line, "name") == row.name)
}
