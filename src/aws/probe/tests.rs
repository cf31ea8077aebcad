//! What an answer tells about a permission.

use super::*;

#[test]
fn missing_resource_shows_that_the_request_is_allowed() {
    let of = |kind, message: &str| {
        Permission::of(Err(Fault::new(kind, Api::SageMakerDescribeApp, message)))
    };
    assert_eq!(Permission::of(Ok(())), Permission::Allowed);
    assert_eq!(
        of(FaultKind::NotFound, "RecordNotFound"),
        Permission::Allowed
    );
    assert_eq!(
        of(FaultKind::Refused, "Could not find app"),
        Permission::Allowed
    );
    assert!(matches!(of(FaultKind::Denied, "no"), Permission::Denied(_)));
    assert!(matches!(
        of(FaultKind::Unavailable, "UnknownOperationException"),
        Permission::NotOffered(_)
    ));
    let silent = of(FaultKind::Timeout, "no answer");
    assert!(silent.is_unreachable());
    assert!(!of(FaultKind::Denied, "no").is_unreachable());
}
