//! STS: the caller's identity, and sessions of roles.

use super::{Answer, Context, Operations};
use crate::{
    domain::Timestamp,
    mock::{
        organization::{Refusal, RoleRequest},
        protocol::{Error, Failure, value::fields},
        simulation::after,
    },
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("AssumeRole", assume_role),
    ("GetCallerIdentity", caller_identity),
];

/// `DurationSeconds` of a request that names none.
const SESSION_SECONDS: i64 = 3_600;

#[expect(
    clippy::unnecessary_wraps,
    reason = "all operations have one signature"
)]
fn caller_identity(context: &Context<'_>) -> Answer {
    let caller = context.caller;
    Ok(fields! {
        "Arn": &caller.arn,
        "UserId": &caller.user_id,
        "Account": &caller.account,
    })
}

fn assume_role(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let device = input.text("SerialNumber")?;
    let request = RoleRequest {
        role_arn: input.need_text("RoleArn")?,
        session_name: input.need_text("RoleSessionName")?,
        external_id: input.text("ExternalId")?,
        mfa: device.zip(input.text("TokenCode")?),
    };
    let opened = context.organization.assume_role(&request, context.now);
    let (key, caller) = opened.map_err(|refusal| refused(refusal, context, &request))?;
    let seconds = input.int("DurationSeconds")?.unwrap_or(SESSION_SECONDS);
    // Clients compare the end with their own clock, which may be the real one.
    let end = after(context.now.max(Timestamp::now()), seconds as f64);
    let token = format!("mock-session-token-of-{key}");
    Ok(fields! {
        "Credentials": fields! {
            "AccessKeyId": &key,
            "SecretAccessKey": format!("mock-secret-of-{key}"),
            "SessionToken": token,
            "Expiration": end,
        },
        "AssumedRoleUser": fields! {
            "AssumedRoleId": &caller.user_id,
            "Arn": &caller.arn,
        },
    })
}

fn refused(refusal: Refusal, context: &Context<'_>, request: &RoleRequest<'_>) -> Failure {
    let (caller, role) = (&context.caller.arn, request.role_arn);
    match refusal {
        Refusal::NoRoleArn => Error::new("ValidationError", format!("{role} is invalid")).into(),
        Refusal::Denied => Error::new(
            "AccessDenied",
            format!(
                "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
            ),
        )
        .status(403)
        .into(),
        Refusal::WrongCode => Error::new(
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        )
        .status(403)
        .into(),
    }
}
