//! AWS's states and the phase of each: one list a service, so that a row and a fresh
//! look agree to the letter.

use crate::domain::{Phase, State};

fn state(name: &str, phase: Phase) -> State {
    State::new(phase, name)
}

/// A resource that a describe no longer finds.
pub fn gone() -> State {
    state("not found", Phase::Gone)
}

/// EC2 instance.
pub fn instance(name: &str) -> State {
    let phase = match name {
        "running" => Phase::Running,
        "stopped" => Phase::Stopped,
        "terminated" => Phase::Gone,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// EC2 capacity reservation or capacity block. It is billed while `active` (EC2 User Guide,
/// "Capacity Reservation pricing and billing").
pub fn reservation(name: &str) -> State {
    let phase = match name {
        "active" => Phase::Running,
        "expired" | "cancelled" | "failed" | "payment-failed" | "unsupported" => Phase::Gone,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// SageMaker training plan.
pub fn training_plan(name: &str) -> State {
    let phase = match name {
        "Active" => Phase::Running,
        "Expired" | "Failed" => Phase::Gone,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// SageMaker notebook instance.
pub fn notebook(name: &str) -> State {
    let phase = match name {
        "InService" | "PendingMaintenance" => Phase::Running,
        "Stopped" => Phase::Stopped,
        "Failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// Job of SageMaker or Bedrock, of any sort.
pub fn job(name: &str) -> State {
    let phase = match name {
        "InProgress" => Phase::Running,
        "Completed" | "Stopped" | "PartiallyCompleted" => Phase::Stopped,
        "Failed" | "Expired" | "DeleteFailed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// A finished training job with a warm pool: still billed.
pub fn warm(name: &str) -> State {
    state(name, Phase::Changing)
}

/// SageMaker MLflow tracking server. SageMaker bills it while `is_active`; where that is unknown,
/// the status decides.
pub fn tracking_server(name: &str, is_active: Option<bool>) -> State {
    let phase = match (name, is_active) {
        ("Creating" | "Starting" | "Stopping" | "Deleting", _) => Phase::Changing,
        ("CreateFailed", _) => Phase::Failed,
        (_, Some(false)) | ("Stopped", None) => Phase::Stopped,
        _ => Phase::Running,
    };
    state(name, phase)
}

/// SageMaker partner app. After a failed update it is still available.
pub fn partner_app(name: &str) -> State {
    let phase = match name {
        "Available" | "UpdateFailed" => Phase::Running,
        "Failed" => Phase::Failed,
        "Deleted" => Phase::Gone,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// SageMaker Studio app.
pub fn app(name: &str) -> State {
    let phase = match name {
        "InService" => Phase::Running,
        "Deleted" => Phase::Gone,
        "Failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// Node of a HyperPod cluster.
pub fn node(name: &str) -> State {
    let phase = match name {
        "Running" => Phase::Running,
        "Failure" => Phase::Failed,
        "NotFound" => Phase::Gone,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// `HyperPod` cluster.
pub fn cluster(name: &str) -> State {
    let phase = match name {
        "InService" => Phase::Running,
        "Failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// SageMaker endpoint. `UpdateRollbackFailed` still serves and is billed.
pub fn endpoint(name: &str) -> State {
    let phase = match name {
        "InService" | "UpdateRollbackFailed" => Phase::Running,
        "Failed" | "OutOfService" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// SageMaker inference component.
pub fn component(name: &str) -> State {
    let phase = match name {
        "InService" => Phase::Running,
        "Failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// Bedrock provisioned throughput.
pub fn throughput(name: &str) -> State {
    let phase = match name {
        "InService" => Phase::Running,
        "Failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// Deployment of a Bedrock custom model.
pub fn model_deployment(name: &str) -> State {
    let phase = match name {
        "Active" => Phase::Running,
        "Failed" => Phase::Failed,
        _ => Phase::Changing,
    };
    state(name, phase)
}

/// Bedrock model or inference profile. A model at the end of its life still answers, and Bedrock
/// bills it by the token as before.
pub fn model(name: &str) -> State {
    state(name, Phase::Running)
}
