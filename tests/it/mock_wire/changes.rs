//! Changes: accepted, in transition and complete.

use super::{config, mock, until};
use aws_sdk_ec2::{Client as Ec2, types::Tag};
use aws_sdk_sagemaker::{
    Client as SageMaker,
    types::{
        AppStatus, AppType, DesiredWeightAndCapacity, EndpointStatus,
        InferenceComponentRuntimeConfig,
    },
};
use spendtop::mock::simulation::JobKind;

#[tokio::test]
async fn instance_stops_and_starts() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let id = mock
        .simulation()
        .instances("us-east-1", mock.now())
        .iter()
        .find(|one| one.instance_type == "p4d.24xlarge")
        .unwrap()
        .id
        .clone();
    let state = async || {
        let answer = ec2
            .describe_instances()
            .instance_ids(&id)
            .send()
            .await
            .unwrap();
        answer.reservations()[0].instances()[0]
            .state()
            .unwrap()
            .name()
            .unwrap()
            .as_str()
            .to_owned()
    };
    let stopped = ec2.stop_instances().instance_ids(&id).send().await.unwrap();
    let change = &stopped.stopping_instances()[0];
    assert_eq!(
        change.previous_state().unwrap().name().unwrap().as_str(),
        "running"
    );
    assert_eq!(
        change.current_state().unwrap().name().unwrap().as_str(),
        "stopping"
    );
    until("stopped", async || {
        (state().await == "stopped").then_some(())
    })
    .await;
    ec2.start_instances()
        .instance_ids(&id)
        .send()
        .await
        .unwrap();
    until("running", async || {
        (state().await == "running").then_some(())
    })
    .await;
}

#[tokio::test]
async fn ec2_tags_are_set_and_removed() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let id = mock.simulation().instances("us-east-1", mock.now())[0]
        .id
        .clone();
    let value = "a<b & \"c\" ü 推論";
    ec2.create_tags()
        .resources(&id)
        .tags(Tag::builder().key("note").value(value).build())
        .send()
        .await
        .unwrap();
    assert_eq!(
        mock.simulation()
            .instance("us-east-1", &id, mock.now())
            .unwrap()
            .tags
            .get("note")
            .map(String::as_str),
        Some(value)
    );
    let answer = ec2
        .describe_instances()
        .instance_ids(&id)
        .send()
        .await
        .unwrap();
    let tags = answer.reservations()[0].instances()[0].tags().to_vec();
    assert!(
        tags.iter()
            .any(|tag| tag.key() == Some("note") && tag.value() == Some(value))
    );
    ec2.delete_tags()
        .resources(&id)
        .tags(Tag::builder().key("note").build())
        .send()
        .await
        .unwrap();
    assert!(
        !mock
            .simulation()
            .instance("us-east-1", &id, mock.now())
            .unwrap()
            .tags
            .contains_key("note")
    );
}

#[tokio::test]
async fn notebook_stops() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let name = "vision-labeling";
    assert_stops!(
        client.stop_notebook_instance().notebook_instance_name(name),
        client
            .describe_notebook_instance()
            .notebook_instance_name(name),
        notebook_instance_status,
        |_: &_| {}
    );
}

#[tokio::test]
async fn training_job_stops() {
    let mock = mock();
    let name = {
        let simulation = mock.simulation();
        let mut jobs = simulation
            .regions
            .iter()
            .flat_map(|region| simulation.jobs(JobKind::Training, region, mock.now()));
        let job = jobs
            .find(|job| job.state(mock.now()).name() == "InProgress")
            .unwrap();
        assert_eq!(job.region, "us-east-1");
        job.name.clone()
    };
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    assert_stops!(
        client.stop_training_job().training_job_name(&name),
        client.describe_training_job().training_job_name(&name),
        training_job_status,
        |_: &_| {}
    );
}

#[tokio::test]
async fn deleted_app_stays_listed() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let apps = client.list_apps().send().await.unwrap();
    let app = apps
        .apps()
        .iter()
        .find(|one| {
            one.app_type() == Some(&AppType::JupyterLab)
                && one.status() == Some(&AppStatus::InService)
        })
        .unwrap();
    let (domain, space) = (app.domain_id().unwrap(), app.space_name().unwrap());
    let ask = client
        .delete_app()
        .domain_id(domain)
        .space_name(space)
        .app_type(AppType::JupyterLab)
        .app_name("default");
    ask.send().await.unwrap();
    until("deleted", async || {
        let ask = client
            .describe_app()
            .domain_id(domain)
            .space_name(space)
            .app_type(AppType::JupyterLab)
            .app_name("default");
        (ask.send().await.unwrap().status() == Some(&AppStatus::Deleted)).then_some(())
    })
    .await;
    assert_eq!(
        client.list_apps().send().await.unwrap().apps().len(),
        apps.apps().len()
    );
}

#[tokio::test]
async fn endpoint_scales_from_eight_to_two() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let desired = |count| {
        DesiredWeightAndCapacity::builder()
            .variant_name("AllTraffic")
            .desired_instance_count(count)
            .build()
    };
    let update = |count| {
        client
            .update_endpoint_weights_and_capacities()
            .endpoint_name("rec-endpoint")
            .desired_weights_and_capacities(desired(count))
    };
    let refused = update(0).send().await.unwrap_err();
    assert_eq!(
        refused.as_service_error().unwrap().meta().code(),
        Some("ValidationException")
    );
    update(2).send().await.unwrap();
    until("scaled", async || {
        let answer = client
            .describe_endpoint()
            .endpoint_name("rec-endpoint")
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.production_variants()[0].desired_instance_count(),
            Some(2)
        );
        (answer.endpoint_status() == Some(&EndpointStatus::InService)).then(|| {
            assert_eq!(
                answer.production_variants()[0].current_instance_count(),
                Some(2)
            );
        })
    })
    .await;
}

#[tokio::test]
async fn inference_components_change_their_copies() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let name = mock.simulation().components("us-east-1", mock.now())[0]
        .name
        .clone();
    let wanted = InferenceComponentRuntimeConfig::builder()
        .copy_count(1)
        .build();
    client
        .update_inference_component_runtime_config()
        .inference_component_name(&name)
        .desired_runtime_config(wanted)
        .send()
        .await
        .unwrap();
    until("one copy", async || {
        let answer = client
            .describe_inference_component()
            .inference_component_name(&name)
            .send()
            .await
            .unwrap();
        (answer.runtime_config()?.current_copy_count() == Some(1)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn sagemaker_tags_change() {
    use aws_sdk_sagemaker::types::Tag;
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let arn = mock
        .simulation()
        .endpoint("us-east-1", "rec-endpoint", mock.now())
        .unwrap()
        .arn
        .clone();
    let new = Tag::builder().key("team").value("new").build();
    let add = client.add_tags().resource_arn(&arn).tags(new.clone());
    add.send().await.unwrap();
    let delete = client.delete_tags().resource_arn(&arn).tag_keys("service");
    delete.send().await.unwrap();
    let tags = client.list_tags().resource_arn(&arn).send().await.unwrap();
    assert!(tags.tags().contains(&new));
    assert!(!tags.tags().iter().any(|tag| tag.key() == Some("service")));
}

#[tokio::test]
async fn bedrock_tags_change() {
    use aws_sdk_bedrock::{Client, types::Tag};
    let mock = mock();
    let client = Client::new(&config(&mock, "us-east-1").await);
    let arn = mock.simulation().throughputs("us-east-1", mock.now())[0]
        .arn
        .clone();
    let tags = async || {
        let list = client.list_tags_for_resource().resource_arn(&arn);
        list.send().await.unwrap().tags.unwrap_or_default()
    };
    let new = Tag::builder().key("team").value("new").build().unwrap();
    let tag = client.tag_resource().resource_arn(&arn).tags(new.clone());
    tag.send().await.unwrap();
    assert!(tags().await.contains(&new));
    let untag = client.untag_resource().resource_arn(&arn).tag_keys("team");
    untag.send().await.unwrap();
    assert!(!tags().await.iter().any(|tag| tag.key() == "team"));
}
