//! The last line in the log of a notebook instance's Jupyter server: the second sign of work, where
//! CloudWatch has no CPU utilisation.
//!
//! Jupyter logs requests, kernel starts and saved files, so a silent log means that nobody uses the
//! notebook. A kernel at work may log nothing.

use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::context::{push_fault, run_bounded},
};
use crate::domain::{
    Fault, FaultKind, Measured, Reason, Timestamp, time::timestamp::seconds_between,
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::{collections::HashMap, sync::Arc};

/// The log group of all notebook instances; a stream is `NAME/jupyter.log` or `NAME/HOOK`
/// (SageMaker Developer Guide, "Log groups and streams that Amazon SageMaker AI sends to Amazon
/// CloudWatch Logs").
const GROUP: &str = "/aws/sagemaker/NotebookInstances";
const SOURCE: &str = "Jupyter log";

/// The result of reading the log of a notebook instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LogReading {
    /// The pane did not request it.
    NotNeeded,
    /// It could not be read this time.
    Failed(Reason),
    /// There is no log, or it may not be read: why.
    Absent(Reason),
    /// The time of its last line.
    Last(Timestamp),
}

impl LogReading {
    /// The time and source of the last activity.
    pub(super) fn last_line(&self) -> Measured<(Timestamp, Arc<str>)> {
        match self {
            Self::NotNeeded => Measured::unknown("its log is not read yet"),
            Self::Failed(why) | Self::Absent(why) => Measured::Unknown(why.clone()),
            Self::Last(at) => Measured::Known((*at, SOURCE.into())),
        }
    }

    /// Whether a request for it failed.
    pub(super) fn is_unread(&self) -> bool {
        matches!(self, Self::Failed(why) | Self::Absent(why) if why.is_unread())
    }

    /// `false` only once it is certain that there is no log to read.
    pub(super) fn may_show_work(&self) -> bool {
        !matches!(self, Self::Absent(_))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Streams {
    log_streams: Option<Vec<Stream>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stream {
    log_stream_name: Option<String>,
    /// Milliseconds since 1970.
    last_event_timestamp: Option<i64>,
}

/// Seconds after which a log is read again. A finding takes hours of silence.
const STALE: f64 = 900.0;

/// The logs as last read, by the name of the notebook instance.
#[derive(Default)]
pub(super) struct LogCache(HashMap<Arc<str>, (Timestamp, LogReading)>);

impl LogCache {
    /// The log readings of the notebook instances with these `names`; all others are forgotten.
    pub(super) async fn last_lines(
        &mut self,
        cx: &Context,
        names: Vec<Arc<str>>,
    ) -> (HashMap<Arc<str>, LogReading>, Vec<Fault>) {
        let now = cx.clock.now();
        let is_known = |name: &Arc<str>, (read, _): &mut (Timestamp, LogReading)| {
            names.contains(name) && seconds_between(*read, now) < STALE
        };
        self.0.retain(is_known);
        let due = names.into_iter().filter(|name| !self.0.contains_key(name));
        let (read, faults) = last_lines(cx, due.collect()).await;
        let mut readings: HashMap<_, _> = self
            .0
            .iter()
            .map(|(name, (_, reading))| (name.clone(), reading.clone()))
            .collect();
        // What could not be read is asked again at the next poll, so that its fault is seen.
        let lasting = read.iter().filter(|(_, reading)| !reading.is_unread());
        let lasting = lasting.map(|(name, reading)| (name.clone(), (now, reading.clone())));
        self.0.extend(lasting);
        readings.extend(read);
        (readings, faults)
    }
}

async fn last_lines(
    cx: &Context,
    names: Vec<Arc<str>>,
) -> (HashMap<Arc<str>, LogReading>, Vec<Fault>) {
    let (mut readings, mut faults) = (HashMap::new(), Vec::new());
    let mut names = names.into_iter();
    let Some(first) = names.next() else {
        return (readings, faults);
    };
    // A group that does not exist, or that may not be read, answers alike for every notebook.
    let answer = last_line(cx, &first).await;
    let barred = answer.as_ref().err().and_then(absence);
    if let Some(why) = barred {
        readings.insert(first, LogReading::Absent(why.clone()));
        readings.extend(names.map(|name| (name, LogReading::Absent(why.clone()))));
        faults.extend(
            answer
                .err()
                .filter(|fault| fault.kind != FaultKind::NotFound),
        );
        return (readings, faults);
    }
    let jobs = names.map(|name| async move {
        let answer = last_line(cx, &name).await;
        (name, answer)
    });
    let mut answers = run_bounded(jobs.collect()).await;
    answers.push((first, answer));
    for (name, answer) in answers {
        let reading = answer.unwrap_or_else(|fault| {
            let failed = || LogReading::Failed(Reason::unread(&fault));
            let reading = absence(&fault).map_or_else(failed, LogReading::Absent);
            push_fault(&mut faults, fault);
            reading
        });
        readings.insert(name, reading);
    }
    (readings, faults)
}

/// Why a failed read means that there is nothing to read, now and later.
fn absence(fault: &Fault) -> Option<Reason> {
    match fault.kind {
        FaultKind::NotFound => Some(Reason::new("no notebook instance writes a log here")),
        FaultKind::Denied | FaultKind::Unavailable => Some(Reason::unread(fault)),
        _ => None,
    }
}

async fn last_line(cx: &Context, name: &str) -> Result<LogReading, Fault> {
    let mut input = Map::new();
    input.insert("logGroupName".to_owned(), json!(GROUP));
    input.insert("logStreamNamePrefix".to_owned(), json!(format!("{name}/")));
    let log = format!("{name}/jupyter.log");
    let mut last = None;
    let read = |page: Streams| {
        let lines = page
            .log_streams
            .into_iter()
            .flatten()
            .filter(|stream| stream.log_stream_name.as_deref() == Some(log.as_str()))
            .filter_map(|stream| stream.last_event_timestamp);
        last = lines.chain(last).max();
    };
    let client = &cx.session.json;
    client
        .read_pages(Api::LogsDescribeLogStreams, input, read)
        .await?;
    let at = last.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    Ok(at.map_or_else(
        || LogReading::Absent(Reason::new("its Jupyter server writes no log")),
        LogReading::Last,
    ))
}
