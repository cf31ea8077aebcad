//! What is read before a question is answered, told in the dialog.
//!
//! Must not know how a fact is read.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use super::rig::Rig;
use crossterm::event::KeyCode;
use spendtop::mock::{Fault as MockFault, Rule};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn the_forgotten_fleet_is_scarce_and_would_lose_its_disks() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("hpo-worker-8").await;
    rig.type_text("2/hpo-worker");
    rig.press(KeyCode::Enter);
    rig.type_text("        S");
    let told = |frame: &str| frame.contains("Stop 8 resources") && frame.contains("scarce") && frame.contains("lost for good");
    rig.wait("what may go wrong", told).await;
    rig.wait("who owns it", |frame| frame.contains("ml-prod 1111-2222-3333")).await;
    assert_eq!(rig.mock.count("ec2", "StopInstances"), 0, "only rehearsed");
    rig.yes().await;
    rig.wait_in_journal("all eight", |lines| lines.iter().filter(|line| line.ends_with(" settled")).count() == 8).await;
    rig.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_waits_for_what_may_go_wrong_and_counts_without_it_in_the_end() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("vision-labeling").await;
    rig.mock.plan(Rule::new(MockFault::Slow(Duration::from_secs(40))).of("sagemaker", "DescribeNotebookInstance").times(1));
    rig.type_text("3/vision-labeling");
    rig.press(KeyCode::Enter);
    rig.type_text("S");
    rig.wait("that it is being read", |frame| frame.contains("reading what could go wrong")).await;
    rig.type_text("y");
    rig.wait("that it is too early", |frame| frame.contains("not yet")).await;
    assert_eq!(rig.mock.count("sagemaker", "StopNotebookInstance"), 0);
    rig.yes().await;
    rig.settled("vision-labeling").await;
    rig.quit().await;
}
