//! The accounts of an AWS organization, and sessions in them through a role.
//!
//! One profile lists the accounts. Its credentials assume the same role in each of them; an account
//! that does not let them in has no session and one fault.

use super::{
    Api, Session, SessionSettings,
    credentials::{CredentialsFault, LoadMode, LoadSettings, MemberRole, ProfileCredentials},
    metrics::MetricStore,
    profiles::chain::AssumedRole,
};
use crate::domain::{Fault, FaultKind, Glob, Location, region};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::Map;
use std::{sync::Arc, time::Duration};

/// Operations that watching an organization calls beside those of its accounts.
pub const NEEDS: &[Api] = &[
    Api::OrganizationsDescribeOrganization,
    Api::OrganizationsListAccounts,
    Api::StsAssumeRole,
];

/// The most roles that are assumed at the same time.
const MAX_CONCURRENT: usize = 16;
/// Longest wait for the roles of all accounts. One that is still under way is waited for by the
/// requests of its own account.
const ROLES_TIMEOUT: Duration = Duration::from_secs(4);

/// Which accounts of an organization are watched, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// The profile that lists the accounts and assumes the role; `None`: the only credentials.
    pub management_profile: Option<String>,
    /// The name of the role in every account, with its path.
    pub role: String,
    /// What the trust policy of the role asks for.
    pub external_id: Option<String>,
    /// Ids or names, with `*`; empty: all accounts.
    pub include: Vec<String>,
    /// Ids or names, with `*`.
    pub exclude: Vec<String>,
}

/// A member account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAccount {
    /// Twelve digits.
    pub id: Arc<str>,
    /// Its name in Organizations.
    pub name: Arc<str>,
}

/// A member account in the regions that are watched there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedAccount {
    /// The account.
    pub member: MemberAccount,
    /// Region codes, the one to begin with first.
    pub regions: Vec<Arc<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccountPage {
    #[serde(default)]
    accounts: Vec<ListedAccount>,
}

/// An account as Organizations lists it: `Status` until 2026-09-09, `State` since.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedAccount {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    state: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OrganizationAnswer {
    organization: Option<DescribedOrganization>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribedOrganization {
    #[serde(default)]
    master_account_id: String,
}

impl OrganizationSettings {
    fn includes(&self, account: &MemberAccount) -> bool {
        let named = |pattern: &String| {
            *pattern == *account.id || Glob::ignoring_case(pattern).matches(&account.name)
        };
        (self.include.is_empty() || self.include.iter().any(named))
            && !self.exclude.iter().any(named)
    }
}

/// The active accounts that `settings` name, without that of `session` and the management account,
/// which has no role for its own callers.
pub async fn members(
    session: &Session,
    settings: &OrganizationSettings,
) -> Result<Vec<MemberAccount>, Fault> {
    let (list, describe) = (
        Api::OrganizationsListAccounts,
        Api::OrganizationsDescribeOrganization,
    );
    let mut listed: Vec<ListedAccount> = Vec::new();
    let read = session
        .json
        .read_pages(list, Map::new(), |page: AccountPage| {
            listed.extend(page.accounts);
        });
    let described = session
        .json
        .read::<OrganizationAnswer>(describe, Map::new());
    let (read, described) = tokio::join!(read, described);
    read?;
    // Without it a delegated administrator has a fault for the management account.
    let management = described
        .ok()
        .and_then(|answer| answer.organization)
        .map(|organization| organization.master_account_id);
    let is_active = |account: &ListedAccount| {
        let state = account.state.as_deref().or(account.status.as_deref());
        state.is_none_or(|state| state == "ACTIVE")
    };
    let members = listed.into_iter().filter(is_active).map(|account| {
        let name = if account.name.is_empty() {
            account.id.as_str()
        } else {
            account.name.as_str()
        };
        MemberAccount {
            name: name.into(),
            id: account.id.into(),
        }
    });
    let is_other = |account: &MemberAccount| {
        account.id != session.place.account && management.as_deref() != Some(&*account.id)
    };
    Ok(members
        .filter(is_other)
        .filter(|account| settings.includes(account))
        .collect())
}

/// Sessions of `accounts` in their order, through the role of the organization in `run` and the
/// credentials of `session`; and a fault for each account that does not let them in.
pub async fn open(
    session: &Session,
    run: &SessionSettings,
    accounts: &[WatchedAccount],
) -> (Vec<Session>, Vec<Fault>) {
    let (Some(settings), Some(http)) = (&run.organization, session.json.sdk().http_client()) else {
        return (Vec::new(), Vec::new());
    };
    let role = |account: &WatchedAccount| {
        let role = MemberRole {
            source: session.credentials.clone(),
            role: role_of(session, settings, &account.member),
            region: session.place.region.clone(),
            http: http.clone(),
        };
        ProfileCredentials::new(LoadSettings {
            profile: settings.management_profile.clone(),
            keys: None,
            endpoint_url: run.endpoint_url.clone(),
            member: Some(Arc::new(role)),
        })
    };
    let credentials: Vec<ProfileCredentials> = accounts.iter().map(role).collect();
    let refused = assume_all(&credentials).await;
    let (mut sessions, mut faults) = (Vec::new(), Vec::new());
    for ((account, role), refused) in accounts.iter().zip(credentials).zip(refused) {
        match refused {
            Some(fault) => {
                let fault = fault.into_fault(Api::StsAssumeRole);
                faults.push(refusal(&account.member, fault));
            }
            None => sessions.extend(of_account(session, run, account, &role)),
        }
    }
    (sessions, faults)
}

/// Why each of the roles is not assumed; `None` for those that are, or are still under way.
async fn assume_all(credentials: &[ProfileCredentials]) -> Vec<Option<CredentialsFault>> {
    let roles = credentials.iter().cloned().enumerate();
    let roles: Vec<_> = roles
        .map(|(index, role)| async move {
            let loaded = role.resolve(LoadMode::Detached).await;
            (index, loaded.err())
        })
        .collect();
    let mut refused = vec![None; credentials.len()];
    let mut roles = stream::iter(roles).buffer_unordered(MAX_CONCURRENT);
    let all = async {
        while let Some((index, fault)) = roles.next().await {
            refused[index] = fault;
        }
    };
    // Those that are still under way may yet succeed.
    drop(tokio::time::timeout(ROLES_TIMEOUT, all).await);
    refused
}

/// The sessions of an account in its regions.
fn of_account(
    session: &Session,
    run: &SessionSettings,
    account: &WatchedAccount,
    role: &ProfileCredentials,
) -> Vec<Session> {
    let metrics = MetricStore::limited(run.watch);
    let Some(settings) = &run.organization else {
        return Vec::new();
    };
    let identity: Arc<str> = role_arn(session, settings, &account.member).into();
    let opened = account.regions.iter().map(|region| {
        let place = Location {
            account: account.member.id.clone(),
            region: region.clone(),
            ..session.place.clone()
        };
        let member = (identity.clone(), account.member.name.clone());
        session.of_member(place, member, role.clone(), &metrics)
    });
    opened.collect()
}

/// The fault of an account that does not let the caller in.
fn refusal(member: &MemberAccount, fault: Fault) -> Fault {
    let kind = match fault.kind {
        FaultKind::BadCredentials | FaultKind::NoCredentials => FaultKind::Denied,
        kind => kind,
    };
    Fault {
        kind,
        message: format!(
            "account {} ({}) is not watched: {}",
            member.name, member.id, fault.message
        )
        .into(),
        ..fault
    }
}

fn role_arn(session: &Session, settings: &OrganizationSettings, member: &MemberAccount) -> String {
    let partition = region::partition(&session.place.region);
    format!("arn:{partition}:iam::{}:role/{}", member.id, settings.role)
}

fn role_of(
    session: &Session,
    settings: &OrganizationSettings,
    member: &MemberAccount,
) -> AssumedRole {
    let label = match &*session.place.profile {
        "" => "default",
        label => label,
    };
    AssumedRole {
        profile: label.to_owned(),
        arn: role_arn(session, settings, member),
        session_name: None,
        external_id: settings.external_id.clone(),
        mfa_serial: None,
        duration: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_included_and_excluded_by_id_and_name() {
        let account = |id: &str, name: &str| MemberAccount {
            id: id.into(),
            name: name.into(),
        };
        let vision = account("444455556666", "Research Vision");
        let strings = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        for (include, exclude, is_watched) in [
            (&[][..], &[][..], true),
            (&["research *"], &[], true),
            (&["444455556666"], &[], true),
            (&["ads *"], &[], false),
            (&[], &["*vision"], false),
            (&["research *"], &["444455556666"], false),
        ] {
            let settings = OrganizationSettings {
                include: strings(include),
                exclude: strings(exclude),
                ..OrganizationSettings::default()
            };
            assert_eq!(
                settings.includes(&vision),
                is_watched,
                "{include:?} {exclude:?}"
            );
        }
    }
}
