//! STS: who asks.

use super::{Answer, Context};
use crate::mock::protocol::value::fields;

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    match context.operation {
        "GetCallerIdentity" => {
            let world = context.world();
            let account = &world.account;
            Ok(
                fields! { "Arn": &account.caller_arn, "UserId": &account.caller_id, "Account": &account.id },
            )
        }
        _ => context.unknown(),
    }
}
