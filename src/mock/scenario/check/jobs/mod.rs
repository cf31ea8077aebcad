//! Checks jobs: one way to end, runs with distinct names, and keys that their kind supports.

#[cfg(test)]
mod tests;

use super::{ScenarioChecker, ScenarioProblem, wrong};
use crate::mock::scenario::{
    spec::{JobOutcome, JobSpec, Text, TuningSpec},
    when::Span,
};
use crate::mock::simulation::{JobKind, after};
use toml::Spanned;

/// Most runs of one group of the file.
const MAX_RUNS: f64 = 2_000.0;
/// Letters of the time that a repeated job's name ends with.
const TIMED: usize = "-2026-11-23-08-30-00".len();

impl ScenarioChecker<'_> {
    pub(super) fn jobs(&self) -> Result<(), ScenarioProblem> {
        let file = self.file;
        for (kind, what, specs) in [
            (JobKind::Training, "training job", &file.training),
            (JobKind::Processing, "processing job", &file.processing),
            (JobKind::Transform, "transform job", &file.transform),
        ] {
            specs.iter().try_for_each(|spec| self.job(kind, spec))?;
            Self::unique(
                what,
                specs.iter().map(|one| (&one.name, one.region.as_ref())),
            )?;
        }
        file.tuning.iter().try_for_each(|spec| self.tuning(spec))?;
        Self::unique(
            "tuning job",
            file.tuning
                .iter()
                .map(|one| (&one.name, one.region.as_ref())),
        )
    }

    fn job(&self, kind: JobKind, one: &JobSpec) -> Result<(), ScenarioProblem> {
        let region = self.region(one.region.as_ref())?;
        Self::count(&one.count)?;
        self.ml_type(&one.r#type, kind.component(), region)?;
        self.busy(&one.r#type, one.gpu.as_ref(), one.cpu.as_ref())?;
        Self::keys(kind, one)?;
        self.check_ending(kind, one)?;
        self.series(one)?;
        if one.instances == 0 {
            return Err(wrong(&one.name, "`instances` is 1 or more"));
        }
        let numbered = one.name.get_ref().contains("{n}");
        if *one.count.get_ref() > 1 && !numbered {
            return Err(wrong(
                &one.count,
                format!(
                    "{} jobs need `{{n}}` in their name to have distinct names",
                    one.count.get_ref()
                ),
            ));
        }
        let again = one.repeat_every.is_some() || !one.earlier_runs.is_empty();
        Self::job_name(&one.name, if again && !numbered { 63 - TIMED } else { 63 })?;
        one.input.iter().chain(&one.checkpoint).try_for_each(s3)
    }

    /// Checks keys that only one kind of job has.
    fn keys(kind: JobKind, one: &JobSpec) -> Result<(), ScenarioProblem> {
        let only = |place, key, of| Err((place, format!("`{key}` is of [[{of}]] only")));
        match kind {
            JobKind::Training => {}
            _ if one.spot.is_some() => {
                return only(
                    one.spot.as_ref().map_or(0..0, Spanned::span),
                    "spot",
                    "training",
                );
            }
            _ if one.keep_alive.is_some() => {
                return only(
                    one.keep_alive.as_ref().map_or(0..0, Spanned::span),
                    "keep-alive",
                    "training",
                );
            }
            _ if one.checkpoint.is_some() => {
                return only(
                    one.checkpoint.as_ref().map_or(0..0, Spanned::span),
                    "checkpoint",
                    "training",
                );
            }
            _ => {}
        }
        if let Some(model) = one.model.as_ref().filter(|_| kind != JobKind::Transform) {
            return only(model.span(), "model", "transform");
        }
        if let Some(hours) = one
            .max_hours
            .as_ref()
            .filter(|_| kind == JobKind::Transform)
        {
            return Err(wrong(
                hours,
                "a transform job has no `max-hours`: SageMaker sets it no limit",
            ));
        }
        if let Some(minutes) = one
            .keep_alive
            .as_ref()
            .filter(|minutes| !(1..=360).contains(minutes.get_ref()))
        {
            return Err(wrong(minutes, "`keep-alive` is from 1 to 360 minutes"));
        }
        shares(one.spot.as_ref(), one.spot_billed_share.as_ref())
    }

    /// A job ends in one way, and within its limit.
    fn check_ending(&self, kind: JobKind, one: &JobSpec) -> Result<(), ScenarioProblem> {
        self.order(one.created, one.ended.as_ref(), "ended")?;
        Self::check_single_end(one)?;
        if kind == JobKind::Transform {
            return Ok(());
        }
        self.check_limit(kind, one)
    }

    fn check_single_end(one: &JobSpec) -> Result<(), ScenarioProblem> {
        match (&one.ended, &one.duration, &one.fails_after) {
            (Some(_), Some(span), _) | (Some(_), _, Some(span)) | (_, Some(_), Some(span)) => {
                return Err(wrong(
                    span,
                    "write only one of `ended`, `duration` and `fails-after`",
                ));
            }
            (Some(ended), ..) if one.outcome.is_none() => {
                return Err(wrong(
                    ended,
                    "`ended` needs an outcome: write `outcome = \"completed\"`, \"failed\" or \
                     \"stopped\"",
                ));
            }
            _ => {}
        }
        if let Some(outcome) = one
            .outcome
            .as_ref()
            .filter(|_| one.ended.is_none() && one.duration.is_none())
        {
            return Err(wrong(
                outcome,
                "an `outcome` belongs to `ended` or `duration`",
            ));
        }
        let fails = one.fails_after.is_some()
            || one
                .outcome
                .as_ref()
                .is_some_and(|outcome| *outcome.get_ref() == JobOutcome::Failed);
        if one.failure.is_some() && !fails {
            return Err(wrong(
                &one.name,
                "a `failure` needs `fails-after` or `outcome = \"failed\"`",
            ));
        }
        Ok(())
    }

    fn check_limit(&self, kind: JobKind, one: &JobSpec) -> Result<(), ScenarioProblem> {
        limit(
            one.max_hours.as_ref(),
            [one.duration.as_ref(), one.fails_after.as_ref()]
                .into_iter()
                .flatten()
                .chain(&one.earlier_runs),
        )?;
        let hours = one
            .max_hours
            .as_ref()
            .map_or(24.0, |hours| *hours.get_ref());
        let last = after(
            one.created.resolve(self.file.now.0),
            kind.startup_seconds() + hours * 3_600.0,
        );
        match &one.ended {
            Some(ended) if ended.get_ref().resolve(self.file.now.0) > last => Err(wrong(
                ended,
                format!("`max-hours` ({hours}) ends it at {last}"),
            )),
            _ => Ok(()),
        }
    }

    /// Checks runs that follow one another.
    fn series(&self, one: &JobSpec) -> Result<(), ScenarioProblem> {
        let count = *one.count.get_ref();
        if let Some(first) = one.earlier_runs.first().filter(|_| count > 1) {
            return Err(wrong(first, "`count` or `earlier-runs`, not both"));
        }
        let Some(every) = &one.repeat_every else {
            return one.repeat_until.as_ref().map_or(Ok(()), |until| {
                Err(wrong(until, "`repeat-until` needs `repeat-every`"))
            });
        };
        if count > 1 {
            return Err(wrong(every, "`count` or `repeat-every`, not both"));
        }
        if one.ended.is_some() {
            return Err(wrong(
                every,
                "runs that repeat end by `duration` or `fails-after`, not at one moment",
            ));
        }
        self.order(
            one.created,
            one.repeat_until.as_ref(),
            "the last run would be",
        )?;
        let now = self.file.now.0;
        let last = one
            .repeat_until
            .as_ref()
            .map_or(after(now, 7.0 * 86_400.0), |until| {
                until.get_ref().resolve(now)
            });
        let many = last.duration_since(one.created.resolve(now)).as_secs_f64() / every.get_ref().0;
        if many > MAX_RUNS {
            Err(wrong(
                every,
                format!("this repeats {many:.0} times; at most {MAX_RUNS} runs"),
            ))
        } else {
            Ok(())
        }
    }

    fn tuning(&self, one: &TuningSpec) -> Result<(), ScenarioProblem> {
        let region = self.region(one.region.as_ref())?;
        self.ml_type(&one.r#type, JobKind::Training.component(), region)?;
        self.busy(&one.r#type, one.gpu.as_ref(), one.cpu.as_ref())?;
        self.order(one.created, one.stopped.as_ref(), "stopped")?;
        shares(one.spot.as_ref(), one.spot_billed_share.as_ref())?;
        if let (Some(_), Some(span)) = (&one.duration, &one.fails_after) {
            return Err(wrong(
                span,
                "write only one of `duration` and `fails-after`",
            ));
        }
        if one.failure.is_some() && one.fails_after.is_none() {
            return Err(wrong(&one.name, "a `failure` needs `fails-after`"));
        }
        limit(
            one.max_hours.as_ref(),
            [one.duration.as_ref(), one.fails_after.as_ref()]
                .into_iter()
                .flatten(),
        )?;
        if !(1..=750).contains(one.trials.get_ref()) {
            return Err(wrong(&one.trials, "`trials` is from 1 to 750"));
        }
        if !(1..=100).contains(one.parallel.get_ref()) {
            return Err(wrong(&one.parallel, "`parallel` is from 1 to 100"));
        }
        if one.instances == 0 {
            return Err(wrong(&one.name, "`instances` is 1 or more"));
        }
        Self::job_name(&one.name, 32)?;
        one.input.iter().try_for_each(s3)
    }

    /// Checks that the instance type can have the loads.
    fn busy(
        &self,
        ty: &Text,
        gpu: Option<&Spanned<crate::mock::load_shape::LoadSpec>>,
        cpu: Option<&Spanned<crate::mock::load_shape::LoadSpec>>,
    ) -> Result<(), ScenarioProblem> {
        let accelerated = self
            .facts
            .instance_type(ty.get_ref())
            .is_some_and(|facts| facts.accelerators.is_some());
        if let Some(gpu) = gpu.filter(|_| !accelerated) {
            return Err(wrong(
                gpu,
                format!(
                    "`{}` has no accelerators, so no `gpu`; write `cpu`",
                    ty.get_ref()
                ),
            ));
        }
        Self::percent(gpu)?;
        Self::percent(cpu)
    }

    /// Checks that SageMaker accepts a name.
    pub(super) fn job_name(name: &Text, max: usize) -> Result<(), ScenarioProblem> {
        let text = name.get_ref().replace("{n}", "1");
        let edge = |c: char| c.is_ascii_alphanumeric();
        let fits = text.starts_with(edge)
            && text.ends_with(edge)
            && text.chars().all(|c| edge(c) || c == '-');
        if fits && text.len() <= max {
            return Ok(());
        }
        Err(wrong(
            name,
            format!(
                "`{}` is no name: letters, digits and inner hyphens, here at most {max}",
                name.get_ref()
            ),
        ))
    }
}

fn shares(
    spot: Option<&Spanned<bool>>,
    share: Option<&Spanned<f64>>,
) -> Result<(), ScenarioProblem> {
    match share {
        Some(share) if !(0.0..=1.0).contains(share.get_ref()) => Err(wrong(
            share,
            "`spot-billed-share` is the billed share of the seconds, from 0 to 1",
        )),
        Some(share) if spot.is_none_or(|spot| !spot.get_ref()) => {
            Err(wrong(share, "`spot-billed-share` needs `spot = true`"))
        }
        _ => Ok(()),
    }
}

fn limit<'a>(
    hours: Option<&Spanned<f64>>,
    spans: impl Iterator<Item = &'a Spanned<Span>>,
) -> Result<(), ScenarioProblem> {
    let max = hours.map_or(24.0, |hours| *hours.get_ref());
    if let Some(hours) = hours.filter(|_| !(max > 0.0 && max <= 672.0)) {
        return Err(wrong(
            hours,
            "`max-hours` is above 0 and at most 672 (28 days)",
        ));
    }
    for span in spans {
        if span.get_ref().0 > max * 3_600.0 {
            return Err(wrong(
                span,
                format!("`max-hours` ({max}) ends it before that"),
            ));
        }
    }
    Ok(())
}

fn s3(uri: &Text) -> Result<(), ScenarioProblem> {
    if uri.get_ref().starts_with("s3://") {
        Ok(())
    } else {
        Err(wrong(uri, "an `input` is an S3 URI: `s3://bucket/prefix/`"))
    }
}
