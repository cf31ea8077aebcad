//! The rate of every row, from the scenario's text and the price files, to the cent.

use super::{Books, accounts, prices};
use spendtop::{
    domain::{CommonField, PaneId},
    mock::{SCENARIOS, Scenario},
};
use toml::{Table, Value};

/// A resource of the scenario with a price: its pane, the name of its row, how many rows have it,
/// and dollars an hour of each.
struct Entry {
    pane: PaneId,
    name: String,
    rows: usize,
    rate: f64,
}

fn text<'a>(item: &'a Table, key: &str) -> Option<&'a str> {
    item.get(key).and_then(Value::as_str)
}

fn count(item: &Table, key: &str) -> usize {
    let number = item.get(key).and_then(Value::as_integer);
    number.map_or(1, |number| usize::try_from(number).unwrap())
}

/// The resources of a group that run.
fn running(file: &Table, group: &str) -> Vec<Table> {
    let ends = ["stopped", "terminated", "deleted", "failed"];
    let items = file.get(group).and_then(Value::as_array);
    let tables = items.into_iter().flatten().filter_map(Value::as_table);
    let runs = |one: &&Table| !ends.iter().any(|end| one.contains_key(*end));
    tables.filter(runs).cloned().collect()
}

/// The entries of a group, with the rate of one resource as `rate` reads it; `None` leaves it out.
fn of_group(
    file: &Table,
    group: &str,
    pane: PaneId,
    rate: impl Fn(&Table, &str) -> Option<f64>,
) -> Vec<Entry> {
    let home = file["regions"][0].as_str().unwrap();
    let mut entries = Vec::new();
    for one in running(file, group) {
        let region = text(&one, "region").unwrap_or(home).to_owned();
        let Some(rate) = rate(&one, &region) else {
            continue;
        };
        let (name, rows) = (text(&one, "name").unwrap(), count(&one, "count"));
        let numbered = name.contains("{n}");
        let names = if numbered { rows } else { 1 };
        entries.extend((1..=names).map(|n| Entry {
            pane,
            name: name.replace("{n}", &n.to_string()),
            rows: if numbered { 1 } else { rows },
            rate,
        }));
    }
    entries
}

/// The running resources of the scenario `file` with a constant rate.
fn entries(file: &Table) -> Vec<Entry> {
    let kind = |one: &Table| text(one, "type").map(str::to_owned);
    let instance = |one: &Table, region: &str| {
        let ty = kind(one)?;
        let accelerated = ["p", "g", "trn", "inf"];
        let family = ty.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let letters = &ty[..ty.len() - family.len()];
        accelerated.contains(&letters).then_some(())?;
        match text(one, "market") {
            Some("spot" | "spot-persistent") => prices::spot(&ty, region),
            Some("capacity-block") => Some(0.0),
            _ => prices::on_demand(&ty, region),
        }
    };
    let notebook = |one: &Table, region: &str| prices::ml(&kind(one)?, "notebook", region);
    let endpoint = |one: &Table, region: &str| {
        let keys = ["autoscaling", "schedule", "config-deleted", "training-plan"];
        let is_steady = !keys.iter().any(|key| one.contains_key(*key));
        let rate = prices::ml(&kind(one)?, "hosting", region).filter(|_| is_steady)?;
        Some(rate * count(one, "instances") as f64)
    };
    let throughput = |one: &Table, _: &str| {
        let rate = prices::unit(text(one, "model")?, text(one, "commitment")?)?;
        Some(rate * count(one, "units") as f64)
    };
    [
        of_group(file, "instance", "gpus", instance),
        of_group(file, "notebook", "notebooks", notebook),
        of_group(file, "endpoint", "endpoints", endpoint),
        of_group(file, "throughput", "throughput", throughput),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[tokio::test]
async fn every_row_burns_what_the_price_files_say() {
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for (name, file) in accounts() {
        let books = Books::open(Scenario::find(name).unwrap()).await;
        for Entry {
            pane,
            name: row,
            rows,
            rate,
        } in entries(&file.parse().unwrap())
        {
            let rates: Vec<f64> = books
                .inventory
                .rows(pane)
                .filter(|record| *record.head.name == *row)
                .map(|record| record.head.burn.rate().map_or(f64::NAN, |rate| rate.0))
                .collect();
            checked += rates.len();
            if rates.len() != rows || rates.iter().any(|own| (own - rate).abs() >= 0.005) {
                wrong.push(format!(
                    "{name} {pane} {row}: {rows} at {rate} or {rates:?}"
                ));
            }
        }
        books.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 100, "only {checked} rows were compared");
}

/// The header, the panes and the JSON have the same sum.
#[tokio::test]
async fn the_header_is_the_sum_of_the_rows_and_of_the_json() {
    for (name, _) in SCENARIOS {
        let books = Books::open(Scenario::find(name).unwrap()).await;
        let totals = books.inventory.totals(None);
        let (mut burn, mut effective, mut waste, mut prepaid) = (0.0, 0.0, 0.0, 0.0);
        for pane in books.inventory.panes().iter() {
            for record in books.inventory.rows(pane.id) {
                burn += record.head.burn.rate().map_or(0.0, |rate| rate.0);
                effective += record.head.effective().map_or(0.0, |rate| rate.0);
                waste += record.head.waste.known().map_or(0.0, |rate| rate.0);
                let rate = CommonField::Prepaid.value(&record.head, books.now());
                prepaid += rate.number().unwrap_or_default();
            }
        }
        for (told, sum) in [
            (totals.burn.0, burn),
            (totals.effective.0, effective),
            (totals.waste.0, waste),
            (totals.prepaid.0, prepaid),
        ] {
            assert!(
                (told - sum).abs() < 0.005,
                "{name}: {told} told, {sum} in rows"
            );
        }
        books.close().await;
    }
}
