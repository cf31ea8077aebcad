//! What may be changed in this run, beyond the guards: read-only as a whole or by profile, and
//! accounts to be careful with.

use super::app::App;
use crate::domain::{Plan, Reason, text::printable};
use std::{collections::BTreeSet, sync::Arc};

/// Profiles that are read-only, and protected accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Profiles that have no hands in this run: configured as read-only.
    pub locked: BTreeSet<Arc<str>>,
    /// Profiles set read-only for now.
    pub held: BTreeSet<Arc<str>>,
    /// Accounts drawn unlike others, by id or alias.
    pub protected: BTreeSet<Arc<str>>,
}

/// Why no operation can be had now, on anything.
pub fn refused(app: &App) -> Option<Reason> {
    if !app.may_write {
        Some(Reason::new("read-only: started without the means to act"))
    } else if app.read_only {
        Some(Reason::new("read-only: `:read-only off` lifts it"))
    } else {
        None
    }
}

/// Why no operation can be had now on what `profile` reaches.
pub fn barred(app: &App, profile: &str) -> Option<Reason> {
    refused(app).or_else(|| {
        if app.access.locked.contains(profile) {
            Some(Reason::new(format!(
                "read-only: profile {} is configured so",
                shown(profile)
            )))
        } else if app.access.held.contains(profile) {
            Some(Reason::new(format!(
                "read-only: `:read-only off {}` lifts it",
                shown(profile)
            )))
        } else {
            None
        }
    })
}

/// Why `plan` cannot be carried out now: the console, or a profile of one of its targets, is
/// read-only.
pub fn bars(app: &App, plan: &Plan) -> Option<Reason> {
    refused(app).or_else(|| {
        plan.targets
            .iter()
            .find_map(|target| barred(app, &target.profile))
    })
}

/// What a profile is called: the one without a name is AWS's default.
pub fn shown(profile: &str) -> std::borrow::Cow<'_, str> {
    if profile.is_empty() {
        "default".into()
    } else {
        printable(profile)
    }
}

/// The profiles that are watched.
pub fn profiles(app: &App) -> BTreeSet<&Arc<str>> {
    app.places.iter().map(|place| &place.profile).collect()
}

/// What stands on the screen as long as something is read-only: `READ-ONLY`, or which profiles are.
pub fn badge(app: &App) -> Option<String> {
    let watched = profiles(app);
    let closed: Vec<&Arc<str>> = watched
        .iter()
        .copied()
        .filter(|profile| barred(app, profile).is_some())
        .collect();
    if refused(app).is_some() || (!closed.is_empty() && closed.len() == watched.len()) {
        return Some("READ-ONLY".to_owned());
    }
    match closed.as_slice() {
        [] => None,
        [one] => Some(format!("read-only: {}", shown(one))),
        many => Some(format!("read-only: {} profiles", many.len())),
    }
}

/// Whether an account is to be handled with care.
pub fn is_protected(app: &App, account: &str) -> bool {
    let protected = &app.access.protected;
    protected.contains(account)
        || app
            .aliases
            .of(account)
            .is_some_and(|alias| protected.contains(alias))
}
