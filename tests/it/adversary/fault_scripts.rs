//! Fault scripts: AWS fails while a bulk plan runs, is cancelled or the console quits. The journal
//! stays truthful, no call has an effect twice, and hanging calls block nothing.

use super::{EngineHarness, twenty_of_each};
use crate::requests::{request, tags};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use spendtop::{
    domain::{ActionRequest, Input, Operation, Outcome, Record},
    mock::faults::parse,
};
use std::collections::BTreeMap;

/// The operation and the rows of a script.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Bulk {
    Stop,
    Terminate,
    Notebooks,
    /// Sets one tag and removes another.
    Tags,
    BookTags,
    Scale,
    Hours,
    Delete,
}

impl Bulk {
    fn request(self) -> ActionRequest {
        match self {
            Self::Stop | Self::Notebooks => request("stop"),
            Self::Terminate => request("terminate"),
            Self::Tags | Self::BookTags => Operation::Tag.request(Input::Tags {
                fill: spendtop::domain::Tags::new(),
                set: tags(&[("cost-centre", "42")]),
                remove: vec!["team".to_owned()],
            }),
            Self::Scale => request("scale 2"),
            Self::Hours => request("scheduled-scaling mon-fri 14-02 3 1"),
            Self::Delete => request("delete"),
        }
    }

    /// The pane and the names of the rows.
    fn rows(self) -> (&'static str, Vec<String>) {
        let (pane, name, count) = match self {
            Self::Stop | Self::Terminate | Self::Tags => ("gpus", "worker", 20),
            Self::Notebooks | Self::BookTags => ("notebooks", "book", 20),
            Self::Scale | Self::Hours => ("endpoints", "rank", 6),
            // Delete needs the typed name of a single target.
            Self::Delete => ("endpoints", "rank", 1),
        };
        (pane, (1..=count).map(|n| format!("{name}-{n}")).collect())
    }
}

/// A script of `fault_scripts.toml`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Script {
    name: String,
    bulk: Bulk,
    fault: serde_json::Value,
    cancel_after: Option<usize>,
    quit_after: Option<usize>,
    #[serde(default)]
    outcomes: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripts {
    script: Vec<Script>,
}

/// Runs a script and returns the mismatches.
async fn run_script(script: &Script) -> Vec<String> {
    let mut harness = EngineHarness::new(&twenty_of_each()).await;
    let (pane, names) = script.bulk.rows();
    let mut known = harness.rows(pane).await;
    let rows: Vec<Record> = names
        .iter()
        .map(|name| known.remove(name).unwrap_or_else(|| panic!("no {name}")))
        .collect();
    let regions = ["us-east-1".to_owned()];
    let faults = parse::parse(&script.fault.to_string(), &regions, harness.mock.now());
    for rule in faults.unwrap() {
        harness.mock.add_fault(rule);
    }
    let plan = harness.run(&script.bulk.request(), &rows.iter().collect::<Vec<_>>());
    let after = script.cancel_after.or(script.quit_after);
    harness.wait_for_final(after.unwrap_or(names.len())).await;
    if let Some(after) = script.cancel_after {
        harness.engine.as_ref().unwrap().cancel(&plan);
        harness.wait_for_final(names.len() - after).await;
    }
    harness.shut_down().await;
    let mut mismatches = harness.find_mismatches(&names, script.quit_after.is_some());
    mismatches.extend(find_unexpected_outcomes(script, &harness));
    mismatches.extend(find_vague_details(&harness));
    harness.mock.stop().await;
    mismatches
        .into_iter()
        .map(|what| format!("{}: {what}", script.name))
        .collect()
}

/// The differences between the outcomes of the script and those in the journal.
fn find_unexpected_outcomes(script: &Script, harness: &EngineHarness) -> Vec<String> {
    let histories = harness.histories();
    let mut outcomes = BTreeMap::<String, usize>::new();
    for (_, outcome) in histories.values() {
        let id = outcome.map_or("open", Outcome::id);
        *outcomes.entry(id.to_owned()).or_default() += 1;
    }
    let mut mismatches = Vec::new();
    let expected = &script.outcomes;
    if !expected.is_empty() && *expected != outcomes {
        mismatches.push(format!("{outcomes:?} and not {expected:?}: {histories:#?}"));
    }
    let skipped = outcomes.get(Outcome::Skipped.id()).copied().unwrap_or(0);
    if script.cancel_after.is_some() && skipped < 5 {
        mismatches.push(format!("hardly anything was skipped: {outcomes:?}"));
    }
    mismatches
}

/// The partial outcomes whose detail does not name the completed part.
fn find_vague_details(harness: &EngineHarness) -> Vec<String> {
    let mut vague = Vec::new();
    for line in harness.lines() {
        let detail = line.detail.as_deref().unwrap_or_default();
        if line.outcome == Some(Outcome::Partial)
            && !detail.contains("tags were added, then: ")
            && !detail.contains("the target was registered and ")
        {
            vague.push(format!(
                "{} does not say what was done: {detail}",
                line.name
            ));
        }
    }
    vague
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_is_truthful_under_every_fault_script() {
    let scripts: Scripts = toml::from_str(include_str!("fault_scripts.toml")).unwrap();
    assert!(!scripts.script.is_empty());
    let results = stream::iter(scripts.script.iter().map(run_script))
        .buffer_unordered(8)
        .collect::<Vec<_>>()
        .await;
    let mismatches: Vec<String> = results.into_iter().flatten().collect();
    assert!(mismatches.is_empty(), "{mismatches:#?}");
}
