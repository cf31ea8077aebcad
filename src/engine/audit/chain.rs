//! The chain: a line's bytes and its hash, byte for byte.
//!
//! A line is checked as it stands in the file, not as it reads: one changed byte is another hash.

use crate::domain::audit::AuditEntry;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io;

/// What stands between a line and its hash, and after it.
const BEFORE: &[u8] = b",\"hash\":\"";
const AFTER: &[u8] = b"\"}";
/// What every line begins with.
const START: &[u8] = b"{\"version\":";
/// Hex digits of a hash.
const DIGITS: usize = 64;
const SUFFIX: usize = BEFORE.len() + DIGITS + AFTER.len();

/// A place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChainHead {
    /// The number of the last line.
    pub(super) seq: u64,
    /// Its hash.
    pub(super) hash: String,
}

impl ChainHead {
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// `None` if these are not exactly the bytes that were written.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let head: Self = serde_json::from_slice(bytes).ok()?;
        (head.to_bytes().ok()? == bytes).then_some(head)
    }
}

/// What the chain needs to know of a line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct ChainLink {
    pub(super) seq: u64,
    pub(super) prev: String,
    #[serde(default)]
    pub(super) torn: Option<String>,
    #[serde(default)]
    pub(super) broken: Option<String>,
    pub(super) hash: String,
}

impl ChainLink {
    pub(super) fn head(&self) -> ChainHead {
        ChainHead {
            seq: self.seq,
            hash: self.hash.clone(),
        }
    }
}

/// SHA-256 of `parts`, one after the other, in hex.
pub(super) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    const FIGURES: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                FIGURES[usize::from(byte >> 4)],
                FIGURES[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

/// `line` as it is written, without the newline, and its place in the chain. Its `hash` is set
/// here.
pub(super) fn seal(mut line: AuditEntry) -> io::Result<(Vec<u8>, ChainHead)> {
    // As many digits as a hash has, so that what stands around them is known.
    line.hash = "0".repeat(DIGITS);
    let mut bytes = serde_json::to_vec(&line)?;
    let body = bytes.len() - SUFFIX;
    let hash = digest([&bytes[..body], b"}"]);
    let place = body + BEFORE.len();
    bytes[place..place + DIGITS].copy_from_slice(hash.as_bytes());
    Ok((
        bytes,
        ChainHead {
            seq: line.seq,
            hash,
        },
    ))
}

/// The place in the chain of a line as it stands in a file; `None` if it is not a line of the
/// chain, byte for byte.
pub(super) fn link(bytes: &[u8]) -> Option<ChainLink> {
    let body = bytes.len().checked_sub(SUFFIX)?;
    let (body, suffix) = bytes.split_at(body);
    let digits = suffix.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    (digest([body, b"}"]).as_bytes() == digits).then_some(())?;
    serde_json::from_slice(bytes).ok()
}

/// Whether it looks like a line of the chain, or once did.
pub(super) fn looks_chained(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("\"seq\":") || text.contains("\"prev\":") || text.contains("\"hash\":")
}

/// The number that a line tells that is not, or no longer, one of the chain.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    const NAME: &str = "\"seq\":";
    let text = String::from_utf8_lossy(bytes);
    let rest = &text[text.find(NAME)? + NAME.len()..];
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

/// Whether it is the beginning of a line, as a crash in the middle of a write leaves it.
pub(super) fn looks_torn(bytes: &[u8]) -> bool {
    let begins = bytes.starts_with(START) || (!bytes.is_empty() && START.starts_with(bytes));
    // Read as a value: what only skips numbers takes one that ends behind its point for no number,
    // not for the end.
    begins && serde_json::from_slice::<serde_json::Value>(bytes).is_err_and(|error| error.is_eof())
}

/// What a file's chain ends with.
#[derive(Debug)]
pub(super) struct ChainTail {
    /// The last line of the chain.
    pub(super) link: ChainLink,
    /// The bytes after it, from behind its newline.
    pub(super) rest: Vec<u8>,
}

/// The last line of the chain in a file of these `bytes`.
pub(super) fn last(bytes: &[u8]) -> Option<ChainTail> {
    let mut end = bytes.strip_suffix(b"\n").map_or(bytes.len(), <[u8]>::len);
    loop {
        let start = bytes[..end]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |place| place + 1);
        let line = &bytes[start..end];
        if let Some(link) = link(line.strip_suffix(b"\r").unwrap_or(line)) {
            return Some(ChainTail {
                link,
                rest: bytes.get(end + 1..).unwrap_or_default().to_vec(),
            });
        }
        end = start.checked_sub(1)?;
    }
}
