//! JSON, CSV and tables of rows.

use super::*;
use crate::{
    domain::{Discount, Measured, Prepaid, Service, UsdPerHour, pane_id},
    inventory::query::Query,
    screen::fixture,
};

#[test]
fn json_escapes_control_characters_and_reads_back() {
    let name = "a\u{1b}[31m\u{9b}31m\u{202e}\u{e0041}訓練";
    let line = OutputRow {
        head: Pairs(vec![("name".to_owned(), json!(name))]),
        fields: Pairs::default(),
    };
    let text = json(&[line]);
    assert!(
        text.chars().all(|c| c == '\n'
            || matches!(
                text::printable(&c.to_string()),
                std::borrow::Cow::Borrowed(_)
            )),
        "{text:?}"
    );
    let read: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(read[0]["name"], name);
    assert_eq!(
        serde_json::from_str::<Json>(&json::<OutputRow>(&[])).unwrap(),
        json!([])
    );
}

#[test]
fn columns_align_by_display_width() {
    let headings = vec![("NAME".to_owned(), false), ("$/h".to_owned(), true)];
    let out = aligned(
        &headings,
        vec![
            vec!["訓練".into(), "$301".into()],
            vec!["a".into(), "$5".into()],
        ],
    );
    assert_eq!(out, "NAME   $/h\n訓練  $301\na       $5\n");
}

/// A row whose list rate, effective rate and waste differ, with a value in every column.
fn discounted() -> (Record, PaneMeta) {
    let panes = fixture::panes();
    let meta = panes
        .iter()
        .find(|pane| pane.id == pane_id::GPUS)
        .unwrap()
        .clone();
    let mut record = fixture::instance(2);
    record.head.discount = Some(Discount {
        service: Service::Ec2,
        share: 0.25,
        source: "configuration".into(),
    });
    record.head.waste = Measured::Known(UsdPerHour(3.5));
    record.head.waste_estimate = Some(UsdPerHour(1.5));
    record.head.owner = Some("search".into());
    record.head.prepaid = Some(Box::new(Prepaid {
        unit: Measured::Known(UsdPerHour(2.5)),
        ..Prepaid::on("cr-1".into(), 1, record.head.since)
    }));
    record.head.profile = "prod".into();
    record.head.tags = Measured::Known([("team".into(), "search".into())].into());
    record.head.as_of = Some(fixture::later(-3_600));
    (record, meta)
}

#[test]
fn filter_json_and_csv_agree_on_every_column() {
    let (record, meta) = discounted();
    let now = fixture::now();
    assert_ne!(record.head.burn.rate(), record.head.effective());
    let row = OutputRow::of_record(&record, &meta, now);
    let object: Json = serde_json::from_str(&json(std::slice::from_ref(&row))).unwrap();
    let table = csv(&[row], &[]);
    let mut lines = ::csv::Reader::from_reader(table.as_bytes());
    let headings = lines.headers().unwrap().clone();
    let cells = lines.records().next().unwrap().unwrap();
    for field in CommonField::ALL {
        let key = field.key();
        let in_json = &object[0][key];
        assert!(!in_json.is_null(), "{key} has no value to compare");
        let value = field.value(&record.head, now).json();
        match (in_json.as_f64(), value.as_f64()) {
            // serde_json rounds the last digit of a number that it reads.
            (Some(read), Some(written)) => assert!((read - written).abs() < 1e-9, "{key}"),
            _ => assert_eq!(*in_json, value, "{key}"),
        }
        let at = headings.iter().position(|heading| heading == key).unwrap();
        let in_csv = &cells[at];
        assert_eq!(in_csv, super::csv::cell(Some(&value)), "{key}");
        if matches!(in_json, Json::Object(_)) {
            continue;
        }
        for (value, matches) in [(in_csv, true), ("no-such-value", false)] {
            let query = Query::parse(&format!("{key}:\"{value}\""), &meta.fields).unwrap();
            assert_eq!(
                query.matches(&record, &meta.fields, now),
                matches,
                "{key}:{value}"
            );
        }
    }
}

#[test]
fn csv_line_has_every_column() {
    let head = Pairs(vec![
        ("name".to_owned(), json!("a,b")),
        ("tags".to_owned(), json!({"team": "search", "x": "y"})),
    ]);
    let line = OutputRow {
        head,
        fields: Pairs(vec![
            ("gpu".to_owned(), json!(0.25)),
            ("units".to_owned(), json!(2)),
        ]),
    };
    let out = csv(&[line], &["gpu".to_owned()]);
    let lines: Vec<&str> = out.lines().collect();
    let keys: Vec<&str> = CommonField::ALL.iter().map(|field| field.key()).collect();
    assert_eq!(lines[0], format!("{},gpu,units", keys.join(",")));
    assert_eq!(
        lines[1],
        ",\"a,b\",,,,,,,,,,,,,,,,,,,,team=search;x=y,,,,0.25,2"
    );
}
