//! Changes of valid inputs, the same in every run.

/// Words that readers stumble over: limits, other types, characters that act, unfinished quotes.
const WORDS: &[&str] = &[
    "0",
    "-1",
    "1e308",
    "-1e-308",
    "NaN",
    "inf",
    "18446744073709551616",
    "-9223372036854775808",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    "0x7f",
    "1_000",
    "99999999999999h",
    "true",
    "null",
    "\"\"",
    "''",
    "[]",
    "{}",
    "{\"a\":",
    "\"",
    "'''",
    "\\u0000",
    "\u{0}",
    "\u{1b}[2J",
    "\u{9b}",
    "\u{202e}",
    "\u{feff}",
    "e\u{301}\u{301}\u{301}",
    "\u{1f468}\u{200d}\u{1f469}",
    "*",
    "%",
    "../../etc/passwd",
    ",",
    "=",
    "\n",
    "\r\n",
    "# ",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "((((((((((((((((((((((((((((((((",
];

/// A source of changes; a seed reproduces them.
pub(super) struct Mutator(u64);

impl Mutator {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides.max(1)
    }

    /// `text` after one to four changes.
    pub(super) fn bytes(&mut self, text: &[u8]) -> Vec<u8> {
        let mut bytes = text.to_vec();
        for _ in 0..=self.below(4) {
            self.change(&mut bytes);
        }
        bytes
    }

    /// The same as text, with U+FFFD in place of invalid UTF-8.
    pub(super) fn text(&mut self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        match self.below(8) {
            // Another value: most changes, because the others often break the syntax only.
            0..=2 => {
                let (start, end) = word_around(bytes, at);
                let word = WORDS[self.below(WORDS.len())];
                bytes.splice(start..end, word.bytes());
            }
            3 => {
                let word = WORDS[self.below(WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
            4 => {
                let end = (at + self.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + self.below(200)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let times = [1, 3, 200][self.below(3)];
                bytes.splice(at..at, part.repeat(times));
            }
            6 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            _ => self.exchange_lines(bytes),
        }
    }

    fn exchange_lines(&mut self, bytes: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        let (one, other) = (self.below(lines.len()), self.below(lines.len()));
        if !lines.is_empty() {
            lines.swap(one, other);
        }
        *bytes = lines.concat();
    }
}

/// The number, name or value at `at`.
fn word_around(bytes: &[u8], at: usize) -> (usize, usize) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+%$".contains(byte);
    let start = bytes[..at].iter().rev().take_while(|byte| is_word(byte));
    let end = bytes[at..].iter().take_while(|byte| is_word(byte));
    (at - start.count(), at + end.count())
}
