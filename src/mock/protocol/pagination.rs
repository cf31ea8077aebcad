//! Pagination: opaque tokens that hold a position and identify the request they belong to.
//!
//! Tokens are stateless. They name the last item of a page, so a list that changes between pages
//! neither repeats nor skips the items that remain.

use super::{Failure, Value};
use std::fmt::Write as _;

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The token of the next page, unless this is the last.
    pub next: Option<String>,
}

/// One page of `items`, whose order must be stable. `request` is the operation and its input; the
/// members in `paging` (the token and the page size) may differ from page to page, nothing else
/// may.
pub fn paginate<T>(
    items: Vec<T>,
    size: usize,
    token: Option<&str>,
    request: (&str, &Value),
    paging: &[&str],
    id: impl Fn(&T) -> String,
) -> Result<Page<T>, Failure> {
    let request_hash = fingerprint(request, paging);
    let start = match token {
        None => 0,
        Some(token) => {
            let (place, last) = decode_token(token, request_hash).ok_or(Failure::BadToken)?;
            items
                .iter()
                .position(|item| id(item) == last)
                .map_or(place.min(items.len()), |found| found + 1)
        }
    };
    let end = start.saturating_add(size.max(1)).min(items.len());
    let more = end < items.len();
    let items: Vec<T> = items.into_iter().take(end).skip(start).collect();
    let next = items
        .last()
        .filter(|_| more)
        .map(|last| encode_token(end, &id(last), request_hash));
    Ok(Page { items, next })
}

/// FNV-1a.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn fingerprint((operation, input): (&str, &Value), paging: &[&str]) -> u64 {
    let mut text = operation.to_owned();
    if let Value::Map(members) = input {
        let mut kept: Vec<_> = members
            .iter()
            .filter(|(name, value)| !paging.contains(&name.as_ref()) && *value != Value::Null)
            .collect();
        kept.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, value) in kept {
            let _ = write!(text, "\u{0}{name}={}", value.show());
        }
    }
    hash(0xcbf2_9ce4_8422_2325, text.as_bytes())
}

/// Hexadecimal of a masked `place:last`, behind a checksum over it and the request.
fn encode_token(place: usize, last: &str, request_hash: u64) -> String {
    let inside = format!("{place}:{last}");
    let mut token = format!("{:016x}", hash(request_hash, inside.as_bytes()));
    for (byte, mask) in inside.bytes().zip(mask(request_hash)) {
        let _ = write!(token, "{:02x}", byte ^ mask);
    }
    token
}

fn decode_token(token: &str, request_hash: u64) -> Option<(usize, String)> {
    let (sum, inside) = token.split_at_checked(16)?;
    let sum = u64::from_str_radix(sum, 16).ok()?;
    let digits: Vec<u8> = inside
        .chars()
        .map(|digit| digit.to_digit(16).map(|n| n as u8))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .zip(mask(request_hash))
        .map(|(pair, mask)| pair.iter().fold(0, |byte, n| byte << 4 | n) ^ mask)
        .collect();
    let inside = String::from_utf8(bytes).ok()?;
    if hash(request_hash, inside.as_bytes()) != sum {
        return None;
    }
    let (place, last) = inside.split_once(':')?;
    Some((place.parse().ok()?, last.to_owned()))
}

fn mask(request_hash: u64) -> impl Iterator<Item = u8> {
    (0_u64..).map(move |place| {
        (request_hash.rotate_left((place * 7 % 64) as u32) ^ place.wrapping_mul(0x9e37)) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::super::value::fields;
    use super::*;
    use proptest::prelude::*;

    fn pages(items: &[u32], size: usize) -> Vec<Vec<u32>> {
        let input = fields! { "Filter": "x" };
        let mut token: Option<String> = None;
        let mut all = Vec::new();
        loop {
            let page = paginate(
                items.to_vec(),
                size,
                token.as_deref(),
                ("List", &input),
                &["NextToken"],
                u32::to_string,
            )
            .unwrap();
            all.push(page.items);
            token = page.next;
            if token.is_none() {
                return all;
            }
        }
    }

    proptest! {
        #[test]
        fn pages_hold_every_item_once(count in 0_u32..60, size in 1_usize..20) {
            let items: Vec<u32> = (0..count).collect();
            let pages = pages(&items, size);
            prop_assert!(pages.iter().all(|page| page.len() <= size));
            prop_assert_eq!(pages.concat(), items);
        }

        #[test]
        fn foreign_text_is_not_a_token(text in any::<String>()) {
            let input = Value::EMPTY;
            let page = paginate(vec![1], 1, Some(&text), ("List", &input), &[], i32::to_string);
            prop_assert_eq!(page, Err(Failure::BadToken));
        }
    }

    #[test]
    fn token_is_valid_only_for_its_request() {
        let paging = ["NextToken", "MaxResults"];
        let first = fields! { "Filter": "x", "MaxResults": 1_u32 };
        let page = paginate(
            vec![1, 2, 3],
            1,
            None,
            ("List", &first),
            &paging,
            i32::to_string,
        )
        .unwrap();
        let token = page.next.unwrap();
        let cut_with = |operation: &str, input: &Value| {
            paginate(
                vec![1, 2, 3],
                2,
                Some(&token),
                (operation, input),
                &paging,
                i32::to_string,
            )
        };
        let larger = fields! { "MaxResults": 2_u32, "NextToken": token.clone(), "Filter": "x" };
        assert_eq!(cut_with("List", &larger).unwrap().items, [2, 3]);
        assert_eq!(
            cut_with("List", &fields! { "Filter": "y" }),
            Err(Failure::BadToken)
        );
        assert_eq!(cut_with("Other", &larger), Err(Failure::BadToken));
    }

    #[test]
    fn a_changed_list_continues_after_the_last_item() {
        let input = Value::EMPTY;
        let go = |items: Vec<i32>, token: Option<&str>| {
            paginate(items, 2, token, ("L", &input), &[], i32::to_string).unwrap()
        };
        let token = go(vec![1, 2, 3, 4], None).next.unwrap();
        assert_eq!(go(vec![0, 1, 2, 3, 4], Some(&token)).items, [3, 4]);
        assert_eq!(go(vec![1, 3, 4, 5], Some(&token)).items, [4, 5]);
    }
}
