//! The cost of an idle console: time to the first frame, bytes a second to the terminal, share of a
//! core, memory.
//!
//! Drives the built binary in a pseudo-terminal on the demo. Linux only (`/proc`).

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::{
    fs,
    io::Read,
    path::Path,
    sync::mpsc,
    time::{Duration, Instant},
};

/// How long the screen settles before it is watched, and how long it is watched.
const SETTLE: Duration = Duration::from_secs(20);
const WATCH: Duration = Duration::from_secs(30);
/// The kernel's ticks a second, fixed at 100 on every Linux that matters.
const TICKS: f64 = 100.0;

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    for (rows, cols) in [(24, 80), (40, 120), (60, 200)] {
        watch(rows, cols);
    }
}

#[expect(
    clippy::unwrap_used,
    reason = "a bench that cannot start has nothing to report"
)]
fn watch(rows: u16, cols: u16) {
    let home = tempfile::tempdir().unwrap();
    let pty = native_pty_system()
        .openpty(PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        })
        .unwrap();
    let start = Instant::now();
    let mut child = pty.slave.spawn_command(demo(home.path())).unwrap();
    let pid = child.process_id().unwrap();
    let blocks = read_blocks(pty.master.try_clone_reader().unwrap());
    let mut first = None;
    let mut written = 0;
    let mut cpu = 0.0;
    let mut watching = false;
    while start.elapsed() < SETTLE + WATCH {
        if let Ok((at, size)) = blocks.recv_timeout(Duration::from_millis(100)) {
            first.get_or_insert(at - start);
            if watching {
                written += size;
            }
        }
        if !watching && start.elapsed() >= SETTLE {
            watching = true;
            cpu = seconds_used(pid);
        }
    }
    let seconds = WATCH.as_secs_f64();
    println!(
        "{cols:>3}x{rows}: first bytes after {:>4} ms, idle {:>5.0} bytes/s, {:.2} % of a core, \
         {} MB resident",
        first.unwrap_or_default().as_millis(),
        f64::from(u32::try_from(written).unwrap_or(u32::MAX)) / seconds,
        (seconds_used(pid) - cpu) / seconds * 100.0,
        resident(pid) / 1024,
    );
    let _ = child.kill();
    let _ = child.wait();
}

/// The demo, at home in `home`.
fn demo(home: &Path) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_spendtop"));
    command.arg("demo");
    for (name, value) in [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")] {
        command.env(name, value);
    }
    for name in [
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "HOME",
    ] {
        command.env(name, home);
    }
    command
}

/// Time and size of each block that `reader` gives.
fn read_blocks(mut reader: Box<dyn Read + Send>) -> mpsc::Receiver<(Instant, usize)> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut block = [0; 8_192];
        while let Ok(size @ 1..) = reader.read(&mut block) {
            if send.send((Instant::now(), size)).is_err() {
                break;
            }
        }
    });
    receive
}

/// User and system time of a process in seconds.
fn seconds_used(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / TICKS
}

/// Resident memory of a process in KiB.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
