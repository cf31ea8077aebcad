//! Read-only mode, as a whole or by profile, and protected accounts.

use super::app::App;
use crate::domain::{Plan, Reason, text::printable};
use crate::screen::notices::page;
use crate::screen::notices::reasons;
use std::{collections::BTreeSet, sync::Arc};

/// Profiles that are read-only, and protected accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Profiles configured as read-only.
    pub locked_by_config: BTreeSet<Arc<str>>,
    /// Profiles that `:read-only on` locked.
    pub locked_in_session: BTreeSet<Arc<str>>,
    /// Protected accounts, by id or alias.
    pub protected: BTreeSet<Arc<str>>,
}

/// Why every action is refused now; `None` if actions are allowed.
pub fn refusal(app: &App) -> Option<Reason> {
    if !app.may_write {
        Some(reasons::cannot_act())
    } else if app.read_only {
        Some(reasons::read_only(None))
    } else {
        None
    }
}

/// Why actions through `profile` are refused now; `None` if they are allowed.
pub fn profile_refusal(app: &App, profile: &str) -> Option<Reason> {
    refusal(app).or_else(|| {
        if app.access.locked_by_config.contains(profile) {
            Some(reasons::profile_cannot_act(&profile_name(profile)))
        } else if app.access.locked_in_session.contains(profile) {
            Some(reasons::read_only(Some(&profile_name(profile))))
        } else {
            None
        }
    })
}

/// Why `plan` cannot run now: the console, or the profile of a target, is read-only.
pub fn plan_refusal(app: &App, plan: &Plan) -> Option<Reason> {
    refusal(app).or_else(|| {
        plan.targets
            .iter()
            .find_map(|target| profile_refusal(app, &target.profile))
    })
}

/// The display name of a profile; AWS's default profile has an empty name.
pub fn profile_name(profile: &str) -> std::borrow::Cow<'_, str> {
    if profile.is_empty() {
        "default".into()
    } else {
        printable(profile)
    }
}

/// The profiles that are read.
pub fn profiles(app: &App) -> BTreeSet<&Arc<str>> {
    app.locations.iter().map(|place| &place.profile).collect()
}

/// The badge shown while something is read-only: `READ-ONLY`, or the profiles that are.
pub fn badge(app: &App) -> Option<String> {
    let profiles = profiles(app);
    let read_only: Vec<&Arc<str>> = profiles
        .iter()
        .copied()
        .filter(|profile| profile_refusal(app, profile).is_some())
        .collect();
    if refusal(app).is_some() || (!read_only.is_empty() && read_only.len() == profiles.len()) {
        return Some("READ-ONLY".to_owned());
    }
    match read_only.as_slice() {
        [] => None,
        [one] => Some(format!("read-only: {}", profile_name(one))),
        many => Some(page::read_only_profiles(many.len())),
    }
}

/// Whether the configuration protects an account, by its id or alias.
pub fn is_protected(app: &App, account: &str) -> bool {
    let protected = &app.access.protected;
    protected.contains(account)
        || app
            .aliases
            .of(account)
            .is_some_and(|alias| protected.contains(alias))
}
