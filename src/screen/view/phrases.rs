//! Texts, roles and keys that several parts of the screen share.

use super::styled_line::StyledLine;
use crate::screen::notices::page as wording;
use crate::{
    domain::{
        Discount, Operation, PaneMeta, Record, ResourceKey, StatusKind, StatusTone, Timestamp,
        time::timestamp,
    },
    inventory::PendingAction,
    rules::{Finding, Verdict},
    screen::{
        App, Tile,
        actions::Action,
        help,
        input::keymap::{Chord, Context},
        theme::Role,
    },
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// The title of a tile.
pub(super) fn title(app: &App, tile: Tile) -> &str {
    match tile {
        Tile::Waste => wording::WASTE_TITLE,
        Tile::Pane(id) => app.pane(id).map_or(id, |pane| pane.title),
    }
}

/// `Fri 18:00` in the zone of the screen.
pub(super) fn clock(app: &App, at: Timestamp) -> String {
    at.to_zoned(app.zone.clone())
        .strftime("%a %H:%M")
        .to_string()
}

/// `14:02` in the zone of the screen; of another day `Fri 14:02`.
pub(super) fn moment(app: &App, at: Timestamp) -> String {
    let (zoned, now) = (
        at.to_zoned(app.zone.clone()),
        app.now.to_zoned(app.zone.clone()),
    );
    if zoned.date() == now.date() {
        zoned.strftime("%H:%M").to_string()
    } else {
        clock(app, at)
    }
}

/// `2026-11-20 18:00` in the zone of the screen.
pub(super) fn date(app: &App, at: Timestamp) -> String {
    at.to_zoned(app.zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// Days ahead within which a budget's crossing is pressing.
pub(super) const SOON: f64 = 14.0;

/// `Nov 26`: a day of the bill, UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%b %-d").to_string()
}

/// Whether a discount takes anything off that can be seen: a bill at list teaches one of nothing.
pub(super) fn is_off(discount: &Discount) -> bool {
    discount.share.abs() >= 0.0005
}

/// Days from now to `at`.
pub(super) fn days_ahead(app: &App, at: Timestamp) -> f64 {
    timestamp::seconds_between(app.now, at) / 86_400.0
}

/// The finding of `rule` about a row, or the largest.
pub(super) fn finding_of<'a>(
    app: &'a App,
    record: &Record,
    rule: Option<&str>,
) -> Option<&'a Finding> {
    let of_rule = |rule| {
        app.inventory
            .verdicts(&record.head.key)
            .iter()
            .find_map(|verdict| match verdict {
                Verdict::Finding(finding) if finding.rule == rule => Some(&**finding),
                _ => None,
            })
    };
    rule.and_then(of_rule).or_else(|| finding(app, record))
}

/// The largest finding about a row.
pub(super) fn finding<'a>(app: &'a App, record: &Record) -> Option<&'a Finding> {
    let verdicts = app.inventory.verdicts(&record.head.key);
    verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Verdict::Finding(finding) => Some(&**finding),
            _ => None,
        })
        .min_by(|a, b| a.by_rank(b))
}

/// How long ago a row was read, if that is longer than its pane's rhythm explains.
pub(super) fn stale(pane: Option<&PaneMeta>, record: &Record, now: Timestamp) -> Option<f64> {
    let age = timestamp::seconds_between(record.head.read_at, now);
    let most = pane
        .map_or(60.0, |pane| pane.cadence.inventory.as_secs_f64() * 3.0)
        .max(60.0);
    (age > most).then_some(age)
}

/// The theme role of a status.
pub(super) fn status_role(kind: StatusKind) -> Role {
    match kind.tone() {
        StatusTone::Idle => Role::Dim,
        StatusTone::Changing => Role::Changing,
        StatusTone::Good => Role::Success,
        StatusTone::Off => Role::Stopped,
        StatusTone::Warn => Role::Warning,
        StatusTone::Bad => Role::Error,
    }
}

/// The status of an action for a state cell: symbol and short text, at most ten columns:
/// a text of nine letters has no space after its symbol.
pub(super) fn pending(pending: &PendingAction) -> (Cow<'static, str>, Role) {
    let kind = pending.status.kind();
    let text = match kind {
        StatusKind::Accepted => doing(pending.operation),
        kind => kind.short(),
    };
    let gap = if text.len() < 9 { " " } else { "" };
    let cell = format!("{}{gap}{text}", kind.symbol());
    (cell.into(), status_role(kind))
}

/// What AWS is doing after it accepted an operation, in at most eight letters.
fn doing(operation: Operation) -> &'static str {
    operation.definition().texts.progress
}

/// The progress of operations on `members`, the resources of a row or group: the status of a single
/// one, the number of finished ones of several. `None`: no operation runs.
pub(super) fn progress(app: &App, members: &[ResourceKey]) -> Option<(Cow<'static, str>, Role)> {
    if let [one] = members {
        let waits = || {
            Some((wording::WAITING.into(), Role::Changing)).filter(|_| {
                !app.running_plans.is_empty() && app.activity.waiting_operation(one).is_some()
            })
        };
        return waits().or_else(|| app.inventory.pending(one).map(pending));
    }
    let known: Vec<&PendingAction> = members
        .iter()
        .filter_map(|key| app.inventory.pending(key))
        .collect();
    let first = known.first()?;
    let (all, done) = (
        members.len(),
        known
            .iter()
            .filter(|pending| pending.status.kind() == StatusKind::Succeeded)
            .count(),
    );
    let trouble = known.iter().filter(|pending| pending.is_trouble()).count();
    let moving = known.iter().filter(|pending| !pending.is_over()).count();
    let text = match (moving, trouble) {
        (0, 0) if done == 0 => return None,
        (0, _) => wording::all_over(done, all, trouble),
        (_, _) => wording::changing(doing(first.operation), done, all, trouble),
    };
    let role = if trouble > 0 {
        Role::Error
    } else if moving > 0 {
        Role::Changing
    } else {
        Role::Success
    };
    Some((text.into(), role))
}

/// The first key of `action`, or its word in the palette.
pub(super) fn key(app: &App, action: &Action) -> String {
    let keys = help::keys_of(&app.keymap, action);
    keys.split("  ")
        .next()
        .filter(|key| !key.is_empty())
        .map_or_else(|| format!(":{action}"), str::to_owned)
}

/// The faults of a tile's sources: `us-west-2 denied: sagemaker:ListApps`, one piece a fault,
/// regions gathered. Of several profiles, each is named.
pub(super) fn faults(app: &App, tile: Tile) -> Vec<String> {
    let Tile::Pane(id) = tile else {
        return Vec::new();
    };
    let is_one_profile = has_one_profile(app);
    let mut by_fault: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for (source, health) in app.inventory.health(id) {
        let profile = if is_one_profile {
            ""
        } else {
            &*source.place.profile
        };
        for fault in &health.faults {
            by_fault
                .entry((profile, fault.kind.word(), &fault.operation))
                .or_default()
                .push(&source.place.region);
        }
    }
    by_fault
        .into_iter()
        .map(|((profile, kind, operation), mut regions)| {
            regions.dedup();
            let gap = if profile.is_empty() { "" } else { " " };
            format!("{profile}{gap}{} {kind}: {operation}", regions.join(", "))
        })
        .collect()
}

/// Whether all places are read with one profile: then messages need not name it.
pub(super) fn has_one_profile(app: &App) -> bool {
    let profiles: BTreeSet<&str> = app.locations.iter().map(|place| &*place.profile).collect();
    profiles.len() < 2
}

/// The age of a tile's oldest good reading, if one of its sources fails.
pub(super) fn oldest(app: &App, tile: Tile) -> Option<f64> {
    let Tile::Pane(id) = tile else { return None };
    let ages = app
        .inventory
        .health(id)
        .into_iter()
        .filter(|(_, health)| health.is_failing())
        .filter_map(|(_, health)| health.last_good);
    ages.map(|at| timestamp::seconds_between(at, app.now))
        .max_by(f64::total_cmp)
}

/// `$301/h` and `≈ $219k a month`, or what it costs until it ends in `hours_left`.
pub(super) fn per_hour_and_month(
    rate: crate::domain::UsdPerHour,
    hours_left: Option<f64>,
    role: Role,
) -> StyledLine {
    let amount = rate.within_month(hours_left).to_string();
    let later = match hours_left {
        Some(hours) => wording::until_end(&amount, hours),
        None => wording::a_month(&amount),
    };
    StyledLine::of(format!("{rate:#}"), role).add(format!("   {later}"), Role::Dim)
}

/// Sources whose rows the last try did not list.
pub(super) fn failing(app: &App) -> usize {
    app.inventory
        .panes()
        .iter()
        .flat_map(|pane| app.inventory.health(pane.id))
        .filter(|(_, health)| health.is_failing())
        .count()
}

/// The first key of `action` in `context`, or its word.
pub(super) fn key_in(app: &App, context: Context, action: &Action) -> String {
    let keys = app.keymap.keys(context, action);
    let spell = if app.ascii {
        ToString::to_string
    } else {
        Chord::short
    };
    keys.first().map_or_else(
        || action.to_string(),
        |keys| keys.iter().map(spell).collect::<Vec<_>>().join(" "),
    )
}
