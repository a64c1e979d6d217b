//! What the machine is asked: clocks, and to leave no core dump.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use auxlog_record::Reading;
use auxlog_record::crypto::sha256;

/// What the clocks say now: wall clock, time since the machine started, and which start.
///
/// Where the system tells neither uptime nor boot id, the process's own start stands in.
pub fn reading() -> Reading {
    let wall_ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    };
    let mono_ms = uptime_ms().unwrap_or_else(|| {
        static START: OnceLock<Instant> = OnceLock::new();
        u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
    });
    Reading { wall_ms, mono_ms, boot_id: boot_id() }
}

fn boot_id() -> [u8; 8] {
    static BOOT: OnceLock<[u8; 8]> = OnceLock::new();
    *BOOT.get_or_init(|| match std::fs::read("/proc/sys/kernel/random/boot_id") {
        Ok(text) => {
            // A hash, so that records don't carry the machine's own number.
            let hash = sha256(&[b"boot", text.trim_ascii()]);
            let mut id = [0; 8];
            id.copy_from_slice(&hash.0[..8]);
            id
        }
        Err(_) => crate::key::random().unwrap_or_default(),
    })
}

#[cfg(target_os = "linux")]
fn uptime_ms() -> Option<u64> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).ok()?;
    Some(seconds * 1000 + u64::try_from(now.tv_nsec).ok()? / 1_000_000)
}

#[cfg(not(target_os = "linux"))]
fn uptime_ms() -> Option<u64> {
    None
}

/// Turns core dumps off, so that a crash writes no key and no name to the disk.
///
/// Best effort: a system that refuses is no reason not to work.
pub fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps could not be turned off");
        }
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the process could not be made undumpable");
    }
}

/// Whatever the process makes from now on is its owner's alone, whichever library makes it: the
/// server's database and its log, a workbook, a copy.
pub fn private_files() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// How many files the process may have open; `None` where the system tells no number.
pub fn file_limit() -> Option<u64> {
    #[cfg(unix)]
    return rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    #[cfg(not(unix))]
    None
}

/// Bytes that are free on the disk of `path`; `None` where the system does not tell.
pub fn free_space(path: &std::path::Path) -> Option<u64> {
    #[cfg(unix)]
    return rustix::fs::statvfs(path).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_of_one_process_are_of_one_start_and_go_on() {
        let (first, second) = (reading(), reading());
        assert_eq!(first.boot_id, second.boot_id);
        assert!(second.mono_ms >= first.mono_ms);
        assert!(first.wall_ms > 1_600_000_000_000);
    }
}
