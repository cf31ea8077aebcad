//! Remedies for failures, by cause and else by kind.

use super::{empty::remedies as texts, sheets};
use crate::domain::{Fault, FaultCause, FaultKind, text::printable};

/// The remedy for `fault` of a source of `profile` (empty: the environment's own credentials);
/// `None` if the user can only read its message. `needs` are the IAM actions that the source calls.
pub fn remedy(fault: &Fault, profile: &str, needs: &[&str]) -> Option<String> {
    let of_profile = if profile.is_empty() {
        String::new()
    } else {
        format!(" --profile {profile}")
    };
    let log_in = || {
        format!(
            "Log in again, for example with `aws sso login{of_profile}`; new credentials are read \
             within a minute."
        )
    };
    Some(match fault.cause {
        FaultCause::CostExplorerDisabled => "Enable Cost Explorer in the management account's \
            Billing console; its first data takes up to 24 hours. IAM permissions do not help."
            .to_owned(),
        FaultCause::CostExplorerMember => "The management account must allow linked accounts in \
            the preferences of Cost Explorer. IAM permissions do not help."
            .to_owned(),
        FaultCause::CostDataPending => {
            "Cost Explorer has no data for this yet; after it is enabled, \
            the first data takes up to 24 hours."
                .to_owned()
        }
        FaultCause::NoAnomalyMonitor => "Create a monitor in AWS Cost Anomaly Detection (free); \
            monitors of the management account are not visible here."
            .to_owned(),
        FaultCause::RegionDisabled => {
            "The region is skipped. Enable it in the account settings, or \
            leave it out of --region."
                .to_owned()
        }
        FaultCause::NotOffered => {
            "This region does not have the service; everything else is read.".to_owned()
        }
        FaultCause::ClockSkew { minutes } => clock_skew(minutes),
        FaultCause::MfaRequired => "Start spendtop in a terminal to enter the MFA code, or export \
            temporary credentials (`AWS_SESSION_TOKEN`) first."
            .to_owned(),
        FaultCause::CredentialsPending | FaultCause::Configuration | FaultCause::Declined => {
            return None;
        }
        FaultCause::UntrustedCertificate => "The certificate is not trusted. Behind a proxy that \
            inspects TLS, set AWS_CA_BUNDLE (or ca_bundle in the profile) to the file with your \
            company's certificates."
            .to_owned(),
        FaultCause::SessionExpired | FaultCause::UnknownKey => log_in(),
        FaultCause::Other => return of_kind(fault, log_in, needs),
    })
}

/// One sentence for the state in which every source of `profile` fails with `fault`.
pub fn outage(fault: &Fault, profile: &str) -> String {
    let login = if profile.is_empty() {
        "aws sso login".to_owned()
    } else {
        format!("aws sso login --profile {profile}")
    };
    match (fault.cause, fault.kind) {
        (FaultCause::SessionExpired, _) => format!("credentials expired: {login}"),
        (FaultCause::ClockSkew { minutes }, _) => clock_skew(minutes),
        (FaultCause::UntrustedCertificate, _) => {
            "the certificate is not trusted: set AWS_CA_BUNDLE".to_owned()
        }
        (FaultCause::MfaRequired, _) => "an MFA code is needed: start spendtop again".to_owned(),
        // The message is a sentence of spendtop and says what it waits for.
        (FaultCause::CredentialsPending, _) => printable(&fault.message).into_owned(),
        (_, FaultKind::NoCredentials) => format!("no credentials: {login}"),
        (_, FaultKind::BadCredentials) => format!("AWS rejects the credentials: {login}"),
        (_, FaultKind::Network) => "AWS cannot be reached; trying again".to_owned(),
        (_, FaultKind::Timeout) => "AWS does not answer; trying again".to_owned(),
        (_, FaultKind::Throttled) => "AWS throttles every request; trying again".to_owned(),
        (_, FaultKind::Service) => "AWS answers with errors; trying again".to_owned(),
        (_, FaultKind::Denied) => "AWS denies every list: see the errors".to_owned(),
        (_, kind) => format!("nothing can be read: {}", kind.word()),
    }
}

/// The remedy for a fault without a known cause, by its kind.
fn of_kind(fault: &Fault, log_in: impl Fn() -> String, needs: &[&str]) -> Option<String> {
    Some(match fault.kind {
        FaultKind::Denied if needs.is_empty() => sheets::errors::allow(&fault.operation),
        FaultKind::Denied => texts::allow(&needs.join(", ")),
        FaultKind::NoCredentials => texts::SET_CREDENTIALS.to_owned(),
        FaultKind::BadCredentials => log_in(),
        FaultKind::Network | FaultKind::Timeout => texts::RETRIES.to_owned(),
        FaultKind::Unavailable => texts::UNSUPPORTED.to_owned(),
        _ => return None,
    })
}

/// `This machine's clock is 45 minutes behind AWS: set it.`
fn clock_skew(minutes: i64) -> String {
    let side = if minutes < 0 { "behind" } else { "ahead of" };
    format!(
        "This machine's clock is {} minutes {side} AWS: set the clock (NTP).",
        minutes.abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cause_takes_precedence_over_kind() {
        let denied = Fault::new(
            FaultKind::Denied,
            "ce:GetCostAndUsage",
            "AccessDeniedException: User not enabled for cost explorer access",
        );
        let said = remedy(&denied, "", &["ce:GetCostAndUsage"]).unwrap();
        assert!(said.starts_with("Enable Cost Explorer"), "{said}");
        let skew = Fault::new(FaultKind::BadCredentials, "ec2:DescribeInstances", "x")
            .with_cause(FaultCause::ClockSkew { minutes: -45 });
        assert_eq!(
            remedy(&skew, "old", &[]).unwrap(),
            "This machine's clock is 45 minutes behind AWS: set the clock (NTP)."
        );
        let expired = Fault::new(FaultKind::BadCredentials, "ec2:DescribeInstances", "x");
        let said = remedy(&expired, "old", &[]).unwrap();
        assert!(said.contains("aws sso login --profile old"), "{said}");
    }
}
