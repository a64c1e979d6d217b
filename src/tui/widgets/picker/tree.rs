//! The tree of a picker, as long as nothing is typed.

use crossterm::event::KeyCode;

use super::{Entry, Picked, Picker};
use crate::event::Input;
use crate::widgets::List;

impl<T: Clone + PartialEq> Picker<T> {
    /// The same with these branches open.
    #[must_use]
    pub fn opened_at(mut self, is_open: impl Fn(&Entry<T>) -> bool) -> Self {
        self.open = (0..self.entries.len()).filter(|place| is_open(&self.entries[*place])).collect();
        self.found = self.unfolded();
        self.list = List::new(self.found.len());
        self
    }

    /// Whether entries lie below this one.
    pub(super) fn is_branch(&self, place: usize) -> bool {
        let depth = |place: usize| self.entries.get(place).map(|entry| entry.depth);
        depth(place + 1) > depth(place)
    }

    /// The places of what is seen of the tree.
    pub(super) fn unfolded(&self) -> Vec<usize> {
        let mut seen = Vec::new();
        // Whatever lies deeper than a closed branch is hidden.
        let mut closed: Option<u8> = None;
        for (place, entry) in self.entries.iter().enumerate() {
            if closed.is_some_and(|depth| entry.depth > depth) {
                continue;
            }
            let folds = self.is_branch(place) && !self.open.contains(&place);
            closed = folds.then_some(entry.depth);
            seen.push(place);
        }
        seen
    }

    /// Opens or closes a branch; it stays selected.
    fn fold(&mut self, place: usize, open: bool) {
        if open {
            self.open.insert(place);
        } else {
            self.open.remove(&place);
        }
        self.found = self.unfolded();
        self.list.set_total(self.found.len());
        self.list.select(self.found.iter().position(|seen| *seen == place).unwrap_or(0));
    }

    /// Left and Right in the tree; whether the key was one.
    pub(super) fn unfold(&mut self, input: &Input) -> bool {
        let Input::Key(key) = input else { return false };
        let is_tree = self.entries.iter().any(|entry| entry.depth > 0) && self.field.text().is_empty();
        if !is_tree || !key.modifiers.is_empty() || !matches!(key.code, KeyCode::Left | KeyCode::Right) {
            return false;
        }
        let Some(place) = self.list.selected().and_then(|row| self.found.get(row)).copied() else { return true };
        let branch = self.is_branch(place);
        if key.code == KeyCode::Right {
            if branch {
                self.fold(place, true);
            }
        } else if branch && self.open.contains(&place) {
            self.fold(place, false);
        } else {
            let depth = self.entries[place].depth;
            let above = (0..place).rev().find(|above| self.entries[*above].depth < depth);
            let row = above.and_then(|above| self.found.iter().position(|seen| *seen == above));
            self.list.select(row.unwrap_or_else(|| self.list.selected().unwrap_or(0)));
        }
        true
    }

    /// Enter on a branch of the tree opens or closes it, unless something is marked to be taken.
    pub(super) fn choose_or_open(&mut self) -> Picked<T> {
        let place = self.list.selected().and_then(|row| self.found.get(row)).copied();
        match place.filter(|place| self.field.text().is_empty() && self.is_branch(*place)) {
            Some(place) if self.marked.is_empty() => {
                self.fold(place, !self.open.contains(&place));
                Picked::Open
            }
            _ => self.choose(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;

    fn key(picker: &mut Picker<&'static str>, name: &str) {
        picker.input(&Input::Key(name.parse().unwrap()));
    }

    #[test]
    fn a_tree_is_walked_by_arrows_and_searched_by_typing() {
        let entries = vec![
            Entry::new("16", "第十六条", "", "16").heading(),
            Entry::new("16.2", "检查和核查", "", "16.2").at_depth(1),
            Entry::new("16.2:a", "行政检查", "", "").at_depth(2),
            Entry::new("16.2:b", "现场核查", "", "").at_depth(2),
            Entry::new("17", "第十七条", "", "17").heading(),
            Entry::new("17.1", "办案", "", "17.1").at_depth(1),
        ];
        let mut picker = Picker::several("", entries, &[]).opened_at(|entry| entry.value == "16");
        assert_eq!(picker.found, [0, 1, 4], "the first article is open, its item and the second one closed");
        assert_eq!(picker.run(Command::ListOpen), Picked::Open, "a heading is no choice");
        assert_eq!(picker.found, [0, 4]);
        key(&mut picker, "Right");
        picker.run(Command::ListDown);
        picker.run(Command::ListOpen);
        assert_eq!(picker.found, [0, 1, 2, 3, 4]);
        picker.run(Command::ListDown);
        picker.run(Command::ListDown);
        assert_eq!(picker.run(Command::ListOpen), Picked::Chosen(vec!["16.2:b"]));
        key(&mut picker, "Left");
        assert_eq!(picker.selected().map(|entry| entry.value), Some("16.2"), "up to the branch above");
        picker.run(Command::FormNext);
        assert_eq!(picker.run(Command::ListOpen), Picked::Chosen(vec!["16.2"]), "marked, the item as a whole");

        picker.run(Command::FormNext);
        picker.input(&Input::Text("1".into()));
        assert!(!picker.found.contains(&0) && picker.found.contains(&5), "headings are not found: {:?}", picker.found);
        key(&mut picker, "Backspace");
        assert_eq!(picker.found, [0, 1, 2, 3, 4], "nothing typed, the tree is there again");
    }
}
