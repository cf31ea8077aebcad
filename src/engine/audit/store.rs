//! What the journal needs of the place it is kept in: a few files, a lock, a head, and who is
//! alive.
//!
//! A seam: [`super::disk`] is the real one.

use std::{any::Any, fmt, io};

/// Held until dropped.
pub(in crate::engine) struct Guard(
    #[expect(dead_code, reason = "held for what its drop does")] pub(super) Box<dyn Any + Send>,
);

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

/// A place that a journal is kept in.
pub(super) trait Store: Send + fmt::Debug {
    /// Nobody else writes while the guard is held.
    fn lock(&self) -> io::Result<Guard>;
    /// The names of its files, oldest first; the one that is appended to is last, and is there even
    /// while it has no file yet.
    fn files(&self) -> io::Result<Vec<String>>;
    /// All of a file; nothing, if it is not there.
    fn read(&self, file: &str) -> io::Result<Vec<u8>>;
    /// How long the file is that is appended to.
    fn length(&self) -> io::Result<u64>;
    /// Appends to the last file in one write. On disk it is after [`Store::sync`].
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Waits until what was appended is on disk.
    fn sync(&mut self) -> io::Result<()>;
    /// The number that a file that was put away bears: that of its last line.
    fn number(&self, file: &str) -> Option<u64>;
    /// What the head is called.
    fn head_name(&self) -> String;
    /// Files that are not as this program makes them, readable for others, say: their names, and
    /// what is odd.
    fn oddities(&self) -> io::Result<Vec<(String, String)>>;
    /// The head, if there is one.
    fn head(&self) -> io::Result<Option<Vec<u8>>>;
    /// Replaces the head, whole or not at all, and waits until it is on disk.
    fn set_head(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Puts the last file away under the number of its last line.
    fn rotate(&mut self, seq: u64) -> io::Result<()>;
    /// Takes `name` until the guard is dropped or the program ends, however it ends. `None` while
    /// somebody has it. Only while [`Store::lock`] is held, or for a name that is never cleared
    /// away.
    fn claim(&mut self, name: &str) -> io::Result<Option<Guard>>;
    /// Whether somebody has taken `name` and still lives.
    fn is_claimed(&self, name: &str) -> io::Result<bool>;
    /// Clears away what consoles left behind that are no longer alive. Only while [`Store::lock`]
    /// is held.
    fn tidy(&mut self) -> io::Result<()>;
}
