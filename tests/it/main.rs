//! The whole console, driven from outside: one binary, so that the SDK is linked once.
//!
//! Must not know the insides of any room.

mod console;
mod mock_wire;
mod panes;
mod readme;
mod rig;
mod writes;
