//! The cause of a failure where it calls for other advice than its kind.

/// The cause of a failed request, as far as AWS's answer or the failure itself shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultCause {
    /// Nothing beyond the kind is known.
    #[default]
    Other,
    /// The payer account has not enabled Cost Explorer.
    CostExplorerDisabled,
    /// The payer does not let this member account see its costs.
    CostExplorerMember,
    /// Cost Explorer has no data yet, or none for the question.
    CostDataPending,
    /// The account has no monitor for cost anomalies.
    NoAnomalyMonitor,
    /// The account has not enabled the region, or there is no such region.
    RegionDisabled,
    /// The service does not exist in the region.
    NotOffered,
    /// This machine's clock is off.
    ClockSkew {
        /// Minutes that it is ahead of AWS; negative: behind.
        minutes: i64,
    },
    /// The session of the credentials has expired.
    SessionExpired,
    /// The service does not know the access key.
    UnknownKey,
    /// The user cancelled a prompt.
    Declined,
    /// The profile's role needs an MFA code.
    MfaRequired,
    /// The credentials are being loaded, or are loaded again soon: no request was sent to AWS.
    CredentialsPending,
    /// A setting of AWS's files or variables cannot be used; the message names it.
    Configuration,
    /// The certificate of the endpoint, or of a proxy that inspects TLS, is not trusted.
    UntrustedCertificate,
}

impl FaultCause {
    /// The cause that a message of AWS, or one of ours, names.
    pub(super) fn of_message(message: &str) -> Self {
        let lower = message.to_lowercase();
        let has_no_access =
            lower.contains("doesn't have access") || lower.contains("does not have access");
        if lower.contains("not enabled for cost explorer") {
            Self::CostExplorerDisabled
        } else if lower.contains("linked account") && has_no_access {
            Self::CostExplorerMember
        } else if lower.starts_with("dataunavailableexception") {
            Self::CostDataPending
        } else {
            Self::Other
        }
    }

    /// Whether it is a lasting state of the account that hides no resource. A command that prints
    /// and exits succeeds in spite of it, and no badge shows it.
    pub fn is_quiet(self) -> bool {
        matches!(
            self,
            Self::CostExplorerDisabled
                | Self::CostExplorerMember
                | Self::CostDataPending
                | Self::NoAnomalyMonitor
                | Self::RegionDisabled
                | Self::NotOffered
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages as public issue threads quote them.
    #[test]
    fn cost_explorer_messages_map_to_causes() {
        for (message, cause) in [
            (
                "AccessDeniedException: User not enabled for cost explorer access",
                FaultCause::CostExplorerDisabled,
            ),
            (
                "AccessDeniedException: Linked account doesn't have access to cost explorer.",
                FaultCause::CostExplorerMember,
            ),
            (
                "DataUnavailableException: Data is not available. Please try to adjust the time \
                 period. If just enabled Cost Explorer, data might not be ingested yet",
                FaultCause::CostDataPending,
            ),
            (
                "AccessDeniedException: User is not authorized to perform: ce:GetCostAndUsage",
                FaultCause::Other,
            ),
        ] {
            assert_eq!(FaultCause::of_message(message), cause, "{message}");
        }
    }
}
