//! SageMaker Studio: domains, user profiles, spaces and apps.

use super::{ServiceError, Simulation, Timeline, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::load_shape::Load,
};

/// A Studio domain.
#[derive(Clone, Debug)]
pub struct Domain {
    /// `d-...`
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// When it was created.
    pub created: Timestamp,
    /// Idle shutdown after so many minutes, for JupyterLab and Code Editor; `None`: no idle
    /// shutdown.
    pub idle_timeout_minutes: Option<u32>,
    /// Tags.
    pub tags: Tags,
}

/// A user profile.
#[derive(Clone, Debug)]
pub struct UserProfile {
    /// Its domain's id.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// When it was created.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// A space: the storage and settings an app of a user runs in.
#[derive(Clone, Debug)]
pub struct Space {
    /// Its domain's id.
    pub domain: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// The user profile it belongs to.
    pub owner: String,
    /// `JupyterLab` or `CodeEditor`.
    pub app_type: String,
    /// Whether all users of the domain may use it, not only its owner.
    pub shared: bool,
    /// EBS volume, GB.
    pub volume_gb: u32,
    /// When it was created.
    pub created: Timestamp,
    /// Tags.
    pub tags: Tags,
}

/// The user or space an app runs for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A user profile (KernelGateway, JupyterServer).
    User(String),
    /// A space (JupyterLab, CodeEditor).
    Space(String),
}

/// A Studio app's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppState {
    /// Starting.
    Pending,
    /// Billed.
    InService,
    /// Stopping.
    Deleting,
    /// Deleted, and listed for a day.
    Deleted,
    /// Failed to start.
    Failed,
}

impl AppState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InService => "InService",
            Self::Deleting => "Deleting",
            Self::Deleted => "Deleted",
            Self::Failed => "Failed",
        }
    }
}

/// A Studio app.
#[derive(Clone, Debug)]
pub struct App {
    /// Its domain's id.
    pub domain: String,
    /// The account.
    pub holder: Holder,
    /// `JupyterLab`, `CodeEditor`, `KernelGateway`, `JupyterServer`.
    pub app_type: String,
    /// Its name, often `default`.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `ml.g5.xlarge`, or `system`, which is free.
    pub instance_type: String,
    /// When it was created.
    pub created: Timestamp,
    /// Its state over time.
    pub life: Timeline<AppState>,
    /// Whether its image distinguishes a person's activity from a health check.
    pub reports_activity: bool,
    /// The ARN of the lifecycle configuration that it started with.
    pub lifecycle_config_arn: Option<String>,
    /// CPU utilisation, percent; 2 or more means that a person works.
    pub cpu: Load,
    /// Tags.
    pub tags: Tags,
}

impl App {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> AppState {
        self.life.value(now)
    }

    /// `LastHealthCheckTimestamp`: every minute while it is in service.
    pub fn last_health_check(&self, now: Timestamp) -> Option<Timestamp> {
        let end = self
            .life
            .last_became(now, |state| state == AppState::Deleting)
            .unwrap_or(now);
        let minute = Timestamp::from_second(end.as_second().div_euclid(60) * 60).ok()?;
        (minute >= self.created && self.state(now) != AppState::Pending).then_some(minute)
    }

    /// `LastUserActivityTimestamp`. AWS says that health checks bump it too, and then it tells
    /// nothing; where the image reports activity it is the last five minutes before the check in
    /// which a person worked, looked for over two weeks.
    pub fn last_user_activity(&self, now: Timestamp) -> Option<Timestamp> {
        let checked = self.last_health_check(now)?;
        if !self.reports_activity {
            return Some(checked);
        }
        let grid = checked.as_second().div_euclid(300) * 300;
        let moments = (0..4_032).filter_map(|step| Timestamp::from_second(grid - step * 300).ok());
        moments
            .take_while(|at| *at >= self.created)
            .find(|at| *at < checked && self.cpu.at(*at) >= 2.0)
            .or(Some(self.created))
    }
}

impl Simulation {
    /// The domains of a region.
    pub fn domains(&self, region: &str) -> Vec<&Domain> {
        self.domains
            .iter()
            .filter(|domain| domain.region == region)
            .collect()
    }

    /// One domain by id.
    pub fn domain(&self, region: &str, id: &str) -> Result<&Domain, ServiceError> {
        self.domains
            .iter()
            .find(|domain| domain.region == region && domain.id == id)
            .ok_or_else(|| {
                ServiceError::new("ResourceNotFound", format!("Domain [{id}] does not exist."))
            })
    }

    /// The user profiles of a region.
    pub fn user_profiles(&self, region: &str) -> Vec<&UserProfile> {
        self.user_profiles
            .iter()
            .filter(|user| user.region == region)
            .collect()
    }

    /// The spaces of a region.
    pub fn spaces(&self, region: &str) -> Vec<&Space> {
        self.spaces
            .iter()
            .filter(|space| space.region == region)
            .collect()
    }

    /// The apps of a region; deleted ones stay listed for a day.
    pub fn apps(&self, region: &str, now: Timestamp) -> Vec<&App> {
        let listed = |app: &&App| {
            app.region == region
                && app.created <= now
                && (app.state(now) != AppState::Deleted
                    || app.life.since(now) > after(now, -86_400.0))
        };
        self.apps.iter().filter(listed).collect()
    }

    /// One app.
    pub fn app(
        &self,
        region: &str,
        domain: &str,
        holder: &Holder,
        app_type: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&App, ServiceError> {
        self.domain(region, domain)?;
        self.app_place(domain, holder, app_type, name, now)
            .map(|place| &self.apps[place])
    }

    fn app_place(
        &self,
        domain: &str,
        holder: &Holder,
        app_type: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let same = |app: &App| {
            app.domain == domain
                && app.holder == *holder
                && app.app_type == app_type
                && app.name == name
        };
        // Names are reused: the newest app counts.
        self.apps
            .iter()
            .rposition(|app| same(app) && app.created <= now)
            .ok_or_else(|| {
                let who = match holder {
                    Holder::User(user) => format!("UserProfileName [{user}]"),
                    Holder::Space(space) => format!("SpaceName [{space}]"),
                };
                ServiceError::new(
                    "ResourceNotFound",
                    format!(
                        "App [{name}] of type [{app_type}] with DomainId [{domain}] and {who} \
                         does not exist."
                    ),
                )
            })
    }

    /// `DeleteApp`
    pub fn delete_app(
        &mut self,
        region: &str,
        domain: &str,
        holder: &Holder,
        app_type: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.domain(region, domain)?;
        let (place, pace) = (
            self.app_place(domain, holder, app_type, name, now)?,
            self.pace,
        );
        let app = &mut self.apps[place];
        match app.state(now) {
            AppState::Deleted => {
                return Err(ServiceError::new(
                    "ResourceNotFound",
                    format!("App [{name}] of type [{app_type}] does not exist."),
                ));
            }
            AppState::Deleting => {
                return Err(ServiceError::new(
                    "ResourceInUse",
                    format!("App [{name}] is already in [Deleting] state."),
                ));
            }
            AppState::Pending => {
                return Err(ServiceError::new(
                    "ResourceInUse",
                    format!("App [{name}] is in [Pending] state and cannot be deleted."),
                ));
            }
            AppState::InService | AppState::Failed => {}
        }
        app.life.change(now, AppState::Deleting);
        app.life.change(after(now, 15.0 * pace), AppState::Deleted);
        Ok(())
    }
}
