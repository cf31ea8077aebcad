//! This machine: configuration, price list, terminal and the way to AWS.

use super::{Check, State};
use crate::app::session::{ConsoleSession, color_support};
use crate::{
    aws::{ConfiguredEndpoints, SessionSettings, http, profiles::ProfileFiles},
    domain::{Timestamp, text::printable},
    screen::theme::ColorSupport,
};
use std::{
    env,
    io::{self, IsTerminal},
};

const NETWORK: &str = "network";
/// Days after which a refresh of the price list is worth a line: AWS changes prices a few times a
/// year.
const OLD_DAYS: i64 = 90;
/// The screen that the console is made for.
const USUAL_SIZE: (u16, u16) = (80, 24);
/// Variables of the environment that name a proxy for requests to AWS, the first one set counts.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The lines about this machine.
pub(super) async fn checks(console: &ConsoleSession) -> Vec<Check> {
    let mut checks = vec![configuration(console)];
    checks.extend(profiles(console));
    checks.extend(prices(console).await);
    checks.push(terminal(console));
    checks.extend(network(console));
    checks
}

/// The file; an invalid one has ended the program before.
fn configuration(console: &ConsoleSession) -> Check {
    let bootstrap = console.bootstrap();
    let path = bootstrap.global.config.clone();
    let path = path.or_else(|| bootstrap.folders.config_file());
    let line = |state, detail: String| Check::new("configuration", "file", state, detail);
    match path {
        Some(path) if path.exists() => line(
            State::Ok,
            printable(&path.display().to_string()).into_owned(),
        ),
        Some(path) => {
            let path = path.display().to_string();
            let path = printable(&path);
            line(
                State::Ok,
                format!("none at {path}: every key has its default"),
            )
        }
        None => {
            let why = bootstrap.folder_problem().unwrap_or_default();
            line(State::Limited, printable(&why).into_owned())
        }
    }
}

/// Profiles that the configuration names and that do not exist: they protect nothing.
fn profiles(console: &ConsoleSession) -> Vec<Check> {
    let line = |profile: &_| {
        let detail = format!("{profile}");
        Check::new("configuration", "profile", State::Limited, detail)
    };
    console.unknown_profiles().iter().map(line).collect()
}

/// The age of the prices that the console uses.
async fn prices(console: &ConsoleSession) -> Option<Check> {
    let endpoints = ConfiguredEndpoints::of(&console.options.settings).await;
    let refreshed = console.bootstrap().folders.prices(endpoints.prices());
    let is_refreshed = refreshed.is_some_and(|folder| {
        let files = folder.read_dir().into_iter().flatten();
        files.flatten().any(|file| file.path().is_file())
    });
    let date = console.options.prices.as_of().to_owned();
    let days = age_in_days(&date, console.options.clock.now())?;
    let origin = if is_refreshed {
        "refreshed"
    } else {
        "embedded in the program"
    };
    let detail = format!("of {date}, {days} days old, {origin}");
    let line = |state| Check::new("prices", "price list", state, detail.clone());
    Some(if days > OLD_DAYS {
        line(State::Note).with_remedy("`spendtop prices refresh` reads the current ones (free).")
    } else {
        line(State::Ok)
    })
}

/// Whole days from `date` (`2026-11-20`) to `now`.
fn age_in_days(date: &str, now: Timestamp) -> Option<i64> {
    let date: jiff::civil::Date = date.parse().ok()?;
    let then = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some((now.as_second() - then.as_second()).div_euclid(86_400))
}

/// Size, colours and character set of the terminal.
fn terminal(console: &ConsoleSession) -> Check {
    let line = |state, detail: String| Check::new("terminal", "stdout", state, detail);
    if !io::stdout().is_terminal() {
        return line(
            State::Note,
            "not a terminal: spendtop prints text".to_owned(),
        );
    }
    let colors = match console.bootstrap().color_support {
        ColorSupport::True => "16 million colours",
        ColorSupport::Indexed => "256 colours",
        ColorSupport::Ansi => "16 colours",
        ColorSupport::None => "no colours",
    };
    let characters = if color_support::is_ascii_locale(|name| env::var(name).ok()) {
        "ASCII"
    } else {
        "UTF-8"
    };
    let Ok((width, height)) = crossterm::terminal::size() else {
        return line(State::Limited, "its size is not known".to_owned());
    };
    let detail = format!("{width}x{height}, {colors}, {characters}");
    if width < USUAL_SIZE.0 || height < USUAL_SIZE.1 {
        let (width, height) = USUAL_SIZE;
        return line(State::Limited, detail)
            .with_remedy(format!("Enlarge it to {width}x{height} at least."));
    }
    line(State::Ok, detail)
}

/// The proxy, the certificates and the endpoint.
fn network(console: &ConsoleSession) -> Vec<Check> {
    let variable = |name: &&str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let proxy = PROXIES
        .iter()
        .find_map(|name| Some((name, variable(name)?)));
    let proxy = proxy.map_or_else(
        || "none".to_owned(),
        |(name, url)| format!("{name}: {}", printable(without_login(&url))),
    );
    let mut checks = vec![Check::new(NETWORK, "proxy", State::Ok, proxy)];
    let settings = &console.options.settings;
    checks.extend(certificates(settings, variable(&"AWS_CA_BUNDLE").as_ref()));
    let endpoint = settings.endpoint_url.clone();
    let endpoint = endpoint.or_else(|| variable(&"AWS_ENDPOINT_URL"));
    checks.extend(endpoint.map(|url| {
        let detail = format!("every request goes to {}", printable(without_login(&url)));
        Check::new(NETWORK, "endpoint", State::Note, detail)
    }));
    checks
}

/// The certificates that each profile trusts beside the system's; `bundle` is the file of the
/// environment, which counts for all.
fn certificates(settings: &SessionSettings, bundle: Option<&String>) -> Vec<Check> {
    let files = ProfileFiles::read();
    let mut profiles: Vec<&str> = settings
        .profiles
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if profiles.is_empty() || bundle.is_some() {
        profiles = vec!["default"];
    }
    let line = |state, detail: String| Check::new(NETWORK, "certificates", state, detail);
    let lines =
        profiles.into_iter().map(
            |profile| match (http::ca_bundle(&files, profile), &bundle) {
                (Ok(None), _) => line(State::Ok, "of the system".to_owned()),
                (Ok(Some(_)), Some(path)) => {
                    line(State::Ok, format!("AWS_CA_BUNDLE: {}", printable(path)))
                }
                (Ok(Some(_)), None) => line(
                    State::Ok,
                    format!("ca_bundle of profile {}", printable(profile)),
                ),
                (Err(problem), _) => line(State::Limited, printable(&problem).into_owned()),
            },
        );
    lines.collect()
}

/// `url` without user and password.
fn without_login(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_of_a_proxy_is_not_shown() {
        assert_eq!(without_login("http://ana:secret@proxy:3128"), "proxy:3128");
        assert_eq!(without_login("http://proxy:3128"), "http://proxy:3128");
    }

    #[test]
    fn age_of_prices_is_in_days() {
        let now = "2026-11-23T08:30:00Z".parse().unwrap();
        assert_eq!(age_in_days("2026-11-20", now), Some(3));
        assert_eq!(age_in_days("soon", now), None);
    }
}
