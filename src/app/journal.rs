//! `spendtop journal`: what was done, by whom, why, with what result; and whether the journal is as it was written.
//!
//! Must not know how lines are chained.

use super::{
    cli::Output,
    failure::{FAILED, Failure},
    rows,
};
use crate::{
    domain::{
        Stamp,
        deed::{Class, Line},
        text::printable,
        time::parse_span,
    },
    engine::journal::{self, Breach, Entry, Seen, Verdict},
};
use jiff::tz::TimeZone;
use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// What of it is asked for.
pub struct Asked<'a> {
    /// Since when, as typed.
    pub since: Option<&'a str>,
    /// Of this plan only.
    pub plan: Option<&'a str>,
    /// Whether it is to be checked instead of printed.
    pub verify: bool,
    /// The form.
    pub output: Output,
}

/// Prints or checks the journal at `path`.
pub fn journal(path: &Path, asked: &Asked<'_>, now: Stamp, zone: &TimeZone) -> Result<ExitCode, Failure> {
    let unread = |error: io::Error| Failure::failed(format!("{} cannot be read: {error}", path.display()));
    let since = asked.since.map(|text| moment(text, now, zone).map_err(Failure::unusable)).transpose()?;
    if asked.verify {
        let verdict = journal::verdict(path).map_err(unread)?;
        io::stdout().write_all(judged(path, &verdict, asked.output).as_bytes())?;
        return Ok(if verdict.breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) });
    }
    let entries = journal::entries(path).map_err(unread)?;
    let wanted = |line: &Line| since.is_none_or(|since| line.at >= since) && asked.plan.is_none_or(|plan| *line.plan.0 == *plan);
    let lines: Vec<&Line> = entries.iter().filter_map(Entry::readable).filter(|line| wanted(line)).collect();
    io::stdout().write_all(printed(&lines, asked.output).as_bytes())?;
    for Entry { file, line, seen } in &entries {
        if let Seen::Unreadable(why) = seen {
            // Nobody may be listening.
            drop(writeln!(io::stderr(), "spendtop: {file}:{line}: {}", printable(why)));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `2h`, `3d`, a date (from its first moment in `zone`), or a moment.
fn moment(text: &str, now: Stamp, zone: &TimeZone) -> Result<Stamp, String> {
    let wrong = || {
        format!("--since {}: expected a length of time (2h, 3d), a date (2026-11-21) or a moment (2026-11-21T18:00:00Z)", printable(text))
    };
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return day.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|_| wrong());
    }
    let span = parse_span(text).filter(|span| *span >= 0.0).ok_or_else(wrong)?;
    let span = jiff::SignedDuration::try_from_secs_f64(span).map_err(|_| wrong())?;
    now.checked_sub(span).map_err(|_| wrong())
}

/// The columns of a table and of CSV.
const COLUMNS: [&str; 12] = ["at", "who", "step", "result", "verb", "account", "region", "id", "name", "plan", "why", "note"];

fn cells(line: &Line) -> Vec<String> {
    let text = |text: &str| printable(text).into_owned();
    let who = line.who.as_deref().unwrap_or(&line.by);
    vec![
        line.at.to_string(),
        text(who),
        line.step.id().to_owned(),
        line.result.map_or("", Class::id).to_owned(),
        line.verb.to_string(),
        text(&line.account),
        text(&line.region),
        text(&line.id),
        text(&line.name),
        text(&line.plan.0),
        text(line.why.as_deref().unwrap_or_default()),
        text(line.note.as_deref().unwrap_or_default()),
    ]
}

fn printed(lines: &[&Line], output: Output) -> String {
    match output {
        Output::Json => rows::json(lines),
        Output::Csv => rows::written(&COLUMNS, lines.iter().map(|line| cells(line))),
        Output::Table => {
            let headings = COLUMNS.map(|title| (title.to_uppercase(), false));
            rows::aligned(&headings, lines.iter().map(|line| cells(line)).collect())
        }
    }
}

fn judged(path: &Path, verdict: &Verdict, output: Output) -> String {
    let whole = verdict.breaches.is_empty();
    let told = |breach: &Breach| vec![breach.file.clone(), breach.line.to_string(), printable(&breach.what).into_owned()];
    match output {
        Output::Json => {
            let each = |all: &[Breach]| -> Vec<_> {
                all.iter().map(|one| serde_json::json!({ "file": one.file, "line": one.line, "what": one.what })).collect()
            };
            let verdict = serde_json::json!({
                "whole": whole,
                "path": path.display().to_string(),
                "files": verdict.files,
                "lines": verdict.lines,
                "before_the_chain": verdict.before,
                "breaches": each(&verdict.breaches),
                "torn": each(&verdict.torn),
            });
            rows::escaped(&verdict.to_string()) + "\n"
        }
        Output::Csv => rows::written(&["file", "line", "what"], verdict.breaches.iter().map(told)),
        Output::Table => {
            let mut out = String::new();
            for (word, all) in [("", &verdict.breaches), (" (no breach)", &verdict.torn)] {
                for one in all {
                    out = out + &printable(&one.to_string()) + word + "\n";
                }
            }
            let before = match verdict.before {
                0 => String::new(),
                some => format!(", {some} before the chain"),
            };
            let Verdict { lines, files, .. } = verdict;
            let state = if whole { "whole".to_owned() } else { format!("not as it was written ({} breaches)", verdict.breaches.len()) };
            out + &format!("{}: {state}: {lines} lines in {files} files{before}\n", path.display())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_length_a_date_or_a_moment() {
        let now: Stamp = "2026-11-23T16:02:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        for (text, at) in [
            ("2h", "2026-11-23T14:02:00Z"),
            ("1.5d", "2026-11-22T04:02:00Z"),
            ("2026-11-20", "2026-11-19T23:00:00Z"),
            ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
        ] {
            assert_eq!(moment(text, now, &zone).unwrap().to_string(), at);
        }
        for bad in ["", "soon", "-2h", "2026-13-40", "1e300d"] {
            assert!(moment(bad, now, &zone).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_verdict_names_file_line_and_what() {
        let breach = Breach { file: "journal.jsonl".into(), line: 7, what: "line 6 is missing".into() };
        let verdict = Verdict { lines: 8, before: 2, files: 1, breaches: vec![breach], torn: Vec::new() };
        let path = Path::new("/state/journal.jsonl");
        let text = judged(path, &verdict, Output::Table);
        assert!(text.starts_with("journal.jsonl:7: line 6 is missing\n") && text.contains("not as it was written"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&judged(path, &verdict, Output::Json)).unwrap();
        assert_eq!((json["whole"].as_bool(), json["breaches"][0]["line"].as_u64()), (Some(false), Some(7)));
        assert_eq!(judged(path, &verdict, Output::Csv), "file,line,what\njournal.jsonl,7,line 6 is missing\n");
        assert!(judged(path, &Verdict::default(), Output::Table).contains(": whole: 0 lines"));
    }
}
