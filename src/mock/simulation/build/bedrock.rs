//! Builds the provisioned throughput, models and profiles of a scenario.

use crate::{
    domain::{Tags, Timestamp},
    mock::{
        billing::names::{bill_service, usage_name},
        load_shape::LoadSpec,
        price_facts::{Facts, Tier},
        scenario::{
            spec::{ModelSpec, ThroughputSpec},
            when::ScenarioTime,
        },
        simulation::{
            Commitment, ModelUse, Profile, Throughput, ThroughputState, Timeline, after,
            build::{Builder, studio::random_id},
        },
    },
};

impl Builder<'_> {
    pub(super) fn bedrock(&mut self) {
        for spec in &self.file.throughput {
            let throughput = self.throughput(spec);
            self.simulation.throughputs.push(throughput);
        }
        for spec in &self.file.model {
            let model = self.model_use(spec);
            self.simulation.model_uses.push(model);
        }
    }

    pub(super) fn throughput(&self, spec: &ThroughputSpec) -> Throughput {
        let region = self.region(spec.region.as_ref());
        let (name, model) = (spec.name.get_ref().clone(), spec.model.get_ref().clone());
        let purchased = self.at(spec.purchased);
        let custom = spec
            .custom_model
            .as_ref()
            .map(|name| name.get_ref().clone());
        let base_arn = format!("arn:aws:bedrock:{region}::foundation-model/{model}");
        let key = self.key(&format!("pt/{region}/{name}"));
        let id = random_id(key);
        let mut life = Timeline::new(purchased, ThroughputState::Creating);
        life.change(after(purchased, 180.0), ThroughputState::InService);
        Throughput {
            arn: format!(
                "arn:aws:bedrock:{region}:{}:provisioned-model/{id}",
                self.simulation.account.id
            ),
            id,
            bought_for: custom.as_ref().map_or_else(
                || base_arn.clone(),
                |name| self.custom_model(&region, &model, name),
            ),
            swaps: Vec::new(),
            custom,
            base_arn,
            units: spec.units,
            commitment: spec.commitment,
            commitment_ends: self.term_end(spec.commitment, purchased),
            created: purchased,
            modified: after(purchased, 180.0),
            life,
            used: self.load(spec.utilization.get_ref(), &format!("used/{region}/{name}")),
            tokens_per_minute: spec.tokens_per_minute,
            output_share: spec.output_share,
            request_tokens: spec.request_tokens,
            tags: self.tags(&spec.tags),
            name,
            model,
            region,
        }
    }

    pub(super) fn term_end(
        &self,
        commitment: Commitment,
        purchased: Timestamp,
    ) -> Option<Timestamp> {
        commitment.term_end(purchased, self.at(ScenarioTime::Offset(0.0)))
    }

    /// The application profile of that name in the region; adds it if it is absent.
    pub(super) fn profile(&mut self, name: &str, model: &str, region: &str, tags: &Tags) -> usize {
        if let Some(place) = self
            .simulation
            .profiles
            .iter()
            .position(|one| one.name == name && one.region == region)
        {
            return place;
        }
        let key = self.key(&format!("profile/{region}/{name}"));
        let id = random_id(key);
        self.simulation.profiles.push(Profile {
            arn: format!(
                "arn:aws:bedrock:{region}:{}:application-inference-profile/{id}",
                self.simulation.account.id
            ),
            name: name.to_owned(),
            id,
            region: region.to_owned(),
            model: model.to_owned(),
            created: self.at(ScenarioTime::Offset(-90.0 * 86_400.0)),
            tags: self.tags(tags),
        });
        self.simulation.profiles.len() - 1
    }

    pub(super) fn model_use(&mut self, spec: &ModelSpec) -> ModelUse {
        let region = self.region(spec.region.as_ref());
        let model = spec.id.get_ref().clone();
        let profile = spec
            .profile
            .as_ref()
            .map(|name| self.profile(name.get_ref(), &model, &region, &spec.tags));
        let metric_id = profile.map_or_else(
            || model.clone(),
            |place| self.simulation.profiles[place].id.clone(),
        );
        // Each use of a model has its own noise.
        let own = match (spec.tier, profile) {
            (Tier::Standard, None) => model.clone(),
            (tier, _) => format!("{metric_id}/{}", tier.word()),
        };
        let percent = |share: &Option<toml::Spanned<f64>>| {
            share.as_ref().map_or(0.0, |share| share.get_ref() / 100.0)
        };
        let short = usage_name(&model);
        let service = spec.service.clone().unwrap_or_else(|| bill_service(&model));
        ModelUse {
            requests: self.load(&spec.requests, &format!("requests/{region}/{own}")),
            input_tokens: spec.input_tokens,
            growth: self.load(
                spec.growth.as_ref().unwrap_or(&LoadSpec::level(1.0)),
                &format!("growth/{region}/{own}"),
            ),
            output_tokens: spec.output_tokens,
            cache_read_tokens: spec.cache_read_tokens,
            cache_write_tokens: spec.cache_write_tokens,
            cached: (
                percent(&spec.cache_read_percent),
                percent(&spec.cache_write_percent),
            ),
            tier: spec.tier,
            profile,
            metric_id,
            latency_ms: spec.latency_ms,
            throttled: spec.throttle_rate,
            rates: Facts::get().token_rates(&model, &region, spec.tier),
            service,
            usage_name: spec.usage_name.clone().unwrap_or(short),
            model,
            region,
        }
    }
}
