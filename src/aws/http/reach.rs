//! Which hosts answer, to tell a service that a region lacks from a network that is gone.
//!
//! AWS gives a service no name in a region that lacks it: `bedrock.ap-east-1.amazonaws.com` does
//! not resolve. So a name that fails while others answer, and that has never answered, is a service
//! that is not offered. A proxy resolves names itself and refuses the tunnel instead.

use aws_smithy_runtime_api::client::result::ConnectorError;
use std::{
    collections::{HashMap, HashSet},
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Longest time since the answer of another host that shows that the network works.
const RECENT: Duration = Duration::from_mins(1);
/// Time after which a host that is not offered is looked up again.
const LOOKUP: Duration = Duration::from_mins(10);

/// The error of a request to a service that its region does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownHost {
    /// The host of the service.
    pub host: String,
}

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "not offered in this region: there is no host {}",
            self.host
        )
    }
}

impl Error for UnknownHost {}

/// A request that the proxy did not let through.
#[derive(Debug)]
struct ProxyRefusal {
    host: String,
    source: ConnectorError,
}

impl fmt::Display for ProxyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy refused a connection to {}", self.host)
    }
}

impl Error for ProxyRefusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

/// The hosts that one client has reached, and those of services that a region lacks.
#[derive(Debug, Default)]
pub(super) struct Reach(Mutex<HostTable>);

#[derive(Debug, Default)]
struct HostTable {
    answered: HashSet<String>,
    last_answer: Option<Instant>,
    /// Hosts of services that this region lacks, with the time that was found out.
    not_offered: HashMap<String, Instant>,
}

impl Reach {
    fn known(&self) -> std::sync::MutexGuard<'_, HostTable> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error of a host that is known not to be offered, without another request.
    pub(super) fn refusal(&self, host: &str) -> Option<UnknownHost> {
        let since = *self.known().not_offered.get(host)?;
        (since.elapsed() < LOOKUP).then(|| UnknownHost {
            host: host.to_owned(),
        })
    }

    pub(super) fn answered(&self, host: &str) {
        let mut known = self.known();
        if !known.answered.contains(host) {
            known.answered.insert(host.to_owned());
        }
        known.not_offered.remove(host);
        known.last_answer = Some(Instant::now());
    }

    /// The error of a failed request to `host`: an unknown host, a proxy's refusal, or `error`.
    pub(super) fn explain(&self, host: &str, error: ConnectorError) -> ConnectorError {
        let text = crate::aws::fault::error_chain(&error).to_lowercase();
        let is_unresolved = text.contains("dns error") || text.contains("failed to lookup address");
        let is_refused = text.contains("tunnel error") && text.contains("unsuccessful");
        if !is_unresolved && !is_refused {
            return error;
        }
        let mut known = self.known();
        let is_network_up = known.last_answer.is_some_and(|at| at.elapsed() < RECENT);
        if is_network_up && !known.answered.contains(host) {
            known.not_offered.insert(host.to_owned(), Instant::now());
            let host = host.to_owned();
            return ConnectorError::other(UnknownHost { host }.into(), None);
        }
        if is_refused {
            let host = host.to_owned();
            let refusal = ProxyRefusal {
                host,
                source: error,
            };
            return ConnectorError::io(refusal.into());
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unresolved() -> ConnectorError {
        ConnectorError::io("dns error: failed to lookup address information".into())
    }

    fn is_not_offered(error: ConnectorError) -> bool {
        error.into_source().downcast_ref::<UnknownHost>().is_some()
    }

    #[test]
    fn unresolved_host_is_unknown_only_while_others_answer() {
        let reach = Reach::default();
        let (sts, bedrock) = (
            "sts.ap-east-1.amazonaws.com",
            "bedrock.ap-east-1.amazonaws.com",
        );
        assert!(!is_not_offered(reach.explain(bedrock, unresolved())));
        reach.answered(sts);
        assert!(is_not_offered(reach.explain(bedrock, unresolved())));
        assert!(reach.refusal(bedrock).is_some());
        // It has answered before: now the network fails.
        assert!(!is_not_offered(reach.explain(sts, unresolved())));
        let other = ConnectorError::io("connection refused".into());
        assert!(!is_not_offered(reach.explain("ec2", other)));
    }

    #[test]
    fn refused_tunnel_names_the_host() {
        let refused = ConnectorError::io("tunnel error: unsuccessful".into());
        let error = Reach::default().explain("ec2.us-east-1.amazonaws.com", refused);
        assert_eq!(
            error.into_source().to_string(),
            "the proxy refused a connection to ec2.us-east-1.amazonaws.com"
        );
    }
}
