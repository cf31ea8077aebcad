//! An endpoint variant or inference component as SageMaker describes it.

use crate::domain::{Arn, Measured, Parent, Prepaid, State, Tags, Timestamp};
use std::sync::Arc;

/// A variant or a component as SageMaker describes it.
#[derive(Clone, Debug)]
pub(crate) struct EndpointItem {
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// Of a variant: its endpoint's.
    pub arn: Option<Arn>,
    pub state: State,
    pub created: Option<Timestamp>,
    pub current: Option<u32>,
    pub desired: Option<u32>,
    /// Limits by Application Auto Scaling; `None`: it is no scalable target.
    pub scaling: Measured<Option<Scaling>>,
    /// Whether it has scheduled actions.
    pub scheduled: Measured<bool>,
    pub tags: Measured<Tags>,
    /// Of a variant.
    pub fleet: Option<VariantDetails>,
    /// Of a component: the `endpoint/variant` it is placed on.
    pub component: Option<Arc<str>>,
    /// Of a component: the minimum instance count of its variant under managed instance scaling.
    pub host_min: Option<u32>,
}

/// The part of an item that only a variant has.
#[derive(Clone, Debug)]
pub(crate) struct VariantDetails {
    pub endpoint: Arc<str>,
    pub variant: Arc<str>,
    pub shadow: bool,
    pub shape: Shape,
    pub hosts_components: bool,
    /// How many inference components are placed on its endpoint.
    pub components: usize,
    /// GB of each instance's volume, where its size was chosen.
    pub volume_gb: Option<i32>,
    /// Managed instance scaling, which sets the count itself.
    pub managed: Option<Scaling>,
    /// Instances on an ML capacity reservation, which a training plan has paid for.
    pub prepaid: u32,
    /// ARN of that plan or reservation.
    pub plan: Option<Arc<str>>,
}

/// The compute that serves the requests of a variant.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Instances {
        ty: Measured<Arc<str>>,
        /// Types and counts of a mixed fleet.
        pools: Vec<(Arc<str>, u32)>,
        asynchronous: bool,
    },
    Serverless {
        memory_mb: i32,
        concurrency: i32,
        provisioned: i32,
    },
}

/// Minimum and maximum capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scaling {
    pub min: u32,
    pub max: u32,
}

impl VariantDetails {
    /// The dimensions of its metrics.
    pub(super) fn dimensions(&self) -> [(&str, &str); 2] {
        [
            ("EndpointName", &self.endpoint),
            ("VariantName", &self.variant),
        ]
    }
}

impl EndpointItem {
    /// Unique in its source.
    pub(crate) fn key(&self) -> Arc<str> {
        if self.component.is_some() {
            format!("component {}", self.id).into()
        } else {
            self.id.clone()
        }
    }

    /// Its instance type, if it has one and it is known.
    pub(crate) fn unit(&self) -> Option<Arc<str>> {
        match &self.fleet.as_ref()?.shape {
            Shape::Instances { ty, .. } => ty.known().cloned(),
            Shape::Serverless { .. } => None,
        }
    }

    /// Of a variant: its endpoint. Of a component: the variant that it is placed on.
    pub(crate) fn parent(&self) -> Option<Parent> {
        match (&self.fleet, &self.component) {
            (Some(fleet), _) => Some(Parent::Endpoint(fleet.endpoint.clone())),
            (None, Some(host)) => host
                .split_once('/')
                .map(|(endpoint, variant)| Parent::Variant {
                    endpoint: endpoint.into(),
                    variant: variant.into(),
                }),
            (None, None) => None,
        }
    }

    /// Its instances that a training plan has paid for.
    pub(crate) fn prepaid(&self) -> Option<Box<Prepaid>> {
        let fleet = self.fleet.as_ref().filter(|fleet| fleet.prepaid > 0)?;
        let count = fleet.prepaid.min(self.current?);
        let plan = fleet.plan.clone().unwrap_or_default();
        Some(Box::new(Prepaid::on(plan, count, self.created)))
    }

    /// Whether inference components are placed on it.
    pub(crate) fn hosts_components(&self) -> bool {
        self.fleet
            .as_ref()
            .is_some_and(|fleet| fleet.hosts_components)
    }

    /// The minimum count: that of its autoscaling, else the minimum AWS accepts.
    pub(crate) fn minimum(&self) -> u32 {
        let managed = self.fleet.as_ref().and_then(|fleet| fleet.managed);
        managed
            .or(self.registered_scaling())
            .map_or_else(|| self.accepted_minimum(), |scaling| scaling.min)
    }

    /// The minimum count AWS accepts: a real-time variant keeps at least one instance.
    pub(crate) fn accepted_minimum(&self) -> u32 {
        match self.shape() {
            Some(Shape::Instances {
                asynchronous: false,
                ..
            }) => 1,
            _ => 0,
        }
    }

    /// The compute that serves the requests; `None` unless the item is a variant.
    pub(crate) fn shape(&self) -> Option<&Shape> {
        self.fleet.as_ref().map(|fleet| &fleet.shape)
    }

    /// Whether it is a serverless variant.
    pub(crate) fn is_serverless(&self) -> bool {
        matches!(self.shape(), Some(Shape::Serverless { .. }))
    }

    /// Whether it is a variant of an asynchronous endpoint.
    pub(crate) fn is_async(&self) -> bool {
        matches!(
            self.shape(),
            Some(Shape::Instances {
                asynchronous: true,
                ..
            })
        )
    }

    /// Its limits by Application Auto Scaling, where they are known.
    pub(crate) fn registered_scaling(&self) -> Option<Scaling> {
        self.scaling.known().copied().flatten()
    }
}
