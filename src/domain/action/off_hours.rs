//! Tags that tell a policy engine when to stop a resource: off-hours
//! (`off=(M-F,19);on=(M-F,7);tz=utc`) and marks for one operation (`Resource does not meet policy:
//! stop@2026/11/27`), as Cloud Custodian reads and writes them.
//!
//! This module writes and reads tags; the policy engine acts on them.

use super::setting::TagRoute;
use crate::domain::{Operation, Tags, Timestamp, time::weekly_schedule::WeeklySchedule};
use jiff::{civil::Date, tz::TimeZone};

/// Keys under which policy engines look for off-hours, besides the configured one.
const OFFHOURS: &[&str] = &[
    "maid_offhours",
    "custodian_offhours",
    "custodian_downtime",
    "c7n_offhours",
];
/// Keys under which policy engines look for marks, besides the configured one.
const MARKS: &[&str] = &[
    "maid_status",
    "custodian_status",
    "c7n_status",
    "custodian_cleanup",
    "c7n_mark",
];
/// Days of the week, Monday first.
const DAYS: [char; 7] = ['M', 'T', 'W', 'H', 'F', 'S', 'U'];

/// The keys under which tags are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffHoursKeys {
    /// Key of off-hours tags.
    pub off_hours: String,
    /// Key of mark tags.
    pub mark: String,
}

impl Default for OffHoursKeys {
    fn default() -> Self {
        Self {
            off_hours: OFFHOURS[0].to_owned(),
            mark: MARKS[0].to_owned(),
        }
    }
}

/// The time at which the policy engine carries out a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkAt {
    /// On this day.
    Day(Date),
    /// At this hour.
    Hour(Timestamp),
}

/// The value that marks a resource for `operation`.
pub fn mark(operation: Operation, at: MarkAt) -> String {
    let when = match at {
        MarkAt::Day(day) => day.strftime("%Y/%m/%d").to_string(),
        MarkAt::Hour(at) => at
            .to_zoned(TimeZone::UTC)
            .strftime("%Y/%m/%d %H%M UTC")
            .to_string(),
    };
    format!("Resource does not meet policy: {operation}@{when}")
}

/// The value that lets a resource run in the hours of `schedule` only, in the zone called `zone`.
pub fn hours(schedule: &WeeklySchedule, zone: &str) -> String {
    let overnight = schedule.end <= schedule.start || schedule.end == 24;
    let mut after = schedule.days;
    if overnight {
        after.rotate_right(1);
    }
    let zone = if zone.eq_ignore_ascii_case("utc") || zone.eq_ignore_ascii_case("etc/utc") {
        "utc"
    } else {
        zone
    };
    format!(
        "off={};on={};tz={zone}",
        list(after, schedule.end % 24),
        list(schedule.days, schedule.start)
    )
}

/// `(M-F,19)`, or `[(M,19),(W,19)]` where the days do not follow each other.
fn list(days: [bool; 7], hour: u8) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in (0..7).filter(|day| days[*day]) {
        match runs.last_mut() {
            Some(run) if run.1 + 1 == day => run.1 = day,
            _ => runs.push((day, day)),
        }
    }
    let one = |(first, last): &(usize, usize)| {
        let last = if first == last {
            String::new()
        } else {
            format!("-{}", DAYS[*last])
        };
        format!("({}{last},{hour})", DAYS[*first])
    };
    match runs.as_slice() {
        [only] => one(only),
        many => format!("[{}]", many.iter().map(one).collect::<Vec<_>>().join(",")),
    }
}

/// Why AWS refuses `value` in a tag that `route` writes; `None` if it does not. Only EC2 takes
/// brackets, commas and semicolons.
pub fn refused(route: &TagRoute, value: &str) -> Option<&'static str> {
    let fits = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    match route {
        TagRoute::Ec2(_) => None,
        _ if value.chars().all(fits) => None,
        _ => Some(
            "its service does not allow brackets, commas or semicolons in tags: use a policy \
             tag or this console",
        ),
    }
}

/// A parsed off-hours tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OffHoursTag {
    /// The tag's key.
    pub key: String,
    /// In a few words: `stop 2026/11/27`, `off M-F 19:00, on M-F 07:00 utc`.
    pub text: String,
}

/// The off-hours and marks in `tags` that policy engines read, under the keys of `own` or a known
/// key.
pub fn says(tags: &Tags, own: &OffHoursKeys) -> Vec<OffHoursTag> {
    let is = |key: &str, own: &str, known: &[&str]| {
        key.eq_ignore_ascii_case(own) || known.iter().any(|k| key.eq_ignore_ascii_case(k))
    };
    let said = |(key, value): (&String, &String)| {
        let text = if is(key, &own.off_hours, OFFHOURS) {
            Some(read_hours(value))
        } else if is(key, &own.mark, MARKS) {
            read_mark(value)
        } else {
            None
        };
        text.map(|text| OffHoursTag {
            key: key.clone(),
            text,
        })
    };
    tags.iter().filter_map(said).collect()
}

/// `stop 2026/11/27 1900 UTC`; `None` if the value marks nothing.
fn read_mark(value: &str) -> Option<String> {
    let (_, deed) = value.rsplit_once(':')?;
    let (operation, when) = deed.trim().split_once('@')?;
    (!operation.is_empty() && !when.is_empty()).then(|| format!("{operation} {when}"))
}

fn read_hours(value: &str) -> String {
    let lower = value.trim().to_ascii_lowercase();
    match lower.as_str() {
        "" | "on" => return "off at night and on weekends".to_owned(),
        "off" => return "no off-hours".to_owned(),
        _ => {}
    }
    let mut parts = Vec::new();
    let mut zone = String::new();
    for part in lower
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match part.split_once('=') {
            Some((word @ ("off" | "on"), spec)) => match read_list(spec) {
                Some(spec) => parts.push(format!("{word} {spec}")),
                None => return format!("not readable: {value}"),
            },
            Some(("tz", name)) => zone = format!(" {name}"),
            _ => return format!("not readable: {value}"),
        }
    }
    if parts.is_empty() {
        format!("off at night and on weekends{zone}")
    } else {
        format!("{}{zone}", parts.join(", "))
    }
}

/// `M-F 19:00` of `(m-f,19)`, several joined by `and`.
fn read_list(spec: &str) -> Option<String> {
    let one = |spec: &str| {
        let (days, hour) = spec.trim_matches(['(', ')']).split_once(',')?;
        let hour: u8 = hour.trim().parse().ok().filter(|hour| *hour < 24)?;
        let known = |day: &str| {
            day.len() == 1 && day.chars().all(|c| DAYS.contains(&c.to_ascii_uppercase()))
        };
        let days = days.trim();
        let fits = days.split('-').count() <= 2 && days.split('-').all(known);
        fits.then(|| format!("{} {hour:02}:00", days.to_ascii_uppercase()))
    };
    let all: Option<Vec<String>> = spec.trim_matches(['[', ']']).split(",(").map(one).collect();
    all.filter(|all| !all.is_empty())
        .map(|all| all.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_hours_tag_reads_back() {
        for (hours, zone, tag, said) in [
            (
                "mon-fri 07-19",
                "UTC",
                "off=(M-F,19);on=(M-F,7);tz=utc",
                "off M-F 19:00, on M-F 07:00 utc",
            ),
            (
                "mon-fri 22-04",
                "Europe/Berlin",
                "off=(T-S,4);on=(M-F,22);tz=Europe/Berlin",
                "off T-S 04:00, on M-F 22:00 europe/berlin",
            ),
            (
                "mon,wed,thu 08-24",
                "utc",
                "off=[(T,0),(H-F,0)];on=[(M,8),(W-H,8)];tz=utc",
                "off T 00:00 and H-F 00:00, on M 08:00 and W-H 08:00 utc",
            ),
        ] {
            let schedule = WeeklySchedule::parse(&format!("{hours} 1 0")).unwrap();
            assert_eq!(super::hours(&schedule, zone), tag);
            assert_eq!(read_hours(tag), said);
        }
        for (tag, said) in [
            ("", "off at night and on weekends"),
            ("ON", "off at night and on weekends"),
            ("off", "no off-hours"),
            ("tz=pt", "off at night and on weekends pt"),
            (
                "off=[(M-F,21),(U,18)];on=[(M-F,6),(U,10)];tz=pt",
                "off M-F 21:00 and U 18:00, on M-F 06:00 and U 10:00 pt",
            ),
            ("off=(M-F,19);", "off M-F 19:00"),
            ("off=(X,19)", "not readable: off=(X,19)"),
            ("off=(M-F,25)", "not readable: off=(M-F,25)"),
            ("whenever", "not readable: whenever"),
        ] {
            assert_eq!(read_hours(tag), said, "{tag}");
        }
    }

    #[test]
    fn mark_names_operation_and_day() {
        let day = mark(Operation::Stop, MarkAt::Day("2026-11-27".parse().unwrap()));
        assert_eq!(day, "Resource does not meet policy: stop@2026/11/27");
        let hour = mark(
            Operation::Stop,
            MarkAt::Hour("2026-11-27T18:30:00Z".parse().unwrap()),
        );
        assert_eq!(
            hour,
            "Resource does not meet policy: stop@2026/11/27 1830 UTC"
        );
        let tags: Tags = [
            ("Custodian_Status", hour.as_str()),
            ("maid_status", "tagged"),
            ("team", "a: b@c"),
            ("stop-me", &day),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        let said = |own: &OffHoursKeys| {
            says(&tags, own)
                .into_iter()
                .map(|said| said.text)
                .collect::<Vec<_>>()
        };
        assert_eq!(said(&OffHoursKeys::default()), ["stop 2026/11/27 1830 UTC"]);
        assert_eq!(
            said(&OffHoursKeys {
                mark: "stop-me".into(),
                ..OffHoursKeys::default()
            }),
            ["stop 2026/11/27 1830 UTC", "stop 2026/11/27"]
        );
    }

    #[test]
    fn only_ec2_accepts_off_hours_tag_values() {
        let (ec2, other) = (
            TagRoute::Ec2("i-1".into()),
            TagRoute::SageMaker("arn".into()),
        );
        let hours = "off=(M-F,19);on=(M-F,7);tz=utc";
        assert_eq!(refused(&ec2, hours), None);
        assert!(refused(&other, hours).is_some());
        assert_eq!(
            refused(
                &other,
                &mark(Operation::Stop, MarkAt::Day("2026-11-27".parse().unwrap()))
            ),
            None
        );
    }
}
