//! STS: the caller's identity.

use super::{Answer, Context, Operations};
use crate::mock::protocol::value::fields;

/// The operations answered here.
pub const OPERATIONS: Operations = &[("GetCallerIdentity", caller_identity)];

#[expect(
    clippy::unnecessary_wraps,
    reason = "all operations have one signature"
)]
fn caller_identity(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let account = &simulation.account;
    Ok(fields! {
        "Arn": &account.caller_arn,
        "UserId": &account.caller_id,
        "Account": &account.id,
    })
}
