//! `spendtop iam-policy`: an IAM policy with what spendtop calls, and nothing else.
//!
//! The same lists keep every other request from being sent (`aws::api::restrict`), and
//! `docs/iam.md` is made of this policy.

use crate::app::cli_error::CliError;
use crate::{
    aws::{
        Api,
        actions::{self, Condition, DEPENDENT_ACTIONS, DependentActions, Grant},
        describe, organization, preflight, price_list, session,
    },
    collectors,
    domain::{
        Operation,
        region::{self, ALL_REGIONS},
    },
    engine::config::RoleName,
};
use clap::Args;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    process::ExitCode,
};

/// The word for every operation.
const ALL: &str = "all";
/// Prefixes of the IAM actions of services that answer in one region, whichever is watched: a
/// condition on the region would refuse them. IAM User Guide, `aws:RequestedRegion`, and the
/// endpoints of the services.
const GLOBAL: [&str; 4] = ["budgets:", "ce:", "iam:", "pricing:"];

/// What `iam-policy` prints.
#[derive(Args, Clone, Debug)]
pub struct IamPolicyArgs {
    /// Also allow what operations call: all of them, or those of a list (--actions=stop,start)
    #[arg(
        long,
        value_name = "OPERATION",
        num_args = 0..,
        require_equals = true,
        value_delimiter = ',',
        default_missing_value = ALL
    )]
    pub actions: Option<Vec<String>>,
    /// Also allow what `[organization]` calls: list its accounts, and assume this role in each
    #[arg(long, value_name = "ROLE")]
    pub organization: Option<RoleName>,
}

/// Prints the policy; without actions it only reads. `regions` restrict the requests of regional
/// services.
pub fn print(args: &IamPolicyArgs, regions: &[String]) -> Result<ExitCode, CliError> {
    let operations = operations(args.actions.as_deref().unwrap_or_default())?;
    for region in regions.iter().filter(|region| *region != ALL_REGIONS) {
        region::check(region).map_err(CliError::unusable)?;
    }
    let regions = if regions.iter().any(|region| region == ALL_REGIONS) {
        &[]
    } else {
        regions
    };
    let mut policy = policy(&operations, regions);
    if let Some(role) = &args.organization {
        policy.allow_organization(role.as_str());
    }
    writeln!(io::stdout(), "{}", text(&policy))?;
    for one in dependents(&operations).filter(|one| one.grant == Grant::Omitted) {
        // A closed stderr is not an error.
        drop(writeln!(
            io::stderr(),
            "spendtop: note: the policy omits {}: {} needs it for a {}",
            one.actions.join(", "),
            one.api,
            one.when
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The operations with these ids.
fn operations(ids: &[String]) -> Result<Vec<Operation>, CliError> {
    if ids.iter().any(|id| id == ALL) {
        return Ok(Operation::ALL.to_vec());
    }
    let find = |id: &String| {
        Operation::parse(id).ok_or_else(|| {
            let known = Operation::ALL.iter().map(|operation| operation.id());
            CliError::unknown("operation", id, known.chain([ALL]))
        })
    };
    ids.iter().map(find).collect()
}

/// The policy as JSON.
pub fn text(policy: &Policy) -> String {
    serde_json::to_string_pretty(policy).unwrap_or_default()
}

/// An IAM policy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

/// A statement of a policy.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: String,
    effect: &'static str,
    action: BTreeSet<&'static str>,
    resource: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: Conditions,
}

/// Values by operator and condition key.
type Conditions = BTreeMap<&'static str, BTreeMap<&'static str, Vec<String>>>;

impl Policy {
    /// The actions of all statements.
    pub fn actions(&self) -> BTreeSet<&'static str> {
        let statements = self.statement.iter();
        statements.flat_map(|one| one.action.clone()).collect()
    }

    fn allow(&mut self, sid: &str, action: BTreeSet<&'static str>, condition: Conditions) {
        if !action.is_empty() {
            self.statement.push(Statement {
                sid: sid.to_owned(),
                effect: "Allow",
                action,
                // Lists name no resource, and a console shows all of them.
                resource: "*".to_owned(),
                condition,
            });
        }
    }

    /// Allows a profile of the management account to watch its organization through `role`.
    pub fn allow_organization(&mut self, role: &str) {
        let (assume, reads) = organization::NEEDS
            .iter()
            .map(|api| api.iam_action())
            .partition(|action| *action == Api::StsAssumeRole.iam_action());
        self.allow("SpendtopOrganization", reads, Conditions::new());
        self.statement.push(Statement {
            sid: "SpendtopMembers".to_owned(),
            effect: "Allow",
            action: assume,
            resource: format!("arn:*:iam::*:role/{role}"),
            condition: Conditions::new(),
        });
    }

    /// Allows `actions`; those of regional services in `regions` only, unless that is empty.
    fn allow_in(&mut self, sid: &str, actions: BTreeSet<&'static str>, regions: &[String]) {
        if regions.is_empty() {
            return self.allow(sid, actions, Conditions::new());
        }
        let (global, regional) = actions.into_iter().partition(|action| is_global(action));
        let key = BTreeMap::from([("aws:RequestedRegion", regions.to_vec())]);
        self.allow(sid, regional, Conditions::from([("StringEquals", key)]));
        self.allow(&format!("{sid}Global"), global, Conditions::new());
    }
}

/// Whether AWS answers `action` in a region that nobody may watch. The regions of an account are
/// read where its identity was, which may be the region that every account has.
fn is_global(action: &str) -> bool {
    action == Api::Ec2DescribeRegions.iam_action()
        || GLOBAL.iter().any(|prefix| action.starts_with(prefix))
}

/// The policy for reading and for `operations`.
pub fn policy(operations: &[Operation], regions: &[String]) -> Policy {
    let mut policy = Policy {
        version: "2012-10-17",
        statement: Vec::new(),
    };
    policy.allow_in("SpendtopReads", read_needs(), regions);
    if operations.is_empty() {
        return policy;
    }
    policy.allow_in("SpendtopChecks", check_needs(), regions);
    let mut changes: BTreeSet<&str> = requests(operations).map(Api::iam_action).collect();
    let mut conditional: Vec<(Condition, BTreeSet<&str>)> = Vec::new();
    for one in dependents(operations) {
        match one.grant {
            Grant::Always => changes.extend(one.actions),
            Grant::If(condition) => match conditional.iter_mut().find(|(of, _)| *of == condition) {
                Some((_, actions)) => actions.extend(one.actions),
                None => conditional.push((condition, one.actions.iter().copied().collect())),
            },
            Grant::Omitted => {}
        }
    }
    policy.allow_in("SpendtopActions", changes, regions);
    for (condition, actions) in conditional {
        let names = actions
            .iter()
            .filter_map(|action| action.split(':').next_back());
        let sid: String = names.collect();
        let value = BTreeMap::from([(condition.key, vec![condition.value.to_owned()])]);
        policy.allow(
            &sid,
            actions,
            Conditions::from([(condition.operator, value)]),
        );
    }
    policy
}

/// What the panes, the start and `prices refresh` call.
pub fn read_needs() -> BTreeSet<&'static str> {
    let others = price_list::NEEDS.iter().chain(session::NEEDS);
    let panes = collectors::metas();
    let panes = panes.iter().flat_map(|meta| meta.needs.iter().copied());
    panes.chain(others.map(|api| api.iam_action())).collect()
}

/// What spendtop reads before it confirms and makes a change, and no pane reads.
pub fn check_needs() -> BTreeSet<&'static str> {
    let reads = read_needs();
    let checks = describe::NEEDS.iter().chain(preflight::NEEDS);
    let checks = checks.map(|api| api.iam_action());
    checks.filter(|need| !reads.contains(need)).collect()
}

/// The requests of `operations` that change an account.
fn requests(operations: &[Operation]) -> impl Iterator<Item = Api> {
    let needs = actions::needs_by_operation().into_iter();
    let needs = needs.filter(|(operation, _)| operations.contains(operation));
    needs.flat_map(|(_, needs)| needs.iter().copied())
}

/// The actions that AWS checks beside those of the requests of `operations`.
fn dependents(operations: &[Operation]) -> impl Iterator<Item = &'static DependentActions> {
    let requests: BTreeSet<Api> = requests(operations).collect();
    let all = DEPENDENT_ACTIONS.iter();
    all.filter(move |one| requests.contains(&one.api))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement<'a>(policy: &'a Policy, sid: &str) -> &'a Statement {
        let found = policy.statement.iter().find(|one| one.sid == sid);
        found.unwrap_or_else(|| panic!("no {sid} in {policy:#?}"))
    }

    #[test]
    fn policy_without_operations_changes_nothing() {
        for action in policy(&[], &[]).actions() {
            let (_, name) = action.split_once(':').unwrap();
            let reads = ["Describe", "Get", "List", "View"];
            assert!(reads.iter().any(|verb| name.starts_with(verb)), "{action}");
        }
    }

    #[test]
    fn role_of_members_is_the_only_one_to_assume() {
        let assumes = |policy: &Policy| policy.actions().contains("sts:AssumeRole");
        let mut policy = policy(Operation::ALL, &[]);
        assert!(!assumes(&policy));
        policy.allow_organization("audit/finops-reader");
        let members = statement(&policy, "SpendtopMembers");
        assert_eq!(members.action, BTreeSet::from(["sts:AssumeRole"]));
        assert_eq!(members.resource, "arn:*:iam::*:role/audit/finops-reader");
        let lists = statement(&policy, "SpendtopOrganization");
        assert!(lists.action.contains("organizations:ListAccounts"));
    }

    #[test]
    fn operation_brings_its_own_requests_only() {
        let (reads, feedback) = (policy(&[], &[]), policy(&[Operation::Feedback], &[]));
        let (reads, feedback) = (reads.actions(), feedback.actions());
        let added: BTreeSet<_> = feedback.difference(&reads).copied().collect();
        let expected: BTreeSet<_> = check_needs()
            .into_iter()
            .chain(["ce:ProvideAnomalyFeedback"])
            .collect();
        assert_eq!(added, expected);
    }

    #[test]
    fn role_is_passed_to_sagemaker_only() {
        let policy = policy(Operation::ALL, &[]);
        let pass = statement(&policy, "PassRole");
        assert_eq!(pass.action, BTreeSet::from(["iam:PassRole"]));
        assert_eq!(
            pass.condition["StringEquals"]["iam:PassedToService"],
            ["sagemaker.amazonaws.com"]
        );
        for one in DEPENDENT_ACTIONS {
            let granted = one
                .actions
                .iter()
                .any(|action| policy.actions().contains(action));
            assert_eq!(granted, one.grant != Grant::Omitted, "{one:?}");
        }
    }

    #[test]
    fn regions_bind_what_is_asked_in_them() {
        let policy = policy(Operation::ALL, &["eu-west-1".to_owned()]);
        let reads = statement(&policy, "SpendtopReads");
        assert_eq!(
            reads.condition["StringEquals"]["aws:RequestedRegion"],
            ["eu-west-1"]
        );
        assert!(reads.action.contains("ec2:DescribeInstances"));
        let global = statement(&policy, "SpendtopReadsGlobal");
        assert!(global.condition.is_empty());
        for action in [
            "ce:GetCostAndUsage",
            "iam:ListAccountAliases",
            "pricing:GetProducts",
        ] {
            assert!(global.action.contains(action), "{action}");
        }
    }

    /// A managed policy has at most 6,144 characters, not counting whitespace. IAM User Guide, IAM
    /// and AWS STS quotas.
    #[test]
    fn policy_fits_a_managed_policy() {
        let regions = ["us-east-1", "us-west-2", "eu-central-1"].map(str::to_owned);
        let text = text(&policy(Operation::ALL, &regions));
        let length = text.chars().filter(|c| !c.is_whitespace()).count();
        assert!(length <= 6_144, "{length}");
    }

    #[test]
    fn unknown_operation_is_rejected_with_known_ones() {
        let error = operations(&["halt".to_owned()]).unwrap_err();
        let expected = "there is no operation `halt`: expected one of stop, start";
        assert!(error.message.starts_with(expected), "{error}");
        assert_eq!(operations(&[ALL.to_owned()]).unwrap(), Operation::ALL);
    }
}
