//! What the store costs with 10,000 rows: taking a report in, and filtering and sorting a pane.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use spendtop::{
    domain::{Freshness, Report, SourceId},
    inventory::{
        pane_view::{SortOrder, view},
        query::Query,
    },
    screen::fixture,
};
use std::hint::black_box;

const ROWS: usize = 10_000;

fn report(seconds: i64, complete: bool) -> Report {
    let source = SourceId {
        pane: "gpus",
        place: fixture::place("us-east-1"),
    };
    Report {
        source,
        at: fixture::later(seconds),
        rows: fixture::many(ROWS),
        complete,
        faults: Vec::new(),
        costs: None,
        freshness: Freshness::listed(fixture::later(seconds)),
    }
}

/// The first report of a source, the same again, and the same again in part.
fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply");
    group.bench_function("first_10000", |bencher| {
        let set_up = || (fixture::empty_inventory(), report(0, true));
        bencher.iter_batched(
            set_up,
            |(mut world, report)| {
                world.apply(report, fixture::now());
                world
            },
            BatchSize::LargeInput,
        );
    });
    for (name, complete) in [("again_10000", true), ("again_10000_incomplete", false)] {
        let mut world = fixture::empty_inventory();
        world.apply(report(0, true), fixture::now());
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || report(0, complete),
                |report| world.apply(report, fixture::now()),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// One pane as it is shown: every row let through, a filter with each kind of term, each kind of
/// order.
fn filter_and_sort(criterion: &mut Criterion) {
    let mut world = fixture::empty_inventory();
    world.apply(report(0, true), fixture::now());
    let fields = world
        .pane("gpus")
        .map(|pane| pane.fields.clone())
        .unwrap_or_default();
    let mut group = criterion.benchmark_group("view");
    for (name, text, field) in [
        ("all_by_burn", "", "burn"),
        ("all_by_name", "", "name"),
        ("all_by_age", "", "age"),
        ("word_by_burn", "worker", "burn"),
        (
            "terms_by_waste",
            "worker state:running burn>1 gpu<50% age>2h !spot region:us-* tag:team",
            "waste",
        ),
    ] {
        let query = match Query::parse(text, &fields) {
            Ok(query) => query,
            Err(error) => {
                eprintln!("{name} left out: {error}");
                continue;
            }
        };
        group.bench_function(format!("{name}_10000"), |bencher| {
            bencher.iter(|| {
                view(
                    &world,
                    "gpus",
                    black_box(&query),
                    &SortOrder {
                        field,
                        descending: true,
                    },
                    fixture::now(),
                )
            });
        });
    }
    group.finish();
}

criterion_group!(benches, apply, filter_and_sort);
criterion_main!(benches);
