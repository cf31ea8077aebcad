//! Cursor and marks of the sheet while contributors appear, move and disappear.

use super::*;
use crate::{
    domain::{
        Evidence, Usd,
        evidence::{AnomalyCause, AnomalyEvidence},
    },
    screen::fixture,
};

/// An EC2 anomaly and `count` instances.
fn rows(count: usize) -> Vec<Record> {
    let mut rows = fixture::many(count);
    rows.extend(
        fixture::estate()
            .into_iter()
            .filter(|row| *row.head.key.id == *"an-2"),
    );
    let cause = AnomalyCause {
        service: Some("Amazon Elastic Compute Cloud - Compute".into()),
        ..AnomalyCause::default()
    };
    let since = "2026-11-01T00:00:00Z".parse().ok();
    let anomaly = AnomalyEvidence {
        since,
        until: None,
        impact: Usd(10_000.0),
        causes: vec![cause],
        feedback: None,
    };
    if let Some(row) = rows.last_mut() {
        row.head.evidence = Evidence::Anomaly(Box::new(anomaly));
    }
    rows
}

fn sheet(inventory: &Inventory, rows: &[Record]) -> ContributorsSheet {
    ContributorsSheet::new(
        inventory,
        &Arc::new(rows.last().unwrap().clone()),
        fixture::now(),
    )
    .unwrap()
}

fn read(inventory: &mut Inventory, rows: &[Record]) {
    for report in fixture::reports(rows, fixture::later(30)) {
        inventory.apply(report, fixture::later(30));
    }
}

#[test]
fn only_anomalies_have_a_ranked_contributors_sheet() {
    let rows = rows(40);
    let inventory = fixture::inventory(&rows);
    assert!(
        ContributorsSheet::new(&inventory, &Arc::new(rows[0].clone()), fixture::now()).is_none()
    );
    let sheet = sheet(&inventory, &rows);
    assert_eq!(sheet.list.len(), 40);
    assert!(
        sheet
            .list
            .is_sorted_by(|a, b| Contributor::by_rank(a, b).is_le())
    );
    assert_eq!(
        (sheet.current(), sheet.acted, sheet.feedback()),
        (Some(&sheet.list[0].key), false, None)
    );
    assert_eq!(
        &*sheet.reason(),
        "contributor to anomaly an-2: Amazon EC2 above expected"
    );
}

#[test]
fn empty_contributors_sheet_ignores_keys() {
    let rows = rows(0);
    let inventory = fixture::inventory(&rows);
    let mut sheet = sheet(&inventory, &rows);
    sheet.mark();
    sheet.mark_all();
    sheet.go(7);
    assert_eq!(
        (
            sheet.cursor,
            sheet.current(),
            sheet.targets(),
            sheet.marks.len()
        ),
        (0, None, vec![], 0)
    );
}

#[test]
fn cursor_and_marks_stay_on_their_resources() {
    let mut rows = rows(30);
    let mut inventory = fixture::inventory(&rows);
    let mut sheet = sheet(&inventory, &rows);
    sheet.go(10);
    sheet.mark();
    assert_eq!(sheet.cursor, 11, "a mark goes down");
    sheet.go(20);
    let (marked, under) = (sheet.targets(), sheet.current().cloned());
    // The most expensive contributor loses its price: it moves down, and the others move up.
    let first = sheet.list[0].key.clone();
    rows.iter_mut()
        .find(|row| row.head.key == first)
        .unwrap()
        .head
        .burn = crate::domain::HourlyCost::Unpriced(crate::domain::Reason::new("no list has it"));
    read(&mut inventory, &rows);
    sheet.refresh(&inventory, fixture::later(30));
    assert_eq!(
        (sheet.cursor, sheet.current().cloned(), sheet.targets()),
        (19, under.clone(), marked.clone())
    );
    // Contributors that are gone stay listed and marked, so that the results of actions stay
    // visible.
    rows.retain(|row| Some(&row.head.key) != under.as_ref() && !marked.contains(&row.head.key));
    read(&mut inventory, &rows);
    sheet.refresh(&inventory, fixture::later(30));
    assert_eq!(
        (sheet.list.len(), sheet.current().cloned(), sheet.targets()),
        (30, under, marked)
    );
    sheet.go(999);
    assert_eq!(sheet.cursor, 29, "no further than the last");
    sheet.mark_all();
    assert_eq!(sheet.targets().len(), 30);
    sheet.mark_all();
    assert_eq!(
        sheet.targets().len(),
        1,
        "all marked, so all unmarked: the one under the cursor"
    );
}
