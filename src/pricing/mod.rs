//! List prices from embedded, dated rate cards, discounts, and where a month is heading.
//!
//! Pure: no I/O, no clock.
//!
//! # Formulas
//!
//! | figure | formula | where |
//! | --- | --- | --- |
//! | burn of a row | list price of one unit x units billed now | [`burn`] |
//! | EC2 on demand | the list's row for exactly this type and region | [`Prices::ec2`] |
//! | EC2 without accelerator, outside us-east-1 | us-east-1 price x the family's region ratio (estimate) | [`Prices::ec2`] |
//! | spot | the lowest zone's listed spot price, else on demand x (1 - advisor's saving) (estimate) | [`Prices::spot`] |
//! | SageMaker | the list's row for type, component and region, else the EC2 price in the same region x the documented multiplier (estimate) | [`Prices::sagemaker`] |
//! | provisioned throughput | model units x price of a unit-hour for its term | [`Prices::model_unit`] |
//! | tokens | AWS's row for the model and region, else the row of its scope (`global.`, `us.`), else the one rate of all regions (estimate) | [`Prices::tokens`] |
//! | cache in a region | the model's own share of its input price x the region's input price | [`Prices::tokens`] |
//! | batch, flex, priority | the list's row, else the standard rate x the model's listed factor | [`Prices::token_tier`] |
//! | serverless inference | memory in GB x 3,600 x dollars per GB-second, for an hour of request time | [`Prices::serverless`] |
//! | a line of the bill at list | usage quantity x the list rate of its usage type, in the unit of the price list | [`Prices::list_cost`] |
//! | tokens on demand, an hour | (input x rate + output x rate + cache reads x rate + cache writes x rate) / 1000; burn: the last full hour as one unit | `collectors::models` |
//! | week on week of a model | dollars of the last 168 full hours / those of the 168 before - 1 | `collectors::models` |
//! | value utilisation of provisioned units | on-demand dollars of an hour's tokens / the units' price for it; 1 breaks even | `collectors::throughput` |
//! | break-even use of provisioned units | price / on-demand dollars of the busiest hour | `collectors::throughput` |
//! | units for the p50 floor | on-demand dollars of the median hour / price of a unit, rounded down | `collectors::throughput` |
//! | serverless alternative of an endpoint | mean seconds of request time an hour / 3600 x price of it at the instance's memory, at most 6 GB | [`Prices::serverless`] |
//! | provisioned concurrency outside us-east-1 | 1.2 x Lambda's provisioned concurrency in the region (estimate), as in us-east-1 | [`Prices::provisioned_concurrency`] |
//! | a custom model in training | the list's price of a training hour; tokens and images that it trained on are not told | [`Prices::training`] |
//! | a serverless variant | hours of request time in the last full hour x price of one (estimate) | [`Prices::serverless`] |
//! | provisioned concurrency of a serverless variant | units x memory in GB x 3,600 x dollars per GB-second, called or not, + hours of request time x its own price of one | [`Prices::provisioned_concurrency`] |
//! | saving of a schedule | unit price x (count now - mean of the week's counts) | [`crate::domain::WeeklySchedule::mean`] |
//! | $ per 1,000 invocations | burn / thousands of invocations per hour, mean of 24 h | `collectors::endpoints` |
//! | waste of a row | the largest waste among its findings, never more than its burn | `inventory` |
//! | effective rate of a row | list x (1 - discount of its service and account) | [`crate::domain::CommonFields::effective`] |
//! | discount of a service | 1 - net amortized / list of the same usage, 7 closed days, where it is plausible; the configured one wins | [`discounts`] |
//! | pace | mean and sample deviation of the newest 3 to 14 closed days | [`forecast::SpendPace`] |
//! | month end, where Cost Explorer foresees none | closed days + mean x days left; 80 % interval z s sqrt(d + d^2/n) | [`forecast::month_end`] |
//! | a budget is crossed | closed days + mean x t = limit; earliest and latest by the same interval | [`forecast::crossing`] |
//! | own estimate of a closed day | sum of effective rate x hours of [since, seen] within the day, and of tokens on demand the dollars of its hours, by service | [`reconcile`] |
//! | cost of a job so far | (seconds from start to end, or now; managed spot: those AWS bills) + seconds kept warm, x list rate x instances; of a tuning job the sum of its tries | `collectors::jobs` |
//! | cost of a job at its limit | seconds of its limit x list rate x instances | `collectors::jobs` |
//! | cost by the next morning | list rate x (time run + time until the next 09:00 UTC that is 12 h ahead or more) | `crate::rules::runaway_job` |
//! | cost per run | median cost of the completed runs of the same work, 14 days | `collectors::jobs` |
//! | a HyperPod node | the cluster price of its type, from `Running` on | [`Prices::sagemaker`] |
//! | a month | 730 hours | [`crate::domain::money::usd::HOURS_PER_MONTH`] |
//!
//! Prices of the configuration (`[[price]]`) override the copies that `spendtop prices refresh`
//! keeps, and those override the embedded cards, row by row. A price taken from another region is
//! an estimate, and its source names that region; any other unlisted price is unknown, with the
//! reason.

mod addons;
mod bedrock;
pub mod budget;
mod custom_model_use;
pub mod discounts;
mod ec2;
pub mod forecast;
mod list_cost;
mod nearest;
mod overrides;
mod price_list;
mod prices;
mod products;
mod quote;
mod rate_card;
pub mod reconcile;
mod sagemaker;
mod serverless_use;
mod storage;
#[cfg(test)]
mod tests;
mod usage_rate;
pub mod usage_type;
mod usage_type_region;
mod usage_unit;

pub use crate::domain::Component;
pub use addons::TrainingPrice;
pub use bedrock::{Profiles, ReservedRate, Tier, UnitItem, model_of};
pub use list_cost::BillLine;
pub use nearest::NearestPrice;
pub use overrides::{Override, OverrideTarget};
pub use price_list::PriceLine;
pub use prices::Prices;
pub use products::{CardSheet, CardSheets, Product, sheets};
pub use quote::{Quote, Term, TokenPrice, TypeSpec, burn};
pub use rate_card::{CardError, CardFacts};
pub use storage::StorageKind;
