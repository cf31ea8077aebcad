//! Turns usage into charges: record types, and the amount of each in every cost metric.
//!
//! `docs/mock.md` has the arithmetic.

use super::{
    BillingPeriod, Charge,
    agreements::{COMPUTE_PLANS, Credit, ML_PLANS, Plan, Reservation, ServiceFamily},
    commitments::{Coverage, Hour, key, overlap},
    lines::Line,
    names::ec2_prefix,
};
use crate::{domain::Timestamp, mock::simulation::Simulation};
use std::sync::Arc;

const EC2: &str = "Amazon Elastic Compute Cloud - Compute";

/// A part of the requested time, and its hours with the share of each.
struct ChargePart {
    begin: Timestamp,
    end: Timestamp,
    at: Timestamp,
    hours: Vec<(Arc<Hour>, f64)>,
}

impl Simulation {
    /// All charges in `[from, to)`, settled or not; of one service, if given.
    pub(in crate::mock) fn charges_of(
        &self,
        service: Option<&str>,
        from: Timestamp,
        to: Timestamp,
        step: BillingPeriod,
    ) -> Vec<Charge> {
        let parts = self.parts(from, to, step);
        let wanted = |name: &str| service.is_none_or(|service| service == name);
        let mut all = Vec::new();
        for line in self.lines(service) {
            let coverable = self.agreements.has_commitments() && line.coverable().is_some();
            for part in &parts {
                let (quantity, usd) = line.cost(self, part.begin, part.end);
                if quantity > 0.0 || usd.abs() > 0.0 {
                    let charge = line.charge(part.at, quantity, usd, &self.account.id);
                    if coverable {
                        split(charge, &line, part, &mut all);
                    } else {
                        all.push(charge);
                    }
                }
            }
        }
        for part in &parts {
            for (place, one) in self.agreements.plans.iter().enumerate() {
                self.plan_fee(one, place, part, &mut all);
            }
            for (place, one) in self.agreements.reservations.iter().enumerate() {
                self.reservation_fee(one, place, part, &mut all);
            }
            for one in &self.agreements.credits {
                self.credit(one, part, &mut all);
            }
        }
        all.retain(|charge| wanted(&charge.service));
        self.discount(all)
    }

    fn parts(&self, from: Timestamp, to: Timestamp, step: BillingPeriod) -> Vec<ChargePart> {
        let lines = if self.agreements.has_commitments() {
            self.coverable()
        } else {
            Vec::new()
        };
        let hours = |begin: Timestamp, end: Timestamp| {
            let (first, last) = (
                begin.as_second().div_euclid(3_600),
                (end.as_second() + 3_599).div_euclid(3_600),
            );
            let share = |hour: i64| {
                let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap_or_default();
                overlap((begin, end), (at(hour), at(hour + 1))) / 3_600.0
            };
            (first..last)
                .map(|hour| (self.hour(&lines, hour), share(hour)))
                .collect()
        };
        step.parts(from, to)
            .into_iter()
            .map(|(begin, end)| ChargePart {
                begin,
                end,
                at: step.start_of(begin),
                hours: if self.agreements.has_commitments() {
                    hours(begin, end)
                } else {
                    Vec::new()
                },
            })
            .collect()
    }

    fn plain(
        &self,
        at: Timestamp,
        service: &str,
        usage_type: String,
        record_type: &'static str,
    ) -> Charge {
        Charge {
            at,
            account: self.account.id.clone(),
            service: service.to_owned(),
            usage_type,
            record_type,
            region: "global".to_owned(),
            ..Charge::default()
        }
    }

    /// `SavingsPlanRecurringFee`: the commitment; its amortized cost is the unused part.
    fn plan_fee(&self, one: &Plan, place: usize, part: &ChargePart, all: &mut Vec<Charge>) {
        let hours = overlap((part.begin, part.end), (one.start, one.end)) / 3_600.0;
        if hours <= 0.0 {
            return;
        }
        let used: f64 = part
            .hours
            .iter()
            .map(|(hour, share)| hour.plans.get(place).map_or(0.0, |used| used * share))
            .sum();
        let (service, word) = if one.family == ServiceFamily::SageMaker {
            (ML_PLANS, "SageMakerSP")
        } else {
            (COMPUTE_PLANS, "ComputeSP")
        };
        let usd = hours * one.commitment;
        let usage_type = format!("{word}:{}yrNoUpfront", one.years);
        let charge = self.plain(part.at, service, usage_type, "SavingsPlanRecurringFee");
        all.push(Charge {
            quantity: hours,
            unit: "Hrs".to_owned(),
            purchase_type: "Savings Plans",
            usd,
            amortized: (usd - used).max(0.0),
            ..charge
        });
    }

    /// `RIFee`: the month's hours at its start; its amortized cost is, hour by hour, the unused
    /// part.
    fn reservation_fee(
        &self,
        one: &Reservation,
        place: usize,
        part: &ChargePart,
        all: &mut Vec<Charge>,
    ) {
        let count = f64::from(one.count);
        let mut paid = 0.0;
        let mut month = one.start;
        while month < part.end.min(one.end) {
            let next = BillingPeriod::Month.next(month).min(one.end);
            if month >= part.begin {
                paid += count * next.duration_since(month).as_secs_f64() / 3_600.0;
            }
            month = next;
        }
        let had = count * overlap((part.begin, part.end), (one.start, one.end)) / 3_600.0;
        let used: f64 = part
            .hours
            .iter()
            .map(|(hour, share)| hour.reserved.get(place).map_or(0.0, |used| used * share))
            .sum();
        let unused = (had - used).max(0.0);
        if paid <= 0.0 && unused <= 0.0 {
            return;
        }
        let usage_type = format!(
            "{}HeavyUsage:{}",
            ec2_prefix(&one.region),
            one.instance_type
        );
        all.push(Charge {
            region: one.region.clone(),
            instance_type: Some(one.instance_type.clone()),
            purchase_type: "Standard Reserved Instances",
            operation: "RunInstances",
            quantity: paid,
            unit: "Hrs".to_owned(),
            usd: paid * one.hourly,
            amortized: unused * one.hourly,
            ..self.plain(part.at, EC2, usage_type, "RIFee")
        });
    }

    fn credit(&self, one: &Credit, part: &ChargePart, all: &mut Vec<Charge>) {
        let usd = match one.until {
            None if (part.begin..part.end).contains(&one.at) => one.usd,
            None => 0.0,
            Some(until) => {
                one.usd * overlap((part.begin, part.end), (one.at, until))
                    / until.duration_since(one.at).as_secs_f64()
            }
        };
        if usd > 0.0 {
            let charge = self.plain(
                part.at,
                &one.service,
                one.usage_type.clone(),
                one.record_type,
            );
            all.push(Charge {
                usd: -usd,
                amortized: -usd,
                ..charge
            });
        }
    }

    /// Net amounts, and the lines of the discounts.
    fn discount(&self, all: Vec<Charge>) -> Vec<Charge> {
        let mut out = Vec::with_capacity(all.len());
        for mut charge in all {
            (charge.net, charge.net_amortized) = (charge.usd, charge.amortized);
            let (family, record) = (ServiceFamily::of(&charge.service), charge.record_type);
            let usage = !matches!(record, "Fee" | "Credit" | "Refund" | "Tax" | "Support");
            // On demand and negation cancel each other out, so neither has a discount of its own.
            let planned = matches!(record, "SavingsPlanCoveredUsage" | "SavingsPlanNegation");
            for one in self
                .agreements
                .discounts
                .iter()
                .filter(|one| usage && family == Some(one.family))
            {
                let (usd, amortized) = (charge.net * one.share, charge.net_amortized * one.share);
                (charge.net, charge.net_amortized) =
                    (charge.net - usd, charge.net_amortized - amortized);
                let usd = if planned { 0.0 } else { -usd };
                if usd != 0.0 || amortized != 0.0 {
                    let line = Charge {
                        record_type: one.record_type,
                        quantity: 0.0,
                        ..charge.clone()
                    };
                    out.push(Charge {
                        usd,
                        amortized: -amortized,
                        net: 0.0,
                        net_amortized: 0.0,
                        ..line
                    });
                }
            }
            out.push(charge);
        }
        out
    }
}

/// A line's usage on demand, on reservations and on Savings Plans.
fn split(charge: Charge, line: &Line<'_>, part: &ChargePart, all: &mut Vec<Charge>) {
    let key = key(line);
    let cover = part
        .hours
        .iter()
        .fold(Coverage::default(), |sum, (hour, share)| {
            hour.covered
                .get(&key)
                .map_or(sum, |cover| sum.plus(*cover, *share))
        });
    let rate = if charge.quantity > 0.0 {
        charge.usd / charge.quantity
    } else {
        0.0
    };
    let on_demand = charge.quantity - cover.reserved.0 - cover.planned.0;
    if on_demand > 1e-9 {
        let usd = on_demand * rate;
        all.push(Charge {
            quantity: on_demand,
            usd,
            amortized: usd,
            ..charge.clone()
        });
    }
    if cover.reserved.0 > 0.0 {
        all.push(Charge {
            record_type: "DiscountedUsage",
            purchase_type: "Standard Reserved Instances",
            quantity: cover.reserved.0,
            usd: 0.0,
            amortized: cover.reserved.1,
            ..charge.clone()
        });
    }
    if cover.planned.0 > 0.0 {
        let (quantity, usd, paid) = cover.planned;
        let covered = Charge {
            record_type: "SavingsPlanCoveredUsage",
            purchase_type: "Savings Plans",
            quantity,
            usd,
            amortized: paid,
            ..charge
        };
        // It names no resource, and so has no tags.
        let negation = Charge {
            record_type: "SavingsPlanNegation",
            quantity: 0.0,
            usd: -usd,
            amortized: 0.0,
            resource: None,
            tags: crate::domain::Tags::new(),
            ..covered.clone()
        };
        all.extend([covered, negation]);
    }
}
