//! The services: a request is read, the world is asked or changed, an answer is written. One file a
//! service or topic.
//!
//! Must not know HTTP or encodings.

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
    wire::{
        Call, Error, Failure, Input, Node, Service,
        page::{self, Page},
    },
    world::{Refusal, World},
};
use crate::domain::Stamp;
use std::{
    cell::Cell,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The result of an operation.
pub type Answer = Result<Node, Failure>;

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
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
    pub now: Stamp,
    world: &'a RwLock<World>,
    effect: Cell<bool>,
}

impl<'a> Context<'a> {
    /// The world, to read.
    pub fn world(&self) -> RwLockReadGuard<'a, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world, to change.
    pub fn change(&self) -> RwLockWriteGuard<'a, World> {
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
        page::cut(
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
pub fn answer(call: &Call, world: &RwLock<World>, now: Stamp) -> (Result<Node, Error>, bool) {
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

fn operate(service: Service, context: &Context<'_>) -> Answer {
    match service {
        Service::Ec2 => ec2::answer(context),
        Service::SageMaker => sagemaker::answer(context),
        Service::Bedrock => bedrock::answer(context),
        Service::CloudWatch => cloudwatch::answer(context),
        Service::CostExplorer => costexplorer::answer(context),
        Service::AutoScaling => autoscaling::answer(context),
        Service::Budgets => budgets::answer(context),
        Service::Pricing => pricelist::answer(context),
        Service::Sts => sts::answer(context),
        Service::Iam => iam::answer(context),
        Service::Other => context.unknown(),
    }
}
