//! The wording of titles, hints, reasons and lines of panels, in one table.

use super::{and_more, confirm, details, dialogs, empty, input_errors, page, reasons, sheets};
use crate::domain::{
    Currency, Discount, Fault, FaultKind, Operation, Reason, Service, Usd, UsdPerHour,
};
use crate::inventory::MonthToDate;

const STOP: Operation = Operation::Stop;
const RATE: UsdPerHour = UsdPerHour(12.5);

fn discount() -> Discount {
    Discount {
        service: Service::Ec2,
        share: 0.25,
        source: "config".into(),
    }
}

fn month() -> MonthToDate {
    MonthToDate {
        amount: Usd(148_065.85),
        billed: Usd(141_202.1),
        currency: Currency::USD,
        through: None,
        accounts: 2,
        missing: 0,
    }
}

/// Each function with sample arguments.
// A row a line where it fits: rustfmt would spread the table over twice as many lines.
#[rustfmt::skip]
fn wordings() -> Vec<(String, &'static str)> {
    let why = Reason::new("why1");
    let fault = Fault::new(FaultKind::Denied, "ec2:DescribeInstances", "denied1");
    vec![
        (and_more(3), "and 3 more"),
        // Dialogs.
        (dialogs::scale_title("web"), "Scale web"),
        (dialogs::scheduled_scaling_title("web"), "Scheduled scaling of web"),
        (dialogs::autoscaling_limits_title("web"), "Autoscaling limits of web"),
        (dialogs::schedule_title("web"), "Schedule an operation on web"),
        (dialogs::scheduled_title(true).into(), "Scheduled: missed operations"),
        (dialogs::sort_title(true).into(), "Sort by (highest first)"),
        (dialogs::count_label("copies"), "new number of copies: "),
        (dialogs::count_range(2, 2), "2"),
        (dialogs::count_range(2, 4), "2 to 4"),
        (dialogs::desired_and_minimum(3, 1), "3 desired, minimum 1"),
        (dialogs::different_limits(2), "different on 2 targets"),
        (dialogs::tags_unknown(2), "the tags of 2 of them are unknown"),
        (dialogs::mixed_tag(2, 3, 1), "on 2 of 3, 1 value"),
        (dialogs::unavailable("gone"), "unavailable: gone"),
        (dialogs::already_scheduled(STOP, "19:00"), "scheduled: stop at 19:00"),
        (
            dialogs::hidden_waste(RATE),
            "$12.50/h is hidden from the ranking until then; costs continue",
        ),
        (dialogs::missed("19:00"), "missed 19:00"),
        (dialogs::not_started(STOP, 1, 3), "stop: 1 of 3 not started"),
        (dialogs::in_progress(STOP, 1, 3), "stop: 1 of 3 in progress"),
        (dialogs::starting_now(STOP, "web"), "stop web: starting now"),
        (dialogs::scheduled_summary(1, "stop web at 19:00"), "Scheduled: stop web at 19:00."),
        (
            dialogs::scheduled_summary(2, "stop web at 19:00"),
            "2 operations are scheduled; the next: stop web at 19:00.",
        ),
        (
            dialogs::scheduled_after_quit(1, true, 10.0),
            "It runs only if spendtop is running then. Schedules are saved: the next start runs \
             operations that are at most 10 minutes late and asks about older ones.",
        ),
        (
            dialogs::scheduled_after_quit(2, false, 10.0),
            "Schedules are not saved in this session: they are lost when you quit.",
        ),
        // Inputs.
        (input_errors::too_few(1), "AWS requires at least 1 here"),
        (input_errors::too_many(9), "the limit is 9, to catch typing errors"),
        (input_errors::unchanged("2-6"), "already 2-6"),
        (
            input_errors::not_off_hours(Operation::Start),
            "an off-hours tag stops and starts: it cannot start",
        ),
        (input_errors::not_a_tag("x"), "`x`: type key=value, or -key to remove a tag"),
        // The confirm dialog.
        (confirm::title("Stop", "web", false), "Stop web"),
        (confirm::title("Stop", "web", true), "Stop web (scheduled)"),
        (confirm::undo_title(STOP, "web"), "Undo stop of web"),
        (confirm::seconds_left(42.0), "confirm within 42 s · each target is re-checked first"),
        (confirm::type_reason(false, "why1"), "type the name to confirm: why1"),
        (confirm::type_reason(true, "why1"), "type the account to confirm: why1"),
        (confirm::more_warnings(1), "… and 1 more warning, below the targets"),
        (confirm::some_targets(2, 3, "why1"), "2 of 3: why1"),
        (confirm::unread(&fault), "could not be read: ec2:DescribeInstances: denied: denied1"),
        (confirm::skipped(1, 3), "1 of 3 skipped: "),
        (confirm::still_billed(RATE, "replaced"), "$12.50/h is still billed: replaced"),
        (confirm::changing_count(1, 2, 3), "1 running, 2 desired → 3"),
        (confirm::locations("region", 1), "region "),
        (confirm::locations("region", 2), "2 regions "),
        // The page.
        (page::unpriced(2, false), " +2 unpriced"),
        (page::in_progress(2, 2), "2 in progress "),
        (page::in_progress(1, 2), "1 of 2 in progress "),
        (page::scheduled(2), "2 scheduled "),
        (page::errors(1), " 1 error "),
        (page::marked(3, 1), "3 marked (1 hidden)"),
        (page::all_over(2, 2, 0), "✓ 2 of 2 done"),
        (page::all_over(1, 2, 1), "! 1 of 2 done, 1 failed or skipped"),
        (page::changing("stopping", 1, 3, 1), "→ stopping: 1 of 3 done, 1 failed or skipped"),
        (page::results(2, 2), "all 2 done"),
        (page::undo_what(STOP, "web", "ana", "08:00"), "stop of web by ana, 08:00"),
        (page::snoozed_for("2h"), "snoozed 2h"),
        // Empty tables.
        (empty::no_match(9, "x"), "None of 9 matches /x"),
        (empty::none_visible(1), "1 row hidden: its region or profile is not shown"),
        (empty::none_visible(40), "40 rows hidden: their region or profile is not shown"),
        (empty::none_wasted(9), "None of 9 has waste"),
        (empty::evaluated(9, 8, 7), "9 resources, 8 billed, 7 evaluated by their metrics."),
        (empty::not_evaluated(1), "1 could not be evaluated: see their details."),
        (empty::no_resources("us-east-1"), "No resources in us-east-1."),
        // Details.
        (
            details::list_price(2.0, RATE, UsdPerHour(25.0), true, "card"),
            "2 × $12.50/h = $25.00/h, list; estimated: card",
        ),
        (
            details::effective_price(UsdPerHour(100.0), &discount(), UsdPerHour(75.0)),
            "$100.00/h × (1 - 25.0 %) = $75.00/h; EC2, config",
        ),
        (details::rows(1, None), "1 row"),
        (details::rows(1, Some(9)), "1 of 9 rows"),
        (
            details::tagged("1 of 9 rows", 0.5, RATE, UsdPerHour(25.0)),
            "1 of 9 rows, 50 % of resources have all required tags; $12/h of $25/h is untagged",
        ),
        (details::scheduled(STOP, "19:00", "18:00"), "stop 19:00; confirmed 18:00"),
        (details::snoozed("19:00"), "its findings are snoozed until 19:00"),
        // Panels.
        (sheets::unknown("why1"), "n/a: why1"),
        (sheets::contributors::impossible("why1"), "No contributors: why1."),
        (sheets::contributors::explained(Usd(50.0), Some(0.5)), "contributors explain $50, 50 %"),
        (
            sheets::contributors::rest(Usd(50.0), 0.25),
            "the rest, $50 (25 %): ended before this console started, or no pane lists it",
        ),
        (
            sheets::contributors::more_than_impact(Usd(50.0)),
            "$50 more than AWS counts; its figure may be a day late",
        ),
        (sheets::contributors::earlier(1), "1 more matches but ran before at the same pace"),
        (sheets::contributors::earlier(2), "2 more match but ran before at the same pace"),
        (sheets::contributors::sent("yes"), "Feedback sent: yes  "),
        (
            sheets::forecast::month(&month(), Some("Sun 17:00")),
            "$148,065.85   $141,202.10 billed to Sun 17:00, $6,863.75 estimated since; 2 accounts",
        ),
        (page::billed("$141k", "Sun 17:00"), "$141k this month, billed to Sun 17:00"),
        (
            sheets::forecast::exceeded_on("Nov 26", "Nov 25", "Nov 28", 3.0),
            "exceeded Nov 26 (Nov 25 to Nov 28), in 3 days",
        ),
        (
            sheets::journal::verified(9, 1),
            "integrity verified: 9 entries; 1 interrupted by a crash",
        ),
        (sheets::journal::altered(1), "THE JOURNAL WAS ALTERED: 1 integrity violation"),
        (sheets::journal::count(1, 2), "1 running, 2 desired"),
        (sheets::activity::plans(1), "1 plan"),
        // Reasons.
        (reasons::type_to_confirm(false, &why).to_string(), "type the name: why1"),
        (reasons::not_schedulable(STOP).to_string(), "stop cannot be scheduled"),
        (reasons::missed("19:00").to_string(), "spendtop was not running at 19:00"),
    ]
}

#[test]
fn titles_hints_and_reasons_have_their_wording() {
    let wrong: Vec<_> = wordings()
        .into_iter()
        .filter(|(text, wording)| text != wording)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Words of the private vocabulary that this program once had, and of other concepts.
const BANNED: &[&str] = &[
    "agreed",
    "bounds",
    "burns",
    "deed",
    "idle",
    "left out",
    "nothing to show for it",
    "outlook",
    "resting",
    "rests",
    "suspect",
    "told",
    "under way",
    "of before",
    "wanted",
];

/// The source of each file with sentences.
const SOURCES: &[&str] = &[
    include_str!("confirm.rs"),
    include_str!("details.rs"),
    include_str!("dialogs.rs"),
    include_str!("empty.rs"),
    include_str!("input_errors.rs"),
    include_str!("page.rs"),
    include_str!("reasons.rs"),
    include_str!("sheets.rs"),
    include_str!("toasts.rs"),
    include_str!("../../domain/action/warning/summary.rs"),
    include_str!("../../domain/action/warning/words.rs"),
];

#[test]
fn a_concept_has_one_word() {
    let mut wrong = Vec::new();
    for source in SOURCES {
        for line in source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            // Odd parts are between quotes.
            for text in line.split('"').skip(1).step_by(2) {
                let text = text.to_lowercase();
                let word = BANNED.iter().find(|banned| {
                    text.match_indices(**banned).any(|(at, found)| {
                        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
                        !is_letter(text[..at].chars().next_back())
                            && !is_letter(text[at + found.len()..].chars().next())
                    })
                });
                wrong.extend(word.map(|word| format!("{word}: {text}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
