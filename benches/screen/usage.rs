//! What a process has used, as Linux counts it: its own threads and sled's apart.

use std::collections::HashMap;
use std::ffi::OsString;

/// Threads that sled starts, by the beginning of their names.
const SLED: &str = "sled";

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) cpu_ms: f64,
    /// Times that it was woken: voluntary context switches.
    pub(crate) switches: u64,
}

/// What each thread has used, by its number; whether it is sled's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage(HashMap<OsString, (bool, Used)>);

/// What was used between two looks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Since {
    pub(crate) own: Used,
    pub(crate) sled: Used,
}

impl Usage {
    /// So far.
    pub(crate) fn of(process: u32) -> Self {
        let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("Linux").flatten();
        let used = threads.map(|thread| {
            let file = |name: &str| std::fs::read_to_string(thread.path().join(name)).unwrap_or_default();
            let name = file("comm");
            let sled = name.starts_with(SLED);
            let nanoseconds = file("schedstat").split_whitespace().next().and_then(|field| field.parse::<f64>().ok());
            let status = file("status");
            let woken = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            let switches = woken.and_then(|count| count.trim().parse().ok()).unwrap_or(0);
            (thread.file_name(), (sled, Used { cpu_ms: nanoseconds.unwrap_or(0.0) / 1e6, switches }))
        });
        Self(used.collect())
    }

    /// Since `before`, by the threads that are still there.
    pub(crate) fn since(&self, before: &Self) -> Since {
        let mut since = Since::default();
        for (thread, (sled, now)) in &self.0 {
            let before = before.0.get(thread).map(|(_, used)| *used).unwrap_or_default();
            let of = if *sled { &mut since.sled } else { &mut since.own };
            of.cpu_ms += now.cpu_ms - before.cpu_ms;
            of.switches += now.switches.saturating_sub(before.switches);
        }
        since
    }
}

/// Resident memory now and at most, in MiB.
pub(crate) fn resident(process: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}
