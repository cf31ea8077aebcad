//! How current the data is: `live 3s`, `stale 5m · 9 failing`.
//!
//! The age is the time since AWS last listed resources. Rows that a source reports again after a
//! failed poll are as old as they were.

use super::{source_faults, styled_line::StyledLine};
use crate::screen::notices::page as wording;
use crate::{
    domain::{
        Fault, FaultCause, FaultKind, Location, SourceId, SourceScope, Timestamp, UNKNOWN_ACCOUNT,
        time::timestamp,
    },
    inventory::{Health, Totals},
    screen::{App, theme::Role},
};
use std::collections::BTreeMap;

/// Seconds after which data of any source is stale.
const STALE: f64 = 120.0;
/// Data older than this many cadences of its pane is stale.
const CADENCES: f64 = 3.0;

/// `live 3s`, `stale 5m · 9 failing`, `paused 20s`, `reading …`.
pub fn age(app: &App) -> StyledLine {
    let mut words = match (app.paused_at, oldest_stale(app), newest(app)) {
        (Some(since), ..) => StyledLine::of(
            wording::paused(&timestamp::short(timestamp::seconds_between(
                since, app.now,
            ))),
            Role::Warning,
        ),
        (None, Some(age), _) => {
            StyledLine::of(wording::STALE, Role::Warning).add(timestamp::short(age), Role::Warning)
        }
        (None, None, Some(age)) => {
            StyledLine::of(wording::LIVE, Role::Success).add(timestamp::short(age), Role::Dim)
        }
        (None, None, None) if source_faults::failing(app) > 0 => StyledLine::new(),
        (None, None, None) => StyledLine::of(wording::READING, Role::Changing),
    };
    let failing = source_faults::failing(app);
    if failing > 0 {
        let dot = if words.is_empty() { "" } else { " · " };
        words = words.add(format!("{dot}{}", wording::failing(failing)), Role::Error);
    }
    words
}

/// Whether a source of resources is still read for the first time.
pub fn is_reading(app: &App) -> bool {
    source_faults::failing(app) == 0
        || sources(app).any(|(_, health)| health.last_good.is_none() && !health.is_failing())
}

/// The failure of every source of resources, if all fail in one way, and its profile (empty: of
/// several profiles none is named). Of several causes the most telling: once AWS rejected
/// credentials, the other sources only wait for new ones.
pub fn outage(app: &App) -> Option<(&Fault, &str)> {
    let mut common: Option<(&Fault, &str)> = None;
    for (source, health) in sources(app) {
        let fault = health.faults.first().filter(|_| health.is_failing())?;
        let (told, profile) = common.get_or_insert((fault, &source.place.profile));
        if told.kind != fault.kind {
            return None;
        }
        let waits = |fault: &Fault| fault.cause == FaultCause::CredentialsPending;
        if waits(told) && !waits(fault) {
            *told = fault;
        }
        if *profile != &*source.place.profile {
            *profile = "";
        }
    }
    common
}

/// Whether any source of resources has answered.
pub fn has_answers(app: &App) -> bool {
    newest(app).is_some()
}

/// `1 of 2 profiles` if some profile fails and has never answered: the burn is that of the others.
pub fn silent_profiles(app: &App) -> Option<String> {
    let mut answers: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
    for (source, health) in sources(app) {
        let (has_answered, is_failing) = answers.entry(&source.place.profile).or_default();
        *has_answered |= health.last_good.is_some();
        *is_failing |= health.is_failing();
    }
    let silent = answers
        .values()
        .filter(|(has_answered, is_failing)| !has_answered && *is_failing)
        .count();
    let all = answers.len();
    (silent > 0 && all > 1).then(|| format!("{} of {all} profiles", all - silent))
}

/// The age in seconds of the oldest part of the burn, if it is stale.
pub fn burn_age(app: &App) -> Option<f64> {
    let sources = app.inventory.burn_sources();
    sources
        .filter_map(|(source, health)| stale(app, source, health))
        .max_by(f64::total_cmp)
}

/// The age in seconds of the oldest metrics behind the waste, if they could not be read since.
pub fn waste_age(totals: &Totals, now: Timestamp) -> Option<f64> {
    let as_of = totals.as_of?;
    Some(timestamp::seconds_between(as_of, now).max(0.0))
}

/// Whether some source of resources has never answered: the sums are those of the others. A region
/// without the service has nothing to add.
pub fn is_partial(app: &App) -> bool {
    let has_answered = |health: &Health| {
        let mut faults = health.faults.iter();
        health.last_good.is_some() || faults.any(|fault| fault.kind == FaultKind::Unavailable)
    };
    let panes = app.inventory.panes().iter();
    let mut of_regions = panes.filter(|pane| pane.scope == SourceScope::Region);
    of_regions.any(|pane| {
        let health = app.inventory.health(pane.id);
        let of = |place: &Location| {
            let mut all = health.iter();
            all.find(|(source, _)| is_at(&source.place, place))
        };
        let mut places = app.locations.iter();
        places.any(|place| of(place).is_none_or(|(_, health)| !has_answered(health)))
    })
}

/// Whether `source` is the place `watched`, whose account may have become known since.
fn is_at(source: &Location, watched: &Location) -> bool {
    let unknown = |place: &Location| &*place.account == UNKNOWN_ACCOUNT;
    source.profile == watched.profile
        && source.region == watched.region
        && (source.account == watched.account || unknown(source) || unknown(watched))
}

/// The sources of resources: all but those of the bill.
fn sources(app: &App) -> impl Iterator<Item = (&SourceId, &Health)> {
    let panes = app.inventory.panes().iter();
    panes
        .filter(|pane| pane.scope == SourceScope::Region)
        .flat_map(|pane| app.inventory.health(pane.id))
}

fn oldest_stale(app: &App) -> Option<f64> {
    sources(app)
        .filter_map(|(source, health)| stale(app, source, health))
        .max_by(f64::total_cmp)
}

fn newest(app: &App) -> Option<f64> {
    sources(app)
        .filter_map(|(_, health)| listed_ago(app, health))
        .min_by(f64::total_cmp)
}

fn listed_ago(app: &App, health: &Health) -> Option<f64> {
    let listed = health.last_good?;
    Some(timestamp::seconds_between(listed, app.now).max(0.0))
}

/// The age of a source's rows, if they are stale.
fn stale(app: &App, source: &SourceId, health: &Health) -> Option<f64> {
    let age = listed_ago(app, health)?;
    let cadence = app
        .pane(source.pane)
        .map_or(0.0, |pane| pane.cadence.inventory.as_secs_f64());
    let longest = if health.is_failing() {
        STALE
    } else {
        STALE.max(cadence * CADENCES)
    };
    (age > longest).then_some(age)
}
