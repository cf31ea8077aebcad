//! Checks notebooks, Studio, endpoints and inference components.

use super::{ScenarioChecker, ScenarioProblem, wrong};
use crate::mock::{
    price_facts::Component,
    scenario::spec::{AppKind, AppSpec, DomainSpec, EndpointSpec, ScalingSpec, ScheduleSpec, Text},
    simulation::schedule::CronSchedule,
};

impl ScenarioChecker<'_> {
    pub(super) fn notebooks(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.notebook {
            let region = self.region(one.region.as_ref())?;
            self.ml_type(&one.r#type, Component::Notebook, region)?;
            Self::percent(one.cpu.as_ref())?;
            self.order(
                one.started.unwrap_or(one.created),
                one.stopped.as_ref(),
                "stopped",
            )?;
        }
        Self::unique(
            "notebook",
            self.file
                .notebook
                .iter()
                .map(|one| (&one.name, one.region.as_ref())),
        )
    }

    pub(super) fn studio(&self) -> Result<(), ScenarioProblem> {
        Self::unique(
            "domain",
            self.file.domain.iter().map(|one| (&one.name, None)),
        )?;
        for domain in &self.file.domain {
            self.region(domain.region.as_ref())?;
        }
        self.file.app.iter().try_for_each(|app| self.app(app))
    }

    fn app(&self, app: &AppSpec) -> Result<(), ScenarioProblem> {
        let domain = self.domain_of(app)?;
        if !domain.users.contains(app.user.get_ref()) {
            return Err(wrong(
                &app.user,
                format!(
                    "domain `{}` has no user `{}`; there are: {}",
                    domain.name.get_ref(),
                    app.user.get_ref(),
                    domain.users.join(", ")
                ),
            ));
        }
        let in_space = matches!(
            app.kind.get_ref(),
            AppKind::JupyterLab | AppKind::CodeEditor
        );
        if in_space != app.space.is_some() {
            return Err(wrong(
                &app.kind,
                "JupyterLab and CodeEditor run in a `space`; KernelGateway and JupyterServer \
                 have none",
            ));
        }
        if app.r#type.get_ref() != "system" {
            self.ml_type(
                &app.r#type,
                Component::Studio,
                self.region(domain.region.as_ref())?,
            )?;
        }
        Self::percent(app.cpu.as_ref())?;
        self.order(app.started, app.deleted.as_ref(), "deleted")
    }

    fn domain_of(&self, app: &AppSpec) -> Result<&DomainSpec, ScenarioProblem> {
        let domains = &self.file.domain;
        let named = domains
            .iter()
            .find(|domain| domain.name.get_ref() == app.domain.get_ref());
        named.ok_or_else(|| {
            let names: Vec<_> = domains
                .iter()
                .map(|domain| domain.name.get_ref().as_str())
                .collect();
            wrong(
                &app.domain,
                format!(
                    "no [[domain]] `{}`; there are: {}",
                    app.domain.get_ref(),
                    names.join(", ")
                ),
            )
        })
    }

    pub(super) fn scaling(
        place: &Text,
        scaling: Option<&ScalingSpec>,
    ) -> Result<(), ScenarioProblem> {
        match scaling {
            Some(one)
                if one.min > one.max
                    || one
                        .target
                        .is_some_and(|target| target <= 0.0 || !target.is_finite()) =>
            {
                Err(wrong(
                    place,
                    "`autoscaling` needs min <= max and a target above 0 (requests per minute and \
                     replica)",
                ))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn schedule(schedule: &[ScheduleSpec]) -> Result<(), ScenarioProblem> {
        for one in schedule {
            if CronSchedule::read(one.at.get_ref()).is_none() {
                let text = one.at.get_ref();
                return Err(wrong(
                    &one.at,
                    format!(
                        "`{text}` is no schedule; write `cron(0 18 ? * MON-FRI *)`, `rate(12 \
                         hours)` or `at(2026-11-23T18:00:00)`"
                    ),
                ));
            }
            if let Some(zone) = one
                .timezone
                .as_ref()
                .filter(|zone| jiff::tz::TimeZone::get(zone.get_ref()).is_err())
            {
                return Err(wrong(
                    zone,
                    format!(
                        "`{}` is no time zone; write `UTC` or `Europe/Berlin`",
                        zone.get_ref()
                    ),
                ));
            }
            if one.min.is_none() && one.max.is_none()
                || one.min.zip(one.max).is_some_and(|(min, max)| min > max)
            {
                return Err(wrong(
                    &one.at,
                    "a schedule sets `min`, `max` or both, min <= max",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn endpoint(&self, one: &EndpointSpec) -> Result<(), ScenarioProblem> {
        let region = self.region(one.region.as_ref())?;
        let forms = [
            one.r#type.is_some() && one.instances.is_some(),
            one.serverless.is_some(),
            !one.variants.is_empty(),
        ];
        if forms.iter().filter(|form| **form).count() != 1
            || one.r#type.is_some() != one.instances.is_some()
        {
            return Err(wrong(
                &one.name,
                "an endpoint has either `type` and `instances`, or `serverless`, or \
                 [[endpoint.variants]]",
            ));
        }
        if let Some(ty) = &one.r#type {
            self.ml_type(ty, Component::Hosting, region)?;
        }
        Self::scaling(&one.name, one.autoscaling.as_ref())?;
        Self::schedule(&one.schedule)?;
        if let Some(schedule) = one.schedule.first().filter(|_| one.r#type.is_none()) {
            return Err(wrong(
                &schedule.at,
                "a `schedule` belongs to a variant with instances",
            ));
        }
        for variant in &one.variants {
            self.ml_type(&variant.r#type, Component::Hosting, region)?;
            Self::scaling(&variant.r#type, variant.autoscaling.as_ref())?;
            Self::schedule(&variant.schedule)?;
        }
        if one.capacity <= 0.0 || one.latency_ms <= 0.0 || !(0.0..=1.0).contains(&one.error_rate) {
            return Err(wrong(
                &one.name,
                "`capacity` and `latency-ms` are above 0, `error-rate` is a share from 0 to 1",
            ));
        }
        Ok(())
    }

    pub(super) fn components(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.component {
            let host = self
                .file
                .endpoint
                .iter()
                .find(|endpoint| endpoint.name.get_ref() == one.endpoint.get_ref());
            if host.is_none_or(|host| host.managed_instance_scaling.is_none()) {
                return Err(wrong(
                    &one.endpoint,
                    format!(
                        "no [[endpoint]] `{}` with `managed-instance-scaling = {{ min = 1, max = \
                         2 }}`",
                        one.endpoint.get_ref()
                    ),
                ));
            }
            Self::scaling(&one.name, one.autoscaling.as_ref())?;
            if one.capacity <= 0.0 || one.latency_ms <= 0.0 {
                return Err(wrong(&one.name, "`capacity` and `latency-ms` are above 0"));
            }
        }
        Self::unique(
            "component",
            self.file.component.iter().map(|one| (&one.name, None)),
        )
    }
}
