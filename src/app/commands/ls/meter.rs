//! `spendtop ls meter`: the calls of one read of all panes, and what AWS bills for them.

use crate::{
    app::{
        cli::{LsArgs, LsFormat},
        cli_error::CliError,
        output::{self, aligned, written},
    },
    aws::Session,
    domain::{ApiUse, Usd, pane_id::METER},
};
use serde::Serialize;

const HEADINGS: [&str; 5] = ["account", "service", "operation", "requests", "cost"];

/// The requests of one operation for one account.
#[derive(Serialize)]
struct Call {
    account: String,
    service: &'static str,
    operation: &'static str,
    requests: u64,
    /// Dollars.
    cost: f64,
}

/// Checks that `args` ask for nothing that only rows have.
pub fn check(args: &LsArgs) -> Result<(), CliError> {
    let selection = &args.selection;
    let given = [
        ("a filter", !args.terms.is_empty()),
        ("--columns", !selection.columns.is_empty()),
        ("--sort", selection.sort.is_some()),
        ("--limit", selection.limit.is_some()),
        ("--output focus", args.output == LsFormat::Focus),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(CliError::unusable(format!(
            "`ls {METER}` prints all calls, the dearest first: expected no {option}"
        ))),
        None => Ok(()),
    }
}

/// The calls of `sessions` so far as text.
pub fn print(sessions: &[Session], output: LsFormat) -> String {
    let calls = calls(sessions);
    let cells = |call: &Call| {
        let numbers = [call.requests.to_string(), cost(call.cost)];
        let names = [&*call.account, call.service, call.operation].map(str::to_owned);
        names.into_iter().chain(numbers).collect::<Vec<_>>()
    };
    match output {
        LsFormat::Json => output::json(&calls),
        LsFormat::Ndjson => output::ndjson(&calls),
        LsFormat::Csv | LsFormat::Focus => written(&HEADINGS, calls.iter().map(cells)),
        LsFormat::Table => {
            let headings = HEADINGS
                .map(|heading| (heading.to_owned(), ["requests", "cost"].contains(&heading)));
            let sum = Call {
                account: "all".to_owned(),
                service: "",
                operation: "",
                requests: calls.iter().map(|call| call.requests).sum(),
                cost: calls.iter().map(|call| call.cost).sum(),
            };
            aligned(&headings, calls.iter().chain([&sum]).map(cells).collect())
        }
    }
}

/// The calls by account and operation, the dearest first. Sessions of one profile share a count.
fn calls(sessions: &[Session]) -> Vec<Call> {
    let mut counted: Vec<&Session> = Vec::new();
    for session in sessions {
        if !counted
            .iter()
            .any(|one| one.calls.shares_count(&session.calls))
        {
            counted.push(session);
        }
    }
    let uses = counted
        .iter()
        .flat_map(|session| session.calls.uses_by_account());
    let call = |(account, one): (_, ApiUse)| {
        let (service, operation) = one.operation.split_once(':').unwrap_or_default();
        let Usd(cost) = one.cost;
        Call {
            account,
            service,
            operation,
            requests: one.requests,
            cost,
        }
    };
    let mut calls: Vec<Call> = uses.map(call).collect();
    calls.sort_by(|a, b| b.cost.total_cmp(&a.cost).then(b.requests.cmp(&a.requests)));
    calls
}

/// A GetMetricData request may cost a thousandth of a cent.
fn cost(usd: f64) -> String {
    format!("{usd:.5}")
}
