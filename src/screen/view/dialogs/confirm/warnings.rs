//! What speaks against a yes, over all targets: alike warnings are one sentence however many
//! targets they are about, the heaviest first.

use super::name;
use crate::screen::view::styled_line::{StyledLine, lines};
use crate::{
    domain::{Severity, Target, Usd, Warning, text, time::timestamp::short},
    screen::{dialogs::ConfirmDialog, theme::Role},
};
use std::{collections::BTreeSet, mem::discriminant};

/// One sentence about some of the targets.
#[derive(Clone, Debug, PartialEq)]
pub struct WarningGroup {
    /// How much it weighs; `None`: it could not be read.
    pub weight: Option<Severity>,
    /// `8 of 13: instance-store data is lost for good (8 x 8,000 GB)`.
    pub text: String,
    /// About which targets, where it is not about all.
    pub names: Vec<String>,
}

impl WarningGroup {
    fn new(weight: Option<Severity>, sentence: &str, about: &[&Target], all: usize) -> Self {
        let sentence = text::printable(sentence);
        let (text, names) = if about.len() == all {
            let head = if all > 1 {
                format!("{all} of {all}: ")
            } else {
                String::new()
            };
            (format!("{head}{sentence}"), Vec::new())
        } else {
            (
                format!("{} of {all}: {sentence}", about.len()),
                about.iter().map(|target| name(target)).collect(),
            )
        };
        Self {
            weight,
            text,
            names,
        }
    }

    fn look(&self) -> (&'static str, Role) {
        match self.weight {
            Some(Severity::Refusal) => ("✗", Role::Error),
            Some(Severity::Danger) => ("!", Role::Warning),
            Some(Severity::Note) => ("·", Role::Dim),
            None => ("?", Role::Warning),
        }
    }

    /// In one line, cut if need be.
    pub fn short(&self, width: u16) -> StyledLine {
        let (sign, role) = self.look();
        StyledLine::of(
            text::cut(&format!("{sign} {}", self.text), usize::from(width)),
            role,
        )
    }

    /// In as many lines as it takes.
    pub fn said(&self, width: u16) -> Vec<StyledLine> {
        let (sign, role) = self.look();
        let mut out = lines(&self.text, role, 2, width);
        if let Some(first) = out.first_mut() {
            *first = StyledLine::of(format!("{sign} "), role).add(first.text().trim_start(), role);
        }
        out
    }

    /// With the names of those it is about.
    pub fn in_full(&self, width: u16) -> Vec<StyledLine> {
        let mut out = self.said(width);
        if !self.names.is_empty() {
            out.extend(lines(&self.names.join(", "), Role::Dim, 4, width));
        }
        out
    }
}

/// Everything that speaks against it, the heaviest first, then what is lost for good, then what is
/// about the most targets.
pub fn doubts(ask: &ConfirmDialog) -> Vec<WarningGroup> {
    let targets = &ask.plan.targets;
    let all = targets.len();
    let mut out = Vec::new();
    let mut pure: Vec<(String, Vec<&Target>)> = Vec::new();
    let mut read: Vec<(&Warning, Vec<(&Target, &Warning)>)> = Vec::new();
    let mut unread: Vec<(String, Vec<&Target>)> = Vec::new();
    for target in targets {
        target
            .warnings
            .iter()
            .for_each(|why| add(&mut pure, why.to_string(), target));
        let Some(survey) = ask.survey(&target.key) else {
            continue;
        };
        for warning in &survey.warnings {
            let alike = |known: &Warning| {
                discriminant(known) == discriminant(warning) && known.weight() == warning.weight()
            };
            match read.iter_mut().find(|(known, _)| alike(known)) {
                Some((_, about)) => about.push((target, warning)),
                None => read.push((warning, vec![(target, warning)])),
            }
        }
        survey
            .unread
            .iter()
            .for_each(|fault| add(&mut unread, format!("could not be read: {fault}"), target));
    }
    out.extend(read.iter().map(|(first, about)| {
        let (targets, warnings): (Vec<&Target>, Vec<&Warning>) = about.iter().copied().unzip();
        (
            (first.loses(), about.len()),
            WarningGroup::new(Some(first.weight()), &together(&warnings), &targets, all),
        )
    }));
    out.extend(pure.iter().map(|(text, about)| {
        (
            (false, about.len()),
            WarningGroup::new(Some(Severity::Danger), text, about, all),
        )
    }));
    out.extend(unread.iter().map(|(text, about)| {
        (
            (false, about.len()),
            WarningGroup::new(None, text, about, all),
        )
    }));
    // What could not be read may be anything: it stands below the dangers and above the notes.
    let rank = |doubt: &WarningGroup| doubt.weight.map_or(1, |weight| [0, 2, 3][weight as usize]);
    out.sort_by_key(|(of_it, doubt)| std::cmp::Reverse((rank(doubt), *of_it)));
    out.into_iter().map(|(_, doubt)| doubt).collect()
}

fn add<'a>(list: &mut Vec<(String, Vec<&'a Target>)>, text: String, target: &'a Target) {
    match list.iter_mut().find(|(known, _)| *known == text) {
        Some((_, about)) => about.push(target),
        None => list.push((text, vec![target])),
    }
}

/// Several warnings of one kind in one sentence; what they have of their own is summed up.
fn together(warnings: &[&Warning]) -> String {
    let Some(first) = warnings.first() else {
        return String::new();
    };
    let said = first.to_string();
    if warnings.iter().all(|warning| warning.to_string() == said)
        && !matches!(first, Warning::InstanceStore { .. } if warnings.len() > 1)
    {
        return said;
    }
    let words = |of: &dyn Fn(&Warning) -> Option<String>| -> String {
        let all: BTreeSet<String> = warnings.iter().filter_map(|warning| of(warning)).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    match first {
        Warning::InstanceStore { .. } => instance_store(warnings),
        Warning::Scarce { .. } => {
            let types = words(&|warning| {
                if let Warning::Scarce { unit } = warning {
                    Some(unit.to_string())
                } else {
                    None
                }
            });
            format!("{types} are scarce: there may be none when they are wanted again")
        }
        Warning::AutoScalingGroup { .. } => {
            let groups = words(&|warning| {
                if let Warning::AutoScalingGroup { group } = warning {
                    Some(group.to_string())
                } else {
                    None
                }
            });
            format!("Auto Scaling groups {groups} replace them: new ones start, and are billed")
        }
        Warning::Traffic { minutes, left, .. } => {
            let sum: u64 = warnings
                .iter()
                .map(|warning| {
                    if let Warning::Traffic { requests, .. } = warning {
                        *requests
                    } else {
                        0
                    }
                })
                .sum();
            let then = if *left == 0 {
                "those who call them will notice"
            } else {
                "what is left must carry them"
            };
            format!("{sum} requests in the last {minutes} minutes: {then}")
        }
        Warning::Active { .. } => {
            let ago = |warning: &&Warning| {
                if let Warning::Active { ago } = warning {
                    *ago
                } else {
                    f64::INFINITY
                }
            };
            let latest = warnings.iter().map(ago).fold(f64::INFINITY, f64::min);
            format!(
                "in use, the latest {} ago: what is not saved is lost",
                short(latest)
            )
        }
        Warning::NoCheckpoints { .. } => {
            let cost = |warning: &&Warning| {
                if let Warning::NoCheckpoints { cost, .. } = warning {
                    cost.map_or(0.0, |cost| cost.0)
                } else {
                    0.0
                }
            };
            let sum = Usd(warnings.iter().map(cost).sum());
            format!("no checkpoints: all of their work is lost, {sum} at list")
        }
        Warning::Children { .. } => {
            let sum: u32 = warnings
                .iter()
                .map(|warning| {
                    if let Warning::Children { running } = warning {
                        *running
                    } else {
                        0
                    }
                })
                .sum();
            format!("{sum} training jobs run for them: they end with them; what has finished stays")
        }
        _ => format!("{said} (and alike)"),
    }
}

/// `instance-store data is lost for good (8 x 8,000 GB)`, or the sum where the disks differ.
fn instance_store(warnings: &[&Warning]) -> String {
    let sizes: Vec<u64> = warnings
        .iter()
        .filter_map(|warning| {
            if let Warning::InstanceStore { gigabytes } = warning {
                Some(*gigabytes)
            } else {
                None
            }
        })
        .collect();
    let (sum, first) = (
        sizes.iter().sum::<u64>(),
        sizes.first().copied().unwrap_or(0),
    );
    let much = if sizes.iter().all(|size| *size == first) {
        format!("{} x {} GB", sizes.len(), grouped(first))
    } else {
        format!("{} GB in all", grouped(sum))
    };
    format!("instance-store data is lost for good ({much})")
}

/// `8,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let start = digits.len() % 3;
    let (head, rest) = digits.split_at(start);
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
    fn equal_warnings_merge_into_one() {
        let disks = |gigabytes| Warning::InstanceStore { gigabytes };
        let (a, b) = (disks(8_000), disks(30_400));
        assert_eq!(
            together(&[&a, &a]),
            "instance-store data is lost for good (2 x 8,000 GB)"
        );
        assert_eq!(
            together(&[&a, &b]),
            "instance-store data is lost for good (38,400 GB in all)"
        );
        assert_eq!(together(&[&a]), a.to_string());
        let calls = |requests| Warning::Traffic {
            requests,
            minutes: 15,
            left: 0,
        };
        assert_eq!(
            together(&[&calls(3), &calls(4)]),
            "7 requests in the last 15 minutes: those who call them will notice"
        );
        assert_eq!(
            together(&[&Warning::StopProtected, &Warning::StopProtected]),
            Warning::StopProtected.to_string()
        );
        let scarce = |unit: &str| Warning::Scarce { unit: unit.into() };
        assert_eq!(
            together(&[
                &scarce("p5.48xlarge"),
                &scarce("p4d.24xlarge"),
                &scarce("p5.48xlarge")
            ]),
            "p4d.24xlarge, p5.48xlarge are scarce: there may be none when they are wanted again"
        );
    }

    #[test]
    fn numbers_have_thousands_separators() {
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
