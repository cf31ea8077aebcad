//! The audit journal: one JSON line for every intent and every result, on disk before the call it tells of.
//!
//! Append-only, mode 0600. Holds names, requests and AWS's own words; must never hold a credential. Must not know
//! how an action is carried out.

use crate::domain::{Fault, FaultKind, Plan, Stamp, Step, Tags, Target, Verb, Want, verb::Look};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The form of a line; a reader refuses a number it does not know.
const VERSION: u8 = 1;

/// The journal of this machine's user.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    by: Arc<str>,
    file: Mutex<Option<File>>,
}

/// One line. Money in US dollars per hour, moments RFC 3339 UTC.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    version: u8,
    at: String,
    plan: String,
    by: String,
    /// `intent`, or the result: `accepted`, `settled`, `drifted`, `cancelled`, `refused`, `unknown`, `unsettled`.
    step: &'static str,
    verb: &'static str,
    profile: String,
    account: String,
    region: String,
    kind: &'static str,
    id: String,
    name: String,
    requests: Vec<String>,
    /// The resource before the call, as far as the action touches it: what an undo needs.
    before: Before,
    want: String,
    saves_usd_per_hour: Option<f64>,
    /// Why, when it did not go as wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Before {
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desired: Option<u32>,
    /// The touched tags; null where a tag was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<BTreeMap<String, Option<String>>>,
}

impl Journal {
    /// The journal at `path`, written in the name of `by`. Nothing is opened before the first line.
    pub fn at(path: impl Into<PathBuf>, by: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), by: by.into(), file: Mutex::new(None) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The line for `step` of `target`, a part of `plan`.
    pub fn entry(&self, plan: &Plan, target: &Target, step: &Step, at: Stamp) -> Entry {
        Entry {
            version: VERSION,
            at: at.to_string(),
            plan: plan.id.to_string(),
            by: self.by.to_string(),
            step: word(step),
            verb: plan.verb.id(),
            profile: target.profile.to_string(),
            account: target.key.account.to_string(),
            region: target.key.region.to_string(),
            kind: target.key.kind.0,
            id: target.key.id.to_string(),
            name: target.name.to_string(),
            requests: target.call.requests(),
            before: before(plan.verb, &target.seen, &target.want),
            want: wanted(&target.want),
            saves_usd_per_hour: target.saves.map(|rate| rate.0),
            note: note(step),
        }
    }

    /// Appends `entry` and waits until it is on disk. The fault says why an action must not be made.
    pub async fn write(self: &Arc<Self>, entry: Entry) -> Result<(), Fault> {
        let journal = self.clone();
        let written = tokio::task::spawn_blocking(move || journal.append(&entry)).await;
        let failed = match written {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        let path = self.path.display();
        Err(Fault::new(FaultKind::Refused, "spendtop:journal", format!("{path} cannot be written: {failed}; nothing is done unrecorded")))
    }

    fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match slot.take() {
            Some(file) => file,
            None => open(&self.path)?,
        };
        // One write a line: lines of several consoles do not mix. A failed file is opened anew the next time.
        file.write_all(&line)?;
        file.sync_data()?;
        *slot = Some(file);
        Ok(())
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    // A file from elsewhere may be more open than ours.
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().append(true).create(true).open(path)
}

fn word(step: &Step) -> &'static str {
    match step {
        Step::Journalled | Step::Calling => "intent",
        Step::Accepted => "accepted",
        Step::Settled => "settled",
        Step::Drifted(_) => "drifted",
        Step::Cancelled => "cancelled",
        Step::Refused(_) => "refused",
        Step::Unknown(_) => "unknown",
        Step::Unsettled(_) => "unsettled",
    }
}

fn note(step: &Step) -> Option<String> {
    match step {
        Step::Drifted(why) | Step::Unsettled(why) => Some(why.to_string()),
        Step::Refused(fault) | Step::Unknown(fault) => Some(fault.to_string()),
        Step::Journalled | Step::Calling | Step::Accepted | Step::Settled | Step::Cancelled => None,
    }
}

fn wanted(want: &Want) -> String {
    match want {
        Want::Stopped => "stopped".to_owned(),
        Want::Running => "running".to_owned(),
        Want::Count(count) => format!("count {count}"),
        Want::Gone => "gone".to_owned(),
        Want::Timed(timed) => {
            let one = |timed: &crate::domain::verb::Timed| format!("{} {} {}-{}", timed.name, timed.cron, timed.least, timed.most);
            timed.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Want::Tags { set, remove } => {
            let set = set.iter().map(|(key, value)| format!("+{key}={value}"));
            set.chain(remove.iter().map(|key| format!("-{key}"))).collect::<Vec<_>>().join(" ")
        }
    }
}

fn before(verb: Verb, seen: &Look, want: &Want) -> Before {
    let (count, desired) = if verb == Verb::Scale { (seen.count, seen.desired) } else { (None, None) };
    let tags = match (want, &seen.tags) {
        (Want::Tags { set, remove }, Some(tags)) => Some(touched(tags, set, remove)),
        _ => None,
    };
    Before { state: seen.state.name.to_string(), count, desired, tags }
}

fn touched(tags: &Tags, set: &Tags, remove: &[String]) -> BTreeMap<String, Option<String>> {
    set.keys().chain(remove).map(|key| (key.clone(), tags.get(key).cloned())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{plan_to_stop, stamp};
    use super::*;

    #[tokio::test]
    async fn a_line_is_appended_for_its_owner_only_and_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/journal.jsonl");
        let journal = Arc::new(Journal::at(&path, "ana"));
        let plan = plan_to_stop(&["i-1"]);
        for step in [Step::Journalled, Step::Drifted("state was running, is now stopped".into())] {
            journal.write(journal.entry(&plan, &plan.targets[0], &step, stamp())).await.unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["step"], "intent");
        assert_eq!(lines[0]["by"], "ana");
        assert_eq!(lines[0]["requests"][0], "ec2:StopInstances InstanceIds=[i-1]");
        assert_eq!(lines[0]["before"]["state"], "running");
        assert_eq!(lines[1]["step"], "drifted");
        assert_eq!(lines[1]["note"], "state was running, is now stopped");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn a_journal_that_cannot_be_written_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let in_the_way = folder.path().join("file");
        fs::write(&in_the_way, "").unwrap();
        let journal = Arc::new(Journal::at(in_the_way.join("journal.jsonl"), "ana"));
        let plan = plan_to_stop(&["i-1"]);
        let fault = journal.write(journal.entry(&plan, &plan.targets[0], &Step::Journalled, stamp())).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused);
        assert!(fault.message.contains("nothing is done unrecorded"), "{fault}");
    }
}
