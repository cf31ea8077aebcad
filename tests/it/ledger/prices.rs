//! The price files, read by a few lines that know nothing of `spendtop::pricing`.

use std::{collections::HashMap, path::Path};

/// The rows of a price file, each by the heads of its columns.
fn rows(file: &str) -> Vec<HashMap<String, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pricing/cards");
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// The number in `column` of the first row of `file` that has all `wanted` values.
fn find(file: &str, wanted: &[(&str, &str)], column: &str) -> Option<f64> {
    rows(file)
        .iter()
        .find(|row| wanted.iter().all(|(head, value)| row[*head] == *value))?[column]
        .parse()
        .ok()
}

/// Dollars an hour of an instance on demand.
pub(crate) fn on_demand(ty: &str, region: &str) -> Option<f64> {
    let here = [("instance_type", ty), ("region", region)];
    find("ec2_accelerated.csv", &here, "on_demand_usd_hr").or_else(|| {
        let home = find("ec2_cpu_us_east_1.csv", &here[..1], "on_demand_usd_hr")?;
        let family = [("family", ty.split('.').next()?), ("region", region)];
        let ratio = find("ec2_cpu_region_ratio.csv", &family, "ratio_to_us_east_1");
        Some(home * if region == "us-east-1" { 1.0 } else { ratio? })
    })
}

/// Dollars an hour of a spot instance: listed, else on demand less the advisor's saving.
pub(crate) fn spot(ty: &str, region: &str) -> Option<f64> {
    let here = [("instance_type", ty), ("region", region)];
    find("ec2_spot.csv", &here, "spot_usd_hr").or_else(|| {
        let saving = find("ec2_spot.csv", &here, "saving_pct")?;
        Some(on_demand(ty, region)? * (1.0 - saving / 100.0))
    })
}

/// Dollars an hour of an instance in a capacity block.
pub(crate) fn block(ty: &str, region: &str) -> Option<f64> {
    let here = [("instance_type", ty), ("region", region)];
    find("ec2_capacity_blocks.csv", &here, "usd_hr")
}

/// Dollars an hour of an `ml.` instance: listed, else EC2's times the multiplier of its family.
pub(crate) fn ml(ty: &str, component: &str, region: &str) -> Option<f64> {
    let listed = [
        ("instance_type", ty),
        ("component", component),
        ("region", region),
    ];
    find("sagemaker.csv", &listed, "usd_hr").or_else(|| {
        let plain = ty.strip_prefix("ml.")?;
        let (family, size) = plain.split_once('.')?;
        let is_one = |list: &str, value: &str| list.split('|').any(|one| one == value);
        let fits = |row: &HashMap<String, String>, of: &str| {
            let sizes = row["sizes"].as_str();
            let size_fits = match sizes.strip_prefix('!') {
                Some(not) => !is_one(not, size),
                None => sizes == "*" || is_one(sizes, size),
            };
            row["component"] == of && is_one(&row["families"], family) && size_fits
        };
        let all = rows("sagemaker_multipliers.csv");
        let rule = [component, "any"]
            .iter()
            .find_map(|of| all.iter().find(|row| fits(row, of)))?;
        Some(on_demand(plain, region)? * rule["multiplier_on_ec2"].parse::<f64>().ok()?)
    })
}

/// Dollars an hour of a provisioned unit of `model`.
pub(crate) fn unit(model: &str, commitment: &str) -> Option<f64> {
    let column = match commitment {
        "none" => "no_commit_usd_mu_hr",
        "one-month" => "commit_1mo_usd_mu_hr",
        _ => "commit_6mo_usd_mu_hr",
    };
    find("bedrock_provisioned.csv", &[("model_id", model)], column)
}
