//! Scope of calls on endpoints, variants and components: the rows that a call affects besides its
//! target.

use super::*;
use spendtop::domain::Tags;
use spendtop::domain::{Input, Operation, ops};

#[tokio::test]
async fn endpoint_calls_cover_their_scope() {
    let (mock, session, clock) = start_mock(1.0, 0.0).await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    mock.stop().await;
    let tag = || {
        Operation::Tag.request(Input::Tags {
            set: Tags::from([("a".to_owned(), "b".to_owned())]),
            remove: Vec::new(),
        })
    };
    for (name, request, others) in [
        (
            "e-two/blue",
            Operation::Delete.request(Input::None),
            vec!["e-two/green"],
        ),
        ("e-two/green", tag(), vec!["e-two/blue"]),
        ("b-scaled", Operation::Delete.request(Input::None), vec![]),
        (
            "b-scaled",
            Operation::Scale.request(Input::Count(7)),
            vec![],
        ),
        (
            "e-two/blue",
            Operation::Scale.request(Input::Count(7)),
            vec![],
        ),
        (
            "g-copies",
            Operation::Scale.request(Input::Count(1)),
            vec![],
        ),
        ("h-bounded", tag(), vec![]),
    ] {
        let own = row(&endpoints, name);
        let scope = plan_one(own, &request, &clock).call.blast_radius();
        let covers = |other: &&Record| {
            other.head.key != own.head.key
                && scope
                    .as_ref()
                    .is_some_and(|scope| other.head.is_covered_by(scope))
        };
        let found: Vec<&str> = endpoints
            .iter()
            .filter(covers)
            .map(|other| &*other.head.name)
            .collect();
        assert_eq!(found, others, "{name} {request:?}");
    }
    // AWS refuses to delete an endpoint with components; if it did not, the scope would include
    // them.
    let host = row(&endpoints, "f-host");
    let scope = ApiCall::Delete(ops::delete::Call::Endpoint("f-host".into()))
        .blast_radius()
        .unwrap();
    let found: Vec<&str> = endpoints
        .iter()
        .filter(|row| row.head.is_covered_by(&scope))
        .map(|row| &*row.head.name)
        .collect();
    assert_eq!(found, ["f-host", "g-copies", "h-bounded"]);
    assert!(host.head.capability(Operation::Delete).known().is_none());
}
