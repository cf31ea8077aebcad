//! Guards by tables and properties.
//!
//! Must not know the screen.
