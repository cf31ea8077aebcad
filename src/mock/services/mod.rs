//! The services: a request is read, the world is asked or changed, an answer is written. One file a
//! service or topic.

pub mod autoscaling;
pub mod bedrock;
pub mod budgets;
pub mod cloudwatch;
pub mod costexplorer;
pub mod ec2;
pub mod iam;
pub mod pricelist;
pub mod profiles;
pub mod sagemaker;
pub mod sts;

use super::{
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

impl From<ServiceError> for Failure {
    fn from(refusal: ServiceError) -> Self {
        Self::Own(Error::new(refusal.code, refusal.message).status(refusal.status))
    }
}

/// One request at one moment.
#[derive(Debug)]
pub struct Context<'a> {
    /// The operation.
    pub operation: &'a str,
    /// The region asked.
    pub region: &'a str,
    /// Its input.
    pub input: Input<'a>,
    /// The mock's now.
    pub now: Timestamp,
    world: &'a RwLock<Simulation>,
    effect: Cell<bool>,
}

impl<'a> Context<'a> {
    /// The world, to read.
    pub fn world(&self) -> RwLockReadGuard<'a, Simulation> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, to change.
    pub fn change(&self) -> RwLockWriteGuard<'a, Simulation> {
        self.takes_effect();
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// That this request, unless it is refused, is an order, also where the world has nothing to
    /// show for it.
    pub fn takes_effect(&self) {
        self.effect.set(true);
    }

    /// That this operation is not known.
    pub fn unknown(&self) -> Answer {
        Err(Failure::Unknown(self.operation.to_owned()))
    }

    /// One page of `items`; `token` and `size` name the input's paging members, `most` is the size
    /// when none is asked.
    pub fn page<T>(
        &self,
        items: Vec<T>,
        (token, size): (&str, &str),
        bounds: std::ops::RangeInclusive<i64>,
        most: usize,
        id: impl Fn(&T) -> String,
    ) -> Result<Page<T>, Failure> {
        let asked = self
            .input
            .within(size, bounds)?
            .and_then(|n| usize::try_from(n).ok());
        let request = (self.operation, self.input.node());
        pagination::cut(
            items,
            asked.unwrap_or(most),
            self.input.text(token)?,
            request,
            &[token, size],
            id,
        )
    }
}

/// Answers `call` from `world` as it is at `now`, and says whether that changed it.
pub fn answer(
    call: &RoutedCall,
    world: &RwLock<Simulation>,
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
                world,
                effect,
            };
            let answered = operate(call.service, &context);
            let effect = answered.is_ok() && context.effect.get();
            (answered, effect)
        }
    };
    (
        answered.map_err(|failure| failure.settle(call.service)),
        effect,
    )
}

fn operate(service: MockService, context: &Context<'_>) -> Answer {
    match service {
        MockService::Ec2 => ec2::answer(context),
        MockService::SageMaker => sagemaker::answer(context),
        MockService::Bedrock => bedrock::answer(context),
        MockService::CloudWatch => cloudwatch::answer(context),
        MockService::CostExplorer => costexplorer::answer(context),
        MockService::AutoScaling => autoscaling::answer(context),
        MockService::Budgets => budgets::answer(context),
        MockService::Pricing => pricelist::answer(context),
        MockService::Sts => sts::answer(context),
        MockService::Iam => iam::answer(context),
        MockService::Other => context.unknown(),
    }
}
