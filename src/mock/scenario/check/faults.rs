//! Checks faults beyond single fields.

use super::{ScenarioProblem, wrong};
use crate::mock::scenario::spec::{FaultSpec, File, LatencySpec};
use crate::{
    domain::Timestamp,
    mock::{
        faults::{FaultEffect, SLOW, rule::matches_service},
        glob::matches,
        protocol::MockService,
    },
};

/// Checks the faults and delays of a file.
pub(super) fn check_all(file: &File) -> Result<(), ScenarioProblem> {
    let delays = file.latency.iter().map(LatencySpec::as_fault);
    let faults: Vec<FaultSpec> = file.fault.iter().cloned().chain(delays).collect();
    let regions = file.regions.iter();
    let regions: Vec<&str> = regions.map(|region| region.get_ref().as_str()).collect();
    check(&faults, &regions, file.now.0)
}

/// Checks faults of a simulation that is at `now` and has those regions.
pub(crate) fn check(
    faults: &[FaultSpec],
    regions: &[&str],
    now: Timestamp,
) -> Result<(), ScenarioProblem> {
    faults.iter().try_for_each(|one| {
        kind(one)?;
        scope(one, regions)?;
        if let Some(until) = &one.until {
            let from = one.from.map_or(Timestamp::MIN, |from| from.resolve(now));
            if until.get_ref().resolve(now) <= from {
                return Err(wrong(
                    until,
                    format!(
                        "`until` is {}, but it begins at {from}",
                        until.get_ref().resolve(now)
                    ),
                ));
            }
        }
        for (name, count) in [("times", &one.times), ("every-nth", &one.every_nth)] {
            if let Some(count) = count.as_ref().filter(|count| *count.get_ref() == 0) {
                return Err(wrong(count, format!("`{name}` is 1 or more")));
            }
        }
        Ok(())
    })
}

fn kind(one: &FaultSpec) -> Result<(), ScenarioProblem> {
    let word = one.kind.get_ref().as_str();
    if !FaultEffect::names().any(|known| known == word) {
        let known: Vec<_> = FaultEffect::names().collect();
        return Err(wrong(
            &one.kind,
            format!(
                "`{word}` is no kind of fault; write one of {}",
                known.join(", ")
            ),
        ));
    }
    match &one.delay {
        Some(delay) if word != SLOW => Err(wrong(
            delay,
            format!("`delay` belongs to `kind = \"slow\"`, not to `{word}`"),
        )),
        None if word == SLOW => Err(wrong(
            &one.kind,
            "`slow` needs a delay: write `delay = \"5s\"`",
        )),
        _ => Ok(()),
    }
}

fn scope(one: &FaultSpec, regions: &[&str]) -> Result<(), ScenarioProblem> {
    if let Some(service) = &one.service
        && !MockService::known().any(|known| matches_service(service.get_ref(), known))
    {
        let known: Vec<_> = MockService::known().map(MockService::prefix).collect();
        return Err(wrong(
            service,
            format!(
                "`{}` is no service of the mock; write one of {}",
                service.get_ref(),
                known.join(", ")
            ),
        ));
    }
    if let Some(region) = &one.region
        && !regions.iter().any(|known| matches(region.get_ref(), known))
    {
        return Err(wrong(
            region,
            format!(
                "`{}` is not in `regions`; write one of {}",
                region.get_ref(),
                regions.join(", ")
            ),
        ));
    }
    let texts = [
        ("operation", &one.operation),
        ("resource", &one.resource),
        ("account", &one.account),
    ];
    match texts.iter().find_map(|(name, text)| {
        text.as_ref()
            .filter(|text| text.get_ref().trim().is_empty())
            .map(|text| (name, text))
    }) {
        Some((name, text)) => Err(wrong(
            text,
            format!("`{name}` is empty; leave it out, or write `*`, for any"),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::mock::scenario::tests::refused;

    #[test]
    fn a_wrong_fault_is_refused_with_its_line_and_the_correction() {
        refused(&[
            ("[[fault]]\nservice = \"ec2\"", 5, "missing field `kind`"),
            (
                "[[fault]]\nkind = \"denny\"",
                6,
                "write one of deny, throttle, expired-token",
            ),
            ("[[fault]]\nkind = \"slow\"", 6, "`slow` needs a delay"),
            (
                "[[fault]]\nkind = \"deny\"\ndelay = \"5s\"",
                7,
                "belongs to `kind = \"slow\"`",
            ),
            (
                "[[fault]]\nkind = \"slow\"\ndelay = \"long\"",
                7,
                "write `300ms`, `5s` or `2m`",
            ),
            (
                "[[fault]]\nkind = \"deny\"\nservice = \"ecs\"",
                7,
                "write one of ec2, sagemaker, bedrock, cloudwatch",
            ),
            ("[[fault]]\nkind = \"deny\"\noperation = \"\"", 7, "for any"),
            (
                "[[fault]]\nkind = \"deny\"\nregion = \"eu-west-1\"",
                7,
                "write one of us-east-1",
            ),
            (
                "[[fault]]\nkind = \"deny\"\nfrom = \"+5m\"\nuntil = \"+2m\"",
                8,
                "but it begins at 2026-11-23T08:35:00Z",
            ),
            (
                "[[fault]]\nkind = \"deny\"\nfrom = \"soon\"",
                7,
                "is no time",
            ),
            ("[[fault]]\nkind = \"deny\"\ntimes = 0", 7, "1 or more"),
            ("[[fault]]\nkind = \"deny\"\nevery-nth = 0", 7, "1 or more"),
            ("[[fault]]\nkind = \"deny\"\nevery-nth = -1", 7, ""),
            (
                "[[fault]]\nkind = \"deny\"\nopration = \"Stop*\"",
                7,
                "unknown field `opration`, expected one of",
            ),
        ]);
    }
}
