//! Only `src/aws/actions/` changes an account.
//!
//! An allow-list: outside that folder a session's clients may be asked to read and nothing else. At
//! run time `aws::api::restrict` adds a second guard for the panes and the preflight checks.

use crate::{assert_none, code, ends_in_word, root, sources, word};
use std::fs;

/// How the names of operations that read begin.
const READS: &[&str] = &["describe_", "list_", "get_", "search_", "batch_get_"];

/// Operations that change nothing although their names begin otherwise: `sts:AssumeRole` gives
/// credentials.
const OTHER_READS: &[&str] = &["assume_role"];

/// `$request` of the macro that writes out the lists of jobs: the one place where an operation is
/// named by a macro's argument. The arguments are checked by their beginnings too.
const MACROS: &[(&str, &str)] = &[("src/collectors/jobs/list.rs", "list_")];

/// The file that makes the clients of a session.
const SESSION: &str = "src/aws/session/mod.rs";

/// The files that may name a client of the SDK.
const CLIENT_MAKERS: &[&str] = &[
    SESSION,
    "src/aws/session/identity.rs",
    "src/aws/credentials/load.rs",
    "src/aws/credentials/role.rs",
];

/// The code of a file without blanks and comments.
fn squeezed(text: &str) -> String {
    code(text)
        .flat_map(|(_, line)| line.split_whitespace())
        .collect()
}

/// The fields of `Session` that are clients of the SDK.
fn clients() -> Vec<String> {
    let text = fs::read_to_string(root().join(SESSION)).unwrap();
    let fields = code(&text).filter_map(|(_, line)| {
        let (field, ty) = line.trim().strip_prefix("pub(crate) ")?.split_once(": ")?;
        (ty.starts_with("aws_sdk_") && ty.ends_with("::Client,")).then(|| field.to_owned())
    });
    fields.collect()
}

fn is_read(operation: &str) -> bool {
    OTHER_READS.contains(&operation) || READS.iter().any(|read| operation.starts_with(read))
}

/// The calls other than reads that `text`, the squeezed code of a file, makes on `clients`.
fn violations(text: &str, clients: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for client in clients {
        let field = format!("session.{client}");
        let is_bound = text.contains(&format!("&{field}"));
        for (at, _) in text.match_indices(client.as_str()) {
            let (before, after) = (&text[..at], &text[at + client.len()..]);
            if ends_in_word(before) || ends_in_word(&after[..after.len().min(1)]) {
                continue;
            }
            let of_session = before.ends_with("session.");
            // A local variable of that name, where the file binds one.
            let is_local = is_bound && !before.ends_with('.');
            let Some(method) = after.strip_prefix('.') else {
                // `let client = &session.client`: under its own name, or it would not be found.
                let statement = before.rfind([';', '{', '}']).map_or(0, |end| end + 1);
                let pattern = before[statement..].split('=').next().unwrap_or_default();
                if of_session && !pattern.contains(client.as_str()) {
                    wrong.push(format!("`{field}` is given another name"));
                }
                continue;
            };
            if !of_session && !is_local {
                continue;
            }
            let operation = word(method);
            let is_call = method[operation.len()..].starts_with("()");
            if operation.is_empty() || !is_call && of_session || is_call && !is_read(operation) {
                let shown: String = method.chars().take(40).collect();
                wrong.push(format!("`{client}.{shown}` is not a read"));
            }
        }
    }
    wrong
}

#[test]
fn only_aws_actions_make_mutating_calls() {
    let clients = clients();
    assert!(clients.len() >= 8, "{clients:?}");
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        if path.starts_with("src/aws/actions") {
            continue;
        }
        let name = path.display().to_string();
        let mut text = squeezed(&text);
        if let Some((_, start)) = MACROS.iter().find(|(file, _)| *file == name) {
            assert!(text.contains(".$request()"), "{name} needs no exception");
            text = text.replace(".$request()", &format!(".{start}()"));
        }
        if CLIENT_MAKERS.contains(&name.as_str()) {
            // Identity and credentials are read with clients of their own, before there is a
            // session.
            for (at, _) in text.match_indices("client.") {
                let operation = word(&text[at + "client.".len()..]);
                if operation.contains('_') && !is_read(operation) {
                    wrong.push(format!("{name}: `client.{operation}` is not a read"));
                }
            }
        } else if text.contains("_sdk_") && text.contains("::Client") {
            wrong.push(format!(
                "{name}: only {CLIENT_MAKERS:?} may name a client of the SDK"
            ));
        }
        let found = violations(&text, &clients);
        wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
    }
    assert_none(&wrong);
}

/// The files that may have a change carried out: the backend of the executor, which runs confirmed
/// plans.
const EXECUTORS: &[&str] = &["src/engine/action_backend.rs"];

#[test]
fn only_confirmed_plans_are_carried_out() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let name = path.display().to_string();
        let is_free = name.starts_with("src/aws/actions") || EXECUTORS.contains(&name.as_str());
        if !is_free && squeezed(&text).contains("actions::execute") {
            wrong.push(format!(
                "{name}: only {EXECUTORS:?} may call `actions::execute`"
            ));
        }
    }
    assert_none(&wrong);
}

/// Requests that must never be carried out.
#[test]
fn dry_runs_set_the_dry_run_flag() {
    let mut text = String::new();
    for (_, source) in sources("src/aws/actions") {
        for body in source.split("async fn dry_run(").skip(1) {
            text += &squeezed(body.split("\n    }\n").next().unwrap_or_default());
        }
    }
    let writes = |request: &str| {
        request.match_indices("ec2.").any(|(at, _)| {
            let operation = word(&request[at + "ec2.".len()..]);
            operation.contains('_') && !is_read(operation)
        })
    };
    let requests: Vec<&str> = text.split(".send()").filter(|part| writes(part)).collect();
    assert_eq!(requests.len(), 6, "every write of EC2: {requests:?}");
    let carried_out: Vec<String> = requests
        .iter()
        .filter(|request| !request.contains(".dry_run(true)"))
        .map(|request| format!("without `.dry_run(true)`: {request}"))
        .collect();
    assert_none(&carried_out);
}

#[test]
fn mutating_calls_are_found_in_every_form() {
    let clients = ["ec2", "sagemaker"].map(str::to_owned);
    let wrong = |text: &str| violations(&squeezed(text), &clients).len();
    assert_eq!(
        wrong("let x = cx\n    .session\n    .ec2\n    .describe_instances()\n"),
        0
    );
    assert_eq!(wrong("session.ec2.stop_instances().send()"), 1);
    assert_eq!(wrong("self.session.sagemaker.invoke().send()"), 1);
    assert_eq!(wrong("let ec2 = &session.ec2; ec2.run_instances();"), 1);
    assert_eq!(wrong("let ec2 = &session.ec2; ec2.list_things();"), 0);
    assert_eq!(wrong("let other = &session.ec2; other.run_instances();"), 1);
    assert_eq!(wrong("session.ec2.$request().send()"), 1);
    assert_eq!(
        wrong("prices.ec2(ty, region); tags.sagemaker(cx).await;"),
        0
    );
}
