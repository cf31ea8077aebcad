//! Hyperparameter tuning jobs and their trials.

use super::super::{
    execution_role,
    listing::{self, ListKeys, Order},
};
use super::{
    Answer, Context, bucket,
    training::{channels, resources, stopping},
};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Value, value::fields},
        simulation::{Job, JobState, Simulation, Tuning},
    },
};

const NAME: &str = "HyperParameterTuningJobName";

/// `ListHyperParameterTuningJobs`
pub(crate) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let facts = |one: &&Tuning| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.life.since(now),
        status: one.state(now).name(),
    };
    let listed = listing::filter_and_sort(
        context,
        simulation.tunings(context.region, now),
        facts,
        "NameContains",
        Order::Name,
    )?;
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "HyperParameterTuningJobSummaries",
        |one| {
            let mut out = summary(&simulation, one, now);
            out.set("Strategy", one.strategy);
            out.set("ResourceLimits", limits(one));
            out
        },
    )
}

fn limits(one: &Tuning) -> Value {
    fields! { "MaxNumberOfTrainingJobs": one.trials, "MaxParallelTrainingJobs": one.parallel }
}

fn summary(simulation: &Simulation, one: &Tuning, now: Timestamp) -> Value {
    let counts = simulation.trial_counts(one, now);
    fields! {
        "HyperParameterTuningJobName": &one.name,
        "HyperParameterTuningJobArn": &one.arn,
        "HyperParameterTuningJobStatus": one.state(now).name(),
        "CreationTime": one.created,
        "HyperParameterTuningEndTime": one.ended(now),
        "LastModifiedTime": one.life.since(now),
        "TrainingJobStatusCounters": fields! {
            "Completed": counts.completed,
            "InProgress": counts.in_progress,
            "RetryableError": 0_u32,
            "NonRetryableError": counts.failed,
            "Stopped": counts.stopped,
        },
        "ObjectiveStatusCounters": fields! {
            "Succeeded": counts.completed,
            "Pending": counts.in_progress,
            "Failed": counts.failed + counts.stopped,
        },
    }
}

fn objective() -> Value {
    fields! { "Type": "Minimize", "MetricName": "validation:loss" }
}

/// `DescribeHyperParameterTuningJob`
pub(crate) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text(NAME)?;
    let (simulation, now) = (context.simulation(), context.now);
    let one = simulation.tuning(context.region, name, now)?;
    let made = &one.definition;
    let definition = fields! {
        "TuningObjective": objective(),
        "AlgorithmSpecification": fields! {
            "TrainingImage": &made.image,
            "TrainingInputMode": "File",
        },
        "RoleArn": execution_role(&simulation),
        "InputDataConfig": channels(made),
        "OutputDataConfig": fields! { "S3OutputPath": bucket(&simulation, made) },
        "ResourceConfig": resources(made),
        "StoppingCondition": stopping(made),
        "EnableManagedSpotTraining": made.spot.is_some(),
    };
    let config = fields! {
        "Strategy": one.strategy,
        "HyperParameterTuningJobObjective": objective(),
        "ResourceLimits": limits(one),
        "TrainingJobEarlyStoppingType": "Off",
    };
    let trials = simulation.trials(one, now);
    let runtime: i64 = trials
        .iter()
        .flat_map(|trial| trial.hosts.iter().map(|_| trial.runtime_seconds(now)))
        .sum();
    let best = trials
        .iter()
        .rev()
        .find(|trial| trial.state(now) == JobState::Completed);
    let mut out = summary(&simulation, one, now);
    out.set_all(fields! {
        "HyperParameterTuningJobConfig": config,
        "TrainingJobDefinition": definition,
        "BestTrainingJob": best.map(|trial| trial_summary(trial, now)),
        "ConsumedResources": fields! { "RuntimeInSeconds": runtime },
    });
    Ok(out)
}

fn trial_summary(one: &Job, now: Timestamp) -> Value {
    let state = one.state(now);
    let objective = match state {
        JobState::Completed => "Succeeded",
        JobState::InProgress | JobState::Stopping => "Pending",
        JobState::Failed | JobState::Stopped => "Failed",
    };
    let done = fields! { "Type": "Minimize", "MetricName": "validation:loss", "Value": 0.25 };
    fields! {
        "TrainingJobName": &one.name,
        "TrainingJobArn": &one.arn,
        "CreationTime": one.created,
        "TrainingStartTime": one.started().filter(|at| *at <= now),
        "TrainingEndTime": one.ended(now),
        "TrainingJobStatus": state.name(),
        "TunedHyperParameters": Value::Entries(vec![("learning_rate".into(), "0.001".into())]),
        "FailureReason": (state == JobState::Failed).then_some(&one.failure_reason),
        "FinalHyperParameterTuningJobObjectiveMetric":
            (state == JobState::Completed).then_some(done),
        "ObjectiveStatus": objective,
    }
}

/// `StopHyperParameterTuningJob`
pub(crate) fn stop(context: &Context<'_>) -> Answer {
    let name = context.input.need_text(NAME)?;
    context
        .simulation_mut()
        .stop_tuning(context.region, name, context.now)?;
    Ok(Value::EMPTY)
}
