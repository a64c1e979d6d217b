//! What the rows on complaints read: the time limits of a petition; those of a hotline and of the agency's own
//! complaints no law gives.

use auxlog_record::Date;
use chrono::Days;

use crate::rules::Stated;
use crate::{Dossier, Reading};

/// Within which whoever complained is told whether it was accepted (信访工作条例第二十三条).
const TELL_DAYS: u64 = 15;

/// Within which a petition is closed, without an extension (信访工作条例第三十四条).
const CLOSE_DAYS: u64 = 60;

/// By which an extension goes on.
const EXTENSION_DAYS: u64 = 30;

pub(crate) fn complaint(_: &dyn Reading, complaint: &Dossier, day: Date) -> Stated {
    let passed = |days: u64| {
        let due = complaint.day_in("on").and_then(|on| on.0.checked_add_days(Days::new(days)));
        due.is_some_and(|due| due < day.0)
    };
    let extended = complaint.taken.iter().any(|taken| taken.step.key == "extend");
    let close = CLOSE_DAYS + if extended { EXTENSION_DAYS } else { 0 };
    let open = matches!(complaint.state, "filed" | "accepted" | "handling" | "reopened");
    let clock = match () {
        () if complaint.text("kind") != Some("petition") || !open => "in_time",
        () if passed(close) => "late",
        () if complaint.state == "filed" && passed(TELL_DAYS) => "untold",
        () => "in_time",
    };
    vec![("clock", clock)]
}
