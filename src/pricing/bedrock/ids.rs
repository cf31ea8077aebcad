//! Model ids in any of their spellings: plain, with a scope, as an ARN; and lookups by id.

use crate::domain::Measured;
use std::{collections::HashMap, sync::Arc};

/// The models of inference profiles: ARN (or id) of the profile to the id of the model.
pub type Profiles = HashMap<Arc<str>, Arc<str>>;

/// Prefixes of cross-region inference profiles.
const SCOPES: &[&str] = &[
    "us", "eu", "apac", "jp", "au", "in", "ca", "us-gov", "global",
];

/// `id` without its scope: `us.amazon.nova-pro-v1:0` is `amazon.nova-pro-v1:0`.
pub(in crate::pricing) fn plain(id: &str) -> &str {
    ModelId::of(id).plain
}

/// Whether `word` is the prefix of a cross-region profile.
pub(super) fn is_scope(word: &str) -> bool {
    SCOPES.contains(&word)
}

/// ARNs without a model id, and the reason why the model is unknown.
const OPAQUE: &[(&str, &str)] = &[
    (
        ":application-inference-profile/",
        "application inference profile: its model is asked from Bedrock",
    ),
    (
        ":provisioned-model/",
        "provisioned throughput: its tokens are paid for by the hour",
    ),
    (
        ":custom-model-deployment/",
        "custom model: priced by its base model, which is not known here",
    ),
    (
        ":custom-model/",
        "custom model: priced by its base model, which is not known here",
    ),
    (
        ":imported-model/",
        "imported model: it is billed by the minute",
    ),
    (
        ":prompt-router/",
        "prompt router: its model changes from request to request",
    ),
];

/// The model id of `text`: an id, or the ARN of a foundation model or an inference profile. The
/// model of an application inference profile comes from `profiles`; without it, unknown with the
/// reason.
pub fn model_of<'a>(text: &'a str, profiles: &'a Profiles) -> Measured<&'a str> {
    if let Some(model) = profiles.get(text) {
        return model_of_plain(model);
    }
    model_of_plain(text)
}

fn model_of_plain(text: &str) -> Measured<&str> {
    match OPAQUE.iter().find(|(mark, _)| text.contains(mark)) {
        Some((_, why)) => Measured::unknown(*why),
        None => Measured::Known(text.rsplit('/').next().unwrap_or(text)),
    }
}

/// The parts of a model id.
pub(super) struct ModelId<'a> {
    /// `us`, `global`, ...; empty for the plain id.
    pub scope: &'a str,
    /// Without scope: `anthropic.claude-v2:1:200k`.
    pub plain: &'a str,
}

impl<'a> ModelId<'a> {
    /// Reads an id, an inference-profile id, or the ARN of either; the reason where an ARN has no
    /// model id.
    pub(super) fn read(text: &'a str) -> Measured<Self> {
        model_of_plain(text).map(Self::of)
    }

    /// Splits an id.
    pub(super) fn of(id: &'a str) -> Self {
        match id.split_once('.') {
            Some((scope, plain)) if SCOPES.contains(&scope) => Self { scope, plain },
            _ => Self {
                scope: "",
                plain: id,
            },
        }
    }

    /// The spellings to look up, most exact first: the id, without a context size (`:200k`),
    /// without its revision.
    fn spellings(&self) -> impl Iterator<Item = &'a str> {
        let cut = |id: &'a str| id.rsplit_once(':').map(|(left, _)| left);
        let once = cut(self.plain);
        [Some(self.plain), once, once.and_then(cut)]
            .into_iter()
            .flatten()
    }
}

/// Lookup by exact id, else by id without revision where only one model has it.
#[derive(Debug)]
pub(super) struct ByModel<T> {
    exact: HashMap<String, T>,
    /// Id without revision to full id; empty when several share it.
    bare: HashMap<String, String>,
}

impl<T> Default for ByModel<T> {
    fn default() -> Self {
        Self {
            exact: HashMap::new(),
            bare: HashMap::new(),
        }
    }
}

impl<T: Default> ByModel<T> {
    pub(super) fn entry(&mut self, id: &str) -> &mut T {
        if let Some((bare, _)) = id.split_once(':') {
            let full = self
                .bare
                .entry(bare.to_owned())
                .or_insert_with(|| id.to_owned());
            if full != id {
                full.clear();
            }
        }
        self.exact.entry(id.to_owned()).or_default()
    }
}

impl<T> ByModel<T> {
    pub(super) fn find(&self, id: &ModelId) -> Option<&T> {
        id.spellings()
            .find_map(|spelling| self.exact.get(spelling))
            .or_else(|| {
                let bare = id.plain.split(':').next().unwrap_or(id.plain);
                self.bare.get(bare).and_then(|full| self.exact.get(full))
            })
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.exact.values()
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.exact.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_resolves_to_its_model() {
        let opaque = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3";
        let profiles = Profiles::from([(
            opaque.into(),
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0".into(),
        )]);
        for (text, model) in [
            ("amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
            (
                "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0",
                "us.amazon.nova-pro-v1:0",
            ),
            (opaque, "amazon.nova-pro-v1:0"),
        ] {
            assert_eq!(model_of(text, &profiles).known(), Some(&model));
        }
        let asked = model_of(opaque, &Profiles::new())
            .why()
            .map(ToString::to_string);
        assert_eq!(
            asked.as_deref(),
            Some("application inference profile: its model is asked from Bedrock")
        );
    }
}
