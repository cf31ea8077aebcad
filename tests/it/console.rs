//! The main job, end to end: the real loop, the real SDK, HTTP to the mock, and back onto the screen.
//!
//! Must not know the insides of any room.

use super::rig::Rig;
use crossterm::event::KeyCode;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_frame_comes_before_the_first_request() {
    let mut rig = Rig::new("quiet");
    rig.wait_for("spendtop").await;
    rig.quit().await;
}
