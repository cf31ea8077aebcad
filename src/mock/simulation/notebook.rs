//! SageMaker notebook instances.

use super::{ServiceError, Simulation, Timeline, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::load_shape::Load,
};

/// A notebook instance's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotebookState {
    /// Starting; not billed.
    Pending,
    /// Billed.
    InService,
    /// Stopping.
    Stopping,
    /// Stopped.
    Stopped,
    /// Failed to start.
    Failed,
}

impl NotebookState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InService => "InService",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
            Self::Failed => "Failed",
        }
    }
}

/// A SageMaker notebook instance.
#[derive(Clone, Debug)]
pub struct Notebook {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `ml.g5.xlarge`
    pub instance_type: String,
    /// When it was created.
    pub created: Timestamp,
    /// Lifecycle configuration, by name.
    pub lifecycle_config: Option<String>,
    /// EBS volume, GB.
    pub volume_gb: u32,
    /// Execution role.
    pub role_arn: String,
    /// Its state over time.
    pub life: Timeline<NotebookState>,
    /// CPU utilisation, percent.
    pub cpu: Load,
    /// Whether it publishes its CPU utilisation to CloudWatch.
    pub publishes_cpu: bool,
    /// Tags.
    pub tags: Tags,
}

impl Notebook {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> NotebookState {
        self.life.value(now)
    }
    /// `LastModifiedTime`: the last change of state.
    pub fn modified(&self, now: Timestamp) -> Timestamp {
        self.life.since(now)
    }
    /// The host of its Jupyter server.
    pub fn url(&self) -> String {
        format!(
            "{}.notebook.{}.sagemaker.aws",
            self.name.to_lowercase(),
            self.region
        )
    }
}

impl Simulation {
    /// The notebook instances of a region.
    pub fn notebooks(&self, region: &str, now: Timestamp) -> Vec<&Notebook> {
        self.notebooks
            .iter()
            .filter(|notebook| notebook.region == region && notebook.created <= now)
            .collect()
    }

    /// One by name.
    pub fn notebook(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&Notebook, ServiceError> {
        self.notebook_place(region, name, now)
            .map(|place| &self.notebooks[place])
    }

    fn notebook_place(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let found = self
            .notebooks
            .iter()
            .position(|one| one.region == region && one.name == name && one.created <= now);
        found.ok_or_else(|| ServiceError::invalid("RecordNotFound"))
    }

    /// `StopNotebookInstance`
    pub fn stop_notebook(
        &mut self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.move_notebook(
            region,
            name,
            now,
            (
                NotebookState::InService,
                NotebookState::Stopping,
                NotebookState::Stopped,
            ),
            30.0,
        )
    }

    /// `StartNotebookInstance`
    pub fn start_notebook(
        &mut self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        self.move_notebook(
            region,
            name,
            now,
            (
                NotebookState::Stopped,
                NotebookState::Pending,
                NotebookState::InService,
            ),
            90.0,
        )
    }

    fn move_notebook(
        &mut self,
        region: &str,
        name: &str,
        now: Timestamp,
        (from, through, to): (NotebookState, NotebookState, NotebookState),
        seconds: f64,
    ) -> Result<(), ServiceError> {
        let (place, pace) = (self.notebook_place(region, name, now)?, self.pace);
        let notebook = &mut self.notebooks[place];
        let state = notebook.state(now);
        if state != from {
            return Err(ServiceError::invalid(format!(
                "Status ({}) not in ([{}]). Unable to transition to ({}) for Notebook Instance \
                 ({})",
                state.name(),
                from.name(),
                through.name(),
                notebook.arn
            )));
        }
        notebook.life.change(now, through);
        notebook.life.change(after(now, seconds * pace), to);
        Ok(())
    }
}
