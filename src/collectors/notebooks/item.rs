//! A notebook instance or Studio app as SageMaker lists it.

use crate::collectors::shared::context::{available, unavailable};
use crate::domain::{
    Arn, AvailableAction, Measured, Operation, ResourceKind, State, Tags, Timestamp,
    action::{ApiCall, Capability, TagRoute},
};
use std::sync::Arc;

pub(super) const NOTEBOOK: ResourceKind = ResourceKind::NOTEBOOK_INSTANCE;
pub(super) const APP: ResourceKind = ResourceKind::STUDIO_APP;

/// A notebook instance or Studio app as SageMaker lists it.
#[derive(Clone, Debug)]
pub(crate) struct NotebookItem {
    pub kind: ResourceKind,
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub arn: Option<Arn>,
    pub state: State,
    pub since: Option<Timestamp>,
    /// When its state changed last; of an app that is deleted, its last health check.
    pub changed: Option<Timestamp>,
    /// `notebook`, or the app's type.
    pub app_type: Arc<str>,
    /// `None` for an app that runs on the `system` instance.
    pub ty: Option<Arc<str>>,
    /// ARN of the training plan that paid for it in advance.
    pub plan: Option<Arc<str>>,
    pub user: Option<Arc<str>>,
    pub auto_stop: Measured<bool>,
    /// Time of the last user activity, from an app's description.
    pub activity: Measured<Timestamp>,
    /// `false` if the description has no sign of activity.
    pub is_observable: bool,
    /// When `activity` was read, if it could not be read again since.
    pub as_of: Option<Timestamp>,
    pub stop: ApiCall,
    /// GB of its volume, or of the volume of its space.
    pub volume_gb: Measured<i32>,
    pub tags: Measured<Tags>,
}

impl NotebookItem {
    /// Whether it is a Canvas app. Canvas bills the session although its instance is `system`,
    /// until the user logs out (Amazon SageMaker Canvas pricing page).
    pub(crate) fn is_canvas(&self) -> bool {
        &*self.app_type == "Canvas"
    }

    /// Whether it is billed while it runs.
    pub(crate) fn is_billed_while_running(&self) -> bool {
        self.ty.is_some() || self.is_canvas()
    }
}

impl NotebookItem {
    /// The offer to tag it.
    pub(super) fn tag_action(&self) -> AvailableAction {
        match &self.arn {
            Some(arn) => available(
                Operation::Tag,
                Capability::Tags(TagRoute::SageMaker(arn.as_str().into())),
            ),
            None => unavailable(Operation::Tag, "its ARN is not known"),
        }
    }
}
