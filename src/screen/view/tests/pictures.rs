//! The screens with snapshots, and the facts that the others show.

use super::*;
use std::collections::BTreeSet;

const SMALL: (u16, u16) = (80, 24);
const MEDIUM: (u16, u16) = (140, 40);
const LARGE: (u16, u16) = (200, 60);

/// The snapshots: every pane, sheet and dialog at one size; the Overview, a pane and a confirm
/// dialog at extreme sizes. Each kind of layer in [`every`] has one.
const PICTURES: &[(&str, (u16, u16))] = &[
    ("pane_gpus", MEDIUM),
    ("pane_notebooks", MEDIUM),
    ("pane_endpoints", MEDIUM),
    ("pane_jobs", MEDIUM),
    ("pane_throughput", MEDIUM),
    ("pane_models", MEDIUM),
    ("pane_anomalies", MEDIUM),
    ("pane_spend", MEDIUM),
    ("chart_of_row", MEDIUM),
    ("grouping_budgets", MEDIUM),
    ("filtering", MEDIUM),
    ("forecast", MEDIUM),
    ("unpriced", MEDIUM),
    ("watch", MEDIUM),
    ("details", MEDIUM),
    ("why", MEDIUM),
    ("help", MEDIUM),
    ("errors", MEDIUM),
    ("alike_why", MEDIUM),
    ("denied", MEDIUM),
    ("stale", MEDIUM),
    ("schedule_signs", MEDIUM),
    ("activity", MEDIUM),
    ("journal", MEDIUM),
    ("journal_entry", MEDIUM),
    ("contributors", MEDIUM),
    ("overview", SMALL),
    ("pane_gpus", SMALL),
    ("loading", SMALL),
    ("empty", SMALL),
    ("palette", SMALL),
    ("scale", SMALL),
    ("schedule", SMALL),
    ("tags", SMALL),
    ("operations", SMALL),
    ("sort", SMALL),
    ("regions", SMALL),
    ("profiles", SMALL),
    ("theme", SMALL),
    ("export", SMALL),
    ("feedback", SMALL),
    ("bounds", SMALL),
    ("swap", SMALL),
    ("schedule_action", SMALL),
    ("schedule_by_tag", SMALL),
    ("schedule_by_hours", SMALL),
    ("scheduled_list", SMALL),
    ("schedule_confirm", SMALL),
    ("snooze", SMALL),
    ("confirm_one", SMALL),
    ("confirm_many_facts", SMALL),
    ("confirm_reading", SMALL),
    ("confirm_late", SMALL),
    ("demand_name", SMALL),
    ("demand_account", SMALL),
    ("confirm_protected", SMALL),
    ("confirm_start", SMALL),
    ("confirm_terminate", SMALL),
    ("confirm_delete", SMALL),
    ("confirm_scale", SMALL),
    ("confirm_schedule", SMALL),
    ("confirm_bounds", SMALL),
    ("confirm_swap", SMALL),
    ("confirm_tag", SMALL),
    ("confirm_feedback", SMALL),
    ("quit", SMALL),
    ("cancel", SMALL),
    ("journal_filtered", SMALL),
    ("acting_many", SMALL),
    ("bulk_end", SMALL),
    ("overview", LARGE),
    ("pane_gpus", LARGE),
    ("confirm_one", LARGE),
];

/// Names, numbers and symbols that every other screen shows at 80 by 24, so that wording can change
/// without this table.
const SHOWS: &[(&str, &[&str])] = &[
    ("overview_billed", &["MTD", "$"]),
    (
        "grouping_filtered",
        &[
            "3 of 12",
            "/group:tag* month>1k",
            "mlops",
            "$143k",
            "(untagged)",
            "Sum of 3 rows",
        ],
    ),
    (
        "filter_wrong",
        &["0 of 14", "/brn>5", "`brn`", "nearest: `burn`"],
    ),
    ("filtered_out", &["0 of 14", "/name:nobody"]),
    ("empty_pane", &["GPUs  0"]),
    (
        "denied_pane",
        &[
            "us-east-1, us-west-2 denied: ec2:DescribeInstances",
            "! 2 errors",
        ],
    ),
    (
        "denied_region",
        &["14 ", "$239/h", "us-west-2 denied: ec2:DescribeInstances"],
    ),
    ("read_only", &["READ-ONLY"]),
    (
        "why_discounted",
        &[
            "$21.96/h × (1 - 12.0 %) = $19.32/h",
            "Cost Explorer",
            "more below",
        ],
    ),
    (
        "details_discounted",
        &[
            "$21.96/h × (1 - 12.0 %) = $19.32/h",
            "Cost Explorer",
            "$1,178.69",
        ],
    ),
    (
        "alike",
        &[
            "untagged",
            "25 of 26 rows: cost-centre 25",
            "($97)",
            "ml-platform",
        ],
    ),
    ("alike_opened", &["Spend  1  1 marked", "▌●ml-platform"]),
    ("confirm_yes", &["No     ▸ Yes"]),
    ("confirm_facts", &["! 8000 GB", "! p4d.24xlarge"]),
    ("confirm_many", &["more below pgdn", "saves $238.71/h"]),
    (
        "confirm_many_facts_end",
        &["cloudwatch:GetMetricData", "old-trainer", "↑ 43"],
    ),
    ("demand_wrong", &["stop 13 resources > stop 12 resources"]),
    ("demand_met", &["stop 13 resources > stop 13 resources"]),
    ("acting", &["· waiting", "1 in progress"]),
    (
        "acting_overview",
        &[
            "hpo-worker ×8",
            "2 of 8 done",
            "✓ done",
            "5 of 8 in progress",
            "! 1 error",
        ],
    ),
    (
        "recovered",
        &[
            "1 of 3 done",
            "✗",
            "llm-pretrain",
            "30 s",
            "hpo-worker-2",
            "✓ done",
            "hpo-worker-1",
        ],
    ),
    (
        "quit_with_scheduled",
        &["stop llm-pretrain at 19:00", "10 minutes", "▸ No"],
    ),
    (
        "quit_with_scheduled_lost",
        &["1 of 1", "the next: stop hpo-worker-3", "▸ No"],
    ),
    (
        "journal_altered",
        &[
            "2 integrity violations",
            "journal.jsonl:3: the entry was altered",
            "journal.jsonl:5: entry 5 is missing",
        ],
    ),
    (
        "swap_known",
        &["custom-model/amazon.titan-text-express-v1/claims-2026-11"],
    ),
    ("swap_wrong", &["arn:aws:s3:::bucket", "ARN"]),
    ("bounds_wrong", &["6-2", "6 is more than 2"]),
    ("scale_wrong", &["new number of instances: 0", "at least 1"]),
    ("tags_wrong", &["> aws:createdBy=me", "begin with aws:"]),
    ("scheduled_list_empty", &["0 ─"]),
    ("contributors_marked", &["●", "hpo-worker-5", "11%", "↑"]),
    (
        "contributors_confirm",
        &[
            "2 resources?",
            "anomaly an-2",
            "InstanceIds=[i-0hpo02]",
            "saves $43.92/h",
        ],
    ),
    (
        "contributors_acted",
        &["hpo-worker-1", "hpo-worker-2", "· waiting", "2 in progress"],
    ),
    ("contributors_sent", &["YES"]),
    ("contributors_blind", &["root cause"]),
    ("contributors_none", &["matches"]),
    ("denied_plan", &["✗ stop llm-pretrain:", "freeze"]),
    (
        "left_out",
        &["Stop 5 resources?", "9 of 14", "freeze", "more below pgdn"],
    ),
    (
        "left_out_short",
        &["Stop 5 resources?", "9 of 14", "guard 1: owner:mlops"],
    ),
    ("max_bulk", &["14 marked", "13 targets", "limit 5"]),
    ("verbs_guarded", &["14 resources", "13 of 14"]),
    ("confirm_old", &["5m old", "stale 5m", "▸ No"]),
    (
        "confirm_places",
        &[
            "4 accounts ml-prod 1111-2222-3333, 1111-2222-3334, 1111-2222-3335,",
            "2 regions us-east-1, us-west-2",
            "4 profiles team-0-production-operator",
        ],
    ),
    ("confirm_unpriced", &["unpriced", "+1?"]),
    (
        "confirm_long",
        &[
            "a-name-of-the-greatest-length",
            "i-0hpo01",
            "$21.96/h",
            "@a-team-with-quite-a-long-name@platform.example.com",
        ],
    ),
    (
        "confirm_hostile",
        &[
            "evil[31mname  line 訓練ジョブ-模型",
            "i-0hpo01",
            "guard 1: kind:ec2-instance",
        ],
    ),
    (
        "details_gone",
        &["llm-pretrain  ec2-instance  gone", "$7,155.20"],
    ),
    ("schedule_wrong", &["`soon`"]),
    ("schedule_again", &["stop", "2026-11-23 19:00 UTC"]),
    ("schedule_details", &["2026-11-23 19:00 UTC", "in 10h 30m"]),
    (
        "schedule_missed",
        &["12h old", "◷", "llm-pretrain", "2026-11-23 19:00 UTC"],
    ),
    ("snoozed", &["+$176/h snoozed", "$85/h"]),
    (
        "undo",
        &[
            "Undo start of llm-pretrain?",
            "by ana, 2026-11-23 08:00 UTC",
            "InstanceIds=[i-0train1]",
        ],
    ),
];

fn shot(name: &str) -> fn((u16, u16)) -> App {
    let found = every::every().into_iter().find(|(shot, _)| *shot == name);
    found
        .unwrap_or_else(|| panic!("no screen is called {name}"))
        .1
}

#[test]
fn pictures_match_the_snapshots() {
    for (name, size) in PICTURES {
        let app = shot(name)(*size);
        insta::assert_snapshot!(format!("{name}_{}x{}", size.0, size.1), text(&drawn(&app)));
    }
}

#[test]
fn every_other_screen_shows_its_facts() {
    let mut missing = Vec::new();
    for (name, facts) in SHOWS {
        let shown = text(&drawn(&shot(name)(SMALL)));
        missing.extend(
            facts
                .iter()
                .filter(|fact| !shown.contains(**fact))
                .map(|fact| format!("{name} does not show `{fact}`:\n{shown}")),
        );
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_screen_has_a_picture_or_facts() {
    let known: BTreeSet<&str> = PICTURES
        .iter()
        .map(|(name, _)| *name)
        .chain(SHOWS.iter().map(|(name, _)| *name))
        .collect();
    let all: BTreeSet<&str> = every::every().into_iter().map(|(name, _)| name).collect();
    assert_eq!(all, known);
}

#[test]
fn every_kind_of_layer_has_a_picture() {
    let pictured: BTreeSet<&str> = PICTURES
        .iter()
        .filter_map(|(name, size)| shot(name)(*size).layers.last().map(every::kind))
        .collect();
    let missing: Vec<_> = every::KINDS
        .iter()
        .filter(|kind| !pictured.contains(**kind))
        .collect();
    assert!(missing.is_empty(), "no picture shows {missing:?}");
}
