//! Instance types that AWS may not have again after the account releases them.

/// The families, without `ml.`, that AWS sells by the Capacity Block for ML: it does so because
/// they are seldom free on demand.
const BY_THE_BLOCK: &[&str] = &[
    "p4d",
    "p4de",
    "p5",
    "p5e",
    "p5en",
    "p6-b200",
    "p6-b300",
    "p6e-gb200",
    "u-p6e-gb200x36",
    "u-p6e-gb200x72",
    "trn1",
    "trn1n",
    "trn2",
    "trn2u",
    "trn3",
];

/// Whether `unit`, with or without `ml.`, is one of those.
pub(super) fn is_scarce(unit: &str) -> bool {
    let plain = unit.strip_prefix("ml.").unwrap_or(unit);
    let family = plain.split('.').next().unwrap_or(plain);
    BY_THE_BLOCK.contains(&family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_accelerators_are_scarce() {
        for (unit, scarce) in [
            ("p4d.24xlarge", true),
            ("ml.p5.48xlarge", true),
            ("p6-b200.48xlarge", true),
            ("trn2.48xlarge", true),
            ("u-p6e-gb200x72", true),
            ("p3.8xlarge", false),
            ("ml.g5.xlarge", false),
            ("m5.large", false),
            ("", false),
        ] {
            assert_eq!(is_scarce(unit), scarce, "{unit}");
        }
    }
}
