//! The signer, region and service of a request, from its headers. The mock checks no signature: any
//! key is accepted.

use super::form;

/// The scope of a signature.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CredentialScope {
    /// The access key id.
    pub key: String,
    /// The region, where the signature has one.
    pub region: Option<String>,
    /// The signing name of the service: `ec2`, `monitoring`.
    pub service: Option<String>,
}

/// The signature of a request: an `Authorization` header (SigV4, SigV4a or bearer), or a presigned
/// query string.
pub fn read(authorization: Option<&str>, query: &str) -> Option<CredentialScope> {
    authorization.and_then(header).or_else(|| presigned(query))
}

fn header(text: &str) -> Option<CredentialScope> {
    let (scheme, rest) = text.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("Bearer") {
        return (!rest.trim().is_empty()).then(|| CredentialScope {
            key: "bearer".to_owned(),
            ..CredentialScope::default()
        });
    }
    if !scheme.starts_with("AWS4-") {
        return None;
    }
    rest.split(',')
        .find_map(|part| part.trim().strip_prefix("Credential="))
        .and_then(credential)
}

fn presigned(query: &str) -> Option<CredentialScope> {
    let pairs = form::pairs(query).ok()?;
    let (_, text) = pairs
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("X-Amz-Credential"))?;
    credential(text)
}

/// `AKID/20261123/us-east-1/ec2/aws4_request`; SigV4a has no region.
fn credential(text: &str) -> Option<CredentialScope> {
    let parts: Vec<&str> = text.trim().split('/').collect();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match parts.as_slice() {
        [key, _, region, service, "aws4_request"] if !key.is_empty() => Some(CredentialScope {
            key: (*key).to_owned(),
            region: some(region),
            service: some(service),
        }),
        [key, _, service, "aws4_request"] if !key.is_empty() => Some(CredentialScope {
            key: (*key).to_owned(),
            region: None,
            service: some(service),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_from_header_and_query() {
        let full = |key: &str, region: Option<&str>, service: Option<&str>| {
            Some(CredentialScope {
                key: key.into(),
                region: region.map(Into::into),
                service: service.map(Into::into),
            })
        };
        for (authorization, query, want) in [
            (
                Some(
                    "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-west-2/monitoring/aws4_request, \
                     SignedHeaders=host, Signature=0",
                ),
                "",
                full("AKID", Some("us-west-2"), Some("monitoring")),
            ),
            (
                Some(
                    "AWS4-ECDSA-P256-SHA256 Credential=AKID/20261123/ec2/aws4_request,Signature=0",
                ),
                "",
                full("AKID", None, Some("ec2")),
            ),
            (Some("Bearer token"), "", full("bearer", None, None)),
            (
                None,
                "Action=GetCallerIdentity\
                 &X-Amz-Credential=AKID%2F20261123%2Fus-east-1%2Fsts%2Faws4_request",
                full("AKID", Some("us-east-1"), Some("sts")),
            ),
            (Some("Basic dXNlcg=="), "", None),
            (Some("AWS4-HMAC-SHA256 Credential=AKID"), "", None),
            (None, "", None),
        ] {
            assert_eq!(read(authorization, query), want);
        }
    }
}
