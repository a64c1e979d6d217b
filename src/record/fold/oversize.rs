//! Whether a task's records hold more than a writer may state.

use super::TaskView;

impl TaskView {
    /// Whether a record about it is over its limits: no genuine program wrote it.
    pub fn is_over_limits(&self) -> bool {
        self.entries.iter().any(|entry| entry.event.0.within_limits().is_err())
    }
}
