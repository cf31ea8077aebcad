//! The verdicts of the rules about a resource: message, evidence, arithmetic, saving, and the key
//! of the recommended operation.

use super::details::{AT, part};
use crate::screen::notices::{details as wording, page};
use crate::screen::view::{
    amounts, key_labels,
    styled_line::{StyledLine, labelled, lines},
    times,
};
use crate::{
    domain::{Record, Value, time::timestamp},
    rules::{Finding, Verdict},
    screen::{App, actions::Action, theme::Role},
};

/// All verdicts on `record`. `full`: with evidence, and with the rules that found nothing.
pub fn verdicts(app: &App, record: &Record, width: u16, full: bool) -> Vec<StyledLine> {
    let all = app.inventory.verdicts(&record.head.key);
    let mut out = Vec::new();
    let found_first = |verdict: &&Verdict| !matches!(verdict, Verdict::Finding(_));
    let mut all: Vec<&Verdict> = all.iter().collect();
    all.sort_by_key(found_first);
    for verdict in &all {
        match verdict {
            Verdict::Finding(finding) => {
                out.extend(finding_lines(app, record, finding, width, full));
            }
            Verdict::Unknown { rule, why } => {
                out.extend(labelled(
                    rule,
                    &wording::not_evaluated(&why.to_string()),
                    Role::Dim,
                    AT.max(rule.len() + 3),
                    width,
                ));
            }
            Verdict::Pass { rule, note } if full => {
                let note = note.as_deref().unwrap_or(wording::PASSED);
                out.extend(labelled(
                    rule,
                    note,
                    Role::Success,
                    AT.max(rule.len() + 3),
                    width,
                ));
            }
            Verdict::Pass { .. } => {}
        }
    }
    if all.is_empty() && full {
        out.push(StyledLine::new());
        out.extend(lines(wording::NO_RULE, Role::Dim, 1, width));
    }
    out
}

fn finding_lines(
    app: &App,
    record: &Record,
    finding: &Finding,
    width: u16,
    full: bool,
) -> Vec<StyledLine> {
    let mut out =
        if let Some(estimate) = finding.waste_estimate {
            let words = wording::price_unknown(&page::estimated_waste(estimate));
            labelled(wording::WASTE.trim(), &words, Role::Warning, AT, width)
        } else if finding.waste.0 > 0.0 {
            vec![StyledLine::of(wording::WASTE, Role::Dim).tab(AT).and(
                amounts::per_hour_and_month(finding.waste, finding.hours_left, Role::HighCost),
            )]
        } else {
            vec![
                StyledLine::of(wording::NO_WASTE, Role::Dim)
                    .tab(AT)
                    .add(wording::EXPOSURE, Role::Dim)
                    .and(amounts::per_hour_and_month(
                        finding.exposure,
                        finding.hours_left,
                        Role::Text,
                    )),
            ]
        };
    out.extend(labelled(
        finding.rule,
        &finding.message,
        Role::Text,
        AT.max(finding.rule.len() + 3),
        width,
    ));
    out.extend(as_of(app, finding, width));
    out.extend(fix(app, finding, width));
    if full {
        out.extend(calculation(app, record, finding, width));
        out.push(StyledLine::new());
    }
    out
}

/// When the metrics were read, if they could not be read again since.
fn as_of(app: &App, finding: &Finding, width: u16) -> Vec<StyledLine> {
    let Some(at) = finding.as_of else {
        return Vec::new();
    };
    let age = timestamp::short(timestamp::seconds_between(at, app.now).max(0.0));
    let text = wording::as_of(&times::moment(app, at), &age);
    labelled("metrics", &text, Role::Warning, AT, width)
}

/// Confidence, arithmetic, discount and evidence of a finding.
fn calculation(app: &App, record: &Record, finding: &Finding, width: u16) -> Vec<StyledLine> {
    let mut out = Vec::from(part(wording::CALCULATION));
    for (label, value) in [
        ("confidence", finding.confidence.word()),
        ("arithmetic", finding.arithmetic.as_str()),
    ] {
        out.extend(labelled(label, value, Role::Text, AT, width));
    }
    out.extend(at_discount(record, finding, width));
    out.extend(part(wording::EVIDENCE));
    for (name, value) in &finding.evidence {
        let (text, role) = match value {
            Value::Unknown(why) => (wording::unknown(&why.to_string()), Role::Dim),
            Value::Moment(at) => (times::date(app, *at), Role::Text),
            other => (other.show().into_owned(), Role::Text),
        };
        let label = name.replace('_', " ");
        out.extend(labelled(&label, &text, role, AT.max(20), width));
    }
    out
}

/// The waste at the effective price.
fn at_discount(record: &Record, finding: &Finding, width: u16) -> Vec<StyledLine> {
    let Some(discount) = record
        .head
        .discount
        .as_ref()
        .filter(|off| finding.waste.0 > 0.0 && amounts::is_off(off))
    else {
        return Vec::new();
    };
    let paid = finding.waste * (1.0 - discount.share);
    let text = wording::effective_waste(finding.waste, discount, paid);
    labelled("effective", &text, Role::Text, AT, width)
}

fn fix(app: &App, finding: &Finding, width: u16) -> Vec<StyledLine> {
    let key = finding
        .fix
        .map(|operation| key_labels::key(app, &Action::Operation(operation)));
    let mut out = labelled(
        "fix",
        &format!(
            "{}{}",
            key.as_ref().map_or(String::new(), |key| format!("{key} ")),
            finding.recommendation
        ),
        Role::Text,
        AT,
        width,
    );
    if let (Some(key), Some(first)) = (key, out.first_mut()) {
        let rest = first
            .text()
            .trim_start()
            .trim_start_matches("fix")
            .trim_start()
            .trim_start_matches(&key)
            .to_owned();
        *first = StyledLine::of(" fix", Role::Dim)
            .tab(AT)
            .add(key, Role::Key)
            .add(rest, Role::Text);
    }
    out
}
