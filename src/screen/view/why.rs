//! What the rules say of a resource: sentence, evidence, arithmetic, saving, and the key that fixes it.
//!
//! Must not know the rules.

use super::{
    details::{AT, part},
    facts,
    words::{Words, labelled, lines},
};
use crate::{
    domain::{Record, Value},
    pricing::findings::{Finding, Verdict},
    screen::{App, actions::Action, theme::Role},
};

/// All verdicts on `record`. `full`: with evidence, and with the rules that found nothing.
pub fn verdicts(app: &App, record: &Record, width: u16, full: bool) -> Vec<Words> {
    let all = app.world.verdicts(&record.head.key);
    let mut out = Vec::new();
    let found_first = |verdict: &&Verdict| !matches!(verdict, Verdict::Finding(_));
    let mut all: Vec<&Verdict> = all.iter().collect();
    all.sort_by_key(found_first);
    for verdict in &all {
        match verdict {
            Verdict::Finding(finding) => out.extend(found(app, finding, width, full)),
            Verdict::Unknown { rule, why } => {
                out.extend(labelled(rule, &format!("cannot say: {why}"), Role::Dim, AT.max(rule.len() + 3), width));
            }
            Verdict::Fine { rule, note } if full => {
                let note = note.as_deref().unwrap_or("nothing wrong");
                out.extend(labelled(rule, note, Role::Good, AT.max(rule.len() + 3), width));
            }
            Verdict::Fine { .. } => {}
        }
    }
    if all.is_empty() && full {
        out.push(Words::new());
        out.extend(lines("No rule applies: it does not run, is not billed, or does nothing that could be idle.", Role::Dim, 1, width));
    }
    out
}

fn found(app: &App, finding: &Finding, width: u16, full: bool) -> Vec<Words> {
    let mut out = vec![Words::of(" wasted", Role::Dim).tab(AT).and(facts::per_hour_and_month(finding.waste, Role::Hot))];
    out.extend(labelled("", &finding.sentence, Role::Text, AT, width));
    out.push(fix(app, finding));
    if full {
        out.extend(part("How it was worked out"));
        out.extend(labelled("rule", finding.rule, Role::Text, AT, width));
        out.extend(labelled("confidence", finding.confidence.word(), Role::Text, AT, width));
        out.extend(labelled("arithmetic", &finding.arithmetic, Role::Text, AT, width));
        out.extend(part("Evidence"));
        for (name, value) in &finding.evidence {
            let (shown, role) = match value {
                Value::Unknown(why) => (format!("n/a: {why}"), Role::Dim),
                Value::Moment(at) => (facts::date(app, *at), Role::Text),
                other => (other.show().into_owned(), Role::Text),
            };
            out.extend(labelled(&name.replace('_', " "), &shown, role, AT.max(20), width));
        }
        out.push(Words::new());
    }
    out
}

fn fix(app: &App, finding: &Finding) -> Words {
    match finding.fix {
        Some(verb) => Words::of(" fix", Role::Dim)
            .tab(AT)
            .add(facts::key(app, &Action::Verb(verb)), Role::Key)
            .add(format!(" {verb}: saves {} a month", finding.monthly()), Role::Text),
        None => Words::of(" fix", Role::Dim).tab(AT).add("none from here: this row offers no verb that helps", Role::Dim),
    }
}
