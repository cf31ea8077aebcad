//! The whole console, driven from outside: one binary, so that the SDK is linked once.

#![cfg(test)]

mod acting;
mod adversary;
mod cli;
mod console;
mod docs;
mod faults;
mod jobs;
mod later;
mod ls;
mod machines;
mod mock_wire;
mod models;
mod needs;
mod panes;
mod prices;
#[cfg(unix)]
mod pty;
mod rig;
mod spend;
mod stories;
mod survey;
mod undo;
mod writes;
