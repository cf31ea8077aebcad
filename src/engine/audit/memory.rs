//! A journal's place in memory, for tests: quick, and a machine that can lose its power in the
//! middle of a write.
//!
//! Must not be built into the program.

use super::{
    Journal,
    reader::{self, LocatedEntry},
    store::{Guard, Store},
    verify::{self, VerifyReport},
};
use crate::domain::audit::AuditEntry;
use std::{
    collections::BTreeSet,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
};

/// What outlives a console.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
pub struct Kept {
    /// Files that were put away, and the one that is appended to.
    pub away: Vec<(u64, Vec<u8>)>,
    pub file: Vec<u8>,
    pub head: Option<Vec<u8>>,
    /// So many bytes of the file are on disk.
    synced: usize,
    claims: BTreeSet<String>,
    /// So many more bytes or heads can be written until the power is gone; a head counts as one
    /// byte.
    pub power: Option<usize>,
}

impl MemoryStore {
    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap()
    }

    /// A new console's journal here.
    pub fn journal(&self) -> Arc<Journal> {
        Arc::new(Journal::over(
            PathBuf::from("journal.jsonl"),
            "ana",
            Box::new(self.clone()),
            false,
        ))
    }

    pub fn entries(&self) -> Vec<LocatedEntry> {
        reader::of_store(self).unwrap()
    }

    /// The lines that are on disk from byte `from` of the file on, and where they end. Nothing, of
    /// a file that got shorter.
    pub fn on_disk_since(&self, from: usize) -> (Vec<AuditEntry>, usize) {
        let kept = self.kept();
        let bytes = kept.file.get(from..kept.synced).unwrap_or_default();
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |place| place + 1);
        let lines = reader::split(&bytes[..whole])
            .filter_map(|line| reader::parse(line).ok())
            .collect();
        (lines, from + whole)
    }

    pub fn verdict(&self) -> VerifyReport {
        verify::of_store(self).unwrap()
    }
}

impl Kept {
    /// Of `wanted` bytes, as many as the power lasts for.
    fn draw(&mut self, wanted: usize) -> usize {
        let Some(power) = &mut self.power else {
            return wanted;
        };
        let drawn = wanted.min(*power);
        *power -= drawn;
        drawn
    }
}

fn dark() -> io::Error {
    io::Error::other("the power is gone")
}

impl Store for MemoryStore {
    fn lock(&self) -> io::Result<Guard> {
        Ok(Guard(Box::new(())))
    }
    fn files(&self) -> io::Result<Vec<String>> {
        let away = self
            .kept()
            .away
            .iter()
            .map(|(seq, _)| format!("journal-{seq}.jsonl"))
            .collect::<Vec<_>>();
        Ok(away
            .into_iter()
            .chain(["journal.jsonl".to_owned()])
            .collect())
    }
    fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        let kept = self.kept();
        let away = kept
            .away
            .iter()
            .find(|(seq, _)| format!("journal-{seq}.jsonl") == file);
        Ok(away.map_or(&kept.file, |(_, bytes)| bytes).clone())
    }
    fn length(&self) -> io::Result<u64> {
        Ok(self.kept().file.len() as u64)
    }
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut kept = self.kept();
        let drawn = kept.draw(bytes.len());
        kept.file.extend(&bytes[..drawn]);
        if drawn == bytes.len() {
            Ok(())
        } else {
            Err(dark())
        }
    }
    fn sync(&mut self) -> io::Result<()> {
        let mut kept = self.kept();
        kept.synced = kept.file.len();
        Ok(())
    }
    fn number(&self, file: &str) -> Option<u64> {
        file.strip_prefix("journal-")?
            .strip_suffix(".jsonl")?
            .parse()
            .ok()
    }
    fn head_name(&self) -> String {
        "journal.head".to_owned()
    }
    fn oddities(&self) -> io::Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }
    fn head(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.kept().head.clone())
    }
    fn set_head(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut kept = self.kept();
        if kept.draw(1) == 0 {
            return Err(dark());
        }
        kept.head = Some(bytes.to_vec());
        Ok(())
    }
    fn rotate(&mut self, seq: u64) -> io::Result<()> {
        let mut kept = self.kept();
        let file = std::mem::take(&mut kept.file);
        kept.synced = 0;
        kept.away.push((seq, file));
        Ok(())
    }
    fn claim(&mut self, name: &str) -> io::Result<Option<Guard>> {
        let new = self.kept().claims.insert(name.to_owned());
        Ok(new.then(|| {
            Guard(Box::new(MemoryLock {
                memory: self.clone(),
                name: name.to_owned(),
            }))
        }))
    }
    fn is_claimed(&self, name: &str) -> io::Result<bool> {
        Ok(self.kept().claims.contains(name))
    }
    fn tidy(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct MemoryLock {
    memory: MemoryStore,
    name: String,
}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.memory.kept().claims.remove(&self.name);
    }
}
