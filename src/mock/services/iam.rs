//! IAM, as far as the account's alias.

use super::{Answer, Context};
use crate::mock::protocol::value::fields;

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    match context.operation {
        "ListAccountAliases" => {
            let alias = context.world().account.alias.clone();
            let aliases = if alias.is_empty() {
                Vec::new()
            } else {
                vec![alias]
            };
            Ok(fields! { "AccountAliases": aliases, "IsTruncated": false })
        }
        _ => context.unknown(),
    }
}
