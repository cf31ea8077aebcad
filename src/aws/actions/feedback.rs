//! Requests of `feedback`: feedback on a cost anomaly.

use super::{client_config::send, operation_requests::OperationRequests, retry::ThrottleRetry};
use crate::aws::api::Api;
use crate::{
    aws::{Session, describe},
    domain::{Fault, ObservedState, action::ops::feedback::Call},
};

impl OperationRequests for Call {
    const NEEDS: &'static [Api] = &[Api::CeProvideAnomalyFeedback];

    async fn execute(&self, retry: ThrottleRetry<'_>, session: &Session) -> Result<(), Fault> {
        retry.send(|| provide(session, self)).await?;
        session.recently_changed.mark(&self.anomaly);
        Ok(())
    }

    async fn describe(&self, session: &Session) -> Result<ObservedState, Fault> {
        describe::settings::feedback(session, &self.anomaly, &self.day).await
    }
}

/// No token: the feedback is set; the same one a second time changes nothing.
async fn provide(session: &Session, call: &Call) -> Result<(), Fault> {
    let request = session
        .costs
        .provide_anomaly_feedback()
        .anomaly_id(call.anomaly.as_ref())
        .feedback(call.feedback.id().into());
    send!(request, cost_explorer, CeProvideAnomalyFeedback)
}
