//! End-to-end tests in one binary, so that the SDK is linked once.

#![cfg(test)]

mod adversary;
mod cli;
mod compute_actions;
mod config_file;
mod console;
mod controllers;
mod credentials;
mod docs;
mod doctor;
mod faults;
mod findings;
mod foreign_answers;
#[cfg(unix)]
mod fuzz;
mod harness;
mod hidden_costs;
mod hostile_answers;
mod hostile_network;
mod iam_needs;
mod jobs;
mod ledger;
mod ls;
mod mock_wire;
mod models;
mod mutations;
mod organization;
mod outage;
mod panes;
mod preflight;
mod prices;
#[cfg(unix)]
mod pty;
mod requests;
mod roles;
mod scheduled_actions;
mod serving_actions;
mod spend;
mod stub;
mod undo;
