//! The costs of an account from Cost Explorer and Budgets, ready for arithmetic: discounts,
//! forecasts, budgets, closed days.
//!
//! Credits, refunds and tax are excluded everywhere.

use crate::domain::{Currency, Location, Measured, Series, Service, Timestamp, Usd, UsdPerHour};
use std::sync::Arc;

/// The costs of the AI/ML services on the bill of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    /// Account and profile.
    pub place: Location,
    /// When Cost Explorer was read (a cached answer keeps its moment).
    pub at: Timestamp,
    /// Currency of the bill and of all its amounts.
    pub currency: Currency,
    /// This calendar month so far, net amortized.
    pub month_to_date: Measured<Usd>,
    /// End of the last closed day it covers.
    pub through: Option<Timestamp>,
    /// Discounts by service, as far as they could be inferred.
    pub discounts: Vec<Discount>,
    /// Cost Explorer's forecast from the day of `at` to the end of its month.
    pub rest: Measured<Forecast>,
    /// Budgets of AWS and of the configuration.
    pub budgets: Vec<Budget>,
    /// Days by service, oldest first; the last may still be open.
    pub days: Vec<DayCost>,
    /// The closed hours of the last days, by service; empty where AWS has no costs by the hour.
    pub hours: Vec<HourCosts>,
    /// How far Savings Plans and reservations cover the lines.
    pub coverage: Vec<Coverage>,
    /// The last closed day by service and region, without jobs: compared with the rows of that day.
    pub last_day: Vec<RegionCost>,
    /// A day by service and region, mean of the last seven closed days: the lines whose usage type
    /// names a region.
    pub daily: Vec<RegionCost>,
    /// Dollars and hours billed for capacity that no rate card lists, over the last seven closed
    /// days.
    pub rates: Vec<BilledRate>,
    /// Billed usage that no pane lists: dollars a day, mean of the last seven closed days.
    pub unlisted: Vec<UnlistedCost>,
    /// The accounts on the bill, this one included: a payer's bill holds its members.
    pub linked: Vec<Arc<str>>,
}

impl Costs {
    /// Whether the bill holds `account`: its own, or that of a member.
    pub fn covers(&self, account: &Arc<str>) -> bool {
        self.place.account == *account || self.linked.contains(account)
    }

    /// The closed hours of `service`; `None` where the bill has none.
    pub fn hours_of(&self, service: Service) -> Option<&HourCosts> {
        self.hours.iter().find(|one| one.service == service)
    }
}

/// The dollars a day of billed usage that no pane lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnlistedCost {
    /// The billed feature: `Bedrock AgentCore`.
    pub name: &'static str,
    /// Net amortized, a day.
    pub daily: Usd,
}

/// The dollars of an hour of capacity, by the bill.
#[derive(Clone, Debug, PartialEq)]
pub struct BilledRate {
    /// Instance type (`p9.48xlarge`, `ml.p9.48xlarge`), or id of the model that the units serve.
    pub unit: Arc<str>,
    /// Region code.
    pub region: &'static str,
    /// Dollars paid.
    pub billed: Usd,
    /// Hours billed.
    pub hours: f64,
}

impl BilledRate {
    /// Dollars per hour.
    pub fn rate(&self) -> UsdPerHour {
        UsdPerHour(self.billed.0 / self.hours)
    }
}

/// The lines of a service in a region on one day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionCost {
    /// The service.
    pub service: Service,
    /// Region code.
    pub region: &'static str,
    /// Net amortized.
    pub billed: Usd,
}

/// A discount of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Discount {
    /// The service.
    pub service: Service,
    /// 1 - (paid / list), 0 to 1; below zero where more than list price was paid.
    pub share: f64,
    /// Its origin, with its window: `Cost Explorer, 2026-11-15 to 2026-11-22`, `configured`.
    pub source: Arc<str>,
}

/// A forecast amount, with its interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Most likely.
    pub mean: Usd,
    /// Lower bound of the interval.
    pub low: Usd,
    /// Upper bound of the interval.
    pub high: Usd,
    /// Share of cases that the interval holds, 0 to 1.
    pub level: f64,
    /// The source of the forecast: `Cost Explorer`, `own burn`.
    pub source: Arc<str>,
}

/// A budget for a calendar month.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Its name.
    pub name: Arc<str>,
    /// The limit of a month.
    pub limit: Usd,
    /// The amount spent this month.
    pub spent: Usd,
    /// The forecast of AWS Budgets for the whole month.
    pub forecast: Measured<Usd>,
    /// `AWS Budgets`, or the configuration file.
    pub source: Arc<str>,
    /// The services that it covers.
    pub scope: BudgetScope,
    /// The AI/ML services that it covers; empty for all.
    pub services: Vec<Service>,
    /// It comes from the configuration.
    pub is_configured: bool,
    /// Currency of its amounts.
    pub currency: Currency,
}

impl Budget {
    /// Lower limits are alarms for any cost at all.
    const MIN_LIMIT: Usd = Usd(10.0);
    /// Limits under this share of the month's AI/ML dollars cover something else.
    const MIN_SHARE: f64 = 0.01;

    /// The AI/ML services that it covers.
    pub fn ai_services(&self) -> Vec<Service> {
        if self.services.is_empty() {
            Service::ALL.into()
        } else {
            self.services.clone()
        }
    }

    /// Whether the limit is negligible in a `month` of this cost.
    pub fn is_negligible(&self, month: Usd) -> bool {
        self.limit < Self::MIN_LIMIT || self.limit.0 < Self::MIN_SHARE * month.0
    }
}

/// The services that a budget covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BudgetScope {
    /// AI/ML services.
    Ai,
    /// All services.
    Account,
    /// Other services only: nothing here changes it.
    Other,
}

impl BudgetScope {
    /// In words, for the column.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ai => "AI/ML",
            Self::Account => "all services",
            Self::Other => "other services",
        }
    }
}

/// One service on one UTC day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayCost {
    /// Beginning of the day.
    pub day: Timestamp,
    /// The service.
    pub service: Service,
    /// All its lines, net amortized.
    pub billed: Usd,
    /// The part of `billed` that is a fee paid in advance: capacity blocks.
    pub fees: Usd,
    /// The part of `billed` whose usage types have a list rate in the cards (hours of instances,
    /// units, tokens).
    pub priced: Usd,
    /// That part's usage at list.
    pub list: Usd,
    /// The day is over, and Cost Explorer has all its usage.
    pub closed: bool,
}

impl DayCost {
    /// The cost without fees paid in advance.
    pub fn usage(&self) -> Usd {
        self.billed - self.fees
    }
}

/// The closed hours of a service on the bill.
#[derive(Clone, Debug, PartialEq)]
pub struct HourCosts {
    /// The service.
    pub service: Service,
    /// Net amortized dollars of each hour, without fees paid in advance.
    pub hours: Series,
}

impl HourCosts {
    /// The first moment, and the end of the last hour.
    pub fn span(&self) -> (Timestamp, Timestamp) {
        (self.hours.start, self.hours.at(self.hours.points.len()))
    }
}

/// Savings Plans or reservations on the lines of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// `Savings Plans`, `reservations`.
    pub by: &'static str,
    /// The service; `None` for all of the account's.
    pub service: Option<Service>,
    /// Share of the usage that is covered, 0 to 1.
    pub covered: Measured<f64>,
    /// The used fraction of the commitment, 0 to 1.
    pub used: Measured<f64>,
    /// Committed to and not used, per hour.
    pub unused: Measured<UsdPerHour>,
}
