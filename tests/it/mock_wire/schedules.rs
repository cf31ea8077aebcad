//! Application Auto Scaling: scalable targets and scheduled actions.

use super::{config, until};
use aws_sdk_applicationautoscaling::{
    Client,
    error::ProvideErrorMetadata,
    operation::put_scheduled_action::builders::PutScheduledActionFluentBuilder,
    types::{ScalableDimension, ScalableTargetAction, ScheduledAction, ServiceNamespace},
};
use spendtop::{
    domain::Timestamp,
    mock::{Mock, Options, Scenario},
};

const TARGET: &str = "endpoint/rec-endpoint/variant/AllTraffic";
const DIMENSION: ScalableDimension = ScalableDimension::SageMakerVariantDesiredInstanceCount;

/// A mock whose clock runs ten minutes per second, so that actions are due soon.
fn fast_mock() -> Mock {
    Mock::start(Options {
        pace: 0.01,
        speed: 600.0,
        ..Options::new(Scenario::find("weekend-spike").unwrap())
    })
    .unwrap()
}

/// A client for the variant of `rec-endpoint`.
struct Scaling(Client);

impl Scaling {
    async fn new(mock: &Mock) -> Self {
        Self(Client::new(&config(mock, "us-east-1").await))
    }

    /// The request for a scheduled action that scales to two.
    fn put(&self, schedule: &str) -> PutScheduledActionFluentBuilder {
        let two = ScalableTargetAction::builder()
            .min_capacity(2)
            .max_capacity(2)
            .build();
        self.0
            .put_scheduled_action()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_id(TARGET)
            .scalable_dimension(DIMENSION)
            .scheduled_action_name("down")
            .schedule(schedule)
            .scalable_target_action(two)
    }

    async fn register(&self) {
        let register = self
            .0
            .register_scalable_target()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_id(TARGET)
            .scalable_dimension(DIMENSION);
        let register = register.min_capacity(1).max_capacity(8);
        register.send().await.unwrap();
    }

    async fn list(&self) -> Vec<ScheduledAction> {
        let list = self
            .0
            .describe_scheduled_actions()
            .service_namespace(ServiceNamespace::Sagemaker)
            .resource_id(TARGET);
        list.send().await.unwrap().scheduled_actions().to_vec()
    }
}

/// The schedule of a moment in two minutes.
fn soon(mock: &Mock) -> String {
    let at = Timestamp::from_second(mock.now().as_second() + 120).unwrap();
    at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()
}

#[tokio::test]
async fn scheduled_action_needs_a_target_and_a_valid_schedule() {
    let mock = fast_mock();
    let scaling = Scaling::new(&mock).await;
    let without_target = scaling.put(&soon(&mock)).send().await.unwrap_err();
    assert_eq!(without_target.code(), Some("ObjectNotFoundException"));
    scaling.register().await;
    let invalid = scaling.put("every day").send().await.unwrap_err();
    assert_eq!(invalid.code(), Some("ValidationException"));
}

#[tokio::test]
async fn scheduled_scaling_moves_an_endpoint() {
    let mock = fast_mock();
    let scaling = Scaling::new(&mock).await;
    scaling.register().await;
    let at = soon(&mock);
    scaling.put(&at).timezone("UTC").send().await.unwrap();
    let action = &scaling.list().await[0];
    assert_eq!(
        (
            action.scheduled_action_name(),
            action.schedule(),
            action.timezone()
        ),
        ("down", at.as_str(), Some("UTC"))
    );
    let bounds = action.scalable_target_action().unwrap();
    assert_eq!(bounds.min_capacity(), Some(2));
    let sagemaker = aws_sdk_sagemaker::Client::new(&config(&mock, "us-east-1").await);
    until("scaled by its schedule", async || {
        let describe = sagemaker.describe_endpoint().endpoint_name("rec-endpoint");
        let answer = describe.send().await.unwrap();
        (answer.production_variants()[0].current_instance_count() == Some(2)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn action_and_target_are_deleted() {
    let mock = fast_mock();
    let scaling = Scaling::new(&mock).await;
    scaling.register().await;
    scaling.put("cron(0 8 * * ? *)").send().await.unwrap();
    assert_eq!(scaling.list().await.len(), 1);
    let delete = scaling
        .0
        .delete_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(TARGET)
        .scalable_dimension(DIMENSION)
        .scheduled_action_name("down");
    delete.send().await.unwrap();
    assert!(scaling.list().await.is_empty());
    let deregister = scaling
        .0
        .deregister_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(TARGET)
        .scalable_dimension(DIMENSION);
    deregister.send().await.unwrap();
    let describe = scaling
        .0
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_ids(TARGET);
    let left = describe.send().await.unwrap();
    assert!(left.scalable_targets().is_empty());
}
