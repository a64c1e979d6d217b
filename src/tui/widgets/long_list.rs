//! A long list of which only the parts near the selection are held.

use std::collections::BTreeMap;

use crate::widgets::List;

/// Rows asked for at once.
pub const PART: usize = 100;
/// Rows on either side of the selection that are kept ready: more than any screen shows.
const NEAR: usize = 80;
/// Parts held at most.
const HELD: usize = 12;

/// The parts of a list that are held.
#[derive(Debug)]
pub struct LongList<R> {
    /// The selection.
    pub list: List,
    held: BTreeMap<usize, Vec<R>>,
    /// Parts that are held, or on their way, as they are now.
    fresh: Vec<usize>,
    known: bool,
    /// It comes at once, not in parts.
    whole: bool,
}

impl<R> Default for LongList<R> {
    fn default() -> Self {
        Self { list: List::default(), held: BTreeMap::new(), fresh: Vec::new(), known: false, whole: false }
    }
}

impl<R> LongList<R> {
    /// Forgets everything: it is another list now. The selection stays as near as it can.
    pub fn forget(&mut self) {
        self.held.clear();
        self.fresh.clear();
    }

    /// What is held may have changed: it stays until it is answered anew.
    pub fn outdate(&mut self) {
        self.fresh.clear();
    }

    /// Whether it is known how many there are.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// A row, if it is held.
    pub fn row(&self, place: usize) -> Option<&R> {
        self.held.get(&(place / PART))?.get(place % PART)
    }

    /// The selected row, if it is held.
    pub fn selected(&self) -> Option<&R> {
        self.row(self.list.selected()?)
    }

    /// The rows that are held.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        self.held.values().flatten()
    }

    /// Takes in the part of the list that begins at `offset`.
    pub fn put(&mut self, offset: usize, rows: Vec<R>, total: usize) {
        let part = offset / PART;
        self.known = true;
        self.list.set_total(total);
        self.held.insert(part, rows);
        if !self.fresh.contains(&part) {
            self.fresh.push(part);
        }
        let at = self.list.selected().unwrap_or(0) / PART;
        while self.held.len() > HELD {
            let furthest = self.held.keys().copied().max_by_key(|part| part.abs_diff(at));
            furthest.and_then(|part| self.held.remove(&part));
            self.fresh.retain(|part| Some(*part) != furthest);
        }
    }

    /// Takes in the whole list at once.
    pub fn put_all(&mut self, rows: Vec<R>) {
        let parts = 0..rows.len().div_ceil(PART);
        self.forget();
        (self.known, self.whole) = (true, true);
        self.fresh.push(0);
        self.list.set_total(rows.len());
        let mut rows = rows.into_iter();
        self.held.extend(parts.map(|part| (part, rows.by_ref().take(PART).collect())));
    }

    /// Offsets of the parts near the selection that are neither held nor asked for; they count
    /// as asked for from now on.
    pub fn missing(&mut self) -> Vec<usize> {
        let at = self.list.selected().unwrap_or(0);
        let last = self.list.total().saturating_sub(1);
        let near = at.saturating_sub(NEAR) / PART..=(at + NEAR).min(last) / PART;
        let near = if self.whole { 0..=0 } else { near };
        let missing: Vec<usize> = near.filter(|part| !self.fresh.contains(part)).collect();
        self.fresh.extend(&missing);
        missing.into_iter().map(|part| part * PART).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;

    #[test]
    fn only_the_parts_near_the_selection_are_asked_for_and_once() {
        let mut list = LongList::<()>::default();
        assert_eq!(list.missing(), [0], "the first part tells how many there are");
        list.put(0, Vec::new(), 1_000_000);
        assert!(list.missing().is_empty());
        list.list.run(Command::ListLast);
        assert_eq!(list.missing(), [999_900]);
        assert!(list.missing().is_empty(), "it is on its way");
    }

    #[test]
    fn a_long_way_through_the_list_holds_few_parts() {
        let mut list = LongList::<()>::default();
        list.put(0, Vec::new(), 1_000_000);
        for at in (0..500_000).step_by(PART) {
            list.list.select(at);
            for offset in list.missing() {
                list.put(offset, Vec::new(), 1_000_000);
            }
        }
        assert!(list.held.len() <= HELD);
        assert!(list.held.contains_key(&(499_900 / PART)), "what is seen is held");
        list.list.select(0);
        assert_eq!(list.missing(), [0], "what was let go is asked for again");
    }

    #[test]
    fn what_may_have_changed_is_asked_for_again_and_seen_until_then() {
        let mut list = LongList::default();
        list.put_all((0..250).collect());
        assert!(list.missing().is_empty());
        assert_eq!((list.row(249), list.iter().count()), (Some(&249), 250));
        list.list.select(150);
        list.outdate();
        assert_eq!((list.missing(), list.row(0)), (vec![0], Some(&0)), "it comes at once");
        list.forget();
        assert_eq!((list.missing(), list.row(0)), (vec![0], None));
    }
}
