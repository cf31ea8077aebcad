//! Not yet answered.

use super::{Answer, Context};

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    context.unknown()
}
