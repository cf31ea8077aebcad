//! The accounts of a scenario: the management account first, then those that it pays for, and whose
//! credentials sign a request.

mod session;

pub use session::{Caller, Refusal, RoleRequest};

use super::{
    Simulation,
    load_shape::hash,
    scenario::{
        Scenario,
        spec::{AccountState, LinkedSpec, OrganizationSpec},
    },
    simulation::after,
};
use crate::domain::Timestamp;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Seconds that a member account is older than the scenario.
const ACCOUNT_AGE: f64 = 400.0 * 86_400.0;

/// The accounts.
#[derive(Debug)]
pub struct Organization {
    accounts: Vec<Account>,
    trust: Option<TrustPolicy>,
    id: String,
    sessions: session::Sessions,
}

/// An account and its resources.
#[derive(Debug)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// Its name in Organizations.
    pub name: String,
    /// The e-mail address of its root user.
    pub email: String,
    /// `ACTIVE`, `SUSPENDED`, ...
    pub state: &'static str,
    /// Whether it was created in the organization or invited.
    pub joined_method: &'static str,
    /// When it joined.
    pub joined: Timestamp,
    trusts_caller: bool,
    simulation: RwLock<Simulation>,
}

/// What the role of every member account asks of those who assume it.
#[derive(Clone, Debug)]
struct TrustPolicy {
    role: String,
    external_id: Option<String>,
    mfa_device: Option<String>,
}

impl Account {
    /// Its resources, to read.
    pub fn simulation(&self) -> RwLockReadGuard<'_, Simulation> {
        self.simulation
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Its resources, to change without a call.
    pub fn simulation_mut(&self) -> RwLockWriteGuard<'_, Simulation> {
        self.simulation
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock of its resources.
    pub(super) fn lock(&self) -> &RwLock<Simulation> {
        &self.simulation
    }

    /// Its resource in `organization`.
    pub fn arn(&self, organization: &Organization) -> String {
        let management = &organization.management().id;
        let (organization, id) = (&organization.id, &self.id);
        format!("arn:aws:organizations::{management}:account/{organization}/{id}")
    }
}

impl Organization {
    /// The accounts of `scenario`, shifted so that it starts at `now`.
    pub fn new(scenario: &Scenario, now: Timestamp, pace: f64) -> Self {
        let file = &*scenario.file;
        let management = Account {
            id: scenario.account.clone(),
            name: file.account.alias.clone(),
            email: address(&file.account.alias),
            state: state(AccountState::Active),
            joined_method: "INVITED",
            joined: after(now, -ACCOUNT_AGE),
            trusts_caller: true,
            simulation: RwLock::new(Simulation::new(scenario, now, pace)),
        };
        let members = file
            .linked_account
            .iter()
            .map(|linked| member(scenario, linked, now, pace));
        Self {
            accounts: std::iter::once(management).chain(members).collect(),
            trust: file.organization.as_ref().map(TrustPolicy::of),
            id: format!(
                "o-{:010x}",
                hash(file.seed, "organization") & 0xff_ffff_ffff
            ),
            sessions: session::Sessions::default(),
        }
    }

    /// Its id; `None` if the accounts are in no organization.
    pub fn id(&self) -> Option<&str> {
        self.trust.as_ref().map(|_| self.id.as_str())
    }

    /// The name of the role in every member, and the external id that it asks for; `None` if the
    /// accounts are in no organization.
    pub fn trust(&self) -> Option<(&str, Option<&str>)> {
        let trust = self.trust.as_ref()?;
        Some((trust.role.as_str(), trust.external_id.as_deref()))
    }

    /// The account that pays.
    pub fn management(&self) -> &Account {
        &self.accounts[0]
    }

    /// The accounts that it pays for.
    pub fn members(&self) -> &[Account] {
        &self.accounts[1..]
    }

    /// All accounts, the management account first.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with that id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }
}

impl TrustPolicy {
    fn of(spec: &OrganizationSpec) -> Self {
        let owned = |text: &super::scenario::spec::Text| text.get_ref().clone();
        Self {
            role: owned(&spec.role),
            external_id: spec.external_id.as_ref().map(owned),
            mfa_device: spec.mfa_device.as_ref().map(owned),
        }
    }
}

fn member(scenario: &Scenario, linked: &LinkedSpec, now: Timestamp, pace: f64) -> Account {
    let name = linked.name.get_ref();
    let id = linked.id.get_ref();
    let email = linked.email.as_ref().map(|email| email.get_ref().clone());
    Account {
        id: id.clone(),
        name: name.clone(),
        email: email.unwrap_or_else(|| address(name)),
        state: state(linked.state),
        joined_method: "CREATED",
        // Accounts joined one after the other.
        joined: after(now, -ACCOUNT_AGE + (hash(0, id) % 1_000) as f64 * 3_600.0),
        trusts_caller: linked.trusts_caller,
        simulation: RwLock::new(Simulation::of_member(scenario, linked, now, pace)),
    }
}

/// An address under a domain that nobody owns.
fn address(name: &str) -> String {
    let local = slug(name);
    let local = if local.is_empty() { "aws" } else { &local };
    format!("{}@example.com", local.get(..50).unwrap_or(local))
}

/// `name` as an alias: small letters, digits and single hyphens.
pub(super) fn slug(name: &str) -> String {
    let letters = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<String> = letters
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("-")
}

fn state(state: AccountState) -> &'static str {
    match state {
        AccountState::Active => "ACTIVE",
        AccountState::Suspended => "SUSPENDED",
        AccountState::PendingClosure => "PENDING_CLOSURE",
        AccountState::Closed => "CLOSED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resources(simulation: &Simulation) -> usize {
        simulation.instances.len()
            + simulation.notebooks.len()
            + simulation.endpoints.len()
            + simulation.jobs.len()
            + simulation.throughputs.len()
            + simulation.model_uses.len()
    }

    #[test]
    fn the_shipped_organization_is_of_forty_accounts_and_three_thousand_resources() {
        let scenario = Scenario::find("organization").unwrap();
        let organization = Organization::new(&scenario, scenario.now, 1.0);
        assert_eq!(organization.accounts().len(), 40);
        let accounts = organization.accounts().iter();
        let count: usize = accounts
            .map(|account| resources(&account.simulation()))
            .sum();
        assert!((2_800..=3_400).contains(&count), "{count}");
        let denies = organization.members().iter();
        let denies = denies.filter(|account| !account.trusts_caller);
        assert_eq!(denies.count(), 3);
    }

    #[test]
    fn rows_stand_in_the_accounts_that_their_pattern_names() {
        let scenario = Scenario::find("organization").unwrap();
        let organization = Organization::new(&scenario, scenario.now, 1.0);
        let named = |name: &str| {
            let mut accounts = organization.accounts().iter();
            accounts.find(|account| account.name == name).unwrap()
        };
        let (ads, fraud) = (named("ads prod"), named("fraud prod"));
        let (ads, fraud) = (ads.simulation(), fraud.simulation());
        assert_eq!(ads.instances.len(), fraud.instances.len());
        assert_ne!(ads.instances[0].id, fraud.instances[0].id);
        assert_eq!(ads.endpoints.len(), fraud.endpoints.len() + 1);
        assert!(resources(&organization.management().simulation()) == 0);
    }
}
