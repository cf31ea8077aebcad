//! Draws frames, with the rows that another thread built, and hands the terminal over and back.

use super::{EventLoop, ExitReason, TerminalControl};
use crate::screen::{Measurements, Message, notices::Notice, state::table::ArrangedTable, view};
use crossterm::event::Event as Input;
use futures_util::Stream;
use ratatui::{
    backend::Backend,
    layout::{Position, Rect},
};
use std::io;
use tokio::task::JoinError;

impl<B, K, D> EventLoop<B, K, D>
where
    B: Backend,
    K: Stream<Item = io::Result<Input>> + Unpin,
    D: TerminalControl,
{
    pub(super) fn draw(&mut self) -> io::Result<()> {
        self.panic_injection.count_frame();
        let app = &self.console.app;
        let mut measurements = Measurements::default();
        self.console
            .terminal
            .draw(|frame| measurements = view(app, frame))
            .map_err(|error| io::Error::other(error.to_string()))?;
        self.console.app.store(measurements);
        Ok(())
    }

    /// Takes the rows of a large table; a panic of the task that built them panics here.
    pub(super) fn arranged(&mut self, arranged: Result<Box<ArrangedTable>, JoinError>) {
        match arranged {
            Ok(arranged) => self.apply(Message::Arranged(arranged)),
            Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }

    pub(super) fn suspend(&mut self) {
        let resumed = self.console.terminal_control.suspend();
        self.redraw();
        if let Err(error) = resumed {
            self.apply(Message::Notice(Notice::SuspendFailed {
                error: error.to_string(),
            }));
        }
    }

    /// Makes the next frame repaint every cell.
    pub(super) fn redraw(&mut self) {
        let terminal = &mut self.console.terminal;
        // `clear` would query the cursor position, and the answer would arrive among the keys.
        let resized = terminal
            .size()
            .and_then(|size| terminal.resize(Rect::from((Position::ORIGIN, size))));
        if let Err(error) = resized {
            self.exit_reason = Some(ExitReason::TerminalLost(io::Error::other(
                error.to_string(),
            )));
        }
    }
}
