//! The HTTP server on loopback.
