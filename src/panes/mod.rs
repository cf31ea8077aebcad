//! One file a pane: what it lists, what it measures, what can be done, and the IAM actions that
//! takes.
//!
//! Each pane is typed in its own file and erased once, by [`collector::Collector`], into
//! [`Record`](crate::domain::Record)s. A new pane is one file and one word in `panes!`. Must not
//! know the screen.

mod anomalies;
mod collector;
mod context;
mod endpoints;
mod endpoints_collect;
mod endpoints_hours;
mod endpoints_money;
mod endpoints_offers;
mod endpoints_row;
mod endpoints_signals;
mod field;
mod gpus;
mod gpus_collect;
mod gpus_groups;
mod gpus_nodes;
mod gpus_offers;
mod gpus_past;
mod gpus_signals;
mod jobs;
mod jobs_bedrock;
mod jobs_collect;
mod jobs_describe;
mod jobs_item;
mod jobs_list;
mod jobs_signals;
mod jobs_work;
mod models;
mod models_collect;
mod models_cost;
mod models_signals;
mod notebooks;
mod notebooks_collect;
mod spend;
mod spend_answers;
mod spend_ask;
mod spend_budgets;
mod spend_cache;
mod spend_coverage;
mod spend_figures;
mod spend_lines;
mod spend_plans;
mod spending;
mod tagbook;
mod throughput;
mod throughput_value;

pub use context::Context;
pub use spending::{OwnBudget, Spending};

use crate::{
    aws::{Clock, Session},
    domain::{
        Cadence, Costs, Fault, Head, HeadField, PaneId, PaneMeta, Report, Scope, SourceId, Stamp,
        Verb,
    },
    pricing::Prices,
};
use field::Field;
use futures_util::future::BoxFuture;
use std::{future::Future, sync::Arc};

/// What a source is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poll {
    /// What there is, and in which state. Free.
    Inventory,
    /// What it does. CloudWatch charges for it.
    Metrics,
}

/// One thing that is polled by one task and has one health.
pub trait Source: Send {
    /// Whose reports these are.
    fn id(&self) -> &SourceId;
    /// How often to ask.
    fn cadence(&self) -> Cadence;
    /// Asks once. The report holds everything known, whichever was asked.
    fn poll(&mut self, what: Poll) -> BoxFuture<'_, Report>;
}

/// What one look at the inventory found.
pub(crate) struct Inventory<I> {
    /// What was found.
    pub items: Vec<I>,
    /// It is everything there is.
    pub complete: bool,
    /// What went wrong on the way.
    pub faults: Vec<Fault>,
}

/// What one reading of metrics found, by item.
pub(crate) struct Measured<S> {
    /// Signals of the item with this id.
    pub signals: Vec<(Arc<str>, S)>,
    /// What went wrong on the way.
    pub faults: Vec<Fault>,
}

/// A pane, typed. The value itself is what its collection remembers from one poll to the next.
pub(crate) trait Pane: Default + Send + 'static {
    /// A resource as the inventory finds it.
    type Item: Clone + Send + Sync;
    /// What is measured of one.
    type Signals: Clone + Send + Sync;
    /// What is shown of one.
    type Row: 'static;

    /// Its word.
    const ID: PaneId;
    /// Its tab's text.
    const TITLE: &'static str;
    /// What its rows are.
    const DOC: &'static str;
    /// IAM actions that its collection needs.
    const NEEDS: &'static [&'static str];
    /// How often it is read.
    const CADENCE: Cadence;
    /// What one source covers.
    const SCOPE: Scope;
    /// Columns, details, sort, filter, export: one list, which [`Pane::MONEY`] and
    /// [`Pane::IDENTITY`] complete.
    const FIELDS: &'static [Field<Self::Row>];
    /// Details told after `burn`, where `FIELDS` does not place them.
    const MONEY: &'static [HeadField] = field::MONEY;
    /// Details told last.
    const IDENTITY: &'static [HeadField] = field::IDENTITY;
    /// Verbs its rows may offer.
    const VERBS: &'static [Verb];
    /// The field sorted by at first.
    const SORT: &'static str;
    /// See [`PaneMeta::chart`].
    const CHART: &'static [&'static str] = &[];
    /// See [`PaneMeta::facet`].
    const FACET: Option<&'static str> = None;

    /// What tells `item` from the others of this source.
    fn id(item: &Self::Item) -> Arc<str>;
    /// Lists what there is.
    fn inventory(&mut self, cx: &Context) -> impl Future<Output = Inventory<Self::Item>> + Send;
    /// Measures it.
    fn metrics(
        &mut self,
        cx: &Context,
        items: &[Self::Item],
    ) -> impl Future<Output = Measured<Self::Signals>> + Send;
    /// Item and signals (`None`: not measured yet) become a row.
    fn row(
        cx: &Context,
        item: &Self::Item,
        signals: Option<&Self::Signals>,
        now: Stamp,
    ) -> (Head, Self::Row);
    /// What the bill says of the account, if this pane reads it.
    fn costs(&self, _cx: &Context) -> Option<Costs> {
        None
    }
}

macro_rules! panes {
    ($($word:ident)*) => {
        /// Every pane, in tab order.
        pub fn metas() -> Arc<[PaneMeta]> {
            [$(collector::meta::<$word::This>()),*].into()
        }

        fn sources_of(cx: &Context, account: bool) -> Vec<Box<dyn Source>> {
            let mut sources: Vec<Box<dyn Source>> = Vec::new();
            $(if account || <$word::This as Pane>::SCOPE == Scope::Region {
                sources.push(Box::new(collector::Collector::<$word::This>::new(cx.clone())));
            })*
            sources
        }
    };
}

panes! { gpus notebooks endpoints jobs throughput models spend anomalies }

/// [`sources_with`] nothing configured for the Spend pane.
pub fn sources(
    sessions: &[Session],
    prices: &'static Prices,
    clock: &Clock,
    owner_keys: &[String],
) -> Vec<Box<dyn Source>> {
    sources_with(sessions, prices, clock, owner_keys, Spending::default())
}

/// A source for every pane and session; for panes that cover a whole account, one an account.
pub fn sources_with(
    sessions: &[Session],
    prices: &'static Prices,
    clock: &Clock,
    owner_keys: &[String],
    spending: Spending,
) -> Vec<Box<dyn Source>> {
    let spending = Arc::new(spending);
    let mut seen = Vec::new();
    let mut sources = Vec::new();
    for session in sessions {
        let account = (session.place.profile.clone(), session.place.account.clone());
        let first = !seen.contains(&account);
        seen.push(account);
        sources.extend(sources_of(
            &Context::new(session, prices, clock, owner_keys).spending(&spending),
            first,
        ));
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pane::From;

    #[test]
    fn field_words_are_unique_and_panes_sort_by_one_of_them() {
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
                .filter(|field| matches!(field.from, From::Own(_)))
                .count();
            assert!(own > 0, "{}", meta.id);
        }
    }

    #[test]
    fn the_essentials_fit_eighty_columns() {
        for meta in metas().iter() {
            let columns: u16 = meta
                .fields
                .iter()
                .filter(|field| field.show == crate::domain::Show::Always)
                .map(|field| match field.width {
                    crate::domain::Width::Fixed(columns)
                    | crate::domain::Width::Flex { min: columns, .. } => columns + 1,
                })
                .sum();
            assert!(columns <= 78, "{} takes {columns}", meta.id);
        }
    }

    /// The calls in a pane's files and the IAM actions it says it needs are the same.
    #[test]
    fn needs_are_what_is_called() {
        let files: &[(&str, &[&str])] = &[
            (
                "gpus",
                &[
                    include_str!("gpus.rs"),
                    include_str!("gpus_nodes.rs"),
                    include_str!("gpus_collect.rs"),
                    include_str!("gpus_groups.rs"),
                    include_str!("gpus_signals.rs"),
                    include_str!("gpus_past.rs"),
                ],
            ),
            (
                "notebooks",
                &[
                    include_str!("notebooks.rs"),
                    include_str!("notebooks_collect.rs"),
                ],
            ),
            (
                "endpoints",
                &[
                    include_str!("endpoints.rs"),
                    include_str!("endpoints_collect.rs"),
                    include_str!("endpoints_signals.rs"),
                    include_str!("endpoints_hours.rs"),
                ],
            ),
            (
                "jobs",
                &[
                    include_str!("jobs.rs"),
                    include_str!("jobs_bedrock.rs"),
                    include_str!("jobs_collect.rs"),
                    include_str!("jobs_describe.rs"),
                    include_str!("jobs_list.rs"),
                    include_str!("jobs_signals.rs"),
                ],
            ),
            ("throughput", &[include_str!("throughput.rs")]),
            (
                "models",
                &[
                    include_str!("models.rs"),
                    include_str!("models_collect.rs"),
                    include_str!("models_signals.rs"),
                ],
            ),
            (
                "spend",
                &[
                    include_str!("spend.rs"),
                    include_str!("spend_ask.rs"),
                    include_str!("spend_budgets.rs"),
                    include_str!("spend_coverage.rs"),
                ],
            ),
            ("anomalies", &[include_str!("anomalies.rs")]),
        ];
        for meta in metas().iter() {
            let (_, texts) = files
                .iter()
                .find(|(id, _)| *id == meta.id)
                .expect("a pane's files are listed");
            let text = texts.concat();
            for need in meta.needs {
                let named = text.matches(&format!("\"{need}\"")).count() > 1;
                let through = match *need {
                    "cloudwatch:GetMetricData" => text.contains("meters::fetch"),
                    "cloudwatch:ListMetrics" => {
                        text.contains("meters::find") || text.contains("meters::published")
                    }
                    "sagemaker:ListTags" => {
                        text.contains("tagging::sagemaker") || text.contains("tags.sagemaker")
                    }
                    "bedrock:ListTagsForResource" => {
                        text.contains("tagging::bedrock") || text.contains("tags.bedrock")
                    }
                    _ => false,
                };
                assert!(named || through, "{}: {need} is not called", meta.id);
            }
            for called in text
                .split("from_sdk(\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                assert!(
                    meta.needs.contains(&called),
                    "{}: {called} is called and not needed",
                    meta.id
                );
            }
        }
    }
}
