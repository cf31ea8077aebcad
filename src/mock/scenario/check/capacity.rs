//! Checks the capacity that AWS bills beside instances.

use super::{ScenarioChecker, ScenarioProblem, wrong};
use crate::mock::{
    price_facts::Component,
    scenario::spec::{CapacityReservationSpec, Text},
};
use toml::Spanned;

impl ScenarioChecker<'_> {
    pub(super) fn capacity(&self) -> Result<(), ScenarioProblem> {
        let reservations = self.file.capacity_reservation.iter();
        reservations
            .clone()
            .try_for_each(|one| self.reservation(one))?;
        Self::unique(
            "capacity reservation",
            reservations.map(|one| (&one.name, one.region.as_ref())),
        )?;
        for one in &self.file.training_plan {
            let region = self.region(one.region.as_ref())?;
            self.ml_type(&one.r#type, Component::Training, region)?;
            Self::reserved(&one.instances, one.used)?;
        }
        for one in &self.file.endpoint {
            let plans = || self.file.training_plan.iter().map(|plan| &plan.name);
            if let Some(plan) = &one.training_plan
                && !plans().any(|name| name.get_ref() == plan.get_ref())
            {
                let message = format!("there is no training plan `{}`", plan.get_ref());
                return Err(wrong(plan, message));
            }
        }
        for one in &self.file.tracking_server {
            self.region(one.region.as_ref())?;
            self.order(one.created, one.stopped.as_ref(), "stopped")?;
        }
        for one in &self.file.partner_app {
            self.region(one.region.as_ref())?;
        }
        for one in &self.file.model_deployment {
            self.region(one.region.as_ref())?;
            self.foundation_model(&one.model)?;
        }
        for one in &self.file.imported_model {
            self.region(one.region.as_ref())?;
        }
        Ok(())
    }

    fn reservation(&self, one: &CapacityReservationSpec) -> Result<(), ScenarioProblem> {
        let region = self.region(one.region.as_ref())?;
        let ty = one.r#type.get_ref();
        if self.facts.instance_type(ty).is_none() || !self.facts.offered(ty, region) {
            let message = format!("the price lists do not offer `{ty}` in {region}");
            return Err(wrong(&one.r#type, message));
        }
        self.order(one.created, one.block_end.as_ref(), "ended")?;
        Self::reserved(&one.instances, one.used)
    }

    fn reserved(instances: &Spanned<u32>, used: u32) -> Result<(), ScenarioProblem> {
        Self::count(instances)?;
        if used > *instances.get_ref() {
            return Err(wrong(instances, "`used` is at most `instances`"));
        }
        Ok(())
    }

    fn foundation_model(&self, model: &Text) -> Result<(), ScenarioProblem> {
        if self.facts.tokens(model.get_ref()).is_none() {
            return Err(wrong(model, self.no_such_model(model.get_ref())));
        }
        Ok(())
    }
}
