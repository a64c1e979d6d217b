//! Photos and documents of a task: named by their path, or dropped on the window.

use std::path::PathBuf;

use auxlog_store::Staged;

use super::form::Form;
use crate::command::Command;
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

/// The path that a terminal means by what it pastes when a file is dropped on it: in quotes, with
/// escaped blanks, or as an address.
fn dropped(pasted: &str) -> PathBuf {
    let path = pasted.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    let quoted = ['\'', '"'].iter().find_map(|quote| path.strip_prefix(*quote)?.strip_suffix(*quote));
    match quoted {
        Some(path) => PathBuf::from(path),
        None if cfg!(windows) => PathBuf::from(path),
        None => PathBuf::from(path.replace("\\ ", " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_paste_for_a_dropped_file_is_its_path() {
        for pasted in
            ["/a/现场 1.jpg", " /a/现场\\ 1.jpg ", "'/a/现场 1.jpg'", "\"/a/现场 1.jpg\"", "file:///a/现场 1.jpg"]
        {
            assert_eq!(dropped(pasted), PathBuf::from("/a/现场 1.jpg"), "{pasted}");
        }
    }
}
