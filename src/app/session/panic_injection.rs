//! A panic on demand, so that a test can prove that the terminal is given back after one. Only in
//! debug builds.

/// Counts frames; in a debug build with `SPENDTOP_PANIC_AFTER=n` in the environment the n-th one
/// panics.
#[derive(Debug, Default)]
pub struct PanicInjection {
    #[cfg(debug_assertions)]
    frames: Option<u64>,
}

#[cfg(debug_assertions)]
impl PanicInjection {
    /// As the environment says.
    pub fn from_environment() -> Self {
        Self {
            frames: std::env::var("SPENDTOP_PANIC_AFTER")
                .ok()
                .and_then(|frames| frames.parse().ok()),
        }
    }

    /// One frame more.
    pub fn burn(&mut self) {
        if let Some(frames) = &mut self.frames {
            *frames = frames.saturating_sub(1);
            assert!(*frames > 0, "SPENDTOP_PANIC_AFTER");
        }
    }
}

#[cfg(not(debug_assertions))]
impl PanicInjection {
    /// Never.
    pub fn from_environment() -> Self {
        Self::default()
    }

    /// Nothing.
    pub fn burn(&mut self) {}
}
