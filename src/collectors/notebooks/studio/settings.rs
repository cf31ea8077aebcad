//! Whether a Studio app stops by itself: idle shutdown and default lifecycle configurations of its
//! space, its user profile and its domain.
//!
//! A user profile overrides the domain's idle shutdown, and a space only its timeout (SageMaker
//! Developer Guide, "Idle shutdown"). An app starts with the lifecycle configuration that it names,
//! or with the default of the nearest level; the configuration is a script, which may stop it.

use crate::aws::Api;
use crate::collectors::Context;
use crate::{
    aws::fault,
    domain::{Fault, Measured},
};
use aws_sdk_sagemaker::types;
use std::{collections::HashMap, sync::Arc};

/// A level that has settings for apps.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum SettingsLevel {
    /// A domain's defaults for user profiles, by domain.
    Domain(Arc<str>),
    /// A domain's defaults for shared spaces, by domain.
    SharedSpaces(Arc<str>),
    /// A user profile, by domain and name.
    Profile(Arc<str>, Arc<str>),
    /// A space, by domain and name.
    Space(Arc<str>, Arc<str>),
}

impl SettingsLevel {
    fn label(&self) -> &'static str {
        match self {
            Self::Domain(_) => "domain",
            Self::SharedSpaces(_) => "domain's spaces",
            Self::Profile(..) => "user profile",
            Self::Space(..) => "space",
        }
    }
}

/// The settings of one level, by app type.
pub(super) type LevelSettings = HashMap<&'static str, AppSettings>;

/// The settings of one level for apps of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AppSettings {
    /// Whether idle shutdown is on; `None` if the level does not say.
    idle_shutdown: Option<bool>,
    /// The name of the default lifecycle configuration.
    lifecycle_config: Option<Arc<str>>,
}

impl AppSettings {
    fn new(
        spec: Option<&types::ResourceSpec>,
        management: Option<&types::AppLifecycleManagement>,
    ) -> Self {
        let management = management
            .and_then(types::AppLifecycleManagement::idle_settings)
            .and_then(types::IdleSettings::lifecycle_management);
        Self {
            idle_shutdown: management.map(|management| management.as_str() == "ENABLED"),
            lifecycle_config: spec
                .and_then(types::ResourceSpec::lifecycle_config_arn)
                .map(name_of_config),
        }
    }
}

/// The name in the ARN of a lifecycle configuration.
pub(super) fn name_of_config(arn: &str) -> Arc<str> {
    arn.rsplit('/').next().unwrap_or(arn).into()
}

/// Whether an app of `app_type` stops by itself. `levels` are its levels with their settings, the
/// nearest first; `own` is the lifecycle configuration that it names.
pub(super) fn auto_stop(
    app_type: &str,
    own: Option<Arc<str>>,
    levels: &[(SettingsLevel, Measured<LevelSettings>)],
) -> Measured<bool> {
    let known = |settings: &LevelSettings| settings.get(app_type).cloned().unwrap_or_default();
    let mut unread = None;
    for (_, settings) in levels {
        match settings {
            Measured::Known(settings) => match known(settings).idle_shutdown {
                Some(true) if unread.is_none() => return Measured::Known(true),
                Some(_) => break,
                None => {}
            },
            Measured::Unknown(why) => unread = unread.or_else(|| Some(why.clone())),
        }
    }
    if let Some(name) = own {
        return Measured::unknown(format!("its lifecycle configuration {name} may stop it"));
    }
    for (level, settings) in levels {
        let config = settings
            .known()
            .and_then(|settings| known(settings).lifecycle_config);
        if let Some(name) = config {
            return Measured::unknown(format!(
                "the lifecycle configuration {name} of its {} may stop it",
                level.label()
            ));
        }
    }
    unread.map_or(Measured::Known(false), Measured::Unknown)
}

/// Reads the settings of `level`.
pub(super) async fn describe(cx: &Context, level: &SettingsLevel) -> Result<LevelSettings, Fault> {
    match level {
        SettingsLevel::Domain(domain) | SettingsLevel::SharedSpaces(domain) => {
            let request = cx.session.sagemaker.describe_domain();
            let answer = request.domain_id(&**domain).send().await;
            let answer =
                answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeDomain, &error))?;
            Ok(match level {
                SettingsLevel::Domain(_) => answer.default_user_settings().map(of_user),
                _ => answer.default_space_settings().map(of_shared_spaces),
            }
            .unwrap_or_default())
        }
        SettingsLevel::Profile(domain, user) => {
            let request = cx.session.sagemaker.describe_user_profile();
            let request = request.domain_id(&**domain);
            let answer = request.user_profile_name(&**user).send().await;
            let answer = answer
                .map_err(|error| fault::from_sdk(Api::SageMakerDescribeUserProfile, &error))?;
            Ok(answer.user_settings().map(of_user).unwrap_or_default())
        }
        SettingsLevel::Space(domain, space) => {
            let request = cx.session.sagemaker.describe_space().domain_id(&**domain);
            let answer = request.space_name(&**space).send().await;
            let answer =
                answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeSpace, &error))?;
            Ok(answer.space_settings().map(of_space).unwrap_or_default())
        }
    }
}

fn of_user(settings: &types::UserSettings) -> LevelSettings {
    let lab = settings
        .jupyter_lab_app_settings()
        .map(|lab| AppSettings::new(lab.default_resource_spec(), lab.app_lifecycle_management()));
    let editor = settings.code_editor_app_settings().map(|editor| {
        AppSettings::new(
            editor.default_resource_spec(),
            editor.app_lifecycle_management(),
        )
    });
    let server = settings.jupyter_server_app_settings();
    let kernels = settings.kernel_gateway_app_settings();
    by_type(lab, editor, server, kernels)
}

fn of_shared_spaces(settings: &types::DefaultSpaceSettings) -> LevelSettings {
    let lab = settings
        .jupyter_lab_app_settings()
        .map(|lab| AppSettings::new(lab.default_resource_spec(), lab.app_lifecycle_management()));
    let server = settings.jupyter_server_app_settings();
    let kernels = settings.kernel_gateway_app_settings();
    by_type(lab, None, server, kernels)
}

fn of_space(settings: &types::SpaceSettings) -> LevelSettings {
    let lab = settings
        .jupyter_lab_app_settings()
        .map(|lab| AppSettings::new(lab.default_resource_spec(), None));
    let editor = settings
        .code_editor_app_settings()
        .map(|editor| AppSettings::new(editor.default_resource_spec(), None));
    let server = settings.jupyter_server_app_settings();
    let kernels = settings.kernel_gateway_app_settings();
    by_type(lab, editor, server, kernels)
}

fn by_type(
    lab: Option<AppSettings>,
    editor: Option<AppSettings>,
    server: Option<&types::JupyterServerAppSettings>,
    kernels: Option<&types::KernelGatewayAppSettings>,
) -> LevelSettings {
    let server = server.map(|server| AppSettings::new(server.default_resource_spec(), None));
    let kernels = kernels.map(|kernels| AppSettings::new(kernels.default_resource_spec(), None));
    [
        ("JupyterLab", lab),
        ("CodeEditor", editor),
        ("JupyterServer", server),
        ("KernelGateway", kernels),
    ]
    .into_iter()
    .filter_map(|(app_type, settings)| Some((app_type, settings?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Reason;

    fn level(
        level: SettingsLevel,
        idle_shutdown: Option<bool>,
        config: Option<&str>,
    ) -> (SettingsLevel, Measured<LevelSettings>) {
        let settings = AppSettings {
            idle_shutdown,
            lifecycle_config: config.map(Arc::from),
        };
        (level, Measured::Known([("JupyterLab", settings)].into()))
    }

    fn domain() -> SettingsLevel {
        SettingsLevel::Domain("d".into())
    }

    fn profile() -> SettingsLevel {
        SettingsLevel::Profile("d".into(), "ana".into())
    }

    fn space() -> SettingsLevel {
        SettingsLevel::Space("d".into(), "s".into())
    }

    #[test]
    fn a_user_profile_overrides_the_idle_shutdown_of_its_domain() {
        for (of_profile, of_domain, expected) in [
            (Some(false), Some(true), false),
            (Some(true), Some(false), true),
            (None, Some(true), true),
            (None, None, false),
        ] {
            let levels = [
                level(profile(), of_profile, None),
                level(domain(), of_domain, None),
            ];
            let stops = auto_stop("JupyterLab", None, &levels);
            assert_eq!(
                stops.known(),
                Some(&expected),
                "{of_profile:?} {of_domain:?}"
            );
        }
    }

    #[test]
    fn the_nearest_lifecycle_configuration_may_stop_an_app() {
        let levels = [
            level(space(), None, None),
            level(profile(), None, Some("stop-60")),
            level(domain(), Some(false), Some("base")),
        ];
        let why = |own: Option<&str>| auto_stop("JupyterLab", own.map(Arc::from), &levels);
        assert_eq!(
            why(None).why().map(ToString::to_string).as_deref(),
            Some("the lifecycle configuration stop-60 of its user profile may stop it")
        );
        assert_eq!(
            why(Some("mine")).why().map(ToString::to_string).as_deref(),
            Some("its lifecycle configuration mine may stop it")
        );
    }

    #[test]
    fn a_level_that_may_not_be_read_leaves_the_answer_unknown() {
        let denied = Measured::Unknown(Reason::new("denied"));
        let levels = [(profile(), denied), level(domain(), Some(true), None)];
        assert_eq!(auto_stop("JupyterLab", None, &levels).known(), None);
    }
}
