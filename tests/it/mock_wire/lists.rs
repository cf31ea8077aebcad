//! Lists return every resource for any page size.

use super::{config, mock};
use aws_sdk_bedrock::Client as Bedrock;
use aws_sdk_ec2::{
    Client as Ec2,
    types::{Filter, Reservation},
};
use aws_sdk_sagemaker::Client as SageMaker;
use spendtop::mock::simulation::JobKind;
use std::collections::BTreeSet;

#[tokio::test]
async fn instances_are_equal_for_every_page_size() {
    let mock = mock();
    for region in ["us-east-1", "us-west-2", "eu-west-1"] {
        let ec2 = Ec2::new(&config(&mock, region).await);
        let expected: BTreeSet<String> = mock
            .simulation()
            .instances(region, mock.now())
            .iter()
            .map(|one| one.id.clone())
            .collect();
        for size in [5, 7, 1_000] {
            let mut pages = ec2
                .describe_instances()
                .max_results(size)
                .into_paginator()
                .send();
            let mut seen = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.unwrap();
                let instances: Vec<_> = page
                    .reservations()
                    .iter()
                    .flat_map(Reservation::instances)
                    .collect();
                assert!(instances.len() <= size as usize);
                seen.extend(
                    instances
                        .iter()
                        .map(|one| one.instance_id().unwrap().to_owned()),
                );
            }
            assert_eq!(seen.len(), expected.len());
            assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}

#[tokio::test]
async fn instances_are_described_in_full() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let gpus = Filter::builder()
        .name("instance-type")
        .values("p*")
        .values("g*")
        .build();
    let running = Filter::builder()
        .name("instance-state-name")
        .values("running")
        .build();
    let answer = ec2
        .describe_instances()
        .filters(gpus)
        .filters(running)
        .send()
        .await
        .unwrap();
    let simulation = mock.simulation();
    let mut count = 0;
    for one in answer
        .reservations()
        .iter()
        .flat_map(Reservation::instances)
    {
        let real = simulation
            .instance("us-east-1", one.instance_id().unwrap(), mock.now())
            .unwrap();
        assert_eq!(one.instance_type().unwrap().as_str(), real.instance_type);
        assert_eq!(
            one.launch_time().unwrap().secs(),
            real.launched(mock.now()).as_second()
        );
        assert_eq!(
            one.placement().unwrap().availability_zone(),
            Some(real.zone.as_str())
        );
        let tags: Vec<_> = one
            .tags()
            .iter()
            .map(|tag| {
                (
                    tag.key().unwrap().to_owned(),
                    tag.value().unwrap().to_owned(),
                )
            })
            .collect();
        assert_eq!(tags, real.tags.clone().into_iter().collect::<Vec<_>>());
        count += 1;
    }
    assert!(count >= 8, "{count}");
}

#[tokio::test]
async fn instance_types_list_accelerators() {
    let mock = mock();
    let ec2 = Ec2::new(&config(&mock, "us-east-1").await);
    let mut pages = ec2
        .describe_instance_types()
        .max_results(100)
        .into_paginator()
        .items()
        .send();
    let mut types = Vec::new();
    while let Some(one) = pages.next().await {
        types.push(one.unwrap());
    }
    let find = |name: &str| {
        types
            .iter()
            .find(|one| one.instance_type().is_some_and(|ty| ty.as_str() == name))
            .unwrap()
    };
    let gpu = find("p4d.24xlarge").gpu_info().unwrap();
    assert_eq!(
        (
            gpu.gpus()[0].count(),
            gpu.gpus()[0].name(),
            gpu.total_gpu_memory_in_mib()
        ),
        (Some(8), Some("A100"), Some(327_680))
    );
    assert!(find("trn1.32xlarge").neuron_info().is_some() && find("m5.large").gpu_info().is_none());
    assert!(
        find("inf1.24xlarge")
            .inference_accelerator_info()
            .is_some_and(|info| info.accelerators().len() == 1)
    );
    let regions = ec2.describe_regions().send().await.unwrap();
    assert!(
        regions
            .regions()
            .iter()
            .any(|one| one.region_name() == Some("us-west-2"))
    );
}

/// The names in a list of `$client`, read in pages of one.
macro_rules! names {
    ($client:ident.$operation:ident, $list:ident, $name:ident) => {{
        let mut pages = $client.$operation().max_results(1).into_paginator().send();
        let mut seen = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            assert!(page.$list().len() <= 1);
            let names = page.$list().iter().filter_map(|one| one.$name());
            seen.extend(names.map(str::to_owned));
        }
        seen
    }};
}

#[tokio::test]
async fn sagemaker_lists_page_to_the_end() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let endpoints = names!(client.list_endpoints, endpoints, endpoint_name);
    let apps = names!(client.list_apps, apps, app_name);
    let spaces = names!(client.list_spaces, spaces, space_name);
    let domains = names!(client.list_domains, domains, domain_id);
    let components = names!(
        client.list_inference_components,
        inference_components,
        inference_component_name
    );
    let jobs = names!(
        client.list_training_jobs,
        training_job_summaries,
        training_job_name
    );
    let (simulation, now, here) = (mock.simulation(), mock.now(), "us-east-1");
    assert_eq!(endpoints.len(), simulation.endpoints(here, now).len());
    assert_eq!(apps.len(), simulation.apps(here, now).len());
    assert_eq!(spaces.len(), simulation.spaces(here).len());
    assert_eq!(domains.len(), simulation.domains(here).len());
    assert_eq!(components.len(), simulation.components(here, now).len());
    assert_eq!(
        jobs.len(),
        simulation.jobs(JobKind::Training, here, now).len()
    );
}

#[tokio::test]
async fn notebooks_are_sorted_by_name_over_all_pages() {
    let mock = mock();
    let client = SageMaker::new(&config(&mock, "us-east-1").await);
    let notebooks = names!(
        client.list_notebook_instances,
        notebook_instances,
        notebook_instance_name
    );
    let mut expected: Vec<String> = mock
        .simulation()
        .notebooks("us-east-1", mock.now())
        .iter()
        .map(|one| one.name.clone())
        .collect();
    expected.sort();
    assert_eq!(notebooks, expected);
}

#[tokio::test]
async fn endpoints_and_throughputs_are_described_in_full() {
    let mock = mock();
    let sdk = config(&mock, "us-east-1").await;
    let client = SageMaker::new(&sdk);
    let endpoint = client
        .describe_endpoint()
        .endpoint_name("rec-endpoint")
        .send()
        .await
        .unwrap();
    let variant = &endpoint.production_variants()[0];
    assert_eq!(
        (
            variant.current_instance_count(),
            variant.desired_instance_count()
        ),
        (Some(8), Some(8))
    );
    let config_name = endpoint.endpoint_config_name().unwrap();
    let described = client
        .describe_endpoint_config()
        .endpoint_config_name(config_name)
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.production_variants()[0]
            .instance_type()
            .unwrap()
            .as_str(),
        "ml.g5.12xlarge"
    );
    let mut pages = Bedrock::new(&sdk)
        .list_provisioned_model_throughputs()
        .max_results(1)
        .into_paginator()
        .items()
        .send();
    let mut throughputs = Vec::new();
    while let Some(one) = pages.next().await {
        throughputs.push(one.unwrap());
    }
    let simulation = mock.simulation();
    for one in &throughputs {
        let real = simulation
            .throughput("us-east-1", one.provisioned_model_arn(), mock.now())
            .unwrap();
        assert_eq!(one.model_units() as u32, real.units);
        assert_eq!(
            one.commitment_expiration_time()
                .map(aws_sdk_bedrock::primitives::DateTime::secs),
            real.commitment_ends
                .map(spendtop::domain::Timestamp::as_second)
        );
    }
    assert_eq!(
        throughputs.len(),
        simulation.throughputs("us-east-1", mock.now()).len()
    );
}

#[tokio::test]
async fn scalable_targets_have_their_policies() {
    let mock = mock();
    let client = aws_sdk_applicationautoscaling::Client::new(&config(&mock, "us-east-1").await);
    let namespace = aws_sdk_applicationautoscaling::types::ServiceNamespace::Sagemaker;
    let targets = client
        .describe_scalable_targets()
        .service_namespace(namespace.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(
        targets.scalable_targets().len(),
        mock.simulation()
            .scalable_targets("us-east-1", mock.now())
            .len()
    );
    for target in targets.scalable_targets() {
        let ask = client
            .describe_scaling_policies()
            .service_namespace(namespace.clone())
            .resource_id(target.resource_id());
        assert_eq!(ask.send().await.unwrap().scaling_policies().len(), 1);
    }
    assert_eq!(
        mock.count("application-autoscaling", "DescribeScalableTargets"),
        1
    );
}

#[tokio::test]
async fn caller_identity_is_returned() {
    let mock = mock();
    let answer = aws_sdk_sts::Client::new(&config(&mock, "us-west-2").await)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(answer.account(), Some("111122223333"));
    let calls = mock.calls();
    assert_eq!(
        (
            calls[0].service,
            calls[0].operation.as_str(),
            calls[0].region.as_str(),
            calls[0].status
        ),
        ("sts", "GetCallerIdentity", "us-west-2", 200)
    );
}
