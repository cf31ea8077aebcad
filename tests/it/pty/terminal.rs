//! The terminal itself: it is drawn on, keys and resizes are taken, and it is given back however
//! the program ends.

use super::Seat;

#[test]
fn demo_draws_resizes_and_restores_the_terminal() {
    let mut seat = Seat::demo(&[("COLORTERM", "truecolor")]);
    seat.is_taken();
    seat.wait_for("p4d.24xlarge");
    seat.press("?");
    seat.wait_for("on rows: tiles, panes");
    seat.press("\u{1b}");
    seat.wait("help closed", |screen| {
        !screen.contents().contains("on rows: tiles, panes")
    });
    seat.press("2");
    seat.press("z");
    seat.wait("the tile in full", |screen| {
        !screen.contents().contains("Burning")
    });
    seat.resize(80, 24);
    seat.wait("a frame of 80x24", |screen| {
        let rows: Vec<String> = screen.rows(0, 80).collect();
        rows.len() == 24
            && rows.first().is_some_and(|row| row.contains("spendtop"))
            && rows.last().is_some_and(|row| row.contains("S stop"))
    });
    seat.press("q");
    seat.press("q");
    assert_eq!(seat.end().exit_code(), 0);
    seat.is_given_back();
}

/// A terminal that does not bracket its pastes types them. No key may wait for the next one.
#[test]
fn long_key_burst_is_fully_read() {
    let mut seat = Seat::demo(&[]);
    seat.wait_for("p4d.24xlarge");
    seat.press(&format!("/{}end", "ab\u{7f}\u{7f}".repeat(700)));
    seat.wait_for(" /end ");
    seat.signal("TERM");
    assert_eq!(seat.end().exit_code(), 128 + 15);
}

/// Whatever comes first, a resize or a key, neither waits for the next of its kind.
#[test]
fn simultaneous_key_and_resize_are_both_handled() {
    let mut seat = Seat::demo(&[]);
    seat.wait_for("p4d.24xlarge");
    for turn in 0..40 {
        seat.resize(if turn % 2 == 0 { 100 } else { 140 }, 40);
        seat.press("?");
        seat.wait_for("on rows: tiles, panes");
        seat.press("q");
        seat.wait("help closed", |screen| {
            !screen.contents().contains("on rows: tiles, panes")
        });
    }
    seat.press("q");
    assert_eq!(seat.end().exit_code(), 0);
}

/// A terminal does not answer while its keys are waited for: nothing may ask it where the cursor
/// is.
#[test]
fn screen_redraws_on_request_and_after_suspension() {
    let mut seat = Seat::demo(&[]);
    seat.wait_for("p4d.24xlarge");
    for key in ["\u{c}", ":redraw\r", "\u{1a}"] {
        // Something else wrote over it.
        seat.shown.0.lock().unwrap().parser.process(b"\x1b[2J");
        seat.press(key);
        seat.wait_for("p4d.24xlarge");
        seat.wait_for("BURN");
    }
    seat.press("q");
    assert_eq!(seat.end().exit_code(), 0);
    seat.is_given_back();
}

#[test]
fn signals_restore_the_terminal() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("INT", 2)] {
        let mut seat = Seat::demo(&[]);
        seat.is_taken();
        seat.wait_for("p4d.24xlarge");
        seat.signal(name);
        assert_eq!(seat.end().exit_code(), 128 + number, "{name}");
        seat.is_given_back();
    }
}

/// The panic is one that debug builds offer for this test.
#[cfg(debug_assertions)]
#[test]
fn panic_is_reported_on_a_restored_terminal() {
    let mut seat = Seat::demo(&[("SPENDTOP_PANIC_AFTER", "4")]);
    assert_eq!(seat.end().exit_code(), 101);
    seat.is_given_back();
    seat.wait_for("SPENDTOP_PANIC_AFTER");
}

#[test]
fn missing_credentials_leave_a_message_and_a_restored_terminal() {
    let mut seat = Seat::new(&[], &[("AWS_EC2_METADATA_DISABLED", "true")], (100, 30));
    assert_eq!(seat.end().exit_code(), 2);
    seat.is_given_back();
    seat.wait_for("spendtop demo");
}
