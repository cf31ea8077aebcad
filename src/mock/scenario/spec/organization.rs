//! The keys of a scenario file for an organization and its member accounts, and the rows of one
//! account.

use super::{File, Text, table};
use crate::mock::glob::matches;
use serde::Deserialize;
use toml::Spanned;

table! {
    /// `[organization]`: the account of the file is the management account of the linked ones.
    OrganizationSpec {
        /// The role that the caller may assume in every member account.
        #[serde(default = "access_role")]
        role: Text,
        /// What the role's trust policy asks for as `sts:ExternalId`.
        external_id: Option<Text>,
        /// The ARN of the MFA device that the trust policy asks for.
        mfa_device: Option<Text>,
    }
}

table! {
    /// `[[linked-account]]`
    LinkedSpec {
        id: Text,
        name: Text,
        email: Option<Text>,
        #[serde(default)]
        state: AccountState,
        /// Whether the role's trust policy admits the caller.
        #[serde(default = "admits")]
        trusts_caller: bool,
    }
}

/// `State` of an account in Organizations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AccountState {
    #[default]
    Active,
    Suspended,
    PendingClosure,
    Closed,
}

fn access_role() -> Text {
    Spanned::new(0..0, "OrganizationAccountAccessRole".to_owned())
}

fn admits() -> bool {
    true
}

impl LinkedSpec {
    /// Whether `pattern` is the account's id, or matches its name.
    pub(crate) fn is_named(&self, pattern: &str) -> bool {
        pattern == self.id.get_ref() || matches(pattern, self.name.get_ref())
    }
}

/// The groups whose rows stand in an account.
macro_rules! for_each_placed_group {
    ($use:ident) => {
        $use!(
            instance,
            notebook,
            domain,
            app,
            endpoint,
            component,
            training,
            processing,
            transform,
            tuning,
            cluster,
            customization,
            batch_inference,
            throughput,
            model,
            capacity_reservation,
            training_plan,
            tracking_server,
            partner_app,
            model_deployment,
            imported_model,
            anomaly
        )
    };
}

impl File {
    /// The accounts that rows name, group by group.
    pub(crate) fn placements(&self) -> Vec<&Text> {
        let mut named: Vec<&Text> = Vec::new();
        macro_rules! collect {
            ($($group:ident),*) => {$(
                named.extend(self.$group.iter().filter_map(|row| row.account.as_ref()));
            )*};
        }
        for_each_placed_group!(collect);
        named.extend(self.cost.iter().filter_map(|row| row.account.as_ref()));
        named
    }

    /// Whether `pattern` is the id or the alias of the file's own account.
    pub(crate) fn is_own(&self, pattern: &str) -> bool {
        pattern == self.account.id.get_ref() || pattern == self.account.alias
    }

    /// The file with the rows of one account: of its own (`None`), which has those that name none,
    /// the costs without resources and the agreements, or of a linked one.
    pub(crate) fn rows_of(&self, linked: Option<&LinkedSpec>) -> Self {
        let mut file = self.clone();
        let stands = |account: Option<&Text>| match (account, linked) {
            (None, linked) => linked.is_none(),
            (Some(pattern), None) => self.is_own(pattern.get_ref()),
            (Some(pattern), Some(linked)) => linked.is_named(pattern.get_ref()),
        };
        macro_rules! keep {
            ($($group:ident),*) => {$(
                file.$group.retain(|row| stands(row.account.as_ref()));
            )*};
        }
        for_each_placed_group!(keep);
        if linked.is_some() {
            file.cost.clear();
            file.savings_plan.clear();
            file.reservation.clear();
            file.credit.clear();
            file.budget.clear();
        }
        file
    }
}
