//! What goes with an endpoint, a variant or a component as AWS lists them: the rows that a call
//! reaches beyond its own.

use super::*;
use spendtop::domain::Tags;
use spendtop::domain::{Input, Operation, ops};

#[tokio::test]
async fn endpoint_calls_cover_their_scope() {
    let (mock, session, clock) = estate(1.0, 0.0).await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    mock.stop().await;
    let tag = || {
        Operation::Tag.request(Input::Tags {
            set: Tags::from([("a".to_owned(), "b".to_owned())]),
            remove: Vec::new(),
        })
    };
    for (name, ask, others) in [
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
        let reach = one(own, &ask, &clock).call.blast_radius();
        let takes = |other: &&Record| {
            other.head.key != own.head.key
                && reach
                    .as_ref()
                    .is_some_and(|reach| other.head.is_covered_by(reach))
        };
        let found: Vec<&str> = endpoints
            .iter()
            .filter(takes)
            .map(|other| &*other.head.name)
            .collect();
        assert_eq!(found, others, "{name} {ask:?}");
    }
    // AWS refuses to delete what a component is placed on; should it ever not, the components go
    // with it.
    let host = row(&endpoints, "f-host");
    let reach = ApiCall::Delete(ops::delete::Call::Endpoint("f-host".into()))
        .blast_radius()
        .unwrap();
    let found: Vec<&str> = endpoints
        .iter()
        .filter(|row| row.head.is_covered_by(&reach))
        .map(|row| &*row.head.name)
        .collect();
    assert_eq!(found, ["f-host", "g-copies", "h-bounded"]);
    assert!(host.head.capability(Operation::Delete).known().is_none());
}
