//! A list's selection and what of it is seen. Virtual: it knows how many lines there are, not
//! what they are.

use std::cell::Cell;
use std::ops::Range;

use crate::command::Command;

/// The selection in a list of `total` lines.
#[derive(Debug, Clone, Default)]
pub struct List {
    selected: usize,
    total: usize,
    /// First line seen and how many, as last drawn.
    top: Cell<usize>,
    rows: Cell<usize>,
}

impl List {
    /// A list of `total` lines, the first selected.
    pub fn new(total: usize) -> Self {
        Self { total, ..Self::default() }
    }

    /// Says how many lines there are; the selection stays as near as it can.
    pub fn set_total(&mut self, total: usize) {
        self.total = total;
        self.selected = self.selected.min(total.saturating_sub(1));
    }

    /// How many lines there are.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The selected line; `None` when there is none.
    pub fn selected(&self) -> Option<usize> {
        (self.selected < self.total).then_some(self.selected)
    }

    /// Selects a line.
    pub fn select(&mut self, line: usize) {
        self.selected = line.min(self.total.saturating_sub(1));
    }

    /// Runs a command of [`crate::command::Scope::List`] that moves; whether it was one.
    pub fn run(&mut self, command: Command) -> bool {
        let page = isize::try_from(self.rows.get().saturating_sub(1).max(1)).unwrap_or(1);
        match command {
            Command::ListUp => self.step(-1),
            Command::ListDown => self.step(1),
            Command::ListPageUp => self.step(-page),
            Command::ListPageDown => self.step(page),
            Command::ListFirst => self.select(0),
            Command::ListLast => self.select(usize::MAX),
            _ => return false,
        }
        true
    }

    /// Moves the selection by so many lines.
    pub fn step(&mut self, by: isize) {
        self.select(self.selected.saturating_add_signed(by));
    }

    /// The lines to draw when `rows` fit: the selected one is among them.
    pub fn window(&self, rows: usize) -> Range<usize> {
        self.rows.set(rows);
        let rows = rows.max(1);
        let low = (self.selected + 1).saturating_sub(rows);
        let top = self.top.get().clamp(low, self.selected).min(self.total.saturating_sub(rows));
        self.top.set(top);
        top..(top + rows).min(self.total)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_scrolls_only_when_the_selection_leaves() {
        let mut list = List::new(1_000_000);
        assert_eq!(list.window(10), 0..10);
        list.step(9);
        assert_eq!(list.window(10), 0..10);
        list.step(1);
        assert_eq!(list.window(10), 1..11);
        list.run(Command::ListLast);
        assert_eq!(list.window(10), 999_990..1_000_000);
    }

    #[test]
    fn an_empty_list_selects_nothing() {
        let mut list = List::new(0);
        list.run(Command::ListDown);
        assert_eq!((list.selected(), list.window(5)), (None, 0..0));
    }

    proptest! {
        #[test]
        fn the_selected_line_is_always_seen(total in 1usize..500, steps in prop::collection::vec((-40isize..40, 1usize..30), 1..20)) {
            let mut list = List::new(total);
            for (by, rows) in steps {
                list.step(by);
                let window = list.window(rows);
                prop_assert!(window.contains(&list.selected().unwrap()));
                prop_assert!(window.len() == rows.min(total));
            }
        }
    }
}
