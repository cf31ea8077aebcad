//! Certificates of the company, for networks that inspect TLS.

use super::{Connector, CryptoMode, Provider, TrustStore, tls_context};
use crate::aws::profiles::{self, ProfileFiles};
use std::{env, fs, sync::Arc, thread};

/// Certificates that are trusted beside the system's roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaBundle(Arc<[String]>);

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

impl CaBundle {
    /// The usable certificates in `text`; `None` if there is none.
    fn parse(text: &str) -> Option<Self> {
        let all: Vec<String> = text
            .split(BEGIN)
            .skip(1)
            .filter_map(|rest| Some(format!("{BEGIN}{}{END}\n", rest.split_once(END)?.0)))
            .collect();
        let all = Self(all.into());
        if all.is_usable() {
            return (!all.0.is_empty()).then_some(all);
        }
        let usable: Vec<String> = all
            .0
            .iter()
            .filter(|one| Self([(*one).clone()].into()).is_usable())
            .cloned()
            .collect();
        tracing::warn!(
            skipped = all.0.len() - usable.len(),
            "certificates that cannot be read"
        );
        (!usable.is_empty()).then(|| Self(usable.into()))
    }

    /// The certificates in PEM.
    pub(super) fn certificates(&self) -> impl Iterator<Item = Vec<u8>> {
        self.0.iter().map(|one| one.clone().into_bytes())
    }

    /// Whether the TLS library takes all of them: it panics at one that it cannot read, so it tries
    /// them in a thread of its own.
    fn is_usable(&self) -> bool {
        let bundle = self.clone();
        let tried = thread::Builder::new()
            .name("certificates".to_owned())
            .spawn(move || {
                let context = tls_context(TrustStore::empty(), &bundle)?;
                let builder = Connector::builder();
                let builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
                Some(builder.tls_context(context).build())
            });
        tried.is_ok_and(|thread| thread.join().is_ok_and(|tried| tried.is_some()))
    }
}

/// The certificates that `AWS_CA_BUNDLE`, or `ca_bundle` of `profile`, names. The error is one
/// sentence with the place of the setting.
pub fn ca_bundle(files: &ProfileFiles, profile: &str) -> Result<Option<CaBundle>, String> {
    const VARIABLE: &str = "AWS_CA_BUNDLE";
    let variable = env::var(VARIABLE)
        .ok()
        .filter(|path| !path.trim().is_empty())
        .map(|path| (VARIABLE.to_owned(), path));
    let setting = || {
        let setting = files.setting(profile, "ca_bundle")?;
        Some((
            format!("{}: ca_bundle", setting.place()),
            setting.setting.value.clone(),
        ))
    };
    let Some((origin, path)) = variable.or_else(setting) else {
        return Ok(None);
    };
    let path = profiles::expand(path.trim(), profiles::home().as_deref());
    let text = fs::read(&path).map_err(|error| {
        format!(
            "{origin}: {}: {error}: name a file of certificates",
            path.display()
        )
    })?;
    match CaBundle::parse(&String::from_utf8_lossy(&text)) {
        Some(bundle) => Ok(Some(bundle)),
        None => Err(format!(
            "{origin}: {} has no certificate in PEM: name a file that has",
            path.display()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_certificate_is_rejected_without_panic() {
        assert_eq!(CaBundle::parse("no certificate"), None);
        let broken = format!("{BEGIN}\nAAAA\n{END}\n");
        assert_eq!(CaBundle::parse(&broken), None);
    }
}
