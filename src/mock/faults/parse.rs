//! Parses faults of a scenario or of a request in TOML or JSON, with the same names and the same
//! checks.

use super::{FaultEffect, FaultRule};
use crate::{
    domain::Timestamp,
    mock::{
        scenario::{
            Scenario, check_faults,
            spec::{Delay, FaultSpec},
            when::ScenarioTime,
        },
        simulation::after,
    },
};
use serde::Deserialize;

/// Faults alone, as `[[fault]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fault: Vec<FaultSpec>,
}

/// The faults of a scenario, moved by `shift` seconds.
pub fn from_scenario(scenario: &Scenario, shift: f64) -> Vec<FaultRule> {
    scenario
        .file
        .fault
        .iter()
        .filter_map(|spec| rule(spec, scenario.now, shift))
        .collect()
}

/// The delays of a scenario, as rules of slow answers.
pub fn latencies_of(scenario: &Scenario) -> Vec<FaultRule> {
    scenario
        .file
        .latency
        .iter()
        .filter_map(|spec| rule(&spec.as_fault(), scenario.now, 0.0))
        .collect()
}

/// Parses `text`: a JSON list of faults, one JSON fault, `{"fault": [..]}`, or TOML with
/// `[[fault]]`. Offsets count from `now`. The error has the place, the problem and the valid form.
pub fn parse(text: &str, regions: &[String], now: Timestamp) -> Result<Vec<FaultRule>, String> {
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let read = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(json) => from_json(json, &regions, now)?,
        Err(error) if text.trim_start().starts_with(['{', '"']) => {
            return Err(format!("neither JSON ({error}) nor TOML"));
        }
        Err(_) => from_toml(text, &regions, now)?,
    };
    if read.is_empty() {
        Err("no fault; write `[[fault]]` tables in TOML, or a list in JSON".to_owned())
    } else {
        Ok(read)
    }
}

fn from_toml(text: &str, regions: &[&str], now: Timestamp) -> Result<Vec<FaultRule>, String> {
    let line = |at: usize| {
        text.as_bytes()
            .iter()
            .take(at)
            .filter(|byte| **byte == b'\n')
            .count()
            + 1
    };
    let file: File = toml::from_str(text).map_err(|error| {
        format!(
            "line {}: {}",
            line(error.span().map_or(0, |span| span.start)),
            error.message()
        )
    })?;
    check_faults(&file.fault, regions, now)
        .map_err(|(span, message)| format!("line {}: {message}", line(span.start)))?;
    Ok(file
        .fault
        .iter()
        .filter_map(|spec| rule(spec, now, 0.0))
        .collect())
}

/// Each fault is converted to TOML, so that one parser checks both.
fn from_json(
    json: serde_json::Value,
    regions: &[&str],
    now: Timestamp,
) -> Result<Vec<FaultRule>, String> {
    let list = match json {
        serde_json::Value::Array(list) => list,
        serde_json::Value::Object(mut members) => match members.remove("fault") {
            Some(serde_json::Value::Array(list)) if members.is_empty() => list,
            Some(_) => return Err("`fault` is a list of faults, alone".to_owned()),
            None => vec![serde_json::Value::Object(members)],
        },
        _ => return Err("write a fault, or a list of faults".to_owned()),
    };
    let numbered = list.into_iter().enumerate();
    let read = numbered.map(|(place, one)| {
        rule_from_json(one, regions, now)
            .map_err(|message| format!("fault {}: {message}", place + 1))
    });
    read.collect()
}

fn rule_from_json(
    mut json: serde_json::Value,
    regions: &[&str],
    now: Timestamp,
) -> Result<FaultRule, String> {
    if let serde_json::Value::Object(members) = &mut json {
        // TOML has no null.
        members.retain(|_, value| !value.is_null());
    }
    let text = toml::to_string(&json)
        .map_err(|_| "a fault is an object such as {\"kind\": \"deny\"}".to_owned())?;
    let spec: FaultSpec = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
    check_faults(std::slice::from_ref(&spec), regions, now).map_err(|(_, message)| message)?;
    rule(&spec, now, 0.0).ok_or_else(|| "no such kind of fault".to_owned())
}

/// `None` for a kind that [`check_faults`] refuses.
fn rule(spec: &FaultSpec, now: Timestamp, shift: f64) -> Option<FaultRule> {
    let delay = spec.delay.as_ref().map(|delay| {
        let Delay(delay) = *delay.get_ref();
        delay
    });
    let at = |when: ScenarioTime| after(when.resolve(now), shift);
    let any = |text: &Option<toml::Spanned<String>>| {
        text.as_ref()
            .map_or_else(|| "*".to_owned(), |text| text.get_ref().clone())
    };
    Some(FaultRule {
        service: any(&spec.service),
        operation: any(&spec.operation),
        account: any(&spec.account),
        region: any(&spec.region),
        resource: spec.resource.as_ref().map(|row| row.get_ref().clone()),
        from: spec.from.map(at),
        until: spec.until.as_ref().map(|until| at(*until.get_ref())),
        times: spec
            .times
            .as_ref()
            .map_or(usize::MAX, |times| *times.get_ref()),
        skip: spec.skip.unwrap_or_default(),
        every_nth: spec.every_nth.as_ref().map_or(1, |every| *every.get_ref()),
        ..FaultRule::new(FaultEffect::parse(spec.kind.get_ref(), delay)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<FaultRule>, String> {
        parse(
            text,
            &["us-east-1".to_owned()],
            "2026-11-23T08:30:00Z".parse().unwrap(),
        )
    }

    #[test]
    fn toml_and_json_parse_to_the_same_rule() {
        let toml = "[[fault]]\nkind = \"slow\"\ndelay = \"300ms\"\nservice = \"ec2\"\n\
                    operation = \"Stop*\"\nresource = \"hpo-*\"\nfrom = \"+2m\"\ntimes = 3\n";
        let json = r#"{"kind": "slow", "delay": "300ms", "service": "ec2", "operation": "Stop*",
            "resource": "hpo-*", "from": "+2m", "times": 3, "until": null}"#;
        let want = FaultRule {
            from: Some("2026-11-23T08:32:00Z".parse().unwrap()),
            ..FaultRule::new(FaultEffect::Slow(std::time::Duration::from_millis(300)))
                .of("ec2", "Stop*")
                .resource("hpo-*")
                .times(3)
        };
        for text in [
            toml.to_owned(),
            json.to_owned(),
            format!("[{json}]"),
            format!("{{\"fault\": [{json}]}}"),
        ] {
            assert_eq!(read(&text), Ok(vec![want.clone()]), "{text}");
        }
    }

    #[test]
    fn a_wrong_fault_is_refused_with_the_problem() {
        for (text, part) in [
            ("", "missing field `fault`"),
            ("[]", "no fault; write"),
            ("{", "neither JSON"),
            ("3", "write a fault"),
            ("[3]", "fault 1: a fault is an object"),
            (
                "[{\"kind\": \"deny\"}, {\"kind\": \"denny\"}]",
                "fault 2: `denny` is no kind of fault; write one of deny",
            ),
            (
                "[{\"kind\": \"deny\", \"serivce\": \"ec2\"}]",
                "fault 1: unknown field `serivce`, expected one of",
            ),
            (
                "[[fault]]\nkind = \"deny\"\n\n[[fault]]\nkind = \"deny\"\nregion = \"moon-1\"",
                "line 6: `moon-1` is not in `regions`",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
