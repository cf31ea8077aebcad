//! Which requests are answered: those of programs that call the mock by its own address, and none
//! of a web page of another site.
//!
//! A browser on this machine sends whatever a page asks for to loopback addresses too: a form or an
//! image of a foreign page (`Origin`, `Sec-Fetch-Site`), or a page whose own name resolves to
//! 127.0.0.1 (`Host`, "DNS rebinding").

use hyper::{
    HeaderMap, Uri,
    header::{HOST, HeaderName, HeaderValue, ORIGIN},
    http::uri::Authority,
};
use std::net::{IpAddr, SocketAddr};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names and addresses that the mock is called by.
#[derive(Clone, Debug)]
pub(super) struct Callers {
    /// It listens beyond loopback: other machines call it by one of its addresses. A page that
    /// resolves its own name to one is refused all the same, because it sends the name.
    is_any_address: bool,
    /// Names that the user gave.
    names: Vec<String>,
}

impl Callers {
    /// Those of a mock that listens on `listen` and is also called by `names`.
    pub(super) fn new(listen: SocketAddr, names: Vec<String>) -> Self {
        Self {
            is_any_address: !listen.ip().to_canonical().is_loopback(),
            names,
        }
    }

    /// Why a request is refused; `None` if it is answered.
    pub(super) fn refusal(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        if let Some(authority) = uri.authority()
            && !self.is_own(authority)
        {
            return Some(self.foreign_host(authority.as_str()));
        }
        let mut hosts = headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => {
                if !parse(host).is_some_and(|authority| self.is_own(&authority)) {
                    return Some(self.foreign_host(&shown(host)));
                }
            }
            (None, _) => return Some("the request has no `Host` header".to_owned()),
            (Some(_), Some(_)) => {
                return Some("the request has more than one `Host` header".to_owned());
            }
        }
        let mut origins = headers.get_all(ORIGIN).iter();
        if let Some(origin) = origins.find(|origin| !self.is_own_origin(origin)) {
            return Some(format!(
                "a web page of `{}` sent the request: expected none, or one of this machine",
                shown(origin)
            ));
        }
        let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
        sites
            .any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site"))
            .then(|| {
                "a web page of another site sent the request (`Sec-Fetch-Site: cross-site`): \
                 expected none, or one of this machine"
                    .to_owned()
            })
    }

    fn foreign_host(&self, host: &str) -> String {
        let address = if self.is_any_address {
            "an address"
        } else {
            "127.0.0.1, [::1] or localhost"
        };
        format!(
            "the request is for `{host}`: expected {address}, or a name given with \
             `spendtop mock --host NAME`"
        )
    }

    fn is_own(&self, authority: &Authority) -> bool {
        let host = authority.host();
        let address = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
            .parse::<IpAddr>();
        if authority.as_str().contains('@') {
            return false;
        }
        match address {
            Ok(address) => self.is_any_address || address.to_canonical().is_loopback(),
            Err(_) => ["localhost"]
                .into_iter()
                .chain(self.names.iter().map(String::as_str))
                .any(|name| name.eq_ignore_ascii_case(host)),
        }
    }

    fn is_own_origin(&self, origin: &HeaderValue) -> bool {
        let authority = origin.to_str().ok().and_then(|origin| {
            let (scheme, authority) = origin.split_once("://")?;
            matches!(scheme, "http" | "https").then_some(authority)
        });
        authority
            .and_then(|authority| authority.parse().ok())
            .is_some_and(|authority| self.is_own(&authority))
    }
}

fn parse(host: &HeaderValue) -> Option<Authority> {
    host.to_str().ok()?.parse().ok()
}

/// A header for a message, without characters that a terminal acts on.
fn shown(value: &HeaderValue) -> String {
    let shown = value.as_bytes().escape_ascii().take(80);
    shown.map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: &str = "127.0.0.1:4599";

    fn refusal(listen: &str, names: &[&str], uri: &str, headers: &[(&str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, value.parse().unwrap());
        }
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Callers::new(listen.parse().unwrap(), names)
            .refusal(&uri.parse().unwrap(), &map)
            .is_some()
    }

    #[test]
    fn only_hosts_of_this_machine_are_answered() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:4599",
            "127.0.0.7:1",
            "[::1]",
            "[::1]:4599",
            "[::ffff:127.0.0.1]:4599",
            "localhost",
            "LocalHost:80",
        ] {
            assert!(!refusal(LOOPBACK, &[], "/", &[("host", host)]), "{host}");
        }
        for host in [
            "rebind.evil",
            "rebind.evil:4599",
            "localhost.evil",
            "localhost.",
            "127.0.0.1.evil",
            "localhost@evil",
            "user@localhost",
            "0.0.0.0:4599",
            "192.0.2.2",
            "2130706433",
            "",
        ] {
            assert!(refusal(LOOPBACK, &[], "/", &[("host", host)]), "{host}");
        }
        assert!(refusal(LOOPBACK, &[], "/", &[]), "no host");
        let twice = [("host", "localhost"), ("host", "localhost")];
        assert!(refusal(LOOPBACK, &[], "/", &twice));
        let host = [("host", "localhost")];
        assert!(refusal(LOOPBACK, &[], "http://rebind.evil/", &host));
        assert!(!refusal(LOOPBACK, &[], "http://localhost/", &host));
    }

    #[test]
    fn mock_on_a_network_is_called_by_address_or_by_a_given_name() {
        let network = "0.0.0.0:4599";
        for (host, names, refused) in [
            ("192.0.2.2:4599", &[][..], false),
            ("[2001:db8::1]:4599", &[], false),
            ("localhost:4599", &[], false),
            ("mock:4599", &[], true),
            ("mock:4599", &["mock"], false),
            ("other:4599", &["mock"], true),
        ] {
            assert_eq!(refusal(network, names, "/", &[("host", host)]), refused);
        }
        let page = [("host", "192.0.2.2"), ("origin", "http://rebind.evil")];
        assert!(refusal(network, &[], "/", &page));
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        for (name, value, refused) in [
            ("origin", "http://evil", true),
            ("origin", "https://evil:4599", true),
            ("origin", "null", true),
            ("origin", "http://localhost.evil", true),
            ("origin", "file://localhost", true),
            ("origin", "http://localhost:3000", false),
            ("origin", "http://127.0.0.1:4599", false),
            ("sec-fetch-site", "cross-site", true),
            ("sec-fetch-site", "Cross-Site", true),
            ("sec-fetch-site", "same-origin", false),
            ("sec-fetch-site", "none", false),
        ] {
            let headers = [("host", "localhost:4599"), (name, value)];
            assert_eq!(refusal(LOOPBACK, &[], "/", &headers), refused, "{value}");
        }
    }
}
