//! What a process has used, as Linux counts it: its own threads and sled's apart.

/// Threads that sled starts, by the beginning of their names; its cache is opened in a thread of
/// that name, and its pool counts with it.
const SLED: [&str; 2] = ["sled", "auxlog-cache"];

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Used {
    pub(crate) cpu_ms: f64,
    /// Times that it was woken: voluntary context switches.
    pub(crate) switches: u64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    pub(crate) own: Used,
    pub(crate) sled: Used,
}

impl Usage {
    /// So far.
    pub(crate) fn of(process: u32) -> Self {
        let mut usage = Self::default();
        for thread in std::fs::read_dir(format!("/proc/{process}/task")).expect("Linux").flatten() {
            let file = |name: &str| std::fs::read_to_string(thread.path().join(name)).unwrap_or_default();
            let name = file("comm");
            let of = if SLED.iter().any(|sled| name.starts_with(sled)) { &mut usage.sled } else { &mut usage.own };
            let nanoseconds = file("schedstat").split_whitespace().next().and_then(|field| field.parse::<f64>().ok());
            of.cpu_ms += nanoseconds.unwrap_or(0.0) / 1e6;
            let status = file("status");
            let woken = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            of.switches += woken.and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or(0);
        }
        usage
    }

    /// Since `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let since = |now: Used, before: Used| Used {
            cpu_ms: now.cpu_ms - before.cpu_ms,
            switches: now.switches.saturating_sub(before.switches),
        };
        Self { own: since(self.own, before.own), sled: since(self.sled, before.sled) }
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
