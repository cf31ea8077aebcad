//! Appends an entry after the last one on disk, whichever session wrote it, and after whatever an
//! interrupted write left.

use super::{
    chain::{self, ChainHead},
    disk::{DiskStore, LockGuard, SESSION},
    unresolved,
};
use crate::domain::audit::AuditEntry;
use std::{io, sync::Arc};

/// A file of this length is rotated before the next entry.
pub(super) const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// The writer of one session.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) store: DiskStore,
    pub(super) session_id: Arc<str>,
    /// Shows other sessions that this one runs; claimed before the first entry.
    session_lock: Option<LockGuard>,
    /// The chain after this session's last entry, and the length of the file then.
    cached_end: Option<(ChainHead, u64)>,
    pub(super) max_file_bytes: u64,
}

/// The position of the next entry.
#[derive(Debug, Default)]
struct AppendPosition {
    /// The last entry; `None` before the first one.
    head: Option<ChainHead>,
    /// Unreadable bytes after the last entry.
    strays: Vec<u8>,
    /// The file does not end with a newline.
    lacks_newline: bool,
    /// The integrity error of the head, if it has one.
    integrity_error: Option<&'static str>,
}

impl Writer {
    pub(super) fn new(store: DiskStore, session_id: Arc<str>) -> Self {
        Self {
            store,
            session_id,
            session_lock: None,
            cached_end: None,
            max_file_bytes: MAX_FILE_BYTES,
        }
    }

    /// Appends `entry` to the chain, and waits until entry and head are on disk.
    pub(super) fn append(&mut self, mut entry: AuditEntry) -> io::Result<()> {
        let _lock = self.store.lock()?;
        self.claim_session()?;
        let end = self.find_end()?;
        let is_clean = end.strays.is_empty() && !end.lacks_newline;
        if self.store.length()? >= self.max_file_bytes && is_clean {
            let found = unresolved::find(&self.store)?;
            entry.unresolved = Some(found.intents.iter().map(|intent| intent.seq).collect());
            self.store
                .rotate(end.head.as_ref().map_or(0, |head| head.seq))?;
        }
        if end.head.is_none() && self.store.head()?.is_none() {
            // The head precedes the first entry, so that a missing head is a violation.
            let head = ChainHead {
                seq: 0,
                hash: String::new(),
            };
            self.store.set_head(&head.to_bytes()?)?;
        }
        let (seq, prev) = end
            .head
            .map_or((0, String::new()), |head| (head.seq, head.hash));
        let next = seq
            .checked_add(1)
            .ok_or_else(|| io::Error::other("the last entry has the highest number there is"))?;
        (entry.seq, entry.prev) = (next, prev);
        entry.session_id = Some(self.session_id.clone());
        entry.truncated_sha256 = (!end.strays.is_empty())
            .then(|| chain::digest([end.strays.strip_suffix(b"\n").unwrap_or(&end.strays)]));
        entry.integrity_error = end.integrity_error.map(str::to_owned);
        let (sealed, head) = chain::seal(entry)?;
        let mut bytes = Vec::with_capacity(sealed.len() + 2);
        if end.lacks_newline {
            bytes.push(b'\n');
        }
        bytes.extend(sealed);
        bytes.push(b'\n');
        self.cached_end = None;
        self.store.append(&bytes)?;
        self.store.sync()?;
        self.store.set_head(&head.to_bytes()?)?;
        self.cached_end = Some((head, self.store.length()?));
        Ok(())
    }

    /// Claims the session's name, before its first entry.
    fn claim_session(&mut self) -> io::Result<()> {
        if self.session_lock.is_none() {
            self.store.remove_stale_claims()?;
            self.session_lock = self.store.claim(&session_claim(&self.session_id))?;
        }
        if self.session_lock.is_some() {
            Ok(())
        } else {
            Err(io::Error::other("another session has the same id"))
        }
    }

    fn find_end(&mut self) -> io::Result<AppendPosition> {
        let bytes = self.store.head()?;
        let head = bytes.as_deref().and_then(ChainHead::parse);
        if let (Some((cached, length)), Some(head)) = (&self.cached_end, &head)
            && head == cached
            && self.store.length()? == *length
        {
            return Ok(AppendPosition {
                head: Some(cached.clone()),
                ..AppendPosition::default()
            });
        }
        let mut end = self.read_end()?;
        match (&end.head, head) {
            // A crash came between the entry and its head: the head catches up now, so that it is
            // never more than one entry behind.
            (Some(last), Some(head)) if head.seq < last.seq => {
                self.store.set_head(&last.to_bytes()?)?;
                end.integrity_error =
                    (head.seq + 1 < last.seq).then_some("the head pointed at an older entry");
            }
            (None, Some(head)) if head.seq == 0 => {}
            // Last entries were removed or altered: the chain continues from the head, so that the
            // violation stays visible.
            (_, Some(head)) => end.head = Some(head),
            (Some(_), None) => {
                end.integrity_error = Some(if bytes.is_some() {
                    "the head was unreadable"
                } else {
                    "the head was missing"
                });
            }
            (None, None) => {}
        }
        Ok(end)
    }

    /// The end of the chain by the files alone.
    fn read_end(&self) -> io::Result<AppendPosition> {
        // Files without an entry, newest first. Only the newest of all may lack its last newline.
        let mut skipped: Vec<Vec<u8>> = Vec::new();
        let mut lacks_newline = None;
        let mut head = None;
        for name in self.store.files()?.iter().rev() {
            let bytes = self.store.read(name)?;
            lacks_newline.get_or_insert(bytes.last().is_some_and(|byte| *byte != b'\n'));
            if let Some(tail) = chain::find_tail(&bytes) {
                head = Some(tail.link.head());
                skipped.push(tail.strays);
                break;
            }
            skipped.push(bytes);
        }
        Ok(AppendPosition {
            head,
            strays: skipped.into_iter().rev().flatten().collect(),
            lacks_newline: lacks_newline.unwrap_or_default(),
            integrity_error: None,
        })
    }
}

/// The name that a running session claims.
pub(super) fn session_claim(session_id: &str) -> String {
    format!("{SESSION}{session_id}")
}
