//! Appending a line: after the last one on disk, whoever wrote it, and whatever was left of a write
//! that was cut short.

use super::{
    chain::{self, ChainHead},
    store::{Guard, Store},
    unresolved,
};
use crate::domain::audit::AuditEntry;
use std::{io, sync::Arc};

/// What the names of consoles that are alive begin with.
pub(super) const CONSOLE: &str = "console-";
/// A file this long is put away before the next line.
pub(super) const FULL: u64 = 8 * 1024 * 1024;

/// What one console appends with.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) store: Box<dyn Store>,
    pub(super) console: Arc<str>,
    /// Tells the others that this console is alive; taken with the first line.
    alive: Option<Guard>,
    /// Where the chain ended after this console's last line, and how long the file was then.
    known: Option<(ChainHead, u64)>,
    pub(super) full: u64,
}

/// Where the next line goes.
#[derive(Debug, Default)]
struct AppendPosition {
    /// The last line; before the first one, nothing.
    head: Option<ChainHead>,
    /// What `prev` of a first line is.
    before: String,
    /// Unreadable bytes after the last line.
    rest: Vec<u8>,
    /// The file does not end with a newline.
    open: bool,
    /// What is wrong with the head.
    broken: Option<&'static str>,
}

impl Writer {
    pub(super) fn new(store: Box<dyn Store>, console: Arc<str>) -> Self {
        Self {
            store,
            console,
            alive: None,
            known: None,
            full: FULL,
        }
    }

    /// Appends `line` to the chain, and waits until line and head are on disk.
    pub(super) fn append(&mut self, mut line: AuditEntry) -> io::Result<()> {
        let _lock = self.store.lock()?;
        self.live()?;
        let end = self.end()?;
        if self.store.length()? >= self.full && end.rest.is_empty() && !end.open {
            line.left_open = Some(
                unresolved::of_store(self.store.as_ref())?
                    .open
                    .iter()
                    .map(|intent| intent.seq)
                    .collect(),
            );
            self.store
                .rotate(end.head.as_ref().map_or(0, |head| head.seq))?;
        }
        if end.head.is_none() && self.store.head()?.is_none() {
            // From now on there is a head: one that is gone was removed.
            self.store.set_head(
                &ChainHead {
                    seq: 0,
                    hash: String::new(),
                }
                .to_bytes()?,
            )?;
        }
        let (seq, prev) = end
            .head
            .map_or((0, end.before), |head| (head.seq, head.hash));
        line.console = Some(self.console.clone());
        let next = seq.checked_add(1).ok_or_else(|| {
            io::Error::other("the number of its last line is the last number there is")
        })?;
        (line.seq, line.prev) = (next, prev);
        line.torn = (!end.rest.is_empty() && seq > 0)
            .then(|| chain::digest([end.rest.strip_suffix(b"\n").unwrap_or(&end.rest)]));
        line.broken = end.broken.map(str::to_owned);
        let (sealed, head) = chain::seal(line)?;
        let mut bytes = Vec::with_capacity(sealed.len() + 2);
        if end.open {
            bytes.push(b'\n');
        }
        bytes.extend(sealed);
        bytes.push(b'\n');
        self.known = None;
        self.store.append(&bytes)?;
        self.store.sync()?;
        self.store.set_head(&head.to_bytes()?)?;
        self.known = Some((head, self.store.length()?));
        Ok(())
    }

    /// Says that this console is alive, before its first line.
    fn live(&mut self) -> io::Result<()> {
        if self.alive.is_none() {
            self.store.tidy()?;
            self.alive = self.store.claim(&claim(&self.console))?;
        }
        if self.alive.is_some() {
            Ok(())
        } else {
            Err(io::Error::other("another console has this one's name"))
        }
    }

    fn end(&mut self) -> io::Result<AppendPosition> {
        let head = self.store.head()?;
        if let (Some((known, length)), Some(head)) = (&self.known, &head)
            && ChainHead::read(head).as_ref() == Some(known)
            && self.store.length()? == *length
        {
            return Ok(AppendPosition {
                head: Some(known.clone()),
                ..AppendPosition::default()
            });
        }
        let mut end = self.on_disk()?;
        let told = head.as_deref().and_then(ChainHead::read);
        match (&end.head, told) {
            // A crash between the line and its head: the head follows now, so that it is never more
            // than one behind.
            (Some(last), Some(told)) if told.seq < last.seq => {
                self.store.set_head(&last.to_bytes()?)?;
                end.broken = (told.seq + 1 < last.seq).then_some("the head told of an older line");
            }
            (None, Some(told)) if told.seq == 0 => {}
            // Removed or altered lines at the end: the chain goes on from the head, so that it
            // shows for good.
            (_, Some(told)) => end.head = Some(told),
            (Some(_), None) => {
                end.broken = Some(if head.is_some() {
                    "the head could not be read"
                } else {
                    "the head was missing"
                });
            }
            (_, None) => {}
        }
        Ok(end)
    }

    /// The end of the chain as the files have it.
    fn on_disk(&self) -> io::Result<AppendPosition> {
        // Files without a line of the chain, newest first. Only the newest of all may lack its last
        // newline.
        let mut after: Vec<Vec<u8>> = Vec::new();
        let mut open = None;
        for name in self.store.files()?.iter().rev() {
            let bytes = self.store.read(name)?;
            let open = *open.get_or_insert(bytes.last().is_some_and(|byte| *byte != b'\n'));
            if let Some(last) = chain::last(&bytes) {
                let rest = after.iter().rev().fold(last.rest, |mut rest, bytes| {
                    rest.extend(bytes);
                    rest
                });
                return Ok(AppendPosition {
                    head: Some(last.link.head()),
                    rest,
                    open,
                    ..AppendPosition::default()
                });
            }
            after.push(bytes);
        }
        let open = open.unwrap_or_default();
        let before = chain::digest(
            after
                .iter()
                .rev()
                .map(Vec::as_slice)
                .chain(open.then_some(b"\n".as_slice())),
        );
        Ok(AppendPosition {
            before,
            open,
            ..AppendPosition::default()
        })
    }
}

/// The name by which `console` is known to be alive.
pub(super) fn claim(console: &str) -> String {
    format!("{CONSOLE}{console}")
}
