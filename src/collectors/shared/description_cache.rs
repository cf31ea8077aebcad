//! A cache of descriptions: a resource is described again only when its summary in the list
//! changed, when it is in transition, or in its turn: a few unchanged ones in each poll.
//!
//! SageMaker throttles an account with a few hundred resources when every poll describes each of
//! them, and throttles its deployments with it.

use super::{context::run_bounded, poll_budget::PollBudget};
use crate::domain::{Fault, FaultKind, Timestamp, time::timestamp::seconds_between};
use std::{collections::HashMap, future::Future, sync::Arc};

/// A modification so many seconds before the last description, or later, may not be in it: clocks
/// differ.
const SKEW: f64 = 600.0;
/// Seconds after which an unchanged resource may have its turn.
const STALE: f64 = 60.0;
/// Most unchanged resources that one poll describes again.
const RENEWALS: usize = 4;

/// A resource as its list shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Summary {
    /// Its name.
    pub name: String,
    /// When it was last modified, where the list says it.
    pub modified: Option<Timestamp>,
    /// Its status, in AWS's word.
    pub status: String,
    /// Whether the status is one that lasts.
    pub is_steady: bool,
}

struct Description<T> {
    summary: Summary,
    output: Arc<T>,
    read: Timestamp,
}

impl<T> Description<T> {
    /// Whether `summary`, listed now, shows a change that the description may not have.
    fn is_outdated(&self, summary: &Summary) -> bool {
        let known = &self.summary;
        let is_recent = |modified: Timestamp| seconds_between(modified, self.read) < SKEW;
        known.status != summary.status
            || known.modified != summary.modified && summary.modified.is_none_or(is_recent)
    }
}

/// Descriptions by name.
pub(crate) struct DescriptionCache<T>(HashMap<String, Description<T>>);

impl<T> Default for DescriptionCache<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Send + Sync> DescriptionCache<T> {
    /// The descriptions of the resources in `listed`, in their order, brought up to date with
    /// `describe` as far as `budget` allows. One that vanished since it was listed is left out.
    pub(crate) async fn refresh<F>(
        &mut self,
        listed: &[Summary],
        now: Timestamp,
        budget: &PollBudget,
        describe: impl Fn(String) -> F,
    ) -> (Vec<Arc<T>>, Vec<Fault>)
    where
        F: Future<Output = Result<T, Fault>> + Send,
    {
        self.0
            .retain(|name, _| listed.iter().any(|summary| summary.name == *name));
        let (changed, old) = self.due(listed, now);
        let mut faults = Vec::new();
        let requests = changed.iter().map(|summary| {
            let request = describe(summary.name.clone());
            async move { (*summary, budget.run(request).await) }
        });
        let mut answers = run_bounded(requests.collect()).await;
        let requests = old.iter().map(|summary| {
            let request = describe(summary.name.clone());
            async move { (*summary, budget.run_optional(request).await) }
        });
        answers.extend(run_bounded(requests.collect()).await);
        for (summary, answer) in answers {
            match answer {
                None => {}
                Some(Ok(output)) => {
                    let description = Description {
                        summary: summary.clone(),
                        output: Arc::new(output),
                        read: now,
                    };
                    self.0.insert(summary.name.clone(), description);
                }
                Some(Err(fault)) if fault.kind == FaultKind::NotFound => {
                    self.0.remove(&summary.name);
                }
                Some(Err(fault)) => {
                    self.0.remove(&summary.name);
                    super::context::push_fault(&mut faults, fault);
                }
            }
        }
        let known = |summary: &Summary| Some(self.0.get(&summary.name)?.output.clone());
        (listed.iter().filter_map(known).collect(), faults)
    }

    /// The resources to describe because they changed, and those whose description is old.
    fn due<'a>(
        &self,
        listed: &'a [Summary],
        now: Timestamp,
    ) -> (Vec<&'a Summary>, Vec<&'a Summary>) {
        let (mut changed, mut old) = (Vec::new(), Vec::new());
        for summary in listed {
            match self.0.get(&summary.name) {
                Some(known) if !known.is_outdated(summary) && summary.is_steady => {
                    let age = seconds_between(known.read, now);
                    if age > STALE {
                        old.push((age, summary));
                    }
                }
                _ => changed.push(summary),
            }
        }
        old.sort_by(|(age, _), (other, _)| other.total_cmp(age));
        let old = old.into_iter().map(|(_, summary)| summary);
        (changed, old.take(RENEWALS).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn summary(name: &str, status: &str, modified: i64) -> Summary {
        Summary {
            name: name.into(),
            modified: Timestamp::from_second(modified).ok(),
            status: status.into(),
            is_steady: status == "InService",
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[tokio::test]
    async fn only_what_changed_or_changes_or_is_old_is_described_again() {
        let mut cache = DescriptionCache::default();
        let count = AtomicUsize::new(0);
        let mut described = async |listed: &[Summary], now: i64| {
            let before = count.load(Ordering::Relaxed);
            let describe = |name: String| {
                count.fetch_add(1, Ordering::Relaxed);
                async move { Ok::<_, Fault>(name) }
            };
            let budget = PollBudget::new();
            let (found, faults) = cache.refresh(listed, at(now), &budget, describe).await;
            assert!(faults.is_empty());
            assert_eq!(found.len(), listed.len());
            count.load(Ordering::Relaxed) - before
        };
        let first = [summary("a", "InService", 1), summary("b", "Creating", 1)];
        assert_eq!(described(&first, 0).await, 2);
        assert_eq!(described(&first, 20).await, 1, "b is in transition");
        let seconds = |after: i64| 1_800_000_000 + after;
        let second = [
            summary("a", "InService", seconds(30)),
            summary("b", "InService", seconds(35)),
        ];
        assert_eq!(described(&second, 40).await, 2, "both changed");
        assert_eq!(described(&second, 90).await, 0);
        assert_eq!(described(&second, 120).await, 2, "both are old");
    }

    #[tokio::test]
    async fn throttled_descriptions_are_left_for_the_next_poll() {
        let mut cache = DescriptionCache::default();
        let listed: Vec<Summary> = (0..20)
            .map(|n| summary(&format!("e{n:02}"), "InService", 1))
            .collect();
        let asked = AtomicUsize::new(0);
        let describe = |name: String| {
            let is_refused = asked.fetch_add(1, Ordering::Relaxed) >= 10;
            async move {
                if is_refused {
                    return Err(Fault::new(FaultKind::Throttled, "sagemaker:X", "slow down"));
                }
                Ok(name)
            }
        };
        let budget = PollBudget::new();
        let (found, faults) = cache.refresh(&listed, at(0), &budget, describe).await;
        assert_eq!(found.len(), 10);
        assert!(faults.is_empty(), "{faults:?}");
        assert!(budget.has_more());
    }
}
