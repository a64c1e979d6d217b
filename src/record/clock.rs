//! The clock, injected so that tests decide what time it is.

use chrono::{DateTime, TimeZone as _};

use crate::{Moment, china};

/// Tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, with the laptop's UTC offset.
    fn now(&self) -> Moment;
}

/// The machine's clock, in China Standard Time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        let utc = DateTime::from_timestamp_millis(millis).unwrap_or_default();
        Moment(china().from_utc_datetime(&utc.naive_utc()))
    }
}
