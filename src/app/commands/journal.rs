//! `spendtop journal`: what was done, by whom, why, with what result; and whether the journal is as
//! it was written.

use crate::app::{
    cli::OutputFormat,
    cli_error::{CliError, FAILED},
    output,
};
use crate::{
    domain::{
        Timestamp,
        audit::{AuditEntry, Outcome},
        text::printable,
        time::when,
    },
    engine::audit::{self, LineAt, LocatedEntry, VerifyReport, Violation},
};
use jiff::tz::TimeZone;
use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// What of it is asked for.
pub struct JournalArgs<'a> {
    /// Since when, as typed.
    pub since: Option<&'a str>,
    /// Of this plan only.
    pub plan: Option<&'a str>,
    /// Whether it is to be checked instead of printed.
    pub verify: bool,
    /// The form.
    pub output: OutputFormat,
}

/// Prints or checks the journal at `path`.
pub fn journal(
    path: &Path,
    asked: &JournalArgs<'_>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<ExitCode, CliError> {
    let unread =
        |error: io::Error| CliError::failed(format!("{} cannot be read: {error}", path.display()));
    let since = asked
        .since
        .map(|text| when::parse_past(text, now, zone))
        .transpose();
    let since = since.map_err(|why| CliError::unusable(format!("--since: {}", printable(&why))))?;
    if asked.verify {
        let verdict = audit::verdict(path).map_err(unread)?;
        listened(io::stdout().write_all(judged(path, &verdict, asked.output).as_bytes()))?;
        return Ok(if verdict.breaches.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(FAILED)
        });
    }
    let wanted = |line: &AuditEntry| {
        since.is_none_or(|since| line.at >= since)
            && asked.plan.is_none_or(|plan| *line.plan.0 == *plan)
    };
    let mut out = JournalPrinter::new(asked.output, io::BufWriter::new(io::stdout().lock()));
    // File by file: a journal of many years is not held in memory.
    let mut broken = Ok(());
    audit::each(path, |LocatedEntry { file, line, seen }| {
        let written = match seen {
            LineAt::Line(line) if wanted(&line) => out.line(&line),
            LineAt::Line(_) => Ok(()),
            LineAt::Unreadable(why) => {
                // Nobody may be listening.
                drop(writeln!(
                    io::stderr(),
                    "spendtop: {file}:{line}: {}",
                    printable(&why)
                ));
                Ok(())
            }
        };
        broken = written;
        broken.is_ok()
    })
    .map_err(unread)?;
    let lines = out.lines;
    listened(broken.and_then(|()| out.end()))?;
    if lines == 0 && asked.output == OutputFormat::Table {
        let part = if since.is_some() || asked.plan.is_some() {
            "nothing of that kind is in it"
        } else {
            "nothing was done yet"
        };
        drop(writeln!(
            io::stderr(),
            "spendtop: {}: {part}",
            path.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Who reads only the first lines (`| head`) has what it wants.
fn listened(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Lines on their way out. JSON and CSV go as they come; a table waits for its widest cells.
struct JournalPrinter<W> {
    form: OutputFormat,
    to: W,
    lines: usize,
    waiting: Vec<Vec<String>>,
}

impl<W: Write> JournalPrinter<W> {
    fn new(form: OutputFormat, to: W) -> Self {
        Self {
            form,
            to,
            lines: 0,
            waiting: Vec::new(),
        }
    }

    fn line(&mut self, line: &AuditEntry) -> io::Result<()> {
        let first = self.lines == 0;
        self.lines += 1;
        match self.form {
            OutputFormat::Table => self.waiting.push(cells(line)),
            OutputFormat::Csv if first => self
                .to
                .write_all(output::written(&COLUMNS, std::iter::once(cells(line))).as_bytes())?,
            OutputFormat::Csv => self.to.write_all(output::record(&cells(line)).as_bytes())?,
            OutputFormat::Json => {
                let before = if first { "[\n  " } else { ",\n  " };
                self.to.write_all(before.as_bytes())?;
                self.to
                    .write_all(output::escaped(&serde_json::to_string(line)?).as_bytes())?;
            }
        }
        Ok(())
    }

    fn end(mut self) -> io::Result<()> {
        match (self.form, self.lines) {
            (OutputFormat::Table, _) => {
                let headings = COLUMNS.map(|title| (title.to_uppercase(), false));
                self.to
                    .write_all(output::aligned(&headings, self.waiting).as_bytes())?;
            }
            (OutputFormat::Csv, 0) => self
                .to
                .write_all(output::written(&COLUMNS, std::iter::empty()).as_bytes())?,
            (OutputFormat::Csv, _) => {}
            (OutputFormat::Json, 0) => self.to.write_all(b"[]\n")?,
            (OutputFormat::Json, _) => self.to.write_all(b"\n]\n")?,
        }
        self.to.flush()
    }
}

/// The columns of a table and of CSV.
const COLUMNS: [&str; 12] = [
    "at",
    "who",
    "step",
    "result",
    "operation",
    "account",
    "region",
    "id",
    "name",
    "plan",
    "why",
    "note",
];

fn cells(line: &AuditEntry) -> Vec<String> {
    let text = |text: &str| printable(text).into_owned();
    let who = line.who.as_deref().unwrap_or(&line.by);
    vec![
        line.at.to_string(),
        text(who),
        line.step.id().to_owned(),
        line.result.map_or("", Outcome::id).to_owned(),
        line.operation.to_string(),
        text(&line.account),
        text(&line.region),
        text(&line.id),
        text(&line.name),
        text(&line.plan.0),
        text(line.why.as_deref().unwrap_or_default()),
        text(line.note.as_deref().unwrap_or_default()),
    ]
}

fn judged(path: &Path, verdict: &VerifyReport, output: OutputFormat) -> String {
    let whole = verdict.breaches.is_empty();
    let told = |breach: &Violation| {
        vec![
            breach.file.clone(),
            breach.line.to_string(),
            printable(&breach.what).into_owned(),
        ]
    };
    match output {
        OutputFormat::Json => {
            let each = |all: &[Violation]| -> Vec<_> {
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
            output::escaped(&verdict.to_string()) + "\n"
        }
        OutputFormat::Csv => {
            output::written(&["file", "line", "what"], verdict.breaches.iter().map(told))
        }
        OutputFormat::Table => {
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
            let VerifyReport { lines, files, .. } = verdict;
            let state = if whole {
                "whole".to_owned()
            } else {
                format!(
                    "not as it was written ({} breaches)",
                    verdict.breaches.len()
                )
            };
            out + &format!(
                "{}: {state}: {lines} lines in {files} files{before}\n",
                path.display()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As it was before it was written line by line: one array, one table.
    #[test]
    fn each_form_is_whole_with_no_line_and_with_many() {
        let text = r#"{"version":1,"at":"2026-11-20T08:30:00Z","plan":"p-1","by":"ana","step":"intent","operation":"stop","profile":"","account":"111122223333","region":"us-east-1","kind":"ec2-instance","id":"i-0","name":"a,\u001bb","requests":[],"before":{"state":"running"},"expected":"stopped","saves_usd_per_hour":null}"#;
        let line: AuditEntry = serde_json::from_str(text).unwrap();
        let printed = |form, count| {
            let mut bytes = Vec::new();
            let mut out = JournalPrinter::new(form, &mut bytes);
            (0..count).for_each(|_| out.line(&line).unwrap());
            out.end().unwrap();
            String::from_utf8(bytes).unwrap()
        };
        for count in 0..3 {
            let json: Vec<serde_json::Value> =
                serde_json::from_str(&printed(OutputFormat::Json, count)).unwrap();
            assert_eq!(json.len(), count);
            assert!(
                json.iter()
                    .all(|line| line["name"] == "a,\u{1b}b" && line["seq"] == 0)
            );
            for form in [OutputFormat::Csv, OutputFormat::Table] {
                let out = printed(form, count);
                assert_eq!(out.lines().count(), count + 1, "{out}");
                assert!(
                    out.lines()
                        .skip(1)
                        .all(|line| line.starts_with("2026-11-20T08:30:00Z")
                            && !line.contains('\u{1b}')),
                    "{out}"
                );
            }
        }
    }

    #[test]
    fn a_verdict_names_file_line_and_what() {
        let breach = Violation {
            file: "journal.jsonl".into(),
            line: 7,
            what: "line 6 is missing".into(),
        };
        let verdict = VerifyReport {
            lines: 8,
            before: 2,
            files: 1,
            breaches: vec![breach],
            torn: Vec::new(),
        };
        let path = Path::new("/state/journal.jsonl");
        let text = judged(path, &verdict, OutputFormat::Table);
        assert!(
            text.starts_with("journal.jsonl:7: line 6 is missing\n")
                && text.contains("not as it was written"),
            "{text}"
        );
        let json: serde_json::Value =
            serde_json::from_str(&judged(path, &verdict, OutputFormat::Json)).unwrap();
        assert_eq!(
            (
                json["whole"].as_bool(),
                json["breaches"][0]["line"].as_u64()
            ),
            (Some(false), Some(7))
        );
        assert_eq!(
            judged(path, &verdict, OutputFormat::Csv),
            "file,line,what\njournal.jsonl,7,line 6 is missing\n"
        );
        assert!(
            judged(path, &VerifyReport::default(), OutputFormat::Table)
                .contains(": whole: 0 lines")
        );
    }
}
