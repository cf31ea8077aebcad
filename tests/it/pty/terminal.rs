//! The terminal: drawing, keys, resizes, and restored modes however the program ends.

use super::PtySession;

#[test]
fn demo_draws_resizes_and_restores_the_terminal() {
    let mut session = PtySession::demo(&[("COLORTERM", "truecolor")]);
    session.assert_taken_over();
    session.wait_for("p4d.24xlarge");
    session.press("?");
    session.wait_for("on rows: tiles, panes");
    session.press("\u{1b}");
    session.wait_until_gone("on rows: tiles, panes");
    session.maximize_gpus();
    session.resize(80, 24);
    session.wait("a frame of 80x24", |screen| {
        let rows: Vec<String> = screen.rows(0, 80).collect();
        rows.len() == 24
            && rows.first().is_some_and(|row| row.contains("BURN"))
            && rows.last().is_some_and(|row| row.contains("S stop"))
    });
    session.press("q");
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

/// A terminal without bracketed paste sends pasted text as keys.
#[test]
fn long_key_burst_is_fully_read() {
    let mut session = PtySession::demo(&[]);
    session.wait_for("p4d.24xlarge");
    session.press(&format!("/{}end", "ab\u{7f}\u{7f}".repeat(700)));
    session.wait_for(" /end ");
    session.signal("TERM");
    assert_eq!(session.wait_for_exit().exit_code(), 128 + 15);
}

/// Neither a key nor a resize waits for the next event.
#[test]
fn simultaneous_key_and_resize_are_both_handled() {
    let mut session = PtySession::demo(&[]);
    session.wait_for("p4d.24xlarge");
    for turn in 0..40 {
        session.resize(if turn % 2 == 0 { 100 } else { 140 }, 40);
        session.press("?");
        session.wait_for("on rows: tiles, panes");
        session.press("q");
        session.wait_until_gone("on rows: tiles, panes");
    }
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
}

/// Redrawing must not query the cursor position, because the terminal does not answer.
#[test]
fn screen_redraws_on_request_and_after_suspension() {
    let mut session = PtySession::demo(&[]);
    session.wait_for("p4d.24xlarge");
    for key in ["\u{c}", ":redraw\r", "\u{1a}"] {
        // Another program wrote over the screen.
        session.shown.0.lock().unwrap().parser.process(b"\x1b[2J");
        session.press(key);
        session.wait_for("p4d.24xlarge");
        session.wait_for("BURN");
    }
    session.press("q");
    assert_eq!(session.wait_for_exit().exit_code(), 0);
    session.assert_restored();
}

#[test]
fn signals_restore_the_terminal() {
    for (name, number) in [
        ("TERM", 15),
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("USR1", 10),
        ("ALRM", 14),
    ] {
        let mut session = PtySession::demo(&[]);
        session.assert_taken_over();
        session.wait_for("p4d.24xlarge");
        session.signal(name);
        assert_eq!(session.wait_for_exit().exit_code(), 128 + number, "{name}");
        session.assert_restored();
    }
}

/// Debug builds offer this panic for the test.
#[cfg(debug_assertions)]
#[test]
fn panic_is_reported_on_a_restored_terminal() {
    let mut session = PtySession::demo(&[("SPENDTOP_PANIC_AFTER", "4")]);
    assert_eq!(session.wait_for_exit().exit_code(), 101);
    session.assert_restored();
    session.wait_for("SPENDTOP_PANIC_AFTER");
}

#[test]
fn missing_credentials_leave_a_message_and_a_restored_terminal() {
    let mut session = PtySession::new(&[], &[("AWS_EC2_METADATA_DISABLED", "true")], (100, 30));
    assert_eq!(session.wait_for_exit().exit_code(), 2);
    session.assert_restored();
    session.wait_for("spendtop demo");
}
