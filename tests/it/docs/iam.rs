//! The README's generated parts say what the code says: help, panes, keys, IAM actions,
//! configuration.
//!
//! `UPDATE_README=1 cargo test readme` rewrites them. Must not hold a list of its own.

use clap::CommandFactory;
use spendtop::{
    app::cli::Cli,
    aws::{actions, describe, preflight, price_list, session},
    collectors,
    domain::{
        ApiCall, JobKind, PaneMeta, Tags,
        action::{
            operation::{AppOwner, TagRoute},
            setting::Feedback,
        },
    },
    screen::{
        help,
        input::keymap::{Keymap, SHIPPED},
    },
};
use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

#[test]
fn the_readme_says_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let parts = [
        ("help", help()),
        ("panes", panes_table()),
        ("keys", keys()),
        ("iam", iam()),
        ("config", config()),
    ];
    let mut written = readme.clone();
    for (name, text) in parts {
        written = with_part(&written, name, &text);
    }
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, &written).unwrap();
    } else {
        assert!(
            readme == written,
            "README.md is not what the code says: UPDATE_README=1 cargo test readme"
        );
    }
}

/// `readme` with `text` between the marks of part `name`.
fn with_part(readme: &str, name: &str, text: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = readme
        .split_once(&open)
        .unwrap_or_else(|| panic!("README.md has no mark {open}"));
    let (_, after) = rest
        .split_once(&close)
        .unwrap_or_else(|| panic!("README.md has no mark {close}"));
    format!("{before}{open}{}\n{close}{after}", text.trim_end())
}

fn help() -> String {
    let help = Cli::command().term_width(100).render_help();
    format!("```text\n{help}```")
}

fn panes_table() -> String {
    let mut out = "| pane | rows | columns | operations |\n| --- | --- | --- | --- |\n".to_owned();
    for PaneMeta {
        id,
        doc,
        fields,
        operations,
        ..
    } in collectors::metas().iter()
    {
        let fields: Vec<_> = fields
            .iter()
            .map(|field| format!("`{}`", field.id))
            .collect();
        let operations: Vec<_> = operations.iter().map(|operation| operation.id()).collect();
        writeln!(
            out,
            "| `{id}` | {doc} | {} | {} |",
            fields.join(" "),
            operations.join(", ")
        )
        .unwrap();
    }
    out
}

fn keys() -> String {
    let (name, text) = SHIPPED.iter().find(|(name, _)| *name == "default").unwrap();
    help::key_table(&Keymap::parse(text, name, None).unwrap())
}

fn iam() -> String {
    let listed = |needs: &mut dyn Iterator<Item = &str>| {
        needs
            .map(|need| format!("`{need}`"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut out = "| for | reads |\n| --- | --- |\n".to_owned();
    let metas = collectors::metas();
    for PaneMeta { id, needs, .. } in metas.iter() {
        writeln!(out, "| `{id}` | {} |", listed(&mut needs.iter().copied())).unwrap();
    }
    writeln!(
        out,
        "| `spendtop prices refresh` | {} |",
        listed(&mut price_list::NEEDS.iter().copied())
    )
    .unwrap();
    writeln!(
        out,
        "| the account's name | {} |",
        listed(&mut session::NEEDS.iter().copied())
    )
    .unwrap();
    let written: BTreeSet<_> = actions::NEEDS
        .iter()
        .map(|need| (*need).to_owned())
        .collect();
    assert_eq!(
        written,
        acts(),
        "the changes that can be planned and those that can be carried out"
    );
    let known: BTreeSet<_> = metas.iter().flat_map(|meta| meta.needs).collect();
    let looks: BTreeSet<_> = describe::NEEDS
        .iter()
        .chain(preflight::NEEDS)
        .filter(|need| !known.contains(*need))
        .copied()
        .collect();
    write!(
        out,
        "\nActing needs, besides: {}.",
        listed(&mut actions::NEEDS.iter().copied().chain(looks))
    )
    .unwrap();
    out
}

/// The IAM action of every request that any call makes.
fn acts() -> BTreeSet<String> {
    let text = || "x".into();
    let tags = || Tags::from([("k".to_owned(), "v".to_owned())]);
    let tag = |route| ApiCall::Tag {
        route,
        set: tags(),
        remove: vec!["old".to_owned()],
    };
    let timetable = |bounds| ApiCall::Timetable {
        endpoint: text(),
        variant: text(),
        bounds,
        put: Vec::new(),
        delete: vec![text()],
    };
    let plain = [
        ApiCall::StopInstance(text()),
        ApiCall::EndWarmPool(text()),
        ApiCall::StopNotebook(text()),
        ApiCall::DeleteApp {
            domain: text(),
            owner: AppOwner::User(text()),
            app_type: text(),
            name: text(),
        },
        ApiCall::ScaleVariant {
            endpoint: text(),
            variant: text(),
            count: 1,
        },
        ApiCall::ScaleComponent {
            name: text(),
            copies: 1,
        },
        ApiCall::StartInstance(text()),
        ApiCall::RebootInstance(text()),
        ApiCall::TerminateInstance(text()),
        ApiCall::StartNotebook(text()),
        ApiCall::ScaleGroup {
            cluster: text(),
            group: text(),
            count: 1,
        },
        ApiCall::DeleteEndpoint(text()),
        ApiCall::SwapModel {
            arn: text(),
            model: text(),
        },
        ApiCall::GiveFeedback {
            anomaly: text(),
            day: text(),
            feedback: Feedback::Yes,
        },
        ApiCall::DeleteThroughput(text()),
        ApiCall::ScheduleVariant {
            endpoint: text(),
            variant: text(),
            schedule: spendtop::domain::WeeklySchedule::parse("mon-fri 08-18 2 1").unwrap(),
            bounds: (1, 2),
        },
        timetable(Some((1, 2))),
        timetable(None),
        tag(TagRoute::Ec2(text())),
        tag(TagRoute::SageMaker(text())),
        tag(TagRoute::Bedrock(text())),
    ];
    let jobs = JobKind::ALL.map(|kind| ApiCall::StopJob { kind, id: text() });
    let calls: Vec<ApiCall> = plain.into_iter().chain(jobs).collect();
    calls
        .iter()
        .flat_map(ApiCall::requests)
        .filter_map(|request| request.split_whitespace().next().map(str::to_owned))
        .collect()
}

fn config() -> String {
    let example = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/valid/full.toml"),
    )
    .unwrap();
    format!("```toml\n{example}```")
}
