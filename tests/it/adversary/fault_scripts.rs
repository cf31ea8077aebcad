//! Fault scripts: AWS fails while a bulk plan runs, is cancelled or the console quits. The journal
//! stays truthful, no call has an effect twice, and hanging calls block nothing.

use super::{EngineHarness, twenty_of_each};
use futures_util::{StreamExt, stream};
use spendtop::domain::{Input, Operation};
use spendtop::{
    domain::{ActionRequest, Outcome, Record, WeeklySchedule},
    mock::faults::parse,
};
use std::collections::BTreeMap;

/// The operation and the rows of a script.
#[derive(Clone, Copy, Debug)]
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
            Self::Stop | Self::Notebooks => Operation::Stop.request(Input::None),
            Self::Terminate => Operation::Terminate.request(Input::None),
            Self::Tags | Self::BookTags => Operation::Tag.request(Input::Tags {
                set: [("cost-centre".to_owned(), "42".to_owned())].into(),
                remove: vec!["team".to_owned()],
            }),
            Self::Scale => Operation::Scale.request(Input::Count(2)),
            Self::Hours => Operation::ScheduledScaling.request(Input::Hours(
                WeeklySchedule::parse("mon-fri 14-02 3 1").unwrap(),
            )),
            Self::Delete => Operation::Delete.request(Input::None),
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

/// What the user does after the given number of final outcomes.
#[derive(Clone, Copy, Debug)]
enum Intervention {
    Wait,
    CancelAfter(usize),
    QuitAfter(usize),
}

struct Script {
    name: &'static str,
    bulk: Bulk,
    /// Bodies of `[[fault]]` tables, separated by `;`.
    faults: &'static str,
    intervention: Intervention,
    /// Expected number of targets per outcome; empty if the result is random.
    outcomes: &'static [(Outcome, usize)],
}

const fn script(
    name: &'static str,
    bulk: Bulk,
    faults: &'static str,
    intervention: Intervention,
    outcomes: &'static [(Outcome, usize)],
) -> Script {
    Script {
        name,
        bulk,
        faults,
        intervention,
        outcomes,
    }
}

#[rustfmt::skip]
const SCRIPTS: &[Script] = {
    use Outcome::{Denied, Expired, Partial, Skipped, Succeeded, Refused, Throttled, Unknown};
    use Intervention::{CancelAfter, QuitAfter, Wait};
    &[
        script("denied from the middle on", Bulk::Stop, "kind='deny' operation='StopInstances' skip=10", Wait, &[(Succeeded, 10), (Denied, 10)]),
        script("denied until the middle", Bulk::Stop, "kind='deny' operation='StopInstances' times=7", Wait, &[(Denied, 7), (Succeeded, 13)]),
        script("credentials expire in the middle", Bulk::Notebooks, "kind='expired-token' service='sagemaker' operation='Stop*' skip=8", Wait, &[(Succeeded, 8), (Expired, 12)]),
        script("and for looking too", Bulk::Stop, "kind='expired-token' service='ec2' skip=9 times=40", Wait, &[]),
        script("throttled at first", Bulk::Stop, "kind='throttle' operation='StopInstances' times=10", Wait, &[(Succeeded, 20)]),
        script("throttled for ever, one row", Bulk::Stop, "kind='throttle' operation='StopInstances' resource='worker-3'", Wait, &[(Succeeded, 19), (Throttled, 1)]),
        script("looks are throttled", Bulk::Notebooks, "kind='throttle' operation='DescribeNotebookInstance' every-nth=3", Wait, &[]),
        script("a bad minute before the effect", Bulk::Stop, "kind='status-500' operation='StopInstances' skip=5 times=4", Wait, &[(Succeeded, 16), (Unknown, 4)]),
        script("a bad minute after the effect", Bulk::Stop, "kind='status-500-after' operation='StopInstances' skip=5 times=4", Wait, &[(Succeeded, 20)]),
        script("broken answers to what answers nothing", Bulk::Notebooks, "kind='broken-body' operation='StopNotebookInstance' times=5", Wait, &[(Succeeded, 15), (Unknown, 5)]),
        script("broken answers after the effect", Bulk::Notebooks, "kind='broken-body-after' operation='StopNotebookInstance' times=5", Wait, &[(Succeeded, 20)]),
        script("resets before", Bulk::Terminate, "kind='reset' operation='TerminateInstances' every-nth=5", Wait, &[(Succeeded, 16), (Unknown, 4)]),
        script("resets after", Bulk::Terminate, "kind='reset-after' operation='TerminateInstances' every-nth=5", Wait, &[(Succeeded, 20)]),
        script("hangs before, four rows", Bulk::Stop, "kind='timeout-before' operation='StopInstances' times=4", Wait, &[(Succeeded, 16), (Unknown, 4)]),
        script("hangs after, four rows", Bulk::Stop, "kind='timeout-after' operation='StopInstances' times=4", Wait, &[(Succeeded, 20)]),
        script("slow, and done", Bulk::Notebooks, "kind='slow' delay='700ms' operation='StopNotebookInstance' region='us-east-1'", Wait, &[(Succeeded, 20)]),
        script("another region's trouble", Bulk::Stop, "kind='deny' operation='StopInstances' resource='worker-1';kind='deny' operation='StopInstances' resource='nobody-*'", Wait, &[(Succeeded, 19), (Denied, 1)]),
        script("gone before the look", Bulk::Stop, "kind='gone' service='ec2' resource='worker-1?'", Wait, &[(Succeeded, 10), (Skipped, 10)]),
        script("gone between look and call", Bulk::Notebooks, "kind='gone' operation='StopNotebookInstance' resource='book-2'", Wait, &[(Succeeded, 19), (Refused, 1)]),
        script("a tag set, none taken away", Bulk::Tags, "kind='deny' operation='DeleteTags' resource='worker-1*'", Wait, &[(Succeeded, 9), (Partial, 11)]),
        script("neither set nor taken away", Bulk::BookTags, "kind='deny' operation='AddTags' skip=15", Wait, &[(Succeeded, 15), (Denied, 5)]),
        script("set, and taking away hangs up", Bulk::BookTags, "kind='reset' operation='DeleteTags' times=3", Wait, &[(Succeeded, 17), (Partial, 3)]),
        script("a target without its actions", Bulk::Hours, "kind='deny' operation='PutScheduledAction'", Wait, &[(Partial, 6)]),
        script("one action of two", Bulk::Hours, "kind='deny' operation='PutScheduledAction' resource='rank-1' skip=1;kind='status-500-after' operation='PutScheduledAction' resource='rank-2' skip=1", Wait, &[(Succeeded, 5), (Partial, 1)]),
        script("no target", Bulk::Hours, "kind='deny' operation='RegisterScalableTarget' resource='rank-1';kind='reset-after' operation='RegisterScalableTarget' resource='rank-2'", Wait, &[]),
        script("scaled, and silent", Bulk::Scale, "kind='timeout-after' operation='UpdateEndpointWeightsAndCapacities' times=2;kind='status-500' operation='UpdateEndpointWeightsAndCapacities' times=1", Wait, &[(Succeeded, 5), (Unknown, 1)]),
        script("deleted, and broken", Bulk::Delete, "kind='broken-body-after' operation='DeleteEndpoint'", Wait, &[(Succeeded, 1)]),
        script("deleted, not so", Bulk::Delete, "kind='broken-body' operation='DeleteEndpoint'", Wait, &[(Unknown, 1)]),
        script("cancelled while slow", Bulk::Stop, "kind='slow' delay='400ms' operation='StopInstances'", CancelAfter(3), &[]),
        script("cancelled while throttled", Bulk::Stop, "kind='throttle' operation='StopInstances' skip=4", CancelAfter(1), &[]),
        script("left while slow", Bulk::Notebooks, "kind='slow' delay='400ms' operation='StopNotebookInstance'", QuitAfter(3), &[]),
        script("left while it hangs", Bulk::Stop, "kind='timeout-after' operation='StopInstances' skip=4", QuitAfter(2), &[]),
        script("left while throttled", Bulk::Stop, "kind='throttle' operation='StopInstances' skip=4", QuitAfter(1), &[]),
        script("a timeline", Bulk::Stop, "kind='status-500' service='ec2' operation='Stop*' from='+1s' until='+3s';kind='throttle' service='ec2' operation='Describe*' from='+1s' until='+3s' every-nth=2", Wait, &[]),
    ]
};

/// Runs a script and returns the mismatches.
async fn run_script(script: &Script) -> Vec<String> {
    let mut harness = EngineHarness::new(&twenty_of_each()).await;
    let (pane, names) = script.bulk.rows();
    let mut known = harness.rows(pane).await;
    let rows: Vec<Record> = names
        .iter()
        .map(|name| known.remove(name).unwrap_or_else(|| panic!("no {name}")))
        .collect();
    let faults: Vec<String> = script
        .faults
        .split(';')
        .map(|fault| format!("[[fault]]\n{}\n", fault.replace(' ', "\n")))
        .collect();
    for rule in parse::parse(
        &faults.concat(),
        &["us-east-1".to_owned()],
        harness.mock.now(),
    )
    .unwrap()
    {
        harness.mock.add_fault(rule);
    }
    let plan = harness.run(&script.bulk.request(), &rows.iter().collect::<Vec<_>>());
    match script.intervention {
        Intervention::Wait => harness.wait_for_final(names.len()).await,
        Intervention::CancelAfter(after) => {
            harness.wait_for_final(after).await;
            harness.engine.as_ref().unwrap().cancel(&plan);
            harness.wait_for_final(names.len() - after).await;
        }
        Intervention::QuitAfter(after) => harness.wait_for_final(after).await,
    }
    harness.shut_down().await;
    let was_quit = matches!(script.intervention, Intervention::QuitAfter(_));
    let mut mismatches = harness.find_mismatches(&names, was_quit);
    let mut outcomes = BTreeMap::<&str, usize>::new();
    let histories = harness.histories();
    for (_, outcome) in histories.values() {
        *outcomes
            .entry(outcome.map_or("open", Outcome::id))
            .or_default() += 1;
    }
    let expected: BTreeMap<&str, usize> = script
        .outcomes
        .iter()
        .map(|(outcome, count)| (outcome.id(), *count))
        .collect();
    if !expected.is_empty() && expected != outcomes {
        mismatches.push(format!("{outcomes:?} and not {expected:?}: {histories:#?}"));
    }
    if matches!(script.intervention, Intervention::CancelAfter(_))
        && outcomes
            .get(Outcome::Skipped.id())
            .is_none_or(|skipped| *skipped < 5)
    {
        mismatches.push(format!("hardly anything was skipped: {outcomes:?}"));
    }
    for line in harness.lines() {
        let detail = line.detail.as_deref().unwrap_or_default();
        if line.outcome == Some(Outcome::Partial)
            && !detail.contains("tags were added, then: ")
            && !detail.contains("the target was registered and ")
        {
            mismatches.push(format!(
                "{} does not say what was done: {detail}",
                line.name
            ));
        }
    }
    harness.mock.stop().await;
    mismatches
        .into_iter()
        .map(|what| format!("{}: {what}", script.name))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_is_truthful_under_every_fault_script() {
    let results = stream::iter(SCRIPTS.iter().map(run_script))
        .buffer_unordered(8)
        .collect::<Vec<_>>()
        .await;
    let mismatches: Vec<String> = results.into_iter().flatten().collect();
    assert!(mismatches.is_empty(), "{mismatches:#?}");
}
