//! Photos and documents of a task: named by their path, or dropped on the window.

use auxlog_store::Staged;

use super::form::Form;
use crate::command::Command;
use crate::dropped::dropped;
use crate::widgets::Asked;

impl Form {
    /// Enter names a file to attach; what a terminal gives for one that is dropped on it is read too.
    pub(super) fn run_attaching(&mut self, command: Command) {
        let Some(prompt) = &mut self.attaching else { return };
        match prompt.run(command) {
            Asked::Open => {}
            Asked::Cancelled | Asked::Empty => self.attaching = None,
            Asked::Given(path) => {
                self.attaching = None;
                self.named = Some(dropped(&path));
            }
        }
    }

    /// The content of a file that was named is kept: the task has it.
    pub(super) fn attach(&mut self, file: Staged) {
        if !self.content.attachments.iter().any(|there| there.hash == file.hash) {
            self.content.attachments.push(file);
        }
    }
}
