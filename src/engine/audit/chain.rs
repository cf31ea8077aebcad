//! The hash chain, byte for byte: an entry is checked as it is in the file, not as it parses.

use crate::domain::{audit::AuditEntry, text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io;

/// The bytes before and after the hash, at the end of an entry.
const HASH_KEY: &[u8] = b",\"hash\":\"";
const HASH_END: &[u8] = b"\"}";
/// The first bytes of every entry.
const START: &[u8] = b"{\"version\":";
/// Number of hex digits of a hash.
const HASH_DIGITS: usize = 64;
const SUFFIX: usize = HASH_KEY.len() + HASH_DIGITS + HASH_END.len();

/// A position in the chain, as `journal.head` holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChainHead {
    /// The number of the last entry.
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

    /// `None` unless these are exactly the bytes that were written.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let head: Self = serde_json::from_slice(bytes).ok()?;
        (head.to_bytes().ok()? == bytes).then_some(head)
    }
}

/// The keys of an entry that the chain reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct ChainLink {
    pub(super) seq: u64,
    pub(super) prev: String,
    #[serde(default)]
    pub(super) truncated_sha256: Option<String>,
    #[serde(default)]
    pub(super) integrity_error: Option<String>,
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
    const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                HEX_DIGITS[usize::from(byte >> 4)],
                HEX_DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}

/// `entry` as it is written, without the newline and with its hash, and its position in the chain.
pub(super) fn seal(mut entry: AuditEntry) -> io::Result<(Vec<u8>, ChainHead)> {
    // A placeholder of the same length: the position of the hash is known.
    entry.hash = "0".repeat(HASH_DIGITS);
    // Escapes control characters, so that no name or tag acts on a terminal that prints the file.
    let mut bytes = text::escape_json(&serde_json::to_string(&entry)?).into_bytes();
    let body = bytes.len() - SUFFIX;
    let hash = digest([&bytes[..body], b"}"]);
    let place = body + HASH_KEY.len();
    bytes[place..place + HASH_DIGITS].copy_from_slice(hash.as_bytes());
    Ok((
        bytes,
        ChainHead {
            seq: entry.seq,
            hash,
        },
    ))
}

/// The chain keys of a line; `None` unless its hash matches.
pub(super) fn link(bytes: &[u8]) -> Option<ChainLink> {
    let body = bytes.len().checked_sub(SUFFIX)?;
    let (body, suffix) = bytes.split_at(body);
    let digits = suffix.strip_prefix(HASH_KEY)?.strip_suffix(HASH_END)?;
    (digest([body, b"}"]).as_bytes() == digits).then_some(())?;
    serde_json::from_slice(bytes).ok()
}

/// Whether the line has a key of the chain.
pub(super) fn looks_chained(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("\"seq\":") || text.contains("\"prev\":") || text.contains("\"hash\":")
}

/// The number in a line whose hash does not match.
pub(super) fn number(bytes: &[u8]) -> Option<u64> {
    const KEY: &str = "\"seq\":";
    let text = String::from_utf8_lossy(bytes);
    let rest = &text[text.find(KEY)? + KEY.len()..];
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

/// Whether the line is the start of an entry, as a crash in the middle of a write leaves it.
pub(super) fn looks_truncated(bytes: &[u8]) -> bool {
    let begins = bytes.starts_with(START) || (!bytes.is_empty() && START.starts_with(bytes));
    // Parsed as a value: a parser that skips numbers reports `1.` as an invalid number and not as
    // the end of the input.
    begins && serde_json::from_slice::<serde_json::Value>(bytes).is_err_and(|error| error.is_eof())
}

/// The end of the chain in a file.
#[derive(Debug)]
pub(super) struct ChainTail {
    /// The last entry.
    pub(super) link: ChainLink,
    /// The bytes after its newline.
    pub(super) strays: Vec<u8>,
}

/// The end of the chain in a file; `None` where it has no entry.
pub(super) fn find_tail(bytes: &[u8]) -> Option<ChainTail> {
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
                strays: bytes.get(end + 1..).unwrap_or_default().to_vec(),
            });
        }
        end = start.checked_sub(1)?;
    }
}
