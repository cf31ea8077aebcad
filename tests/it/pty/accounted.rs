//! Accounts for everything that took effect: each effect is a request of one line in the journal,
//! row by row, and what no line tells of is as another client saw it before.

use super::Estate;
use serde_json::Value;
use spendtop::mock::LoggedCall;
use std::{
    collections::{BTreeMap, HashMap},
    process::Command,
};

/// The panes whose rows can be changed.
const PANES: &[&str] = &["gpus", "notebooks", "endpoints", "jobs", "throughput"];

/// What another client sees of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    name: String,
    state: String,
    /// How many run, where that is only changed by somebody.
    count: Option<u64>,
    tags: BTreeMap<String, String>,
}

/// The account as another client sees it, by kind and id.
pub type Account = BTreeMap<(String, String), Row>;

/// Asks for everything, from a process and a home of its own.
pub fn seen_by_another(estate: &Estate) -> Account {
    let home = tempfile::tempdir().unwrap();
    let asked: Vec<_> = PANES
        .iter()
        .map(|pane| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_spendtop"));
            command
                .args([
                    "--endpoint-url",
                    &estate.mock.url(),
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
    for child in asked {
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
    /// Whether `asked` is this request: the operation, the place, and every row that it named.
    fn is(&self, asked: &LoggedCall) -> bool {
        // What tags are called names nothing.
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
        self.operation == asked.operation
            && self.region == asked.region
            && asked
                .resources
                .iter()
                .all(|row| names(&row.id) || names(&row.name) || parameters.contains(&row.arn))
    }
}

fn word(line: &Value, name: &str) -> String {
    line[name].as_str().unwrap_or_default().to_owned()
}

/// Whether the journal has `step` of the plan and row of `line`.
fn came_to(journal: &[Value], line: &Value, step: &str) -> bool {
    journal.iter().any(|other| {
        other["event"] == step && other["plan"] == line["plan"] && other["id"] == line["id"]
    })
}

fn intents(journal: &[Value]) -> impl Iterator<Item = &Value> {
    journal.iter().filter(|line| line["event"] == "intent")
}

/// Each effect at the mock is one request of one intent; each request that was accepted is one
/// effect.
pub fn every_effect_is_written_down(estate: &Estate, journal: &[Value]) {
    let mut requests: Vec<Request> = Vec::new();
    for line in intents(journal) {
        let accepted = came_to(journal, line, "accepted");
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
    // Of two that are alike, the one that is known to be done is done.
    requests.sort_by_key(|request| !request.accepted);
    for asked in estate.mock.calls().iter().filter(|asked| asked.effect) {
        let own = requests
            .iter_mut()
            .find(|request| !request.used && request.is(asked));
        own.unwrap_or_else(|| panic!("nothing in the journal tells of {asked:?}\n{journal:#?}"))
            .used = true;
    }
    let lost: Vec<&str> = requests
        .iter()
        .filter(|request| request.accepted && !request.used)
        .map(|request| request.text.as_str())
        .collect();
    assert!(lost.is_empty(), "accepted, and without effect: {lost:#?}");
}

/// What no intent names is as it was; of what was named, the tags are what the accepted requests
/// made of them, and what was stopped, started or ended last is so.
pub fn nothing_else_is_changed(before: &Account, after: &Account, journal: &[Value]) {
    let mut named: HashMap<(String, String), Vec<&Value>> = HashMap::new();
    for line in intents(journal) {
        for key in before
            .keys()
            .filter(|key| is_about(line, key, &before[*key]))
        {
            named.entry(key.clone()).or_default().push(line);
        }
    }
    for (key, was) in before {
        let Some(lines) = named.get(key) else {
            // A job ends by itself.
            let alike = |row: &Row| Row {
                state: was.state.clone(),
                ..row.clone()
            };
            let is = after.get(key).map(|row| {
                if key.0.contains("job") {
                    alike(row)
                } else {
                    row.clone()
                }
            });
            assert_eq!(is.as_ref(), Some(was), "{key:?} is in no intent");
            continue;
        };
        let Some(is) = after.get(key) else {
            let ends =
                |line: &&Value| line["operation"] == "terminate" || line["operation"] == "delete";
            assert!(lines.iter().any(ends), "{key:?} is gone: {lines:#?}");
            continue;
        };
        let mut tags = was.tags.clone();
        for line in lines
            .iter()
            .filter(|line| line["operation"] == "tag" && came_to(journal, line, "accepted"))
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
        let does = |line: &Value, operations: &[&str]| {
            operations.contains(&word(line, "operation").as_str())
        };
        if !lines
            .iter()
            .any(|line| does(line, &["scale", "scheduled-scaling", "autoscaling-limits"]))
        {
            assert_eq!(is.count, was.count, "{key:?} was not scaled");
        }
        let mut moved = lines.iter().filter(|line| {
            does(line, &["stop", "start", "terminate"]) && came_to(journal, line, "accepted")
        });
        match moved.next_back() {
            None => assert_eq!(
                is.state, was.state,
                "{key:?} was neither stopped nor started"
            ),
            Some(last) if came_to(journal, last, "succeeded") => {
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

/// Whether `line` is about the row `key`: the row itself, or all variants of its endpoint.
fn is_about(line: &Value, key: &(String, String), row: &Row) -> bool {
    let whole = line["operation"] == "delete" || line["operation"] == "tag";
    word(line, "kind") == key.0
        && (word(line, "id") == key.1 || whole && word(line, "name") == row.name)
}
