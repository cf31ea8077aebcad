//! `:read-only on|off [PROFILE]`: refusing changes for now, and allowing them again where this run
//! has the means.

use super::super::super::{
    App, Command,
    state::{Tone, access},
};
use super::super::toast;
use std::sync::Arc;

/// `on`, `off`, and both with each profile, where there are several.
pub fn options(app: &App) -> Vec<String> {
    let profiles = super::view::profile_options(app);
    let of = |word: &'static str| {
        profiles
            .iter()
            .map(move |profile| format!("{word} {profile}"))
    };
    let plain = ["on", "off"].map(str::to_owned);
    if profiles.len() > 1 {
        plain.into_iter().chain(of("on")).chain(of("off")).collect()
    } else {
        plain.into()
    }
}

/// `:read-only on`, `:read-only off ml-prod`.
pub fn run(app: &mut App, text: &str) -> Result<Vec<Command>, String> {
    let (word, profile) = text
        .split_once(char::is_whitespace)
        .map_or((text, None), |(word, profile)| (word, Some(profile.trim())));
    let on = match word {
        "on" => true,
        "off" => false,
        _ => return Err("on or off".to_owned()),
    };
    if !on && !app.may_write {
        return Err("this run was started read-only: it has no means to act".to_owned());
    }
    match profile {
        None => app.read_only = on,
        Some(name) => hold(app, name, on)?,
    }
    Ok(toast(
        app,
        Tone::Info,
        &match access::badge(app) {
            None => "operations are allowed; each asks first".to_owned(),
            Some(badge) => format!("{badge}: operations are refused"),
        },
    ))
}

/// Sets what the profile `name` reaches read-only, or lifts that.
fn hold(app: &mut App, name: &str, on: bool) -> Result<(), String> {
    let watched = access::profiles(app);
    let known: Vec<_> = watched
        .iter()
        .map(|profile| access::shown(profile))
        .collect();
    let found = watched
        .iter()
        .find(|profile| access::shown(profile) == name)
        .map(|profile| Arc::clone(profile));
    let profile =
        found.ok_or_else(|| format!("there is no profile `{name}` here: {}", known.join(", ")))?;
    if on {
        app.access.held.insert(profile);
    } else if app.access.locked.contains(&profile) {
        return Err(format!(
            "profile {name} is configured read-only: this run has no means to change what it reaches"
        ));
    } else {
        app.access.held.remove(&profile);
    }
    Ok(())
}
