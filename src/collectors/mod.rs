//! The panes, one folder each: the resources and metrics of a pane, its operations, and the AWS
//! operations it needs.
//!
//! Each pane has its own types, which [`shared::collector::Collector`] erases once into
//! [`Record`](crate::domain::Record)s. A new pane is a folder, its id and kinds in the domain, and
//! one word in `panes!`. Must not know the screen.

mod anomalies;
mod endpoints;
mod gpus;
mod jobs;
mod models;
mod notebooks;
pub mod shared;
mod spend;
mod start_order;
mod throughput;

pub use shared::context::Context;
pub use spend::{
    BillingAccess,
    places::{PlaceCost, dearest_places},
    settings::{ConfiguredBudget, SpendSettings},
};
pub use start_order::dearest_first;

use crate::aws::Api;
use crate::{
    aws::{Clock, Session},
    domain::{
        Cadence, CommonField, CommonFields, Costs, Fault, Note, Operation, PaneId, PaneMeta,
        Report, ResourceKind, SourceId, SourceScope, Timestamp, Visibility,
    },
    pricing::Prices,
};
use futures_util::future::BoxFuture;
use shared::column::Column;
use std::{future::Future, sync::Arc};

/// The kind of data that a source reads in one poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PollKind {
    /// The resources and their states. Free of charge.
    Inventory,
    /// The metrics of the resources. CloudWatch charges for them.
    Metrics,
}

/// A source: one pane in one place, polled by one task.
pub trait Source: Send {
    /// The pane and place of the reports.
    fn id(&self) -> &SourceId;
    /// How often to poll.
    fn cadence(&self) -> Cadence;
    /// The user asked for fresh data: renews state that outlasts a poll, such as credentials.
    fn refresh(&mut self) {}
    /// Polls once. The report holds everything known, not only the answers of this poll.
    fn poll(&mut self, what: PollKind) -> BoxFuture<'_, Report>;
}

/// The result of reading the inventory once.
pub(crate) struct Listing<I> {
    /// The resources found.
    pub items: Vec<I>,
    /// Whether the list is complete.
    pub complete: bool,
    /// Whether AWS answered any of the pane's lists, with a refusal too: `items` may hold what
    /// earlier polls read.
    pub has_answer: bool,
    /// The requests that failed.
    pub faults: Vec<Fault>,
}

/// The result of reading metrics once.
pub(crate) struct MetricReport<S> {
    /// Metrics by the id of their item, and when AWS was asked for them.
    pub signals: Vec<(Arc<str>, S, Timestamp)>,
    /// The requests that failed.
    pub faults: Vec<Fault>,
}

/// A pane with its own types. The value itself is the state that the pane keeps between polls.
pub(crate) trait Pane: Default + Send + 'static {
    /// A resource as the inventory finds it.
    type Item: Clone + Send + Sync;
    /// The metrics of one resource.
    type Metrics: Clone + Send + Sync;
    /// The fields of one resource that only this pane has.
    type Cells: 'static;

    /// The pane's id.
    const ID: PaneId;
    /// See [`PaneMeta::kinds`].
    const KINDS: &'static [ResourceKind];
    /// The title of the pane's tab.
    const TITLE: &'static str;
    /// A description of the rows, for help and documentation.
    const DOC: &'static str;
    /// The operations that the pane calls. A request for any other is not sent.
    const NEEDS: &'static [Api];
    /// How often the pane is polled.
    const CADENCE: Cadence;
    /// The scope of one source.
    const SCOPE: SourceScope;
    /// Columns, details, sort, filter, export: one list, which [`Pane::MONEY`] and
    /// [`Pane::IDENTITY`] complete.
    const FIELDS: &'static [Column<Self::Cells>];
    /// Details listed after `burn`, unless `FIELDS` places them.
    const MONEY: &'static [CommonField] = shared::column::MONEY;
    /// Details listed last.
    const IDENTITY: &'static [CommonField] = shared::column::IDENTITY;
    /// Operations its rows may offer.
    const OPERATIONS: &'static [Operation];
    /// See [`PaneMeta::sort`].
    const SORT: &'static str;
    /// See [`PaneMeta::tile`].
    const TILE: Visibility = Visibility::Always;
    /// See [`PaneMeta::is_bill`].
    const IS_BILL: bool = false;
    /// See [`PaneMeta::has_contributors`].
    const HAS_CONTRIBUTORS: bool = false;
    /// See [`PaneMeta::chart`].
    const CHART: &'static [&'static str] = &[];
    /// See [`PaneMeta::grouping`].
    const GROUPING: Option<&'static str> = None;

    /// The id of `item`, unique in this source.
    fn id(item: &Self::Item) -> Arc<str>;
    /// Lists the resources.
    fn inventory(&mut self, cx: &Context) -> impl Future<Output = Listing<Self::Item>> + Send;
    /// Reads the metrics of `items`.
    fn metrics(
        &mut self,
        cx: &Context,
        items: &[Self::Item],
    ) -> impl Future<Output = MetricReport<Self::Metrics>> + Send;
    /// How many of `metrics` could not be read. Earlier metrics of the item that lack fewer say
    /// more.
    fn count_unread(metrics: &Self::Metrics) -> usize;
    /// The row of an item with its metrics (`None`: not measured yet).
    fn row(
        cx: &Context,
        item: &Self::Item,
        signals: Option<&Self::Metrics>,
        now: Timestamp,
    ) -> (CommonFields, Self::Cells);
    /// Whether the last inventory left resources for the next poll.
    fn is_partial(&self) -> bool {
        false
    }
    /// Resources that ended in the last days and are not rows; sums of dollars include them.
    fn ended(&self) -> Vec<Self::Item> {
        Vec::new()
    }
    /// Notes for the user about the last poll, apart from failures.
    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }
    /// The costs of the account, if this pane reads them.
    fn costs(&self, _cx: &Context) -> Option<Costs> {
        None
    }
}

macro_rules! panes {
    ($($module:ident::$pane:ident)*) => {
        /// Every pane, in tab order.
        pub fn metas() -> Arc<[PaneMeta]> {
            [$(shared::collector::meta::<$module::$pane>()),*].into()
        }

        fn sources_of(cx: &Context, account: bool) -> Vec<Box<dyn Source>> {
            let mut sources: Vec<Box<dyn Source>> = Vec::new();
            $(if account || <$module::$pane as Pane>::SCOPE == SourceScope::Region {
                let collector = shared::collector::Collector::<$module::$pane>::new(cx.clone());
                sources.push(Box::new(collector));
            })*
            sources
        }
    };
}

panes! {
    gpus::GpusPane
    notebooks::NotebooksPane
    endpoints::EndpointsPane
    jobs::JobsPane
    throughput::ThroughputPane
    models::ModelsPane
    spend::SpendPane
    anomalies::AnomaliesPane
}

/// As [`sources_with`], with default settings of the Spend pane.
pub fn sources(
    sessions: &[Session],
    prices: &'static Prices,
    clock: &Clock,
    owner_tags: &[String],
) -> Vec<Box<dyn Source>> {
    sources_with(
        sessions,
        prices,
        clock,
        owner_tags,
        SpendSettings::default(),
    )
}

/// A source for every pane and session; one per account for panes that cover a whole account, and
/// none for an account whose bill another one's holds.
pub fn sources_with(
    sessions: &[Session],
    prices: &'static Prices,
    clock: &Clock,
    owner_tags: &[String],
    spending: SpendSettings,
) -> Vec<Box<dyn Source>> {
    let spending = Arc::new(spending);
    let mut seen = Vec::new();
    let mut sources = Vec::new();
    for session in sessions {
        let account = (session.place.profile.clone(), session.place.account.clone());
        let first = session.billed_by.is_none() && !seen.contains(&account);
        seen.push(account);
        sources.extend(sources_of(
            &Context::new(session, prices, clock, owner_tags).spending(&spending),
            first,
        ));
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pane::FieldSource;

    #[test]
    fn field_ids_are_unique_and_include_the_sort_field() {
        for meta in metas().iter() {
            let mut words: Vec<_> = meta.fields.iter().map(|field| field.id).collect();
            words.sort_unstable();
            let count = words.len();
            words.dedup();
            assert_eq!(words.len(), count, "{}", meta.id);
            assert!(meta.field(meta.sort).is_some(), "{}", meta.id);
            assert!(
                meta.fields
                    .iter()
                    .all(|field| !field.doc.is_empty() && !field.title.is_empty()),
                "{}",
                meta.id
            );
            let own = meta
                .fields
                .iter()
                .filter(|field| matches!(field.from, FieldSource::Own(_)))
                .count();
            assert!(own > 0, "{}", meta.id);
        }
    }

    /// Headings that abbreviate the id of their field: the same letters in the same order, besides
    /// unit signs.
    const ABBREVIATIONS: &[(&str, &str)] = &[
        ("accelerators", "accel"),
        ("active_share", "active%"),
        ("autoscaling", "autosc"),
        ("break_even", "brk-even"),
        ("break_even_share", "brk-even%"),
        ("burn", "$/h"),
        ("cached", "cache%"),
        ("cause_region", "cause reg"),
        ("commitment", "commit"),
        ("cost_at_limit", "at limit"),
        ("cost_friday", "cost fri"),
        ("cost_month", "month"),
        ("cost_per_run", "per run"),
        ("cost_since_start", "cost"),
        ("cost_so_far", "so far"),
        ("cost_today", "today"),
        ("cpu", "cpu%"),
        ("discount", "disc"),
        ("dollars_14d", "$ 14d"),
        ("dollars_24h", "$ 24h"),
        ("effective", "eff/h"),
        ("effective_per_1k", "eff/1K"),
        ("effective_per_1m", "eff/1M"),
        ("errors", "err%"),
        ("failures_24h", "fails"),
        ("gpu", "gpu%"),
        ("gpu_power", "power%"),
        ("capacity_headroom", "head%"),
        ("impact_percent", "impact%"),
        ("input", "in/m"),
        ("invocations", "inv/m"),
        ("invocations_24h", "inv 24h"),
        ("latency", "lat"),
        ("latency_p95", "p95"),
        ("on_demand_per_1k", "od/1K"),
        ("on_demand_per_1m", "od/1M"),
        ("output", "out/m"),
        ("per_1k", "$/1K"),
        ("per_1m", "$/1M"),
        ("requests", "req/m"),
        ("serverless_cost", "serverless $/h"),
        ("suggested", "sugg"),
        ("throttles", "throt"),
        ("tokens_24h", "tok 24h"),
        ("tokens_per_minute", "tok/m"),
        ("units_floor", "floor"),
        ("util_24h", "24h"),
        ("util_p50", "p50"),
        ("util_p75", "p75"),
        ("util_p95", "p95"),
        ("waste", "waste/h"),
    ];

    /// Units that a heading may show beside or in place of words.
    const UNITS: &[&str] = &["$", "%", "/h", "/m", "/1K", "/1M"];

    #[test]
    fn heading_is_the_field_id_or_its_abbreviation() {
        for (id, heading) in ABBREVIATIONS {
            let words = UNITS
                .iter()
                .fold((*heading).to_owned(), |left, unit| left.replace(unit, ""));
            let mut letters = id.chars();
            let is_abbreviation = words
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .all(|letter| letters.any(|known| known == letter));
            assert!(is_abbreviation, "`{heading}` does not abbreviate `{id}`");
        }
        for meta in metas().iter() {
            for field in &meta.fields {
                assert!(
                    field.title == field.id.replace('_', " ")
                        || ABBREVIATIONS.contains(&(field.id, field.title)),
                    "{}: heading `{}` over `{}`",
                    meta.id,
                    field.title,
                    field.id
                );
            }
        }
    }

    /// One name is one value, so a pane's own field takes no word of a common column.
    #[test]
    fn own_fields_do_not_hide_common_columns() {
        for meta in metas().iter() {
            for field in &meta.fields {
                if let FieldSource::Own(_) = field.from {
                    assert_eq!(CommonField::named(field.id), None, "{}", meta.id);
                }
            }
        }
    }

    #[test]
    fn registered_panes_match_the_pane_ids() {
        let ids: Vec<PaneId> = metas().iter().map(|meta| meta.id).collect();
        assert_eq!(ids, crate::domain::pane_id::ALL);
    }

    #[test]
    fn always_visible_columns_fit_eighty_cells() {
        for meta in metas().iter() {
            let columns: u16 = meta
                .fields
                .iter()
                .filter(|field| field.show == crate::domain::Visibility::Always)
                .map(|field| match field.width {
                    crate::domain::Width::Fixed(columns)
                    | crate::domain::Width::Flex { min: columns, .. } => columns + 1,
                })
                .sum();
            assert!(columns <= 78, "{} takes {columns}", meta.id);
        }
    }
}
