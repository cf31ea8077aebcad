//! Client settings of changes: one attempt, whose response body is read to its end.

use super::response::BodyValidator;
use aws_config::retry::RetryConfig;

macro_rules! once {
    ($($service:ident $sdk:ident $body:ident,)*) => {
        $(#[doc = concat!("For `", stringify!($sdk), "`.")]
        pub(super) fn $service() -> $sdk::config::Builder {
            $sdk::Config::builder()
                .retry_config(RetryConfig::disabled())
                .interceptor(BodyValidator::$body)
        })*
    };
}

once! {
    application_autoscaling aws_sdk_applicationautoscaling Json,
    bedrock aws_sdk_bedrock Json,
    cost_explorer aws_sdk_costexplorer Json,
    ec2 aws_sdk_ec2 Xml,
    sagemaker aws_sdk_sagemaker Json,
}

/// Sends a request builder of the SDK once: `send!(request, ec2, Ec2CreateTags)`.
macro_rules! send {
    ($request:expr, $client:ident, $api:ident) => {{
        let once = $request
            .customize()
            .config_override($crate::aws::actions::client_config::$client());
        let sent = once.send().await;
        sent.map(drop).map_err(|error| {
            $crate::aws::actions::response::of($crate::aws::api::Api::$api, &error)
        })
    }};
}
pub(super) use send;
