//! The time for 10,000 rows: a report in the engine's task, the same report in the render loop, and
//! filtering and sorting a pane.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use spendtop::{
    domain::{Freshness, Report, SourceId},
    inventory::{
        AppliedReport, Event,
        pane_view::{SortOrder, view},
        query::Query,
    },
    screen::{
        App, Command, Message,
        fixture::{self, press},
        update::update,
    },
};
use std::{
    cell::RefCell,
    hint::black_box,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const ROWS: usize = 10_000;

fn report(seconds: i64, complete: bool) -> Report {
    let source = SourceId {
        pane: "gpus",
        place: fixture::place("us-east-1"),
    };
    Report {
        source,
        at: fixture::later(seconds),
        ended: Vec::new(),
        rows: fixture::many(ROWS),
        complete,
        faults: Vec::new(),
        notes: Vec::new(),
        costs: None,
        watch: None,
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
            |(mut inventory, report)| {
                inventory.apply(report, fixture::now());
                inventory
            },
            BatchSize::LargeInput,
        );
    });
    for (name, complete) in [("again_10000", true), ("again_10000_incomplete", false)] {
        let mut inventory = fixture::empty_inventory();
        inventory.apply(report(0, true), fixture::now());
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || report(0, complete),
                |report| inventory.apply(report, fixture::now()),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// A report that the engine has applied, in the render loop: on the Overview and on the full pane.
fn render_loop(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render_loop");
    for (name, keys) in [("overview_10000", ""), ("pane_10000", "2 2")] {
        let mut app = App::new(fixture::setup(
            fixture::inventory(&fixture::many(ROWS)),
            (140, 40),
        ));
        assert!(press(&mut app, keys).is_ok(), "keys of the default keymap");
        // The engine keeps the last two snapshots, so that the render loop frees no rows.
        let snapshots = RefCell::new(vec![app.inventory.store().clone()]);
        let next = || {
            let snapshots = &mut *snapshots.borrow_mut();
            let store = snapshots[snapshots.len() - 1].clone();
            beside(|| {
                let applied = AppliedReport::apply(report(0, true), &store, fixture::now());
                snapshots.push(Arc::clone(&applied.store));
                let extra = snapshots.len().saturating_sub(3);
                snapshots.drain(..extra);
                Message::Engine(Event::Report(applied))
            })
        };
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for _ in 0..iterations {
                    spent += in_loop(&mut app, next());
                }
                spent
            });
        });
    }
    group.finish();
}

/// Does `work` in another thread, as the engine does: the allocator works off there what is freed
/// there.
#[expect(
    clippy::expect_used,
    reason = "a panic of the work is one of the benchmark"
)]
fn beside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().expect("the work ends"))
}

/// The time that `message` costs the loop: with the rows that were made beside it, without the time
/// that they took there.
fn in_loop(app: &mut App, message: Message) -> Duration {
    let start = Instant::now();
    let commands = update(app, message);
    let mut spent = start.elapsed();
    for command in commands {
        let Command::Arrange(arrangement) = command else {
            continue;
        };
        let arranged = beside(|| Message::Arranged(arrangement.run()));
        let start = Instant::now();
        let discarded = update(app, arranged);
        spent += start.elapsed();
        beside(|| drop(discarded));
    }
    spent
}

/// One pane as it is shown: every row let through, a filter with each kind of term, each kind of
/// order.
fn filter_and_sort(criterion: &mut Criterion) {
    let mut inventory = fixture::empty_inventory();
    inventory.apply(report(0, true), fixture::now());
    let fields = inventory
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
                    &inventory,
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

criterion_group!(benches, apply, render_loop, filter_and_sort);
criterion_main!(benches);
