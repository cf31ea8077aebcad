//! A job as AWS describes it, in one shape for all kinds, and its cost.

use super::list::JobSummary;
use crate::collectors::Context;
use crate::{
    aws::convert::{state, time::add_seconds},
    domain::{
        Arn, CostGap, CostHistory, CostSpan, HourlyCost, JobKind, Measured, Phase, Prepaid, Reason,
        State, Timestamp, Usd, UsdPerHour, time::timestamp::seconds_between,
    },
    pricing::{Component, TrainingPrice},
};
use std::{borrow::Cow, sync::Arc};

/// A job.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub kind: JobKind,
    /// Its name; of a Bedrock job the last part of its ARN.
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub arn: Option<Arn>,
    pub state: State,
    /// `SecondaryStatus`, or how far it is.
    pub phase: Option<Arc<str>>,
    pub created: Option<Timestamp>,
    /// When its instances came into service.
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Instance types and how many of each; none for Bedrock's.
    pub machines: Measured<Vec<(Arc<str>, u32)>>,
    /// Seconds after which AWS ends it.
    pub limit: Option<f64>,
    /// Managed spot training.
    pub spot: bool,
    /// Seconds it ran, and those that are billed, once it is over.
    pub ran: Option<f64>,
    pub billable: Option<f64>,
    pub failure: Option<Arc<str>>,
    /// Container image, or the model that is run or changed.
    pub image: Option<Arc<str>>,
    /// Where its data comes from, in order.
    pub inputs: Vec<Arc<str>>,
    /// Name of the tuning job that made it.
    pub tuning: Option<Arc<str>>,
    pub warm: Option<WarmPool>,
    /// ARN of the training plan that paid for its capacity in advance.
    pub plan: Option<Arc<str>>,
}

/// Instances kept after a training job for the next.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WarmPool {
    /// `Available`, `InUse`, `Reused`, `Terminated`.
    pub status: Arc<str>,
    /// Seconds they were kept and billed.
    pub retained: f64,
    /// Seconds for which SageMaker keeps them after the job.
    pub keep_alive: Option<f64>,
}

/// The cost of an hour of a job: one instance's rate x instances, or the sum of unlike instances x
/// 1.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    pub unit: UsdPerHour,
    pub quantity: f64,
    pub source: Arc<str>,
    pub estimate: bool,
}

impl Rate {
    fn whole(&self) -> UsdPerHour {
        self.unit * self.quantity
    }
}

impl Job {
    /// A job as its list shows it: its machines are unknown for the reason `why`.
    pub(super) fn from_summary(summary: &JobSummary, why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            machines: Measured::unknown(why),
            created: summary.created,
            ..Self::new(summary.kind, &summary.name, &summary.status)
        }
    }

    /// A job of which only the name and the status are known.
    pub(super) fn new(kind: JobKind, name: &str, status: &str) -> Self {
        Self {
            kind,
            id: name.into(),
            name: name.into(),
            arn: None,
            state: state::job(status),
            phase: None,
            created: None,
            started: None,
            ended: None,
            machines: Measured::Known(Vec::new()),
            limit: None,
            spot: false,
            ran: None,
            billable: None,
            failure: None,
            image: None,
            inputs: Vec::new(),
            tuning: None,
            warm: None,
            plan: None,
        }
    }

    /// It has not ended.
    pub(super) fn lives(&self) -> bool {
        matches!(self.state.phase, Phase::Running | Phase::Changing)
    }

    /// The job is over, and SageMaker keeps and bills its instances.
    pub(super) fn is_warm(&self) -> bool {
        !self.lives()
            && self
                .warm
                .as_ref()
                .is_some_and(|warm| &*warm.status == "Available")
    }

    /// It cannot change any more.
    pub(super) fn is_final(&self) -> bool {
        !self.lives() && !self.is_warm() && self.machines.known().is_some()
    }

    /// Seconds that AWS bills as of `now`: from its start to its end, less the time that managed
    /// spot does not bill, plus the time its warm pool was retained.
    pub(super) fn billed(&self, now: Timestamp) -> f64 {
        let kept = self.warm.as_ref().map_or(0.0, |warm| warm.retained);
        let ran = self.started.map_or(0.0, |from| {
            seconds_between(from, self.ended.unwrap_or(now)).max(0.0)
        });
        self.billable.unwrap_or(ran) + kept
    }

    /// Seconds it has run, or ran.
    pub(super) fn elapsed(&self, now: Timestamp) -> Option<f64> {
        let from = if self.kind.component().is_some() {
            self.started
        } else {
            self.created
        };
        from.map(|from| seconds_between(from, self.ended.unwrap_or(now)).max(0.0))
    }

    /// The fraction that managed spot saves: 1 - billable / run time.
    pub(super) fn saving(&self) -> Option<f64> {
        let ran = self.ran.filter(|ran| self.spot && *ran > 0.0)?;
        self.billable.map(|billable| 1.0 - billable / ran)
    }

    /// The price of the training, of a customization job.
    fn training(&self, cx: &Context) -> Option<TrainingPrice> {
        let base = self.image.as_deref();
        let base = base.filter(|_| self.kind == JobKind::Customization)?;
        let customization = self.phase.as_deref().unwrap_or_default();
        cx.prices.training(base, customization, cx.region())
    }

    /// Its cost of an hour at list price.
    pub(super) fn rate(&self, cx: &Context) -> Measured<Rate> {
        if let Some(TrainingPrice { quote, .. }) =
            self.training(cx).filter(TrainingPrice::is_hourly)
        {
            return Measured::Known(Rate {
                unit: quote.unit,
                quantity: 1.0,
                source: format!("{}; by the time since its start", quote.source).into(),
                estimate: true,
            });
        }
        let machines = match &self.machines {
            Measured::Known(machines) => machines,
            Measured::Unknown(why) => return Measured::Unknown(why.clone()),
        };
        let Some(component) = self.kind.component().filter(|_| !machines.is_empty()) else {
            return Measured::unknown(self.why_no_rate(cx));
        };
        let mut parts = Vec::new();
        for (ty, count) in machines {
            match cx.prices.sagemaker(ty, component, cx.region()) {
                Measured::Known(quote) => parts.push((quote, f64::from(*count), ty)),
                Measured::Unknown(why) => return Measured::Unknown(why),
            }
        }
        if let [(quote, count, _)] = parts.as_slice() {
            return Measured::Known(Rate {
                unit: quote.unit,
                quantity: *count,
                source: quote.source.clone(),
                estimate: quote.estimate,
            });
        }
        let told: Vec<String> = parts
            .iter()
            .map(|(quote, count, ty)| {
                format!("{count} x {ty} at {:#} ({})", quote.unit, quote.source)
            })
            .collect();
        Measured::Known(Rate {
            unit: parts
                .iter()
                .map(|(quote, count, _)| quote.unit * *count)
                .sum(),
            quantity: 1.0,
            source: told.join("; ").into(),
            estimate: parts.iter().any(|(quote, ..)| quote.estimate),
        })
    }

    /// The reason why it has no rate although its machines are known.
    fn why_no_rate(&self, cx: &Context) -> Cow<'static, str> {
        match (self.kind, self.training(cx)) {
            (_, Some(TrainingPrice { unit, quote })) => {
                let usd = Usd(quote.unit.0);
                format!("billed at {usd:#} per {unit}: AWS tells no count").into()
            }
            (JobKind::Customization, None) => {
                "billed by the training token: AWS tells no count".into()
            }
            (JobKind::BatchInference, _) => {
                "billed by the token: AWS tells records, not tokens".into()
            }
            _ => "not billed by the hour".into(),
        }
    }

    /// Its present cost per hour, at list price.
    pub(super) fn burn(&self, cx: &Context) -> HourlyCost {
        let nothing = |why: String| HourlyCost::Nothing(Reason::new(why));
        match self.kind {
            JobKind::Tuning => return nothing("its training jobs are billed".to_owned()),
            JobKind::Customization if self.training(cx).is_some_and(|price| price.is_hourly()) => {}
            JobKind::Customization | JobKind::BatchInference => {
                return nothing("billed by the token, not by the hour".to_owned());
            }
            _ => {}
        }
        let interrupted = self.phase.as_deref() == Some("Interrupted");
        match (&self.machines, self.started) {
            _ if !self.lives() && !self.is_warm() => {
                nothing(format!("{}: no longer billed", self.state.name))
            }
            _ if self.plan.is_some() => {
                nothing("on capacity of a training plan, paid in advance".to_owned())
            }
            (Measured::Known(_), None) => {
                nothing("its instances have not started: not billed yet".to_owned())
            }
            _ if interrupted => {
                nothing("interrupted: spot capacity is not billed until it is back".to_owned())
            }
            _ => match self.rate(cx) {
                Measured::Unknown(why) => HourlyCost::Unpriced(why),
                Measured::Known(Rate {
                    unit,
                    quantity,
                    source,
                    estimate,
                }) => {
                    let source = if self.spot {
                        format!("{source}; managed spot is billed for fewer seconds").into()
                    } else {
                        source
                    };
                    HourlyCost::Priced {
                        unit,
                        quantity,
                        source,
                        estimate: estimate || self.spot,
                    }
                }
            },
        }
    }

    /// Its capacity, while a training plan pays for it.
    pub(super) fn prepaid(&self) -> Option<Box<Prepaid>> {
        let (plan, started) = (self.plan.as_ref()?, self.started?);
        let machines = self.machines.known()?.iter().map(|(_, count)| count);
        let prepaid = Prepaid::on(plan.clone(), machines.sum(), Some(started));
        self.lives().then(|| Box::new(prepaid))
    }

    /// Its cost up to `now` at list price: billed seconds x rate.
    pub(super) fn cost(&self, cx: &Context, now: Timestamp) -> Measured<Usd> {
        if self.plan.is_some() {
            return Measured::unknown("on capacity of a training plan, paid in advance");
        }
        match self.rate(cx) {
            Measured::Known(rate) => Measured::Known(rate.whole().over(self.billed(now))),
            Measured::Unknown(why) => Measured::Unknown(why),
        }
    }

    /// Seconds until AWS bills no more for the job, without any action. `None` for a tuning job:
    /// its limit ends the search, but the training jobs that it started run on.
    pub(super) fn ends_in(&self, now: Timestamp) -> Option<f64> {
        let (begin, seconds) = if self.is_warm() {
            (self.ended?, self.warm.as_ref()?.keep_alive?)
        } else {
            let limit = self.limit.filter(|_| self.kind != JobKind::Tuning)?;
            (self.started?, limit)
        };
        Some((seconds - seconds_between(begin, now)).max(0.0))
    }

    /// The cost of a job that has ended: spread evenly over its run, then the time for which its
    /// warm pool was retained.
    pub(super) fn history(&self, cx: &Context) -> CostHistory {
        if self.kind == JobKind::Tuning {
            return CostHistory {
                is_elsewhere: true,
                ..CostHistory::default()
            };
        }
        let moments = self.started.zip(self.ended);
        let (Some((from, to)), false) = (moments, self.lives() || self.plan.is_some()) else {
            return CostHistory::default();
        };
        let rate = match self.rate(cx) {
            Measured::Known(rate) => rate.whole(),
            Measured::Unknown(why) => {
                return CostHistory {
                    gap: self.kind.component().map(|_| CostGap {
                        until: to,
                        why,
                        rate: None,
                    }),
                    ..CostHistory::default()
                };
            }
        };
        let ran = seconds_between(from, to);
        let share = self
            .billable
            .map_or(1.0, |billable| billable / ran.max(1.0));
        let kept = self.warm.as_ref().map_or(0.0, |warm| warm.retained);
        let kept = if self.is_warm() { 0.0 } else { kept };
        let spans = [
            (from, to, rate * share),
            (to, add_seconds(to, kept as i64), rate),
        ];
        let span = |(from, to, rate)| CostSpan { from, to, rate };
        let spans = spans
            .into_iter()
            .map(span)
            .filter(|span| span.from < span.to);
        CostHistory::of(spans.collect())
    }

    /// Its cost if AWS ends it at its limit, at list price; `None` without a limit.
    pub(super) fn cost_at_limit(&self, cx: &Context) -> Option<Measured<Usd>> {
        let limit = self.limit.filter(|_| self.kind != JobKind::Tuning)?;
        Some(self.rate(cx).map(|rate| rate.whole().over(limit)))
    }
}

/// The price list of a kind of job.
pub(super) trait BilledComponent {
    /// `None`: not by the hour.
    fn component(self) -> Option<Component>;
}

impl BilledComponent for JobKind {
    fn component(self) -> Option<Component> {
        match self {
            Self::Training => Some(Component::Training),
            Self::Processing => Some(Component::Processing),
            Self::Transform => Some(Component::Transform),
            Self::Tuning | Self::Customization | Self::BatchInference => None,
        }
    }
}
