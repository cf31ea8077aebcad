//! Panics on demand, so that a test can check that the terminal is restored. Debug builds only.

/// Counts frames. In a debug build with `SPENDTOP_PANIC_AFTER=n` the n-th frame panics.
#[derive(Debug, Default)]
pub(super) struct PanicInjection {
    #[cfg(debug_assertions)]
    frames: Option<u64>,
}

#[cfg(debug_assertions)]
impl PanicInjection {
    /// Reads `SPENDTOP_PANIC_AFTER`.
    pub(super) fn from_environment() -> Self {
        Self {
            frames: std::env::var("SPENDTOP_PANIC_AFTER")
                .ok()
                .and_then(|frames| frames.parse().ok()),
        }
    }

    /// Counts a frame; panics at the configured one.
    pub(super) fn count_frame(&mut self) {
        if let Some(frames) = &mut self.frames {
            *frames = frames.saturating_sub(1);
            assert!(*frames > 0, "SPENDTOP_PANIC_AFTER");
        }
    }
}

#[cfg(not(debug_assertions))]
impl PanicInjection {
    /// No panic in a release build.
    pub(super) fn from_environment() -> Self {
        Self::default()
    }

    /// Does nothing in a release build.
    pub(super) fn count_frame(&mut self) {}
}
