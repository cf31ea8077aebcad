//! Builds the billing agreements of a scenario.

use super::Builder;
use crate::{
    domain::Timestamp,
    mock::{
        billing::{
            Agreements,
            agreements::{
                Budget, Credit, Discount, LinkedAccount, ListPrice, Plan, Reservation,
                ServiceFamily,
            },
        },
        scenario::spec::{AgreementKind, CreditRecordType, DiscountedOffering, PlanKind},
    },
};
use jiff::{ToSpan, tz::TimeZone};

impl From<DiscountedOffering> for ServiceFamily {
    fn from(sold: DiscountedOffering) -> Self {
        match sold {
            DiscountedOffering::Ec2 => Self::Ec2,
            DiscountedOffering::SageMaker => Self::SageMaker,
            DiscountedOffering::Bedrock => Self::Bedrock,
        }
    }
}

/// `at` moved by `years` calendar years.
fn years_after(at: Timestamp, years: u32) -> Timestamp {
    at.to_zoned(TimeZone::UTC)
        .checked_add(i64::from(years).years())
        .map_or(at, |end| end.timestamp())
}

impl Builder<'_> {
    /// The file's discounts, commitments, credits, budgets, accounts and list prices.
    pub(super) fn agreements(&self) -> Agreements {
        Agreements {
            discounts: self.discounts(),
            plans: self.plans(),
            reservations: self.reservations(),
            credits: self.credits(),
            prices: self.list_prices(),
            budgets: self.budgets(),
            linked: self.linked_accounts(),
            hourly: self.file.hourly_granularity.unwrap_or(true),
            ..Agreements::default()
        }
    }

    fn discounts(&self) -> Vec<Discount> {
        self.file
            .discount
            .iter()
            .map(|one| Discount {
                family: one.service.into(),
                share: one.percent.get_ref() / 100.0,
                record_type: match one.kind {
                    AgreementKind::Edp => "Enterprise Discount Program Discount",
                    AgreementKind::PrivateRate => "PrivateRateDiscount",
                },
            })
            .collect()
    }

    fn plans(&self) -> Vec<Plan> {
        self.file
            .savings_plan
            .iter()
            .map(|one| Plan {
                family: if one.r#type == PlanKind::SageMaker {
                    ServiceFamily::SageMaker
                } else {
                    ServiceFamily::Ec2
                },
                commitment: *one.commitment.get_ref(),
                share: one.percent.get_ref() / 100.0,
                start: self.at(one.start),
                end: years_after(self.at(one.start), *one.years.get_ref()),
                years: *one.years.get_ref(),
            })
            .collect()
    }

    fn reservations(&self) -> Vec<Reservation> {
        self.file
            .reservation
            .iter()
            .map(|one| Reservation {
                instance_type: one.r#type.get_ref().clone(),
                region: self.region(one.region.as_ref()),
                count: *one.count.get_ref(),
                hourly: *one.usd_per_hour.get_ref(),
                start: self.at(one.start),
                end: years_after(self.at(one.start), *one.years.get_ref()),
            })
            .collect()
    }

    fn credits(&self) -> Vec<Credit> {
        self.file
            .credit
            .iter()
            .map(|one| Credit {
                service: one.service.clone(),
                usage_type: one
                    .usage_type
                    .clone()
                    .unwrap_or_else(|| "NoUsageType".to_owned()),
                usd: *one.usd.get_ref(),
                at: self.at(one.at),
                until: one.until.as_ref().map(|until| self.at(*until.get_ref())),
                record_type: if one.kind == CreditRecordType::Credit {
                    "Credit"
                } else {
                    "Refund"
                },
            })
            .collect()
    }

    fn list_prices(&self) -> Vec<ListPrice> {
        self.file
            .list_price
            .iter()
            .map(|one| ListPrice {
                family: one.service.into(),
                of: one.r#type.get_ref().clone(),
                component: one
                    .component
                    .as_ref()
                    .map(|component| component.get_ref().clone()),
                region: self.region(one.region.as_ref()),
                usd: *one.usd.get_ref(),
            })
            .collect()
    }

    fn budgets(&self) -> Vec<Budget> {
        self.file
            .budget
            .iter()
            .map(|one| Budget {
                name: one.name.get_ref().clone(),
                monthly: *one.usd_per_month.get_ref(),
                services: one.services.clone(),
            })
            .collect()
    }

    fn linked_accounts(&self) -> Vec<LinkedAccount> {
        self.file
            .linked_account
            .iter()
            .map(|one| LinkedAccount {
                id: one.id.get_ref().clone(),
                name: one.name.get_ref().clone(),
            })
            .collect()
    }
}
