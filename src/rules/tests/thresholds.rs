//! Thresholds, and the replicas that a peak needs.

use super::*;

#[test]
fn thresholds_have_one_table_per_rule() {
    let read: Thresholds =
        toml::from_str("[gpu-idle]\nmax_utilization_percent = 10\n[idle-notebook]\nidle_hours = 1")
            .unwrap();
    assert_eq!(
        (
            read.gpu_idle.max_utilization_percent,
            read.gpu_idle.min_data_hours,
            read.idle_notebook.idle_hours
        ),
        (10.0, 6.0, 1.0)
    );
    assert!(toml::from_str::<Thresholds>("[gpu-idles]\nhours = 1").is_err());
    assert!(toml::from_str::<Thresholds>("[gpu-idle]\nhour = 1").is_err());
    assert_eq!(RULES.len(), 20);
}

/// The full configuration file has every threshold with a value other than its default, which is in
/// the comment.
#[test]
fn every_threshold_is_documented() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/valid/full.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = toml::from_str(&text).unwrap();
    let defaults = toml::Table::try_from(Thresholds::default()).unwrap();
    assert_eq!(defaults.keys().collect::<Vec<_>>().len(), RULES.len());
    for (rule, limits) in &defaults {
        for (key, default) in limits.as_table().unwrap() {
            let told = &file["thresholds"][rule][key];
            assert_ne!(told, default, "{rule}.{key}");
            let table = text
                .split(&format!("[thresholds.{rule}]\n"))
                .nth(1)
                .unwrap();
            let comment = table
                .split(&format!("\n{key} = "))
                .next()
                .unwrap()
                .lines()
                .last()
                .unwrap();
            let beside: toml::Value = toml::from_str::<toml::Table>(&format!(
                "x = {}",
                comment.split("Default: ").nth(1).unwrap()
            ))
            .unwrap()["x"]
                .clone();
            let number = |value: &toml::Value| {
                value
                    .as_float()
                    .or_else(|| value.as_integer().map(|n| n as f64))
            };
            assert!(
                beside == *default
                    || number(&beside) == number(default) && number(default).is_some(),
                "{rule}.{key}: {comment}"
            );
        }
    }
}

#[test]
fn min_replicas_carry_the_peak() {
    for (running, peak, minimum, count) in [
        (8, 0.17, 1, 2),
        (8, 0.175, 1, 2),
        (8, 0.19, 1, 3),
        (8, 0.0, 1, 1),
        (8, 0.17, 4, 4),
        (8, 0.9, 1, 8),
        (1, 2.0, 0, 1),
        (8, f64::NAN, 1, 8),
    ] {
        assert_eq!(
            min_replicas(running, peak, 0.7, minimum),
            count,
            "{running} at {peak}"
        );
    }
}
