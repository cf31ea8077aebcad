//! Keeps the memory of the process from others: it holds credentials.

/// Turns core files and tracing by other processes of the user off, where the system can.
#[cfg(unix)]
pub(crate) fn apply() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let limited = setrlimit(Resource::Core, none);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let limited = limited.and(rustix::process::set_dumpable_behavior(
        rustix::process::DumpableBehavior::NotDumpable,
    ));
    if let Err(error) = limited {
        tracing::warn!(%error, "a core file of this process would hold credentials");
    }
}

#[cfg(not(unix))]
pub(crate) fn apply() {}
