//! Tokens of on-demand models, counted minute by minute and cached hour by hour.

use crate::{domain::Timestamp, mock::simulation::Simulation};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Cache of the tokens of on-demand models by hour: `[input, output, cache read, cache write]`.
#[derive(Clone, Debug, Default)]
pub(in crate::mock) struct Tokens(Arc<Mutex<Hours>>);

/// By model and hour since 1970.
type Hours = HashMap<(usize, i64), [f64; 4]>;

impl Simulation {
    /// Tokens of a kind that a model processed in `[from, to)`, whole minutes.
    pub(super) fn tokens_between(
        &self,
        model: usize,
        kind: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> f64 {
        let minute = |t: Timestamp| t.as_second().div_euclid(60);
        let (mut at, end) = (minute(from), minute(to));
        let mut total = 0.0;
        while at < end {
            if at % 60 == 0 && at + 60 <= end {
                total += self.tokens_of_hour(model, at / 60)[kind];
                at += 60;
            } else {
                total += Timestamp::from_second(at * 60)
                    .map_or(0.0, |t| self.model_minute(model, t)[kind]);
                at += 1;
            }
        }
        total
    }

    fn tokens_of_hour(&self, model: usize, hour: i64) -> [f64; 4] {
        let mut known = self.tokens.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry((model, hour)).or_insert_with(|| {
            let mut sum = [0.0; 4];
            for minute in 0..60 {
                let Ok(t) = Timestamp::from_second(hour * 3_600 + minute * 60) else {
                    continue;
                };
                for (sum, tokens) in sum.iter_mut().zip(self.model_minute(model, t)) {
                    *sum += tokens;
                }
            }
            sum
        })
    }
}
