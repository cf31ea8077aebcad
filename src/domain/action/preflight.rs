//! The result of the preflight checks of a target: its warnings, and the reads that
//! failed.

use crate::domain::{Fault, Warning};

/// How much a warning weighs, the lightest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Something may be lost, or money not saved.
    Danger,
    /// AWS will refuse.
    Refusal,
}

/// The results of the preflight checks of one target.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preflight {
    /// The warnings, the heaviest first.
    pub warnings: Vec<Warning>,
    /// The reads that failed.
    pub unread: Vec<Fault>,
}

impl Preflight {
    /// A result without warnings, because the read failed with `fault`.
    pub fn unread(fault: Fault) -> Self {
        Self {
            warnings: Vec::new(),
            unread: vec![fault],
        }
    }

    /// The result in display order, each entry once: the heaviest warning first, and of equal ones
    /// those with a permanent loss first.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.warnings
            .sort_by_key(|warning| std::cmp::Reverse((warning.weight(), warning.loses())));
        let mut once: Vec<Warning> = Vec::with_capacity(self.warnings.len());
        for warning in self.warnings {
            if !once.contains(&warning) {
                once.push(warning);
            }
        }
        let mut unread: Vec<Fault> = Vec::with_capacity(self.unread.len());
        for fault in self.unread {
            if !unread.contains(&fault) {
                unread.push(fault);
            }
        }
        Self {
            warnings: once,
            unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_sort_by_severity_and_losses_before_scarcity() {
        let scarce = Warning::Scarce {
            unit: "p4d.24xlarge".into(),
        };
        let again = Warning::SpotPersistent {
            request: "sir-1".into(),
            returns: false,
        };
        for lost in [
            Warning::InstanceStore { gigabytes: 8 },
            Warning::Active { ago: 60.0 },
            Warning::NoCheckpoints {
                ran: 60.0,
                cost: None,
            },
        ] {
            let warnings = vec![
                again.clone(),
                scarce.clone(),
                lost.clone(),
                Warning::StopProtected,
                scarce.clone(),
            ];
            let told = Preflight {
                warnings,
                unread: Vec::new(),
            }
            .sorted()
            .warnings;
            assert_eq!(
                told,
                [Warning::StopProtected, lost, scarce.clone(), again.clone()]
            );
        }
    }
}
