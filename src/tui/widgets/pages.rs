//! A long list of which only the parts near the selection are held.

use std::collections::BTreeMap;

use auxlog_store::{TaskPage, TaskRow};

use crate::widgets::List;

/// Rows asked for at once.
pub const PAGE: usize = 100;
/// Rows on either side of the selection that are kept ready: more than any screen shows.
const NEAR: usize = 80;
/// Pages held at most.
const HELD: usize = 12;

/// The parts of a list that are held, by page.
#[derive(Debug, Default)]
pub struct Pages {
    /// The selection.
    pub list: List,
    held: BTreeMap<usize, Vec<TaskRow>>,
    asked: Vec<usize>,
}

impl Pages {
    /// Forgets everything; the selection stays as near as it can.
    pub fn forget(&mut self) {
        self.held.clear();
        self.asked.clear();
    }

    /// A row, if it is held.
    pub fn row(&self, place: usize) -> Option<&TaskRow> {
        self.held.get(&(place / PAGE))?.get(place % PAGE)
    }

    /// The selected row, if it is held.
    pub fn selected(&self) -> Option<&TaskRow> {
        self.row(self.list.selected()?)
    }

    /// Takes in the part of the list that begins at `offset`.
    pub fn put(&mut self, offset: usize, page: TaskPage) {
        self.list.set_total(page.total);
        self.asked.retain(|asked| *asked != offset / PAGE);
        self.held.insert(offset / PAGE, page.rows);
        let at = self.list.selected().unwrap_or(0) / PAGE;
        while self.held.len() > HELD {
            let furthest = self.held.keys().copied().max_by_key(|page| page.abs_diff(at));
            furthest.and_then(|page| self.held.remove(&page));
        }
    }

    /// Offsets of the parts near the selection that are neither held nor asked for; they count
    /// as asked for from now on.
    pub fn missing(&mut self) -> Vec<usize> {
        let at = self.list.selected().unwrap_or(0);
        let last = self.list.total().saturating_sub(1);
        let near = at.saturating_sub(NEAR) / PAGE..=(at + NEAR).min(last) / PAGE;
        let missing: Vec<usize> =
            near.filter(|page| !self.held.contains_key(page) && !self.asked.contains(page)).collect();
        self.asked.extend(&missing);
        missing.into_iter().map(|page| page * PAGE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;

    fn page(total: usize) -> TaskPage {
        TaskPage { rows: Vec::new(), total }
    }

    #[test]
    fn only_the_parts_near_the_selection_are_asked_for_and_once() {
        let mut pages = Pages::default();
        assert_eq!(pages.missing(), [0], "the first part tells how many there are");
        pages.put(0, page(1_000_000));
        assert!(pages.missing().is_empty());
        pages.list.run(Command::ListLast);
        assert_eq!(pages.missing(), [999_900]);
        assert!(pages.missing().is_empty(), "it is on its way");
    }

    #[test]
    fn a_long_way_through_the_list_holds_few_parts() {
        let mut pages = Pages::default();
        pages.put(0, page(1_000_000));
        for at in (0..500_000).step_by(PAGE) {
            pages.list.select(at);
            for offset in pages.missing() {
                pages.put(offset, page(1_000_000));
            }
        }
        assert!(pages.held.len() <= HELD);
        assert!(pages.held.contains_key(&(499_900 / PAGE)), "what is seen is held");
    }
}
