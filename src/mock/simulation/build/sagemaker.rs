//! From a scenario to Studio, endpoints and Bedrock.

use super::Builder;
use crate::mock::simulation::{
    App, AppState, Autoscaling, Commitment, Domain, Endpoint, EndpointState, Fleet, Holder,
    InferenceComponent, ModelUse, Profile, ScheduledAction, Space, Throughput, ThroughputState,
    Timeline, UserProfile, Variant, after,
};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        billing::names::{bill_service, usage_name},
        load_shape::LoadSpec,
        price_facts::{Facts, Tier},
        scenario::{
            spec::{
                AppKind, AppSpec, ComponentSpec, EndpointSpec, ModelSpec, ScalingSpec,
                ScheduleSpec, ThroughputSpec,
            },
            when::ScenarioTime,
        },
    },
};

impl Builder<'_> {
    pub(super) fn studio(&mut self) {
        for spec in &self.file.domain {
            let region = self.region(spec.region.as_ref());
            let account = self.simulation.account.id.clone();
            let id = format!(
                "d-{:012x}",
                self.key(&format!("domain/{}", spec.name.get_ref())) & 0xffff_ffff_ffff
            );
            let created = self.at(spec.created);
            let tags = self.tags(&spec.tags);
            for user in &spec.users {
                self.simulation.user_profiles.push(UserProfile {
                    domain: id.clone(),
                    name: user.clone(),
                    arn: format!("arn:aws:sagemaker:{region}:{account}:user-profile/{id}/{user}"),
                    region: region.clone(),
                    created: after(created, 600.0),
                    tags: tags.clone(),
                });
            }
            self.simulation.domains.push(Domain {
                arn: format!("arn:aws:sagemaker:{region}:{account}:domain/{id}"),
                id,
                name: spec.name.get_ref().clone(),
                region,
                created,
                idle_timeout_minutes: spec.idle_timeout,
                tags,
            });
        }
        for spec in &self.file.app {
            self.app(spec);
        }
    }

    fn app(&mut self, spec: &AppSpec) {
        let Some(domain) = self
            .simulation
            .domains
            .iter()
            .find(|domain| domain.name == *spec.domain.get_ref())
            .cloned()
        else {
            return;
        };
        let (kind, user) = (kind_name(*spec.kind.get_ref()), spec.user.get_ref());
        let (region, account) = (domain.region.clone(), self.simulation.account.id.clone());
        let started = self.at(spec.started);
        let tags = self.tags(&spec.tags);
        let holder = match &spec.space {
            None => Holder::User(user.clone()),
            Some(space) => {
                let space = space.get_ref();
                if !self
                    .simulation
                    .spaces
                    .iter()
                    .any(|known| known.domain == domain.id && known.name == *space)
                {
                    self.simulation.spaces.push(Space {
                        domain: domain.id.clone(),
                        name: space.clone(),
                        arn: format!(
                            "arn:aws:sagemaker:{region}:{account}:space/{}/{space}",
                            domain.id
                        ),
                        region: region.clone(),
                        owner: user.clone(),
                        app_type: kind.to_owned(),
                        shared: spec.shared,
                        volume_gb: spec.volume_gb,
                        created: after(started, -40.0 * 86_400.0).max(domain.created),
                        tags: tags.clone(),
                    });
                }
                Holder::Space(space.clone())
            }
        };
        let owner = match &holder {
            Holder::User(user) => user,
            Holder::Space(space) => space,
        };
        let mut life = Timeline::new(started, AppState::Pending);
        life.change(after(started, 50.0), AppState::InService);
        if let Some(deleted) = &spec.deleted {
            let at = self.at(*deleted.get_ref());
            life.change(at, AppState::Deleting);
            life.change(after(at, 15.0), AppState::Deleted);
        }
        let idle = LoadSpec::between(0.2, 1.0);
        let app = App {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:app/{}/{owner}/{}/{}",
                domain.id,
                kind.to_lowercase(),
                spec.name
            ),
            cpu: self.load(
                spec.cpu.as_ref().map_or(&idle, |cpu| cpu.get_ref()),
                &format!("app/{}/{owner}/{kind}", domain.id),
            ),
            domain: domain.id,
            holder,
            app_type: kind.to_owned(),
            name: spec.name.clone(),
            region,
            instance_type: spec.r#type.get_ref().clone(),
            created: started,
            reports_activity: spec.reports_activity,
            life,
            tags,
        };
        self.simulation.apps.push(app);
    }

    /// Registered a quarter of an hour after its creation; with a schedule alone at the count it
    /// has.
    fn scaling(
        &self,
        spec: Option<&ScalingSpec>,
        schedule: &[ScheduleSpec],
        count: u32,
        created: Timestamp,
    ) -> Option<Autoscaling> {
        let created = after(created, 900.0);
        let mut scaling = match spec {
            Some(spec) => Autoscaling::new(created, spec.min, spec.max, spec.target),
            None if schedule.is_empty() => return None,
            None => Autoscaling::new(created, count, count, None),
        };
        for (n, one) in schedule.iter().enumerate() {
            let action = ScheduledAction {
                name: one
                    .name
                    .clone()
                    .unwrap_or_else(|| format!("schedule-{}", n + 1)),
                schedule: one.at.get_ref().clone(),
                timezone: one.timezone.as_ref().map(|zone| zone.get_ref().clone()),
                start: None,
                end: None,
                min: one.min,
                max: one.max,
                created,
            };
            scaling.put(action, created, self.at(ScenarioTime::Offset(0.0)));
        }
        Some(scaling)
    }

    fn lag(&self) -> f64 {
        60.0 * self.simulation.pace
    }

    pub(super) fn endpoints(&mut self) {
        for spec in &self.file.endpoint {
            let endpoint = self.endpoint(spec);
            self.simulation.endpoints.push(endpoint);
        }
        for spec in &self.file.component {
            self.component(spec);
        }
    }

    fn endpoint(&self, spec: &EndpointSpec) -> Endpoint {
        let region = self.region(spec.region.as_ref());
        let account = &self.simulation.account.id;
        let name = spec.name.get_ref().clone();
        let created = self.at(spec.created);
        let image = format!(
            "763104351884.dkr.ecr.{region}.amazonaws.com/djl-inference:0.33.0-lmi15.0.0-cu128"
        );
        // Only asynchronous endpoints and hosts of components can have none.
        let zero = spec.r#async.unwrap_or(false)
            || spec
                .managed_instance_scaling
                .as_ref()
                .is_some_and(|managed| managed.min == 0);
        let floor = u32::from(!zero);
        let mut variants: Vec<Variant> = spec
            .variants
            .iter()
            .map(|one| Variant {
                name: one.name.clone(),
                model: Some(
                    one.model
                        .clone()
                        .unwrap_or_else(|| format!("{name}-{}", one.name.to_lowercase())),
                ),
                instance_type: Some(one.r#type.get_ref().clone()),
                facts: Facts::get().instance_type(one.r#type.get_ref()),
                serverless: None,
                weight: Timeline::new(created, one.weight),
                fleet: {
                    let scaling = self.scaling(
                        one.autoscaling.as_ref(),
                        &one.schedule,
                        one.instances,
                        created,
                    );
                    Fleet::new(created, one.instances, floor, scaling, self.lag())
                },
                managed: None,
                capacity: one.capacity,
                image: image.clone(),
            })
            .collect();
        if variants.is_empty() {
            let managed = spec
                .managed_instance_scaling
                .as_ref()
                .map(|managed| (managed.min, managed.max));
            variants.push(Variant {
                name: spec.variant.clone(),
                model: managed.is_none().then(|| {
                    spec.model
                        .clone()
                        .unwrap_or_else(|| format!("{name}-model"))
                }),
                instance_type: spec.r#type.as_ref().map(|ty| ty.get_ref().clone()),
                facts: spec
                    .r#type
                    .as_ref()
                    .and_then(|ty| Facts::get().instance_type(ty.get_ref())),
                serverless: spec.serverless,
                weight: Timeline::new(created, 1.0),
                fleet: {
                    let count = spec.instances.unwrap_or(0);
                    let scaling =
                        self.scaling(spec.autoscaling.as_ref(), &spec.schedule, count, created);
                    Fleet::new(created, count, floor.min(count), scaling, self.lag())
                },
                managed,
                capacity: spec.capacity,
                image,
            });
        }
        let mut life = Timeline::new(created, EndpointState::Creating);
        life.change(after(created, 300.0), EndpointState::InService);
        Endpoint {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:endpoint/{}",
                name.to_lowercase()
            ),
            config_name: format!("{name}-config-{}", created.strftime("%Y-%m-%d-%H-%M")),
            config_deleted: spec.config_deleted,
            created,
            async_output: spec
                .r#async
                .unwrap_or(false)
                .then(|| format!("s3://ml-prod-{region}/async/{name}/")),
            life,
            variants,
            requests: self.load(&spec.requests, &format!("endpoint/{region}/{name}")),
            latency_ms: spec.latency_ms,
            errors: spec.error_rate,
            tags: self.tags(&spec.tags),
            name,
            region,
        }
    }

    fn component(&mut self, spec: &ComponentSpec) {
        let Some(host) = self
            .simulation
            .endpoints
            .iter()
            .find(|endpoint| endpoint.name == *spec.endpoint.get_ref())
        else {
            return;
        };
        let (region, account, name) = (
            host.region.clone(),
            &self.simulation.account.id,
            spec.name.get_ref().clone(),
        );
        let created = spec
            .created
            .map_or(after(host.created, 1_200.0), |created| self.at(created));
        let mut life = Timeline::new(created, EndpointState::Creating);
        life.change(after(created, 240.0), EndpointState::InService);
        let component = InferenceComponent {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:inference-component/{}",
                name.to_lowercase()
            ),
            endpoint: host.name.clone(),
            variant: host.variants[0].name.clone(),
            model: spec.model.clone(),
            accelerators: spec.accelerators,
            cpus: spec.cpus,
            memory_mb: spec.memory_mb,
            created,
            life,
            fleet: Fleet::new(
                created,
                spec.copies,
                0,
                self.scaling(spec.autoscaling.as_ref(), &[], spec.copies, created),
                self.lag(),
            ),
            requests: self.load(&spec.requests, &format!("component/{region}/{name}")),
            capacity: spec.capacity,
            latency_ms: spec.latency_ms,
            tags: self.tags(&spec.tags),
            name,
            region,
        };
        self.simulation.components.push(component);
    }

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

    fn throughput(&self, spec: &ThroughputSpec) -> Throughput {
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

    fn term_end(&self, commitment: Commitment, purchased: Timestamp) -> Option<Timestamp> {
        commitment.term_end(purchased, self.at(ScenarioTime::Offset(0.0)))
    }

    /// The application profile of that name in the region, made if it is not there yet.
    fn profile(&mut self, name: &str, model: &str, region: &str, tags: &Tags) -> usize {
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

    fn model_use(&mut self, spec: &ModelSpec) -> ModelUse {
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
        // Two uses of one model have courses of their own.
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

/// Twelve small letters and digits.
fn random_id(key: u64) -> String {
    (0..12)
        .map(|n| {
            char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(key >> (n * 5)) as usize % 36])
        })
        .collect()
}

fn kind_name(kind: AppKind) -> &'static str {
    match kind {
        AppKind::JupyterLab => "JupyterLab",
        AppKind::CodeEditor => "CodeEditor",
        AppKind::KernelGateway => "KernelGateway",
        AppKind::JupyterServer => "JupyterServer",
    }
}
