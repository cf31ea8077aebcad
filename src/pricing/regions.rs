//! The regions AWS sells in, and the short names that usage types of the bill begin with.

/// Short name in usage types, and region code. The short names are AWS's own; some regions have
/// two.
const PREFIXES: &[(&str, &str)] = &[
    ("USE1", "us-east-1"),
    ("USE2", "us-east-2"),
    ("USW1", "us-west-1"),
    ("USW2", "us-west-2"),
    ("UGW1", "us-gov-west-1"),
    ("UGE1", "us-gov-east-1"),
    ("CAN1", "ca-central-1"),
    ("CAN2", "ca-west-1"),
    ("MXC1", "mx-central-1"),
    ("SAE1", "sa-east-1"),
    ("EU", "eu-west-1"),
    ("EUW1", "eu-west-1"),
    ("EUW2", "eu-west-2"),
    ("EUW3", "eu-west-3"),
    ("EUC1", "eu-central-1"),
    ("EUC2", "eu-central-2"),
    ("EUN1", "eu-north-1"),
    ("EUS1", "eu-south-1"),
    ("EUS2", "eu-south-2"),
    ("APN1", "ap-northeast-1"),
    ("APN2", "ap-northeast-2"),
    ("APN3", "ap-northeast-3"),
    ("APS1", "ap-southeast-1"),
    ("APS2", "ap-southeast-2"),
    ("APS3", "ap-south-1"),
    ("APS4", "ap-southeast-3"),
    ("APS5", "ap-south-2"),
    ("APS6", "ap-southeast-4"),
    ("APS7", "ap-southeast-5"),
    ("APS9", "ap-southeast-7"),
    ("APE1", "ap-east-1"),
    ("APE2", "ap-east-2"),
    ("AFS1", "af-south-1"),
    ("MES1", "me-south-1"),
    ("MEC1", "me-central-1"),
    ("ILC1", "il-central-1"),
];

/// The region `usage_type` names by its short name, and the rest of it: `USW2-BoxUsage:x` is
/// `us-west-2` and `BoxUsage:x`.
pub(super) fn split(usage_type: &str) -> (Option<&'static str>, &str) {
    let named = usage_type.split_once('-').and_then(|(prefix, rest)| {
        let (_, region) = PREFIXES.iter().find(|(short, _)| *short == prefix)?;
        Some((Some(*region), rest))
    });
    named.unwrap_or((None, usage_type))
}

/// Every region, once.
pub(super) fn all() -> Vec<&'static str> {
    let mut codes: Vec<&str> = PREFIXES.iter().map(|(_, code)| *code).collect();
    codes.dedup();
    codes
}

/// Whether AWS sells anything there.
pub(super) fn exists(region: &str) -> bool {
    PREFIXES.iter().any(|(_, code)| *code == region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_types_begin_with_their_region() {
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
            assert_eq!(split(usage), (region, rest));
        }
    }
}
