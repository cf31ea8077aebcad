//! The preflight warnings of all targets: warnings of one kind are one sentence, the most severe
//! first.

use super::name;
use crate::screen::notices::confirm as wording;
use crate::screen::view::styled_line::{StyledLine, lines};
use crate::{
    domain::{Severity, Target, Warning, action::warning::describe_all, text},
    screen::{dialogs::ConfirmDialog, theme::Role},
};
use std::mem::discriminant;

/// One sentence about some of the targets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WarningGroup {
    /// The severity; `None`: the check failed.
    pub weight: Option<Severity>,
    /// `8 of 13: instance-store data is permanently lost (8 x 8,000 GB)`.
    pub text: String,
    /// The targets it is about, unless it is about all.
    pub names: Vec<String>,
}

impl WarningGroup {
    fn new(weight: Option<Severity>, sentence: &str, about: &[&Target], all: usize) -> Self {
        let sentence = text::printable(sentence);
        let (text, names) = if about.len() == all {
            let text = match all {
                0 | 1 => sentence.into_owned(),
                _ => wording::some_targets(all, all, &sentence),
            };
            (text, Vec::new())
        } else {
            (
                wording::some_targets(about.len(), all, &sentence),
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

    /// The text in one line, cut if it is too long.
    pub(super) fn short(&self, width: u16) -> StyledLine {
        let (sign, role) = self.look();
        StyledLine::of(
            text::cut(&format!("{sign} {}", self.text), usize::from(width)),
            role,
        )
    }

    /// The text, wrapped to as many lines as it needs.
    pub(super) fn said(&self, width: u16) -> Vec<StyledLine> {
        let (sign, role) = self.look();
        let mut out = lines(&self.text, role, 2, width);
        if let Some(first) = out.first_mut() {
            *first = StyledLine::of(format!("{sign} "), role).add(first.text().trim_start(), role);
        }
        out
    }

    /// The text with the names of its targets.
    pub(super) fn in_full(&self, width: u16) -> Vec<StyledLine> {
        let mut out = self.said(width);
        if !self.names.is_empty() {
            out.extend(lines(&self.names.join(", "), Role::Dim, 4, width));
        }
        out
    }
}

/// All warnings: the most severe first, then those about lost data, then those about the most
/// targets.
pub(super) fn group_warnings(ask: &ConfirmDialog) -> Vec<WarningGroup> {
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
        let Some(survey) = ask.preflight_of(&target.key) else {
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
            .for_each(|fault| add(&mut unread, wording::unread(fault), target));
    }
    out.extend(read.iter().map(|(first, about)| {
        let (targets, warnings): (Vec<&Target>, Vec<&Warning>) = about.iter().copied().unzip();
        (
            (first.loses(), about.len()),
            WarningGroup::new(
                Some(first.weight()),
                &describe_all(&warnings),
                &targets,
                all,
            ),
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
    // A failed check may hide anything: it is listed below the dangers and above the notes.
    let rank = |group: &WarningGroup| group.weight.map_or(1, |weight| [0, 2, 3][weight as usize]);
    out.sort_by_key(|(of_it, group)| std::cmp::Reverse((rank(group), *of_it)));
    out.into_iter().map(|(_, group)| group).collect()
}

fn add<'a>(list: &mut Vec<(String, Vec<&'a Target>)>, text: String, target: &'a Target) {
    match list.iter_mut().find(|(known, _)| *known == text) {
        Some((_, about)) => about.push(target),
        None => list.push((text, vec![target])),
    }
}
