//! Random accounts: the cost by spendtop equals the mock's bill, or spendtop marks it as a lower
//! bound.

use super::Books;
use proptest::{
    collection::vec,
    option,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use spendtop::{domain::CostWindow, mock::Scenario};
use std::fmt::Write;

/// Hours from its start to its end, both before now; `None`: it still runs.
type Life = (u32, Option<u32>);

#[derive(Clone, Debug)]
struct World {
    hour: i64,
    has_hours: bool,
    discount: u32,
    instances: Vec<(usize, u32, Life)>,
    notebooks: Vec<(usize, Life)>,
    endpoints: Vec<(usize, u32, u32, bool)>,
    jobs: Vec<(usize, Life)>,
    models: Vec<(u32, u32)>,
}

const MACHINES: [&str; 4] = ["g5.xlarge", "p4d.24xlarge", "g6.12xlarge", "trn1.32xlarge"];
const ML: [&str; 4] = [
    "ml.g5.xlarge",
    "ml.g4dn.12xlarge",
    "ml.m5.4xlarge",
    "ml.g5.12xlarge",
];

fn any_life() -> impl Strategy<Value = Life> {
    (2u32..300, option::weighted(0.4, 0.0f64..1.0))
        .prop_map(|(start, end)| (start, end.map(|share| (f64::from(start) * share) as u32)))
}

prop_compose! {
    fn any_world()(
        hour in 0i64..2_000,
        has_hours in any::<bool>(),
        discount in 1u32..30,
        instances in vec((0usize..4, 1u32..4, any_life()), 0..4),
        notebooks in vec((0usize..4, any_life()), 0..3),
        endpoints in vec((0usize..4, 1u32..5, 2u32..300, any::<bool>()), 0..3),
        jobs in vec((0usize..4, any_life()), 0..4),
        models in vec((5u32..200, 200u32..4_000), 0..3),
    ) -> World {
        World {
            hour, has_hours, discount, instances, notebooks, endpoints, jobs, models,
        }
    }
}

impl World {
    fn text(&self) -> String {
        let mut text = self.head();
        for (n, (ty, count, (start, end))) in self.instances.iter().enumerate() {
            let ty = MACHINES[*ty];
            let _ = write!(
                text,
                "[[instance]]\nname = \"gpu{n}-{{n}}\"\ncount = {count}\ntype = \"{ty}\"\n\
                 launched = \"-{start}h\"\ngpu = \"steady 60\"\n"
            );
            if let Some(end) = end {
                let _ = writeln!(text, "stopped = \"-{end}h\"");
            }
        }
        for (n, (ty, (start, end))) in self.notebooks.iter().enumerate() {
            let _ = write!(
                text,
                "[[notebook]]\nname = \"nb{n}\"\ntype = \"{}\"\ncreated = \"-900h\"\n\
                 started = \"-{start}h\"\n",
                ML[*ty]
            );
            if let Some(end) = end {
                let _ = writeln!(text, "stopped = \"-{end}h\"");
            }
        }
        for (n, (ty, count, start, scales)) in self.endpoints.iter().enumerate() {
            let _ = write!(
                text,
                "[[endpoint]]\nname = \"ep{n}\"\ntype = \"{}\"\ninstances = {count}\n\
                 created = \"-{start}h\"\nrequests = \"daily 200-2000\"\n",
                ML[*ty]
            );
            if *scales {
                text.push_str("autoscaling = { min = 1, max = 6, target = 400 }\n");
            }
        }
        for (n, (ty, (start, end))) in self.jobs.iter().enumerate() {
            let _ = write!(
                text,
                "[[training]]\nname = \"job{n}\"\ntype = \"{}\"\ncreated = \"-{start}h\"\n\
                 max-hours = 400\n",
                ML[*ty]
            );
            if let Some(end) = end {
                let _ = write!(text, "ended = \"-{end}h\"\noutcome = \"failed\"\n");
            }
        }
        for (n, (requests, tokens)) in self.models.iter().enumerate() {
            let id = ["us.amazon.nova-pro-v1:0", "us.amazon.nova-lite-v1:0"][n % 2];
            let _ = write!(
                text,
                "[[model]]\nid = \"{id}\"\nrequests = \"daily 1-{requests}\"\n\
                 input-tokens = {tokens}\noutput-tokens = 200\n"
            );
        }
        text
    }

    /// The account, and what has run for long: it teaches the discount of its product, which is
    /// not known before the first closed day of that product.
    fn head(&self) -> String {
        let now = "2026-11-09T00:30:00Z"
            .parse::<spendtop::domain::Timestamp>()
            .unwrap()
            .saturating_add(jiff::SignedDuration::from_hours(self.hour))
            .unwrap();
        format!(
            "description = \"random\"\nnow = \"{now}\"\nregions = [\"us-east-1\"]\n\
             account = {{ id = \"111122223333\", alias = \"random\" }}\n\
             hourly-granularity = {}\n\
             [[endpoint]]\nname = \"base\"\ntype = \"ml.m5.large\"\ncreated = \"-60d\"\n\
             instances = 1\nrequests = \"steady 50\"\n\
             [[notebook]]\nname = \"base\"\ntype = \"ml.t3.medium\"\ncreated = \"-60d\"\n\
             started = \"-60d\"\n\
             [[training]]\nname = \"base\"\ntype = \"ml.m5.large\"\ncreated = \"-300h\"\n\
             max-hours = 600\n\
             [[discount]]\nservice = \"sagemaker\"\npercent = {}\n",
            self.has_hours, self.discount
        )
    }
}

/// The windows of `world` that are off by more than 2 %. Where a start is not known (the window
/// says so), spendtop assumes that billed cost without a row continues, which may be 5 % too much.
async fn wrong_windows(world: &World) -> Vec<String> {
    let scenario = Scenario::parse(&world.text(), "world.toml").unwrap();
    let books = Books::open(scenario).await;
    let mut wrong = Vec::new();
    for window in [CostWindow::Friday, CostWindow::Today, CostWindow::Month] {
        let (told, billed) = (books.told(window), books.billed(window));
        let share = if told.gap.is_some() { 0.05 } else { 0.02 };
        let tolerance = (billed * share).max(1.0);
        let is_too_much = told.usage.0 > billed + tolerance;
        let is_too_little = told.usage.0 < billed - tolerance && told.gap.is_none();
        if is_too_much || is_too_little {
            wrong.push(format!("{window:?}: {told:?}, {billed} billed"));
        }
    }
    books.close().await;
    wrong
}

#[test]
fn random_accounts_say_what_their_bill_says() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 24,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let judged = TestRunner::new(config).run(&any_world(), |world| {
        let wrong = runtime.block_on(wrong_windows(&world));
        prop_assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), world.text());
        Ok(())
    });
    judged.unwrap();
}
