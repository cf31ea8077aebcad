//! Fault scripts: each an AWS that goes wrong in its own way while a bulk is carried out, cancelled
//! or left. The journal never says what is not so, nothing is done twice, and nothing waits for
//! what hangs.

use super::{Bench, twenty};
use futures_util::{StreamExt, stream};
use spendtop::domain::{Input, Operation};
use spendtop::{
    domain::{ActionRequest, Outcome, Record, WeeklySchedule},
    mock::faults::parse,
};
use std::collections::BTreeMap;

/// What is done to which rows.
#[derive(Clone, Copy, Debug)]
enum Bulk {
    Stop,
    Terminate,
    Notebooks,
    /// A tag set and another taken away.
    Tags,
    BookTags,
    Scale,
    Hours,
    Delete,
}

impl Bulk {
    fn ask(self) -> ActionRequest {
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

    /// Its pane, and the names of its rows.
    fn rows(self) -> (&'static str, Vec<String>) {
        let (pane, name, count) = match self {
            Self::Stop | Self::Terminate | Self::Tags => ("gpus", "worker", 20),
            Self::Notebooks | Self::BookTags => ("notebooks", "book", 20),
            Self::Scale | Self::Hours => ("endpoints", "rank", 6),
            // One at a time, by its name.
            Self::Delete => ("endpoints", "rank", 1),
        };
        (pane, (1..=count).map(|n| format!("{name}-{n}")).collect())
    }
}

/// When the person steps in, after so many ends.
#[derive(Clone, Copy, Debug)]
enum Then {
    Waits,
    Cancels(usize),
    Leaves(usize),
}

struct Script {
    name: &'static str,
    bulk: Bulk,
    /// `[[fault]]` without its head, separated by `;`.
    faults: &'static str,
    then: Then,
    /// How many came to which end; empty where chance decides.
    ends: &'static [(Outcome, usize)],
}

const fn script(
    name: &'static str,
    bulk: Bulk,
    faults: &'static str,
    then: Then,
    ends: &'static [(Outcome, usize)],
) -> Script {
    Script {
        name,
        bulk,
        faults,
        then,
        ends,
    }
}

#[rustfmt::skip]
const SCRIPTS: &[Script] = {
    use Outcome::{Denied, Expired, Partial, Skipped, Succeeded, Refused, Throttled, Unknown};
    use Then::{Cancels, Leaves, Waits};
    &[
        script("denied from the middle on", Bulk::Stop, "kind='deny' operation='StopInstances' skip=10", Waits, &[(Succeeded, 10), (Denied, 10)]),
        script("denied until the middle", Bulk::Stop, "kind='deny' operation='StopInstances' times=7", Waits, &[(Denied, 7), (Succeeded, 13)]),
        script("credentials expire in the middle", Bulk::Notebooks, "kind='expired-token' service='sagemaker' operation='Stop*' skip=8", Waits, &[(Succeeded, 8), (Expired, 12)]),
        script("and for looking too", Bulk::Stop, "kind='expired-token' service='ec2' skip=9 times=40", Waits, &[]),
        script("throttled at first", Bulk::Stop, "kind='throttle' operation='StopInstances' times=10", Waits, &[(Succeeded, 20)]),
        script("throttled for ever, one row", Bulk::Stop, "kind='throttle' operation='StopInstances' resource='worker-3'", Waits, &[(Succeeded, 19), (Throttled, 1)]),
        script("looks are throttled", Bulk::Notebooks, "kind='throttle' operation='DescribeNotebookInstance' every-nth=3", Waits, &[]),
        script("a bad minute before the effect", Bulk::Stop, "kind='status-500' operation='StopInstances' skip=5 times=4", Waits, &[(Succeeded, 16), (Unknown, 4)]),
        script("a bad minute after the effect", Bulk::Stop, "kind='status-500-after' operation='StopInstances' skip=5 times=4", Waits, &[(Succeeded, 20)]),
        script("broken answers to what answers nothing", Bulk::Notebooks, "kind='broken-body' operation='StopNotebookInstance' times=5", Waits, &[(Succeeded, 15), (Unknown, 5)]),
        script("broken answers after the effect", Bulk::Notebooks, "kind='broken-body-after' operation='StopNotebookInstance' times=5", Waits, &[(Succeeded, 20)]),
        script("resets before", Bulk::Terminate, "kind='reset' operation='TerminateInstances' every-nth=5", Waits, &[(Succeeded, 16), (Unknown, 4)]),
        script("resets after", Bulk::Terminate, "kind='reset-after' operation='TerminateInstances' every-nth=5", Waits, &[(Succeeded, 20)]),
        script("hangs before, four rows", Bulk::Stop, "kind='timeout-before' operation='StopInstances' times=4", Waits, &[(Succeeded, 16), (Unknown, 4)]),
        script("hangs after, four rows", Bulk::Stop, "kind='timeout-after' operation='StopInstances' times=4", Waits, &[(Succeeded, 20)]),
        script("slow, and done", Bulk::Notebooks, "kind='slow' delay='700ms' operation='StopNotebookInstance' region='us-east-1'", Waits, &[(Succeeded, 20)]),
        script("another region's trouble", Bulk::Stop, "kind='deny' operation='StopInstances' resource='worker-1';kind='deny' operation='StopInstances' resource='nobody-*'", Waits, &[(Succeeded, 19), (Denied, 1)]),
        script("gone before the look", Bulk::Stop, "kind='gone' service='ec2' resource='worker-1?'", Waits, &[(Succeeded, 10), (Skipped, 10)]),
        script("gone between look and call", Bulk::Notebooks, "kind='gone' operation='StopNotebookInstance' resource='book-2'", Waits, &[(Succeeded, 19), (Refused, 1)]),
        script("a tag set, none taken away", Bulk::Tags, "kind='deny' operation='DeleteTags' resource='worker-1*'", Waits, &[(Succeeded, 9), (Partial, 11)]),
        script("neither set nor taken away", Bulk::BookTags, "kind='deny' operation='AddTags' skip=15", Waits, &[(Succeeded, 15), (Denied, 5)]),
        script("set, and taking away hangs up", Bulk::BookTags, "kind='reset' operation='DeleteTags' times=3", Waits, &[(Succeeded, 17), (Partial, 3)]),
        script("a target without its actions", Bulk::Hours, "kind='deny' operation='PutScheduledAction'", Waits, &[(Partial, 6)]),
        script("one action of two", Bulk::Hours, "kind='deny' operation='PutScheduledAction' resource='rank-1' skip=1;kind='status-500-after' operation='PutScheduledAction' resource='rank-2' skip=1", Waits, &[(Succeeded, 5), (Partial, 1)]),
        script("no target", Bulk::Hours, "kind='deny' operation='RegisterScalableTarget' resource='rank-1';kind='reset-after' operation='RegisterScalableTarget' resource='rank-2'", Waits, &[]),
        script("scaled, and silent", Bulk::Scale, "kind='timeout-after' operation='UpdateEndpointWeightsAndCapacities' times=2;kind='status-500' operation='UpdateEndpointWeightsAndCapacities' times=1", Waits, &[(Succeeded, 5), (Unknown, 1)]),
        script("deleted, and broken", Bulk::Delete, "kind='broken-body-after' operation='DeleteEndpoint'", Waits, &[(Succeeded, 1)]),
        script("deleted, not so", Bulk::Delete, "kind='broken-body' operation='DeleteEndpoint'", Waits, &[(Unknown, 1)]),
        script("cancelled while slow", Bulk::Stop, "kind='slow' delay='400ms' operation='StopInstances'", Cancels(3), &[]),
        script("cancelled while throttled", Bulk::Stop, "kind='throttle' operation='StopInstances' skip=4", Cancels(1), &[]),
        script("left while slow", Bulk::Notebooks, "kind='slow' delay='400ms' operation='StopNotebookInstance'", Leaves(3), &[]),
        script("left while it hangs", Bulk::Stop, "kind='timeout-after' operation='StopInstances' skip=4", Leaves(2), &[]),
        script("left while throttled", Bulk::Stop, "kind='throttle' operation='StopInstances' skip=4", Leaves(1), &[]),
        script("a timeline", Bulk::Stop, "kind='status-500' service='ec2' operation='Stop*' from='+1s' until='+3s';kind='throttle' service='ec2' operation='Describe*' from='+1s' until='+3s' every-nth=2", Waits, &[]),
    ]
};

/// Plays it; what is wrong afterwards.
async fn play(script: &Script) -> Vec<String> {
    let mut bench = Bench::new(&twenty()).await;
    let (pane, names) = script.bulk.rows();
    let mut known = bench.rows(pane).await;
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
        bench.mock.now(),
    )
    .unwrap()
    {
        bench.mock.add_fault(rule);
    }
    let plan = bench.begin(&script.bulk.ask(), &rows.iter().collect::<Vec<_>>());
    match script.then {
        Then::Waits => bench.ends(names.len()).await,
        Then::Cancels(after) => {
            bench.ends(after).await;
            bench.engine.as_ref().unwrap().cancel(&plan);
            bench.ends(names.len() - after).await;
        }
        Then::Leaves(after) => bench.ends(after).await,
    }
    bench.leave().await;
    let left = matches!(script.then, Then::Leaves(_));
    let mut wrong = bench.judge(&names, left);
    let mut ends = BTreeMap::<&str, usize>::new();
    let stories = bench.stories();
    for (_, class) in stories.values() {
        *ends.entry(class.map_or("open", Outcome::id)).or_default() += 1;
    }
    let wanted: BTreeMap<&str, usize> = script
        .ends
        .iter()
        .map(|(class, count)| (class.id(), *count))
        .collect();
    if !wanted.is_empty() && wanted != ends {
        wrong.push(format!("{ends:?} and not {wanted:?}: {stories:#?}"));
    }
    if matches!(script.then, Then::Cancels(_))
        && ends
            .get(Outcome::Skipped.id())
            .is_none_or(|left_out| *left_out < 5)
    {
        wrong.push(format!("hardly anything was left out: {ends:?}"));
    }
    for line in bench.lines() {
        let note = line.detail.as_deref().unwrap_or_default();
        if line.outcome == Some(Outcome::Partial)
            && !note.contains("tags were added, then: ")
            && !note.contains("the target was registered and ")
        {
            wrong.push(format!("{} does not say what was done: {note}", line.name));
        }
    }
    bench.mock.stop().await;
    wrong
        .into_iter()
        .map(|what| format!("{}: {what}", script.name))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_is_truthful_under_every_fault_script() {
    let played = stream::iter(SCRIPTS.iter().map(play))
        .buffer_unordered(8)
        .collect::<Vec<_>>()
        .await;
    let wrong: Vec<String> = played.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
