//! Organizations: the accounts, read only.

use super::{Answer, Context, Operations};
use crate::mock::{
    organization::{Account, Organization},
    protocol::{Failure, Value, error, value::fields},
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("DescribeOrganization", describe),
    ("ListAccounts", list_accounts),
];

/// The largest page of `ListAccounts`, and its default.
const PAGE: usize = 20;

fn id<'a>(context: &Context<'a>) -> Result<&'a str, Failure> {
    context.organization.id().ok_or_else(|| {
        error::Error::new(
            "AWSOrganizationsNotInUseException",
            "Your account is not a member of an organization.",
        )
        .into()
    })
}

fn describe(context: &Context<'_>) -> Answer {
    let id = id(context)?;
    let management = context.organization.management();
    let own = &management.id;
    Ok(fields! {
        "Organization": fields! {
            "Id": id.to_owned(),
            "Arn": format!("arn:aws:organizations::{own}:organization/{id}"),
            "FeatureSet": "ALL",
            "MasterAccountArn": management.arn(context.organization),
            "MasterAccountId": own,
            "MasterAccountEmail": &management.email,
            "AvailablePolicyTypes": Vec::<Value>::new(),
        },
    })
}

fn list_accounts(context: &Context<'_>) -> Answer {
    id(context)?;
    if !context.is_payer() {
        return error::refuse(
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
        );
    }
    let accounts: Vec<&Account> = context.organization.accounts().iter().collect();
    let page = context.page(accounts, ("NextToken", "MaxResults"), PAGE, |account| {
        account.id.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|account| account_fields(account, context.organization))
        .collect();
    Ok(fields! { "Accounts": items, "NextToken": page.next })
}

/// An account in both forms: `State`, and `Status`, which AWS retired on 2026-09-09.
fn account_fields(account: &Account, organization: &Organization) -> Value {
    let status = (account.state != "CLOSED").then(|| account.state.to_owned());
    fields! {
        "Id": &account.id,
        "Arn": account.arn(organization),
        "Email": &account.email,
        "Name": &account.name,
        "Status": status,
        "State": account.state.to_owned(),
        "JoinedMethod": account.joined_method.to_owned(),
        "JoinedTimestamp": account.joined,
    }
}
