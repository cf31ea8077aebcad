//! The wording of several preflight warnings of one kind, in one sentence.

use super::Warning;
use crate::domain::{Controller, Usd, text::printable, time::timestamp::short};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Warnings of one kind about several targets, in one sentence with their sum.
pub fn describe_all(warnings: &[&Warning]) -> String {
    let Some(first) = warnings.first() else {
        return String::new();
    };
    let sentence = first.to_string();
    let same = warnings.iter().all(|one| one.to_string() == sentence);
    let is_sum = matches!(
        first,
        Warning::InstanceStore { .. }
            | Warning::Traffic { .. }
            | Warning::NoCheckpoints { .. }
            | Warning::Children { .. }
    );
    if warnings.len() == 1 || same && !is_sum {
        return sentence;
    }
    match first {
        Warning::InstanceStore { .. } => instance_store(warnings),
        Warning::Scarce { .. } => {
            let types = names(warnings, |warning| match warning {
                Warning::Scarce { unit } => Some(unit),
                _ => None,
            });
            format!("{types} are scarce: they may be unavailable later")
        }
        Warning::Controlled(_) => controllers(warnings),
        Warning::Traffic { minutes, left, .. } => {
            let requests = sum(warnings, |warning| match warning {
                Warning::Traffic { requests, .. } => *requests,
                _ => 0,
            });
            let then = match left {
                0 => "callers will see errors",
                _ => "the remaining instances must serve them",
            };
            format!("{requests} requests in the last {minutes} minutes: {then}")
        }
        Warning::Active { .. } => active(warnings),
        Warning::NoCheckpoints { .. } => no_checkpoints(warnings),
        Warning::Children { .. } => {
            let running = sum(warnings, |warning| match warning {
                Warning::Children { running } => u64::from(*running),
                _ => 0,
            });
            format!("{running} training jobs end with them; finished results remain")
        }
        _ => format!("{sentence} (and similar)"),
    }
}

fn active(warnings: &[&Warning]) -> String {
    let ago = |warning: &&Warning| match warning {
        Warning::Active { ago } => *ago,
        _ => f64::INFINITY,
    };
    let latest = warnings.iter().map(ago).fold(f64::INFINITY, f64::min);
    let latest = short(latest);
    format!("in use, the latest {latest} ago: unsaved work is lost")
}

/// `no checkpoints: the work of 12 jobs is lost, 63 h each, $19,221 at list`.
fn no_checkpoints(warnings: &[&Warning]) -> String {
    let jobs = || {
        warnings.iter().filter_map(|warning| match warning {
            Warning::NoCheckpoints { ran, cost } => Some((short(*ran), *cost)),
            _ => None,
        })
    };
    let times: BTreeSet<String> = jobs().map(|(ran, _)| ran).collect();
    let each = match times.first() {
        Some(ran) if times.len() == 1 => format!(", {ran} each"),
        _ => String::new(),
    };
    let cost = Usd(jobs().filter_map(|(_, cost)| cost).map(|cost| cost.0).sum());
    let unknown = jobs().filter(|(_, cost)| cost.is_none()).count();
    let count = warnings.len();
    let cost = match unknown {
        0 => format!(", {cost} at list"),
        all if all == count => String::new(),
        some => format!(", {cost} at list and that of {some} without a price"),
    };
    format!("no checkpoints: the work of {count} jobs is lost{each}{cost}")
}

fn sum(warnings: &[&Warning], of: impl Fn(&Warning) -> u64) -> u64 {
    warnings.iter().map(|warning| of(warning)).sum()
}

/// The effect of the controllers of each kind, by name, and then the command that keeps their
/// machines off: the names come first, because a narrow screen cuts the end.
fn controllers(warnings: &[&Warning]) -> String {
    let mut kinds: BTreeMap<&str, BTreeMap<&str, &Controller>> = BTreeMap::new();
    for warning in warnings {
        if let Warning::Controlled(one) = warning {
            kinds.entry(one.noun).or_default().insert(&one.name, one);
        }
    }
    let effects = kinds.values().filter_map(|kind| {
        let (_, first) = kind.first_key_value()?;
        let names: Vec<_> = kind.keys().map(|name| printable(name)).collect();
        Some(match names.len() {
            1 => first.effect(),
            _ => first.effect_of_all(&names.join(", ")),
        })
    });
    let effects = effects.collect::<Vec<_>>().join("; ");
    let levers: Vec<&str> = kinds
        .values()
        .flat_map(|kind| kind.values().map(|one| &*one.lever))
        .collect();
    format!("{effects}; to keep them off: {}", levers.join("; "))
}

/// The distinct names in `warnings`, in order.
fn names(warnings: &[&Warning], of: impl Fn(&Warning) -> Option<&Arc<str>>) -> String {
    let all: BTreeSet<&str> = warnings
        .iter()
        .filter_map(|warning| of(warning).map(AsRef::as_ref))
        .collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

/// `instance-store data is permanently lost (8 x 8,000 GB)`, or the sum where the disks differ.
fn instance_store(warnings: &[&Warning]) -> String {
    let sizes: Vec<u64> = warnings
        .iter()
        .filter_map(|warning| match warning {
            Warning::InstanceStore { gigabytes } => Some(*gigabytes),
            _ => None,
        })
        .collect();
    let first = sizes.first().copied().unwrap_or(0);
    let amount = if sizes.iter().all(|size| *size == first) {
        format!("{} x {} GB", sizes.len(), grouped(first))
    } else {
        format!("{} GB in total", grouped(sizes.iter().sum()))
    };
    format!("instance-store data is permanently lost ({amount})")
}

/// `8,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let (head, rest) = digits.split_at(digits.len() % 3);
    let parts = rest
        .as_bytes()
        .chunks(3)
        .map(|part| String::from_utf8_lossy(part).into_owned());
    let head = Some(head.to_owned()).filter(|head| !head.is_empty());
    head.into_iter().chain(parts).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_warnings_of_one_kind_are_one_sentence() {
        let disks = |gigabytes| Warning::InstanceStore { gigabytes };
        let (a, b) = (disks(8_000), disks(30_400));
        assert_eq!(
            describe_all(&[&a, &a]),
            "instance-store data is permanently lost (2 x 8,000 GB)"
        );
        assert_eq!(
            describe_all(&[&a, &b]),
            "instance-store data is permanently lost (38,400 GB in total)"
        );
        assert_eq!(describe_all(&[&a]), a.to_string());
        let calls = |requests| Warning::Traffic {
            requests,
            minutes: 15,
            left: 0,
        };
        assert_eq!(
            describe_all(&[&calls(3), &calls(4)]),
            "7 requests in the last 15 minutes: callers will see errors"
        );
        assert_eq!(
            describe_all(&[&calls(3), &calls(3)]),
            "6 requests in the last 15 minutes: callers will see errors"
        );
        assert_eq!(
            describe_all(&[&Warning::StopProtected, &Warning::StopProtected]),
            Warning::StopProtected.to_string()
        );
        let scarce = |unit: &str| Warning::Scarce { unit: unit.into() };
        assert_eq!(
            describe_all(&[
                &scarce("p5.48xlarge"),
                &scarce("p4d.24xlarge"),
                &scarce("p5.48xlarge")
            ]),
            "p4d.24xlarge, p5.48xlarge are scarce: they may be unavailable later"
        );
    }

    #[test]
    fn lost_work_is_summed_also_where_all_jobs_are_alike() {
        let job = |hours: f64, cost: Option<f64>| Warning::NoCheckpoints {
            ran: hours * 3600.0,
            cost: cost.map(Usd),
        };
        let twelve: Vec<Warning> = (0..12).map(|_| job(63.0, Some(1_601.75))).collect();
        assert_eq!(
            describe_all(&twelve.iter().collect::<Vec<_>>()),
            "no checkpoints: the work of 12 jobs is lost, 63h each, $19,221 at list"
        );
        assert_eq!(
            describe_all(&[&job(63.0, Some(100.0)), &job(2.0, Some(20.0))]),
            "no checkpoints: the work of 2 jobs is lost, $120 at list"
        );
        assert_eq!(
            describe_all(&[&job(2.0, None), &job(2.0, Some(20.0))]),
            "no checkpoints: the work of 2 jobs is lost, 2h each, $20 at list and that of 1 \
             without a price"
        );
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (12, "12"),
            (123, "123"),
            (1_234, "1,234"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
