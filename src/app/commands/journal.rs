//! `spendtop journal`: prints the journal, or verifies its integrity.

use crate::app::{
    cli::OutputFormat,
    cli_error::{CliError, FAILED},
    output,
};
use crate::{
    domain::{
        Outcome, Timestamp,
        audit::AuditEntry,
        text::{self, printable},
        time::when,
    },
    engine::audit::{self, JournalLine, ParsedLine, VerifyReport, Violation},
};
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// Arguments of the command.
pub struct JournalArgs<'a> {
    /// `--since`, as typed.
    pub since: Option<&'a str>,
    /// `--plan`: entries of this plan only.
    pub plan: Option<&'a str>,
    /// `--verify`: verify instead of printing.
    pub verify: bool,
    /// `--output`.
    pub output: OutputFormat,
}

/// Prints or verifies the journal at `path`.
pub fn journal(
    path: &Path,
    args: &JournalArgs<'_>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<ExitCode, CliError> {
    let since = args
        .since
        .map(|text| when::parse_past(text, now, zone))
        .transpose();
    let since = since.map_err(|why| CliError::unusable(format!("--since: {}", printable(&why))))?;
    if args.verify {
        return verify(path, args.output);
    }
    let is_selected = |entry: &AuditEntry| {
        since.is_none_or(|since| entry.at >= since)
            && args.plan.is_none_or(|plan| *entry.plan.0 == *plan)
    };
    let entries = print(path, args.output, is_selected)?;
    if entries == 0 && args.output == OutputFormat::Table {
        let message = if since.is_some() || args.plan.is_some() {
            "no entry matches"
        } else {
            "no entries yet"
        };
        warn(&format!("{}: {message}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// When the latest entry of the journal at `path` was written; `None`: it has none.
pub fn latest(path: &Path) -> Result<Option<Timestamp>, CliError> {
    let mut latest = None;
    audit::for_each(path, |JournalLine { parsed, .. }| {
        if let ParsedLine::Entry(entry) = parsed {
            latest = latest.max(Some(entry.at));
        }
        true
    })
    .map_err(|error| unreadable(path, &error))?;
    Ok(latest)
}

/// Prints the violations; exit code 1 if there are any.
fn verify(path: &Path, format: OutputFormat) -> Result<ExitCode, CliError> {
    let report = audit::verify(path).map_err(|error| unreadable(path, &error))?;
    let text = format_report(path, &report, format);
    ignore_closed_pipe(io::stdout().write_all(text.as_bytes()))?;
    Ok(if report.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// Prints the selected entries and returns their number. Warns about unreadable lines.
fn print(
    path: &Path,
    format: OutputFormat,
    is_selected: impl Fn(&AuditEntry) -> bool,
) -> Result<usize, CliError> {
    let mut out = JournalPrinter::new(format, io::BufWriter::new(io::stdout().lock()));
    // One file at a time: a journal of years does not fit into memory.
    let mut result = Ok(());
    audit::for_each(path, |JournalLine { file, line, parsed }| {
        result = match parsed {
            ParsedLine::Entry(entry) if is_selected(&entry) => out.write(&entry),
            ParsedLine::Entry(_) => Ok(()),
            ParsedLine::Unreadable(why) => {
                warn(&format!("{file}:{line}: {}", printable(&why)));
                Ok(())
            }
        };
        result.is_ok()
    })
    .map_err(|error| unreadable(path, &error))?;
    let entries = out.entries;
    ignore_closed_pipe(result.and_then(|()| out.finish()))?;
    Ok(entries)
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    CliError::failed(format!("{} cannot be read: {error}", path.display()))
}

/// Prints `message` on stderr. A closed stderr is not an error.
fn warn(message: &str) {
    drop(writeln!(io::stderr(), "spendtop: {message}"));
}

/// Ignores that a reader such as `head` closed the pipe early.
fn ignore_closed_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Prints entries. JSON and CSV are written at once; a table is printed at the end, when its widths
/// are known.
struct JournalPrinter<W> {
    format: OutputFormat,
    to: W,
    entries: usize,
    rows: Vec<Vec<String>>,
}

impl<W: Write> JournalPrinter<W> {
    fn new(format: OutputFormat, to: W) -> Self {
        Self {
            format,
            to,
            entries: 0,
            rows: Vec::new(),
        }
    }

    fn write(&mut self, entry: &AuditEntry) -> io::Result<()> {
        let first = self.entries == 0;
        self.entries += 1;
        match self.format {
            OutputFormat::Table => self.rows.push(cells(entry)),
            OutputFormat::Csv if first => self
                .to
                .write_all(output::written(&COLUMNS, std::iter::once(cells(entry))).as_bytes())?,
            OutputFormat::Csv => self
                .to
                .write_all(output::record(&cells(entry)).as_bytes())?,
            OutputFormat::Json => {
                let before = if first { "[\n  " } else { ",\n  " };
                self.to.write_all(before.as_bytes())?;
                self.to
                    .write_all(text::escape_json(&serde_json::to_string(entry)?).as_bytes())?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        match (self.format, self.entries) {
            (OutputFormat::Table, _) => {
                let headings = COLUMNS.map(|title| (title.to_uppercase(), false));
                self.to
                    .write_all(output::aligned(&headings, self.rows).as_bytes())?;
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
    "principal_arn",
    "event",
    "outcome",
    "operation",
    "account",
    "region",
    "id",
    "name",
    "plan",
    "reason",
    "detail",
];

fn cells(entry: &AuditEntry) -> Vec<String> {
    let text = |text: &str| printable(text).into_owned();
    let principal = entry.principal_arn.as_deref().unwrap_or(&entry.os_user);
    vec![
        entry.at.to_string(),
        text(principal),
        entry.event.id().to_owned(),
        entry.outcome.map_or("", Outcome::id).to_owned(),
        entry.operation.to_string(),
        text(&entry.account),
        text(&entry.region),
        text(&entry.id),
        text(&entry.name),
        text(&entry.plan.0),
        text(entry.reason.as_deref().unwrap_or_default()),
        text(entry.detail.as_deref().unwrap_or_default()),
    ]
}

fn format_report(path: &Path, report: &VerifyReport, format: OutputFormat) -> String {
    let is_valid = report.violations.is_empty();
    match format {
        OutputFormat::Json => {
            let list = |all: &[Violation]| -> Vec<_> {
                all.iter()
                    .map(|one| {
                        let Violation {
                            file,
                            line,
                            message,
                        } = one;
                        serde_json::json!({ "file": file, "line": line, "message": message })
                    })
                    .collect()
            };
            let json = serde_json::json!({
                "valid": is_valid,
                "path": path.display().to_string(),
                "files": report.files,
                "entries": report.entries,
                "violations": list(&report.violations),
                "interrupted_writes": list(&report.interrupted_writes),
            });
            text::escape_json(&json.to_string())
                + "
"
        }
        OutputFormat::Csv => {
            let row = |one: &Violation| {
                let line = one.line.to_string();
                vec![one.file.clone(), line, printable(&one.message).into_owned()]
            };
            output::written(
                &["file", "line", "message"],
                report.violations.iter().map(row),
            )
        }
        OutputFormat::Table => {
            let mut out = String::new();
            for one in &report.violations {
                let _ = writeln!(out, "error: {}", printable(&one.to_string()));
            }
            for one in &report.interrupted_writes {
                let _ = writeln!(out, "note: {}", printable(&one.to_string()));
            }
            let verdict = match report.violations.len() {
                0 => "valid".to_owned(),
                1 => "1 integrity violation".to_owned(),
                many => format!("{many} integrity violations"),
            };
            let VerifyReport { entries, files, .. } = report;
            out + &format!(
                "{}: {verdict}, {entries} entries in {files} files
",
                path.display()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{
        "version": 1, "seq": 1, "at": "2026-11-20T08:30:00Z", "plan": "p-1",
        "os_user": "ana", "principal_arn": null, "reason": null, "event": "intent",
        "operation": "stop", "profile": "", "account": "111122223333",
        "region": "us-east-1", "kind": "ec2-instance", "id": "i-0", "name": "a,\u001bb",
        "requests": [], "before": {"state": "running"}, "expected": "stopped",
        "saves_usd_per_hour": null, "prev": "", "hash": ""
    }"#;

    #[test]
    fn latest_entry_is_the_present_of_a_demo() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        assert_eq!(latest(&path).unwrap(), None);
        let line = |at: &str| ENTRY.replace('\n', "").replace("2026-11-20T08:30:00Z", at);
        let early = line("2026-11-20T08:30:00Z");
        std::fs::write(
            &path,
            format!("{early}\n{}\n", line("2026-11-23T08:34:17Z")),
        )
        .unwrap();
        let expected = "2026-11-23T08:34:17Z".parse().unwrap();
        assert_eq!(latest(&path).unwrap(), Some(expected));
    }

    #[test]
    fn each_format_is_complete_with_any_number_of_entries() {
        let entry: AuditEntry = serde_json::from_str(ENTRY).unwrap();
        let print = |format, count| {
            let mut bytes = Vec::new();
            let mut out = JournalPrinter::new(format, &mut bytes);
            (0..count).for_each(|_| out.write(&entry).unwrap());
            out.finish().unwrap();
            String::from_utf8(bytes).unwrap()
        };
        for count in 0..3 {
            let json: Vec<serde_json::Value> =
                serde_json::from_str(&print(OutputFormat::Json, count)).unwrap();
            assert_eq!(json.len(), count);
            assert!(
                json.iter()
                    .all(|entry| entry["name"] == "a,\u{1b}b" && entry["seq"] == 1)
            );
            for format in [OutputFormat::Csv, OutputFormat::Table] {
                let out = print(format, count);
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
    fn report_names_file_line_and_message() {
        let violation = Violation {
            file: "journal.jsonl".into(),
            line: 7,
            message: "entry 6 is missing".into(),
        };
        let report = VerifyReport {
            entries: 8,
            files: 1,
            violations: vec![violation],
            interrupted_writes: Vec::new(),
        };
        let path = Path::new("/state/journal.jsonl");
        let text = format_report(path, &report, OutputFormat::Table);
        assert!(
            text.starts_with("error: journal.jsonl:7: entry 6 is missing\n")
                && text.contains("1 integrity violation"),
            "{text}"
        );
        let json: serde_json::Value =
            serde_json::from_str(&format_report(path, &report, OutputFormat::Json)).unwrap();
        assert_eq!(
            (
                json["valid"].as_bool(),
                json["violations"][0]["line"].as_u64()
            ),
            (Some(false), Some(7))
        );
        assert_eq!(
            format_report(path, &report, OutputFormat::Csv),
            "file,line,message\njournal.jsonl,7,entry 6 is missing\n"
        );
        assert!(
            format_report(path, &VerifyReport::default(), OutputFormat::Table)
                .contains(": valid, 0 entries")
        );
    }
}
