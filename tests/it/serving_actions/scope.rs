//! Scope of calls on endpoints, variants and components: the rows that a call affects besides its
//! target.

use super::{plan_one, row, rows, start_mock};
use crate::requests::request;
use spendtop::domain::{Operation, Record, action::ApiCall, ops};

#[tokio::test]
async fn endpoint_calls_cover_their_scope() {
    let (mock, session, clock) = start_mock(1.0, 0.0).await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    mock.stop().await;
    let cases: [(_, _, &[&str]); 7] = [
        ("e-two/blue", "delete", &["e-two/green"]),
        ("e-two/green", "tag a=b", &["e-two/blue"]),
        ("b-scaled", "delete", &[]),
        ("b-scaled", "scale 7", &[]),
        ("e-two/blue", "scale 7", &[]),
        ("g-copies", "scale 1", &[]),
        ("h-bounded", "tag a=b", &[]),
    ];
    for (name, words, others) in cases {
        let own = row(&endpoints, name);
        let scope = plan_one(own, &request(words), &clock).call.blast_radius();
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
        assert_eq!(found, others, "{name} {words}");
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
