//! Regions as the bill and the rate cards name them.

use crate::domain::region;

/// The region that `usage_type` names by its prefix, and the rest: `USW2-BoxUsage:x` is `us-west-2`
/// and `BoxUsage:x`.
pub(super) fn split_region_prefix(usage_type: &str) -> (Option<&'static str>, &str) {
    let named = usage_type.split_once('-').and_then(|(prefix, rest)| {
        let region = region::by_prefix(prefix)?;
        Some((Some(region.code), rest))
    });
    named.unwrap_or((None, usage_type))
}

/// Every region code, once.
pub(super) fn all() -> Vec<&'static str> {
    region::all().iter().map(|region| region.code).collect()
}

/// Whether AWS has a region of this code.
pub(super) fn exists(region: &str) -> bool {
    region::find(region).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_types_start_with_a_region_prefix() {
        for (usage, region, rest) in [
            ("BoxUsage:p4d.24xlarge", None, "BoxUsage:p4d.24xlarge"),
            (
                "USW2-BoxUsage:g5.xlarge",
                Some("us-west-2"),
                "BoxUsage:g5.xlarge",
            ),
            (
                "EU-Host:ml.g5.xlarge",
                Some("eu-west-1"),
                "Host:ml.g5.xlarge",
            ),
            (
                "EUW1-Host:ml.g5.xlarge",
                Some("eu-west-1"),
                "Host:ml.g5.xlarge",
            ),
            (
                "APS3-Train:ml.p6-b200.48xlarge",
                Some("ap-south-1"),
                "Train:ml.p6-b200.48xlarge",
            ),
            ("Catalog-Requests", None, "Catalog-Requests"),
        ] {
            assert_eq!(split_region_prefix(usage), (region, rest));
        }
    }
}
