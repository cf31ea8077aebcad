//! Usage of serverless inference on the bill: seconds, by the memory of the endpoint.

/// MB of one GB, as SageMaker counts memory.
const MB_PER_GB: u32 = 1_024;

/// The usage that a usage type of serverless inference counts, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServerlessUse {
    /// Request time on demand.
    Requests,
    /// Provisioned concurrency, called or not.
    Warm,
    /// Request time on provisioned concurrency.
    WarmRequests,
}

impl ServerlessUse {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Requests, Self::Warm, Self::WarmRequests];

    /// The beginning of a usage type, without its region and before the memory.
    fn start(self) -> &'static str {
        match self {
            Self::Requests => "ServerlessInf:Mem-",
            Self::Warm => "ProvisionedConcurrency:Usage-",
            Self::WarmRequests => "ProvisionedConcurrency:Mem-",
        }
    }

    /// The item in the rate card, per GB-second.
    pub(super) fn item(self) -> &'static str {
        match self {
            Self::Requests => "serverless inference",
            Self::Warm => "serverless provisioned concurrency",
            Self::WarmRequests => "serverless provisioned concurrency requests",
        }
    }

    /// Reads a usage type without its region, and the memory in MB: `ServerlessInf:Mem-4GB`.
    pub(super) fn read(usage: &str) -> Option<(Self, u32)> {
        Self::ALL.into_iter().find_map(|of| {
            let size = usage.strip_prefix(of.start())?.strip_suffix("GB")?;
            let gb: u32 = size.parse().ok()?;
            let memory_mb = gb.checked_mul(MB_PER_GB)?;
            (memory_mb > 0).then_some((of, memory_mb))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_type_names_use_and_memory() {
        for (usage, read) in [
            (
                "ServerlessInf:Mem-4GB",
                Some((ServerlessUse::Requests, 4_096)),
            ),
            (
                "ProvisionedConcurrency:Usage-1GB",
                Some((ServerlessUse::Warm, 1_024)),
            ),
            (
                "ProvisionedConcurrency:Mem-6GB",
                Some((ServerlessUse::WarmRequests, 6_144)),
            ),
            ("ServerlessInf:Mem-0GB", None),
            ("ServerlessInf:Mem-9999999999GB", None),
            ("ServerlessInf:Data", None),
        ] {
            assert_eq!(ServerlessUse::read(usage), read, "{usage}");
        }
    }
}
