//! Cost Explorer, which is asked only on request, and the metrics of the CloudWatch agent.

use super::{Check, State, accounts::Account};
use crate::app::session::ConsoleSession;
use crate::{
    aws::{Session, metrics, probe::TIMEOUT},
    collectors::{self, BillingAccess, PollKind, Source},
    domain::{Fault, UNKNOWN_ACCOUNT, pane_id, text::printable},
    screen::notices::fault_remedies::remedy,
};
use futures_util::future::join_all;
use tokio::time::Instant;

const COSTS: &str = "costs";
const LATE: &str = "Cost Explorer has not answered in time";
/// The metric that the CloudWatch agent publishes of NVIDIA GPUs, with its namespace.
const AGENT: (&str, &str) = ("CWAgent", "nvidia_smi_utilization_gpu");

/// The lines about the bill and about utilization.
pub(super) async fn checks(
    console: &ConsoleSession,
    account: &Account,
    sessions: &[Session],
    is_paid: bool,
    until: Instant,
) -> Vec<Check> {
    let (mut bill, agent) = tokio::join!(
        bill(console, account, sessions, is_paid, until),
        agent(account, sessions),
    );
    bill.extend(agent);
    bill
}

async fn bill(
    console: &ConsoleSession,
    account: &Account,
    sessions: &[Session],
    is_paid: bool,
    until: Instant,
) -> Vec<Check> {
    let line =
        |state, detail: &str| vec![Check::new(COSTS, subject(account, "bill"), state, detail)];
    let known = |session: &&Session| &*session.place.account != UNKNOWN_ACCOUNT;
    let Some(session) = sessions.iter().find(known) else {
        return line(State::NotAsked, "the account is not known");
    };
    let options = &console.options;
    let settings = options.config.spend_settings(options.bills.clone());
    let access = if is_paid {
        let asked = BillingAccess::ask(session, &options.clock, &settings);
        match tokio::time::timeout_at(until, Box::pin(asked)).await {
            Ok(access) => Some(access),
            Err(_) => return line(State::Limited, LATE),
        }
    } else {
        BillingAccess::stored(session, &options.clock, &settings)
    };
    let Some(access) = access else {
        return line(
            State::NotAsked,
            "no stored answer, and Cost Explorer costs $0.01 a page; `spendtop doctor --paid` asks \
             (up to $0.12 for each account)",
        );
    };
    let mut checks = of_access(account, &access);
    if is_paid {
        checks.extend(anomalies(console, account, session, until).await);
    }
    checks
}

/// Whether Cost Anomaly Detection watches the account: two pages.
async fn anomalies(
    console: &ConsoleSession,
    account: &Account,
    session: &Session,
    until: Instant,
) -> Vec<Check> {
    let options = &console.options;
    let settings = options.config.spend_settings(options.bills.clone());
    let sessions = std::slice::from_ref(session);
    let sources = collectors::sources_with(sessions, options.prices, &options.clock, &[], settings);
    let is_own = |source: &dyn Source| source.id().pane == pane_id::ANOMALIES;
    let mut sources = sources.into_iter();
    let Some(mut source) = sources.find(|source| is_own(source.as_ref())) else {
        return Vec::new();
    };
    let line = |state, detail: String| {
        vec![Check::new(
            COSTS,
            subject(account, "anomaly detection"),
            state,
            detail,
        )]
    };
    match tokio::time::timeout_at(until, source.poll(PollKind::Inventory)).await {
        Err(_) => line(State::Limited, LATE.to_owned()),
        Ok(report) if report.faults.is_empty() => line(
            State::Ok,
            format!("{} anomalies in 90 days", report.rows.len()),
        ),
        Ok(report) => {
            let faults = report.faults.iter();
            faults
                .map(|fault| failed(account, "anomaly detection", fault))
                .collect()
        }
    }
}

fn subject(account: &Account, what: &str) -> String {
    format!("{what} ({})", account.label())
}

/// A line about what `fault` keeps from being shown.
fn failed(account: &Account, what: &str, fault: &Fault) -> Check {
    let detail = format!("{}: {}", fault.operation, printable(&fault.message));
    let check = Check::new(COSTS, subject(account, what), State::Limited, detail);
    match remedy(fault, account.name(), &[]) {
        Some(remedy) => check.with_remedy(remedy),
        None => check,
    }
}

fn of_access(account: &Account, access: &BillingAccess) -> Vec<Check> {
    let fine =
        |what: &str, detail: String| Check::new(COSTS, subject(account, what), State::Ok, detail);
    if let Err(fault) = &access.bill {
        return vec![failed(account, "bill", fault)];
    }
    let asked = access.asked.strftime("%Y-%m-%d %H:%M UTC");
    let mut checks = vec![fine("bill", format!("Cost Explorer, asked {asked}"))];
    checks.push(match &access.hours {
        Ok(()) => fine("hourly data", "on".to_owned()),
        Err(fault) if fault.operation.is_empty() => {
            let why = fault.message.to_string();
            Check::new(COSTS, subject(account, "hourly data"), State::NotAsked, why)
        }
        Err(fault) => failed(account, "hourly data", fault).with_remedy(
            "The management account switches on hourly granularity in the preferences of Cost \
             Explorer, which AWS charges for; without it spendtop shows days.",
        ),
    });
    for (key, values) in &access.tags {
        let what = format!("tag {}", printable(key));
        checks.push(match values {
            Ok(true) => fine(&what, "the bill has values of it".to_owned()),
            Ok(false) => Check::new(
                COSTS,
                subject(account, &what),
                State::Limited,
                "the bill has no value of it",
            )
            .with_remedy(
                "The management account activates it under Billing, Cost allocation tags; or set \
                 `showback` in the configuration to a key that is active.",
            ),
            Err(fault) => failed(account, &what, fault),
        });
    }
    checks
}

/// Whether the agent publishes the use of GPUs in each region.
async fn agent(account: &Account, sessions: &[Session]) -> Vec<Check> {
    let found = join_all(sessions.iter().map(async |session| {
        let find = metrics::find_recent(session, AGENT.0, AGENT.1, &[]);
        tokio::time::timeout(TIMEOUT, Box::pin(find)).await
    }))
    .await;
    let (mut with, mut unread) = (Vec::new(), Vec::new());
    for (session, found) in sessions.iter().zip(found) {
        match found {
            Ok(Ok(series)) if !series.is_empty() => {
                with.push(format!("{} GPUs in {}", series.len(), session.place.region));
            }
            Ok(Ok(_)) => {}
            // The permissions say why.
            Ok(Err(_)) | Err(_) => unread.push(&*session.place.region),
        }
    }
    let line = |state, detail| Check::new("metrics", account.label(), state, detail);
    if !unread.is_empty() {
        let detail = format!("of the CloudWatch agent not read in {}", unread.join(", "));
        return vec![line(State::NotAsked, detail)];
    }
    if with.is_empty() {
        let detail = "the CloudWatch agent published no GPU utilization in the last 3 hours";
        return vec![line(State::Note, detail.to_owned()).with_remedy(
            "Where EC2 GPUs run, install the CloudWatch agent with `nvidia_gpu`; without it \
             spendtop judges them by their power, where AWS publishes that.",
        )];
    }
    vec![line(
        State::Ok,
        format!("CloudWatch agent: {}", with.join(", ")),
    )]
}
