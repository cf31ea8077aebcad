//! Usage of custom models on the bill besides their tokens.

/// The usage that a usage type of a custom model counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CustomModelUse {
    /// Tokens it was trained on, in thousands.
    TrainingTokens,
    /// Hours of reinforcement fine-tuning.
    TrainingHours,
    /// Months it is stored.
    Storage,
}

impl CustomModelUse {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::TrainingTokens, Self::TrainingHours, Self::Storage];

    /// The end of a usage type, in any case.
    fn end(self) -> &'static str {
        match self {
            Self::TrainingTokens => "-customization-training",
            Self::TrainingHours => "-rft-training-hours",
            Self::Storage => "-customization-storage",
        }
    }

    /// The unit of `UsageQuantity`.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::TrainingTokens => "1000 Tokens",
            Self::TrainingHours => "Hours",
            Self::Storage => "Months",
        }
    }

    /// The bill's name of the base model, if `usage` (a usage type without its region) counts this.
    pub(super) fn base(self, usage: &str) -> Option<&str> {
        let (base, end) = usage.split_at_checked(usage.len().checked_sub(self.end().len())?)?;
        end.eq_ignore_ascii_case(self.end()).then_some(base)
    }
}
