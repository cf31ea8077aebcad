//! The row of a reservation or training plan: its unused part, and the cost of that.

use super::{
    GpuCells,
    reservations::{Payment, ReservedCapacity},
};
use crate::collectors::{Context, shared::context::unavailable};
use crate::{
    domain::{
        CommonFields, Compute, Evidence, HourlyCost, Measured, Operation, Phase, Prepaid, Reason,
        ResourceKind, Service, Timestamp, UsdPerHour, Value,
    },
    pricing::{self, Quote},
};

/// States before a reservation becomes active, and after it ends.
const UNBILLED: [&str; 6] = [
    "pending",
    "scheduled",
    "assessing",
    "delayed",
    "payment-pending",
    "cancelling",
];

impl ReservedCapacity {
    /// Dollars an hour that were paid in advance for all its instances; `None` where that is
    /// unknown or they are paid by the hour.
    fn prepaid(&self, cx: &Context) -> Option<UsdPerHour> {
        match &self.payment {
            Payment::Block => {
                let quote = cx.prices.capacity_block(&self.ty, cx.region());
                quote
                    .known()
                    .map(|quote| quote.unit * f64::from(self.total))
            }
            Payment::Plan { rate, .. } => *rate,
            Payment::Hourly | Payment::Account(_) => None,
        }
    }

    /// The prepaid capacity, once it has begun; `None` where the account pays by the hour, or
    /// another account pays.
    fn bought(&self, cx: &Context) -> Option<Box<Prepaid>> {
        let instances = self.total.max(1);
        let (unit, source) = match &self.payment {
            Payment::Block => {
                let quote = cx.prices.capacity_block(&self.ty, cx.region());
                let source = quote.known().map(|quote| quote.source.clone());
                (quote.map(|quote| quote.unit), source)
            }
            Payment::Plan { rate, .. } => (
                Measured::or_why(*rate, "its fee in dollars is not known")
                    .map(|rate| rate * (1.0 / f64::from(instances))),
                Some("the fee of the plan over its hours".into()),
            ),
            Payment::Hourly | Payment::Account(_) => return None,
        };
        matches!(self.state.phase, Phase::Running | Phase::Gone).then(|| {
            Box::new(Prepaid {
                unit,
                source: source.unwrap_or_else(|| "no list price".into()),
                instances,
                elsewhere: 0,
                by: None,
                from: self.start,
                to: self.end,
            })
        })
    }

    fn burn(&self, cx: &Context) -> HourlyCost {
        let nothing = |why: String| HourlyCost::Nothing(Reason::new(why));
        let unused = format!("{} of {} unused", self.unused, self.total);
        match &self.payment {
            Payment::Block => nothing(match self.prepaid(cx) {
                Some(rate) => {
                    format!("capacity block, paid in advance (about {rate} when bought): {unused}")
                }
                None => format!("capacity block, paid in advance: {unused}"),
            }),
            Payment::Plan { fee, rate } => nothing(match (rate, &**fee) {
                (Some(rate), fee) => {
                    format!("paid in advance: {fee}, {rate} over its hours; {unused}")
                }
                (None, "") => format!("paid in advance: {unused}"),
                (None, fee) => format!("paid in advance: {fee}; {unused}"),
            }),
            _ if UNBILLED.contains(&&*self.state.name) => {
                nothing(format!("{}: not billed", self.state.name))
            }
            _ if self.state.phase != Phase::Running => HourlyCost::Unpriced(Reason::new(format!(
                "whether a reservation that is {} is billed is not known",
                self.state.name
            ))),
            Payment::Account(account) => nothing(format!("billed to account {account}: {unused}")),
            Payment::Hourly if self.unused == 0 => {
                nothing("all in use: the instances in it are billed".to_owned())
            }
            Payment::Hourly => {
                let quote = cx.prices.ec2(&self.ty, cx.region());
                let quote = super::cost::unlike_list(quote, self.unlike_list.as_deref());
                let source = |quote: Quote| Quote {
                    source: format!("unused, at the price of its instances; {}", quote.source)
                        .into(),
                    ..quote
                };
                pricing::burn(&quote.map(source), f64::from(self.unused))
            }
        }
    }

    /// Its row.
    pub(super) fn row(&self, cx: &Context, now: Timestamp) -> (CommonFields, GpuCells) {
        let mut head = cx.head(
            self.kind,
            &self.id,
            &self.name,
            self.state.clone(),
            &self.tags,
            now,
        );
        head.arn.clone_from(&self.arn);
        head.since = self.start;
        head.service = (self.kind == ResourceKind::CAPACITY_RESERVATION).then_some(Service::Ec2);
        head.compute = Some(Compute {
            unit: self.ty.clone(),
            count: self.unused,
            desired: self.total,
        });
        head.burn = self.burn(cx);
        head.prepaid = self.bought(cx);
        head.evidence = Evidence::Capacity {
            instances: self.total,
            unused: self.unused,
        };
        let why = match self.payment {
            Payment::Block | Payment::Plan { .. } => {
                "paid in advance: nothing here saves money before it ends"
            }
            _ => "cancel it with `aws ec2 cancel-capacity-reservation`",
        };
        let no = |operation| unavailable(operation, why);
        head.actions = vec![
            no(Operation::Stop),
            no(Operation::Start),
            no(Operation::Reboot),
            no(Operation::Terminate),
            no(Operation::Scale),
            unavailable(Operation::Tag, "spendtop does not tag reservations"),
        ];
        (head, self.cells(cx))
    }

    fn cells(&self, cx: &Context) -> GpuCells {
        let spec = cx.prices.spec(self.ty.trim_start_matches("ml."));
        let what = spec
            .filter(|spec| spec.accelerators > 0.0)
            .map(|spec| format!("{}x{}", spec.accelerators, spec.accelerator));
        GpuCells {
            ty: self.ty.clone(),
            accelerators: Value::opt(what, Value::text),
            lifecycle: Value::text(match self.payment {
                Payment::Block => "block",
                Payment::Plan { .. } => "plan",
                Payment::Hourly | Payment::Account(_) => "od",
            }),
            unused: Value::text(format!("{} of {}", self.unused, self.total)),
            prepaid: Value::opt(self.prepaid(cx), Value::Rate),
            ends: Value::opt(self.end, Value::Moment),
            gpu: Value::None,
            spark: Value::None,
            power: Value::None,
            cpu: Value::None,
            controller: Value::None,
            controller_tag: Value::None,
            lever: Value::None,
            cluster: Value::None,
            instance_group: Value::None,
            signal: Value::None,
        }
    }
}
