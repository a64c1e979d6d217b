//! Counters in the Prometheus text format. None of them names a person.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use auxlog_record::Disposition;
use auxlog_sync::Refusal;

/// Upper ends of the histogram's buckets, in milliseconds.
const BUCKETS_MS: [u64; 8] = [1, 5, 10, 25, 50, 100, 500, 2500];

/// What a replica counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Answered `/v1/sync` requests.
    pub(crate) syncs: AtomicU64,
    pub(crate) appended: AtomicU64,
    /// Records received that were there already.
    pub(crate) duplicates: AtomicU64,
    pub(crate) set_aside: AtomicU64,
    noted: [AtomicU64; Disposition::ALL.len()],
    /// Rows that were compared with what the log says.
    pub(crate) audited: AtomicU64,
    /// Logs with a row that is not what they say.
    pub(crate) damaged: AtomicU64,
    pub(crate) sent: AtomicU64,
    /// Bytes of requests.
    pub(crate) bytes_in: AtomicU64,
    /// Signatures that were checked.
    pub(crate) signatures: AtomicU64,
    /// Bytes of answers.
    pub(crate) bytes_out: AtomicU64,
    refusals: [AtomicU64; Refusal::ALL.len()],
    durations: [AtomicU64; BUCKETS_MS.len() + 1],
    duration_sum_us: AtomicU64,
}

pub(crate) fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(count as u64, Ordering::Relaxed);
}

impl Metrics {
    pub(crate) fn refused(&self, refusal: Refusal) {
        if let Some(place) = Refusal::ALL.iter().position(|known| *known == refusal) {
            add(&self.refusals[place], 1);
        }
    }

    /// Counts a record that is not plainly logged.
    pub(crate) fn noted(&self, disposition: Disposition) {
        add(&self.noted[usize::from(disposition.number())], 1);
    }

    /// Counts how long an answer to `/v1/sync` took.
    pub(crate) fn took(&self, duration: std::time::Duration) {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let place = BUCKETS_MS.iter().position(|end| millis <= *end).unwrap_or(BUCKETS_MS.len());
        add(&self.durations[place], 1);
        self.duration_sum_us.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }

    /// The whole in the text format.
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        let counters = [
            ("auxlog_syncs_total", "Answered sync requests.", &self.syncs),
            ("auxlog_records_appended_total", "Records appended to a log.", &self.appended),
            ("auxlog_records_duplicate_total", "Records received again.", &self.duplicates),
            ("auxlog_records_set_aside_total", "Records set aside.", &self.set_aside),
            ("auxlog_rows_audited_total", "Rows compared with what their log says.", &self.audited),
            ("auxlog_logs_damaged_total", "Logs with a row that is not what they say.", &self.damaged),
            ("auxlog_records_sent_total", "Records sent to laptops.", &self.sent),
            ("auxlog_received_bytes_total", "Bytes of request bodies.", &self.bytes_in),
            ("auxlog_signatures_checked_total", "Signatures checked, whoever's.", &self.signatures),
            ("auxlog_sent_bytes_total", "Bytes of answer bodies.", &self.bytes_out),
        ];
        for (name, help, counter) in counters {
            let value = counter.load(Ordering::Relaxed);
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
        }
        text.push_str("# HELP auxlog_records_noted_total Records not plainly logged.\n");
        text.push_str("# TYPE auxlog_records_noted_total counter\n");
        for disposition in Disposition::ALL.into_iter().filter(|disposition| *disposition != Disposition::Logged) {
            let value = self.noted[usize::from(disposition.number())].load(Ordering::Relaxed);
            let _ = writeln!(text, "auxlog_records_noted_total{{disposition=\"{}\"}} {value}", disposition.name());
        }
        text.push_str("# HELP auxlog_refusals_total Requests refused.\n# TYPE auxlog_refusals_total counter\n");
        for (refusal, counter) in Refusal::ALL.iter().zip(&self.refusals) {
            let value = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "auxlog_refusals_total{{reason=\"{}\"}} {value}", refusal.name());
        }
        let name = "auxlog_sync_duration_seconds";
        let _ = write!(text, "# HELP {name} Time to answer a sync request.\n# TYPE {name} histogram\n");
        let mut total = 0;
        for (place, counter) in self.durations.iter().enumerate() {
            total += counter.load(Ordering::Relaxed);
            let end = BUCKETS_MS.get(place).map_or_else(|| "+Inf".to_owned(), |ms| format!("0.{ms:03}"));
            let end = if BUCKETS_MS.get(place) == Some(&2500) { "2.5".to_owned() } else { end };
            let _ = writeln!(text, "{name}_bucket{{le=\"{end}\"}} {total}");
        }
        let micros = self.duration_sum_us.load(Ordering::Relaxed);
        let _ = write!(text, "{name}_sum {}.{:06}\n{name}_count {total}\n", micros / 1_000_000, micros % 1_000_000);
        text
    }
}
