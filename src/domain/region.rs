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
    /// How an account gets it.
    pub opt_in: OptIn,
    /// Geographic scopes of Bedrock's cross-region profiles that may be called from it.
    pub scopes: Vec<&'static str>,
    /// Geographic scopes of Bedrock's cross-region profiles that route requests to it.
    pub destinations: Vec<&'static str>,
    /// The `in-region` rows of the Bedrock token list give its rates.
    pub is_home: bool,
    /// Its name in the price lists: `US East (N. Virginia)`.
    pub location: &'static str,
}

/// How an account gets a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptIn {
    /// Every account has it.
    NotRequired,
    /// The account has to enable it.
    Required,
    /// It belongs to the GovCloud partition.
    GovCloud,
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
