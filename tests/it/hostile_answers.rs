//! Answers that no service of AWS gives, but a gateway, a proxy or an attacker in between.

use crate::{
    foreign_answers::ls,
    stub::{Stub, refuse},
};

#[test]
fn empty_success_is_a_fault_and_not_an_empty_list() {
    let stub = Stub::new(|request| {
        let is_list = request.service == "sagemaker";
        is_list.then(|| (200, "application/x-amz-json-1.1", Vec::new()))
    });
    let run = ls(&stub, "notebooks");
    assert_eq!((run.code, run.rows.len()), (3, 0), "{}", run.errors);
    assert!(
        run.errors
            .contains("sagemaker:ListNotebookInstances: bad answer"),
        "{}",
        run.errors
    );
}

#[test]
fn denial_of_every_list_is_no_answer() {
    let stub = Stub::new(|request| {
        let is_list = request.service == "sagemaker" || request.service == "bedrock";
        is_list.then(|| refuse(request, "AccessDeniedException", "no"))
    });
    for pane in ["jobs", "notebooks"] {
        let run = ls(&stub, pane);
        assert_eq!((run.code, run.rows.len()), (3, 0), "{pane}: {}", run.errors);
    }
}
