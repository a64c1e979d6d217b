//! When a task was recorded, beside when it was done.

use super::TaskView;

/// A task recorded more than this after it was done is shown as 补录, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl TaskView {
    /// Whether the log says that the time of its own record is doubtful (时间存疑).
    pub fn is_doubtful(&self) -> bool {
        let word = self.base().and_then(|base| base.word.as_ref());
        word.is_some_and(|word| word.disposition.is_doubtful())
    }

    /// Whether it was recorded more than a day after it was done (补录). A plan is ahead of its
    /// time, and a task without a stated time was recorded as it was done.
    pub fn is_late(&self) -> bool {
        let done = self.task.until.or(self.task.at).map(crate::Moment::millis);
        let gap = done.zip(self.recorded_ms()).map(|(done, recorded)| recorded.saturating_sub(done));
        !self.planned && gap.is_some_and(|gap| gap > DAY_MS)
    }
}
