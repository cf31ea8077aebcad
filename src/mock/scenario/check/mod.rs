//! Checks a scenario beyond single fields: types, regions, models, names and references.

mod billing;
mod capacity;
mod contract;
pub(super) mod faults;
mod jobs;
mod models;
pub(super) mod numbers;
mod organization;
mod sagemaker;

use super::spec::{File, MarketSpec, Text};
use crate::{
    domain::Timestamp,
    mock::{
        load_shape::LoadSpec,
        managed_policies::Role,
        price_facts::{Component, Facts},
        scenario::when::ScenarioTime,
    },
};
use std::{collections::HashSet, ops::Range};
use toml::Spanned;

/// A mistake: its place in the file and the message.
pub(crate) type ScenarioProblem = (Range<usize>, String);

/// Checks a whole file.
pub(super) fn check(file: &File) -> Result<(), ScenarioProblem> {
    let facts = Facts::get();
    ScenarioChecker { file, facts }.head()?;
    organization::check(file)?;
    rows(&file.rows_of(None))?;
    file.linked_account
        .iter()
        .try_for_each(|linked| rows(&file.rows_of(Some(linked))))?;
    faults::check_all(file)?;
    contract::check(file)
}

/// Checks the rows of one account.
fn rows(file: &File) -> Result<(), ScenarioProblem> {
    let check = ScenarioChecker {
        file,
        facts: Facts::get(),
    };
    check.instances()?;
    check.notebooks()?;
    check.studio()?;
    file.endpoint
        .iter()
        .try_for_each(|endpoint| check.endpoint(endpoint))?;
    ScenarioChecker::unique(
        "endpoint",
        file.endpoint
            .iter()
            .map(|one| (&one.name, one.region.as_ref())),
    )?;
    check.components()?;
    check.jobs()?;
    check.clusters()?;
    check.model_jobs()?;
    check.bedrock()?;
    check.capacity()?;
    check.costs()?;
    billing::check(file)
}

pub(super) struct ScenarioChecker<'a> {
    pub(super) file: &'a File,
    pub(super) facts: &'static Facts,
}

pub(super) fn wrong<T, M: Into<String>>(place: &Spanned<T>, message: M) -> ScenarioProblem {
    (place.span(), message.into())
}

impl ScenarioChecker<'_> {
    fn head(&self) -> Result<(), ScenarioProblem> {
        let File {
            account,
            regions,
            description,
            ..
        } = self.file;
        if description.get_ref().trim().is_empty() || description.get_ref().contains('\n') {
            return Err(wrong(
                description,
                "`description` is one line that says what the scenario shows",
            ));
        }
        if !organization::is_id(account.id.get_ref()) {
            return Err(wrong(
                &account.id,
                format!("`{}` is no account id: twelve digits", account.id.get_ref()),
            ));
        }
        if let Some(role) = &account.role
            && Role::find(role.get_ref()).is_none()
        {
            let known: Vec<&str> = Role::names().into_iter().collect();
            return Err(wrong(
                role,
                format!(
                    "no policy is known for the role `{}`: write one of {}",
                    role.get_ref(),
                    known.join(", ")
                ),
            ));
        }
        if regions.is_empty() {
            return Err((
                0..0,
                "`regions` needs at least one region, such as \"us-east-1\"".to_owned(),
            ));
        }
        let known = |region: &&Text| {
            self.facts
                .on_demand("g5.xlarge", region.get_ref())
                .is_none()
                && self.facts.on_demand("m5.large", region.get_ref()).is_none()
        };
        match regions.iter().find(known) {
            Some(region) => Err(wrong(
                region,
                format!("`{}` is no region of the price lists", region.get_ref()),
            )),
            None => Ok(()),
        }
    }

    /// The region of the entry, or the first one.
    pub(super) fn region<'b>(
        &'b self,
        region: Option<&'b Text>,
    ) -> Result<&'b str, ScenarioProblem> {
        let home = self
            .file
            .regions
            .first()
            .map(|region| region.get_ref().as_str())
            .unwrap_or_default();
        let Some(region) = region else {
            return Ok(home);
        };
        if self
            .file
            .regions
            .iter()
            .any(|one| one.get_ref() == region.get_ref())
        {
            return Ok(region.get_ref());
        }
        let known: Vec<_> = self
            .file
            .regions
            .iter()
            .map(|one| one.get_ref().as_str())
            .collect();
        Err(wrong(
            region,
            format!(
                "`{}` is not in `regions`; add it there or write one of {}",
                region.get_ref(),
                known.join(", ")
            ),
        ))
    }

    pub(super) fn unique<'b>(
        what: &str,
        names: impl Iterator<Item = (&'b Text, Option<&'b Text>)>,
    ) -> Result<(), ScenarioProblem> {
        let mut seen = HashSet::new();
        for (name, region) in names {
            if name.get_ref().trim().is_empty() {
                return Err(wrong(name, format!("a {what} needs a name")));
            }
            if !seen.insert((
                name.get_ref().clone(),
                region.map(|region| region.get_ref().clone()),
            )) {
                return Err(wrong(
                    name,
                    format!(
                        "a second {what} `{}`: names are unique in a region",
                        name.get_ref()
                    ),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn percent(load: Option<&Spanned<LoadSpec>>) -> Result<(), ScenarioProblem> {
        match load {
            Some(load) if load.get_ref().highest() > 100.0 => Err(wrong(
                load,
                format!(
                    "reaches {}, but this is a percentage: at most 100",
                    load.get_ref().highest()
                ),
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn count(count: &Spanned<u32>) -> Result<(), ScenarioProblem> {
        if (1..=10_000).contains(count.get_ref()) {
            Ok(())
        } else {
            Err(wrong(count, "`count` is from 1 to 10000"))
        }
    }

    pub(super) fn order(
        &self,
        start: ScenarioTime,
        end: Option<&Spanned<ScenarioTime>>,
        what: &str,
    ) -> Result<(), ScenarioProblem> {
        let at = |when: ScenarioTime| -> Timestamp { when.resolve(self.file.now.0) };
        match end {
            Some(end) if at(*end.get_ref()) <= at(start) => Err(wrong(
                end,
                format!(
                    "{what} at {}, but it began at {}",
                    at(*end.get_ref()),
                    at(start)
                ),
            )),
            _ => Ok(()),
        }
    }

    fn instances(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.instance {
            let region = self.region(one.region.as_ref())?;
            Self::count(&one.count)?;
            let ty = one.r#type.get_ref();
            let Some(facts) = self
                .facts
                .instance_type(ty)
                .filter(|_| !ty.starts_with("ml."))
            else {
                return Err(wrong(&one.r#type, self.no_such_type(ty, "")));
            };
            if !self.facts.offered(ty, region) {
                return Err(wrong(
                    &one.r#type,
                    format!("the price lists do not offer `{ty}` in {region}"),
                ));
            }
            if one.market == MarketSpec::CapacityBlock
                && (one.capacity_block_end.is_none()
                    || self.facts.capacity_block(ty, region).is_none())
            {
                return Err(wrong(
                    &one.r#type,
                    format!(
                        "a capacity block of `{ty}` in {region} needs `capacity-block-end = \
                         \"+2d\"` and a listed capacity block price"
                    ),
                ));
            }
            match (&one.gpu, &facts.accelerators) {
                (Some(gpu), None) => {
                    return Err(wrong(
                        gpu,
                        format!("`{ty}` has no accelerators, so no `gpu`"),
                    ));
                }
                (None, Some(_)) => {
                    return Err(wrong(
                        &one.name,
                        format!(
                            "`{ty}` has accelerators and needs their load: write `gpu = \
                             \"steady 3\"`"
                        ),
                    ));
                }
                _ => {}
            }
            Self::percent(one.gpu.as_ref())?;
            Self::percent(one.cpu.as_ref())?;
            self.order(one.launched, one.stopped.as_ref(), "stopped")?;
            self.order(one.launched, one.terminated.as_ref(), "terminated")?;
        }
        Ok(())
    }

    pub(super) fn ml_type(
        &self,
        ty: &Text,
        component: Component,
        region: &str,
    ) -> Result<(), ScenarioProblem> {
        let name = ty.get_ref();
        if !name.starts_with("ml.") || self.facts.instance_type(name).is_none() {
            return Err(wrong(
                ty,
                self.no_such_type(name.trim_start_matches("ml."), "ml."),
            ));
        }
        if self.facts.sagemaker(name, component, region).is_none() {
            return Err(wrong(
                ty,
                format!("the price lists have no price of `{name}` in {region}"),
            ));
        }
        Ok(())
    }

    fn no_such_type(&self, ty: &str, prefix: &str) -> String {
        let types = self.facts.instance_types();
        let near = types
            .iter()
            .min_by_key(|known| (strsim::levenshtein(&known.name, ty), known.name.len()));
        format!(
            "`{prefix}{ty}` is no instance type of the price lists; did you mean `{prefix}{}`?",
            near.map_or("", |near| near.name.as_str())
        )
    }

    fn bedrock(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.throughput {
            self.region(one.region.as_ref())?;
            let model = one.model.get_ref();
            let known = self.facts.tokens(model).is_some()
                || self.file.regions.iter().any(|region| {
                    [0, 1, 6]
                        .iter()
                        .any(|m| self.facts.model_unit(model, *m, region.get_ref()).is_some())
                });
            if !known {
                return Err(wrong(&one.model, self.no_such_model(model)));
            }
            Self::percent(Some(&one.utilization))?;
            if one.tokens_per_minute <= 0.0 || one.request_tokens <= 0.0 || one.units == 0 {
                return Err(wrong(
                    &one.name,
                    "`units`, `tokens-per-minute` (of one unit) and `request-tokens` are above 0",
                ));
            }
        }
        for one in &self.file.model {
            self.region(one.region.as_ref())?;
            if self.facts.tokens(one.id.get_ref()).is_none() {
                return Err(wrong(&one.id, self.no_such_model(one.id.get_ref())));
            }
            super::check::billing::model(one, self.region(one.region.as_ref())?)?;
        }
        Self::unique(
            "throughput",
            self.file
                .throughput
                .iter()
                .map(|one| (&one.name, one.region.as_ref())),
        )
    }

    fn costs(&self) -> Result<(), ScenarioProblem> {
        for one in &self.file.cost {
            self.region(one.region.as_ref())?;
            if let Some(usd) = one
                .usd_per_unit
                .as_ref()
                .filter(|usd| *usd.get_ref() <= 0.0)
            {
                return Err(wrong(usd, "`usd-per-unit` is above 0"));
            }
        }
        for one in &self.file.anomaly {
            self.region(one.region.as_ref())?;
            if self.file.monitor.is_empty() {
                return Err(wrong(
                    &one.service,
                    "an anomaly needs a [[monitor]] that finds it",
                ));
            }
            if let Some(feedback) = one.feedback.as_ref().filter(|word| {
                !["YES", "NO", "PLANNED_ACTIVITY"].contains(&word.get_ref().as_str())
            }) {
                return Err(wrong(feedback, "`feedback` is YES, NO or PLANNED_ACTIVITY"));
            }
        }
        Ok(())
    }
}
