//! The operations of each service: one module per service, with a table of its operations.

pub mod autoscaling;
pub mod bedrock;
pub mod budgets;
pub mod cloudwatch;
pub mod costexplorer;
pub mod ec2;
pub mod iam;
pub mod logs;
pub mod organizations;
pub mod pricelist;
pub mod profiles;
pub mod sagemaker;
pub mod sts;
pub mod tagging;

use super::{
    billing::{BillingPeriod, Charge},
    organization::{Caller, Organization},
    protocol::{
        Error, Failure, Input, MockService, RoutedCall, Value,
        pagination::{self, Page},
    },
    simulation::{ServiceError, Simulation},
};
use crate::domain::Timestamp;
use std::{
    cell::Cell,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The result of an operation.
pub type Answer = Result<Value, Failure>;

/// Answers one operation.
pub type Handler = fn(&Context<'_>) -> Answer;

/// The operations of a service: AWS's name and the handler.
pub type Operations = &'static [(&'static str, Handler)];

/// The operations that the mock answers for `service`.
pub fn operations(service: MockService) -> Operations {
    match service {
        MockService::Ec2 => ec2::OPERATIONS,
        MockService::SageMaker => sagemaker::OPERATIONS,
        MockService::Bedrock => bedrock::OPERATIONS,
        MockService::CloudWatch => cloudwatch::OPERATIONS,
        MockService::CostExplorer => costexplorer::OPERATIONS,
        MockService::AutoScaling => autoscaling::OPERATIONS,
        MockService::Budgets => budgets::OPERATIONS,
        MockService::Logs => logs::OPERATIONS,
        MockService::Organizations => organizations::OPERATIONS,
        MockService::Pricing => pricelist::OPERATIONS,
        MockService::Sts => sts::OPERATIONS,
        MockService::Iam => iam::OPERATIONS,
        MockService::Tagging => tagging::OPERATIONS,
        MockService::Other => &[],
    }
}

/// The largest page of any operation: the data points of GetMetricData.
const MAX_PAGE: usize = 100_800;

impl From<ServiceError> for Failure {
    fn from(refusal: ServiceError) -> Self {
        Self::Own(Error::new(refusal.code, refusal.message).status(refusal.status))
    }
}

/// One request and the mock's time.
#[derive(Debug)]
pub struct Context<'a> {
    /// The operation.
    pub operation: &'a str,
    /// The region of the request.
    pub region: &'a str,
    /// Its input.
    pub input: Input<'a>,
    /// The mock's now.
    pub now: Timestamp,
    /// The accounts.
    pub organization: &'a Organization,
    /// Who asks.
    pub caller: &'a Caller,
    simulation: &'a RwLock<Simulation>,
    effect: Cell<bool>,
}

impl<'a> Context<'a> {
    /// Whether the caller's account is the one that pays for the others.
    pub fn is_payer(&self) -> bool {
        self.caller.account == self.organization.management().id
    }

    /// The charges of the caller's account, `simulation`; of the one that pays, with those of its
    /// members; of a member, with the lines that the paying account has for it.
    pub(super) fn family_charges(
        &self,
        simulation: &Simulation,
        (from, to): (Timestamp, Timestamp),
        step: BillingPeriod,
    ) -> Vec<Charge> {
        let mut charges = simulation.charges(from, to, step, self.now);
        if self.is_payer() {
            for member in self.organization.members() {
                charges.extend(member.simulation().charges(from, to, step, self.now));
            }
        } else {
            let payer = self.organization.management().simulation();
            let lines = payer.charges(from, to, step, self.now).into_iter();
            charges.extend(lines.filter(|charge| charge.account == simulation.account.id));
        }
        charges
    }

    /// The caller's account, to read.
    pub fn simulation(&self) -> RwLockReadGuard<'a, Simulation> {
        self.simulation
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Write lock on the simulation.
    pub fn simulation_mut(&self) -> RwLockWriteGuard<'a, Simulation> {
        self.mark_effect();
        self.simulation
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that this request, unless refused, counts as an effect even if no state changes.
    pub fn mark_effect(&self) {
        self.effect.set(true);
    }

    /// One page of `items`; `token` and `size` name the input's paging members, `default` is
    /// the size of a request that names none.
    pub fn page<T>(
        &self,
        items: Vec<T>,
        (token, size): (&str, &str),
        default: usize,
        id: impl Fn(&T) -> String,
    ) -> Result<Page<T>, Failure> {
        let requested = self.input.int(size)?.and_then(|n| usize::try_from(n).ok());
        let request = (self.operation, self.input.node());
        pagination::paginate(
            items,
            requested.unwrap_or(default).min(MAX_PAGE),
            self.input.text(token)?,
            request,
            &[token, size],
            id,
        )
    }
}

/// Answers `call` of `caller` from `simulation` of its account at `now`. The flag is true if the
/// call had an effect.
pub fn answer(
    call: &RoutedCall,
    (organization, caller): (&Organization, &Caller),
    simulation: &RwLock<Simulation>,
    now: Timestamp,
) -> (Result<Value, Error>, bool) {
    let (answered, effect) = match &call.input {
        Err(failure) => (Err(failure.clone()), false),
        Ok(input) => {
            let effect = Cell::new(false);
            let context = Context {
                operation: &call.operation,
                region: &call.region,
                input: Input::root(input),
                now,
                organization,
                caller,
                simulation,
                effect,
            };
            let handler = operations(call.service)
                .iter()
                .find(|(name, _)| *name == call.operation);
            let answered = handler.map_or_else(
                || Err(Failure::Unknown(call.operation.clone())),
                |(_, handle)| handle(&context),
            );
            let effect = answered.is_ok() && context.effect.get();
            (answered, effect)
        }
    };
    (
        answered.map_err(|failure| failure.into_error(call.service)),
        effect,
    )
}
