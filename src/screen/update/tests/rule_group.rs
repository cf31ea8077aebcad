//! The row that groups all findings of a rule.

use super::*;
use crate::domain::Record;

/// The place of the row for the rule `untagged` in the findings.
fn untagged_group(app: &App) -> usize {
    let rows = &app.focused().unwrap().rows;
    let group = rows.iter().position(|row| &*row.head.name == "untagged");
    group.expect("a row for the rule")
}

#[test]
fn rule_group_comes_after_the_rows_that_waste() {
    let mut app = fixture::app(SIZE);
    let wastes = |row: &Record| row.head.waste.known().is_some_and(|waste| waste.0 > 0.0);
    let rows = &app.focused().unwrap().rows;
    let wasting = rows.iter().take_while(|row| wastes(row)).count();
    assert!(untagged_group(&app) >= wasting);
    press(&mut app, "*");
    let marked = app.focused().unwrap().marks.clone();
    assert!(
        marked
            .iter()
            .all(|key| app.inventory.record(key).is_some_and(|row| wastes(row)))
    );
}

#[test]
fn rule_group_opens_the_rows_with_its_finding() {
    let mut app = fixture::app(SIZE);
    let group = untagged_group(&app);
    app.table_mut(Tile::Waste).unwrap().go(group);
    press(&mut app, "enter *");
    let table = app.focused().unwrap();
    assert_eq!(
        (table.rule(), table.marks.len(), table.rows.len()),
        (Some("untagged"), table.total, table.total)
    );
    let found: std::collections::HashSet<_> = app
        .inventory
        .findings()
        .iter()
        .filter(|finding| finding.rule == "untagged")
        .map(|finding| finding.key.clone())
        .collect();
    assert_eq!(
        table.marks, found,
        "the rows with a finding of that rule, and no others"
    );
    press(&mut app, "T");
    assert_eq!(top(&app), "tags");
    press(&mut app, "esc esc");
    let table = app.focused().unwrap();
    assert_eq!(
        (table.rule(), table.cursor),
        (None, group),
        "back on the row it was opened from"
    );
}

#[test]
fn rule_group_stands_for_all_its_rows() {
    let mut app = fixture::app(SIZE);
    let group = untagged_group(&app);
    app.table_mut(Tile::Waste).unwrap().go(group);
    press(&mut app, "T");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
        panic!("no editor")
    };
    assert!(editor.targets.len() > 20);
    press(&mut app, "esc e");
    assert_eq!(top(&app), "why");
    press(&mut app, "esc d");
    assert_eq!(top(&app), "details");
}
