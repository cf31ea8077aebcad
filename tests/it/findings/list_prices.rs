//! List prices read directly from the rate cards, to check the console's figures.
//!
//! Does not use the parser of the program.

/// The rows of a card.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
        .collect()
}

fn found(rows: &[Vec<String>], keys: &[(usize, &str)], value: usize) -> f64 {
    let row = rows
        .iter()
        .find(|row| keys.iter().all(|(rank, key)| row[*rank] == *key));
    row.unwrap_or_else(|| panic!("no row with {keys:?}"))[value]
        .parse()
        .unwrap()
}

/// Dollars per hour of an accelerated instance on demand.
pub(crate) fn ec2(ty: &str, region: &str) -> f64 {
    let card = rows(include_str!(
        "../../../src/pricing/cards/ec2_accelerated.csv"
    ));
    found(&card, &[(0, ty), (7, region)], 8)
}

/// Dollars per hour of an `ml.*` instance in a part of SageMaker, listed exactly.
pub(crate) fn ml(ty: &str, component: &str, region: &str) -> f64 {
    let card = rows(include_str!("../../../src/pricing/cards/sagemaker.csv"));
    found(&card, &[(0, ty), (1, component), (2, region)], 3)
}

/// Dollars per hour of an `ml.*` instance that is not listed: EC2's price times the documented
/// factor.
pub(crate) fn ml_by_rule(ty: &str, factor: f64, region: &str) -> f64 {
    ec2(ty.trim_start_matches("ml."), region) * factor
}

/// Dollars per hour of an `ml.*` instance without accelerators that is not listed, in us-east-1:
/// EC2's price times 1.2.
pub(crate) fn cpu(ty: &str) -> f64 {
    let card = rows(include_str!(
        "../../../src/pricing/cards/ec2_cpu_us_east_1.csv"
    ));
    found(&card, &[(0, ty.trim_start_matches("ml."))], 4) * 1.2
}

/// Dollars per 1,000 tokens of a model, in and out (none: zero).
pub(crate) fn tokens(model: &str) -> (f64, f64) {
    let card = rows(include_str!(
        "../../../src/pricing/cards/bedrock_tokens.csv"
    ));
    let row = card
        .iter()
        .find(|row| row[0] == model)
        .unwrap_or_else(|| panic!("no tokens of {model}"));
    (row[5].parse().unwrap(), row[6].parse().unwrap_or_default())
}

/// Dollars per hour of a provisioned model unit: 4 is no commitment, 5 one month, 6 six months.
pub(crate) fn unit(model: &str, term: usize) -> f64 {
    let card = rows(include_str!(
        "../../../src/pricing/cards/bedrock_provisioned.csv"
    ));
    found(&card, &[(0, model)], term)
}
