//! `scheduled-scaling`: scale a variant by the hours of the week.

use crate::domain::{
    Reason, UsdPerHour, WeeklySchedule,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, Resolution, Subject, Texts, Undo,
            mismatch, no_inverse,
        },
        expected::{ExpectedState, ScheduledAction},
        input::{Input, Prompt},
        prior_state::PriorState,
        schedule_restore::{self, ScheduleRestore},
        scope::{BlastRadius, Parent},
        setting::{VARIANT_COUNT, scalable},
    },
};
use std::{sync::Arc, time::Duration};

/// Its API calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `application-autoscaling:RegisterScalableTarget`, then `PutScheduledAction` for the start
    /// and for the end of the hours.
    Schedule {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Hours and counts.
        schedule: WeeklySchedule,
        /// Minimum and maximum capacity of the scaling target.
        limits: (u32, u32),
    },
    /// The scheduled actions and limits before a change:
    /// `application-autoscaling:RegisterScalableTarget`, `PutScheduledAction` and
    /// `DeleteScheduledAction`, or `DeregisterScalableTarget` where there was no target.
    Restore {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Minimum and maximum capacity of its scaling target; `None`: it was none.
        limits: Option<(u32, u32)>,
        /// Scheduled actions to put.
        put: Vec<ScheduledAction>,
        /// Names of scheduled actions to delete.
        delete: Vec<Arc<str>>,
    },
}

impl Call {
    /// Endpoint and variant.
    fn variant(&self) -> (&Arc<str>, &Arc<str>) {
        match self {
            Self::Schedule {
                endpoint, variant, ..
            }
            | Self::Restore {
                endpoint, variant, ..
            } => (endpoint, variant),
        }
    }
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "scheduled-scaling",
        doc: "scale by day and hour",
        prompt: Prompt::Hours,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: None,
        timeout: Some(Duration::from_mins(1)),
        justification: Justification::Waste,
        texts: Texts {
            title: "Schedule",
            progress: "timing",
            settled: "its schedule is set",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        let suggested = WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap();
        CallTemplate::Hours {
            suggested,
            minimum: 0,
            per_unit: None,
            call: Self::Schedule {
                endpoint: id,
                variant: "x".into(),
                schedule: suggested,
                limits: (1, 4),
            },
        }
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        // A restore needs no capability: at night a variant at its minimum has none.
        if let Input::Restore(restore) = input {
            return Ok(resolve_restore(subject, restore));
        }
        let (
            CallTemplate::Hours {
                minimum,
                per_unit,
                call:
                    Self::Schedule {
                        endpoint,
                        variant,
                        limits,
                        ..
                    },
                ..
            },
            Input::Hours(schedule),
        ) = (capability?, input)
        else {
            return Err(mismatch::<Self>());
        };
        let few = schedule.inside.min(schedule.outside);
        let many = schedule.inside.max(schedule.outside);
        if few < minimum {
            return Err(Reason::new(format!("AWS requires at least {minimum} here")));
        }
        let limits = (limits.0.min(few), limits.1.max(many));
        let desired = subject.desired;
        let mut warnings = vec![Reason::new(
            "hours are UTC all year; dollars are a weekly mean; the count changes at the \
             next of these hours",
        )];
        if few == 0 {
            warnings.push(Reason::new("at zero it serves no requests"));
        }
        Ok(Resolution {
            call: Self::Schedule {
                endpoint,
                variant,
                schedule: *schedule,
                limits,
            },
            expected: ExpectedState::ScheduledActions(
                ScheduledAction::of(schedule, limits.1).into(),
            ),
            saves: per_unit.map(|unit| unit * (f64::from(desired) - schedule.mean())),
            warnings,
        })
    }

    fn inverse(call: Option<&Self>, before: &PriorState) -> Result<InverseRequest, Reason> {
        match call {
            Some(call) => {
                restore(call, before).map(|restore| InverseRequest::Same(Input::Restore(restore)))
            }
            None => no_inverse("the journal does not have its requests"),
        }
    }

    fn undo(&self) -> Undo {
        Undo::Restores("the previous schedule and limits")
    }

    fn requests(&self) -> Vec<String> {
        match self {
            Self::Schedule {
                endpoint,
                variant,
                schedule,
                limits,
            } => {
                let id = scalable(endpoint, variant);
                let actions = ScheduledAction::of(schedule, limits.1);
                let register = schedule_restore::format_register(&id, VARIANT_COUNT, *limits);
                let put = actions
                    .iter()
                    .map(|action| schedule_restore::format_put(&id, action));
                std::iter::once(register).chain(put).collect()
            }
            Self::Restore {
                endpoint,
                variant,
                limits,
                put,
                delete,
            } => schedule_restore::requests(endpoint, variant, *limits, put, delete),
        }
    }

    fn blast_radius(&self) -> Option<BlastRadius> {
        let (endpoint, variant) = self.variant();
        Some(BlastRadius::Whole(Parent::Variant {
            endpoint: endpoint.clone(),
            variant: variant.clone(),
        }))
    }
}

/// The restore that undoes `call` after the state `before`, or the reason if the journal lacks
/// data.
fn restore(call: &Call, before: &PriorState) -> Result<ScheduleRestore, Reason> {
    match call {
        Call::Schedule {
            endpoint,
            variant,
            schedule,
            limits,
        } => ScheduleRestore::new(
            (endpoint, variant),
            before,
            &ScheduledAction::of(schedule, limits.1),
            Some(*limits),
            &[],
        ),
        Call::Restore {
            endpoint,
            variant,
            limits,
            put,
            delete,
        } => ScheduleRestore::new((endpoint, variant), before, put, *limits, delete),
    }
}

fn resolve_restore(subject: Subject<'_>, restore: &ScheduleRestore) -> Resolution<Call> {
    let ScheduleRestore {
        endpoint,
        variant,
        limits,
        put,
        delete,
        ..
    } = restore.clone();
    let now = subject.desired;
    let then = limits.map_or(now, |(min, max)| now.clamp(min, max.max(min)));
    let mut warnings = Vec::new();
    if then == now {
        warnings.push(Reason::new(format!(
            "instance count stays at {now}: changes made by the schedule are not undone"
        )));
    } else {
        warnings.push(Reason::new(format!(
            "{now} instances are asked for now: the previous limits take them to {then}"
        )));
    }
    if limits.is_none() {
        warnings.push(Reason::new(
            "it was not a scaling target before: its scheduled actions are deleted with the target",
        ));
    }
    let saves = if then == now {
        Some(UsdPerHour::ZERO)
    } else {
        subject
            .per_unit
            .map(|unit| unit * (f64::from(now) - f64::from(then)))
    };
    Resolution {
        expected: ExpectedState::RestoredSchedule {
            limits,
            put: put.clone(),
            gone: delete.clone(),
        },
        call: Call::Restore {
            endpoint,
            variant,
            limits,
            put,
            delete,
        },
        saves,
        warnings,
    }
}
