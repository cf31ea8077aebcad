//! Prices of custom models: their units and their training.

use super::Facts;

impl Facts {
    /// Dollars per hour of a custom model unit of `version`, of an active copy of an imported
    /// model.
    pub fn custom_model_unit(&self, version: &str, region: &str) -> Option<f64> {
        let scope = if region.starts_with("us-") {
            "lower-priced regions"
        } else {
            "other regions"
        };
        let rates = || self.model_copies.iter().filter(|(of, ..)| of == version);
        let (.., minute) = rates()
            .find(|(_, of, _)| of == scope)
            .or_else(|| rates().next())?;
        Some(minute * 60.0)
    }

    /// Dollars per 1,000 training tokens of a model that is customized in `region`, where listed by
    /// its name: `llama3-1-8b`.
    pub fn training_tokens(&self, model: &str, region: &str) -> Option<f64> {
        let id = model.replace('.', "-");
        // Some rows name no region: `listed regions`.
        let here = |scope: &str| {
            !scope.contains("-east-") && !scope.contains("-west-")
                || scope.split(' ').any(|one| one == region)
        };
        let listed = self
            .training
            .iter()
            .filter(|(name, scope, _)| id.contains(name.as_str()) && here(scope));
        listed
            .max_by_key(|(name, ..)| name.len())
            .map(|(.., million)| million / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_is_priced_where_the_model_is_customized() {
        let facts = Facts::get();
        let (llama, light) = (
            "meta.llama3-1-8b-instruct-v1:0",
            "cohere.command-light-text-v14:7:4k",
        );
        for (model, region, usd) in [
            (llama, "us-west-2", Some(0.001_49)),
            (llama, "us-east-1", None),
            ("amazon.nova-2-lite-v1:0", "us-east-1", Some(0.003_78)),
            (light, "us-east-1", Some(0.001)),
            ("anthropic.claude-3-haiku-20240307-v1:0", "us-west-2", None),
        ] {
            let found = facts.training_tokens(model, region);
            let is_alike = match (found, usd) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-12,
                (a, b) => a == b,
            };
            assert!(is_alike, "{model} {region}: {found:?}");
        }
    }
}
