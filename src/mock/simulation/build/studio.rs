//! Builds the Studio domains, users and apps of a scenario.

use crate::{
    domain::Timestamp,
    mock::{
        load_shape::LoadSpec,
        scenario::spec::{AppKind, AppSpec},
        simulation::{
            App, AppState, Domain, Holder, Space, Timeline, UserProfile, after, build::Builder,
        },
    },
};

/// Twelve small letters and digits.
pub(super) fn random_id(key: u64) -> String {
    (0..12)
        .map(|n| {
            char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[(key >> (n * 5)) as usize % 36])
        })
        .collect()
}

pub(super) fn kind_name(kind: AppKind) -> &'static str {
    match kind {
        AppKind::JupyterLab => "JupyterLab",
        AppKind::CodeEditor => "CodeEditor",
        AppKind::KernelGateway => "KernelGateway",
        AppKind::JupyterServer => "JupyterServer",
    }
}

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

    /// Adds the space of an app, unless an earlier app has added it.
    fn space(&mut self, spec: &AppSpec, domain: &Domain, name: &str, started: Timestamp) {
        let mut spaces = self.simulation.spaces.iter();
        if spaces.any(|known| known.domain == domain.id && known.name == name) {
            return;
        }
        let (region, account) = (&domain.region, &self.simulation.account.id);
        let space = Space {
            domain: domain.id.clone(),
            name: name.to_owned(),
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:space/{}/{name}",
                domain.id
            ),
            region: region.clone(),
            owner: spec.user.get_ref().clone(),
            app_type: kind_name(*spec.kind.get_ref()).to_owned(),
            shared: spec.shared,
            volume_gb: spec.volume_gb,
            created: after(started, -40.0 * 86_400.0).max(domain.created),
            tags: self.tags(&spec.tags),
        };
        self.simulation.spaces.push(space);
    }

    pub(super) fn app(&mut self, spec: &AppSpec) {
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
                self.space(spec, &domain, space.get_ref(), started);
                Holder::Space(space.get_ref().clone())
            }
        };
        let (Holder::User(owner) | Holder::Space(owner)) = &holder;
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
            lifecycle_config_arn: spec.lifecycle_config.as_ref().map(|name| {
                format!("arn:aws:sagemaker:{region}:{account}:studio-lifecycle-config/{name}")
            }),
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
}
