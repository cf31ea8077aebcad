//! A line of the bill: names as in Cost Explorer, quantities as integrals.

use super::{Charge, NonResourceCost, agreements::ServiceFamily, names::component_word};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        price_facts::Facts,
        simulation::{Instance, InstanceState, Simulation},
    },
};

pub(super) const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
pub(super) const EC2_OTHER: &str = "EC2 - Other";
pub(super) const SAGEMAKER: &str = "Amazon SageMaker";
pub(super) const BEDROCK: &str = "Amazon Bedrock";
/// The unit of tokens billed through the Marketplace: a million of them.
pub(super) const MARKETPLACE_UNIT: &str = "Units";

/// Dollars per GB-month of EBS gp3.
const GP3: f64 = 0.08;
/// Seconds in the month storage is priced by.
const MONTH: f64 = 730.0 * 3_600.0;

/// A quantity over time and its price.
pub(super) enum Measure<'a> {
    /// Hours in a state, and dollars per hour.
    Instance(&'a Instance, f64),
    /// GB-months of an instance's volumes, from launch to termination.
    Volume(&'a Instance),
    /// A one-time payment.
    Once(Timestamp, f64, f64),
    /// Hours in service, and dollars per hour.
    Hours(Box<dyn Fn(Timestamp, Timestamp) -> f64 + 'a>, f64),
    /// A quantity, and dollars per one.
    Amount(Box<dyn Fn(Timestamp, Timestamp) -> f64 + 'a>, f64),
    /// GB-months of a volume that lives since a moment.
    Storage(Timestamp, f64),
    /// Tokens of an on-demand model, and dollars per 1,000.
    Tokens(usize, usize, f64),
    /// Dollars per day.
    Daily(&'a NonResourceCost),
}

/// One line.
pub(super) struct Line<'a> {
    pub(super) service: String,
    pub(super) usage_type: String,
    pub(super) operation: &'static str,
    pub(super) record_type: &'static str,
    pub(super) region: &'a str,
    pub(super) zone: Option<&'a str>,
    pub(super) instance_type: Option<&'a str>,
    pub(super) purchase_type: &'static str,
    pub(super) resource: Option<&'a str>,
    pub(super) tags: Option<&'a Tags>,
    pub(super) account: Option<&'a str>,
    pub(super) unit: &'a str,
    pub(super) measure: Measure<'a>,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        service: &str,
        usage_type: String,
        region: &'a str,
        unit: &'a str,
        measure: Measure<'a>,
    ) -> Self {
        Self {
            service: service.to_owned(),
            usage_type,
            operation: "",
            record_type: "Usage",
            region,
            zone: None,
            instance_type: None,
            purchase_type: "On Demand Instances",
            resource: None,
            tags: None,
            account: None,
            unit,
            measure,
        }
    }

    pub(super) fn of(mut self, operation: &'static str, resource: &'a str, tags: &'a Tags) -> Self {
        (self.operation, self.resource, self.tags) = (operation, Some(resource), Some(tags));
        self
    }

    pub(super) fn with_instance_type(mut self, instance_type: &'a str) -> Self {
        self.instance_type = Some(instance_type);
        self
    }

    /// Whether it is spot usage, which no commitment covers.
    pub(super) fn spot(mut self) -> Self {
        self.purchase_type = "Spot Instances";
        self
    }

    /// Quantity and dollars in `[from, to)`.
    pub(super) fn cost(
        &self,
        simulation: &Simulation,
        from: Timestamp,
        to: Timestamp,
    ) -> (f64, f64) {
        match &self.measure {
            Measure::Instance(one, rate) => {
                let hours = one
                    .life
                    .seconds(from, to, |state| f64::from(state == InstanceState::Running))
                    / 3_600.0;
                (hours, hours * rate)
            }
            Measure::Volume(one) => {
                let size: u32 = one.volumes.iter().map(|volume| volume.size_gib).sum();
                let months = one.life.seconds(from, to, |state| {
                    f64::from(state != InstanceState::Terminated)
                }) / MONTH
                    * f64::from(size);
                (months, months * GP3)
            }
            Measure::Once(at, quantity, usd) if (from..to).contains(at) => (*quantity, *usd),
            Measure::Once(..) => (0.0, 0.0),
            Measure::Hours(seconds, rate) => {
                let hours = seconds(from, to) / 3_600.0;
                (hours, hours * rate)
            }
            Measure::Amount(quantity, rate) => {
                let quantity = quantity(from, to);
                (quantity, quantity * rate)
            }
            Measure::Storage(since, gb) => {
                let seconds = to.duration_since(from.max(*since)).as_secs_f64().max(0.0);
                let months = seconds / MONTH * gb;
                (months, months * Facts::get().ml_storage(self.region))
            }
            Measure::Tokens(model, kind, rate) => {
                let thousands = simulation.tokens_between(*model, *kind, from, to) / 1_000.0;
                let is_millions = self.unit == MARKETPLACE_UNIT;
                let quantity = thousands / if is_millions { 1_000.0 } else { 1.0 };
                (quantity, thousands * rate)
            }
            Measure::Daily(extra) => {
                let from = extra.since.map_or(from, |since| from.max(since));
                let days = to.duration_since(from).as_secs_f64().max(0.0) / 86_400.0;
                let noon =
                    Timestamp::from_second(from.as_second().div_euclid(86_400) * 86_400 + 43_200)
                        .unwrap_or(from);
                let usd = extra.daily.smooth(noon) * days;
                (extra.usd_per_unit.map_or(0.0, |price| usd / price), usd)
            }
        }
    }

    pub(super) fn charge(&self, at: Timestamp, quantity: f64, usd: f64, payer: &str) -> Charge {
        Charge {
            at,
            account: self.account.unwrap_or(payer).to_owned(),
            service: self.service.clone(),
            usage_type: self.usage_type.clone(),
            operation: self.operation,
            record_type: self.record_type,
            region: self.region.to_owned(),
            zone: self.zone.map(str::to_owned),
            instance_type: self.instance_type.map(str::to_owned),
            purchase_type: self.purchase_type,
            resource: self.resource.map(str::to_owned),
            tags: self.tags.cloned().unwrap_or_default(),
            quantity,
            unit: self.unit.to_owned(),
            usd,
            amortized: usd,
            net: usd,
            net_amortized: usd,
        }
    }

    pub(super) fn service(&self) -> &str {
        &self.service
    }

    pub(super) fn usage_type(&self) -> &str {
        &self.usage_type
    }

    pub(super) fn region(&self) -> &str {
        self.region
    }

    pub(super) fn resource(&self) -> Option<&str> {
        self.resource
    }

    pub(super) fn instance_type(&self) -> Option<&str> {
        self.instance_type
    }

    /// The commitments that can cover it: on-demand instance hours of EC2, and of SageMaker except
    /// HyperPod.
    pub(super) fn coverable(&self) -> Option<ServiceFamily> {
        let hours = self.unit == "Hrs"
            && self.record_type == "Usage"
            && self.purchase_type == "On Demand Instances";
        let (service, usage) = (self.service.as_str(), self.usage_type.as_str());
        self.instance_type.filter(|_| hours)?;
        match service {
            EC2 if usage.contains("BoxUsage:") => Some(ServiceFamily::Ec2),
            SAGEMAKER if !usage.contains("Cluster:") => Some(ServiceFamily::SageMaker),
            _ => None,
        }
    }

    /// The same usage at the scenario's list price, if there is one.
    pub(super) fn apply_list_price(&mut self, simulation: &Simulation) {
        let Some(family) = ServiceFamily::of(&self.service).filter(|_| self.record_type == "Usage")
        else {
            return;
        };
        let price = |of: &str, component: Option<&str>| {
            simulation
                .agreements
                .list_price(family, of, component, self.region)
        };
        let own = match &self.measure {
            Measure::Tokens(model, kind, _) => simulation
                .model_uses
                .get(*model)
                .and_then(|one| price(&one.model, TOKEN_KINDS.get(*kind).copied())),
            _ => self
                .instance_type
                .filter(|_| self.unit == "Hrs" && !self.usage_type.contains("SpotUsage:"))
                .and_then(|ty| {
                    let word = component_word(&self.usage_type);
                    price(ty, (family == ServiceFamily::SageMaker).then_some(word))
                }),
        };
        if let (
            Some(own),
            Measure::Instance(_, rate) | Measure::Hours(_, rate) | Measure::Tokens(_, _, rate),
        ) = (own, &mut self.measure)
        {
            *rate = own;
        }
    }
}

/// Kinds of token, by their index in the token counts of a model.
const TOKEN_KINDS: [&str; 4] = ["input", "output", "cache-read", "cache-write"];
