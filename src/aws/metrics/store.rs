//! The readings of all queries of one profile, and when each was asked.

use super::{
    DimensionSets, MetricQuery, Priority, Window,
    entry::{Entry, QueryId, fold, place},
    request::Points,
    schedule::{Schedule, WatchBudget},
};
use crate::aws::api_cost::COST_EXPLORER_MICRO_USD;
use crate::domain::{Series, Timestamp, Usd, WatchPlan, time::timestamp::seconds_between};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Periods before the last known one that are read again: CloudWatch may have had late points.
const LATE: i64 = 3;
/// Seconds after which a query that nobody needs is forgotten.
const UNUSED: f64 = 86_400.0;
/// Seconds after which the schedule is made again.
const REPLAN: f64 = 300.0;
/// The budget leaves these dollars a day to Cost Explorer: four reads of at most twelve pages.
pub(super) const COST_EXPLORER: f64 = 48.0 * COST_EXPLORER_MICRO_USD as f64 / 1e6;
/// The least share of the budget that metrics have.
const LEAST_SHARE: f64 = 0.1;
/// Most queries that the user's own refresh asks before they are due: $0.005.
const REFRESH: usize = 500;
/// Periods whose points make those of a longer period, in seconds.
const FINE: [u32; 3] = [300, 900, 60];

/// The readings of all queries of one profile; clones share them.
#[derive(Clone, Debug, Default)]
pub struct MetricStore(Arc<Mutex<State>>);

/// A metric in a region: region, namespace, name.
pub(super) type MetricName = (Arc<str>, &'static str, &'static str);

#[derive(Debug)]
pub(super) struct State {
    pub(super) entries: HashMap<QueryId, Entry>,
    /// The dimensions of the series of a metric, and when they were listed.
    published: HashMap<MetricName, (Timestamp, Arc<DimensionSets>)>,
    budget: WatchBudget,
    schedule: Schedule,
    planned: Option<Planned>,
    /// Queries that may be asked before they are due.
    refresh: usize,
}

/// The making of the schedule.
#[derive(Clone, Copy, Debug)]
struct Planned {
    at: Timestamp,
    /// The queries that were known.
    known: usize,
    /// The queries that CloudWatch is asked.
    asked: usize,
    /// Dollars a day that they cost.
    per_day: f64,
    /// Dollars a day that they may cost, Cost Explorer included.
    budget: Option<f64>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            published: HashMap::new(),
            budget: WatchBudget::Auto,
            schedule: Schedule::ALWAYS,
            planned: None,
            refresh: 0,
        }
    }
}

/// A query that is due, and the moment from which it is asked, in seconds of Unix time.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// Its place among the queries.
    pub place: usize,
    pub from: i64,
    pub period: u32,
    /// Dollars an hour of its resource.
    pub burn: f64,
}

impl MetricStore {
    /// A store whose questions cost at most `budget`.
    pub fn limited(budget: WatchBudget) -> Self {
        let store = Self::default();
        store.lock().budget = budget;
        store
    }

    /// How often metrics are asked now.
    pub(crate) fn plan(&self) -> WatchPlan {
        let state = self.lock();
        let budget = state.planned.as_ref().and_then(|planned| planned.budget);
        WatchPlan {
            metrics: state.planned.as_ref().map_or(0, |planned| planned.asked),
            per_day: Usd(state
                .planned
                .as_ref()
                .map_or(0.0, |planned| planned.per_day + COST_EXPLORER)),
            budget: budget.map(Usd),
            age: state.schedule.age_of_dearest(),
            is_limited: state.schedule.is_limited(),
        }
    }

    /// The user wants fresh readings: the next queries are asked before they are due.
    pub(crate) fn refresh(&self) {
        self.lock().refresh = REFRESH;
    }

    /// The series of `metric` as listed at most `max_age` seconds before `now`.
    pub(super) fn published(
        &self,
        metric: &MetricName,
        max_age: f64,
        now: Timestamp,
    ) -> Option<Arc<DimensionSets>> {
        let state = self.lock();
        let (listed, sets) = state.published.get(metric)?;
        (seconds_between(*listed, now).abs() < max_age).then(|| sets.clone())
    }

    /// Keeps the series of `metric` as listed at `now`.
    pub(super) fn keep_published(
        &self,
        metric: MetricName,
        sets: Arc<DimensionSets>,
        now: Timestamp,
    ) {
        self.lock().published.insert(metric, (now, sets));
    }

    /// The queries that are due in `region`, with the part of `window` that is not known of them.
    pub(super) fn due(&self, region: &str, queries: &[MetricQuery], window: Window) -> Vec<Ask> {
        let mut state = self.lock();
        for query in queries {
            let id = QueryId::new(region, query, query.period);
            state.need(id, query, window);
        }
        state.plan(window.to);
        let asks = queries.iter().enumerate().filter_map(|(at, query)| {
            let from = state.ask_from(region, query, window)?;
            Some(Ask {
                place: at,
                from: from * i64::from(query.period),
                period: query.period,
                burn: query.priority.burn.0,
            })
        });
        asks.collect()
    }

    /// Adds the `points` that `ask` for `query` brought at `now`.
    pub(super) fn add(
        &self,
        region: &str,
        query: &MetricQuery,
        ask: &Ask,
        now: Timestamp,
        points: &Points,
    ) {
        let mut state = self.lock();
        let schedule = state.schedule;
        let id = QueryId::new(region, query, query.period);
        let Some(entry) = state.entries.get_mut(&id) else {
            return;
        };
        let step = i64::from(query.period.max(1));
        let (from, to) = (ask.from.div_euclid(step), place(now, query.period));
        // A point outside of what was asked would make the ring as long as its distance.
        for (at, value) in points.iter().filter(|(_, value)| value.is_finite()) {
            let at = at.div_euclid(step);
            if (from..=to).contains(&at) {
                entry.ring.put(at, *value as f32);
            }
        }
        entry.known = match entry.asked {
            Some(_) if from <= entry.known.end => from.min(entry.known.start)..to,
            _ => from..to,
        };
        // Those that take turns go on one after the other.
        let first = entry.asked.is_none();
        let (turn, turns) = query.priority.turn;
        let ahead = if first && turns > 1 {
            let round = schedule.interval(query.priority) / f64::from(turns);
            round * f64::from(turns - 1 - turn.min(turns - 1))
        } else {
            0.0
        };
        entry.read = Some(now);
        entry.asked = Some(
            now.saturating_sub(jiff::SignedDuration::from_secs(ahead as i64))
                .unwrap_or(now),
        );
        entry.ring.forget_before(to - entry.window - LATE);
    }

    /// The series of `query` in `window`, to the time up to which it is known.
    pub(super) fn series(&self, region: &str, query: &MetricQuery, window: Window) -> Series {
        let state = self.lock();
        let from = place(window.from, query.period);
        let id = QueryId::new(region, query, query.period);
        let Some(entry) = state.entries.get(&id) else {
            return Series::empty(window.from, query.period, 0);
        };
        let open = i64::from(window.has_open_period);
        entry.ring.series(from, (entry.known.end + open).max(from))
    }

    /// When `query` was asked; `None`: never.
    pub(super) fn asked(&self, region: &str, query: &MetricQuery) -> Option<Timestamp> {
        let id = QueryId::new(region, query, query.period);
        self.lock().entries.get(&id)?.read
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Records that `query` is needed, and makes its points from finer ones where those are known.
    fn need(&mut self, id: QueryId, query: &MetricQuery, window: Window) {
        let places = place(window.to, query.period) - place(window.from, query.period);
        let new = || Entry::new(query.period, query.priority.burn, window.to);
        let entry = self.entries.entry(id).or_insert_with(new);
        entry.priority = query.priority;
        entry.needed = window.to;
        entry.window = entry.window.max(places);
    }

    /// Makes the schedule again where it is old, or where the queries are others.
    fn plan(&mut self, now: Timestamp) {
        let count = self.entries.len();
        let is_old = self.planned.is_none_or(|planned| {
            seconds_between(planned.at, now).abs() >= REPLAN
                || count.abs_diff(planned.known) * 20 > planned.known
        });
        if !is_old {
            return;
        }
        self.entries
            .retain(|_, entry| seconds_between(entry.needed, now) < UNUSED);
        let live = self.entries.values();
        let live = live
            .filter(|entry| seconds_between(entry.needed, now) < 4.0 * REPLAN && !entry.is_folded);
        let queries: Vec<_> = live.map(|entry| (entry.priority, entry.period)).collect();
        let is_leading = |one: &&(Priority, u32)| one.0.rounds == 1 && one.0.turn.0 == 0;
        let resources = queries.iter().filter(is_leading).count();
        let budget = self.budget.per_day(resources);
        self.schedule = budget.map_or(Schedule::ALWAYS, |dollars| {
            let metrics = (dollars - COST_EXPLORER).max(dollars * LEAST_SHARE);
            Schedule::new(&queries, metrics)
        });
        self.planned = Some(Planned {
            at: now,
            known: self.entries.len(),
            asked: queries.len(),
            per_day: self.schedule.per_day(&queries),
            budget,
        });
    }

    /// The place from which `query` is asked; `None`: it is not due.
    fn ask_from(&mut self, region: &str, query: &MetricQuery, window: Window) -> Option<i64> {
        let first = place(window.from, query.period);
        let closed = place(window.to, query.period);
        let is_folded = self.fold(region, query);
        let (schedule, refresh) = (self.schedule, self.refresh);
        let id = QueryId::new(region, query, query.period);
        let entry = self.entries.get_mut(&id)?;
        entry.is_folded = is_folded;
        let known = entry.known.clone();
        let Some(asked) = entry.asked.filter(|_| known.start <= first) else {
            return Some(first);
        };
        let has_new = closed > known.end || window.has_open_period;
        let is_due = has_new && schedule.is_due(query.priority, seconds_between(asked, window.to));
        // The user also wants to know whether CloudWatch answers.
        let is_early = !is_due && refresh > 0;
        if !window.is_urgent && (is_folded || !is_due && !is_early) {
            return None;
        }
        if is_early {
            self.refresh = refresh.saturating_sub(1);
        }
        Some((known.end - LATE).max(first))
    }

    /// Continues `query` by the points of a shorter period of the same metric; whether there are
    /// such, so that it needs no question of its own.
    fn fold(&mut self, region: &str, query: &MetricQuery) -> bool {
        if !matches!(query.stat, "Average" | "Sum" | "Maximum") {
            return false;
        }
        let id = QueryId::new(region, query, query.period);
        let Some(own) = self.entries.get(&id).filter(|own| own.asked.is_some()) else {
            return false;
        };
        let (begin, needed) = (own.known.end, own.needed);
        let finer = FINE
            .into_iter()
            .filter(|fine| *fine < query.period && query.period.is_multiple_of(*fine));
        for fine in finer {
            let ratio = i64::from(query.period / fine);
            let Some(entry) = self.entries.get(&QueryId::new(region, query, fine)) else {
                continue;
            };
            let is_live = seconds_between(entry.needed, needed).abs() < 4.0 * REPLAN;
            if entry.asked.is_none() || entry.known.start > begin * ratio || !is_live {
                continue;
            }
            let (end, asked, read) = (entry.known.end / ratio, entry.asked, entry.read);
            // The last one may have had late points.
            let again = if entry.known.start < begin * ratio {
                begin - 1
            } else {
                begin
            };
            let folded: Vec<_> = (again..end)
                .filter_map(|at| Some((at, fold(&entry.ring, at * ratio, ratio, query.stat)?)))
                .collect();
            if let Some(own) = self.entries.get_mut(&id).filter(|_| end > begin) {
                for (at, value) in folded {
                    own.ring.put(at, value as f32);
                }
                own.known.end = end;
                (own.asked, own.read) = (asked, read);
                own.ring.forget_before(end - own.window - LATE);
            }
            return true;
        }
        false
    }
}
