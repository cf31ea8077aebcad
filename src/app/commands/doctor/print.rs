//! The report as text for people, as JSON or as CSV.

use super::{Check, State};
use crate::app::{cli::OutputFormat, output};
use crate::domain::text::{fit, printable};

/// The report.
pub(super) fn report(checks: &[Check], output: OutputFormat, is_colored: bool) -> String {
    match output {
        OutputFormat::Table => text(checks, is_colored),
        OutputFormat::Json => output::json(checks),
        OutputFormat::Csv => output::written(
            &["area", "subject", "state", "detail", "remedy"],
            checks.iter().map(|check| {
                vec![
                    check.area.to_owned(),
                    check.subject.clone(),
                    check.state.word().replace(' ', "-"),
                    check.detail.clone(),
                    check.remedy.clone().unwrap_or_default(),
                ]
            }),
        ),
    }
}

/// A heading for each area, a line for each check, its remedy below it.
fn text(checks: &[Check], is_colored: bool) -> String {
    let mut areas: Vec<&str> = Vec::new();
    for check in checks {
        if !areas.contains(&check.area) {
            areas.push(check.area);
        }
    }
    let mut out = String::new();
    for area in areas {
        out.extend([area, "\n"]);
        for check in checks.iter().filter(|check| check.area == area) {
            let state = paint(check.state, is_colored);
            let (subject, detail) = (printable(&check.subject), printable(&check.detail));
            out.extend(["  ", &state, "  ", &subject, ": ", &detail, "\n"]);
            if let Some(remedy) = &check.remedy {
                out.extend(["             -> ", &printable(remedy), "\n"]);
            }
        }
    }
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    out.push('\n');
    out.push_str(&sum(
        count(State::Failed),
        count(State::Limited),
        count(State::NotAsked),
    ));
    out.push('\n');
    out
}

/// `1 failure, 2 limits, 1 not asked`.
fn sum(failed: usize, limited: usize, not_asked: usize) -> String {
    let counted = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let mut parts: Vec<String> = [counted(failed, "failure"), counted(limited, "limit")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        parts.push("nothing limits spendtop".to_owned());
    }
    if not_asked > 0 {
        parts.push(format!("{not_asked} not asked"));
    }
    parts.join(", ")
}

/// The state in its column.
fn paint(state: State, is_colored: bool) -> String {
    let word = fit(state.word(), State::NotAsked.word().len(), false);
    let color = match state {
        State::Ok => "32",
        State::Note | State::NotAsked => "2",
        State::Limited => "33",
        State::Failed => "31",
    };
    if is_colored {
        format!("\u{1b}[{color}m{word}\u{1b}[0m")
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_counts_what_was_not_asked() {
        assert_eq!(sum(0, 0, 2), "nothing limits spendtop, 2 not asked");
        assert_eq!(sum(1, 2, 0), "1 failure, 2 limits");
    }

    #[test]
    fn report_has_a_heading_a_line_and_the_remedy() {
        let checks = [
            Check::new("network", "proxy", State::Ok, "none"),
            Check::new("costs", "bill", State::Limited, "denied\u{1b}[2J").with_remedy("Allow it."),
        ];
        let plain = report(&checks, OutputFormat::Table, false);
        assert_eq!(
            plain,
            "network\n  ok         proxy: none\ncosts\n  limited    bill: denied·[2J\n             \
             -> Allow it.\n\n1 limit\n"
        );
        let colored = report(&checks, OutputFormat::Table, true);
        assert!(
            colored.contains("\u{1b}[33mlimited  \u{1b}[0m"),
            "{colored:?}"
        );
        let json: serde_json::Value =
            serde_json::from_str(&report(&checks, OutputFormat::Json, true)).unwrap();
        assert_eq!(json[1]["state"], "limited");
        assert_eq!(json[0]["remedy"], serde_json::Value::Null);
    }
}
