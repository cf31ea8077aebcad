//! The regions of AWS, read from `regions.csv`, the only list of them.
//!
//! The list is part of the domain because prices and the mock both need it and neither imports the
//! other.

use std::sync::LazyLock;

/// A region.
#[derive(Debug)]
pub struct Region {
    /// Its code: `us-east-1`.
    pub code: &'static str,
    /// The short names that usage types of the bill begin with; the one in use today first.
    pub prefixes: Vec<&'static str>,
    /// Whether an account has to enable it.
    pub opt_in: OptIn,
    /// Geographic scopes of Bedrock's cross-region profiles that requests from it may use.
    pub scopes: Vec<&'static str>,
    /// Geographic scopes of Bedrock's cross-region profiles that route requests to it.
    pub destinations: Vec<&'static str>,
    /// The `in-region` rows of the Bedrock token list give its rates.
    pub is_home: bool,
    /// Its name in the price lists: `US East (N. Virginia)`.
    pub location: &'static str,
}

/// The way an account gets a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptIn {
    /// Every account has it.
    NotRequired,
    /// The account has to enable it.
    Required,
    /// It belongs to the GovCloud partition.
    GovCloud,
}

/// All regions that the account has enabled, in place of a region code.
pub const ALL_REGIONS: &str = "all";

/// Checks that `code` has the shape of a region code. The error tells the user what to write.
pub fn check(code: &str) -> Result<(), String> {
    if is_code(code) {
        return Ok(());
    }
    let bare = code.trim().trim_matches(['"', '\'']);
    if is_code(bare) {
        return Err(format!("`{code}` is not a region code: write {bare}"));
    }
    let region = bare.trim_end_matches(|c: char| c.is_ascii_lowercase());
    if is_code(region) && bare.len() == region.len() + 1 {
        return Err(format!("`{code}` is an availability zone: write {region}"));
    }
    let lower = bare.to_lowercase();
    if is_code(&lower) {
        return Err(format!("`{code}` is not a region code: write {lower}"));
    }
    Err(format!(
        "`{code}` is not a region code: expected one like `us-east-1`"
    ))
}

fn is_code(code: &str) -> bool {
    let parts: Vec<&str> = code.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    match parts.split_last() {
        Some((number, words)) => {
            words.len() >= 2 && words.iter().all(is_word) && number.parse::<u8>().is_ok()
        }
        None => false,
    }
}

/// The partition of the region `code`, as ARNs have it (partitions.json of the AWS SDKs).
pub fn partition(code: &str) -> &'static str {
    if code.starts_with("cn-") {
        "aws-cn"
    } else if code.starts_with("us-gov-") {
        "aws-us-gov"
    } else if code.starts_with("eusc-") {
        "aws-eusc"
    } else {
        "aws"
    }
}

/// The region of `code`'s partition that every account has: its STS accepts the credentials of
/// every account.
pub fn default_of_partition(code: &str) -> &'static str {
    match code {
        code if code.starts_with("cn-") => "cn-north-1",
        code if code.starts_with("us-gov-") => "us-gov-west-1",
        code if code.starts_with("eusc-") => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

/// All regions, in the order of the list.
pub fn all() -> &'static [Region] {
    static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
        include_str!("regions.csv")
            .lines()
            .skip(1)
            .filter_map(parse)
            .collect()
    });
    &REGIONS
}

/// The region with this code.
pub fn find(code: &str) -> Option<&'static Region> {
    all().iter().find(|region| region.code == code)
}

/// The region whose usage types begin with `prefix`.
pub fn by_prefix(prefix: &str) -> Option<&'static Region> {
    all()
        .iter()
        .find(|region| region.prefixes.contains(&prefix))
}

fn parse(line: &'static str) -> Option<Region> {
    let mut cells = line.splitn(7, ',');
    let mut cell = || cells.next();
    let words = |cell: &'static str| cell.split_whitespace().collect();
    Some(Region {
        code: cell()?,
        prefixes: words(cell()?),
        opt_in: match cell()? {
            "yes" => OptIn::Required,
            "gov" => OptIn::GovCloud,
            _ => OptIn::NotRequired,
        },
        scopes: words(cell()?),
        destinations: words(cell()?),
        is_home: cell()? == "yes",
        location: cell()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn wrong_region_names_the_right_one() {
        for (code, message) in [
            ("us-east-1", None),
            ("us-gov-west-1", None),
            (
                "eu-west-2a",
                Some("`eu-west-2a` is an availability zone: write eu-west-2"),
            ),
            (
                "\"us-east-1\"",
                Some("`\"us-east-1\"` is not a region code: write us-east-1"),
            ),
            (
                "US-East-1",
                Some("`US-East-1` is not a region code: write us-east-1"),
            ),
            (
                "Ohio",
                Some("`Ohio` is not a region code: expected one like `us-east-1`"),
            ),
            (
                "",
                Some("`` is not a region code: expected one like `us-east-1`"),
            ),
        ] {
            assert_eq!(check(code).err().as_deref(), message, "{code}");
        }
    }

    #[test]
    fn every_region_has_unique_code_and_prefixes() {
        let lines = include_str!("regions.csv").lines().count() - 1;
        assert_eq!(all().len(), lines);
        let codes: BTreeSet<_> = all().iter().map(|region| region.code).collect();
        assert_eq!(codes.len(), lines);
        let prefixes: Vec<_> = all().iter().flat_map(|region| &region.prefixes).collect();
        let unique: BTreeSet<_> = prefixes.iter().collect();
        assert_eq!(unique.len(), prefixes.len());
        assert!(
            all()
                .iter()
                .all(|region| !region.prefixes.is_empty() && !region.location.is_empty())
        );
    }
}
