//! One file a service.
