//! A plain listing of what is known, until there is a view.
//!
//! Must not know colours.

use crate::screen::App;
use ratatui::{Frame, widgets::Paragraph};
use std::fmt::Write;

/// Draws names, states and types, a row a line.
pub fn view(app: &App, frame: &mut Frame) {
    let mut text = format!("spendtop {}\n", app.title);
    for pane in app.world.panes().iter() {
        let _ = writeln!(text, "{} {}", pane.title, app.world.rows(pane.id).count());
        for row in app.world.rows(pane.id) {
            let head = &row.head;
            let unit = head.compute.as_ref().map_or("", |compute| &*compute.unit);
            let _ = writeln!(text, "  {} {} {unit}", crate::domain::text::printable(&head.name), head.state.name);
        }
    }
    for error in &app.errors {
        let _ = writeln!(text, "! {}", error.fault);
    }
    frame.render_widget(Paragraph::new(text), frame.area());
}
