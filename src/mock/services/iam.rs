//! IAM: the account's alias.

use super::{Answer, Context, Operations};
use crate::mock::protocol::value::fields;

/// The operations answered here.
pub const OPERATIONS: Operations = &[("ListAccountAliases", account_aliases)];

#[expect(
    clippy::unnecessary_wraps,
    reason = "all operations have one signature"
)]
fn account_aliases(context: &Context<'_>) -> Answer {
    let alias = context.simulation().account.alias.clone();
    let aliases: Vec<String> = (!alias.is_empty()).then_some(alias).into_iter().collect();
    Ok(fields! { "AccountAliases": aliases, "IsTruncated": false })
}
