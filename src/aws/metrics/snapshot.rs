//! The store as bytes, so that the next run asks only for what is due.
//!
//! A header, the entries, and the SHA-256 of both. Numbers are little-endian. Of an entry: the
//! query id (16 bytes), the period (u32), when it was asked and from when its interval counts (i64,
//! seconds of Unix time), the places known (two i64), the places needed (i64), the place of the
//! first reading (i64), and the readings (u32 count, f32 each).

use super::{
    entry::{Entry, QueryId, place},
    store::{MetricStore, State},
};
use crate::domain::{Timestamp, UsdPerHour};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

const HEADER: &[u8; 8] = b"spendtm1";
/// Bytes of the checksum.
const SUM: usize = 32;
/// The next run keeps a store of at most so many bytes, some 20,000 queries. It asks everything
/// again where there were more.
pub const MAX_BYTES: usize = 96 * 1024 * 1024;
/// The longest period of a query, seconds: an hour.
const MAX_PERIOD: u32 = 3_600;

impl MetricStore {
    /// The readings of all queries; `None` without one, and where they are too many.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        let state = self.lock();
        let mut bytes = HEADER.to_vec();
        let asked = |entry: &Entry| Some((entry.read?.as_second(), entry.asked?.as_second()));
        for (id, entry) in &state.entries {
            let Some((read, counts_from)) = asked(entry) else {
                continue;
            };
            let (begin, points) = entry.ring.parts();
            bytes.extend_from_slice(&id.0);
            bytes.extend_from_slice(&entry.period.to_le_bytes());
            let known = [entry.known.start, entry.known.end, entry.window, begin];
            for number in [read, counts_from].into_iter().chain(known) {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            let count = u32::try_from(points.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&count.to_le_bytes());
            for point in points {
                bytes.extend_from_slice(&point.to_le_bytes());
            }
        }
        if bytes.len() == HEADER.len() || bytes.len() > MAX_BYTES {
            return None;
        }
        let sum = Sha256::digest(&bytes);
        bytes.extend_from_slice(&sum);
        Some(bytes)
    }

    /// Takes the readings of `bytes`, which [`MetricStore::to_bytes`] made before `now`. Changes
    /// nothing where they are of another version, or damaged.
    pub fn restore(&self, bytes: &[u8], now: Timestamp) -> Result<(), &'static str> {
        let (body, sum) = bytes
            .split_at_checked(bytes.len().saturating_sub(SUM))
            .filter(|(body, _)| body.starts_with(HEADER))
            .ok_or("the metrics file is of another version")?;
        if Sha256::digest(body)[..] != *sum {
            return Err("the metrics file is damaged");
        }
        let mut reader = Reader(&body[HEADER.len()..]);
        let mut entries = HashMap::new();
        while !reader.0.is_empty() {
            let (id, entry) = reader.entry(now).ok_or("the metrics file is damaged")?;
            // Readings of a later time are those of another world, or of a clock that was wrong.
            if entry.read.is_some_and(|read| read <= now) {
                entries.insert(id, entry);
            }
        }
        let state: &mut State = &mut self.lock();
        for (id, entry) in entries {
            state.entries.entry(id).or_insert(entry);
        }
        Ok(())
    }
}

/// The bytes that are not read yet.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<i64> {
        self.take().map(i64::from_le_bytes)
    }

    fn time(&mut self) -> Option<Timestamp> {
        Timestamp::from_second(self.number()?).ok()
    }

    fn entry(&mut self, now: Timestamp) -> Option<(QueryId, Entry)> {
        let id = QueryId(self.take()?);
        let period = u32::from_le_bytes(self.take()?);
        let (read, asked) = (self.time()?, self.time()?);
        let known = self.number()?..self.number()?;
        let (window, begin) = (self.number()?, self.number()?);
        let count = u32::from_le_bytes(self.take()?) as usize;
        if !(60..=MAX_PERIOD).contains(&period) || self.0.len() / 4 < count {
            return None;
        }
        // Readings are where AWS was asked, and AWS was asked about the past.
        let length = i64::try_from(count).ok()?;
        let is_near = |at: i64| (0..=place(now, period) + 1).contains(&at);
        let is_window = (0..=place(now, period)).contains(&window);
        let is_sound = known.start <= known.end && is_near(known.start) && is_near(known.end);
        if !is_sound || !is_window || !is_near(begin) || !is_near(begin.checked_add(length)?) {
            return None;
        }
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            points.push(f32::from_le_bytes(self.take()?));
        }
        // Nobody needed it since it was read: of what is gone nothing stays for ever.
        let mut entry = Entry::new(period, UsdPerHour(0.0), read);
        (entry.known, entry.window) = (known, window);
        (entry.read, entry.asked) = (Some(read), Some(asked));
        entry.ring.set(begin, points);
        Some((id, entry))
    }
}
