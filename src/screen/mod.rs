//! The screen: what is shown and what keys do. Pure: no tokio, no AWS, no clock.

pub mod theme;
pub mod view;
