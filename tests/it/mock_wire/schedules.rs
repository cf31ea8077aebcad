//! Application Auto Scaling: scalable targets and scheduled actions.

use super::{config, until};
use aws_sdk_applicationautoscaling::{
    Client,
    error::ProvideErrorMetadata,
    types::{ScalableDimension, ScalableTargetAction, ServiceNamespace},
};
use spendtop::mock::{Mock, Options, Scenario};

const TARGET: &str = "endpoint/rec-endpoint/variant/AllTraffic";

#[tokio::test]
async fn scheduled_scaling_moves_an_endpoint() {
    // The clock runs ten minutes per second, so that actions are due soon.
    let mock = Mock::start(Options {
        pace: 0.01,
        speed: 600.0,
        ..Options::new(Scenario::find("weekend-spike").unwrap())
    })
    .unwrap();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let (namespace, dimension) = (
        ServiceNamespace::Sagemaker,
        ScalableDimension::SageMakerVariantDesiredInstanceCount,
    );
    let put = |schedule: &str| {
        let bounds = ScalableTargetAction::builder()
            .min_capacity(2)
            .max_capacity(2)
            .build();
        let ask = client
            .put_scheduled_action()
            .service_namespace(namespace.clone())
            .resource_id(TARGET);
        ask.scalable_dimension(dimension.clone())
            .scheduled_action_name("down")
            .schedule(schedule)
            .scalable_target_action(bounds)
    };
    let soon = mock.now().as_second() + 120;
    let at = spendtop::domain::Timestamp::from_second(soon)
        .unwrap()
        .strftime("at(%Y-%m-%dT%H:%M:%S)")
        .to_string();
    assert_eq!(
        put(&at).send().await.unwrap_err().code(),
        Some("ObjectNotFoundException")
    );
    let register = client
        .register_scalable_target()
        .service_namespace(namespace.clone())
        .resource_id(TARGET);
    register
        .scalable_dimension(dimension.clone())
        .min_capacity(1)
        .max_capacity(8)
        .send()
        .await
        .unwrap();
    assert_eq!(
        put("every day").send().await.unwrap_err().code(),
        Some("ValidationException")
    );
    put(&at).timezone("UTC").send().await.unwrap();
    let listed = async || {
        let ask = client
            .describe_scheduled_actions()
            .service_namespace(namespace.clone())
            .resource_id(TARGET);
        ask.send().await.unwrap().scheduled_actions().to_vec()
    };
    let action = &listed().await[0];
    assert_eq!(
        (
            action.scheduled_action_name(),
            action.schedule(),
            action.timezone()
        ),
        ("down", at.as_str(), Some("UTC"))
    );
    assert_eq!(
        action.scalable_target_action().unwrap().min_capacity(),
        Some(2)
    );
    let sagemaker = aws_sdk_sagemaker::Client::new(&config(&mock, "us-east-1").await);
    until("scaled by its schedule", async || {
        let answer = sagemaker
            .describe_endpoint()
            .endpoint_name("rec-endpoint")
            .send()
            .await
            .unwrap();
        (answer.production_variants()[0].current_instance_count() == Some(2)).then_some(())
    })
    .await;
    let delete = client
        .delete_scheduled_action()
        .service_namespace(namespace.clone())
        .resource_id(TARGET);
    delete
        .scalable_dimension(dimension.clone())
        .scheduled_action_name("down")
        .send()
        .await
        .unwrap();
    assert!(listed().await.is_empty());
    let deregister = client
        .deregister_scalable_target()
        .service_namespace(namespace.clone())
        .resource_id(TARGET);
    deregister
        .scalable_dimension(dimension.clone())
        .send()
        .await
        .unwrap();
    let left = client
        .describe_scalable_targets()
        .service_namespace(namespace)
        .resource_ids(TARGET)
        .send()
        .await
        .unwrap();
    assert!(left.scalable_targets().is_empty());
}
