//! Whether a task's records hold more than a writer may state.

use super::TaskView;
use super::entry::Entry;
use crate::Beyond;

impl TaskView {
    /// Whether a record about it is over its limits: no genuine program wrote it. 0.1.0 kept the lengths, and
    /// let marks that are not seen into some texts.
    pub fn is_over_limits(&self) -> bool {
        let beyond = |entry: &Entry| match entry.event.0.within_limits() {
            Err(Beyond::Hidden { .. }) => entry.rules > 1,
            Err(Beyond::TooLong { .. }) => true,
            Ok(()) => false,
        };
        self.entries.iter().any(beyond)
    }
}
